# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which side of a running guest a task changes, what it may interrupt, and what it says of the rest."""

from __future__ import annotations

from typing import Any

import pytest
from converge_bed.documents import guest_xml, network_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome

pytestmark = pytest.mark.long

MACS = ("52:54:00:00:00:01", "52:54:00:00:00:02")
NICS = [documents.interface(mac) for mac in MACS]
DISK = "/var/lib/libvirt/images/spare.img"
PLUGGED = documents.disk(DISK)
USB_DISK = PLUGGED.replace("dev='vda' bus='virtio'", "dev='sdb' bus='usb'")
FORCED = {"timeout": 0.1, "force": True}


def guest(*devices: str, arguments: str = "", memory: int = 96) -> str:
    return guest_xml(
        "g",
        devices="".join([*devices, "<controller type='usb' model='qemu-xhci'/>"]),
        arguments=arguments,
        memory=memory,
    )


@pytest.fixture
def lan(host: Host) -> Host:
    """A host with a network and a spare disk."""
    host.write("spare.img", "0" * 1024 * 1024)
    host.run("virt_net", xml=network_xml("lan"), state="active")
    return host


@pytest.fixture
def running(lan: Host) -> Host:
    """With a running guest g that has two NICs; its system may not be up yet."""
    lan.run("virt_domain", xml=guest(*NICS), state="running")
    return lan


def paths(told: list[dict[str, Any]]) -> list[str]:
    return [one["path"] for one in told]


def hows(outcome: Outcome) -> list[tuple[str, str]]:
    """What changed, and how."""
    return [(one["path"], one["how"]) for one in outcome["changes"]]


def has_disk(document: Any) -> bool:
    return document.find("devices/disk") is not None


def test_stored_changes_the_definition_only_and_the_next_run_does_the_rest(running: Host) -> None:
    stored = running.converge("virt_domain", xml=guest(*NICS, USB_DISK), apply="stored")
    assert hows(stored) == [("devices/disk[sdb]", "restart")]
    assert paths(stored["pending"]) == ["devices/disk[sdb]"]
    assert not has_disk(guests.live(running, "g"))

    done = running.converge("virt_domain", xml=guest(*NICS, USB_DISK))
    assert hows(done) == [("devices/disk[sdb]", "live")]
    assert "+running devices/disk[sdb]" in "\n".join(f"+{line}" for line in done["diff"]["after"].splitlines())
    assert (done["pending"], has_disk(guests.live(running, "g"))) == ([], True)


def test_live_changes_what_runs_only(running: Host) -> None:
    done = running.run("virt_domain", xml=guest(*NICS, USB_DISK), apply="live")
    assert hows(done) == [("devices/disk[sdb]", "live")]
    assert (has_disk(guests.stored(running, "g")), has_disk(guests.live(running, "g"))) == (False, True)
    assert running.run("virt_domain", xml=guest(*NICS, USB_DISK), apply="live")["changed"] is False
    # What only runs is gone after the next start.
    assert paths(running.run("virt_domain", name="g")["live_only"]) == ["devices/disk[sdb]"]


def test_live_is_refused_where_something_would_have_to_wait_or_nothing_runs(running: Host) -> None:
    said = running.refuses("virt_domain", name="g", memory="128MiB", title="x", apply="live")
    assert "cannot be changed while it is active in memory" in said
    running.run("virt_domain", name="g", state="stopped", shutdown=FORCED)
    assert "apply: live changes only what is active" in running.refuses(
        "virt_domain", name="g", title="x", apply="live"
    )


def test_a_nic_is_taken_out_of_a_running_guest_only_where_that_is_allowed(running: Host) -> None:
    guests.booted(running, "g")
    waiting = running.converge("virt_domain", xml=guest(NICS[1]))
    assert hows(waiting) == [(f"devices/interface[{MACS[0]}]", "restart")]
    assert any("unplug: true takes it out at once" in str(one) for one in waiting["warnings"])
    gone = running.converge("virt_domain", xml=guest(NICS[1]), unplug=True)
    assert hows(gone) == [(f"devices/interface[{MACS[0]}]", "live")]
    assert (gone["pending"], gone["live_only"]) == ([], [])
    assert [one.get("address") for one in guests.live(running, "g").iterfind("devices/interface/mac")] == [MACS[1]]


