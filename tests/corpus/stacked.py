# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Converge a sample of a corpus by the modules of single objects and by virt_stack, and compare what they tell.

DIR is as for ``run.py``. Each document, in the first variant that libvirt takes, goes through the module of its kind
and through a stack on a host that has neither seen: predicted, made, left alone, then changed and removed, both
predicted and done. Which of the two comes first changes from one to the next. It goes there twice: as xml, and as the
options that the document can be told in. Several guests share a stack, where their names and UUIDs allow it.
What is told of each object must be equal key for key, and so must the warnings and the diffs of the task. Not compared
are generated UUIDs and MACs, numbers of running guests, and times: what does not stand in the task.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import importlib
import json
import pathlib
import random
import sys
import typing as t

from host import Host, opened
from kinds import KINDS
from objects import SCRATCH, Handler, standing_aside
from options import SURVEYS
from run import columns

from ansible_collections.converge.libvirt.tests.integration.alike import apart
from ansible_collections.converge.libvirt.tests.unit.in_process import MODULES, result_of
from plugins.module_utils._xml.document import parse
from plugins.module_utils._xml.record import take

STACKED = {
    "secret": ("secrets", "virt_secret"),
    "nwfilter": ("nwfilters", "virt_nwfilter"),
    "network": ("networks", "virt_net"),
    "pool": ("pools", "virt_pool"),
    "volume": ("volumes", "virt_volume"),
    "domain": ("domains", "virt_domain"),
}
"""By folder: the list of a stack, and the module."""
OTHER: dict[str, dict[str, t.Any]] = {
    "secret": {"description": "Another"},
    "network": {"autostart": True},
    "pool": {"autostart": True},
    "domain": {"description": "Another"},
}
"""What is changed of an object once it is there, of those kinds where everything can be."""
GONE: dict[str, dict[str, t.Any]] = {
    "domain": {"remove_nvram": True, "remove_tpm": True},
}
"""The options with which an object goes whatever it is."""
MADE: dict[str, dict[str, t.Any]] = {
    "pool": {"build": "never"},
    "volume": {"allocation": "0MiB"},
    "domain": {"disks": [], "interfaces": []},
}
"""What new objects are given where their options do not say it: a guest needs lists, no volume shall fill the disk, and
nothing is made of devices and folders of this machine."""
REMOVAL = ("name", "uuid", "xml", "usage", "pool")
"""What of a task still says who it is about when that shall go."""


class Step(t.NamedTuple):
    """One run of a task. of: what is laid over its options, by kind; None where those kinds have no such step."""

    title: str
    check: bool
    of: dict[str, dict[str, t.Any]] | None = None
    goes: bool = False


STEPS = (
    Step("predicted", True),
    Step("made", False),
    Step("left alone", False),
    Step("predicted to change", True, OTHER),
    Step("changed", False, OTHER),
    Step("predicted to go", True, goes=True),
    Step("removed", False, goes=True),
)


@dataclasses.dataclass
class Task:
    """A document as the options of a task. called: by its object's names, which no other of the stack may have."""

    file: str
    kind: str
    form: str
    options: dict[str, t.Any]
    name: str
    called: frozenset[str]

    def at(self, step: Step) -> dict[str, t.Any]:
        """The options of a step."""
        if step.goes:
            kept = {key: value for key, value in self.options.items() if key in REMOVAL}
            return {**kept, **GONE.get(self.kind, {}), "state": "absent"}
        return {**self.options, **(step.of or {}).get(self.kind, {})}


@dataclasses.dataclass
class Figures:
    """What came of a kind."""

    documents: int = 0
    defined: int = 0
    tasks: dict[str, int] = dataclasses.field(default_factory=lambda: {"xml": 0, "options": 0})
    stacks: int = 0
    results: int = 0
    changed: int = 0
    failed: int = 0
    apart: list[str] = dataclasses.field(default_factory=list)


