# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real guest is led from each state to each other, by the means the task allows."""

from __future__ import annotations

import time

import pytest
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome


def lead(host: Host, state: str) -> Outcome:
    """Lead the guest to a state, with all that a run promises, and see that it is there."""
    outcome = host.converge("virt_domain", name="g", state=state)
    assert outcome["domain"]["state"] == state
    assert guests.state(host, "g") == state
    assert outcome["changes"][-1]["path"] == "state"
    assert outcome["changes"][-1]["after"] == state
    return outcome


@pytest.mark.long
def test_from_state_to_state(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g"))
    lead(host, "paused")
    lead(host, "running")
    lead(host, "saved")
    host.unchanged("virt_domain", name="g", state="stopped")
    assert lead(host, "paused")["actions"] == ["start guest 'g' paused from its saved image"]
    lead(host, "saved")
    assert lead(host, "running")["actions"] == ["start guest 'g' from its saved image"]
    guests.booted(host, "g")
    lead(host, "stopped")
    assert "cannot become saved" in host.refuses("virt_domain", name="g", state="saved")


def test_a_restart_is_a_cold_one_and_always_changes(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g"))
    forced = {"timeout": 0.1, "force": True}
    for stops in (0, 1):
        predicted = host.check("virt_domain", name="g", state="restarted", shutdown=forced)
        number = host.connection.lookupByName("g").ID()
        happened = host.run("virt_domain", name="g", state="restarted", shutdown=forced)
        assert happened["changed"] is True
        assert happened["changes"] == predicted["changes"]
        assert happened["actions"][-1] == "start guest 'g'"
        assert bool(happened["actions"][:-1]) is bool(stops)
        assert host.connection.lookupByName("g").ID() not in (-1, number)


@pytest.mark.parametrize(("mode", "arguments"), [("acpi", "bed.noagent"), ("agent", "bed.noacpi")])
def test_a_guest_is_shut_down_by(host: Host, mode: str, arguments: str) -> None:
    host.run("virt_domain", xml=guest_xml("g", arguments=arguments), state="running")
    if mode == "acpi":
        guests.up(host, "g")
    else:
        guests.booted(host, "g")
    outcome = host.converge("virt_domain", name="g", state="stopped", shutdown={"mode": mode, "timeout": 60})
    assert guests.state(host, "g") == "stopped"
    assert not any("destroy" in action for action in outcome["actions"])


def test_a_guest_that_ignores_the_power_button_runs_on_unless_force_is_allowed(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g", arguments="bed.noacpi bed.noagent"), state="running")
    guests.up(host, "g")
    begin = time.monotonic()
    outcome = host.fails("virt_domain", name="g", state="stopped", shutdown={"mode": "acpi", "timeout": 2})
    assert 2 < time.monotonic() - begin < 8
    assert "'g' did not shut down within 2 s" in outcome["msg"]
    assert "shutdown.force" in outcome["msg"]
    assert outcome["changed"] is False
    assert guests.state(host, "g") == "running"

    forced = {"mode": "acpi", "timeout": 1, "force": True}
    outcome = host.converge("virt_domain", name="g", state="stopped", shutdown=forced)
    assert "destroy" in " ".join(outcome["actions"])
    assert guests.state(host, "g") == "stopped"


def test_a_guest_without_agent_is_not_stopped_by_it(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g", arguments="bed.noagent"), state="running")
    outcome = host.fails("virt_domain", name="g", state="stopped", shutdown={"mode": "agent", "timeout": 2})
    assert "agent" in outcome["msg"]
    assert guests.state(host, "g") == "running"


def test_a_paused_guest_is_stopped_by_force_only(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g"), state="paused")
    assert "paused" in host.refuses("virt_domain", name="g", state="stopped")
    host.converge("virt_domain", name="g", state="stopped", shutdown={"force": True})
    assert guests.state(host, "g") == "stopped"


@pytest.mark.long
def test_a_saved_image_is_dropped_only_where_the_task_says_so(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g"), state="paused")
    for state in ("stopped", "present"):
        host.run("virt_domain", name="g", state="saved")
        host.unchanged("virt_domain", name="g", state=state)
        host.converge("virt_domain", name="g", state=state, discard_saved=True)
        assert guests.state(host, "g") == "stopped"
        host.run("virt_domain", name="g", state="paused")
    host.run("virt_domain", name="g", state="saved")
    outcome = host.converge("virt_domain", name="g", state="paused", discard_saved=True)
    assert "discarding" in " ".join(outcome["actions"])


def test_a_change_of_a_saved_guest_waits_in_its_image(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g"), state="paused")
    host.run("virt_domain", name="g", state="saved")
    outcome = host.converge("virt_domain", name="g", memory="128MiB")
    assert "memory" in [one["path"] for one in outcome["pending"]]
    assert guests.state(host, "g") == "saved"
    outcome = host.converge("virt_domain", name="g", state="paused")
    assert "memory" in [one["path"] for one in outcome["pending"]]


@pytest.mark.parametrize("state", ["present", "running", "paused"])
def test_a_transient_guest_becomes_persistent(host: Host, state: str) -> None:
    domain = host.connection.createXML(guest_xml("g"))
    uuid = domain.UUIDString()
    outcome = host.converge("virt_domain", name="g", state=state)
    assert "persistent" in outcome.paths
    assert domain.isPersistent()
    assert domain.UUIDString() == uuid
    assert outcome["pending"] == []


def test_a_transient_guest_is_not_stopped_into_nothing(host: Host) -> None:
    host.connection.createXML(guest_xml("g"))
    assert "transient" in host.refuses("virt_domain", name="g", state="stopped")
    outcome = host.converge(
        "virt_domain", xml=guest_xml("g"), state="stopped", shutdown={"timeout": 0.1, "force": True}
    )
    assert "persistent" in outcome.paths
    assert guests.state(host, "g") == "stopped"


def test_definition_autostart_and_state_in_one_task(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g"))
    outcome = host.converge("virt_domain", xml=guest_xml("g", memory=100), autostart=True, state="running")
    assert set(outcome.paths) == {"memory", "currentMemory", "autostart", "state"}
    assert guests.state(host, "g") == "running"
    assert guests.live(host, "g").findtext("memory") == str(100 * 1024)
    assert host.connection.lookupByName("g").autostart() == 1
    assert outcome["pending"] == []


def test_a_new_guest_is_defined_set_to_autostart_and_started_in_one_task(host: Host) -> None:
    outcome = host.converge("virt_domain", xml=guest_xml("g"), autostart=True, state="running")
    assert outcome.paths == ["/"]
    assert len(outcome["actions"]) == 3
    assert guests.state(host, "g") == "running"
    assert host.connection.lookupByName("g").autostart() == 1
