# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bed itself, for real: starting, stopping, what is left behind, the guest, and the fixtures."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from converge_bed import documents
from converge_bed.basics import ENTRY
from converge_bed.listening import Remote
from converge_bed.running import RunningBed
from converge_bed.state import Bed

pytest_plugins = ["ansible_collections.converge.libvirt.tests.bed.fixtures"]
pytestmark = pytest.mark.usefixtures("bed_ready")


class Beds:
    """The bed's command line on a folder of its own, so that other people's beds are never touched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "CONVERGE_BED_DIR": str(folder)}

    def __call__(self, *arguments: str, status: int = 0) -> str:
        """Run a command; return what it printed, errors included."""
        done = subprocess.run(
            [sys.executable, str(ENTRY), *arguments],
            check=False,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == status, done.stdout
        return done.stdout.strip()

    def start(self, name: str) -> str:
        """Start a bed and return its URI."""
        self("start", "--no-install", name)
        return self("uri", name)

    def written(self, document: str) -> str:
        """Put a document into a file of bedtest-a, which vanishes with it, and return its path."""
        path = self.folder / "bedtest-a" / "document.xml"
        path.write_text(document)
        return str(path)

    def virsh(self, name: str, *arguments: str) -> str:
        """Run virsh against a bed from outside of it."""
        return subprocess.run(
            ["virsh", "-q", "-c", self("uri", name), *arguments], check=True, capture_output=True, text=True
        ).stdout.strip()


@pytest.fixture
def beds() -> Iterator[Beds]:
    folder = Path(f"/tmp/cbed-{os.getpid()}")  # short: sockets live below it
    own = Beds(folder)
    yield own
    own("stop", "--all")
    assert not folder.exists()


def traces(bed: Bed) -> set[str]:
    """Return what a bed could leave on the machine: processes, mounts, control groups, network devices, files."""
    found = {f"device {name}" for name in os.listdir("/sys/class/net")}
    found |= {f"mount {line.split()[4]}" for line in Path("/proc/self/mountinfo").read_text().splitlines()}
    found |= {f"group {path}" for path in Path("/sys/fs/cgroup").rglob(f"{bed.cgroup}*")}
    found |= {f"file {path}" for path in bed.folder.parent.glob("**/*")} if bed.folder.parent.exists() else set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            group = (process / "cgroup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if os.fsencode(bed.folder) in words or bed.cgroup in group or b"_init\0" + bed.name.encode() + b"\0" in words:
            found.add(f"process {process.name} {words!r}")
    return found


def test_a_running_bed_is_left_alone(beds: Beds) -> None:
    begin = time.monotonic()
    uri = beds.start("bedtest-a")
    assert time.monotonic() - begin < 15  # about 0.5 s on an idle machine
    pid = beds("list")
    beds.virsh("bedtest-a", "net-define", beds.written(documents.network_xml("kept")))

    assert beds.start("bedtest-a") == uri
    assert beds("list") == pid
    assert beds.virsh("bedtest-a", "net-list", "--all", "--name") == "kept"


def test_two_beds_are_two_hosts(beds: Beds) -> None:
    for name in ("bedtest-a", "bedtest-b"):
        beds.start(name)
    beds.virsh("bedtest-a", "net-define", beds.written(documents.network_xml("lan")))
    beds.virsh("bedtest-a", "net-start", "lan")

    assert beds.virsh("bedtest-b", "net-list", "--all", "--name") == ""
    assert beds.virsh("bedtest-b", "hostname") == "bedtest-b"
    hosts = {beds.virsh(name, "capabilities").split("<uuid>")[1][:36] for name in ("bedtest-a", "bedtest-b")}
    assert len(hosts) == 2
    assert "virbr0" in beds("exec", "bedtest-a", "ls", "/sys/class/net").split()
    assert "virbr0" not in beds("exec", "bedtest-b", "ls", "/sys/class/net").split()


def test_a_fresh_bed_has_nothing_and_no_kvm(beds: Beds) -> None:
    beds.start("bedtest-a")
    for listing in ("list", "net-list", "pool-list"):
        assert beds.virsh("bedtest-a", listing, "--all", "--name") == ""
    assert beds("exec", "bedtest-a", "--", "sh", "-c", "test ! -e /dev/kvm && echo hidden") == "hidden"
    assert "<domain>qemu</domain>" in beds.virsh("bedtest-a", "domcapabilities")


def test_stop_leaves_nothing(beds: Beds) -> None:
    bed = Bed("bedtest-a", beds.folder / "bedtest-a")
    before = traces(bed)
    beds.start("bedtest-a")
    beds.virsh("bedtest-a", "net-define", beds.written(documents.network_xml("lan")))
    beds.virsh("bedtest-a", "net-start", "lan")
    beds.virsh("bedtest-a", "create", beds.written(documents.guest_xml("left-running", "lan")))
    running = traces(bed) - before
    assert {trace.split()[0] for trace in running} >= {"process", "file"}
    assert any("qemu-system" in trace for trace in running)

    beds("stop", "bedtest-a")

    deadline = time.monotonic() + 10  # unshare's exit status waits for the machine's first process to collect it
    while traces(bed) - before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert traces(bed) - before == set()
    beds("stop", "bedtest-a")  # nothing to stop is no error


def test_a_bed_that_listens(beds: Beds) -> None:
    bed = Bed("bedtest-a", beds.folder / "bedtest-a")
    before = traces(bed)
    beds("start", "--no-install", "--no-guest", "--listen", "bedtest-a")
    remote = Remote(bed)
    for uri in (remote.tls(), remote.ssh()):
        asked = [*remote.enter, "virsh", "-q", "-c", uri, "hostname"]
        for _time in range(2):
            assert subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip() == "bedtest-a"
            beds("restart-daemon", "bedtest-a")
    asked = [*remote.enter, "virsh", "-q", "-c", remote.tls("stranger"), "hostname"]
    assert "certificate" in subprocess.run(asked, check=False, capture_output=True, text=True).stderr
    # Its users and ports are its own.
    assert not any(str(bed.folder) in line for line in Path("/proc/self/mountinfo").read_text().splitlines())
    beds("stop", "bedtest-a")
    deadline = time.monotonic() + 10
    while traces(bed) - before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert traces(bed) - before == set()


def test_a_bed_that_was_killed_starts_again(beds: Beds) -> None:
    beds.start("bedtest-a")
    init = Bed("bedtest-a", beds.folder / "bedtest-a").init()
    assert init is not None
    os.kill(init.pid, 9)
    deadline = time.monotonic() + 10
    while init.alive() and time.monotonic() < deadline:
        time.sleep(0.02)

    assert "stopped" in beds("list")
    assert "start it with" in beds("uri", "bedtest-a", status=1)
    beds.start("bedtest-a")
    assert beds.virsh("bedtest-a", "hostname") == "bedtest-a"


def test_guests_survive_a_restart_of_the_daemon(beds: Beds) -> None:
    beds.start("bedtest-a")
    beds.virsh("bedtest-a", "create", beds.written(documents.guest_xml("survivor")))
    for arguments in ((), ("--kill",)):
        beds("restart-daemon", *arguments, "bedtest-a")
        assert beds.virsh("bedtest-a", "list", "--name") == "survivor"


def test_exec_keeps_the_folder_and_the_exit_status(beds: Beds) -> None:
    beds.start("bedtest-a")
    assert beds("exec", "bedtest-a", "pwd") == os.getcwd()
    beds("exec", "bedtest-a", "--", "sh", "-c", "exit 7", status=7)


def test_errors_are_one_sentence(beds: Beds) -> None:
    for arguments in (("start", "Bad_Name"), ("uri", "bedtest-none"), ("exec", "bedtest-none", "true"), ("stop",)):
        said = beds(*arguments, status=1)
        assert said.startswith("bed: ")
        assert len(said.splitlines()) == 1


def test_the_guest_gets_a_lease_and_answers(
    clean_bed: RunningBed, snapshot_of_host: Callable[[], dict[str, str]]
) -> None:
    import libvirt

    connection = clean_bed.connect()
    empty = snapshot_of_host()
    network = connection.networkDefineXML(documents.network_xml("lan"))
    assert set(snapshot_of_host()) - set(empty) == {
        f"network/lan/{key}" for key in ("persistent", "autostart", "stored")
    }
    network.create()
    domain = connection.createXML(documents.guest_xml("guest", "lan"))
    clean_bed.await_agent(domain)
    by_agent = domain.interfaceAddresses(libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT)
    deadline = time.monotonic() + 30
    while not network.DHCPLeases() and time.monotonic() < deadline:
        time.sleep(0.1)
    (lease,) = network.DHCPLeases()

    assert lease["ipaddr"].startswith("192.168.77.")
    assert lease["hostname"] == "bedguest"
    assert "eth0" in by_agent
    assert "BED-READY" in clean_bed.outside("/var/log/libvirt/qemu/guest-console.log").read_text()
    before = snapshot_of_host()
    assert before == snapshot_of_host()
    domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_TITLE, "other", None, None)
    assert {key for key, text in snapshot_of_host().items() if text != before[key]} == {"domain/guest/live"}


@pytest.mark.parametrize(
    ("arguments", "ends"), [("", True), ("bed.noacpi", False)], ids=["listens", "ignores the button"]
)
def test_the_power_button(clean_bed: RunningBed, arguments: str, ends: bool) -> None:
    import libvirt

    connection = clean_bed.connect()
    domain = connection.createXML(documents.guest_xml("guest", arguments=arguments))
    clean_bed.await_agent(domain)
    domain.shutdownFlags(libvirt.VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN)
    deadline = time.monotonic() + (30 if ends else 4)
    gone = False
    while not gone and time.monotonic() < deadline:
        time.sleep(0.1)
        gone = not connection.listAllDomains()
    assert gone is ends
