# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection into a real container of libvirt's LXC driver."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.playbook.play_context import PlayContext
from converge_bed.documents import container_xml
from converge_bed.running import RunningBed

from ansible_collections.converge.libvirt.plugins.connection import libvirt_lxc
from ansible_collections.converge.libvirt.plugins.connection.libvirt_lxc import Connection
from ansible_collections.converge.libvirt.plugins.plugin_utils import _namespaces
from ansible_collections.converge.libvirt.tests.integration.host import ansible

NAME = "box"


def connection(uri: str, guest: str = NAME, **options: Any) -> Connection:
    documented = yaml.safe_load(libvirt_lxc.DOCUMENTATION)["options"]
    made = Connection(PlayContext(), None)
    made._options = {name: option.get("default") for name, option in documented.items()}
    made._options.update({"remote_addr": guest, "uri": uri, **options})
    return made


@pytest.fixture(scope="module")
def uri(bed: RunningBed) -> str:
    """The bed's LXC driver."""
    return bed.uri.replace("qemu+unix", "lxc+unix")


@pytest.fixture(scope="module")
def container(bed: RunningBed, uri: str) -> Iterator[Any]:
    """A running container with busybox."""
    libvirt = pytest.importorskip("libvirt")
    root = bed.path / "images/box"
    for folder in ("bin", "dev", "proc", "sys", "etc", "tmp", "root"):
        (root / folder).mkdir(parents=True)
    (root / "bin/busybox").write_bytes(Path("/bin/busybox").read_bytes())
    (root / "bin/busybox").chmod(0o755)
    (root / "bin/sh").symlink_to("busybox")
    subprocess.run(["chroot", root, "/bin/busybox", "--install", "-s", "/bin"], check=True)
    opened = libvirt.open(uri)
    running = opened.createXML(container_xml(NAME, "/var/lib/libvirt/images/box"), 0)
    yield running
    running.destroy()
    opened.close()
    subprocess.run(["rm", "-rf", root], check=True)


@pytest.fixture
def there(container: Any, uri: str) -> Iterator[Connection]:  # noqa: ARG001 - the container
    opened = connection(uri)
    yield opened
    opened.close()


def test_a_command_runs_in_the_container(there: Connection) -> None:
    assert there.exec_command("hostname; echo err >&2; exit 3") == (3, b"box\n", b"err\n")
    assert there.exec_command("echo $HOME $(id -u); cat /proc/1/comm; ls /")[1].startswith(b"/root 0\nsh\nbin\n")


def test_standard_input_and_output_of_any_size(there: Connection) -> None:
    given = os.urandom(5_000_000)
    assert there.exec_command("cat", in_data=given) == (0, given, b"")


def test_signals_and_programs_that_are_not_there(there: Connection) -> None:
    assert there.exec_command("kill -9 $$")[0] == 137
    assert there.exec_command("no-such-program")[0] == 127


def test_files_arrive_both_ways(there: Connection, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    (tmp_path / "given").write_bytes(content)
    there.put_file(str(tmp_path / "given"), "/tmp/a file")
    there.fetch_file("/tmp/a file", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == content
    with pytest.raises(AnsibleFileNotFound):
        there.fetch_file("/no/such/file", str(tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()
    with pytest.raises(AnsibleFileNotFound):
        there.put_file(str(tmp_path / "given"), "/no/such/folder/file")
    with pytest.raises(AnsibleError, match=r"cannot read /tmp in container 'box'"):
        there.fetch_file("/tmp", str(tmp_path / "nothing"))


def test_a_password_is_given_where_it_is_asked_for(there: Connection) -> None:
    there.become = SimpleNamespace(  # type: ignore[assignment]
        expect_prompt=lambda: True,
        get_option=lambda *_names, **_more: "open sesame",
        prompt="password:",
        success="BECOME-SUCCESS-x",
        check_success=lambda said: b"BECOME-SUCCESS-x" in said,
    )
    asks = "printf password: >&2; read given; echo BECOME-SUCCESS-x; echo $given; cat"
    assert there.exec_command(asks, in_data=b"in") == (0, b"BECOME-SUCCESS-x\nopen sesame\nin", b"")
    there.become = None
    assert there.exec_command("sleep 1; ls -a /tmp | grep converge")[1] == b""


def test_waiting_ends(container: Any, uri: str) -> None:  # noqa: ARG001 - the container
    begin = time.monotonic()
    with pytest.raises(AnsibleError, match=r"did not end within 1 s in container 'box'"):
        connection(uri, command_timeout=1).exec_command("sleep 60")
    assert time.monotonic() - begin < 10


def test_a_container_whose_first_process_libvirt_has_missed_is_entered(
    container: Any, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Libvirt misses it at one start in a hundred, so that the call's answer is libvirt's own for such a one."""
    libvirt: Any = pytest.importorskip("libvirt")

    class Missed(libvirt.libvirtError):
        def get_error_code(self) -> int:
            return int(libvirt.VIR_ERR_OPERATION_INVALID)

    def missed(_domain: Any, _flags: int) -> list[int]:
        raise Missed("Requested operation is not valid: Init pid is not yet available")

    there = connection(uri)
    inside = "readlink /proc/1/ns/mnt /proc/1/ns/pid /proc/1/ns/net; hostname; ls /"
    told = there.exec_command(inside)
    there.close()
    monkeypatch.setattr(_namespaces.libvirt_lxc, "lxcOpenNamespace", missed)
    assert there.exec_command(inside) == told
    there.close()
    by_uuid = connection(uri, container.UUIDString())
    assert by_uuid.exec_command(inside) == told
    by_uuid.close()
    monkeypatch.setattr(_namespaces, "CONTROLLER", "another")
    with pytest.raises(AnsibleConnectionFailure, match="Init pid is not yet available"):
        there.exec_command("true")


@pytest.mark.parametrize("elsewhere", ["lxc+ssh://root@host/system", "lxc://host/system", "qemu:///system"])
def test_a_libvirt_elsewhere_is_refused_with_a_sentence(elsewhere: str) -> None:
    with pytest.raises(AnsibleConnectionFailure, match="libvirt opens namespaces on its own machine only"):
        connection(elsewhere).exec_command("true")


def test_a_container_that_is_not_there_is_unreachable(container: Any, uri: str, tmp_path: Path) -> None:  # noqa: ARG001
    with pytest.raises(AnsibleConnectionFailure, match="Domain not found"):
        connection(uri, "nobody").exec_command("true")
    variables = {"ansible_connection": "converge.libvirt.libvirt_lxc", "ansible_libvirt_uri": uri}
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(yaml.safe_dump({"all": {"hosts": {NAME: {}, "nobody": {}}, "vars": variables}}))
    done = ansible("ansible", "all", "-i", str(hosts), "-m", "ansible.builtin.raw", "-a", "hostname")
    assert f"{NAME} | CHANGED | rc=0 >>\nbox" in done.stdout, done.stdout + done.stderr
    assert "nobody | UNREACHABLE!" in done.stdout


@pytest.mark.usefixtures("container")
def test_the_example_is_an_inventory(uri: str, tmp_path: Path) -> None:
    hosts = yaml.safe_load(libvirt_lxc.EXAMPLES)
    hosts["all"]["vars"]["ansible_libvirt_uri"] = uri
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump(hosts))
    done = ansible("ansible", "all", "-i", str(tmp_path / "hosts.yml"), "-m", "ansible.builtin.raw", "-a", "hostname")
    assert "box | CHANGED | rc=0 >>\nbox" in done.stdout, done.stdout + done.stderr
