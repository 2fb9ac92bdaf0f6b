# SPDX-License-Identifier: GPL-3.0-or-later

"""Which element of one document is which of another, and what differs: docs/dev/engine.md tells of it."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import typing as t

from .document import MASK, MASK_CHANGED, Element, compact, etree, hide, join, namespace, tag_name, value
from .tables import Rules, round_up, size_bytes

Key = tuple[t.Optional[str], ...]

POSITION = "#"
CONTENT = "="
SAME_NUMBER = "~"
_UNKEYED = (("=",), ("#",))


class Pair(t.NamedTuple):
    left: Element | None
    right: Element | None
    ambiguous: bool = False


def children(element: Element) -> dict[str, list[Element]]:
    """The children by tag."""
    groups: dict[str, list[Element]] = {}
    for child in element:
        groups.setdefault(tag_name(child.tag), []).append(child)
    return groups


def pairs(left: list[Element], right: list[Element], path: str, rules: Rules) -> list[Pair]:
    """Match the elements at a tag path: those in both, in the order of ``right``, left only, right only."""
    if len(left) == 1 and len(right) == 1 and rules.key(path) is None:
        return [Pair(left[0], right[0])]
    matched: dict[int, tuple[Element, bool]] = {}
    free = list(left)
    # What lacks its key is at least the same as what says the same.
    for alternative in (*(rules.key(path) or _UNKEYED), (CONTENT,)):
        wanting = [(number, element) for number, element in enumerate(right) if number not in matched]
        if not free or not wanting:
            break
        found = _matches(free, wanting, alternative, path, rules)
        matched.update({number: (element, ambiguous) for number, element, ambiguous in found})
        taken = {id(element) for _number, element, _ambiguous in found}
        free = [other for other in free if id(other) not in taken]
    both = [Pair(matched[number][0], right[number], matched[number][1]) for number in sorted(matched)]
    gone = [Pair(element, None) for element in free]
    new = [Pair(None, element) for number, element in enumerate(right) if number not in matched]
    return both + gone + new


def _matches(
    free: list[Element], wanting: list[tuple[int, Element]], alternative: tuple[str, ...], path: str, rules: Rules
) -> list[tuple[int, Element, bool]]:
    """What one alternative matches: number on the right, element on the left, ambiguous."""
    have: dict[Key, list[Element]] = {}
    want: dict[Key, list[int]] = {}
    for position, element in enumerate(free):
        key = _key(element, position, alternative, path, rules)
        if key is not None:
            have.setdefault(key, []).append(element)
    for position, (number, element) in enumerate(wanting):
        key = _key(element, position, alternative, path, rules)
        if key is not None and not _identified(element, alternative, path, rules):
            want.setdefault(key, []).append(number)
    found = []
    for key, numbers in want.items():
        elements = have.get(key, [])
        same = len(elements) == len(numbers)
        if same or SAME_NUMBER not in alternative:
            ambiguous = not same and alternative != (CONTENT,)
            found += [(number, element, ambiguous) for number, element in zip(numbers, elements)]
    return found


def _identified(element: Element, alternative: tuple[str, ...], path: str, rules: Rules) -> bool:
    return any(part not in alternative and value(element, part[1:]) is not None for part in identities(path, rules))


def identities(path: str, rules: Rules) -> list[str]:
    return [part for alternative in rules.key(path) or () for part in alternative if part[0] == "!"]


def _key(element: Element, position: int, alternative: tuple[str, ...], path: str, rules: Rules) -> Key | None:
    if alternative == (POSITION,):
        return (str(position),)
    if alternative == (CONTENT,):
        return (content(element, path, rules),)
    key: list[str | None] = []
    for part in alternative:
        if part == SAME_NUMBER:
            continue
        name = part.lstrip("?!")
        found = value(element, name)
        if found is None and part[0] != "?":
            return None
        key.append(None if found is None else _normal(element, path, name, found, rules))
    return tuple(key)


def _normal(element: Element, path: str, name: str, found: str, rules: Rules) -> str:
    tags = key_path(path, name)
    sized = rules.size(tags.removesuffix("@."))
    if sized is not None:
        unit = value(element, f"{name.partition('@')[0]}@unit")
        with contextlib.suppress(ValueError):
            return str(round_up(size_bytes(found, unit, sized[0]), sized[1]))
    return rules.normal(tags, found)


def key_path(path: str, part: str) -> str:
    if part.startswith(("@", ".")):
        return path + ("@." if part == "." else part)
    return join(path, part) + ("" if "@" in part else "@.")


def content(element: Element, path: str, rules: Rules) -> str:
    """All that an element says, in normal form and in order."""
    parts = [tag_name(element.tag)]
    parts += sorted(f"@{name}={rules.normal(f'{path}@{name}', found)}" for name, found in element.attrib.items())
    if (element.text or "").strip():
        parts.append(rules.normal(f"{path}@.", element.text))
    parts += [content(child, join(path, tag_name(child.tag)), rules) for child in element]
    return "(" + " ".join(parts) + ")"


def sequence(parent: Element, path: str, rules: Rules) -> list[Element]:
    tags = rules.mixed.get(path, ())
    return [child for child in parent if tag_name(child.tag) in tags]


def label(element: Element, path: str, rules: Rules, position: int, several: bool) -> str:
    """The words between the brackets of a path; empty where it needs none."""
    alternatives = rules.key(path)
    if alternatives is None:
        return str(position + 1) if several else ""
    for alternative in alternatives:
        if alternative in ((POSITION,), (CONTENT,)):
            continue
        # What may be missing beside an identity is no part of the name.
        has_identity = any(part[0] == "!" for part in alternative)
        named = tuple(part for part in alternative if part[0] != "?" or not has_identity)
        key = _key(element, position, named, path, rules)
        words = [word for word in key or () if word]
        if words:
            return ",".join(words)
    return str(position + 1) if several else ""


@dataclasses.dataclass(frozen=True)
class Unit:
    """What libvirt changes as one. left: as it runs; right: as it is stored."""

    tags: str
    words: str
    left: Element | None
    right: Element | None


@dataclasses.dataclass(frozen=True)
class Difference:
    """One thing that is not the same, at a path for people and at one for tables."""

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
        return Place(f"{self.tags}@{name}", join(self.words, f"@{name}"), self.unit) if name else self

    @property
    def value_tags(self) -> str:
        return self.tags if "@" in self.tags else f"{self.tags}@."


class Report:
    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.differences: list[Difference] = []

    def value(self, place: Place, before: str | None, after: str | None) -> None:
        secret = self.rules.is_secret(place.value_tags)
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

    def order(self, place: Place, tags: str, group: list[Element], before: list[Element], after: list[Element]) -> None:
        """Another order of what is on both sides. group: all that is on the left."""
        rank = {id(element): number for number, element in enumerate(group)}
        names = [[label(one, tags, self.rules, rank[id(one)], True) for one in side] for side in (before, after)]
        self._turns(place, tags.rpartition("/")[2], tags, *names)

    def mixed(self, place: Place, before: list[Element], after: list[Element]) -> None:
        """Tags that take turns in another way, where nothing came or went."""
        left, right = ([tag_name(element.tag) for element in side] for side in (before, after))
        if left != right and sorted(left) == sorted(right):
            self._turns(place, "+".join(sorted(set(left))), join(place.tags, left[0]), left, right)

    def _turns(self, place: Place, name: str, tags: str, before: list[str], after: list[str]) -> None:
        self.differences.append(Difference(join(place.words, name), ", ".join(before), ", ".join(after), tags))


def _told(element: Element) -> str:
    """An element for people: its text where that is all it has."""
    text = (element.text or "").strip()
    return text if text and not len(element) and not element.attrib else compact(element)


def said(element: Element, name: str) -> str | None:
    """An attribute, or the text for an empty name, which blanks are not."""
    text: str | None = element.get(name) if name else element.text
    return text if name or (text or "").strip() else None


def same(before: str | None, after: str | None, where: Place, rules: Rules) -> bool:
    if before is None or after is None:
        return before is after
    return before == after or rules.normal(where.value_tags, before) == rules.normal(where.value_tags, after)


def placed(
    left: list[Element], right: list[Element], tags: str, place: Place, rules: Rules
) -> list[tuple[Pair, Place]]:
    """As ``pairs``, each with where it is."""
    several = max(len(left), len(right)) > 1
    return [
        (pair, place.child(pair.right if pair.left is None else pair.left, tags, rules, number, several))
        for number, pair in enumerate(pairs(left, right, tags, rules))
    ]


def size_of(element: Element, name: str, default_unit: str) -> tuple[int | None, str]:
    """A size in bytes (None where it is none) and as people read it."""
    number = (element.get(name, "") if name else element.text or "").strip()
    unit = element.get("unit")
    shown = f"{number} {unit or default_unit}"
    try:
        return size_bytes(number, unit, default_unit), shown
    except ValueError:
        return None, shown


def same_size(left: Element, right: Element, name: str, tags: str, rules: Rules) -> bool:
    default, rounding = rules.size(tags) or ("B", "B")
    sizes = [size_of(element, name, default)[0] for element in (left, right)]
    if sizes[0] is None or sizes[1] is None:
        return (left.get(name) if name else left.text) == (right.get(name) if name else right.text)
    return round_up(sizes[0], rounding) == round_up(sizes[1], rounding)


def sized(element: Element, tags: str, rules: Rules) -> list[str]:
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
    return Place(join(place.tags, tag_name(element.tag)), join(place.words, etree.QName(element).localname))


def order_of(both: list[Element], side: list[Element]) -> list[Element]:
    """These elements in the order in which they stand in ``side``."""
    wanted = {id(element) for element in both}
    return [element for element in side if id(element) in wanted]


def compare(before: Element, after: Element, rules: Rules) -> list[Difference]:
    report = Report(rules)
    _Walk(rules, report, aside=False).element(before, after, Place())
    return report.differences


def pending(stored: Element, live: Element, rules: Rules) -> list[Difference]:
    """What a restart would change: ``before`` runs, ``after`` is stored."""
    report = Report(rules)
    _Walk(rules, report, aside=True).element(live, stored, Place())
    return report.differences


class _Walk:
    """``aside``: left runs, right is stored, and what differs by nature is left out."""

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

    def _by_nature(self, where: Place, context: Element, text: str | None) -> bool:
        return self.aside and self.rules.fit("live_only", where.value_tags, text or "", context) is not None

    def _set_aside(self, tags: str, context: Element, left: Element | None, right: Element | None) -> bool:
        tables = ("expanded", "live_only") if right is None else ("expanded",)
        one = right if left is None else left
        return self.aside and any(self.rules.fit_element(table, tags, one, context) for table in tables)

    def _size(self, left: Element, right: Element, name: str, place: Place) -> None:
        where = place.attribute(name)
        if same_size(left, right, name, where.tags, self.rules):
            return
        default = (self.rules.size(where.tags) or ("B", "B"))[0]
        shown = [
            None if said(element, name) is None else size_of(element, name, default)[1] for element in (left, right)
        ]
        if not self._by_nature(where, right, shown[0]):
            self.report.value(where, *shown)

    def _value(self, left: Element, right: Element, name: str, place: Place) -> None:
        where, before, after = place.attribute(name), said(left, name), said(right, name)
        if not same(before, after, where, self.rules) and not self._by_nature(where, right, before):
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
            group = placed(ours.get(tag, []), theirs.get(tag, []), tags, place, self.rules)
            for pair, found in group:
                if self._set_aside(tags, right, pair.left, pair.right):
                    continue
                unit = Unit(tags, found.words, pair.left, pair.right) if self.rules.has("units", tags) else found.unit
                where = dataclasses.replace(found, unit=unit)
                if pair.left is not None and pair.right is not None:
                    self.element(pair.left, pair.right, where)
                elif self.aside and self.rules.has("groups", tags):
                    sides = [etree.Element(tag) if side is None else side for side in pair[:2]]
                    self.element(sides[0], sides[1], where)
                else:
                    self.report.element(where, pair.left, pair.right)
            if self.rules.has("ordered", tags):
                both = {id(pair.right): pair.left for pair, _where in group if pair.left is not None}
                wanted = [both[id(element)] for element in theirs.get(tag, []) if id(element) in both]
                have = order_of(wanted, ours.get(tag, []))
                if have != wanted:
                    self.report.order(place, tags, ours.get(tag, []), have, wanted)
        self.report.mixed(place, sequence(left, place.tags, self.rules), sequence(right, place.tags, self.rules))

    def _foreign(self, left: Element, right: Element, place: Place) -> None:
        ours, theirs = by_namespace(left), by_namespace(right)
        for uri in dict.fromkeys([*ours, *theirs]):
            sides = (ours.get(uri), theirs.get(uri))
            where = foreign_place(place, *(element for element in sides if element is not None))
            left_says, right_says = (one is not None and content(one, where.tags, self.rules) for one in sides)
            if left_says != right_says:
                self.report.element(where, *sides)
