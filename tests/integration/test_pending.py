# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a running object does not have yet of its definition is told exactly, today and tomorrow."""

from __future__ import annotations

from typing import Any

import pytest
from converge_bed.documents import guest_xml, network_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host

MACS = ("52:54:00:00:00:01", "52:54:00:00:00:02")
NICS = [documents.interface(mac) for mac in MACS]


@pytest.fixture
def running(host: Host) -> Host:
    """A host with a running guest g that has two NICs."""
    host.write("spare.img", "0" * 1024 * 1024)
    host.run("virt_net", xml=network_xml("lan"), state="active")
    host.run("virt_domain", xml=guest_xml("g", devices="".join(NICS)), state="running")
    return host


def told(host: Host) -> list[dict[str, Any]]:
    """What virt_domain_info says that waits: what only runs is nobody's there."""
    domain = host.run("virt_domain_info", names=["g"])["domains"][0]
    found: list[dict[str, Any]] = [*domain["pending"], *({**one, "how": "restart"} for one in domain["live_only"])]
    return found


def test_an_untouched_guest_waits_for_nothing(running: Host) -> None:
    for state in ("present", "paused", "running"):
        by_name = running.run("virt_domain", name="g", state=state)
        by_xml = running.run("virt_domain", xml=guest_xml("g", devices="".join(NICS)), state=state)
        for outcome in (by_name, by_xml):
            assert outcome["pending"] == []
            assert outcome["live_only"] == []
    assert told(running) == []


@pytest.mark.parametrize(
    ("options", "path", "before", "after"),
    [
        pytest.param({"name": "g", "memory": "128MiB"}, "memory", "98304 KiB", "131072 KiB", id="memory"),
        pytest.param({"name": "g", "vcpus": 2}, "vcpu", "1", "2", id="vcpus"),
        pytest.param(
            {"xml": guest_xml("g", devices="".join(NICS) + documents.disk("/var/lib/libvirt/images/spare.img", "sda"))},
            "devices/disk[sda]",
            None,
            "<disk",
            id="a new SATA disk",
        ),
        pytest.param(
            {"xml": guest_xml("g", devices=NICS[1])},
            f"devices/interface[{MACS[0]}]",
            "<interface",
            None,
            id="a NIC less",
        ),
    ],
)
def test_a_change_of_a_running_guest_is_stored_and_waits(
    running: Host, options: dict[str, Any], path: str, before: str | None, after: str | None
) -> None:
    outcome = running.converge("virt_domain", **options)

    assert [one["how"] for one in outcome["changes"] if one["path"] == path] == ["restart"]
    for pending in (
        outcome["pending"],
        running.check("virt_domain", **options)["pending"],
        running.run("virt_domain", **options)["pending"],
        told(running),
    ):
        assert [one["path"] for one in pending] == [path]
        assert (before or "") in (pending[0]["before"] or "")
        assert (after or "") in (pending[0]["after"] or "")
        assert (pending[0]["before"] is None, pending[0]["after"] is None) == (before is None, after is None)
        assert pending[0]["how"] == "restart"
    # A task that says nothing of the definition manages none of its devices: one that only runs is not its own to take.
    other = running.run("virt_domain", name="g")
    assert [one["path"] for one in other["live_only" if after is None else "pending"]] == [path]

    running.run("virt_domain", name="g", state="restarted", shutdown={"timeout": 0.1, "force": True})
    assert told(running) == []


def test_check_mode_predicts_what_will_wait(running: Host) -> None:
    predicted = running.check("virt_domain", name="g", memory="128MiB")
    assert predicted["pending"] == running.run("virt_domain", name="g", memory="128MiB")["pending"]


def test_a_restart_in_the_same_task_leaves_nothing_waiting(running: Host) -> None:
    forced = {"timeout": 0.1, "force": True}
    outcome = running.run("virt_domain", name="g", memory="128MiB", state="restarted", shutdown=forced)
    assert outcome["pending"] == []
    assert guests.live(running, "g").findtext("memory") == str(128 * 1024)


def test_a_device_plugged_in_by_hand_is_live_only(running: Host) -> None:
    guests.booted(running, "g")
    running.virsh("attach-disk", "g", "/var/lib/libvirt/images/spare.img", "vdb", "--live")
    outcome = running.run("virt_domain", name="g", memory="128MiB")
    assert [one["path"] for one in outcome["live_only"]] == ["devices/disk[vdb]"]
    assert [one["path"] for one in outcome["pending"]] == ["memory"]


@pytest.mark.long
def test_a_device_plugged_in_by_hand_goes_at_the_next_start_where_xml_owns_the_document(running: Host) -> None:
    guests.booted(running, "g")
    running.virsh("attach-disk", "g", "/var/lib/libvirt/images/spare.img", "vdb", "--live")
    outcome = running.run("virt_domain", xml=guest_xml("g", devices="".join(NICS)))
    assert outcome["changed"] is False
    assert [one["path"] for one in outcome["pending"]] == ["devices/disk[vdb]"]
    assert outcome["live_only"] == []


def test_a_change_of_an_active_network_waits(host: Host) -> None:
    host.run("virt_net", xml=documents.network("n", bridge="virbr78"), state="active")
    assert host.run("virt_net", name="n")["pending"] == []
    changed = documents.network("n", bridge="virbr79")
    outcome = host.converge("virt_net", xml=changed)
    assert len(outcome["pending"]) == 1
    assert host.run("virt_net", name="n")["pending"] == outcome["pending"]
    assert host.run("virt_net_info")["networks"][0]["pending"] == outcome["pending"]
    host.run("virt_net", name="n", state="inactive")
    assert host.run("virt_net", xml=changed, state="active")["pending"] == []
