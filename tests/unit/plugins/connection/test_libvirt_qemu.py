# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection plugin over a stand-in for the agent: what the bed's guests do not have, above all Windows."""

from __future__ import annotations

import base64
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import become_loader, shell_loader

from ansible_collections.converge.libvirt.plugins.connection import libvirt_qemu
from ansible_collections.converge.libvirt.plugins.connection.libvirt_qemu import Connection
from ansible_collections.converge.libvirt.plugins.module_utils._domain import agent as agents
from ansible_collections.converge.libvirt.tests.unit.fake_agent import FakeAgent, FakeWindows
from ansible_collections.converge.libvirt.tests.unit.in_process import URI

Connect = Callable[..., Connection]


@pytest.fixture
def connect(libvirt: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Connect]:
    """Connections to the guest of test:///default, which gets a stand-in for an agent."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    documented = yaml.safe_load(libvirt_qemu.DOCUMENTATION)["options"]
    made: list[Connection] = []

    def connect(fake: FakeAgent | None = None, shell: str = "sh", **options: Any) -> Connection:
        monkeypatch.setattr(agents, "libvirt_qemu", fake or FakeAgent(libvirt))
        connection = Connection(PlayContext(), None, shell=shell_loader.get(shell))
        connection._options = {name: option.get("default") for name, option in documented.items()}
        connection._options.update({"remote_addr": "test", "uri": URI, "transfer_channel": False, **options})
        made.append(connection)
        return connection

    yield connect
    for connection in made:
        connection.close()
    made.clear()
    # What libvirt's driver was told lives as long as a connection to it.
    gc.collect()


def test_a_windows_guest_gets_what_needs_no_quoting(connect: Connect, libvirt: Any, tmp_path: Path) -> None:
    windows = FakeWindows(libvirt)
    there = connect(windows, "powershell")
    assert there.module_implementation_preferences == (".ps1", ".exe", "")
    assert (there.has_pipelining, there.always_pipeline_modules, there.allow_executable) == (True, True, False)
    assert there.exec_command("Write-Output 'it''s \"this\"'", in_data=b"module") == (0, b"output", b"")
    ((path, *words, encoded), stdin) = windows.started[0]
    assert path == "PowerShell"
    assert words[-1] == "-EncodedCommand"
    assert "it''s \"this\"" in base64.b64decode(encoded).decode("utf-16-le")
    assert stdin == b"module"
    (tmp_path / "given").write_bytes(b"content")
    there.put_file(str(tmp_path / "given"), "'C:\\Users\\me\\a file.txt'")
    assert windows.disk == {"C:\\Users\\me\\a file.txt": b"content"}
    there.fetch_file("C:\\Users\\me\\a file.txt", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == b"content"
    assert len(windows.started) == 1, "nothing of a POSIX shell was tried"


def test_become_by_sudo_is_told_a_wrong_password(connect: Connect) -> None:
    there = connect()
    sudo = become_loader.get("sudo")
    sudo.set_options(direct={"become_pass": "wrong"})
    command = sudo.build_become_command("cat", SimpleNamespace(ECHO="echo", SHELL_FAMILY="sh", COMMAND_SEP=";"))
    there.set_become_plugin(sudo)
    assert "wrong" not in command
    # As sudo does, whose own prompt the command line has.
    asks = f"printf '%s' '{sudo.prompt}' >&2; read given; echo 'Sorry, try again.' >&2; exit 1"
    with pytest.raises(AnsibleError, match="Incorrect sudo password"):
        there.exec_command(asks, in_data=b"input")
    gives = f"printf '%s' '{sudo.prompt}' >&2; read given; echo {sudo.success}; cat; echo oops >&2; exit 2"
    assert there.exec_command(gives, in_data=b"in") == (2, f"{sudo.success}\nin".encode(), b"oops\n")


def test_what_keeps_us_from_the_guest_makes_it_unreachable(connect: Connect, libvirt: Any, tmp_path: Path) -> None:
    fake = FakeAgent(libvirt)
    there = connect(fake)
    fake.broken = ("VIR_ERR_AGENT_UNRESPONSIVE", "Guest agent is not responding: it is gone")
    (tmp_path / "given").write_bytes(b"x")
    for work in (
        lambda: there.exec_command("true"),
        lambda: there.put_file(str(tmp_path / "given"), "/x"),
        lambda: there.fetch_file("/x", str(tmp_path / "back")),
    ):
        with pytest.raises(AnsibleConnectionFailure, match="it is gone"):
            work()
    fake.broken = None
    assert there.exec_command("echo back")[1] == b"back\n"
    with pytest.raises(AnsibleConnectionFailure, match="Domain not found"):
        connect(remote_addr="nobody").exec_command("true")


def test_an_answer_with_more_commands_than_today_is_no_trouble(connect: Connect, libvirt: Any) -> None:
    fake = FakeAgent(libvirt)
    fake.known += ["guest-of-tomorrow"]
    fake.forbidden["guest-exec"] = "The command guest-exec has been disabled for this instance"
    with pytest.raises(AnsibleConnectionFailure, match="the guest forbids it guest-exec"):
        connect(fake).exec_command("true")


def test_a_file_that_is_not_there(connect: Connect, tmp_path: Path) -> None:
    with pytest.raises(AnsibleFileNotFound):
        connect().fetch_file(str(tmp_path / "nothing"), str(tmp_path / "back"))
    assert not (tmp_path / "back").exists()


def test_without_the_bindings_it_is_unreachable(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    there = connect()
    monkeypatch.setattr(libvirt_qemu, "libvirt_qemu", None)
    with pytest.raises(AnsibleConnectionFailure, match="python3-libvirt"):
        there.exec_command("true")


def test_no_option_has_the_name_of_a_keyword_of_tasks() -> None:
    """The keyword's value would win: `timeout` is 0 in every task that does not say otherwise."""
    from ansible.playbook.task import Task

    assert not set(yaml.safe_load(libvirt_qemu.DOCUMENTATION)["options"]) & set(Task().dump_attrs())