@pytest.mark.long
def test_a_guest_that_does_not_let_go_is_asked_again_by_the_next_run(lan: Host) -> None:
    lan.run("virt_domain", xml=guest(*NICS, arguments="acpiphp.disable=1"), state="running")
    guests.booted(lan, "g")
    task: dict[str, Any] = {"xml": guest(NICS[1], arguments="acpiphp.disable=1"), "unplug": True, "wait_timeout": 8}
    asked = lan.run("virt_domain", **task)
    path = f"devices/interface[{MACS[0]}]"
    assert hows(asked) == [(path, "restart")]
    assert paths(asked["pending"]) == [path]
    assert any("asked, not gone" in str(one) for one in asked["warnings"])
    again = lan.run("virt_domain", **task)
    assert (again["changed"], paths(again["pending"])) == (False, [path])
    assert again["actions"] == [f"take interface[{MACS[0]}] out of running guest 'g'"]


def test_a_restart_happens_only_where_something_waits(running: Host) -> None:
    guests.booted(running, "g")
    first = running.connection.lookupByName("g").ID()
    assert running.unchanged("virt_domain", name="g", restart="when_needed")["actions"] == []
    # What libvirt can change at once needs no restart.
    running.run("virt_domain", name="g", title="Web", restart="when_needed")
    assert running.connection.lookupByName("g").ID() == first
    done = running.converge("virt_domain", name="g", memory="128MiB", restart="when_needed")
    assert hows(done) == [
        ("memory", "restart"),
        ("currentMemory", "restart"),
    ]
    assert (done["pending"], done["domain"]["state"]) == ([], "running")
    assert running.connection.lookupByName("g").ID() != first


def test_what_waited_since_a_task_of_yesterday_is_restarted_for(running: Host) -> None:
    running.run("virt_domain", name="g", memory="128MiB")
    task: dict[str, Any] = {"name": "g", "restart": "when_needed", "shutdown": FORCED}
    foretold, done = running.check("virt_domain", **task), running.run("virt_domain", **task)
    assert foretold["changes"] == done["changes"]
    assert hows(done) == [("memory", "restart")]
    assert running.unchanged("virt_domain", **task)["pending"] == []


def test_what_is_only_stored_is_restarted_for_where_that_is_allowed(running: Host) -> None:
    task: dict[str, Any] = {
        "xml": guest(*NICS, USB_DISK),
        "apply": "stored",
        "restart": "when_needed",
        "shutdown": FORCED,
    }
    done = running.converge("virt_domain", **task)
    assert (hows(done), done["pending"]) == ([("devices/disk[sdb]", "restart")], [])
    assert has_disk(guests.live(running, "g"))
    said = running.refuses("virt_domain", name="g", title="x", apply="live", restart="when_needed")
    assert "apply: live stores nothing that a restart could bring" in said


def test_a_guest_that_does_not_shut_down_for_a_restart_runs_on(lan: Host) -> None:
    lan.run("virt_domain", xml=guest(arguments="bed.noacpi"), state="running")
    guests.up(lan, "g")
    said = lan.fails(
        "virt_domain", name="g", memory="128MiB", restart="when_needed", shutdown={"timeout": 1, "mode": "acpi"}
    )
    assert "did not shut down within 1 s" in said["msg"]
    assert said["applied"] == ["define guest 'g'"]
    assert guests.state(lan, "g") == "running"
    assert paths(lan.run("virt_domain", name="g")["pending"]) == ["memory"]


def test_without_a_free_slot_a_device_waits_and_the_plan_says_so(running: Host) -> None:
    # libvirt leaves one slot free in a new guest.
    devices = [*NICS, PLUGGED, PLUGGED.replace("vda", "vdb").replace("spare", "other")]
    running.write("other.img", "0" * 1024)
    foretold, done = (
        running.check("virt_domain", xml=guest(*devices)),
        running.run("virt_domain", xml=guest(*devices)),
    )
    assert foretold["changes"] == done["changes"]
    assert [one["how"] for one in done["changes"]] == ["live", "restart"]
    for outcome in (foretold, done):
        assert any("has no free PCI slot for devices/disk[vdb]" in str(one) for one in outcome["warnings"])
    # The ports that libvirt has added for the next start wait with it.
    assert "devices/disk[vdb]" in paths(done["pending"])


