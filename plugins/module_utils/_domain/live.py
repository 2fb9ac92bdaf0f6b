# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of a running guest: which differences libvirt can end now, in which order, and how it is done to devices.

What is plugged in needs a free PCI slot, and none can be added while the guest runs.
"""

from __future__ import annotations

import copy
import dataclasses
import re
import time
from typing import Any, Callable

from .._plan import Plan, Step
from .._session import SessionError, libvirt
from .._xml.compare import Difference, Unit, pairs
from .._xml.document import attribute, compact, find, find_all
from .._xml.overlay import grafted, part_of
from .._xml.tables import Patterns, Rules, xpath
from .events import events, wait
from .tuning import TUNINGS, Running, Tuning, kib

#: Seconds that a guest has to let a device go: one that has not come up yet never does.
CONSENT = 20

#: Seconds after which it is asked again.
ASK_AGAIN = 5


@dataclasses.dataclass(frozen=True)
class Classes:
    """What of a running guest can be changed; `_kinds/domain_live.py` says how the tables are written."""

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
    """The live changes of one guest. fact: tells one of its host."""

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
        """The steps that end what can be ended: what comes may need a place that something else has left."""
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
        # A controller is free once its disks have left.
        after = sorted(units.values(), key=lambda both: both[0].tags == "devices/controller")
        leaving: list[Any] = []
        gone: list[Step] = []
        for unit, found in after:
            if unit.right is None and not (unit.tags == "devices/controller" and _in_use(unit.left, live, leaving)):
                gone += self._gone(unit, found, plan)
                leaving += [unit.left] if self._may_go(unit) else []
        places = _Places(live, leaving, free_slots(live, leaving))
        coming = [
            (unit, found)
            for unit, found in units.values()
            if unit.left is None and self._holds(self.classes.plug.get(unit.tags), unit.right)
        ]
        # A disk may need the controller that comes with it, and what has no place yet takes no other's.
        coming.sort(key=lambda both: (both[0].tags != "devices/controller", not self._fits(both[0], places)))
        come = [step for unit, found in coming for step in self._comes(unit, found, places, plan)]
        return [*tuned, *changed, *gone, *come]

    # -- the guest as a whole -------------------------------------------------------------------------------------

    def _grown(self, stored: Any, live: Any, units: list[Unit], differences: list[Difference]) -> list[Difference]:
        """What differs in the guest's memory for memory modules that come and go."""
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
        if self._may_go(unit):
            return [self.hotplug.unplug(unit, found, plan)]
        if self._holds(self.classes.unplug.get(unit.tags), unit.left):
            plan.warnings.append(
                f"{unit.words} stays in running guest '{self.hotplug.name}' until its next start: "
                "unplug: true takes it out at once"
            )
        return []

    def _comes(self, unit: Unit, found: list[Difference], places: _Places, plan: Plan) -> list[Step]:
        device, free = unit.right, self._free(unit, places)
        if unit.tags == "devices/disk" and _shares(places.live, places.leaving, device):
            plan.warnings.append(
                f"{unit.words} waits for the next start of guest '{self.hotplug.name}', which still has its image in "
                "another disk"
            )
            return []
        placed = self._fits(unit, places)
        if free is not None and not free.take(device):
            plan.warnings.append(
                f"running guest '{self.hotplug.name}' has no free PCI slot for {unit.words}, which waits for its next "
                "start; hotplug_slots keeps some free in a new guest"
            )
            return []
        return [self.hotplug.plug(unit, found, placed)]

    def _free(self, unit: Unit, places: _Places) -> Free | None:
        """Where there is room for it; None where it takes no slot."""
        buses = zip(self.classes.pci, places.free)
        return next((free for pci, free in buses if self._holds(pci.get(unit.tags), unit.right)), None)

    def _fits(self, unit: Unit, places: _Places) -> bool:
        """Whether the address that it asks for is free."""
        free = self._free(unit, places)
        taken = _at(places.live, places.leaving, find(unit.right, "address"))
        return (free is None or free.suits(unit.right)) and not taken

    def _holds(self, condition: str | None, element: Any) -> bool:
        """Whether a condition of the tables holds: None never does, an empty one always."""
        if not condition:
            return condition is not None
        facts = {name: self.fact(name) for name in re.findall(r"\$(\w+)", condition)}
        return bool(xpath(f"boolean({condition})")(element, **facts))


