# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between two documents that libvirt wrote."""

from __future__ import annotations

import copy
import dataclasses
import typing as t

from .align import children, content, label, pairs, sequence
from .document import MASK, MASK_CHANGED, Element, compact, etree, hide, join, namespace, tag_name
from .tables import Rules
from .values import round_up, size_bytes


@dataclasses.dataclass(frozen=True)
class Unit:
    """What libvirt changes as one while the object runs, such as a device. left: as it runs; right: as it is stored."""

    tags: str
    words: str
    left: Element | None
    right: Element | None


@dataclasses.dataclass(frozen=True)
class Difference:
    """One thing that is not the same.

    path: for people (``devices/disk[vda]/driver/@cache``); tags: for tables (``devices/disk/driver@cache``). before,
    after: a value, a size with its unit, an element as compact XML, or None; secrets are asterisks. secret: whether one
    is there. whole: whether it is an element rather than a value. unit: that of ``pending()`` in which it lies.
    """

    path: str
    before: str | None
    after: str | None
    tags: str
    secret: bool = False
    whole: bool = False
    unit: Unit | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a walk is: in tags for tables, in words for people."""

    tags: str = ""
    words: str = ""
    unit: Unit | None = None

    def child(self, element: Element, tags: str, rules: Rules, position: int, several: bool) -> Place:
        name = label(element, tags, rules, position, several)
        step = tags.rpartition("/")[2] + (f"[{name}]" if name else "")
        return Place(tags, join(self.words, step), self.unit)

    def attribute(self, name: str) -> Place:
        return Place(f"{self.tags}@{name}", f"{self.words}/@{name}" if self.words else f"@{name}", self.unit)


class Report:
    """Collects differences without secrets."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.differences: list[Difference] = []

    def value(self, place: Place, before: str | None, after: str | None) -> None:
        tags = place.tags if "@" in place.tags else place.tags + "@."
        secret = self.rules.is_secret(tags)
        if secret:
            both = before is not None and after is not None
            before = None if before is None else MASK
            after = None if after is None else MASK_CHANGED if both else MASK
        self.differences.append(Difference(place.words, before, after, place.tags, secret, unit=place.unit))

    def element(self, place: Place, before: Element | None, after: Element | None) -> None:
        shown, secret = [], False
        for element in (before, after):
            hidden = None if element is None else copy.deepcopy(element)
            if hidden is not None:
                secret = hide(hidden, place.tags, self.rules) or secret
            shown.append(None if hidden is None else _told(hidden))
        self.differences.append(Difference(place.words, shown[0], shown[1], place.tags, secret, True, place.unit))

    def order(self, place: Place, before: list[str], after: list[str]) -> None:
        told = ", ".join(before), ", ".join(after)
        self.differences.append(Difference(place.words, *told, place.tags, unit=place.unit))

    def mixed(self, before: list[Element], after: list[Element], place: Place) -> None:
        """Whether the tags of a list take turns alike, where nothing came or went."""
        tags = [[tag_name(element.tag) for element in side] for side in (before, after)]
        if tags[0] != tags[1] and sorted(tags[0]) == sorted(tags[1]):
            self.order(Place(join(place.tags, tags[0][0]), join(place.words, "+".join(sorted(set(tags[0]))))), *tags)


def _told(element: Element) -> str:
    """An element for people: its text where that is all it has."""
    said = (element.text or "").strip()
    return said if said and not len(element) and not element.attrib else compact(element)


def size_of(element: Element, name: str, default_unit: str) -> tuple[int | None, str]:
    """A size in bytes (None where it is none) and as people read it. ``name``: an attribute, or empty for the text."""
    number = (element.get(name, "") if name else element.text or "").strip()
    unit = element.get("unit")
    shown = f"{number} {unit or default_unit}"
    try:
        return size_bytes(number, unit, default_unit), shown
    except ValueError:
        return None, shown


def same_size(left: Element, right: Element, name: str, tags: str, rules: Rules) -> bool:
    """Whether two elements hold the same size, in whatever unit."""
    default, rounding = rules.size(tags) or ("B", "B")
    sizes = [size_of(element, name, default)[0] for element in (left, right)]
    if sizes[0] is None or sizes[1] is None:
        return (left.get(name) if name else left.text) == (right.get(name) if name else right.text)
    return round_up(sizes[0], rounding) == round_up(sizes[1], rounding)


def sized(element: Element, tags: str, rules: Rules) -> list[str]:
    """The names of an element's sizes; empty for its text."""
    names = [""] if rules.size(tags) and (element.text or "").strip() else []
    return names + [name for name in element.attrib if rules.size(f"{tags}@{name}")]


def by_namespace(parent: Element) -> dict[str, Element]:
    """The first child of each namespace: libvirt keeps no other."""
    found: dict[str, Element] = {}
    for child in parent:
        if namespace(child):
            found.setdefault(namespace(child), child)
    return found


def foreign_place(place: Place, element: Element, *_same: Element) -> Place:
    """The place of another tool's element; people see no namespace."""
    return Place(join(place.tags, tag_name(element.tag)), join(place.words, etree.QName(element).localname))


def order_of(both: list[Element], side: list[Element]) -> list[Element]:
    """The elements of ``both`` in the order in which they stand in ``side``."""
    wanted = {id(element) for element in both}
    return [element for element in side if id(element) in wanted]


def compare(before: Element, after: Element, rules: Rules) -> list[Difference]:
    """What differs between two dumps in more than spelling."""
    report = Report(rules)
    _Walk(rules, report, aside=False).element(before, after, Place())
    return report.differences


