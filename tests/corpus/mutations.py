# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Change one thing in documents that define, and see whether the engine notices, with a fresh define as the oracle.

Of each document of DIR some mutants are made: an attribute or element removed, a value replaced, an attribute or
element added that other documents have at that place. What libvirt stores for a mutant that it takes is compared with
what it stores for the original. Two figures come out: *missed*, the share of the real changes of which the overlay of
the mutant on the original's dump says nothing; and *alarms*, the share of mutants that differ from their own dump. A
mutant is applied to the original's dump as well: *unsettled* is where it then still differs, and what libvirt has is
compared with the fresh define.
Some mutants kill libvirtd 9.0: never point this at a libvirt that anyone needs.
"""

from __future__ import annotations

import argparse
import collections
import copy
import dataclasses
import json
import pathlib
import random
import sys
import typing as t

import libvirt
from lxml import etree
from objects import KINDS, Handler, standing_aside
from retarget import variants
from run import connection, line

from plugins.module_utils._xml.compare import Difference, compare
from plugins.module_utils._xml.document import DocumentError, parse, serialise
from plugins.module_utils._xml.overlay import overlay

KINDS_OF_MUTANTS = ("domain", "network", "pool", "secret", "nwfilter", "interface")
IDENTITY = frozenset({"domain/name", "domain/uuid", "secret/uuid", "filter@name", "filter/uuid", "interface@name"})
"""What tells one object from another: a mutant of it would be another object."""


@dataclasses.dataclass
class Tally:
    """The figures of one kind."""

    mutants: int = 0
    accepted: int = 0
    real: int = 0
    missed: list[str] = dataclasses.field(default_factory=list)
    alarms: list[str] = dataclasses.field(default_factory=list)
    changed: list[str] = dataclasses.field(default_factory=list)
    failed: list[str] = dataclasses.field(default_factory=list)
    other: list[str] = dataclasses.field(default_factory=list)
    unsettled: list[str] = dataclasses.field(default_factory=list)


class Garden:
    """What the documents hold at each place: the material of mutations."""

    def __init__(self, trees: t.Iterable[t.Any]) -> None:
        self.values: dict[str, list[str]] = collections.defaultdict(list)
        self.parts: dict[str, list[t.Any]] = collections.defaultdict(list)
        for tree in trees:
            for element in tree.iter(etree.Element):
                where = place(element)
                for name, content in element.attrib.items():
                    self.values[f"{where}@{name}"].append(content)
                    self.parts[where].append((name, content))
                if (element.text or "").strip():
                    self.values[where].append(element.text)
                self.parts[where].extend(element)

    def mutate(self, tree: t.Any, chance: random.Random) -> tuple[t.Any, str] | None:
        """A copy of a document with one thing changed, and what that was; None where nothing came of it."""
        mutant = copy.deepcopy(tree)
        element = chance.choice(list(mutant.iter(etree.Element)))
        where = place(element)
        kind = chance.choice(("drop attribute", "drop element", "value", "value", "add"))
        if kind == "drop attribute" and element.attrib:
            name = chance.choice(list(element.attrib))
            del element.attrib[name]
            return mutant, f"- {where}@{name}"
        if kind == "drop element" and element is not mutant:
            text = etree.tostring(element, encoding="unicode", with_tail=False)
            element.getparent().remove(element)
            return mutant, f"- {where}: {text[:80]}"
        if kind == "value":
            return self._replace(mutant, element, where, chance)
        if kind == "add" and self.parts[where]:
            return self._add(mutant, element, where, chance)
        return None

    def _replace(self, mutant: t.Any, element: t.Any, where: str, chance: random.Random) -> tuple[t.Any, str] | None:
        names = [*element.attrib] + ([""] if (element.text or "").strip() else [])
        if not names or where in IDENTITY:
            return None
        name = chance.choice(names)
        if f"{where}@{name}" in IDENTITY:
            return None
        before = element.get(name) if name else element.text
        after = chance.choice(self.values[f"{where}@{name}" if name else where])
        if before == after:
            return None
        if name:
            element.set(name, after)
        else:
            element.text = after
        return mutant, f"~ {where}@{name or '.'}: {before} -> {after}"

    def _add(self, mutant: t.Any, element: t.Any, where: str, chance: random.Random) -> tuple[t.Any, str] | None:
        part = chance.choice(self.parts[where])
        if isinstance(part, tuple):
            if part[0] in element.attrib:
                return None
            element.set(*part)
            return mutant, f"+ {where}@{part[0]}={part[1]}"
        if part.tag in ("name", "uuid"):
            return None
        element.append(copy.deepcopy(part))
        return mutant, f"+ {where}: {etree.tostring(part, encoding='unicode', with_tail=False)[:80]}"


def place(element: t.Any) -> str:
    """The tag path of an element, with the root."""
    tags = [element.tag] + [ancestor.tag for ancestor in element.iterancestors()]
    return "/".join(reversed(tags))


def matters(difference: Difference, handler: Handler) -> bool:
    """Whether a difference between two fresh defines is more than another random identity or address."""
    tags = difference.tags
    return not (handler.rules.has("sticky", tags) or "/address" in tags or tags in ("uuid", "os/nvram"))


def forget_made_up_macs(desired: t.Any, *dumps: t.Any) -> None:
    """Take the MAC addresses that libvirt made up out of dumps: those of another define are others."""
    for number, wanted in enumerate(desired.findall("devices/interface")):
        if wanted.find("mac") is None or not wanted.find("mac").get("address"):
            for dump in dumps:
                for mac in dump.findall("devices/interface")[number : number + 1]:
                    for element in mac.findall("mac"):
                        mac.remove(element)


def fresh(handler: Handler, document: str) -> str | None:
    """What libvirt stores for a document, or None where it refuses it."""
    try:
        handler.define(document)
        return handler.dump()
    except libvirt.libvirtError:
        if not handler.connection.isAlive():
            raise SystemExit("libvirt has died of a mutant: start the bed again, and take another seed") from None
        return None
    finally:
        handler.remove()


def examine(handler: Handler, original: str, mutant: t.Any, what: str, tally: Tally) -> None:
    """Judge one mutant."""
    tally.mutants += 1
    text = etree.tostring(mutant, encoding="unicode")
    wanted = fresh(handler, text)
    if wanted is None:
        return
    tally.accepted += 1
    rules = handler.rules
    desired, before, after = parse(text), parse(original), parse(wanted)
    forget_made_up_macs(desired, before, after)
    real = [difference for difference in compare(before, after, rules) if matters(difference, handler)]
    again = overlay(desired, parse(wanted), rules)
    if again.differences:
        tally.alarms.append(f"{what} => {line(again.differences[0])}")
        applied = reapply(handler, wanted, serialise(again.document))
        if applied is None:
            tally.failed.append(f"{what} => again: {line(again.differences[0])}")
        else:
            left = compare(parse(wanted), parse(applied), rules)
            tally.changed += [f"{what} => {line(left[0])}"] if left else []
    if not real:
        return
    tally.real += 1
    result = overlay(desired, before, rules)
    if not result.differences:
        tally.missed.append(f"{what} => {line(real[0])}")
        return
    applied = reapply(handler, original, serialise(result.document))
    if applied is None:
        tally.failed.append(f"{what} => {line(result.differences[0])}")
        return
    settled = overlay(desired, parse(applied), rules)
    if settled.differences and not again.differences:
        tally.unsettled.append(f"{what} => {line(settled.differences[0])}")
    left = [difference for difference in compare(after, parse(applied), rules) if matters(difference, handler)]
    if left:
        tally.other.append(f"{what} => {line(left[0])}")


def reapply(handler: Handler, stored: str, merged: str) -> str | None:
    """What libvirt has after a merged document was defined over a stored one; None where it refuses it."""
    try:
        handler.define(stored)
        handler.define(merged)
        return handler.dump()
    except libvirt.libvirtError:
        return None
    finally:
        handler.remove()


def main() -> int:
    """Run the mutations and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--uri", help="a libvirt that the bed has started")
    parser.add_argument("--kind", choices=KINDS_OF_MUTANTS, action="append")
    parser.add_argument("--each", type=int, default=5, help="mutants of each document (default 5)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the lists to this file")
    options = parser.parse_args()

    tallies: dict[str, Tally] = {}
    with connection(options.uri) as opened, standing_aside(opened):
        for kind in options.kind or KINDS_OF_MUTANTS:
            with KINDS[kind](opened) as handler:
                tallies[kind] = run_kind(handler, options)
    for kind, tally in tallies.items():
        print(
            f"{kind}: {tally.mutants} mutants, {tally.accepted} accepted, {tally.real} real changes;"
            f" missed {len(tally.missed)} ({100 * len(tally.missed) / max(1, tally.real):.1f} %),"
            f" alarms {len(tally.alarms)} ({100 * len(tally.alarms) / max(1, tally.accepted):.1f} %),"
            f" of them changed {len(tally.changed)}, define failed {len(tally.failed)},"
            f" unsettled {len(tally.unsettled)},"
            f" other than a fresh define {len(tally.other)} ({100 * len(tally.other) / max(1, tally.real):.1f} %)"
        )
    if options.json:
        lists = {kind: dataclasses.asdict(tally) for kind, tally in tallies.items()}
        options.json.write_text(json.dumps(lists, indent=1) + "\n", encoding="utf-8")
    return 0


def run_kind(handler: Handler, options: t.Any) -> Tally:
    """Mutate every document of one kind that defines."""
    originals = []
    for file in sorted((options.directory / handler.noun).rglob("*.xml")):
        for variant in variants(handler.noun, file.read_text(encoding="utf-8", errors="replace")):
            stored = fresh(handler, variant)
            if stored is not None:
                originals.append((variant, stored))
                break
    trees = []
    for variant, stored in originals:
        try:
            trees.append((parse(variant), stored))
        except DocumentError:
            continue
    garden, chance, tally = Garden(tree for tree, _stored in trees), random.Random(options.seed), Tally()
    for tree, stored in trees:
        for _number in range(options.each):
            made = garden.mutate(tree, chance)
            if made is not None:
                examine(handler, stored, *made, tally)
    return tally


if __name__ == "__main__":
    sys.exit(main())
