# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tiny guest, for real: what can be plugged into it, and how it refuses when a test wants it to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from converge_bed import agent, documents
from converge_bed.basics import BedError
from converge_bed.running import RunningBed

if TYPE_CHECKING:
    import libvirt

pytest_plugins = ["ansible_collections.converge.libvirt.tests.bed.fixtures"]
pytestmark = pytest.mark.long

IMAGES = "/var/lib/libvirt/images"
DIMM = "<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>"


def disk(bed: RunningBed, target: str, bus: str, device: str = "disk") -> str:
    """Make an image of 1 MiB, and return the element of a disk with it."""
    image = bed.path / "images" / f"{target}.img"
    image.write_bytes(bytes(1 << 20))
    return (
        f"<disk type='file' device='{device}'><driver name='qemu' type='raw'/>"
        f"<source file='{IMAGES}/{image.name}'/><target dev='{target}' bus='{bus}'/></disk>"
    )


def live(domain: libvirt.virDomain) -> ElementTree.Element:
    return ElementTree.fromstring(domain.XMLDesc())


def has_disk(domain: libvirt.virDomain, target: str) -> bool:
    return live(domain).find(f"devices/disk/target[@dev='{target}']") is not None


def memory_of(domain: libvirt.virDomain) -> int:
    """The memory that the guest knows of, in KiB."""
    return int(agent.shell(domain, "grep MemTotal /proc/meminfo").split()[1])


def await_console(bed: RunningBed, name: str, said: str) -> None:
    console = bed.outside(f"/var/log/libvirt/qemu/{name}-console.log")
    end = time.monotonic() + 60
    while said not in (console.read_text(errors="replace") if console.exists() else ""):
        assert time.monotonic() < end, f"{name} did not say {said}"
        time.sleep(0.1)


def test_a_guest_with_room_takes_all_sorts_of_devices(clean_bed: RunningBed) -> None:
    domain = clean_bed.connect().createXML(documents.guest_xml("roomy", room=True))
    clean_bed.await_agent(domain)
    before = memory_of(domain)
    for device in (
        disk(clean_bed, "vda", "virtio"),
        disk(clean_bed, "sdb", "scsi"),
        disk(clean_bed, "sdc", "usb"),
        "<interface type='user'><model type='virtio'/></interface>",
        "<interface type='user'><model type='e1000'/></interface>",
        "<watchdog model='i6300esb' action='none'/>",
        "<shmem name='shared'><model type='ivshmem-plain'/><size unit='M'>1</size></shmem>",
        "<filesystem type='mount'><driver type='virtiofs'/><source dir='/tmp'/><target dir='tag'/></filesystem>",
        "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
        DIMM,
    ):
        domain.attachDeviceFlags(device)
    domain.setVcpusFlags(4)

    end = time.monotonic() + 20
    while agent.shell(domain, "nproc").strip() != "4" and time.monotonic() < end:
        time.sleep(0.2)
    assert agent.shell(domain, "nproc").strip() == "4"
    assert agent.shell(domain, "ls /dev/vda").strip() == "/dev/vda"
    assert memory_of(domain) - before == 128 * 1024


def test_a_script_tells_what_it_printed_or_how_it_failed(clean_bed: RunningBed) -> None:
    domain = clean_bed.connect().createXML(documents.guest_xml("guest"))
    clean_bed.await_agent(domain)
    assert agent.shell(domain, "echo one; echo two") == "one\ntwo\n"
    with pytest.raises(BedError, match=r"failed in the guest: .*not found"):
        agent.shell(domain, "no-such-program")


def test_a_guest_that_keeps_its_devices(clean_bed: RunningBed) -> None:
    devices = [disk(clean_bed, target, bus) for target, bus in (("vda", "virtio"), ("sdb", "scsi"))]
    xml = documents.guest_xml("keeps", arguments=documents.KEEPS_DEVICES, devices="".join(devices))
    domain = clean_bed.connect().createXML(xml)
    clean_bed.await_agent(domain)
    for _again in range(2):
        domain.detachDeviceFlags(devices[0])
        assert has_disk(domain, "vda")
    domain.detachDeviceFlags(devices[1])  # nobody asks the guest for this one
    assert not has_disk(domain, "sdb")


def test_a_guest_that_refuses_to_give_memory_back(clean_bed: RunningBed) -> None:
    import libvirt

    domain = clean_bed.connect().createXML(documents.guest_xml("memory", room=True))
    clean_bed.await_agent(domain)
    domain.attachDeviceFlags(DIMM)
    agent.hold_memory(domain)  # without this it mostly goes, but not always
    with pytest.raises(libvirt.libvirtError, match="rejected by the guest"):
        domain.detachDeviceFlags(DIMM)
    assert live(domain).find("devices/memory") is not None


def test_a_guest_that_holds_its_cdrom(clean_bed: RunningBed) -> None:
    import libvirt

    # With room it has a controller that the guest drives; the one libvirt adds by itself (lsilogic) it does not.
    domain = clean_bed.connect().createXML(
        documents.guest_xml("tray", devices=disk(clean_bed, "sda", "scsi", device="cdrom"), room=True)
    )
    clean_bed.await_agent(domain)
    empty = "<disk type='file' device='cdrom'><target dev='sda' bus='scsi'/><readonly/></disk>"
    agent.hold_tray(domain)
    with pytest.raises(libvirt.libvirtError, match="waiting to open tray"):
        domain.updateDeviceFlags(empty)
    domain.updateDeviceFlags(empty, libvirt.VIR_DOMAIN_DEVICE_MODIFY_FORCE)
    assert live(domain).find("devices/disk/source[@file]") is None


def test_a_frozen_agent_does_not_answer_and_the_button_works(clean_bed: RunningBed) -> None:
    import libvirt

    domain = clean_bed.connect().createXML(documents.guest_xml("frozen"))
    clean_bed.await_agent(domain)
    agent.freeze(domain)
    with pytest.raises(libvirt.libvirtError) as refused:
        domain.shutdownFlags(libvirt.VIR_DOMAIN_SHUTDOWN_GUEST_AGENT)
    assert refused.value.get_error_code() == libvirt.VIR_ERR_AGENT_UNRESPONSIVE
    (state,) = [target.get("state") for target in live(domain).findall("devices/channel/target")]
    assert state == "connected"  # it is there, and yet nobody answers
    domain.shutdownFlags(libvirt.VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN)
    end = time.monotonic() + 30
    while clean_bed.connect().listAllDomains() and time.monotonic() < end:
        time.sleep(0.1)
    assert clean_bed.connect().listAllDomains() == []


def test_a_guest_without_an_agent(clean_bed: RunningBed) -> None:
    domain = clean_bed.connect().createXML(documents.guest_xml("mute", arguments="bed.noagent"))
    await_console(clean_bed, "mute", "BED-READY")
    time.sleep(3)  # the agent of another guest is up by then
    (state,) = [target.get("state") for target in live(domain).findall("devices/channel/target")]
    assert state == "disconnected"
