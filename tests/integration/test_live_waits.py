# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What libvirt cannot change while a guest runs is stored, waits, and is told to be waiting; the guest is left alone.

Its system does not come up: nothing here needs one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from converge_bed import host as sweeping
from converge_bed.running import RunningBed

from ansible_collections.converge.libvirt.tests.integration import guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome

NAME = "waiting"
FORCED = {"timeout": 0.1, "force": True}
MAC = "52:54:00:00:00:01"
DISK = "/var/lib/libvirt/images/disk.img"
CPU = "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>"
GUEST = f"""\
<domain type='qemu'>
  <name>{NAME}</name>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type><boot dev='hd'/></os>
  <features><acpi/><apic/></features>
  {CPU}
  <clock offset='utc'/>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/><source file='{DISK}'/><target dev='sda' bus='scsi'/>
    </disk>
    <controller type='scsi' model='virtio-scsi'/>
    <interface type='user'><mac address='{MAC}'/><model type='virtio'/></interface>
    <graphics type='vnc' autoport='yes' listen='127.0.0.1'/>
    <video><model type='vga' vram='16384'/></video>
    <watchdog model='i6300esb' action='reset'/>
    <memballoon model='virtio'/>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>
"""

#: What stands in the document, what shall stand there, and the paths that wait.
WAITS = {
    "memory": ("<memory unit='MiB'>64", "<memory unit='MiB'>96", ["memory"]),
    "more CPUs": ("<vcpu>1", "<vcpu>2", ["vcpu"]),
    "the order to boot from": ("<boot dev='hd'/>", "<boot dev='network'/><boot dev='hd'/>", ["os/boot[network]"]),
    "a feature": ("<apic/>", "<apic/><pmu state='off'/>", ["features/pmu"]),
    "the model of the CPU": (">qemu64<", ">Nehalem<", ["cpu/model"]),
    "the CPU for the host's model": (CPU, "<cpu mode='host-model'/>", ["cpu"]),
    "the CPU for all that the host has": (CPU, "<cpu mode='maximum'/>", ["cpu"]),
    "the clock": ("offset='utc'", "offset='localtime'", ["clock/@offset"]),
    "the model of a NIC": (
        "<model type='virtio'/></interface>",
        "<model type='e1000'/></interface>",
        [f"devices/interface[{MAC}]/model/@type"],
    ),
    "the queues of a NIC": (
        "<model type='virtio'/></interface>",
        "<model type='virtio'/><driver queues='2'/></interface>",
        [f"devices/interface[{MAC}]/driver"],
    ),
    "the cache of a disk": (
        "<driver name='qemu' type='raw'/>",
        "<driver name='qemu' type='raw' cache='writeback' discard='unmap'/>",
        ["devices/disk[sda]/driver/@cache", "devices/disk[sda]/driver/@discard"],
    ),
    "the serial number of a disk": (
        "<target dev='sda' bus='scsi'/>",
        "<target dev='sda' bus='scsi'/><serial>one</serial>",
        ["devices/disk[sda]/serial"],
    ),
    "the bus of a disk": (
        "<target dev='sda' bus='scsi'/>",
        "<target dev='vda' bus='virtio'/>",
        ["devices/disk[sda]", "devices/disk[vda]"],
    ),
    "the queues of a controller": (
        "<controller type='scsi' model='virtio-scsi'/>",
        "<controller type='scsi' model='virtio-scsi'><driver queues='2'/></controller>",
        ["devices/controller[scsi,0,virtio-scsi]/driver"],
    ),
    "the address of a screen": ("listen='127.0.0.1'", "listen='127.0.0.2'", ["devices/graphics[vnc]/listen"]),
    "the memory of a video card": ("vram='16384'", "vram='32768'", ["devices/video[vga]/model/@vram"]),
    "what a watchdog does": ("action='reset'", "action='poweroff'", ["devices/watchdog[i6300esb]/@action"]),
    "the rate of randomness": (
        "<backend model='random'>",
        "<rate bytes='1024'/><backend model='random'>",
        ["devices/rng[random,/dev/urandom]/rate"],
    ),
    "a sound card": ("<memballoon", "<sound model='ich9'/><memballoon", ["devices/sound[ich9]"]),
}


@pytest.fixture(scope="module")
def house(bed: RunningBed) -> Host:
    """A host with the guest, which runs."""

    def snapshot() -> dict[str, str]:
        with bed.connection() as connection:
            return sweeping.snapshot(connection)

    with bed.connection() as connection:
        sweeping.sweep(connection, bed.path / "images")
    host = Host(bed, snapshot)
    host.write("disk.img", "0" * 1024 * 1024)
    host.run("virt_domain", xml=GUEST, state="running")
    return host


@pytest.fixture
def running(house: Host) -> Iterator[Host]:
    """With the guest as its document is, before and after."""
    yield house
    house.run("virt_domain", xml=GUEST)


def waiting(outcome: Outcome) -> list[str]:
    return [one["path"] for one in outcome["pending"]]


def is_told(path: str, told: list[str]) -> bool:
    return any(one == path or one.startswith((f"{path}/", f"{path}[")) for one in told)