@dataclasses.dataclass
class _Places:
    """The room in a running guest once some devices have left: for PCI Express, and on an old bus."""

    live: Any
    leaving: list[Any]
    free: tuple[Free, Free]


class Hotplug:
    def __init__(self, guest: Running, rules: Rules) -> None:
        self.guest = guest
        self.session = guest.session
        self.name = guest.name
        self.rules = rules

    def plug(self, unit: Unit, ends: list[Difference], placed: bool) -> Step:
        """Plug in a stored device. placed: whether its address is free; else libvirt picks one, which is stored then:
        the device stays there after a restart.
        """
        what = f"plug {_called(unit)} into running guest '{self.name}'"

        def run() -> None:
            device: Any = copy.deepcopy(unit.right)
            if not placed:
                for address in find_all(device, "address"):
                    device.remove(address)
            flags = libvirt.VIR_DOMAIN_AFFECT_LIVE
            self.session.slow(what, self.guest.domain().attachDeviceFlags, compact(device), flags)
            if not placed:
                self._store_place(unit)

        return Step(what, run, tuple(ends))

    def _store_place(self, unit: Unit) -> None:
        live, stored = self.guest.read(0), self.guest.read(libvirt.VIR_DOMAIN_XML_INACTIVE)
        for pair in pairs(find_all(live, unit.tags), find_all(stored, unit.tags), unit.tags, self.rules):
            if pair.left is None or pair.right is None:
                continue
            mine, theirs = find(pair.right, "address"), find(pair.left, "address")
            wanted = find(unit.right, "address")
            if theirs is None or mine is None or wanted is None or dict(mine.attrib) != dict(wanted.attrib):
                continue
            pair.right.replace(mine, copy.deepcopy(theirs))
            # What has waited for a place that is taken now gets another one.
            for address in _at(stored, [pair.right], theirs):
                address.getparent().remove(address)
            self.guest.put(stored)
            return

    def update(self, unit: Unit, made: Any, ends: list[Difference]) -> Step:
        what = f"change {_called(unit)} of running guest '{self.name}'"

        def run() -> None:
            flags = libvirt.VIR_DOMAIN_AFFECT_LIVE
            self.session.slow(what, self.guest.domain().updateDeviceFlags, compact(made), flags)

        return Step(what, run, tuple(ends))

    def unplug(self, unit: Unit, ends: list[Difference], plan: Plan) -> Step:
        """Take a device out. A guest that does not let go keeps it, with a warning."""
        what = f"take {_called(unit)} out of running guest '{self.name}'"

        def run() -> None:
            if not self._out(what, unit):
                plan.warnings.append(
                    f"asked, not gone: running guest '{self.name}' has not let {_called(unit)} go; the next run asks "
                    "again, and it is gone after its next start"
                )

        return Step(what, run, tuple(ends))

    def _out(self, what: str, unit: Unit) -> bool:
        """Ask until it is gone, or the time is over. libvirt itself waits up to 5 s at each question (9.0)."""
        end = time.monotonic() + min(CONSENT, self.session.endpoint.wait_timeout)
        with events(self.session, self.guest.domain(), "DEVICE_REMOVED", "DEVICE_REMOVAL_FAILED") as happened:
            while self._ask(what, unit):
                left = end - time.monotonic()
                if wait(happened, lambda: self._is_gone(unit), max(0, min(left, ASK_AGAIN))):
                    return True
                if left <= ASK_AGAIN:
                    break
            return self._is_gone(unit)

    def _ask(self, what: str, unit: Unit) -> bool:
        """Ask once; whether it makes sense to ask again."""
        flags = libvirt.VIR_DOMAIN_AFFECT_LIVE
        try:
            self.session.slow(what, self.guest.domain().detachDeviceFlags, compact(unit.left), flags)
        except SessionError as error:
            if self.session.stuck or not (error.code == libvirt.VIR_ERR_DEVICE_MISSING or _declined(error)):
                raise
            return False
        return True

    def _is_gone(self, unit: Unit) -> bool:
        alias = attribute(unit.left, "alias", "name")
        document = self.guest.read(0)
        return all(attribute(one, "alias", "name") != alias for one in find_all(document, unit.tags))


