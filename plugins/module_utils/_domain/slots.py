# SPDX-License-Identifier: GPL-3.0-or-later

"""Free PCI slots of a running guest: what is plugged in needs one, and none can be added while it runs."""

from __future__ import annotations

import dataclasses
from typing import Any

from .._xml.document import find, find_all

#: Controllers of which each has room for one device that is plugged in.
PORTS = ("pcie-root-port", "pcie-switch-downstream-port")

#: Controllers that make a PCI bus of the old kind.
OLD = ("pci-root", "pci-bridge", "pcie-to-pci-bridge")

#: The slots of a conventional PCI bus; the first is the bridge's own.
SLOTS = range(1, 32)


@dataclasses.dataclass
class Free:
    """Where a device can be plugged in. places: bus and slot of each; None where the machine has no such limit."""

    places: set[tuple[int, int]] | None

    def take(self, device: Any) -> bool:
        """Take a place for a device: the one that its address asks for where that is free, else any. False where none
        is left.
        """
        if self.places is None:
            return True
        if not self.places:
            return False
        wanted = _place(find(device, "address"))
        self.places.discard(wanted if wanted in self.places else min(self.places))
        return True

    def suits(self, device: Any) -> bool:
        """Whether the place that the address of a device asks for is free, or it asks for none of these."""
        wanted = _place(find(device, "address"))
        return wanted is None or self.places is None or wanted in self.places


def free(document: Any, leaving: list[Any]) -> tuple[Free, Free]:
    """The free places of a guest, those of the devices that leave it counted in: for devices of PCI Express, and for
    those of an old PCI bus. A machine without PCI Express has one bus for both.
    """
    bridges: dict[str, list[int]] = {}
    for one in find_all(document, "devices/controller"):
        if one.get("type") == "pci":
            bridges.setdefault(one.get("model", ""), []).append(int(one.get("index", "0")))
    if not bridges:
        return Free(None), Free(None)
    taken = {
        place
        for device in _devices(document)
        if not any(device is one for one in leaving)
        for place in map(_place, find_all(device, "address"))
        if place is not None
    }
    ports = Free({(bus, 0) for model in PORTS for bus in bridges.get(model, ())} - taken)
    old = Free({(bus, slot) for model in OLD for bus in bridges.get(model, ()) for slot in SLOTS} - taken)
    return (ports, old) if "pcie-root" in bridges else (old, old)


def _place(address: Any) -> tuple[int, int] | None:
    """Bus and slot of a PCI address; None for another one, or none."""
    if address is None or address.get("type") != "pci":
        return None
    return int(address.get("bus", "0"), 0), int(address.get("slot", "0"), 0)


def lacking(document: Any, wanted: int) -> int:
    """How many ports a definition lacks to have so many free; none where the machine has no PCI Express."""
    ports, old = free(document, [])
    return 0 if ports is old or ports.places is None else max(0, wanted - len(ports.places))


def occupied(document: Any, leaving: list[Any], device: Any) -> bool:
    """Whether another device has the very address that a device asks for."""
    address = find(device, "address")
    if address is None:
        return False
    wanted = {name: number for name, number in address.attrib.items() if name != "multifunction"}
    return any(
        {name: number for name, number in other.attrib.items() if name != "multifunction"} == wanted
        for one in _devices(document)
        if not any(one is each for each in leaving)
        for other in find_all(one, "address")
    )


def _devices(document: Any) -> list[Any]:
    found = find(document, "devices")
    return [] if found is None else list(found)
