# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A change reaches the running guest where libvirt can do it, the definition gets the very same, and what must wait is
named until it is done."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from converge_bed import host as sweeping
from converge_bed.documents import network_xml
from converge_bed.running import RunningBed

from ansible_collections.converge.libvirt.tests.integration import guests, lively
from ansible_collections.converge.libvirt.tests.integration.host import Host
from ansible_collections.converge.libvirt.tests.integration.lively import MAC, NAME, guest, sums_up

pytestmark = pytest.mark.long

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def house(bed: RunningBed) -> Iterator[Host]:
    """A host with the lively guest, up."""

    def sweep() -> None:
        with bed.connection() as connection:
            sweeping.sweep(connection, bed.path / "images")

    def snapshot() -> dict[str, str]:
        with bed.connection() as connection:
            return sweeping.snapshot(connection)

    sweep()
    host = Host(bed, snapshot)
    for name in ("disk", "spare", "medium"):
        host.write(f"{name}.img", "0" * MIB)
    host.run("virt_net", xml=network_xml("lan"), state="active")
    host.run("virt_net", xml=network_xml("lab", "192.168.79"), state="active")
    yield host
    sweep()


@pytest.fixture
def running(house: Host) -> Host:
    """A host with the lively guest, up and as its document is: a new one where the test before has left another."""
    if not lively.is_itself(house):
        house.run("virt_domain", name=NAME, state="absent", shutdown={"timeout": 0.1, "force": True})
        house.run("virt_domain", xml=guest(), state="running")
        guests.booted(house, NAME)
        lively.known[NAME] = lively.documents(house)
    return house


DISK_B = f"""<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{lively.SPARE}'/>
  <target dev='vdb' bus='virtio'/></disk>"""

#: What is plugged in and taken out: the device, and the words of its path.
PLUGGED = {
    "a virtio disk": (DISK_B, "disk[vdb]"),
    "a SCSI disk": (DISK_B.replace("dev='vdb' bus='virtio'", "dev='sdc' bus='scsi'"), "disk[sdc]"),
    "a USB disk": (DISK_B.replace("dev='vdb' bus='virtio'", "dev='sdd' bus='usb'"), "disk[sdd]"),
    "a CD drive with its disc": (
        f"<disk type='file' device='cdrom'><source file='{lively.MEDIUM}'/><target dev='sde' bus='scsi'/></disk>",
        "disk[sde]",
    ),
    "a NIC": (
        "<interface type='network'><mac address='52:54:00:00:00:02'/><source network='lab'/><model type='virtio'/>"
        "</interface>",
        "interface[52:54:00:00:00:02]",
    ),
    "a NIC of the user network": (
        "<interface type='user'><mac address='52:54:00:00:00:03'/><model type='virtio'/></interface>",
        "interface[52:54:00:00:00:03]",
    ),
    "a NIC of another model": (
        "<interface type='network'><mac address='52:54:00:00:00:04'/><source network='lan'/><model type='e1000e'/>"
        "</interface>",
        "interface[52:54:00:00:00:04]",
    ),
    "a SCSI controller": ("<controller type='scsi' index='1' model='virtio-scsi'/>", "controller[scsi,1,virtio-scsi]"),
    "memory": (
        "<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>",
        "memory[dimm,0,131072]",
    ),
    "randomness": ("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>", "rng"),
    "a channel": (
        "<channel type='unix'><target type='virtio' name='org.example.0'/></channel>",
        "channel[org.example.0]",
    ),
    "a USB serial port": (
        "<serial type='pty'><target type='usb-serial' port='1'/></serial>",
        "serial[1]",
    ),
    "a tablet": ("<input type='tablet' bus='usb'/>", "input[tablet,usb]"),
    "a virtio mouse": ("<input type='mouse' bus='virtio'/>", "input[mouse,virtio]"),
    "a shared folder": (
        "<filesystem type='mount'><driver type='virtiofs'/><source dir='/var/lib/libvirt/images'/>"
        "<target dir='images'/></filesystem>",
        "filesystem[images]",
    ),
    "a redirected USB device": (
        "<redirdev bus='usb' type='tcp'><source mode='bind' host='127.0.0.1' service='4711'/></redirdev>",
        "redirdev",
    ),
    "a lease": (
        f"<lease><lockspace>space</lockspace><key>key</key><target path='{lively.SPARE}'/></lease>",
        "lease[space,key]",
    ),
    "a NIC of an old model": (
        "<interface type='network'><mac address='52:54:00:00:00:05'/><source network='lan'/><model type='e1000'/>"
        "</interface>",
        "interface[52:54:00:00:00:05]",
    ),
    "a PCI serial port": ("<serial type='pty'><target type='pci-serial' port='1'/></serial>", "serial[1]"),
    "a virtio console": (
        "<console type='pty'><target type='serial' port='0'/></console>"
        "<console type='pty'><target type='virtio' port='1'/></console>",
        "console[virtio,1]",
    ),
    "a forwarded port": (
        "<channel type='pty'><target type='guestfwd' address='10.0.2.1' port='4600'/></channel>",
        "channel[guestfwd",
    ),
    "a watchdog": ("<watchdog model='i6300esb' action='none'/>", "watchdog[i6300esb]"),
    "shared memory": (
        "<shmem name='shared'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
        "shmem[shared]",
    ),
    "a disk that needs a controller as well": (
        "<controller type='scsi' index='1' model='virtio-scsi'/>"
        + DISK_B.replace(
            "dev='vdb' bus='virtio'/>",
            "dev='sdf' bus='scsi'/><address type='drive' controller='1' bus='0' target='0' unit='0'/>",
        ),
        "disk[sdf]",
    ),
}


