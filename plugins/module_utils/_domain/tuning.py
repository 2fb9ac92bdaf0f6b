# SPDX-License-Identifier: GPL-3.0-or-later

"""What a running guest is tuned in, apart from its devices: each tuning is a few calls that end some differences.

A tuning takes the stored document (or device), the running one and the differences, and returns steps; none where
libvirt cannot do it for these values.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Callable

from .._plan import Step
from .._session import Session, libvirt
from .._xml.compare import Difference, by_namespace
from .._xml.document import attribute, compact, etree, find, find_all, join, namespace, tag_name, value
from .._xml.rules.domain import RULES
from .._xml.rules.domain_rewrites import expand_set
from .._xml.tables import size_bytes

#: The record of our own is written by the kind itself, and not compared.
_METADATA = {"title": "VIR_DOMAIN_METADATA_TITLE", "description": "VIR_DOMAIN_METADATA_DESCRIPTION"}

LIFECYCLE = {
    "on_poweroff": "VIR_DOMAIN_LIFECYCLE_POWEROFF",
    "on_reboot": "VIR_DOMAIN_LIFECYCLE_REBOOT",
    "on_crash": "VIR_DOMAIN_LIFECYCLE_CRASH",
}
ACTIONS = {
    "destroy": "VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY",
    "restart": "VIR_DOMAIN_LIFECYCLE_ACTION_RESTART",
    "rename-restart": "VIR_DOMAIN_LIFECYCLE_ACTION_RESTART_RENAME",
    "preserve": "VIR_DOMAIN_LIFECYCLE_ACTION_PRESERVE",
    "coredump-destroy": "VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY",
    "coredump-restart": "VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_RESTART",
}

#: What setBlockIoTune takes as text.
IOTUNE_TEXTS = ("group_name",)


@dataclass
class Running:
    """A running guest. read: one of its documents, by flags of XMLDesc beside the secrets. put: stores a document."""

    session: Session
    name: str
    domain: Callable[[], Any]
    read: Callable[[int], Any]
    put: Callable[[Any], None]


class Tuning:
    def __init__(self, guest: Running) -> None:
        self.guest = guest

    def _step(self, sentence: str, function: str, *arguments: Any, ends: list[Difference]) -> Step:
        what = f"{sentence} of running guest '{self.guest.name}'"

        def run() -> None:
            live = libvirt.VIR_DOMAIN_AFFECT_LIVE
            self.guest.session.slow(what, getattr(self.guest.domain(), function), *arguments, live)

        return Step(what, run, tuple(ends))

    # -- what a guest is told about ------------------------------------------------------------------------------

    def title(self, stored: Any, live: Any, found: list[Difference]) -> list[Step]:
        return self._text("title", stored, found)

    def description(self, stored: Any, live: Any, found: list[Difference]) -> list[Step]:
        return self._text("description", stored, found)

    def _text(self, tag: str, stored: Any, found: list[Difference]) -> list[Step]:
        number = getattr(libvirt, _METADATA[tag])
        said = value(stored, tag) or None
        return [self._step(f"set the {tag}", "setMetadata", number, said, None, None, ends=found)]

    def metadata(self, stored: Any, live: Any, found: list[Difference]) -> list[Step]:
        wanted, have = (
            {} if find(side, "metadata") is None else by_namespace(find(side, "metadata")) for side in (stored, live)
        )
        steps = []
        for each in found:
            for uri in dict.fromkeys([*have, *wanted]):
                element: Any = wanted.get(uri, have.get(uri))
                if each.tags == join("metadata", tag_name(element.tag)):
                    said = _bare(element) if uri in wanted else None
                    key = element.prefix or etree.QName(element).localname
                    what, number = f"set the metadata {key}", libvirt.VIR_DOMAIN_METADATA_ELEMENT
                    steps.append(self._step(what, "setMetadata", number, said, key, uri, ends=[each]))
        return steps

    # -- processors ----------------------------------------------------------------------------------------------

    def vcpus(self, stored: Any, live: Any, found: list[Difference]) -> list[Step]:
        """More of those that the guest may have, and fewer where it has got them while it ran."""
        mine, theirs = find(stored, "vcpu"), find(live, "vcpu")
        if mine is None or theirs is None or mine.text != theirs.text:
            return []
        wanted, have = (int(one.get("current") or one.text) for one in (mine, theirs))
        pluggable = [
            one
            for one in find_all(live, "vcpus/vcpu")
            if one.get("enabled") == "yes" and one.get("hotpluggable") == "yes"
        ]
        if wanted == have or have - wanted > len(pluggable):
            return []
        return [self._step(f"set the virtual CPUs to {wanted}", "setVcpusFlags", wanted, ends=found)]

    def iothreads(self, stored: Any, live: Any, found: list[Difference]) -> list[Step]:
        wanted, have = (_iothreads(one) for one in (stored, live))
        steps = [
            self._step(f"remove I/O thread {number}", "delIOThread", number, ends=[])
            for number in sorted(have - wanted)
        ]
        steps += [
            self._step(f"add I/O thread {number}", "addIOThread", number, ends=[]) for number in sorted(wanted - have)
        ]
        return _ending(steps, found)

    def pins(self, stored: Any, live: Any, found: list[Difference]) -> list[Step]:
        steps = []
        for each in found:
            if each.after is None:
                # The pin that was there has no opposite: where it ran before was libvirt's own choice.
                continue
            tag = each.tags.partition("/")[2].partition("@")[0]
            key = {"vcpupin": "vcpu", "iothreadpin": "iothread"}.get(tag)
            for pin in find_all(stored, f"cputune/{tag}"):
                number = pin.get(key) if key else None
                if key and f"[{number}]" not in each.path:
                    continue
                what = f"pin {'the emulator' if key is None else f'{key} {number}'} to {pin.get('cpuset')}"
                function = {"vcpu": "pinVcpuFlags", "iothread": "pinIOThread"}.get(str(key), "pinEmulator")
                steps.append(self._pin(what, function, number, pin.get("cpuset"), each))
        return steps

    def _pin(self, what: str, function: str, number: str | None, cpus: str, each: Difference) -> Step:
        chosen = set(expand_set(cpus) or ())
        cpu_map = tuple(number in chosen for number in range(max(chosen, default=0) + 1))
        arguments: tuple[Any, ...] = (cpu_map,) if number is None else (int(number), cpu_map)
        return self._step(what, function, *arguments, ends=[each])

    # -- memory --------------------------------------------------------------------------------------------------

    def balloon(self, stored: Any, live: Any, each: Difference) -> list[Step]:
        """The memory that the guest has now. The balloon moves by itself: only a change of the stored size moves it."""
        wanted, most = kib(find(stored, "currentMemory")), kib(find(live, "memory"))
        if wanted is None or most is None or wanted > most:
            return []
        return [self._step(f"set the memory to {wanted} KiB", "setMemoryFlags", wanted, ends=[each])]

    def balloon_period(self, stored: Any, live: Any, found: list[Difference]) -> list[Step]:
        period = int(attribute(stored, "stats", "period") or 0)
        return [self._step("set the period of memory statistics", "setMemoryStatsPeriod", period, ends=found)]

    def numa(self, stored: Any, live: Any, found: list[Difference]) -> list[Step]:
        # A strict policy has bound memory to its nodes already.
        if attribute(live, "numatune/memory", "mode") == "strict":
            return []
        nodes = {"numa_nodeset": attribute(stored, "numatune/memory", "nodeset")}
        return [self._step("set the NUMA nodes", "setNumaParameters", nodes, ends=found)]

    # -- the rest ------------------------------------------------------------------------------------------------

    def lifecycle(self, stored: Any, live: Any, found: list[Difference]) -> list[Step]:
        steps = []
        # libvirt takes no restart at power-off beside a destroy at reboot, not even between two calls.
        late = ("on_poweroff", "restart")
        for each in sorted(found, key=lambda one: (one.tags, one.after) == late):
            # What is not said any more is what it is by default.
            wanted = each.after or str(RULES.auto[f"{each.tags}@."])
            action = getattr(libvirt, ACTIONS.get(wanted, ""), None)
            if action is not None and wanted != each.before:
                kind = getattr(libvirt, LIFECYCLE[each.tags])
                what = f"set {each.tags} to {wanted}"
                steps.append(self._step(what, "setLifecycleAction", kind, action, ends=[each]))
        return steps

    def perf(self, stored: Any, live: Any, found: list[Difference]) -> list[Step]:
        wanted, have = (
            {one.get("name"): one.get("enabled") == "yes" for one in find_all(side, "perf/event")}
            for side in (stored, live)
        )
        events = {name: wanted.get(name, False) for name in (*wanted, *have)}
        return [self._step("set the performance events", "setPerfEvents", events, ends=found)]

    def iotune(self, stored: Any, live: Any, found: list[Difference]) -> list[Step]:
        """stored and live are the disk. What is not named any more has no limit."""
        target = attribute(stored, "target", "dev")
        limits: dict[str, Any] = {one.tag: 0 for one in _inside(live, "iotune") if one.tag not in IOTUNE_TEXTS}
        for one in _inside(stored, "iotune"):
            limits[one.tag] = one.text if one.tag in IOTUNE_TEXTS else int(one.text)
        return [self._step(f"set the I/O limits of disk {target}", "setBlockIoTune", target, limits, ends=found)]

    def parameters(self, function: str, values: dict[str, Any], found: list[Difference]) -> list[Step]:
        """Parameters by name. values: the stored elements."""
        numbers = {name: _number(one) for name, one in values.items()}
        return [self._step(f"set {', '.join(sorted(numbers))}", function, numbers, ends=found)]


TUNINGS: dict[str, Callable[[Tuning, Any, Any, list[Difference]], list[Step]]] = {
    function.__name__: function
    for function in (
        Tuning.title,
        Tuning.description,
        Tuning.metadata,
        Tuning.vcpus,
        Tuning.iothreads,
        Tuning.pins,
        Tuning.balloon_period,
        Tuning.numa,
        Tuning.lifecycle,
        Tuning.perf,
        Tuning.iotune,
    )
}


def _ending(steps: list[Step], ends: list[Difference]) -> list[Step]:
    return [*steps[:-1], Step(steps[-1].sentence, steps[-1].run, tuple(ends))] if steps else []


def _iothreads(document: Any) -> set[int]:
    named = {int(one.get("id")) for one in find_all(document, "iothreadids/iothread")}
    return named or set(range(1, int(value(document, "iothreads") or 0) + 1))


def kib(element: Any) -> int | None:
    if element is None:
        return None
    return -(-size_bytes(element.text or "", element.get("unit"), "KiB") // 1024)


def _number(element: Any) -> int:
    """A number, or a size in KiB where a unit stands beside it."""
    size = kib(element) if element.get("unit") else None
    return int(element.text) if size is None else size


def _inside(element: Any, path: str) -> list[Any]:
    found = find(element, path)
    return [] if found is None else list(found)


def _bare(element: Any) -> str:
    """An element as libvirt's metadata function takes it: it puts all of it into the namespace itself."""
    bare, uri = copy.deepcopy(element), namespace(element)
    for one in bare.iter(etree.Element):
        if namespace(one) == uri:
            one.tag = etree.QName(one).localname
    etree.cleanup_namespaces(bare)
    return compact(bare)
