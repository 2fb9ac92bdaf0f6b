# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""virt_host_info and virt_stats_info on a real libvirt: what they tell, how often they ask, and of guests that hang."""

from __future__ import annotations

import time

import pytest
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host


def test_statistics_of_many_guests_are_one_question(host: Host) -> None:
    for number in range(20):
        host.connection.defineXML(documents.domain(f"g{number}"))
    with host.bed.proxy() as proxy:
        assert len(host.run("virt_stats_info", uri=proxy.uri)["domains"]) == 20
    assert len(proxy.calls) == 1
    with host.bed.proxy() as proxy:
        found = host.run("virt_stats_info", uri=proxy.uri, names=["g1", "g2"], stats=["balloon"])["domains"]
    assert [guest["name"] for guest in found] == ["g1", "g2"]
    assert found[0]["balloon"] == {"current": 65536, "maximum": 65536}
    assert len(proxy.calls) == 2


@pytest.mark.long
def test_a_guest_that_hangs_holds_up_no_statistics(host: Host) -> None:
    for name in ("good", "stuck", "also"):
        host.connection.defineXML(guest_xml(name, arguments="bed.noagent")).create()
    with guests.stuck(host, "stuck"), guests.stuck(host, "also"):
        begin = time.monotonic()
        told = host.run("virt_stats_info", stats=["cpu", "balloon", "vcpu"], timeout=30)["domains"]
        assert time.monotonic() - begin < 30
    by_name = {guest["name"]: guest for guest in told}
    assert by_name.keys() == {"good", "stuck", "also"}
    assert "rss" in by_name["good"]["balloon"]
    assert "rss" not in by_name["stuck"]["balloon"]
    assert by_name["stuck"]["balloon"]["maximum"] == 98304


def test_statistics_by_state(host: Host) -> None:
    host.connection.defineXML(guest_xml("on", arguments="bed.noagent")).create()
    host.connection.defineXML(documents.domain("off"))
    for states, names in ((["running"], ["on"]), (["stopped"], ["off"]), (["running", "stopped"], ["off", "on"])):
        for chosen in (None, ["o*"]):
            told = host.run("virt_stats_info", states=states, names=chosen)["domains"]
            assert [guest["name"] for guest in told] == names


def test_a_hypervisor_tells_of_itself(host: Host) -> None:
    told = host.run("virt_host_info", facts=["memory", "cells", "cpu", "drivers", "capabilities"])["host"]
    assert told["hostname"] == host.bed.name
    assert told["versions"]["hypervisor"]
    assert 0 < told["memory"]["free"] < told["memory"]["total"]
    assert told["drivers"]["nwfilter"] > 0
    assert "qemu" in [kind for guest in told["capabilities"]["guests"] for kind in guest["types"]]
    readonly = host.bed.uri.replace("libvirt-sock", "libvirt-sock-ro")
    assert host.run("virt_host_info", uri=readonly)["host"]["driver"] == "qemu"


def test_what_guests_can_have(host: Host) -> None:
    found = host.run("virt_host_info", facts=["domain_capabilities"], machine="q35")["host"]["domain_capabilities"]
    assert found["machine"].startswith("pc-q35")
    assert "virtio" in found["devices"]["disk"]["bus"]
    said = host.fails("virt_host_info", facts=["domain_capabilities"], machine="no-such")["msg"]
    assert "cannot read what guests can have" in said
