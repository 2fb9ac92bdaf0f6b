# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A password in xml reaches libvirt and nobody else."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from converge_bed.state import Bed

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome, one_sentence, run_module

SECRET = "s3kr!t-9"
OTHER = "0ther-pw"


def with_password(password: str | None, kind: str = "vnc") -> str:
    attribute = "" if password is None else f" passwd='{password}'"
    return documents.domain("g", f"<graphics type='{kind}'{attribute}/>")


def silent(outcome: Outcome) -> Outcome:
    """An outcome in which no secret is found."""
    for secret in (SECRET, OTHER):
        assert secret not in outcome.everything
    return outcome


@pytest.mark.parametrize("kind", ["vnc", "spice"])
def test_a_password_is_written_and_not_shown(host: Host, kind: str) -> None:
    silent(host.check("virt_domain", xml=with_password(SECRET, kind)))
    silent(host.run("virt_domain", xml=with_password(SECRET, kind)))
    assert guests.stored(host, "g").find("devices/graphics").get("passwd") == SECRET  # type: ignore[union-attr]
    silent(host.unchanged("virt_domain", xml=with_password(SECRET, kind)))
    silent(host.run("virt_domain_info"))
    silent(host.run("virt_domain", name="g", memory="96MiB"))
    assert guests.stored(host, "g").find("devices/graphics").get("passwd") == SECRET  # type: ignore[union-attr]


def test_another_password_is_a_change_without_its_value(host: Host) -> None:
    host.run("virt_domain", xml=with_password(SECRET))
    silent(host.check("virt_domain", xml=with_password(OTHER)))
    outcome = silent(host.converge("virt_domain", xml=with_password(OTHER)))
    assert len(outcome["changes"]) == 1
    assert outcome.paths[0].endswith("@passwd")
    assert outcome["changes"][0]["before"].startswith("********")
    assert outcome["changes"][0]["after"].startswith("********")
    assert outcome["diff"]["before"] != outcome["diff"]["after"], "a change that --diff does not show"
    assert guests.stored(host, "g").find("devices/graphics").get("passwd") == OTHER  # type: ignore[union-attr]


def test_a_password_that_goes_or_comes_is_a_change(host: Host) -> None:
    host.run("virt_domain", xml=with_password(None))
    for before, after, xml in ((None, "********", with_password(SECRET)), ("********", None, with_password(None))):
        outcome = silent(host.converge("virt_domain", xml=xml))
        assert [(one["before"], one["after"]) for one in outcome["changes"]] == [(before, after)]


def test_a_password_that_a_dump_leaves_out_goes_with_a_warning(host: Host) -> None:
    host.run("virt_domain", xml=with_password(SECRET))
    dump = host.run("virt_domain_info")["domains"][0]["xml"]
    for outcome in (host.check("virt_domain", xml=dump), host.converge("virt_domain", xml=dump)):
        assert any("@passwd of guest 'g' goes" in str(one) for one in silent(outcome).result.get("warnings", []))
    host.run("virt_domain", xml=with_password(SECRET))
    # The display itself goes, as it was asked.
    assert "warnings" not in host.converge("virt_domain", xml=documents.domain("g")).result


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("hvm<", "nonsense<", id="refused by libvirt"),
        pytest.param("</graphics>", "", id="not parsed"),
        pytest.param("/></devices>", "<</devices>", id="not parsed at the password"),
        pytest.param("<name>g</name>", "", id="without a name"),
        pytest.param("<domain type", f"<!DOCTYPE x [<!ENTITY y '{SECRET}'>]><domain type", id="with an entity"),
        pytest.param(f"passwd='{SECRET}'", f"passwd='{SECRET}' passwd='{OTHER}'", id="two passwords"),
        pytest.param(f"passwd='{SECRET}'", f"passwd={SECRET}", id="a password without quotes"),
        pytest.param(f"'{SECRET}'", f"'&{SECRET};'", id="a password as an entity"),
        pytest.param("<graphics", f"<{SECRET}/><graphics", id="the password as an element"),
    ],
)
def test_an_error_keeps_the_password(host: Host, old: str, new: str) -> None:
    xml = with_password(SECRET).replace(
        "/></devices>", "></graphics></devices>" if "graphics>" in old else "/></devices>"
    )
    assert old in xml
    outcome = silent(host.attempt("virt_domain", xml=xml.replace(old, new)))
    if "failed" in outcome.result:
        one_sentence(outcome)


