# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A /24 network for the demo that nothing else on the host uses."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Interface, IPv4Network, NetmaskValueError
from typing import Any
from xml.etree import ElementTree

from converge_bed.basics import BedError

# Private ranges that home routers, container engines and libvirt's own default network seldom take.
CANDIDATES = tuple(
    IPv4Network(text)
    for text in (
        *("192.168.150.0/24", "192.168.151.0/24", "192.168.213.0/24", "10.98.150.0/24", "10.213.98.0/24"),
        *("172.29.150.0/24", "172.31.213.0/24", "10.150.98.0/24"),
    )
)


def of_routes(routes: Iterable[dict[str, Any]]) -> list[IPv4Network]:
    """Return the IPv4 networks of ``ip -j route show table all``, without those that are the whole internet.

    "default" stands for the way out, and so do halves of the internet that some VPNs route instead.
    """
    found = (_network(route.get("dst", "")) for route in routes)
    return [network for network in found if network is not None and network.prefixlen > 1]


def of_addresses(devices: Iterable[dict[str, Any]]) -> list[IPv4Network]:
    """Return the IPv4 networks of ``ip -j address``."""
    found = (
        _network(f"{address.get('local', '')}/{address.get('prefixlen', 32)}")
        for device in devices
        for address in device.get("addr_info", ())
    )
    return [network for network in found if network is not None]


def of_network_xml(xml: str) -> list[IPv4Network]:
    """Return the IPv4 networks of a libvirt network's document: those of its addresses and of its routes."""
    root = ElementTree.fromstring(xml)
    found = []
    for element in (*root.findall("ip"), *root.findall("route")):
        size = element.get("prefix") or element.get("netmask") or "32"
        found.append(_network(f"{element.get('address', '')}/{size}"))
    return [network for network in found if network is not None]


def free(taken: Iterable[IPv4Network]) -> IPv4Network:
    """Return the first candidate that overlaps none of the networks; raises BedError where all do."""
    networks = list(taken)
    for candidate in CANDIDATES:
        if not any(candidate.overlaps(network) for network in networks):
            return candidate
    listed = ", ".join(str(candidate) for candidate in CANDIDATES)
    raise BedError(f"Every network that the demo would take is in use on this host: {listed}.")


def prefix(network: IPv4Network) -> str:
    """Return the first three numbers of a /24 network: ``192.168.150``."""
    return str(network.network_address).rpartition(".")[0]


def _network(text: str) -> IPv4Network | None:
    """Return the network of an address with or without its size; None for what is no IPv4 address."""
    try:
        return IPv4Interface(text).network
    except (AddressValueError, NetmaskValueError):
        return None
