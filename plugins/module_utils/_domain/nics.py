# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interfaces that running guests have on a network, and their way back onto it after it was stopped."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from .._session import Session, libvirt
from .._xml.document import attribute, compact, find, find_all, parse

#: The type, as it runs, of an interface on the network's own bridge. One on a bridge or a device of the host, which the
#: network only lends a name to, has the type of that, and stays where it is when the network stops.
ON_ITS_BRIDGE = "network"


@dataclass(frozen=True)
class Nic:
    """An interface of a running guest. domain: libvirt's."""

    guest: str
    mac: str
    domain: Any


def on_network(session: Session, network: str) -> list[Nic]:
    """Every interface of a running guest on the bridge of the network; none where the driver knows no guests."""
    active = libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE
    domains = session.optional("list the running guests", session.connection.listAllDomains, active) or []
    found = []
    for domain in sorted(domains, key=lambda one: one.name()):
        for nic in _interfaces(session, domain, network):
            found.append(Nic(domain.name(), attribute(nic, "mac", "address") or "", domain))
    return found


def guests_of(nics: list[Nic]) -> str:
    """The guests that they belong to, as they stand in a sentence."""
    names = sorted({f"'{nic.guest}'" for nic in nics})
    return f"the running guest{'s' if len(names) > 1 else ''} {', '.join(names)}"


def plug_back(session: Session, nic: Nic, network: str, bridge: str) -> None:
    """Put an interface onto the bridge of a network that was started anew.

    libvirt takes an update with what it has for no change, though the interface hangs on nothing. So the interface is
    put onto the bridge as such, and then onto the network (seen with libvirt 9.0).
    """
    for found in _interfaces(session, nic.domain, network):
        if attribute(found, "mac", "address") != nic.mac:
            continue
        away, back = copy.deepcopy(found), copy.deepcopy(found)
        away.set("type", "bridge")
        source: Any = find(away, "source")
        source.attrib.clear()
        source.set("bridge", bridge)
        kept: Any = find(back, "source")
        for name in ("portid", "bridge"):
            kept.attrib.pop(name, None)
        what = f"plug {nic.mac} of guest '{nic.guest}' back into network '{network}'"
        for made in (away, back):
            update, live = nic.domain.updateDeviceFlags, libvirt.VIR_DOMAIN_AFFECT_LIVE
            session.optional(what, update, compact(made), live)


def _interfaces(session: Session, domain: Any, network: str) -> list[Any]:
    what = f"read the definition of guest '{domain.name()}'"
    xml = session.look_up(what, "VIR_ERR_NO_DOMAIN", domain.XMLDesc, 0)
    if xml is None:
        # It has stopped since the list was made.
        return []
    document = parse(xml)
    if document.get("id") is None:
        return []
    return [
        one
        for one in find_all(document, "devices/interface")
        if one.get("type") == ON_ITS_BRIDGE and attribute(one, "source", "network") == network
    ]