@pytest.mark.parametrize(
    "options", [{"nmae": "g"}, {"state": "runing"}, {"vcpus": "many"}, {"shutdown": {"mode": "x"}}]
)
def test_an_argument_error_keeps_the_password(host: Host, options: dict[str, Any]) -> None:
    one_sentence(silent(host.attempt("virt_domain", xml=with_password(SECRET), **options)))


def test_a_missing_library_keeps_the_password(host: Host) -> None:
    for library in ("libvirt", "lxml"):
        blocked = {"CONVERGE_BLOCKED_IMPORTS": library}
        silent(host.attempt("virt_domain", env=blocked, xml=with_password(SECRET)))


def test_a_short_password_does_not_mask_everything_else(host: Host) -> None:
    outcome = host.run("virt_domain", name="g", xml=with_password("e"))
    assert outcome["domain"]["name"] == "g"
    assert "<devices>" in outcome["domain"]["xml"]
    assert "passwd='e'" not in outcome.everything
    assert 'passwd=\\"e\\"' not in outcome.everything


@pytest.mark.parametrize("words", [["--check"], ["--diff"]])
def test_the_output_of_a_playbook_keeps_the_password(host: Host, tmp_path: Path, words: list[str]) -> None:
    tasks: list[dict[str, Any]] = [
        {"converge.libvirt.virt_domain": {"xml": "{{ xml }}"}},
        {"converge.libvirt.virt_domain": {"xml": "{{ other }}"}},
        {"converge.libvirt.virt_domain": {"xml": "{{ bad }}"}, "ignore_errors": True},
        {"converge.libvirt.virt_domain": {"xml": "{{ xml }}", "nmae": "g"}, "ignore_errors": True},
    ]
    # Where a task fails, Ansible itself shows the lines of the playbook around it: so the password is not in there.
    (tmp_path / "secret.json").write_text(
        json.dumps({"xml": with_password(SECRET), "other": with_password(OTHER), "bad": with_password(SECRET)[:-9]})
    )
    done = host.playbook(tasks, "-vvvv", "-e", f"@{tmp_path}/secret.json", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ignored=2" in done.stdout
    for secret in (SECRET, OTHER):
        assert secret not in done.stdout + done.stderr


@pytest.fixture
def syslog(host: Host) -> Iterator[socket.socket]:
    """The other end of syslog in the bed, which has a /dev of its own."""
    path = f"/proc/{Bed.named(host.bed.name).running_init().pid}/root/dev/log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)
        listener.setblocking(False)
        yield listener
    host.bed.exec("rm", "/dev/log")


def received(listener: socket.socket) -> str:
    messages = []
    while True:
        try:
            messages.append(listener.recv(1 << 20).decode())
        except BlockingIOError:
            return "\n".join(messages)


def test_syslog_keeps_the_password(host: Host, syslog: socket.socket) -> None:
    host.bed.exec(sys.executable, "-c", "import syslog; syslog.syslog('is anybody there?')")
    assert "is anybody there?" in received(syslog)

    inside = ("nsenter", "-t", str(Bed.named(host.bed.name).running_init().pid), "-m")
    for xml in (with_password(SECRET), with_password(OTHER), with_password(SECRET).replace("hvm", "x")):
        for more in ({}, {"nmae": "g"}):
            silent(run_module("virt_domain", {"uri": host.bed.uri, "xml": xml, **more}, launcher=inside))
    assert guests.stored(host, "g").find("devices/graphics").get("passwd") == OTHER  # type: ignore[union-attr]

    heard = received(syslog)
    for secret in (SECRET, OTHER):
        assert secret not in heard
        assert json.dumps(secret) not in heard


def test_the_password_option_is_not_shown(host: Host) -> None:
    silent(host.run("virt_domain_info", username="someone", password=SECRET))