def pending(stored: Element, live: Element, rules: Rules) -> list[Difference]:
    """What a restart would change: ``before`` runs, ``after`` is stored. What differs by nature is no difference."""
    report = Report(rules)
    _Walk(rules, report, aside=True).element(live, stored, Place())
    return report.differences


class _Walk:
    """A comparison. ``aside``: left runs, right is stored, and what differs by nature is left out."""

    def __init__(self, rules: Rules, report: Report, aside: bool) -> None:
        self.rules = rules
        self.report = report
        self.aside = aside

    def element(self, left: Element, right: Element, place: Place) -> None:
        sizes = list(dict.fromkeys(sized(left, place.tags, self.rules) + sized(right, place.tags, self.rules)))
        for name in sizes:
            self._size(left, right, name, place)
        for name in dict.fromkeys([*left.attrib, *right.attrib]):
            if name not in sizes and not (sizes and name == "unit"):
                self._value(left, right, name, place)
        if "" not in sizes:
            self._value(left, right, "", place)
        self._children(left, right, place)

    def _by_nature(self, tags: str, context: Element, text: str) -> bool:
        return self.aside and any(
            row.fits_text(text) and row.holds(context) for row in self.rules.rows("live_only", tags)
        )

    def _set_aside(self, tags: str, context: Element, left: Element | None, right: Element | None) -> bool:
        tables = ("expanded", "live_only") if right is None else ("expanded",)
        one = right if left is None else left
        return self.aside and any(
            row.fits_element(one) and row.holds(context) for table in tables for row in self.rules.rows(table, tags)
        )

    def _size(self, left: Element, right: Element, name: str, place: Place) -> None:
        where = place.attribute(name) if name else place
        if same_size(left, right, name, where.tags, self.rules):
            return
        default = (self.rules.size(where.tags) or ("B", "B"))[0]
        shown = [
            size_of(element, name, default)[1] if (name in element.attrib if name else element.text) else None
            for element in (left, right)
        ]
        if not self._by_nature(where.tags if name else place.tags + "@.", right, shown[0] or ""):
            self.report.value(where, shown[0], shown[1])

    def _value(self, left: Element, right: Element, name: str, place: Place) -> None:
        where = place.attribute(name) if name else place
        tags = where.tags if name else place.tags + "@."
        before, after = (element.get(name) if name else _text(element) for element in (left, right))
        if before == after:
            return
        if before is not None and after is not None:
            if self.rules.normal(tags, before) == self.rules.normal(tags, after):
                return
        if not self._by_nature(tags, right, before or ""):
            self.report.value(where, before, after)

    def _children(self, left: Element, right: Element, place: Place) -> None:
        if self.rules.has("opaque", place.tags):
            self._foreign(left, right, place)
            return
        ours, theirs = children(left), children(right)
        for tag in dict.fromkeys([*ours, *theirs]):
            tags = join(place.tags, tag)
            if self.rules.has("measured", tags):
                continue
            group = pairs(ours.get(tag, []), theirs.get(tag, []), tags, self.rules)
            several = max(len(ours.get(tag, [])), len(theirs.get(tag, []))) > 1
            for number, pair in enumerate(group):
                one = pair.left if pair.left is not None else pair.right
                where = place.child(one, tags, self.rules, number, several)
                if self._set_aside(tags, right, pair.left, pair.right):
                    continue
                if self.rules.has("units", tags):
                    where = dataclasses.replace(where, unit=Unit(tags, where.words, pair.left, pair.right))
                if pair.left is not None and pair.right is not None:
                    self.element(pair.left, pair.right, where)
                elif self.aside and self.rules.has("groups", tags):
                    sides = [etree.Element(tag) if side is None else side for side in pair[:2]]
                    self.element(sides[0], sides[1], where)
                else:
                    self.report.element(where, pair.left, pair.right)
            if self.rules.has("ordered", tags):
                self._order(ours.get(tag, []), theirs.get(tag, []), group, place, tags)
        self.report.mixed(sequence(left, place.tags, self.rules), sequence(right, place.tags, self.rules), place)

    def _foreign(self, left: Element, right: Element, place: Place) -> None:
        ours, theirs = by_namespace(left), by_namespace(right)
        for uri in dict.fromkeys([*ours, *theirs]):
            sides = (ours.get(uri), theirs.get(uri))
            where = foreign_place(place, *(element for element in sides if element is not None))
            said = [None if element is None else content(element, where.tags, self.rules) for element in sides]
            if said[0] != said[1]:
                self.report.element(where, *sides)

    def _order(self, ours: list[Element], theirs: list[Element], group: list[t.Any], place: Place, tags: str) -> None:
        both = [pair for pair in group if pair.left is not None and pair.right is not None]
        left = order_of([pair.left for pair in both], ours)
        partner = {id(pair.right): pair.left for pair in both}
        wanted = [partner[id(element)] for element in order_of([pair.right for pair in both], theirs)]
        if any(one is not other for one, other in zip(left, wanted)):
            where = Place(tags, join(place.words, tags.rpartition("/")[2]))
            rank = {id(element): number for number, element in enumerate(ours)}
            names = [
                [label(element, tags, self.rules, rank[id(element)], True) for element in side]
                for side in (left, wanted)
            ]
            self.report.order(where, names[0], names[1])


def _text(element: Element) -> str | None:
    text = element.text or ""
    return text if text.strip() else None
