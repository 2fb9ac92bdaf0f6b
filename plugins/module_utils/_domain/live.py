# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of a running guest: which differences libvirt can end now, in which order, and how.

What is plugged in needs a free PCI slot, and none can be added while the guest runs.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Callable

from .._plan import Plan, Step
from .._xml.compare import Difference, Unit
from .._xml.document import find, find_all
from .._xml.overlay import grafted, part_of
from .._xml.rules import Patterns, xpath
from .hotplug import Hotplug
from .tuning import TUNINGS, Tuning, kib


@dataclasses.dataclass(frozen=True)
class Classes:
    """What of a running guest can be changed, as the kind has it; see there for the form of the tables."""

    plug: dict[str, str]
    unplug: dict[str, str]
    asked_for: frozenset[str]
    change: dict[str, str]
    tune: dict[str, str]
    parameters: dict[str, tuple[str, str]]
    #: Those of a PCI Express bus, and those of an old one.
    pci: tuple[dict[str, str], dict[str, str]]
    drivers: dict[str, tuple[str, ...]]


class Live:
    """The live changes of one guest. fact: tells one of its host. hotplug: changes devices. tuning: does the rest."""

    def __init__(
        self, classes: Classes, fact: Callable[[str], Any], hotplug: Hotplug, tuning: Tuning, unplug: bool
    ) -> None:
        self.classes = classes
        self.fact = fact
        self.hotplug = hotplug
        self.tuning = tuning
        self.unplug = unplug
        self.change = Patterns(classes.change)
        self.tune = Patterns(classes.tune)
        self.known = Patterns(dict.fromkeys(classes.drivers.get(fact("driver"), ()), True))

    def steps(self, stored: Any, live: Any, waiting: list[Difference], plan: Plan) -> list[Step]:
        """The steps that end what can be ended of these differences, in order: what is tuned, what is changed, what
        goes, what comes. What comes may need a place that something else has left.
        """
        waiting = [each for each in waiting if self.known.first(each.tags)]
        units: dict[str, tuple[Unit, list[Difference]]] = {}
        for each in waiting:
            if each.unit is not None:
                units.setdefault(each.unit.words, (each.unit, []))[1].append(each)
        grown = self._grown(stored, live, [unit for unit, _found in units.values()], [*waiting, *plan.stores])
        for each in grown:
            # The memory of a module comes and goes with it.
            unit, found = next(both for both in units.values() if both[0].tags == "devices/memory")
            found.append(each)
        told = [each for each in waiting if each.unit is None and each not in grown]
        tuned = self._tuned(stored, live, told, plan, bool(grown))
        changed = [step for unit, found in units.values() for step in self._changed(unit, found)]
        gone = [step for unit, found in units.values() for step in self._gone(unit, found, plan)]
        leaving = [unit.left for unit, found in units.values() if unit.right is None and self._may_go(unit)]
        places = _Places(live, leaving, free_slots(live, leaving))
        come = []
        # A disk may need the controller that comes with it.
        for unit, found in sorted(units.values(), key=lambda both: both[0].tags != "devices/controller"):
            if unit.left is None and self._holds(self.classes.plug.get(unit.tags), unit.right):
                step = self._comes(unit, found, places, plan)
                come += [step] if step is not None else []
        return [*tuned, *changed, *gone, *come]

    # -- the guest as a whole -------------------------------------------------------------------------------------

    def _grown(self, stored: Any, live: Any, units: list[Unit], differences: list[Difference]) -> list[Difference]:
        """What differs in the guest's memory for the memory modules that come and go, where they account for it."""
        size = kib(find(live, "memory")) or 0
        for unit in units:
            if unit.tags == "devices/memory" and unit.left is None:
                size += kib(find(unit.right, "target/size")) or 0
            elif unit.tags == "devices/memory" and unit.right is None and self._may_go(unit):
                size -= kib(find(unit.left, "target/size")) or 0
        if size != kib(find(stored, "memory")) or not any(unit.tags == "devices/memory" for unit in units):
            return []
        return list({each.tags: each for each in differences if each.tags in ("memory", "currentMemory")}.values())

    def _tuned(self, stored: Any, live: Any, waiting: list[Difference], plan: Plan, grown: bool) -> list[Step]:
        calls: dict[str, list[Difference]] = {}
        parameters: dict[str, dict[str, Any]] = {}
        ended: dict[str, list[Difference]] = {}
        for each in waiting:
            function, parameter = self.classes.parameters.get(each.tags, (None, ""))
            name, limit = self.tune.first(each.tags), find(stored, each.tags)
            if function is not None and limit is not None:
                parameters.setdefault(function, {})[parameter] = limit
                ended.setdefault(function, []).append(each)
            elif name is not None:
                calls.setdefault(name, []).append(each)
        steps = []
        balloon = next((each for each in plan.stores if each.tags == "currentMemory"), None)
        resized = grown or any(each.tags == "memory" for each in waiting)
        if balloon is not None and self.known.first("currentMemory") and not resized:
            steps += self.tuning.balloon(stored, live, balloon)
        for name, differences in calls.items():
            steps += TUNINGS[name](self.tuning, stored, live, differences)
        for function, values in parameters.items():
            steps += self.tuning.parameters(function, values, ended[function])
        return steps

    # -- devices --------------------------------------------------------------------------------------------------

    def _changed(self, unit: Unit, found: list[Difference]) -> list[Step]:
        """Of a device on both sides, the parts that libvirt changes; the others wait."""
        if unit.left is None or unit.right is None:
            return []
        parts: dict[str, list[Difference]] = {}
        for each in found:
            parts.setdefault(part_of(each), []).append(each)
        calls: dict[str, list[Difference]] = {}
        for part, differences in parts.items():
            names = {self._call(each.tags, unit) for each in differences}
            if part and len(names) == 1 and None not in names:
                calls.setdefault(str(names.pop()), []).extend(differences)
        steps = []
        for name, differences in calls.items():
            if name == "update":
                chosen = {part_of(each) for each in differences}
                # What a source is, the type tells; that of a network's interface runs under another name.
                made = grafted(unit.left, unit.right, chosen | ({"@type"} if "source" in chosen else set()))
                steps.append(self.hotplug.update(unit, made, differences))
            else:
                steps += TUNINGS[name](self.tuning, unit.right, unit.left, differences)
        return steps

    def _call(self, tags: str, unit: Unit) -> str | None:
        row: str | None = self.change.first(tags)
        if row is None:
            return None
        name, _if, guard = row.partition(" if ")
        return name if self._holds(guard, unit.right) and self._holds(guard, unit.left) else None

    def _may_go(self, unit: Unit) -> bool:
        allowed = self.unplug or unit.tags not in self.classes.asked_for
        return allowed and self._holds(self.classes.unplug.get(unit.tags), unit.left)

    def _gone(self, unit: Unit, found: list[Difference], plan: Plan) -> list[Step]:
        if unit.right is not None:
            return []
        if self._may_go(unit):
            return [self.hotplug.unplug(unit, found, plan)]
        if self._holds(self.classes.unplug.get(unit.tags), unit.left):
            plan.warnings.append(
                f"{unit.words} stays in running guest '{self.hotplug.name}' until its next start: "
                "unplug: true takes it out at once"
            )
        return []

    def _comes(self, unit: Unit, found: list[Difference], places: _Places, plan: Plan) -> Step | None:
        device = unit.right
        bus = next((n for n, pci in enumerate(self.classes.pci) if self._holds(pci.get(unit.tags), device)), None)
        free = None if bus is None else places.free[bus]
        placed = (free is None or free.suits(device)) and not _occupied(places.live, places.leaving, device)
        if free is not None and not free.take(device):
            plan.warnings.append(
                f"running guest '{self.hotplug.name}' has no free PCI slot for {unit.words}, which waits for its next "
                "start; hotplug_slots keeps some free in a new guest"
            )
            return None
        return self.hotplug.plug(unit, found, placed)

    def _holds(self, condition: str | None, element: Any) -> bool:
        """Whether a condition of the tables holds: None never does, an empty one always."""
        if not condition:
            return condition is not None
        facts = {name: self.fact(name) for name in re.findall(r"\$(\w+)", condition)}
        return bool(xpath(f"boolean({condition})")(element, **facts))


@dataclasses.dataclass
class _Places:
    """The room in a running guest: its document, the devices that leave it first, and the free slots then, those of a
    PCI Express bus and those of an old one.
    """

    live: Any
    leaving: list[Any]
    free: tuple[Free, Free]


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


def free_slots(document: Any, leaving: list[Any]) -> tuple[Free, Free]:
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


def lacking_slots(document: Any, wanted: int) -> int:
    """How many ports a definition lacks to have so many free; none where the machine has no PCI Express."""
    ports, old = free_slots(document, [])
    return 0 if ports is old or ports.places is None else max(0, wanted - len(ports.places))


def _occupied(document: Any, leaving: list[Any], device: Any) -> bool:
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
