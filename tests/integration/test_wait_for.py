# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for a guest: it comes true, ends in time, and changes nothing."""

from __future__ import annotations

import re
import sys
import time
from typing import Any

import pytest
from converge_bed.agent import freeze, shell
from converge_bed.basics import ENTRY
from converge_bed.documents import guest_xml, network_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome, run_module


@pytest.fixture
def lan(host: Host) -> Host:
    host.connection.networkDefineXML(network_xml("lan")).create()
    return host


def test_until_it_has_an_address_and_its_agent_answers(lan: Host) -> None:
    task: dict[str, Any] = {"xml": guest_xml("web", "lan"), "state": "running", "wait_for": ["address", "agent"]}
    lan.check("virt_domain", **task)
    outcome = lan.run("virt_domain", **task)
    assert outcome["actions"][-2:] == [
        "wait for an address in guest 'web'",
        "wait for an answer of its agent in guest 'web'",
    ]
    (interface,) = outcome["domain"]["interfaces"]
    assert interface["network"] == "lan"
    assert interface["addresses"][0]["address"].startswith("192.168.77.")
    assert interface["addresses"][0]["source"] == "lease"
    lan.unchanged("virt_domain", **task)
    network = {"for": "address", "family": "ipv4", "network": "lan"}
    lan.unchanged("virt_domain", name="web", wait_for=[network])


def test_until_a_port_answers(lan: Host) -> None:
    lan.run("virt_domain", xml=guest_xml("web", "lan"), state="running")
    guest = guests.booted(lan, "web")
    # Where the guest can be reached: its network is inside the bed.
    inside = (sys.executable, str(ENTRY), "exec", lan.bed.name)

    def wait(seconds: float) -> Outcome:
        goal = {"for": "port", "port": 8080, "timeout": seconds}
        return run_module("virt_domain", {"uri": lan.bed.uri, "name": "web", "wait_for": [goal]}, launcher=inside)

    assert re.search(r"last seen: 192\.168\.77\.\d+ port 8080: .*refused", wait(2)["msg"])
    shell(guest, "(while true; do nc -l -p 8080 -e true; done) >/dev/null 2>&1 </dev/null &")
    outcome = wait(60)
    assert outcome.rc == 0, outcome.everything
    assert outcome["changed"] is False


def test_what_was_seen_last_is_told(lan: Host) -> None:
    six = {"for": "address", "family": "ipv6", "timeout": 1}
    outcome = lan.fails("virt_domain", xml=guest_xml("web", "lan"), state="running", wait_for=[six])
    assert outcome["applied"] == ["define guest 'web'", "start guest 'web'"]
    assert outcome["changed"] is True
    lan.run("virt_domain", name="web", wait_for=["address"])
    started = time.monotonic()
    outcome = lan.fails("virt_domain", name="web", wait_for=[{**six, "timeout": 5}])
    assert 5 < time.monotonic() - started < 20
    assert "waited 5 s for an ipv6 address; last seen: its addresses are 192.168.77." in outcome["msg"]
    assert outcome["changed"] is False


def test_an_agent_that_does_not_answer(lan: Host) -> None:
    lan.run("virt_domain", xml=guest_xml("web", "lan"), state="running")
    freeze(guests.booted(lan, "web"))
    outcome = lan.fails("virt_domain", name="web", wait_for=[{"for": "agent", "timeout": 3}])
    assert "agent" in outcome["msg"]
    assert outcome["changed"] is False


def test_a_guest_that_ends_meanwhile(lan: Host) -> None:
    # Its kernel finds nothing to start, gives up, and is not started again.
    xml = guest_xml("web", "lan", "rdinit=/none panic=1")
    xml = xml.replace("<devices>", "<on_reboot>destroy</on_reboot><devices>")
    said = lan.fails("virt_domain", xml=xml, state="running", wait_for=["agent"])["msg"]
    assert "was waited for, and is stopped now" in said


def test_what_cannot_come_true_is_refused(lan: Host) -> None:
    alone = documents.domain("web")
    assert "runs" in lan.refuses("virt_domain", xml=alone, wait_for=["address"])
    assert "org.qemu.guest_agent.0" in lan.refuses("virt_domain", xml=alone, state="running", wait_for=["agent"])
    assert 'it has "adress"' in lan.refuses("virt_domain", xml=alone, state="running", wait_for=["adress"])
    wrong = {"for": "port", "prot": 22}
    assert "family" in lan.refuses("virt_domain", xml=alone, state="running", wait_for=[wrong])
    lan.run("virt_domain", xml=alone)
    assert "wait_for" in lan.refuses("virt_domain", name="web", state="absent", wait_for=["agent"])


def test_the_state_of_cloud_init_is_read_in_the_guest(lan: Host) -> None:
    lan.run("virt_domain", xml=guest_xml("web", "lan"), state="running")
    guest = guests.booted(lan, "web")
    goal = {"for": "cloud_init", "timeout": 2}
    shell(guest, """mkdir -p /run/cloud-init; echo '{"v1": {"stage": "modules-final"}}' >/run/cloud-init/status.json""")
    assert "cloud-init is at modules-final" in lan.fails("virt_domain", name="web", wait_for=[goal])["msg"]
    shell(guest, """echo '{"v1": {"errors": []}}' >/run/cloud-init/result.json""")
    lan.unchanged("virt_domain", name="web", wait_for=["cloud_init"])
    failed = """{"v1": {"errors": ["('scripts-user', RuntimeError('password is hunter2'))"]}}"""
    shell(guest, f"cat >/run/cloud-init/result.json <<'END'\n{failed}\nEND")
    outcome = lan.fails("virt_domain", name="web", wait_for=["cloud_init"])
    assert "errors in scripts-user;" in outcome["msg"]
    assert "hunter2" not in outcome.everything


def test_the_info_module_tells_who_knows_an_address(lan: Host) -> None:
    lan.run("virt_domain", xml=guest_xml("web", "lan"), state="running", wait_for=["address"])
    (found,) = lan.run("virt_domain_info", addresses="lease")["domains"]
    (interface,) = found["interfaces"]
    assert interface["network"] == "lan"
    assert [one["source"] for one in interface["addresses"]] == ["lease"]
