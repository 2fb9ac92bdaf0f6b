# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables of networks, seen with libvirt 9.0."""

from __future__ import annotations

import typing as t

from ..tables import Rules


def forward_interface(desired: t.Any, stored: t.Any) -> None:
    """``forward@dev`` and the first ``<interface>`` in it are one thing: each stands for the other."""
    forward = desired.find("forward")
    if forward is None:
        return
    first = forward.find("interface")
    if first is not None and first.get("dev") and not forward.get("dev"):
        forward.set("dev", first.get("dev"))
    elif first is None and forward.get("dev"):
        forward.append(forward.makeelement("interface", dev=forward.get("dev")))


# What libvirt gives out by itself, and tells of active networks.
_PORTS = {
    "forward/nat": "port[@start='1024' and @end='65535'] and count(*) = 1",
    "forward/nat/port": "@start='1024' and @end='65535'",
}

RULES = Rules(
    root="network",
    schema="network.rng",
    keys={
        "network/ip": "!@address | ?@family | #",
        "network/route": "?@family @address ?@prefix ?@netmask | ?@family @address | #",
        "network/portgroup": "@name",
        "dhcp/host": "@mac | @id | @ip | @name",
        "dhcp/range": "@start @end | @start | @end | #",
        "dns/forwarder": "?@addr ?@domain",
        # A name may have an address of each family, and a service several targets.
        "dns/host": "!@ip | hostname",
        "dns/srv": "@service @protocol ?@domain !@target ?@port | @service @protocol ?@domain !@target"
        " | @service @protocol ?@domain ?@target",
        "dns/txt": "= | @name",
        "host/hostname": ".",
        "forward/address": "@type @domain @bus @slot @function",
        "forward/interface": "@dev",
        "forward/pf": "@dev",
        "vlan/tag": "@id",
    },
    ordered=frozenset({"dnsmasq:options/dnsmasq:option", "dns/forwarder", "forward/interface"}),
    auto={
        "uuid": "*",
        "mac": "*",
        "mac@address": "*",
        # libvirt's own choice, whose name is identity.
        "bridge@name": "*",
        "bridge@stp": "on",
        "bridge@delay": "0",
        "forward": "false()",
        "forward@mode": "nat",
        "forward@managed": "no",
        "ip/dhcp/*/lease@unit": "minutes",
        "**/vlan@trunk": "yes if count(tag) > 1",
        **_PORTS,
    },
    drop={
        "@connections": "*",
        "@ipv6": "no",
        "portgroup@default": "no",
        "forward@managed": "* if not(@mode='hostdev')",
        "ip/dhcp/*/lease@unit": "* if @expiry='0'",
        # A gateway belongs to <route>; here libvirt reads past it.
        "ip@via": "*",
        "bridge@delay": "0",
        # Without anybody to serve there is no DHCP.
        "ip/dhcp": "not(range) and not(host)",
        **_PORTS,
    },
    values={
        "uuid": "uuid",
        "uuid@.": "uuid",
        "mac@address": "mac",
        "ip/dhcp/host@mac": "mac",
        "ip@address": "address",
        "ip/dhcp/*@*": "address",
        "route@*": "address",
        "dns/host@ip": "address",
        "dns/forwarder@addr": "address",
        "forward/address@*": "number",
        "**/bandwidth/*@*": "number",
    },
    discriminators={"forward": ("@mode",)},
    sticky=frozenset({"uuid", "uuid@.", "mac", "mac@address", "bridge", "bridge@name"}),
    opaque=frozenset({"metadata"}),
    units=frozenset(
        {
            "ip/dhcp/host",
            "ip/dhcp/range",
            "dns/host",
            "dns/txt",
            "dns/srv",
            "portgroup",
            "forward/interface",
        }
    ),
    groups=frozenset({"ip/dhcp", "dns"}),
    live_only={
        "@connections": "*",
        "forward/interface@connections": "*",
        "portgroup@connections": "*",
        # A pool of virtual functions is listed only while the network is active.
        "forward/interface": "* if pf",
        "forward/address": "* if pf",
        "forward@dev": "* if pf",
        **_PORTS,
    },
    rewrites=(forward_interface,),
)
