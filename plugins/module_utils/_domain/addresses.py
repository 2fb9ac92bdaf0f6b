# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of a running guest's interfaces, from whoever knows some."""

from __future__ import annotations

import ipaddress
from typing import Any

from .._session import Session, SessionError, libvirt
from .._xml.document import attribute, find_all

#: Who may know addresses, the surest first: libvirt's DHCP servers, the guest agent, the host's neighbour table.
SOURCES = ("lease", "agent", "arp")

#: What may stand for the network of an interface.
NETWORKS = ("network", "bridge", "dev")


def interfaces(
    session: Session, domain: Any, document: Any, sources: tuple[str, ...] = SOURCES
) -> list[dict[str, Any]]:
    """The interfaces of a document, each with MAC, network and addresses; an address is told once, by the first source
    that knows it.
    """
    known: dict[str, dict[str, dict[str, Any]]] = {}
    for source in sources:
        for told in _asked(session, domain, source).values():
            found = known.setdefault((told["hwaddr"] or "").lower(), {})
            for one in told["addrs"] or []:
                entry = {"address": one["addr"], "prefix": one["prefix"], "source": source}
                found.setdefault(one["addr"], entry)
    return [
        {
            "mac": mac,
            "network": next((text for name in NETWORKS if (text := attribute(each, "source", name))), None),
            "addresses": list(known.get((mac or "").lower(), {}).values()),
        }
        for each in find_all(document, "devices/interface")
        for mac in [attribute(each, "mac", "address")]
    ]


def _asked(session: Session, domain: Any, source: str) -> dict[str, Any]:
    """What one source tells; nothing where it cannot be asked (no agent, no neighbour table)."""
    what = f"read the addresses of guest '{domain.name()}' by {source}"
    number = getattr(libvirt, f"VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_{source.upper()}")
    try:
        return session.optional(what, domain.interfaceAddresses, number, 0) or {}
    except SessionError:
        if session.stuck:
            raise
        return {}


def usable(told: list[dict[str, Any]], family: str, network: str | None) -> list[str]:
    """The addresses by which others reach the guest. family: any, ipv4 or ipv6."""
    found = []
    for each in told:
        for one in each["addresses"]:
            try:
                address = ipaddress.ip_address(one["address"])
            except ValueError:
                continue  # The agent says what its guest wants.
            fits = family == "any" or address.version == int(family[-1])
            if fits and network in (None, each["network"]) and not (address.is_link_local or address.is_loopback):
                found.append(one["address"])
    return found