def test_what_this_host_cannot_give_to_a_running_guest_waits(running: Host) -> None:
    # Without VFIO, of which the capabilities of the bed know nothing, no PCI device can be given away.
    place = "<source><address domain='0' bus='0xfe' slot='0x1e' function='0x7'/></source>"
    given = f"<hostdev mode='subsystem' type='pci' managed='yes'>{place}</hostdev>"
    outcome = running.run("virt_domain", xml=guest(*NICS, given))
    assert {how for _path, how in hows(outcome)} == {"restart"}
    assert [path.partition("[")[0] for path in paths(outcome["pending"])] == ["devices/hostdev"]
    with running.bed.proxy() as proxy:
        again = running.run("virt_domain", xml=guest(*NICS, given), uri=proxy.uri)
    assert (again["changed"], again["pending"]) == (False, outcome["pending"])
    assert len(proxy.calls) <= 8, proxy.calls


def test_slots_are_kept_free_in_a_new_guest(lan: Host) -> None:
    lan.converge("virt_domain", xml=guest(*NICS), hotplug_slots=5, state="running")
    guests.booted(lan, "g")
    disks = []
    for number, name in enumerate("abcde"):
        lan.write(f"{name}.img", "0" * 1024)
        disks.append(documents.disk(f"/var/lib/libvirt/images/{name}.img", f"vd{'abcde'[number]}"))
    done = lan.run("virt_domain", xml=guest(*NICS, *disks))
    assert {one["how"] for one in done["changes"]} == {"live"}
    assert done["pending"] == []


def test_a_device_that_the_running_guest_refuses_is_taken_back_out_of_the_definition(running: Host) -> None:
    before = running.known()
    missing = documents.disk("/var/lib/libvirt/images/nowhere.img").replace(
        "dev='vda' bus='virtio'", "dev='sdc' bus='usb'"
    )
    said = running.fails("virt_domain", xml=guest(*NICS, USB_DISK, missing).replace("<title>", "<title>"), title="New")
    assert "cannot plug disk[sdc] into running guest 'g'" in said["msg"]
    assert "nowhere.img" in said["msg"]
    assert said["not_applied"] == ["plug disk[sdc] into running guest 'g'"]
    for document in (guests.stored(running, "g"), guests.live(running, "g")):
        assert document.findtext("title") == "New"
        assert [one.get("dev") for one in document.iterfind("devices/disk/target")] == ["sdb"]
    assert before != running.known()
    # The next run, with an image there, does what is left.
    running.write("nowhere.img", "0" * 1024 * 1024)
    done = running.converge("virt_domain", xml=guest(*NICS, USB_DISK, missing), title="New")
    assert paths(done["changes"]) == ["devices/disk[sdc]"]


def test_a_place_that_a_device_plugged_in_by_hand_has_taken_is_no_hindrance(running: Host) -> None:
    guests.booted(running, "g")
    running.write("hand.img", "0" * 1024)
    running.virsh("attach-disk", "g", "/var/lib/libvirt/images/hand.img", "sdh", "--live", "--targetbus", "usb")
    done = running.run("virt_domain", xml=guest(*NICS, USB_DISK), unplug=False)
    assert hows(done) == [("devices/disk[sdb]", "live")]
    places = [
        [dict(one.attrib) for one in document.findall("devices/disk/target[@dev='sdb']/../address")]
        for document in (guests.stored(running, "g"), guests.live(running, "g"))
    ]
    assert places[0] == places[1] != []
    # xml is the whole document: what was plugged in by hand is to go.
    assert paths(done["pending"]) == ["devices/disk[sdh]"]


def test_a_paused_guest_is_changed_too(running: Host) -> None:
    running.run("virt_domain", name="g", state="paused")
    done = running.converge("virt_domain", xml=guest(*NICS, USB_DISK), state="paused")
    assert hows(done) == [("devices/disk[sdb]", "live")]


def test_a_saved_guest_is_not_changed_live(running: Host) -> None:
    running.run("virt_domain", name="g", state="saved")
    done = running.converge("virt_domain", xml=guest(*NICS, USB_DISK))
    assert hows(done) == [("devices/disk[sdb]", "restart")]
    started = running.run("virt_domain", name="g", state="running")
    assert paths(started["pending"]) == ["devices/disk[sdb]"]