#: What libvirt says of a guest that does not let a device go, was asked and has not answered yet, or has something on a
#: controller. None has a code of its own (9.0).
DECLINED = ("rejected by the guest", "already in the process of unplug", "device is busy")


def _declined(error: SessionError) -> bool:
    return any(said in str(error) for said in DECLINED)


def _called(unit: Unit) -> str:
    """A device as people call it: disk[vdb]."""
    return unit.words.partition("/")[2] or unit.words


#: What tells images apart.
SOURCE = ("dev", "dir", "file", "name", "pool", "protocol", "volume")

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
        """Take a place, if it is free the one that the device's address asks for. False where none is left."""
        if self.places is None:
            return True
        if not self.places:
            return False
        wanted = _place(find(device, "address"))
        self.places.discard(wanted if wanted in self.places else min(self.places))
        return True

    def suits(self, device: Any) -> bool:
        """Whether the place that its address asks for is free, or it asks for none of these."""
        wanted = _place(find(device, "address"))
        return wanted is None or self.places is None or wanted in self.places


def free_slots(document: Any, leaving: list[Any]) -> tuple[Free, Free]:
    """The free places once some devices have left, for PCI Express and on an old PCI bus: the same where a machine has
    one bus for both.
    """
    bridges: dict[str, list[int]] = {}
    for one in find_all(document, "devices/controller"):
        if one.get("type") == "pci":
            bridges.setdefault(one.get("model", ""), []).append(int(one.get("index", "0")))
    if not bridges:
        return Free(None), Free(None)
    taken = {_place(address) for device in _staying(document, leaving) for address in find_all(device, "address")}
    ports = Free({(bus, 0) for model in PORTS for bus in bridges.get(model, ())} - taken)
    old = Free({(bus, slot) for model in OLD for bus in bridges.get(model, ()) for slot in SLOTS} - taken)
    return (ports, old) if "pcie-root" in bridges else (old, old)


def _place(address: Any) -> tuple[int, int] | None:
    if address is None or address.get("type") != "pci":
        return None
    return int(address.get("bus", "0"), 0), int(address.get("slot", "0"), 0)


def lacking_slots(document: Any, wanted: int) -> int:
    """How many ports a definition lacks to have so many free, where the machine has PCI Express."""
    ports, old = free_slots(document, [])
    return 0 if ports is old or ports.places is None else max(0, wanted - len(ports.places))


def _shares(document: Any, leaving: list[Any], disk: Any) -> bool:
    """Whether a disk that stays has the same image, which QEMU lets only one of them write."""
    own = _image(disk)
    return bool(own) and any(_image(device) == own for device in _staying(document, leaving))


def _image(device: Any) -> list[tuple[str, str]]:
    """What tells an image apart that only one disk can have; nothing for any other device."""
    source = find(device, "source")
    several = any(find(device, tag) is not None for tag in ("readonly", "shareable"))
    if device.tag != "disk" or source is None or several:
        return []
    return [(name, text) for name, text in sorted(source.items()) if name in SOURCE]


def _in_use(controller: Any, document: Any, leaving: list[Any]) -> bool:
    """Whether a device stays on a SCSI controller."""
    return any(
        address.get("type") == "drive" and address.get("controller") == controller.get("index")
        for device in _staying(document, leaving)
        if device.tag == "hostdev" or attribute(device, "target", "bus") == "scsi"
        for address in find_all(device, "address")
    )


def _at(document: Any, leaving: list[Any], address: Any) -> list[Any]:
    """The addresses of devices that stay which are the very same."""
    if address is None:
        return []
    every = [one for device in _staying(document, leaving) for one in find_all(device, "address")]
    return [one for one in every if _spot(one) == _spot(address)]


def _spot(address: Any) -> dict[str, str]:
    return {name: number for name, number in address.attrib.items() if name != "multifunction"}


def _staying(document: Any, leaving: list[Any]) -> list[Any]:
    found = find(document, "devices")
    return [] if found is None else [each for each in found if not any(each is one for one in leaving)]
