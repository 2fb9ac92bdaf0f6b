# SPDX-License-Identifier: GPL-3.0-or-later

"""Normal forms of what network filters say, and equalities wider than one element. Seen with libvirt 9.0."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from ..document import Element, find_all
from ..tables import normal

IP_PROTOCOLS = {
    "icmp": 1,
    "igmp": 2,
    "tcp": 6,
    "udp": 17,
    "esp": 50,
    "ah": 51,
    "icmpv6": 58,
    "sctp": 132,
    "udplite": 136,
}
ETHERNET_PROTOCOLS = {"ipv4": 0x800, "arp": 0x806, "rarp": 0x8035, "vlan": 0x8100, "ipv6": 0x86DD}
OPCODES = {
    "request": 1,
    "reply": 2,
    "request_reverse": 3,
    "reply_reverse": 4,
    "drarp_request": 5,
    "drarp_reply": 6,
    "drarp_error": 7,
    "inarp_request": 8,
    "arp_nak": 9,
}


def _variable(text: str) -> str:
    """A variable such as ``$IP[ @1 ]``: blanks in the brackets say nothing, nor does the first iterator."""
    match = re.fullmatch(r"(\$\w+)\[\s*(@?\d+)\s*\]", text)
    if match is None:
        return text
    return match[1] if match[2] == "@0" else f"{match[1]}[{match[2]}]"


def _number(text: str) -> str:
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,32}", text):
        return str(int(text, 16))
    return str(int(text)) if re.fullmatch(r"-?[0-9]{1,40}", text) else _variable(text)


def _address(text: str) -> str:
    return _variable(normal("address", text))


def _mask(text: str) -> str:
    """The number of leading ones; a mask with a gap, which libvirt refuses, is itself."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return _number(text)
    bits = f"{int(address):0{address.max_prefixlen}b}"
    return text if "01" in bits else str(bits.count("1"))


def _mac(text: str) -> str:
    parts = text.split(":")
    if len(parts) != 6 or not all(re.fullmatch(r"[0-9a-fA-F]{1,2}", part) for part in parts):
        return _variable(text)
    return ":".join(part.lower().zfill(2) for part in parts)


def _named(names: dict[str, int]) -> t.Callable[[str], str]:
    """A number that may be given by its name, in any case."""

    def normal(text: str) -> str:
        known = names.get(text.lower())
        return _number(text) if known is None else str(known)

    return normal


def _truth(text: str) -> str:
    return {"1": "true", "yes": "true", "true": "true", "0": "false", "false": "false"}.get(text.lower(), text)


def _states(text: str) -> str:
    """Names between commas, in any order and case."""
    return ",".join(sorted({name.strip() for name in text.upper().split(",")}))


def _tcp_flags(text: str) -> str:
    """Which flags are looked at, and which of them are set."""
    return "/".join(_states(side) for side in text.split("/"))


FORMS: dict[str, t.Callable[[str], str]] = {
    "value": _number,
    "address or variable": _address,
    "mask": _mask,
    "mac or variable": _mac,
    "protocol": _named(IP_PROTOCOLS),
    "ethernet protocol": _named(ETHERNET_PROTOCOLS),
    "opcode": _named(OPCODES),
    "truth": _truth,
    "states": _states,
    "tcp flags": _tcp_flags,
}
"""The normal forms, by the names that the table of network filters uses."""


def rule_priorities(desired: Element, stored: Element) -> None:
    """A rule of a network filter has the priority 500 where it gives none."""
    for rule in find_all(desired, "rule"):
        if not rule.get("priority"):
            rule.set("priority", "500")


def sorted_parameters(desired: Element, stored: Element) -> None:
    """libvirt writes the variables of a filter reference by their names; the values of one keep their order."""
    for reference in find_all(desired, "filterref"):
        for parameter in sorted(find_all(reference, "parameter"), key=lambda one: one.get("name") or ""):
            reference.append(parameter)