class Comparison:
    """Runs tasks on a host, each by its module and in a stack."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.runs = 0

    def compare(self, handler: Handler, batch: list[Task], figures: Figures) -> None:
        """Converge a batch of one kind both ways and note what differs."""
        self.runs += 1
        ways = [self._by_modules, self._by_stack]
        told: dict[t.Any, list[t.Any]] = {}
        for way in ways if self.runs % 2 else ways[::-1]:
            before = here(self.host.connection)
            told[way] = [way(batch, step) for step in STEPS]
            if clear(handler) != before:
                raise SystemExit(f"{batch[0].file}: the next one would not find the host as this one did")
        stacks, singles = told[self._by_stack], told[self._by_modules]
        if len(batch) > 1 and any("objects" not in stack for stack in stacks):
            # What is wrong with one is said of the whole stack: each by itself, then.
            for task in batch:
                self.compare(handler, [task], figures)
            return
        figures.stacks += 1
        for task in batch:
            figures.tasks[task.form] += 1
        for step, stack, modules in zip(STEPS, stacks, singles):
            given = json.dumps([task.at(step) for task in batch]).lower()
            whose = batch[0].file if len(batch) == 1 else f"{batch[0].file} and {len(batch) - 1} more"
            figures.results += len(batch)
            figures.changed += sum(one.get("changed", False) for one in modules)
            figures.failed += sum(one.get("failed", False) for one in modules)
            figures.apart += [
                f"{whose}, as {batch[0].form}, {step.title}: {sentence}"
                for sentence in apart(stack, objects_of(stack, batch), modules, given)
            ]

    def _by_modules(self, batch: list[Task], step: Step) -> list[dict[str, t.Any]]:
        return [self._run(STACKED[task.kind][1], step, task.at(step)) for task in batch]

    def _by_stack(self, batch: list[Task], step: Step) -> dict[str, t.Any]:
        stack: dict[str, t.Any] = {}
        for task in batch:
            stack.setdefault(STACKED[task.kind][0], []).append(task.at(step))
        return self._run("virt_stack", step, stack)

    def _run(self, module: str, step: Step, options: dict[str, t.Any]) -> dict[str, t.Any]:
        main = importlib.import_module(f"{MODULES}.{module}").main
        return result_of(main, step.check, uri=self.host.uri, **copy.deepcopy(options))


def objects_of(stack: dict[str, t.Any], batch: list[Task]) -> list[dict[str, t.Any]]:
    """What a stack tells of each task of a batch."""
    told = stack.get("objects")
    if told is None:
        (task,) = batch
        place = f"{STACKED[task.kind][0]}[0]: "
        return [
            {
                "kind": place,
                "name": task.name,
                "failed": True,
                "changed": False,
                "msg": stack["msg"].removeprefix(place),
            }
        ]
    if len(batch) == 1:
        return list(told)
    by_name = {one["name"]: one for one in told}
    return [by_name[task.name] for task in batch]


def tasks(handler: Handler, file: pathlib.Path, name: str) -> list[Task]:
    """The tasks of a document: as xml, and as options where it has any; none where libvirt does not take it."""
    given, _complaint = handler.define_first(file.read_text(encoding="utf-8", errors="replace"))
    if given is None:
        return []
    stored = parse(handler.dump())
    kind, known = handler.noun, stored.findtext("name") or stored.get("name") or ""
    called = frozenset({known, stored.findtext("uuid") or known})
    handler.remove()
    where = {"pool": SCRATCH} if kind == "volume" else {}
    # A document of a pool may leave its name to its source.
    named = {"name": known, **MADE["pool"]} if kind == "pool" else {}
    forms: dict[str, dict[str, t.Any]] = {"xml": {**named, "xml": given}}
    if kind in SURVEYS:
        take(stored)
        forms["options"] = {**MADE.get(kind, {}), **named, **SURVEYS[kind].told(stored)}
    return [Task(name, kind, form, {**where, **options}, known, called) for form, options in forms.items()]


def batches(found: list[Task], size: int) -> list[list[Task]]:
    """Tasks of one form together, as many as may be, whose objects have nothing to do with each other."""
    together: list[list[Task]] = []
    for task in found:
        for batch in together:
            if len(batch) < size and batch[0].form == task.form and not any(task.called & one.called for one in batch):
                batch.append(task)
                break
        else:
            together.append([task])
    return together


def here(connection: t.Any) -> list[str]:
    """What the host has, by its names."""
    return sorted(
        f"{kind} {one.name() if hasattr(one, 'name') else one.UUIDString()}"
        for kind, several in (
            ("domain", connection.listAllDomains()),
            ("network", connection.listAllNetworks()),
            ("pool", connection.listAllStoragePools()),
            ("nwfilter", connection.listAllNWFilters()),
            ("secret", connection.listAllSecrets()),
            *((pool.name(), pool.listAllVolumes()) for pool in connection.listAllStoragePools() if pool.isActive()),
        )
        for one in several
    )


def clear(handler: Handler) -> list[str]:
    """Remove what tasks of a kind have left, and return what there is then."""
    connection = handler.connection
    several = {
        "domain": connection.listAllDomains,
        "network": connection.listAllNetworks,
        "pool": connection.listAllStoragePools,
        "nwfilter": connection.listAllNWFilters,
        "secret": connection.listAllSecrets,
        "volume": lambda: [one for pool in connection.listAllStoragePools() for one in pool.listAllVolumes()],
    }
    for one in several[handler.noun]():
        handler.found = one
        handler.remove()
    return here(connection)


def main() -> int:
    """Compare and print the figures; 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--uri", help="a libvirt that the bed has started")
    parser.add_argument("--kind", choices=sorted(STACKED), action="append", help="only this kind (may be repeated)")
    parser.add_argument(
        "--domains", type=int, default=150, metavar="N", help="a sample of so many guests (default 150)"
    )
    parser.add_argument("--together", type=int, default=8, metavar="N", help="guests in one stack (default 8)")
    parser.add_argument("--seed", type=int, default=1, help="another sample for another number (default 1)")
    parser.add_argument("--verbose", action="store_true", help="say all that differs")
    options = parser.parse_args()

    results: dict[str, Figures] = {}
    with opened(options.uri) as host, standing_aside(host):
        comparison = Comparison(host)
        for kind in options.kind or STACKED:
            figures = results[kind] = Figures()
            files = sorted((options.directory / kind).rglob("*.xml"))
            random.Random(f"{options.seed} {kind}").shuffle(files)
            with KINDS[kind](host.connection) as handler:
                found: list[Task] = []
                for file in files:
                    if kind == "domain" and figures.defined == options.domains:
                        break
                    figures.documents += 1
                    made = tasks(handler, file, str(file.relative_to(options.directory)))
                    figures.defined += bool(made)
                    found += made
                for batch in batches(found, options.together if kind == "domain" else 1):
                    comparison.compare(handler, batch, figures)
    print(table(results))
    told = [sentence for figures in results.values() for sentence in figures.apart]
    for sentence in told if options.verbose else told[:20]:
        print(f"differs: {sentence}")
    if not sum(figures.changed for figures in results.values()):
        print("not good enough: nothing was compared")
        return 1
    return 1 if told else 0


def table(results: dict[str, Figures]) -> str:
    """The figures of every kind, one row each."""
    head = ["kind", "documents", "defined", "as xml", "as options", "stacks", "results", "changed", "failed", "differ"]
    rows = [head]
    for kind, figures in results.items():
        numbers = (
            figures.documents,
            figures.defined,
            *figures.tasks.values(),
            figures.stacks,
            figures.results,
            figures.changed,
            figures.failed,
            len(figures.apart),
        )
        rows.append([kind, *map(str, numbers)])
    return columns(rows)


if __name__ == "__main__":
    sys.exit(main())
