# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection through the guest agent, with real guests: what each defect of others' becomes with us."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.playbook.play_context import PlayContext
from converge_bed import agent, disk_guest, documents
from converge_bed.running import RunningBed

from ansible_collections.converge.libvirt.plugins.connection import libvirt_qemu
from ansible_collections.converge.libvirt.plugins.connection.libvirt_qemu import Connection
from ansible_collections.converge.libvirt.tests.integration.host import ansible

NAME = "reached"
MEBIBYTE = 1024 * 1024
#: What of ours a guest has: files, and channels beside the agent's.
OURS = "ls -a /tmp /run /dev/shm | grep converge; cat /sys/class/virtio-ports/*/name | grep converge; true"


def clean(domain: Any) -> bool:
    """Whether nothing of ours is left in the guest, which takes a moment to let go of a channel."""
    end = time.monotonic() + 10
    while agent.shell(domain, OURS):
        if time.monotonic() > end:
            return False
    return "converge" not in domain.XMLDesc(0)


Connect = Callable[..., Connection]


@pytest.fixture(scope="module")
def domain(bed: RunningBed) -> Iterator[Any]:
    """A running tiny guest whose agent answers."""
    running = bed.connect().createXML(documents.guest_xml(NAME, memory=256), 0)
    bed.await_agent(running)
    yield running
    running.destroy()


@pytest.fixture
def connect(bed: RunningBed) -> Iterator[Connect]:
    """Makes connections, with the options given in place of defaults."""
    documented = yaml.safe_load(libvirt_qemu.DOCUMENTATION)["options"]
    made: list[Connection] = []

    def connect(guest: str = NAME, **options: Any) -> Connection:
        connection = Connection(PlayContext(), None)
        connection._options = {name: option.get("default") for name, option in documented.items()}
        connection._options.update({"remote_addr": guest, "uri": bed.uri, **options})
        made.append(connection)
        return connection

    yield connect
    for connection in made:
        connection.close()


@pytest.fixture
def there(domain: Any, connect: Connect) -> Connection:  # noqa: ARG001 - the guest
    return connect()


@pytest.mark.parametrize("size", [0, 5, 300_000, 3 * MEBIBYTE])
def test_standard_input_is_delivered(there: Connection, size: int) -> None:
    given = os.urandom(size)
    assert there.exec_command("cat", in_data=given) == (0, given, b"")


def test_a_signal_is_a_status(domain: Any, there: Connection) -> None:
    assert there.exec_command("kill -9 $$")[0] == 128 + 9
    assert there.exec_command("kill -TERM $PPID; sleep 5")[0] == 128 + 15
    assert clean(domain)


def test_a_program_that_is_not_there_is_status_127(there: Connection, connect: Connect) -> None:
    rc, _out, err = there.exec_command("no-such-program")
    assert (rc, b"not found" in err) == (127, True)
    rc, _out, err = connect(executable="/no/such/shell").exec_command("true")
    assert (rc, b"/no/such/shell" in err) == (127, True)


@pytest.mark.parametrize(
    ("mebibytes", "by_channel"),
    [
        (4, True),
        (4, False),
        pytest.param(64, True, marks=pytest.mark.long),
        pytest.param(16, False, marks=pytest.mark.long),
    ],
)
def test_large_output_comes_back_and_the_agent_stays(
    domain: Any, connect: Connect, mebibytes: int, by_channel: bool
) -> None:
    reading = connect(transfer_channel=by_channel)
    rc, out, err = reading.exec_command(
        f"dd if=/dev/zero bs=1M count={mebibytes} 2>/dev/null; echo end; echo said >&2; exit 7"
    )
    assert (rc, err) == (7, b"said\n")
    assert len(out) == mebibytes * MEBIBYTE + 4
    assert out.endswith(b"end\n")
    assert reading.exec_command("echo still there")[1] == b"still there\n"
    assert clean(domain)


