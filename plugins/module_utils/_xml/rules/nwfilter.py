# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables for network ``<filter>`` documents, seen with libvirt 9.0."""

from __future__ import annotations

from ..tables import Rules
from .nwfilter_values import FORMS, rule_priorities, sorted_parameters


def _each(kind: str, *names: str) -> dict[str, str]:
    """Attributes of that kind of value, whatever the protocol."""
    return {f"rule/*@{name}": kind for name in names}


# The priority of a chain that gives none, by the protocol that its name begins with.
_CHAINS = {"mac": -800, "vlan": -750, "ipv4": -700, "ipv6": -600, "arp": -500, "rarp": -400}

RULES = Rules(
    root="filter",
    schema="nwfilter.rng",
    keys={
        # A rule has no identity: what says the same is the same, and else what stands at the same place.
        "filter/rule": "= | #",
        "filter/filterref": "= | @filter | #",
        # A variable may have several values, and their order counts.
        "filterref/parameter": "@name @value | @name",
    },
    ordered=frozenset({"rule", "filterref", "filterref/parameter"}),
    mixed={"": ("rule", "filterref")},
    auto={
        "uuid": "*",
        "@chain": "root",
        "@priority": tuple(f"{number} if starts-with(@chain, '{name}')" for name, number in _CHAINS.items()),
        "rule@priority": "500",
    },
    drop={
        "@priority": ("* if not(@chain)", "-?0+"),
        # Only its absence is the other case: what is neither 0 nor false is not stored.
        "rule@statematch": "(?i)(?!(0|false)$).*",
        "rule/*@match": ("yes", "* if count(@*) = 1"),
    },
    values={
        "uuid@.": "uuid",
        "rule@priority": "value",
        "rule@statematch": "truth",
        "rule/ip@protocol": "protocol",
        "rule/ipv6@protocol": "protocol",
        "rule/mac@protocolid": "ethernet protocol",
        "rule/vlan@encap-protocol": "ethernet protocol",
        "rule/tcp@flags": "tcp flags",
        "rule/tcp-ipv6@flags": "tcp flags",
        **_each("opcode", "opcode"),
        **_each("truth", "gratuitous"),
        **_each("states", "state"),
        **_each("any case", "ipsetflags"),
        **_each("exact", "comment"),
        **_each("address or variable", "srcipaddr", "dstipaddr", "arpsrcipaddr", "arpdstipaddr"),
        **_each("address or variable", "srcipfrom", "srcipto", "dstipfrom", "dstipto"),
        **_each("mask", "srcipmask", "dstipmask", "arpsrcipmask", "arpdstipmask"),
        **_each(
            "mac or variable", "srcmacaddr", "srcmacmask", "dstmacaddr", "dstmacmask", "arpsrcmacaddr", "arpdstmacaddr"
        ),
        **_each("mac or variable", "root-address", "root-address-mask", "sender-address", "sender-address-mask"),
        "rule/*@*": "value",
    },
    forms=FORMS,
    flags=frozenset({"rule/*", "filterref"}),
    # Another chain has another priority.
    discriminators={"": ("@chain",)},
    sticky=frozenset({"uuid", "uuid@."}),
    rewrites=(rule_priorities, sorted_parameters),
)