@pytest.mark.parametrize("what", WAITS)
def test_it_waits_and_can_be_taken_back(running: Host, what: str) -> None:
    before, after, paths = WAITS[what]
    assert before in GUEST
    number = guests.live(running, NAME).get("id")
    task: dict[str, Any] = {"xml": GUEST.replace(before, after, 1)}
    done = running.converge("virt_domain", **task)
    late = [one["path"] for one in done["changes"] if one["how"] == "restart"]
    assert all(is_told(path, late) and is_told(path, waiting(done)) for path in paths), (done["changes"], waiting(done))
    assert "live" not in {one["how"] for one in done["changes"]}
    assert waiting(running.unchanged("virt_domain", **task)) == waiting(done)
    back = running.converge("virt_domain", xml=GUEST)
    # The balloon is told the size that it has.
    assert {one["how"] for one in back["changes"] if one["path"] != "currentMemory"} == {"stored"}
    assert (back["pending"], back["live_only"]) == ([], [])
    assert guests.live(running, NAME).get("id") == number


@pytest.mark.parametrize("mode", ["host-model", "maximum"])
def test_a_cpu_that_libvirt_spells_out_runs_as_it_is_stored(running: Host, mode: str) -> None:
    other = {"host-model": "maximum", "maximum": "host-model"}[mode]
    begun = running.run(
        "virt_domain", name=NAME, cpu={"mode": mode}, state="running", restart="when_needed", shutdown=FORCED
    )
    assert begun["pending"] == []
    done = running.converge("virt_domain", name=NAME, cpu={"mode": other})
    assert [(one["path"], one["how"]) for one in done["changes"]] == [("cpu/@mode", "restart")]
    assert any(path.startswith("cpu") for path in waiting(done))
    running.run("virt_domain", xml=GUEST, state="running", restart="when_needed", shutdown=FORCED)


def test_a_restart_that_nothing_needs_does_not_happen(running: Host) -> None:
    """A disk that was only stored away is put back: it never left."""
    number = guests.live(running, NAME).get("id")
    before, after, _paths = WAITS["the bus of a disk"]
    running.run("virt_domain", xml=GUEST.replace(before, after, 1))
    running.converge("virt_domain", xml=GUEST, restart="when_needed")
    assert guests.live(running, NAME).get("id") == number


def test_a_controller_stays_as_long_as_its_disks_do(running: Host) -> None:
    """libvirt makes another one for the disk in the definition; the one that runs is in use."""
    task: dict[str, Any] = {"xml": GUEST.replace("<controller type='scsi' model='virtio-scsi'/>", "")}
    done = running.run("virt_domain", **task)
    assert {one["how"] for one in done["changes"]} == {"restart"}
    assert "devices/controller[scsi,0,virtio-scsi]" in str(waiting(done))
    running.unchanged("virt_domain", **task)


def test_two_disks_for_one_that_stays_find_their_places(running: Host) -> None:
    """The first of them is stored where the one runs that stays, and must not take the place of the second."""
    for name in ("a", "b", "c"):
        running.write(f"{name}.img", "0" * 1024 * 1024)
    disks = [
        {
            "target": f"vd{name}",
            "bus": "virtio",
            "driver": {"type": "raw"},
            "source": {"file": f"/var/lib/libvirt/images/{name}.img"},
        }
        for name in ("a", "b", "c")
    ]
    guest: dict[str, Any] = {"name": "swapped", "type": "qemu", "memory": "64MiB"}
    running.run("virt_domain", **guest, disks=disks[:1], state="running")
    done = running.converge("virt_domain", **guest, disks=disks[1:])
    assert {one["path"]: one["how"] for one in done["changes"]} == {
        "devices/disk[vda]": "restart",
        "devices/disk[vdb]": "live",
        "devices/disk[vdc]": "live",
    }
    assert waiting(done) == ["devices/disk[vda]"]
    # It starts as it is stored.
    running.run("virt_domain", **guest, disks=disks[1:], state="running", restart="when_needed", shutdown=FORCED)
    assert running.run("virt_domain", name="swapped")["pending"] == []
    running.run("virt_domain", name="swapped", state="absent", shutdown=FORCED)


def test_a_guest_that_lets_nothing_go_is_restarted_where_that_is_allowed(running: Host) -> None:
    task: dict[str, Any] = {"xml": GUEST.replace("<watchdog model='i6300esb' action='reset'/>", ""), "wait_timeout": 3}
    number = guests.live(running, NAME).get("id")
    kept = running.run("virt_domain", **task)
    assert any("asked, not gone" in str(one) for one in kept["warnings"])
    assert (waiting(kept), guests.live(running, NAME).get("id")) == (["devices/watchdog[i6300esb]"], number)
    done = running.run("virt_domain", **task, state="running", restart="when_needed", shutdown=FORCED)
    assert (done["pending"], done.result.get("warnings", [])) == ([], [])
    assert guests.live(running, NAME).get("id") != number
    running.unchanged("virt_domain", **task, state="running", restart="when_needed", shutdown=FORCED)