@pytest.mark.parametrize(("device", "path"), PLUGGED.values(), ids=PLUGGED.keys())
def test_a_device_is_plugged_in_and_taken_out(running: Host, device: str, path: str) -> None:
    plugged = running.converge("virt_domain", xml=guest(device))
    assert all(change["how"] == "live" for change in plugged["changes"])
    assert any(path in change["path"] for change in plugged["changes"])
    assert (plugged["pending"], plugged["live_only"], plugged.result.get("warnings", [])) == ([], [], [])
    sums_up(running, plugged)

    gone = running.run("virt_domain", xml=guest(), unplug=True)
    assert all(change["how"] == "live" for change in gone["changes"])
    assert (gone["pending"], gone["live_only"], gone.result.get("warnings", [])) == ([], [], [])
    sums_up(running, gone)
    running.unchanged("virt_domain", xml=guest(), unplug=True)


#: What is changed in a device that stays: what stands in the document, what shall stand there, and the path.
CHANGED = {
    "the link of a NIC": (
        f"<mac address='{MAC}'/>",
        f"<mac address='{MAC}'/><link state='down'/>",
        f"devices/interface[{MAC}]/link",
    ),
    "the network of a NIC": (
        "<source network='lan'/>",
        "<source network='lab'/>",
        f"devices/interface[{MAC}]/source/@network",
    ),
    "the filter of a NIC": (
        "<source network='lan'/>",
        "<source network='lan'/><filterref filter='clean-traffic'/>",
        f"devices/interface[{MAC}]/filterref",
    ),
    "the isolation of a NIC": (
        "<source network='lan'/>",
        "<source network='lan'/><port isolated='yes'/>",
        f"devices/interface[{MAC}]/port",
    ),
    "the coalescing of a NIC": (
        "<source network='lan'/>",
        "<source network='lan'/><coalesce><rx><frames max='7'/></rx></coalesce>",
        f"devices/interface[{MAC}]/coalesce",
    ),
    "the disc in a CD drive": (
        "<driver name='qemu' type='raw'/><target dev='sdb' bus='scsi'/>",
        f"<driver name='qemu' type='raw'/><source file='{lively.MEDIUM}'/><target dev='sdb' bus='scsi'/>",
        "devices/disk[sdb]/source",
    ),
    "the limits of a disk": (
        "<target dev='vda' bus='virtio'/>",
        "<target dev='vda' bus='virtio'/><iotune><read_bytes_sec>1000000</read_bytes_sec>"
        "<write_bytes_sec>500000</write_bytes_sec><total_iops_sec>100</total_iops_sec></iotune>",
        "devices/disk[vda]/iotune",
    ),
    "the statistics of the balloon": (
        "<memballoon model='virtio'/>",
        "<memballoon model='virtio'><stats period='7'/></memballoon>",
        "devices/memballoon/stats",
    ),
    "the password of a screen": ("passwd='first-pw'", "passwd='other-pw'", "devices/graphics[vnc]/@passwd"),
    "the virtual CPUs": ("<vcpu current='1'>4</vcpu>", "<vcpu current='2'>4</vcpu>", "vcpu/@current"),
    "I/O threads": ("<features>", "<iothreads>2</iothreads><features>", "iothreads"),
    "the title": ("<memory unit", "<title>A title</title><memory unit", "title"),
    "the description": ("<memory unit", "<description>Long</description><memory unit", "description"),
    "what another tool wrote": (
        "<memory unit",
        "<metadata><t:note xmlns:t='https://example.org/t' by='t'><t:more>words</t:more></t:note></metadata>"
        "<memory unit",
        "metadata",
    ),
    "what happens at a crash": (
        "<features>",
        "<on_crash>coredump-destroy</on_crash><features>",
        "on_crash",
    ),
    "what happens at power-off and reboot": (
        "<features>",
        "<on_poweroff>restart</on_poweroff><on_reboot>restart</on_reboot><features>",
        "on_poweroff",
    ),
}
#: Those that are not taken back: CPUs, which an emulated guest never lets go, and what is another tool's.
ONE_WAY = ("the virtual CPUs", "what another tool wrote")


