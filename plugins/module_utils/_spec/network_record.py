# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of one record of a network: a DHCP host, or what its DNS answers."""

from __future__ import annotations

import copy
import ipaddress
from dataclasses import dataclass
from typing import Any

from .._plan import Refused
from .._xml.chosen import Chosen
from .._xml.document import ensure, etree, find_all
from .._xml.rules.network import RULES
from ._option import NOTHING, Desired, Spec


@dataclass(frozen=True)
class Record:
    """keys: the first of these that is given names it. beside: belongs to the key too, given or not. names: the value
    that is a list, whose elements have the tag.
    """

    path: str
    keys: tuple[str, ...]
    beside: tuple[str, ...] = ()
    names: str = ""
    tag: str = ""


#: By the option; every other value of the option is an attribute.
RECORDS = {
    "dhcp_host": Record("ip/dhcp/host", ("mac", "id", "ip", "name")),
    "dns_host": Record("dns/host", ("ip",), names="hostnames", tag="hostname"),
    "dns_txt": Record("dns/txt", ("name",)),
    "dns_srv": Record("dns/srv", ("service",), ("protocol", "domain", "target")),
}


class RecordSpec(Spec):
    """The record is a part of the network, and the task is about nothing else of it."""

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        # There is no xml to validate.
        return {name: argument for name, argument in super().argument_spec().items() if name != "validate"}

    def identity(self, params: dict[str, Any]) -> Desired:
        return Desired(params["network"], None, None, NOTHING)

    def state(self, params: dict[str, Any]) -> str:
        # What is absent is the record.
        return "present"

    def desired(self, params: dict[str, Any], asked: Desired, current: Any) -> Desired:
        option = next(name for name in RECORDS if params[name] is not None)
        record, given = RECORDS[option], _given(option, params[option])
        absent = params["state"] == "absent"
        key = next((key for key in record.keys if key in given), None)
        if key is None:
            raise Refused(f"{option} needs one of {', '.join(record.keys)}")
        if not absent and record.names and record.names not in given:
            raise Refused(f"{option}: {record.names} is missing: only a record that shall be absent needs none")
        if current is None:
            return asked
        named = [name for name in given if name != record.names] if absent else [key, *record.beside]

        def mine(tags: str, element: Any) -> bool:
            return tags == record.path and all(_same(tags, element, name, given.get(name)) for name in named)

        tree = etree.Element(self.rules.root)
        if absent:
            _keep_names(tree, record, given, [one for one in find_all(current, record.path) if mine(record.path, one)])
        else:
            _parent(tree, option, record, given, current).append(_element(record, given))
        scope = Chosen(frozenset({record.path}), frozenset({record.path}), only=mine)
        return Desired(asked.name, None, tree, scope)


def _given(option: str, values: dict[str, Any]) -> dict[str, Any]:
    """As libvirt writes it."""
    given = {key: value for key, value in values.items() if value is not None}
    for key, value in given.items():
        if value in ("", []):
            raise Refused(f"{option}: {key} is empty: leave it out, or say what it is")
    if "ip" in given:
        try:
            given["ip"] = str(ipaddress.ip_address(given["ip"].strip()))
        except ValueError:
            raise Refused(f"{option}: ip '{given['ip']}' is not an address") from None
    return {key: str(value) if isinstance(value, int) else value for key, value in given.items()}


def _same(tags: str, element: Any, key: str, value: str | None) -> bool:
    found = element.get(key)
    if found is None or value is None:
        return found is value
    return RULES.normal(f"{tags}@{key}", found) == RULES.normal(f"{tags}@{key}", value)


def _element(record: Record, given: dict[str, Any]) -> Any:
    made = etree.Element(record.path.rpartition("/")[2])
    for key, value in given.items():
        if key != record.names:
            made.set(key, value)
    for name in given.get(record.names, ()):
        etree.SubElement(made, record.tag).text = name
    return made


def _keep_names(tree: Any, record: Record, given: dict[str, Any], found: list[Any]) -> None:
    """Where only some names of a record go, the others stay."""
    for element in found:
        rest = copy.deepcopy(element)
        for child in list(rest):
            if child.text in given.get(record.names, ()):
                rest.remove(child)
        if record.names in given and len(rest):
            ensure(tree, record.path.rpartition("/")[0]).append(rest)


def _parent(tree: Any, option: str, record: Record, given: dict[str, Any], current: Any) -> Any:
    """The element that the record lies in."""
    head = record.path.rpartition("/")[0]
    if not head.startswith("ip/"):
        return ensure(tree, head)
    subnet = _subnet(option, given.get("ip"), current)
    place = etree.SubElement(tree, "ip", {key: subnet.get(key) for key in ("address", "family") if subnet.get(key)})
    return ensure(place, head.partition("/")[2])


def _subnet(option: str, ip: str | None, current: Any) -> Any:
    """The <ip> that an address belongs to; without one, the one that has DHCP, or the first."""
    subnets = current.findall("ip")
    if ip is None:
        served = [one for one in subnets if one.find("dhcp") is not None]
        fitting = [*served, *subnets]
    else:
        fitting = [one for one in subnets if ipaddress.ip_address(ip) in _addresses(one)]
    if not fitting:
        told = ", ".join(str(_addresses(one)) for one in subnets) or "no addresses"
        raise Refused(f"{option}: ip {ip or '(none)'} is not of the network, which has {told}")
    return fitting[0]


def _addresses(subnet: Any) -> Any:
    # Without either it is libvirt that knows.
    mask = subnet.get("netmask") or subnet.get("prefix") or 0
    return ipaddress.ip_interface(f"{subnet.get('address')}/{mask}").network


def _strings(*names: str, required: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    return {name: {"type": "str", **({"required": True} if name in required else {})} for name in names}


NETWORK_RECORD = RecordSpec(
    noun="network",
    rules=RULES,
    states=("present", "absent"),
    common={"network": {"type": "str", "required": True}},
    arguments={
        "dhcp_host": {"type": "dict", "options": _strings("mac", "id", "ip", "name")},
        "dns_host": {
            "type": "dict",
            "options": {**_strings("ip", required=("ip",)), "hostnames": {"type": "list", "elements": "str"}},
        },
        "dns_txt": {"type": "dict", "options": _strings("name", "value", required=("name",))},
        "dns_srv": {
            "type": "dict",
            "options": {
                **_strings("service", "protocol", "domain", "target", required=("service", "protocol")),
                **{name: {"type": "int"} for name in ("port", "priority", "weight")},
            },
        },
        "apply": {"type": "str", "choices": ["auto", "stored", "live"], "default": "auto"},
    },
    constraints={
        "required_one_of": [tuple(RECORDS)],
        "mutually_exclusive": [tuple(RECORDS)],
    },
)