@pytest.mark.parametrize("by_channel", [True, False], ids=["channel", "agent"])
@pytest.mark.parametrize("size", [0, 1, 200_001, MEBIBYTE, 5 * MEBIBYTE + 3])
def test_files_arrive_both_ways(domain: Any, connect: Connect, tmp_path: Path, size: int, by_channel: bool) -> None:
    there = connect(transfer_channel=by_channel)
    content = os.urandom(size)
    (tmp_path / "given").write_bytes(content)
    there.put_file(str(tmp_path / "given"), "/tmp/a file's name")
    assert b"-rw-r--r--" in there.exec_command("ls -l /tmp/a*name")[1]
    there.fetch_file("/tmp/a file's name", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == content
    # What was longer before has no end of it left.
    (tmp_path / "given").write_bytes(b"short")
    there.put_file(str(tmp_path / "given"), "/tmp/a file's name")
    assert there.exec_command("cat /tmp/a*name")[1] == b"short"
    assert clean(domain)


@pytest.mark.long
def test_a_file_of_64_mebibytes_survives(there: Connection, tmp_path: Path) -> None:
    content = os.urandom(64 * MEBIBYTE)
    (tmp_path / "given").write_bytes(content)
    there.put_file(str(tmp_path / "given"), "/tmp/large")
    there.fetch_file("/tmp/large", str(tmp_path / "back"))
    there.exec_command("rm /tmp/large")
    assert (tmp_path / "back").read_bytes() == content


def test_what_is_not_there_is_no_file(there: Connection, tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(b"x")
    with pytest.raises(AnsibleFileNotFound, match="No such file or directory"):
        there.fetch_file("/no/such/file", str(tmp_path / "back"))
    assert not (tmp_path / "back").exists()
    with pytest.raises(AnsibleFileNotFound, match="No such file or directory"):
        there.put_file(str(tmp_path / "given"), "/no/such/folder/file")
    with pytest.raises(AnsibleFileNotFound, match="on the controller"):
        there.put_file(str(tmp_path / "nothing"), "/tmp/x")


def test_a_file_of_the_kernel_that_has_no_size_is_read(there: Connection, tmp_path: Path) -> None:
    there.fetch_file("/proc/version", str(tmp_path / "version"))
    assert (tmp_path / "version").read_bytes().startswith(b"Linux version")


@pytest.mark.usefixtures("domain")
def test_waiting_for_a_command_ends(connect: Connect) -> None:
    begin = time.monotonic()
    with pytest.raises(AnsibleError, match=r"the command did not end within 1 s in guest 'reached'.*goes on there"):
        connect(command_timeout=1).exec_command("sleep 30")
    assert time.monotonic() - begin < 10


def test_a_background_process_does_not_hold_the_task(there: Connection) -> None:
    begin = time.monotonic()
    assert there.exec_command("sleep 60 & echo started")[:2] == (0, b"started\n")
    assert time.monotonic() - begin < 30


def test_it_is_found_by_its_uuid(domain: Any, connect: Connect) -> None:
    assert connect(domain.UUIDString()).exec_command("hostname")[1] == b"bedguest\n"


@pytest.mark.parametrize(
    ("guest", "options", "said"),
    [
        ("nobody", {}, "Domain not found"),
        (NAME, {"uri": "qemu+unix:///system?socket=/no/such/socket"}, "cannot connect to"),
        ("silent", {}, "agent is not configured|agent is not connected|not responding"),
    ],
)
@pytest.mark.usefixtures("domain")
def test_a_guest_out_of_reach_is_unreachable(
    bed: RunningBed, connect: Connect, guest: str, options: dict[str, Any], said: str
) -> None:
    silent = bed.connect().createXML(documents.guest_xml("silent", arguments="bed.noagent"), 0)
    try:
        with pytest.raises(AnsibleConnectionFailure, match=said):
            connect(guest, **options).exec_command("true")
    finally:
        silent.destroy()


@pytest.fixture
def own(bed: RunningBed) -> Iterator[Any]:
    """A guest that a test may spoil."""
    connection = bed.connect()
    running = connection.createXML(documents.guest_xml("own", memory=128), 0)
    bed.await_agent(running)
    yield running
    for left in connection.listAllDomains():
        if left.name() == "own":
            left.destroy()


def test_an_agent_that_went_away_is_unreachable_and_a_reset_finds_it_again(
    bed: RunningBed, own: Any, connect: Connect
) -> None:
    there = connect("own", agent_timeout=2)
    assert there.exec_command("echo before")[1] == b"before\n"
    # In the middle of a command: the agent restarts and does not know it any more, or is not there yet.
    threading.Timer(1, agent.shell, (own, "(sleep 0.2; kill -9 $(pidof qemu-ga)) >/dev/null 2>&1 &")).start()
    with pytest.raises((AnsibleConnectionFailure, AnsibleError)):
        there.exec_command("sleep 20")
    bed.await_agent(own)
    there.reset()
    assert there.exec_command("echo after")[1] == b"after\n"
    agent.freeze(own)
    begin = time.monotonic()
    with pytest.raises(AnsibleConnectionFailure, match="Guest agent is not responding"):
        there.exec_command("true")
    assert time.monotonic() - begin < 15
    own.destroy()
    with pytest.raises(AnsibleConnectionFailure, match=r"is not running|Domain not found"):
        there.exec_command("true")


def test_a_guest_that_forbids_commands_says_so(own: Any, bed: RunningBed, connect: Connect) -> None:
    restart = "sed -i 's|qemu-ga -m|qemu-ga -b guest-exec,guest-file-open -m|' /etc/agent; (sleep 0.5; killall qemu-ga)"
    agent.shell(own, f"{restart} >/dev/null 2>&1 &")
    time.sleep(2)
    bed.await_agent(own)
    with pytest.raises(AnsibleConnectionFailure, match=r"the guest forbids it guest-exec .* allow it in the guest"):
        connect("own").exec_command("true")
    with pytest.raises(AnsibleConnectionFailure, match="the guest forbids it guest-"):
        connect("own").fetch_file("/etc/passwd", "/dev/null")


# By Ansible


def inventory(bed: RunningBed, folder: Path, **variables: Any) -> Path:
    path = folder / "hosts.yml"
    common = {"ansible_connection": "converge.libvirt.libvirt_qemu", "ansible_libvirt_uri": bed.uri}
    path.write_text(yaml.safe_dump({"all": {"hosts": variables.pop("hosts"), "vars": {**common, **variables}}}))
    return path


@pytest.mark.usefixtures("domain")
def test_a_gone_agent_is_unreachable_and_not_failed(bed: RunningBed, tmp_path: Path) -> None:
    hosts = inventory(bed, tmp_path, hosts={NAME: {}, "nobody": {}})
    done = ansible("ansible", "all", "-i", str(hosts), "-m", "ansible.builtin.raw", "-a", "hostname")
    assert f"{NAME} | CHANGED | rc=0 >>\nbedguest" in done.stdout, done.stdout + done.stderr
    assert "nobody | UNREACHABLE!" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_hypervisor_that_never_answers_does_not_hold_the_play(bed: RunningBed, tmp_path: Path) -> None:
    """It takes the connection and says nothing, for ever: the task is unreachable in time, and Ansible ends."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        guests = {"deaf": {"ansible_libvirt_uri": f"qemu+tcp://127.0.0.1:{port}/system", "ansible_libvirt_timeout": 2}}
        hosts = inventory(bed, tmp_path, hosts=guests)
        begin = time.monotonic()
        done = ansible("ansible", "all", "-i", str(hosts), "-m", "ansible.builtin.raw", "-a", "hostname", timeout=60)
    assert "deaf | UNREACHABLE!" in done.stdout, done.stdout + done.stderr
    assert "no answer within 2 s" in done.stdout
    assert time.monotonic() - begin < 45


@pytest.mark.usefixtures("domain")
def test_the_example_is_an_inventory(bed: RunningBed, tmp_path: Path) -> None:
    hosts = yaml.safe_load(libvirt_qemu.EXAMPLES)
    hosts["all"]["vars"]["ansible_libvirt_uri"] = bed.uri
    hosts["all"]["hosts"] = {"web": {"ansible_libvirt_guest": NAME}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump(hosts))
    done = ansible("ansible", "all", "-i", str(tmp_path / "hosts.yml"), "-m", "ansible.builtin.raw", "-a", "hostname")
    assert "web | CHANGED | rc=0 >>\nbedguest" in done.stdout, done.stdout + done.stderr


@pytest.fixture(scope="module")
def disk(bed: RunningBed) -> Iterator[Any]:
    """A running disk guest: systemd, Python, sudo."""
    image = bed.path / "images/disk-guest.qcow2"
    shutil.copyfile(disk_guest.cached_or_built(), image)
    xml = documents.disk_guest_xml("debian", "/var/lib/libvirt/images/disk-guest.qcow2")
    running = bed.connect().createXML(xml, 0)
    bed.await_agent(running, 240)
    yield running
    running.destroy()
    image.unlink()


TASKS: list[dict[str, Any]] = [
    {"ansible.builtin.ping": {}},
    {"ansible.builtin.setup": {}, "register": "facts"},
    {"ansible.builtin.assert": {"that": "facts.ansible_facts.ansible_distribution == 'Debian'"}},
    {"ansible.builtin.file": {"path": "/root/hello", "state": "absent"}},
    {"ansible.builtin.copy": {"content": "hello\n", "dest": "/root/hello", "mode": "0640"}, "register": "first"},
    {"ansible.builtin.copy": {"content": "hello\n", "dest": "/root/hello", "mode": "0640"}, "register": "again"},
    {"ansible.builtin.assert": {"that": ["first.changed", "not again.changed"]}},
    {"ansible.builtin.template": {"src": "greeting.j2", "dest": "/root/greeting"}},
    {"ansible.builtin.slurp": {"src": "/root/greeting"}, "register": "slurped"},
    {"ansible.builtin.assert": {"that": "(slurped.content | b64decode) == 'Hello from debian\\n'"}},
    {"ansible.builtin.command": {"cmd": "cat", "stdin": "given"}, "register": "stdin"},
    {"ansible.builtin.assert": {"that": "stdin.stdout == 'given'"}},
    {"ansible.builtin.package_facts": {}, "register": "packages"},
    {"ansible.builtin.assert": {"that": "'qemu-guest-agent' in packages.ansible_facts.packages"}},
    {"ansible.builtin.fetch": {"src": "/root/greeting", "dest": "fetched/", "flat": True}},
    {"ansible.builtin.script": {"cmd": "script.sh one two"}, "register": "script"},
    {"ansible.builtin.assert": {"that": "'two one' in script.stdout"}},
    {"ansible.builtin.command": {"cmd": "sleep 1"}, "async": 60, "poll": 2},
    {"ansible.builtin.meta": "reset_connection"},
    {"ansible.builtin.command": {"cmd": "id -un"}, "become": True, "become_user": "worker", "register": "worker"},
    {"ansible.builtin.assert": {"that": "worker.stdout == 'worker'"}},
]
#: Ways in which a user of the guest becomes root with a password, and one that does not get through.
BECOME: list[dict[str, Any]] = [
    {
        "ansible.builtin.command": {"cmd": "su worker -c 'sudo -S -k id -un'", "stdin": disk_guest.PASSWORD},
        "register": "guest",
    },
    {"ansible.builtin.assert": {"that": "guest.stdout == 'root'"}},
    {
        "ansible.builtin.command": {"cmd": "id -un"},
        "become": True,
        "vars": {
            "ansible_become_exe": "runuser -u worker -- sudo",
            "ansible_become_password": disk_guest.PASSWORD,
        },
        "register": "sudo",
    },
    {"ansible.builtin.assert": {"that": "sudo.stdout == 'root'"}},
    {
        "ansible.builtin.command": {"cmd": "id -un"},
        "become": True,
        "vars": {
            "ansible_become_method": "ansible.builtin.su",
            "ansible_become_exe": "runuser -u worker -- su",
            "ansible_become_password": disk_guest.ROOT_PASSWORD,
        },
        "register": "su",
    },
    {"ansible.builtin.assert": {"that": "su.stdout == 'root'"}},
    {
        "ansible.builtin.command": {"cmd": "id -un"},
        "become": True,
        "vars": {"ansible_become_exe": "runuser -u worker -- sudo", "ansible_become_password": "wrong"},
        "register": "wrong",
        "ignore_errors": True,
    },
    {"ansible.builtin.assert": {"that": ["wrong is failed", "'Incorrect sudo password' in wrong.msg"]}},
]


@pytest.mark.long
@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "by-files"])
@pytest.mark.usefixtures("disk")
def test_modules_of_ansible_run_in_the_guest(bed: RunningBed, tmp_path: Path, pipelining: bool) -> None:
    (tmp_path / "greeting.j2").write_text("Hello from {{ inventory_hostname }}\n")
    (tmp_path / "script.sh").write_text('#!/bin/sh\necho "$2 $1"\n')
    play = {
        "name": "In the guest",
        "hosts": "debian",
        "gather_facts": False,
        "tasks": [*TASKS, *(BECOME if pipelining else BECOME[2:6])],
    }
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
    hosts = inventory(
        bed,
        tmp_path,
        hosts={"debian": {"ansible_python_interpreter": "/usr/bin/python3"}},
        ansible_pipelining=pipelining,
    )
    done = ansible("ansible-playbook", "-i", str(hosts), str(tmp_path / "play.yml"), timeout=1500)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "fetched/greeting").read_text() == "Hello from debian\n"
    assert "correct horse" not in done.stdout
