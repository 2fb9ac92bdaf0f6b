# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Guests whose whole task is YAML: how they are made, and what a change of an option does to one that runs."""

from __future__ import annotations

from typing import Any

import pytest
from converge_bed.documents import network_xml
from converge_bed.guest import IMAGE, KERNEL
from converge_bed.state import GUEST_FOLDER

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome
from ansible_collections.converge.libvirt.tests.integration.lively import sums_up

NAME = "g"
POOL = f"{documents.IMAGES}/pool"
DISK = {"target": "vda", "source": {"file": f"{POOL}/a.img"}}
ADDED = {"target": "vdb", "source": {"pool": "images", "volume": "b.qcow2"}}
NIC = {"source": {"network": "lan"}}
#: What boots; all that it lacks is the collection's to choose.
GUEST: dict[str, Any] = {
    "name": NAME,
    "memory": "96MiB",
    "kernel": f"{GUEST_FOLDER}/{KERNEL}",
    "initrd": f"{GUEST_FOLDER}/{IMAGE}",
    "cmdline": "console=ttyS0 quiet",
    "features": {"tb_cache": "32MiB"},
    "disks": [DISK],
    "interfaces": [NIC],
}
OFF = {"timeout": 0.1, "force": True}


@pytest.fixture
def stocked(host: Host) -> Host:
    """A host with a network, and a pool that holds images of both kinds."""
    host.make_pool("images", POOL)
    host.make_volume("images", "a.img")
    host.make_volume("images", "b.qcow2", "qcow2")
    host.run("virt_net", xml=network_xml("lan"), state="active")
    return host


@pytest.fixture
def running(stocked: Host) -> Host:
    """With a guest that is up."""
    stocked.run("virt_domain", **GUEST, state="running")
    guests.booted(stocked, NAME)
    return stocked


def hows(outcome: Outcome) -> list[tuple[str, str]]:
    """What changed, and how."""
    return [(one["path"], one["how"]) for one in outcome["changes"]]


def identity(host: Host) -> list[tuple[str, str | None, str | None]]:
    """What stays with each device: where it sits, and its MAC."""
    found = []
    for device in guests.stored(host, NAME).iterfind("devices/*"):
        address, mac = device.find("address"), device.find("mac")
        place = None if address is None else str(sorted(address.attrib.items()))
        found.append((device.tag, place, None if mac is None else mac.get("address")))
    return found


def test_a_guest_from_a_few_lines_boots_and_answers(stocked: Host) -> None:
    made = stocked.converge("virt_domain", **GUEST, state="running")
    assert hows(made) == [("/", "stored")]
    assert (made["pending"], made["live_only"]) == ([], [])
    # Through the channel that nobody asked for.
    guests.booted(stocked, NAME)
    sums_up(stocked, made, NAME)


@pytest.mark.long
def test_a_disk_is_plugged_in_with_the_format_of_its_volume(running: Host) -> None:
    before = identity(running)
    added = running.converge("virt_domain", **{**GUEST, "disks": [DISK, ADDED]}, state="running")
    assert hows(added) == [("devices/disk[vdb]", "live")]
    for document in (guests.stored(running, NAME), guests.live(running, NAME)):
        disk = document.find("devices/disk[2]")
        assert disk is not None
        assert disk.find("driver[@type='qcow2']") is not None
        assert disk.find("target[@bus='virtio']") is not None
    assert set(before) <= set(identity(running))
    sums_up(running, added, NAME)


@pytest.mark.long
def test_a_disk_that_is_no_longer_named_waits_or_is_unplugged(running: Host) -> None:
    both, one = {**GUEST, "disks": [DISK, ADDED]}, GUEST
    running.run("virt_domain", **both)
    waiting = running.converge("virt_domain", **one)
    assert hows(waiting) == [("devices/disk[vdb]", "restart")]
    assert [each["path"] for each in waiting["pending"]] == ["devices/disk[vdb]"]
    gone = running.converge("virt_domain", **one, unplug=True)
    assert hows(gone) == [("devices/disk[vdb]", "live")]
    assert gone["pending"] == []
    assert len(guests.live(running, NAME).findall("devices/disk")) == 1


@pytest.mark.long
def test_the_link_of_an_interface_goes_down_and_up(running: Host) -> None:
    before = identity(running)
    for link in ("down", "up"):
        done = running.converge("virt_domain", name=NAME, interfaces=[{**NIC, "link": link}])
        assert [how for _path, how in hows(done)] == ["live"]
        assert done["pending"] == []
        state = guests.live(running, NAME).find("devices/interface/link")
        assert state is not None
        assert state.get("state") == link
    assert identity(running) == before


@pytest.mark.long
def test_an_interface_is_added_beside_one_that_keeps_its_mac(running: Host) -> None:
    before = [one for one in identity(running) if one[0] == "interface"]
    added = running.run("virt_domain", name=NAME, interfaces=[NIC, {**NIC, "mac": "52:54:00:00:00:09"}])
    assert hows(added) == [("devices/interface[52:54:00:00:00:09]", "live")]
    after = [one for one in identity(running) if one[0] == "interface"]
    assert after[:1] == before
    second = guests.live(running, NAME).find("devices/interface[2]/model")
    assert second is not None
    assert second.get("type") == "virtio"


@pytest.mark.long
def test_what_has_to_wait_is_pending_until_a_restart(running: Host) -> None:
    changed = running.converge("virt_domain", **{**GUEST, "vcpus": 2, "memory": "128MiB"})
    assert sorted(each["path"] for each in changed["pending"]) == ["memory", "vcpu"]
    restarted = running.run("virt_domain", name=NAME, restart="when_needed", shutdown=OFF)
    assert restarted["pending"] == []
    assert guests.live(running, NAME).findtext("vcpu") == "2"


def test_defaults_are_not_put_in_again_where_somebody_took_them_out(stocked: Host) -> None:
    stocked.run("virt_domain", **GUEST)
    stocked.run("virt_domain", name=NAME, rngs=[], channels=[], cpu={"mode": "custom", "model": "qemu64"})
    stocked.unchanged("virt_domain", **GUEST)
    stored = guests.stored(stocked, NAME)
    assert stored.find("devices/rng") is None
    assert stored.find("devices/channel") is None


def test_an_image_in_no_pool_that_looks_like_qcow2_is_a_warning(host: Host) -> None:
    outcome = host.run(
        "virt_domain", name=NAME, memory="64MiB", disks=[{"target": "vda", "source": {"file": "/x/y.qcow2"}}]
    )
    assert [str(one) for one in outcome["warnings"]] == [
        f"no active pool has /x/y.qcow2: guest '{NAME}' takes it for raw; driver.type says it"
    ]


@pytest.mark.parametrize(
    "system", ["win11", "win2k22", "win7", "winxp", "debian4", "freebsd14.1", "ubuntu24.04", "mine"]
)
def test_what_a_system_gets_is_a_guest_that_stays_as_it_is(host: Host, system: str) -> None:
    disks = [{"target": "sda", "source": {"file": f"{documents.IMAGES}/a.img"}}, {"target": "sdb", "device": "cdrom"}]
    devices = {"disks": disks, "interfaces": [NIC], "graphics": [{"type": "vnc"}], "tpms": [{}]}
    host.converge("virt_domain", name=NAME, os=system, memory="64MiB", **devices)


def test_a_bios_by_its_name_is_that_of_qemu(host: Host) -> None:
    host.converge("virt_domain", name=NAME, memory="64MiB", disks=[], firmware="bios", state="running")
    assert guests.live(host, NAME).find("os/loader") is None
