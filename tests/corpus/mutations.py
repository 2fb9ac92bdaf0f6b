# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Change one thing in documents that define, and judge what the engine makes of it, with a fresh define as the oracle.

Of each document some mutants are made: an attribute, element or device removed, a value replaced, an attribute, element
or device added that other documents have at that place. A mutant that libvirt takes is laid over what libvirt had
stored for the original and applied; what is stored then is compared with what a define of the mutant alone gives.
What the record of a task with the original would say is used where there are records, unless that is turned off.
A mutant is *realistic* where the kind's schema describes it, and *nonsense* otherwise.
"""

from __future__ import annotations

import dataclasses
import random
import re
import time
import typing as t

import libvirt
from garden import Garden
from host import Host
from judge import Schema, forget_made_up, line, matters, moved, prediction
from lxml import etree
from objects import Handler

from plugins.module_utils._xml.compare import compare
from plugins.module_utils._xml.document import defining
from plugins.module_utils._xml.document import parse as document
from plugins.module_utils._xml.record import Record, recall

KEPT_BY_DESIGN = re.compile(
    # Identity stays when it is no longer named, and other tools' metadata is theirs.
    r"- \S*?(/address|/address/zpci|/mac|/alias|network/mac|domain/uuid|/genid|domain/metadata(/\S+)?)(@\w+)?(:|$)"
    r"|- \S*(/address(/zpci)?|/mac|/alias)@\w+"
    r"|- network/metadata"
    # What devices are plugged into, and what a pool of files finds in place when it starts.
    r"|- domain/devices/controller: <controller type=\"pci\"|- pool/target/permissions"
    # What a file has is nobody's wish any more: the guest's user may own it by now, and it may have grown.
    r"|- volume/(target/(permissions|features|compat|clusterSize)|capacity:)"
    r"|~ (pool|volume)/target/permissions/(owner|group)@\.: \S+ -> (-1|4294967295)$"
    r"|- \S*(controller@index|(serial|parallel)/target:|(serial|console|parallel)/target@port|bridge@name)"
)
"""Removals after which libvirt's own answer would be another one, and the stored one stays on purpose."""
PORT = ("devices/controller/target@port", "devices/console/target@port")
PORTS = re.compile("(controller|console)/target")
"""Numbers that libvirt makes of the address of a PCI port, and of the place of a console before it has added one for a
serial port: two fresh defines may give others to the rest, and nothing has changed unless the mutant is about them."""
TAKEN = re.compile(r"Attempted double use of|already (in use|used|allocated|exists|occupied)|Duplicate")
"""libvirt's answer where an added device asks for the place that another one has been given, and keeps."""
ANOTHER_PLACE = re.compile(r"[~+-] domain/os/type@(arch|machine)|[~+] domain/devices/controller(@index|/address)")
"""Changes after which the guest has other buses, or that are about the place itself."""


@dataclasses.dataclass
class Tally:
    """The figures of one kind and one class of mutants; lists hold a line for each."""

    mutants: int = 0
    accepted: int = 0
    real: int = 0
    predictions: dict[str, int] = dataclasses.field(default_factory=dict)
    kept: list[str] = dataclasses.field(default_factory=list)
    missed: list[str] = dataclasses.field(default_factory=list)
    alarms: list[str] = dataclasses.field(default_factory=list)
    changed: list[str] = dataclasses.field(default_factory=list)
    fixed: list[str] = dataclasses.field(default_factory=list)
    taken: list[str] = dataclasses.field(default_factory=list)
    refused: list[str] = dataclasses.field(default_factory=list)
    not_reached: list[str] = dataclasses.field(default_factory=list)
    other: list[str] = dataclasses.field(default_factory=list)
    moved: list[str] = dataclasses.field(default_factory=list)
    wrong: list[str] = dataclasses.field(default_factory=list)
    killed: list[str] = dataclasses.field(default_factory=list)

    @property
    def applied(self) -> int:
        """Real changes that the engine noticed, and tried to make: no task tries what libvirt never changes."""
        return self.real - len(self.missed) - len(self.fixed) - len(self.taken)


class Oracle:
    """What libvirt makes of documents; it is started again when one of them was too much for it."""

    def __init__(self, host: Host, handler: Handler) -> None:
        self.host = host
        self.handler = handler
        self.error = ""

    def stores(self, *documents: str) -> str | None:
        """What libvirt has after these documents were defined one over the other; None where it refuses one."""
        try:
            for text in documents:
                self.handler.define(text)
            return self.handler.dump()
        except libvirt.libvirtError as error:
            self.error = error.get_error_message()
            return None
        finally:
            self._tidy()

    def _tidy(self) -> None:
        if self.host.alive():
            self.handler.remove()
        else:
            self.host.revive()
            self.handler.connection, self.handler.found = self.host.connection, None


class Original(t.NamedTuple):
    """A document as it was given, what libvirt had stored for it, and what is remembered of that."""

    given: t.Any
    stored: str
    record: Record | None


