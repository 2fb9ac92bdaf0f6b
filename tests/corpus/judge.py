# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judge what became of a plan, by what libvirt has stored: pure functions over documents."""

from __future__ import annotations

import collections
import pathlib
import re
import typing as t

from lxml import etree
from objects import Rules

from plugins.module_utils._xml.compare import Difference, compare
from plugins.module_utils._xml.overlay import overlay

SCHEMAS = pathlib.Path("/usr/share/libvirt/schemas")
"""Where libvirt's RNG schemas are, on a machine that has a libvirtd."""
SCHEMA_NAMES = {"volume": "storagevol", "pool": "storagepool"}

_IDENTITY = ("domain", "bus", "slot", "function", "controller", "target", "unit", "port", "cssid", "ssid", "devno")
"""The parts of an address that say where a device is; others, such as ``multifunction``, say how it is there."""


def line(difference: Difference) -> str:
    """A difference on one line."""
    return f"{difference.path}: {difference.before} -> {difference.after}"


def matters(difference: Difference, rules: Rules) -> bool:
    """Whether a difference between two fresh defines is more than another random identity or address."""
    tags = difference.tags
    return not (rules.has("sticky", tags) or "/address" in tags or tags in ("uuid", "os/nvram"))


def forget_made_up(desired: t.Any, *dumps: t.Any) -> None:
    """Take what libvirt makes up at random out of dumps, where the document names none: that of another define
    differs. These are MAC addresses and the identities of virtual ports."""
    for number, wanted in enumerate(desired.findall("devices/interface")):
        for path in ("mac@address", "virtualport/parameters@interfaceid", "virtualport/parameters@instanceid"):
            tag, _at, name = path.partition("@")
            named = wanted.find(tag)
            if named is not None and named.get(name):
                continue
            for dump in dumps:
                for interface in dump.findall("devices/interface")[number : number + 1]:
                    for element in interface.findall(tag):
                        element.attrib.pop(name, None)


def prediction(predicted: t.Any, stored: t.Any, desired: t.Any, rules: Rules) -> tuple[str, str]:
    """``exact``, ``additions`` (exact but for what libvirt adds of its own accord) or ``wrong``, and what is wrong.

    libvirt's own is what stands only in the stored document, and does not bother the desired one.
    """
    # The stored side first: there an element may have an identity that the predicted one does not have yet.
    differences = compare(stored, predicted, rules)
    if not differences:
        return "exact", ""
    unwanted = {difference.path for difference in overlay(desired, stored, rules).differences}
    for difference in differences:
        if difference.after is not None or difference.path in unwanted:
            return "wrong", f"{difference.path}: {difference.after} -> {difference.before}"
    return "additions", ""


def moved(before: t.Any, after: t.Any, desired: t.Any) -> list[str]:
    """Devices that say the same as before, in another place: another address, MAC or index than the one they had.

    Independent of the engine's own idea of which device is which: for each content, the places that were taken before
    and are taken no longer, as far as others have come in their stead. A place that the desired document asks for, for
    this device or for another one, is no fault.
    """
    asked = {part for places in _devices(desired).values() for place in places for part in place}
    ours, theirs = _devices(before), _devices(after)
    found = []
    for content, places in ours.items():
        lost = collections.Counter(
            {place: count for place, count in (places - theirs[content]).items() if place and not set(place) & asked}
        )
        known = {part for place in lost for part in place}
        gained = [place for place in (theirs[content] - places).elements() if not (set(place) - known) & asked]
        if lost and gained:
            found.append(f"{content[:80]}: {sorted(lost.elements())} -> {sorted(gained)}")
    return found


def _devices(tree: t.Any) -> dict[str, collections.Counter[tuple[str, ...]]]:
    """The places of the devices, by what the devices say. A place has a part for each address, MAC and index."""
    devices: dict[str, collections.Counter[tuple[str, ...]]] = collections.defaultdict(collections.Counter)
    for device in tree.findall("devices/*"):
        place = [
            " ".join(
                f"{name}={int(found, 0)}" for name, found in address.items() if name in _IDENTITY and _is_number(found)
            )
            for address in device.findall("address")
        ]
        place += [mac.get("address", "").lower() for mac in device.findall("mac")]
        place += [f"index={device.get('index')}"] if device.tag == "controller" and device.get("index") else []
        devices[_content(device)][tuple(f"{device.tag} {part}" for part in place)] += 1
    return devices


def _is_number(text: str) -> bool:
    return re.fullmatch(r"0[xX][0-9a-fA-F]+|[1-9][0-9]*|0", text) is not None


def _content(element: t.Any, top: bool = True) -> str:
    """What an element says, without its place."""
    attributes = {name: found for name, found in element.attrib.items() if not (top and name == "index")}
    parts = [element.tag, str(sorted(attributes.items())), (element.text or "").strip()]
    parts += sorted(
        _content(child, top=False) for child in element if not (top and child.tag in ("address", "mac", "alias"))
    )
    return "(" + " ".join(parts) + ")"


class Schema:
    """libvirt's own schema of a kind, where it is installed: whether a document is one that it describes."""

    def __init__(self, kind: str) -> None:
        file = SCHEMAS / f"{SCHEMA_NAMES.get(kind, kind)}.rng"
        self._schema = etree.RelaxNG(etree.parse(str(file))) if file.is_file() else None

    def describes(self, tree: t.Any) -> bool:
        """Whether the document is valid; without a schema every one is."""
        return self._schema is None or bool(self._schema.validate(tree))
