# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo takes a subnet that nobody else has."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Any

import pytest
from converge_bed.basics import BedError

from ansible_collections.converge.libvirt.tests.demo import subnet


def test_an_empty_host_gets_the_first_candidate() -> None:
    assert subnet.free([]) == subnet.CANDIDATES[0]


@pytest.mark.parametrize("taken", ["192.168.150.0/24", "192.168.150.7/32", "192.168.128.0/19"])
def test_a_candidate_that_overlaps_is_passed_over(taken: str) -> None:
    assert not subnet.free([IPv4Network(taken)]).overlaps(IPv4Network(taken))


def test_where_all_are_taken_the_error_names_them() -> None:
    with pytest.raises(BedError, match=re.escape("192.168.150.0/24")):
        subnet.free(IPv4Network(text) for text in ("192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12"))


def test_routes_of_all_kinds_count_and_the_way_out_does_not() -> None:
    routes = [
        {"dst": "default", "gateway": "192.0.2.1"},
        {"dst": "0.0.0.0/1", "dev": "tun0"},
        {"dst": "192.168.150.0/24", "dev": "virbr7"},
        {"type": "blackhole", "dst": "10.0.0.0/8"},
        {"dst": "172.29.150.9", "table": "local"},
        {"dst": "fe80::/64", "dev": "eth0"},
        {"type": "unreachable"},
    ]
    assert [str(network) for network in subnet.of_routes(routes)] == [
        "192.168.150.0/24",
        "10.0.0.0/8",
        "172.29.150.9/32",
    ]


def test_addresses_count_with_their_whole_network() -> None:
    devices: list[dict[str, Any]] = [
        {"ifname": "eth0", "addr_info": [{"family": "inet", "local": "192.168.151.20", "prefixlen": 24}]},
        {"ifname": "wg0", "addr_info": [{"family": "inet6", "local": "fe80::1", "prefixlen": 64}]},
        {"ifname": "dummy0"},
    ]
    assert subnet.of_addresses(devices) == [IPv4Network("192.168.151.0/24")]


def test_networks_of_libvirt_count_whether_they_give_a_prefix_or_a_netmask() -> None:
    xml = """\
<network>
  <name>lan</name>
  <ip address='192.168.122.1' netmask='255.255.255.0'/>
  <ip address='10.98.150.1' prefix='24'/>
  <ip family='ipv6' address='fd00::1' prefix='64'/>
  <route address='172.29.0.0' prefix='16' gateway='192.168.122.9'/>
</network>"""
    assert [str(network) for network in subnet.of_network_xml(xml)] == [
        "192.168.122.0/24",
        "10.98.150.0/24",
        "172.29.0.0/16",
    ]


def test_the_prefix_is_what_the_playbook_puts_addresses_behind() -> None:
    assert subnet.prefix(IPv4Network("192.168.150.0/24")) == "192.168.150"
