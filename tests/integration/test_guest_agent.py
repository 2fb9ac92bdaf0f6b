# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a guest's agent does and tells, and what its screen, console and keyboard do, with a real guest."""

from __future__ import annotations

import base64
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from converge_bed import agent, documents
from converge_bed.basics import ENTRY
from converge_bed.running import RunningBed

from ansible_collections.converge.libvirt.tests.integration.host import Host, ansible, one_sentence, run_module

NAME = "inside"
KEYS = [f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{letter * 42} {letter}@example.org" for letter in "AB"]
VIDEO = "<video><model type='vga'/></video>"


class Guest:
    """A running guest and the modules that are about it."""

    def __init__(self, bed: RunningBed, domain: Any) -> None:
        self.bed = bed
        self.domain = domain
        self.host = Host(bed, dict)

    def sees(self, script: str) -> str:
        """What a script prints in the guest."""
        return agent.shell(self.domain, script)

    def converge(self, **options: Any) -> Any:
        """Check, run and run again; the result of the first run. The second changes nothing."""
        checked = self.host.attempt("virt_guest_agent", check=True, name=NAME, **options)
        done = self.host.run("virt_guest_agent", name=NAME, **options)
        for key in ("changed", "changes", "actions", "diff"):
            assert checked[key] == done[key], f"check mode said {checked[key]}"
        again = self.host.run("virt_guest_agent", name=NAME, **options)
        assert (again["changed"], again["changes"], again["actions"]) == (False, [], [])
        return done

    def run(self, module: str = "virt_guest_agent", **options: Any) -> Any:
        return self.host.run(module, name=NAME, **options)

    def fails(self, module: str = "virt_guest_agent", **options: Any) -> Any:
        return self.host.fails(module, name=NAME, **options)


@pytest.fixture(scope="module")
def guest(bed: RunningBed) -> Iterator[Guest]:
    domain = bed.connect().createXML(documents.guest_xml(NAME, memory=192, devices=VIDEO), 0)
    bed.await_agent(domain)
    yield Guest(bed, domain)
    domain.destroy()


def test_a_file_is_written_where_its_content_differs(guest: Guest) -> None:
    done = guest.converge(file={"path": "/root/secret", "content": "a secret\n", "mode": "0600"})
    assert guest.sees("cat /root/secret; stat -c %a /root/secret") == "a secret\n600\n"
    assert [change["path"] for change in done["changes"]] == ["file[/root/secret]", "file[/root/secret]/mode"]
    assert done["changes"][0]["after"].startswith("sha256:")
    assert "a secret" not in done.stdout
    changed = guest.converge(file={"path": "/root/secret", "content": "another\n"})
    assert changed["changes"][0]["before"].startswith("sha256:")
    assert guest.sees("cat /root/secret; stat -c %a /root/secret") == "another\n600\n"
    guest.converge(file={"path": "/root/open", "content": ""})
    assert guest.sees("stat -c '%a %s' /root/open") == "644 0\n"


def test_a_large_file_is_written(guest: Guest, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"0123456789" * 300_000)
    guest.converge(file={"path": "/root/large", "src": str(tmp_path / "large")})
    assert guest.sees("wc -c </root/large; rm /root/large") == "3000000\n"


def test_keys_are_added_removed_and_made_exact(guest: Guest) -> None:
    first, second = KEYS
    file = "cat /root/.ssh/authorized_keys"
    guest.converge(ssh_keys={"user": "root", "keys": [first]})
    assert guest.sees(file).splitlines() == [first]
    guest.converge(ssh_keys={"user": "root", "keys": [second, first]})
    assert guest.sees(file).splitlines() == [first, second]
    done = guest.converge(ssh_keys={"user": "root", "keys": [second], "state": "exact"})
    assert guest.sees(file).splitlines() == [second]
    assert [(change["before"], change["after"]) for change in done["changes"]] == [(first, None)]
    guest.converge(ssh_keys={"user": "root", "keys": [second], "state": "absent"})
    assert guest.sees(file).strip() == ""


def test_a_program_runs_unless_what_it_makes_is_there(guest: Guest) -> None:
    done = guest.run(exec={"argv": ["sh", "-c", "cat; echo err >&2"], "stdin": "given"})
    assert done["agent"]["exec"] == {"skipped": False, "rc": 0, "stdout": "given", "stderr": "err\n"}
    assert "given" not in str(done["invocation"])
    guest.converge(exec={"argv": ["touch", "/root/a file"], "creates": "/root/a f*"})
    guest.converge(exec={"argv": ["rm", "/root/a file"], "removes": "/root/a file"})
    assert guest.run(exec={"argv": ["true"], "removes": "/root/none"})["agent"]["exec"]["skipped"]
    failed = guest.fails(exec={"argv": ["sh", "-c", "echo out; echo why >&2; exit 3"]})
    assert failed["agent"]["exec"] == {"skipped": False, "rc": 3, "stdout": "out\n", "stderr": "why\n"}
    assert failed["msg"].endswith("sh ended with status 3 in guest 'inside': why")
    assert "status 127" in one_sentence(guest.fails(exec={"argv": ["no-such-program"]}))


def test_a_password_is_set_and_shown_nowhere(guest: Guest) -> None:
    guest.sees(
        "printf '#!/bin/sh\\ncat >/root/told\\n' >/usr/sbin/chpasswd; chmod +x /usr/sbin/chpasswd; "
        "ln -sf /usr/sbin/chpasswd /sbin/chpasswd"
    )
    done = guest.run(user_password={"user": "root", "password": "correct horse"})
    assert guest.sees("cat /root/told") == "root:correct horse\n"
    assert done["changes"][0]["path"] == "user_password[root]"
    assert "correct horse" not in done.everything


def test_the_clock_is_set_where_it_is_wrong(guest: Guest) -> None:
    guest.sees("date -s '2001-02-03 04:05:06'")
    done = guest.run(sync_time=True)
    assert done["changes"][0]["before"].startswith("2001-02-03T04:05")
    assert abs(int(guest.sees("date +%s")) - time.time()) < 60
    assert not guest.run(sync_time=True, time_tolerance=60)["changed"]


def test_file_systems_freeze_and_thaw(guest: Guest) -> None:
    # All of this guest is in memory, which nothing freezes: the agent is asked, and says so.
    assert not guest.run(filesystems="thawed")["changed"]
    checked = guest.host.attempt("virt_guest_agent", check=True, name=NAME, filesystems="frozen")
    assert [change["path"] for change in checked["changes"]] == ["filesystems"]
    assert guest.run("virt_guest_agent_info", gather=[])["agent"]["answers"]
    refused = one_sentence(guest.fails(filesystems="frozen", exec={"argv": ["true"]}))
    assert "make that a task before it" in refused


def test_check_mode_writes_nothing(guest: Guest) -> None:
    look = "ls -la /root; cat /root/.ssh/authorized_keys 2>/dev/null || true"
    before = guest.sees(look)
    checked = guest.host.attempt(
        "virt_guest_agent",
        check=True,
        name=NAME,
        file={"path": "/root/never", "content": "x"},
        exec={"argv": ["touch", "/root/never"]},
        ssh_keys={"user": "root", "keys": KEYS},
    )
    assert len(checked["changes"]) == 4
    assert guest.sees(look) == before


def test_what_the_agent_tells(guest: Guest) -> None:
    told = guest.run("virt_guest_agent_info", files=["/etc/hosts", "/no/such/file"], max_bytes=9)["agent"]
    assert (told["answers"], told["hostname"], told["os"]["id"]) == (True, "bedguest", "bedguest")
    assert told["commands"]["guest-exec"] is True
    assert abs(told["time"] - time.time()) < 3600
    assert [interface["name"] for interface in told["interfaces"]] == ["lo"]
    there, missing = told["files"]
    assert base64.b64decode(there["content"]) == b"127.0.0.1"
    assert (there["exists"], there["truncated"]) == (True, True)
    assert missing == {"path": "/no/such/file", "exists": False, "content": None, "truncated": False}


def test_a_guest_without_agent_is_a_fact_to_one_and_an_error_to_the_other(bed: RunningBed, guest: Guest) -> None:
    silent = bed.connect().createXML(documents.guest_xml("silent", arguments="bed.noagent"), 0)
    try:
        told = guest.host.run("virt_guest_agent_info", name="silent")["agent"]
        assert (told["answers"], told["version"], told["os"]) == (False, None, None)
        assert "agent is not connected" in told["reason"]
        assert "agent is not connected" in one_sentence(guest.host.fails("virt_guest_agent", name="silent", trim=True))
    finally:
        silent.destroy()


def test_a_picture_of_the_screen_is_fetched(guest: Guest, tmp_path: Path) -> None:
    picture = tmp_path / "inside.png"
    task = {"converge.libvirt.virt_screenshot": {"name": NAME, "dest": str(picture)}}
    checked = guest.host.playbook([task], "--check")
    assert "changed=1" in checked.stdout, checked.stdout + checked.stderr
    assert not picture.exists()
    done = guest.host.playbook([task])
    assert "changed=1" in done.stdout, done.stdout + done.stderr
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert content.endswith(b"IEND\xaeB`\x82")
    said = guest.host.playbook([{"converge.libvirt.virt_screenshot": {"name": NAME, "dest": "/no/such/folder/x"}}])
    assert "cannot write /no/such/folder/x" in said.stdout + said.stderr
    assert "Traceback" not in said.stdout + said.stderr


def test_the_console_is_heard_and_its_log_is_read(bed: RunningBed, guest: Guest) -> None:
    # From outside the hypervisor only what is said from now on.
    guest.sees("(sleep 4; echo 'here I am' >/dev/ttyS0) >/dev/null 2>&1 &")
    heard = guest.run("virt_console_log", wait_for="here I am", seconds=60)["console"]
    assert (heard["source"], heard["found"]) == ("console", True)
    assert "is on the hypervisor" in one_sentence(guest.fails("virt_console_log", source="log"))
    # On the hypervisor everything.
    launcher = ("/usr/bin/python3", str(ENTRY), "exec", bed.name)
    options = {"name": NAME, "uri": "qemu:///system", "wait_for": "BED-READY uptime=[0-9.]+"}
    read = run_module("virt_console_log", options, launcher=launcher)
    assert (read["console"]["source"], read["console"]["found"]) == ("log", True), read.everything
    short = run_module("virt_console_log", {**options, "wait_for": None, "max_bytes": 10}, launcher=launcher)
    assert (len(short["console"]["text"]), short["console"]["truncated"]) == (10, True)
    said = one_sentence(guest.fails("virt_console_log", wait_for="never", seconds=0.5))
    assert "did not say 'never' within 0.5 s" in said


def test_keys_arrive_at_the_keyboard(guest: Guest) -> None:
    event = guest.sees("grep -l 'AT Translated' /sys/class/input/event*/device/name | head -1").split("/")[-3]
    guest.sees(f"cat /dev/input/{event} >/root/pressed 2>/dev/null &")
    done = guest.run("virt_send_key", keys=["ctrl-c"], text="aB")
    assert (done["pressed"], done["changed"]) == (3, True)
    # An event is a time, a type (1 for a key), a number, and 1 where a key goes down.
    events = struct.iter_unpack("QQHHi", base64.b64decode(guest.sees("sleep 1; base64 /root/pressed")))
    pressed = [number for _second, _part, kind, number, value in events if (kind, value) == (1, 1)]
    assert pressed == [29, 46, 30, 42, 48]
    assert "there is no key 'nokey'" in one_sentence(guest.fails("virt_send_key", keys=["ctrl-nokey"]))


def test_modules_take_the_uri_of_the_group(guest: Guest) -> None:
    done = guest.host.playbook([{"converge.libvirt.virt_guest_agent_info": {"name": NAME, "gather": []}}])
    assert done.returncode == 0, done.stdout + done.stderr
    assert ansible("ansible-doc", "-t", "module", "converge.libvirt.virt_screenshot").returncode == 0