def test_what_a_guest_may_take_of_its_host_reaches_it(running: Host) -> None:
    limits = """<memtune><soft_limit unit='KiB'>{0}00000</soft_limit></memtune>
      <blkiotune><weight>{0}00</weight></blkiotune>
      <cputune><vcpupin vcpu='0' cpuset='{1}'/><emulatorpin cpuset='{1}'/>
        <shares>{0}000</shares><period>50000</period><quota>500000</quota>
        <global_period>50000</global_period><global_quota>500000</global_quota>
        <emulator_period>50000</emulator_period><emulator_quota>500000</emulator_quota>
        <iothread_period>50000</iothread_period><iothread_quota>500000</iothread_quota></cputune>"""
    events = "<perf><event name='page_faults' enabled='{0}'/></perf>"
    for number, cpu, event in ((5, 0, "yes"), (6, 1, "no")):
        told = limits.format(number, cpu) + events.format(event)
        done = running.converge("virt_domain", xml=guest(change=("<features>", f"{told}<features>")))
        assert (done["pending"], done["live_only"], done.result.get("warnings", [])) == ([], [], [])
        assert {change["how"] for change in done["changes"]} == {"live"}
        sums_up(running, done)
        live = guests.live(running, NAME)
        assert live.findtext("cputune/shares") == f"{number}000"
        assert live.findtext("memtune/soft_limit") == f"{number}00000"
        assert [one.get("cpuset") for one in live.iterfind("cputune/vcpupin")] == [str(cpu)]
    # A limit cannot be unset while the guest runs.
    back = running.run("virt_domain", xml=guest())
    assert {change["how"] for change in back["changes"]} == {"restart"}
    sums_up(running, back)


def test_memory_of_a_virtio_module_grows_and_shrinks(running: Host) -> None:
    module = """<memory model='virtio-mem'><target><size unit='MiB'>128</size><node>0</node>
      <block unit='KiB'>2048</block><requested unit='MiB'>{0}</requested></target></memory>"""
    plugged = running.converge("virt_domain", xml=guest(module.format(64)))
    assert {change["how"] for change in plugged["changes"]} == {"live"}
    for size in (96, 32):
        done = running.run("virt_domain", xml=guest(module.format(size)))
        assert [change["how"] for change in done["changes"]] == ["live"]
        assert "target/requested" in done["changes"][0]["path"]
        assert done["pending"] == []
    # QEMU never takes one out again.
    kept = running.run("virt_domain", xml=guest(), unplug=True)
    assert {(change["path"].partition("[")[0], change["how"]) for change in kept["changes"]} == {
        ("devices/memory", "restart"),
        ("memory", "restart"),
        ("currentMemory", "stored"),
    }
    sums_up(running, kept)


def test_the_balloon_follows_the_stored_size(running: Host) -> None:
    """It moves by itself, and a moving balloon is no difference: only a change of the definition moves it."""
    for size in (200, 256):
        current = f"<currentMemory unit='MiB'>{size}</currentMemory><vcpu current"
        done = running.run("virt_domain", xml=guest(change=("<vcpu current", current)))
        assert [(change["path"], change["how"]) for change in done["changes"]] == [("currentMemory", "live")]
        end = time.monotonic() + 20
        while guests.live(running, NAME).findtext("currentMemory") != str(size * 1024):
            assert time.monotonic() < end, "the guest does not give the memory back"
            time.sleep(0.2)
        assert running.run("virt_domain", xml=guest(change=("<vcpu current", current)))["changed"] is False


@pytest.mark.parametrize("what", CHANGED)
def test_a_change_reaches_the_running_guest_and_is_taken_back(running: Host, what: str) -> None:
    before, after, path = CHANGED[what]
    changed = running.converge("virt_domain", xml=guest(change=(before, after)))
    assert [change["how"] for change in changed["changes"]] == ["live"] * len(changed["changes"])
    assert path in changed.paths
    assert (changed["pending"], changed["live_only"], changed.result.get("warnings", [])) == ([], [], [])
    sums_up(running, changed)
    if what in ONE_WAY:
        lively.known.clear()
        return
    back = running.run("virt_domain", xml=guest(), unplug=True)
    assert {change["how"] for change in back["changes"]} == {"live"}
    assert (back["pending"], back["live_only"], back.result.get("warnings", [])) == ([], [], [])
    sums_up(running, back)
