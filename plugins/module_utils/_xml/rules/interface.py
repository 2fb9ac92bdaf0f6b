# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables for ``<interface>`` documents of the host, seen with libvirt 9.0's test driver; netcf by its schema."""

from __future__ import annotations

from ..tables import Rules

RULES = Rules(
    root="interface",
    schema="interface.rng",
    keys={
        "interface/protocol": "@family",
        "protocol/ip": "@address | #",
        "protocol/route": "@gateway ?@address ?@prefix | @gateway",
        "bridge/interface": "@name",
        "bond/interface": "@name",
    },
    auto={
        # What the host's own configuration says of the device, where the document does not.
        "mac": "*",
        "mac@address": "*",
    },
    loose={"link": "*", "**/interface/link": "*"},
    values={"mac@address": "mac", "**/interface/mac@address": "mac"},
    flags=frozenset({"protocol", "protocol/dhcp", "protocol/autoconf", "bridge"}),
    sticky=frozenset({"mac", "mac@address"}),
    live_only={
        "mac": "*",
        "mtu": "*",
        "protocol": "*",
        # An address of a lease or of the kernel's own is there only while the interface is.
        "protocol/ip": "*",
        "protocol/route": "*",
        "**/interface/mac": "*",
    },
    # How and when it starts is nothing that a running interface tells.
    expanded={"start": "*", "protocol/dhcp": "*", "protocol/autoconf": "*"},
    measured=frozenset({"link"}),
)