def examine(oracle: Oracle, original: Original, mutant: t.Any, what: str, tally: Tally) -> None:
    """Judge one mutant of a document."""
    handler, deaths = oracle.handler, oracle.host.deaths
    tally.mutants += 1
    text = etree.tostring(mutant, encoding="unicode")
    wanted = oracle.stores(text)
    if oracle.host.deaths > deaths:
        tally.killed.append(what)
    if wanted is None:
        return
    tally.accepted += 1
    desired, before, after = (
        document(text),
        *(defining(document(one), handler.rules) for one in (original.stored, wanted)),
    )
    again = handler.plan(desired, document(wanted))
    if again.differences:
        _alarm(oracle, wanted, again, f"{what} => {line(again.differences[0])}", tally)
    forget_made_up(desired, before, after)
    real = [difference for difference in compare(before, after, handler.rules) if matters(difference, handler.rules)]
    if not real or (not PORTS.search(what) and all(difference.tags in PORT for difference in real)):
        return
    result = recall(desired, document(original.stored), handler.rules, original.record)
    if not result.differences and KEPT_BY_DESIGN.match(what):
        tally.kept.append(what)
        return
    tally.real += 1
    if not result.differences:
        tally.missed.append(f"{what} => {line(real[0])}")
        return
    if handler.fixed(result.differences):
        tally.fixed.append(what)
        return
    applied = oracle.stores(original.stored, handler.text(result.document))
    if applied is None:
        (tally.taken if TAKEN.search(oracle.error) else tally.refused).append(f"{what} => {oracle.error}")
        return
    stored = defining(document(applied), handler.rules)
    verdict, why = prediction(defining(result.document, handler.rules), stored, desired, handler.rules)
    tally.predictions[verdict] = tally.predictions.get(verdict, 0) + 1
    if verdict == "wrong":
        tally.wrong.append(f"{what} => {why}")
    if not ANOTHER_PLACE.match(what):
        tally.moved += [f"{what} => {one}" for one in moved(document(original.stored), stored, desired)]
    ignored = {line(difference) for difference in again.differences}
    rest = [one for one in map(line, handler.plan(desired, stored).differences) if one not in ignored]
    forget_made_up(desired, stored)
    left = [difference for difference in compare(after, stored, handler.rules) if matters(difference, handler.rules)]
    if left and rest:
        tally.not_reached.append(f"{what} => {rest[0]}")
    elif left:
        tally.other.append(f"{what} => {line(left[0])}")


def _alarm(oracle: Oracle, wanted: str, again: t.Any, what: str, tally: Tally) -> None:
    """A mutant that differs from its own dump: libvirt ignores a part of it, or a table is wrong."""
    tally.alarms.append(what)
    handler = oracle.handler
    if not handler.redefines:
        tally.changed.append(what)
        return
    applied = oracle.stores(wanted, handler.text(again.document))
    if applied is not None:
        left = compare(document(wanted), document(applied), handler.rules)
        tally.changed += [f"{what} => {line(left[0])}"] if left else []


def run_kind(
    host: Host,
    handler: Handler,
    originals: list[tuple[str, str]],
    *,
    each: int,
    seed: int,
    until: float,
    remember: bool,
) -> dict[str, Tally]:
    """Mutate the documents of one kind, pairs of what was given and what libvirt stored; two tallies.

    ``until``: a monotonic time after which no further document is begun. ``remember``: use records, where there are
    any.
    """
    oracle, schema = Oracle(host, handler), Schema(handler.noun)
    trees = []
    for given, stored in originals:
        tree = document(given)
        trees.append(Original(tree, stored, handler.record(tree, document(stored)) if remember else None))
    garden, chance = Garden(one.given for one in trees), random.Random(seed)
    tallies = {"realistic": Tally(), "nonsense": Tally()}
    chance.shuffle(trees)
    for original in trees:
        if time.monotonic() > until:
            break
        if oracle.stores(original.stored) is None:
            # libvirt refuses its own dump: nothing can be laid over it.
            continue
        for _number in range(each):
            mutant, what = garden.mutate(original.given, chance)
            examine(oracle, original, mutant, what, tallies["realistic" if schema.describes(mutant) else "nonsense"])
    return tallies


def table(results: dict[str, dict[str, Tally]]) -> list[list[str]]:
    """The figures, a row each; the first is the head."""
    head = [
        "kind",
        "mutants",
        "",
        "defined",
        "kept",
        "real",
        "missed",
        "",
        "fixed",
        "taken",
        "refused",
        "other",
        "reached",
    ]
    rows = [[*head, "as fresh", "moved", "exact", "additions", "wrong", "", "alarms", "changed", "killed"]]
    for kind, tallies in results.items():
        for name, tally in tallies.items():
            judged = sum(tally.predictions.values())
            reached = judged - len(tally.not_reached)
            rows.append(
                [
                    kind,
                    name,
                    *map(str, (tally.mutants, tally.accepted, len(tally.kept), tally.real, len(tally.missed))),
                    _share(len(tally.missed), tally.real),
                    *map(str, map(len, (tally.fixed, tally.taken, tally.refused, tally.not_reached))),
                    _share(reached, tally.applied),
                    _share(reached - len(tally.other), tally.applied),
                    str(len(tally.moved)),
                    *(str(tally.predictions.get(verdict, 0)) for verdict in ("exact", "additions", "wrong")),
                    _share(judged - tally.predictions.get("wrong", 0), judged),
                    *(str(len(found)) for found in (tally.alarms, tally.changed, tally.killed)),
                ]
            )
    return rows


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
