# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hypervisors are asked in processes that end in time, whatever happens in them."""

from __future__ import annotations

import os
import socket
import sys
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._fleet import children
from ansible_collections.converge.libvirt.plugins.module_utils._fleet.wanted import Place, Want

ROOT = next(path for path in sys.path if (Path(path) / "ansible_collections/converge/libvirt/galaxy.yml").is_file())
NODE = """\
<node xmlns:test="http://libvirt.org/schemas/domain/test/1.0">
  <domain type='test'><name>{name}</name><memory>1024</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain>
</node>
"""


def ask(*places: Place, want: Want | None = None) -> list[children.Answer]:
    return children.ask_places(places, want or Want(), [ROOT])


def place(uri: str, timeout: float = 20, **more: t.Any) -> Place:
    return Place(name=more.pop("name", "one"), uri=uri, timeout=timeout, **more)


def node(folder: Path, name: str) -> str:
    """The URI of a hypervisor with one guest."""
    path = folder / f"{name}.xml"
    path.write_text(NODE.format(name=name))
    return f"test://{path}"


@pytest.fixture
def silent() -> t.Iterator[str]:
    """The URI of a hypervisor that takes the connection and then says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"qemu+tcp://127.0.0.1:{listening.getsockname()[1]}/system"


@pytest.mark.usefixtures("libvirt")
def test_each_place_answers_for_itself_in_their_order(tmp_path: Path) -> None:
    answers = ask(place(node(tmp_path, "a"), name="first"), place(node(tmp_path, "b"), name="second"))
    assert [(answer.place.name, [guest["name"] for guest in answer.guests or []]) for answer in answers] == [
        ("first", ["a"]),
        ("second", ["b"]),
    ]
    assert [(answer.failed, answer.missing) for answer in answers] == [(None, [])] * 2


@pytest.mark.usefixtures("libvirt")
def test_more_places_than_are_asked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "AT_ONCE", 2)
    uris = [node(tmp_path, name) for name in "abcde"]
    answers = ask(*(place(uri, name=uri) for uri in uris))
    assert [guest["name"] for answer in answers for guest in answer.guests or []] == list("abcde")


@pytest.mark.usefixtures("libvirt")
def test_a_silent_hypervisor_holds_up_nobody(tmp_path: Path, silent: str) -> None:
    begin = time.monotonic()
    answers = ask(place(silent, timeout=1.5), place(node(tmp_path, "a"), name="other"))
    assert time.monotonic() - begin < 1.5 + 1
    assert answers[0].guests is None
    assert "no answer within 1.5 s" in str(answers[0].failed)
    assert [guest["name"] for guest in answers[1].guests or []] == ["a"]


@pytest.mark.usefixtures("libvirt")
def test_a_hypervisor_that_refuses_is_told_in_a_sentence() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        (answer,) = ask(place(f"qemu+tcp://127.0.0.1:{closed.getsockname()[1]}/system"))
    assert str(answer.failed).startswith("cannot connect to qemu+tcp://127.0.0.1:")
    assert "\n" not in str(answer.failed)


@pytest.mark.usefixtures("libvirt")
def test_a_program_that_libvirt_has_started_ends_as_well(tmp_path: Path) -> None:
    pid, program = tmp_path / "pid", tmp_path / "ssh"
    program.write_text(f"#!/bin/sh\necho $$ >{pid}\nexec sleep 600\n")
    program.chmod(0o755)
    (answer,) = ask(place(f"qemu+ssh://nowhere/system?command={program}&no_tty=1", timeout=1))
    assert answer.failed
    end = time.monotonic() + 5
    while Path(f"/proc/{pid.read_text().strip()}").exists() and _state(int(pid.read_text())) != "Z":
        assert time.monotonic() < end, "it still runs"
        time.sleep(0.05)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit('it broke')", "it broke"),
        ("import os; os.kill(os.getpid(), 9)", "it said nothing"),
        ("print('no JSON')", "it said nothing"),
        ("import sys; sys.stdin.close(); sys.exit('early')", "early"),
    ],
)
def test_a_process_that_fails_is_a_sentence(program: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "PROGRAM", program)
    (answer,) = ask(place("test:///default"))
    assert answer.failed == f"the process that asked test:///default has failed: {said}"


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(600)",
        # All that it says comes in time, and then it does not end.
        "import os, sys, time\nsys.stderr.write('x' * 100000)\nsys.stderr.flush()\ntime.sleep(600)",
        # What it has started left its session and holds the pipes.
        "import subprocess, sys\nsubprocess.Popen(['sleep', '4'], start_new_session=True)\nsys.exit('left something')",
    ],
)
def test_a_process_that_does_not_end_is_ended(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "PROGRAM", program)
    begin = time.monotonic()
    (answer,) = ask(place("test:///default", timeout=0.2))
    assert time.monotonic() - begin < 0.2 + children.GRACE + 1
    assert answer.failed == "test:///default has not answered within 0.2 s"


def test_agents_get_their_time_on_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "PROGRAM", 'import time; time.sleep(1.5); print(\'{"failed": "at last"}\')')
    one = place("test:///default", timeout=0.2, agent_timeout=2)
    assert ask(one, want=Want(sources=("agent",)))[0].failed == "at last"
    assert ask(one)[0].failed == "test:///default has not answered within 0.2 s"


def test_no_password_is_seen_in_the_list_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "import json, sys; given = json.load(sys.stdin)\n"
    told += "seen = open('/proc/self/cmdline').read() + open('/proc/self/environ').read()\n"
    told += "password = given['place']['password']\n"
    told += "print(json.dumps({'failed': f'{len(password)} {password in seen}'}))"
    monkeypatch.setattr(children, "PROGRAM", told)
    assert ask(place("test:///default", password="sesame"))[0].failed == "6 False"


def test_an_interrupted_run_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "PROGRAM", "import time; time.sleep(600)")
    started: list[t.Any] = []

    def interrupted(_selector: t.Any, running: dict[int, t.Any]) -> t.Any:
        started.extend(running.values())
        raise KeyboardInterrupt

    monkeypatch.setattr(children, "_ended", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ask(place("test:///default"), place("test:///default"))
    assert [child.process.returncode for child in started] == [-9, -9]


def test_this_process_never_loads_libvirt() -> None:
    program = f"""
import sys; sys.path[:0] = [{ROOT!r}]
from ansible_collections.converge.libvirt.plugins.module_utils._fleet import children
from ansible_collections.converge.libvirt.plugins.module_utils._fleet.wanted import Place, Want
children.ask_places([Place("a", "test:///default")], Want(), [{ROOT!r}])
sys.exit("libvirt" in sys.modules)
"""
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", program]) == 0
