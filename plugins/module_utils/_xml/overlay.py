# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired document laid over the one that libvirt has: docs/dev/engine.md tells of it."""

from __future__ import annotations

import copy
import dataclasses
import re
import typing as t

from .compare import (
    Difference,
    Pair,
    Place,
    Report,
    by_namespace,
    children,
    compare,
    content,
    foreign_place,
    identities,
    order_of,
    pairs,
    pending,
    placed,
    said,
    same,
    same_size,
    sequence,
    size_of,
    sized,
)
from .document import Element, below, etree, find, join, tag_name, value
from .tables import Rules


@dataclasses.dataclass(frozen=True)
class Scope:
    """The tag paths that are the task's. owned: None for everything."""

    owned: frozenset[str] | None = None
    at_least: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        paths: t.Iterable[str],
        at_least: t.Iterable[str] = (),
        keep: t.Iterable[str] = (),
    ) -> Scope:
        return cls(frozenset(paths), frozenset(at_least), frozenset(keep))

    @classmethod
    def naming(cls, tree: Element, rules: Rules, keep: t.Iterable[str] = ()) -> Scope:
        owned: set[str] = set()
        lists: set[str] = set()
        _collect(tree, "", owned, lists, rules)
        return cls.of(owned, lists, keep)

    def owns(self, path: str) -> bool:
        return not _within(path, self.keep) and any(map(self._within, (path, f"{path}@.")))

    def _within(self, path: str) -> bool:
        return self.owned is None or _within(path, self.owned)

    def manages(self, each: Difference) -> bool:
        return self.owns(each.tags) and not (each.whole and each.after is None and each.tags in self.at_least)

    def leaves(self, path: str, element: Element) -> bool:
        return path in self.at_least

    def fill(self, desired: Element, current: Element, rules: Rules) -> Element:
        """The desired document, and what the task does not own as it is."""
        if self.owned is None and not self.at_least and not self.keep:
            return copy.deepcopy(desired)
        whole = copy.deepcopy(desired)
        self._fill(whole, copy.deepcopy(current), "", rules)
        return whole

    def _fill(self, desired: Element, current: Element, path: str, rules: Rules) -> None:
        owned = self._within(path)
        self._fill_attributes(desired, current, path, owned)
        ours, theirs = children(current), children(desired)
        place = {id(element): number for number, element in enumerate(current)}
        taken: list[tuple[int, Element]] = []
        for tag in dict.fromkeys([*ours, *theirs]):
            tags = join(path, tag)
            mine = owned or self._within(tags)
            if _within(tags, self.keep) or not (mine or self._leads_to(tags)):
                for element in theirs.get(tag, []):
                    desired.remove(element)
                taken += [(place[id(element)], element) for element in ours.get(tag, [])]
            elif not mine or self._inside(tags):
                for pair in pairs(ours.get(tag, []), theirs.get(tag, []), tags, rules):
                    if pair.left is not None and pair.right is not None:
                        self._fill(pair.right, pair.left, tags, rules)
                    elif pair.left is not None and (not mine or self.leaves(tags, pair.left)):
                        if not mine and tags not in self.at_least:
                            self._prune(pair.left, tags)
                        taken.append((place[id(pair.left)], pair.left))
                    elif pair.left is None and not mine and ours.get(tag) and rules.key(tags) is None:
                        # One more of what is there once.
                        desired.remove(pair.right)
        # Tags that take turns stay in libvirt's order.
        desired.extend(element for _number, element in sorted(taken, key=lambda one: one[0]))

    def _prune(self, element: Element, path: str) -> None:
        owned = self.owned or ()
        for name in list(element.attrib):
            if f"{path}@{name}" in owned:
                del element.attrib[name]
        if f"{path}@." in owned:
            element.text = None
        for tag, found in children(element).items():
            tags = join(path, tag)
            for child in [] if _within(tags, self.keep) else found:
                if not self._within(tags):
                    self._prune(child, tags)
                elif not self.leaves(tags, child):
                    element.remove(child)

    def _fill_attributes(self, desired: Element, current: Element, path: str, owned: bool) -> None:
        for name in dict.fromkeys([*current.attrib, *desired.attrib]):
            place = f"{path}@{name}"
            mine = (owned or place in (self.owned or ())) and place not in self.keep
            if not mine and name in current.attrib:
                desired.set(name, current.get(name))
            elif not mine:
                del desired.attrib[name]
        if not owned and f"{path}@." not in (self.owned or ()):
            desired.text = current.text

    def _leads_to(self, path: str) -> bool:
        return any(below(mine, path) for mine in self.owned or ())

    def _inside(self, path: str) -> bool:
        return any(below(mine, path) for mine in (*self.at_least, *self.keep, *(self.owned or ())))


WHOLE = Scope()


def _collect(element: Element, path: str, owned: set[str], lists: set[str], rules: Rules) -> None:
    owned.update(f"{path}@{name}" for name in element.attrib)
    if (element.text or "").strip() or not len(element):
        owned.add(f"{path}@.")
    for tag, found in children(element).items():
        tags = join(path, tag)
        if rules.key(tags) is not None:
            lists.add(tags)
        for child in found:
            _collect(child, tags, owned, lists, rules)


def _within(path: str, paths: t.Iterable[str]) -> bool:
    return any(below(path, other) for other in paths)


LITERAL = "="

Kept = list[tuple[Element, Place, bool]]
Removed = list[tuple[Element, Place]]

__all__ = ["LITERAL", "WHOLE", "Difference", "Overlay", "Scope", "compare", "overlay", "pending"]


@dataclasses.dataclass
class Overlay:
    document: Element
    differences: list[Difference]
    notes: list[str]


def overlay(
    desired: Element, current: Element, rules: Rules, scope: Scope = WHOLE, named: frozenset[str] = frozenset()
) -> Overlay:
    """Lay ``desired`` over libvirt's own dump. ``named``: paths that were desired before."""
    wanted = scope.fill(desired, current, rules)
    for rewrite in rules.rewrites:
        rewrite(wanted, current)
    document = copy.deepcopy(current)
    merge = _Merge(rules, Report(rules), named)
    merge.element(document, wanted, Place(), reset=False)
    for settle in rules.settlements:
        for kept, where in settle(document, wanted, merge.kept, merge.report.differences):
            merge.report.element(where, kept, None)
    return Overlay(document, merge.report.differences, merge.notes)


class _Merge:
    def __init__(self, rules: Rules, report: Report, named: frozenset[str]) -> None:
        self.rules = rules
        self.report = report
        self.named = named
        self.notes: list[str] = []
        self.kept: Kept = []

    def element(self, stored: Element, desired: Element, place: Place, reset: bool) -> None:
        """Make ``stored`` say what ``desired`` says. ``reset``: forget what libvirt had filled in but identity."""
        if not reset and _xml(stored) == _xml(desired):
            return
        reset = reset or self._turned(stored, desired, place)
        before = len(self.report.differences)
        sizes = list(dict.fromkeys(sized(stored, place.tags, self.rules) + sized(desired, place.tags, self.rules)))
        for name in sizes:
            self._size(stored, desired, name, place, reset)
        for name in dict.fromkeys([*desired.attrib, *stored.attrib]):
            if name not in sizes and not (sizes and name == "unit"):
                self._value(stored, desired, name, place, reset)
        if "" not in sizes:
            self._value(stored, desired, "", place, reset)
        if len(self.report.differences) > before:
            self._forget(stored, desired, place)
        self._children(stored, desired, place, reset, before)

    def _forget(self, stored: Element, desired: Element, place: Place) -> None:
        for name, text in desired.attrib.items():
            row = self.rules.fit("drop", f"{place.tags}@{name}", text, desired)
            if row is not None and row.guard and stored.get(name) == text:
                _set(stored, name, None)

    def _turned(self, stored: Element, desired: Element, place: Place) -> bool:
        for part in self.rules.discriminators.get(place.tags, ()):
            name, _blank, pattern = part.partition(" ")
            before, after = value(stored, name), value(desired, name)
            where, owner = _part(place, name), find(desired, name.partition("@")[0])
            if before is None or before == after:
                continue
            if after is None:
                if not self._is_auto(where, before, desired if owner is None else owner):
                    return True
                continue
            if same(before, after, where, self.rules) or self._is_loose(where, owner, after, before):
                continue
            if not pattern or _caught(pattern, before) != _caught(pattern, after):
                return True
        return False

    def _is_auto(self, where: Place, text: str, context: Element) -> bool:
        return where.words not in self.named and bool(self.rules.fit("auto", where.value_tags, text, context))

    def _is_loose(self, where: Place, context: Element, asked: str | None, stored: str | None) -> bool:
        change = f"{asked or ''} > {stored or ''}"
        return where.words + LITERAL not in self.named and bool(
            self.rules.fit("loose", where.value_tags, change, context)
        )

    def _is_dropped(self, tags: str, text: str, context: Element) -> bool:
        return self.rules.fit("drop", tags, text, context) is not None

    def _value(self, stored: Element, desired: Element, name: str, place: Place, reset: bool) -> None:
        where, before, asked = place.attribute(name), said(stored, name), said(desired, name)
        # What libvirt does not store is as good as not asked for.
        after = None if asked is None or self._is_dropped(where.value_tags, asked, desired) else asked
        if before == asked:
            if reset:
                _set(stored, name, after)
            return
        if same(before, after, where, self.rules):
            return
        if self._is_loose(where, desired, asked, before):
            if reset and after is None:
                _set(stored, name, None)
            return
        if after is None and before is not None and self._is_auto(where, before, desired):
            if reset and not self.rules.has("sticky", where.value_tags):
                _set(stored, name, None)
            return
        _set(stored, name, after)
        self.report.value(where, before, asked)

    def _size(self, stored: Element, desired: Element, name: str, place: Place, reset: bool) -> None:
        where = place.attribute(name)
        default = (self.rules.size(where.tags) or ("B", "B"))[0]
        before, after = (
            None if said(side, name) is None else size_of(side, name, default)[1] for side in (stored, desired)
        )
        if before is not None and after is not None and same_size(stored, desired, name, where.tags, self.rules):
            return
        if self._is_loose(where, desired, after, before):
            return
        if after is None and before is not None and self._is_auto(where, before, desired):
            if reset and not self.rules.has("sticky", where.value_tags):
                _set(stored, name, None)
            return
        _set(stored, name, said(desired, name))
        _set(stored, "unit", desired.get("unit"))
        self.report.value(where, before, after)

    def _children(self, stored: Element, desired: Element, place: Place, reset: bool, known: int) -> None:
        """Merge the children. ``known``: how many differences there were before this element."""
        if self.rules.has("opaque", place.tags):
            self._opaque(stored, desired, place)
            return
        ours, theirs = children(stored), children(desired)
        before = sequence(stored, place.tags, self.rules)
        for tag in dict.fromkeys([*theirs, *ours]):
            tags = join(place.tags, tag)
            changed = reset or len(self.report.differences) > known
            # Identities may match crosswise.
            if not (changed or identities(tags, self.rules)) and _xml(*ours.get(tag, [])) == _xml(*theirs.get(tag, [])):
                continue
            both: list[tuple[Element, Element]] = []
            last: Element | None = None
            for pair, where in placed(ours.get(tag, []), theirs.get(tag, []), tags, place, self.rules):
                one = pair.right if pair.left is None else pair.left
                if self.rules.fit_element("loose", tags, one, desired):
                    continue
                if pair.left is not None and pair.right is not None:
                    self._note(pair, where)
                    empty = self._is_empty(pair.left)
                    self.element(pair.left, pair.right, where, reset)
                    # A table may be wrong about another libvirt: what that has written stays until something changes.
                    changed = reset or len(self.report.differences) > known
                    if (changed and self.rules.fit_element("drop", tags, pair.right, desired)) or (
                        not empty and self._is_empty(pair.left) and not self.rules.has("flags", tags)
                    ):
                        stored.remove(pair.left)
                    else:
                        both.append((pair.left, pair.right))
                elif pair.left is not None:
                    self._missing(stored, pair.left, desired, where, reset)
                else:
                    last = self._added(stored, pair.right, desired, where, last)
                    if last is not None:
                        both.append((last, pair.right))
            if self.rules.has("ordered", tags):
                self._order(stored, both, ours.get(tag, []), place, tags)
        self._mix(stored, desired, before, place)

    def _note(self, pair: Pair, where: Place) -> None:
        names = " or ".join(part[1:] for part in identities(where.tags, self.rules))
        if pair.ambiguous and names:
            self.notes.append(f"{where.words} was told from similar elements by its order only: give it {names}")

    def _missing(self, stored: Element, child: Element, desired: Element, where: Place, reset: bool) -> None:
        rows = self.rules.rows("auto", where.tags)
        sticky = self.rules.has("sticky", where.tags)
        dropped = where.words in self.named
        if dropped and not any(row.fits_element(child) for row in self.rules.rows("settled", where.tags)):
            stored.remove(child)
            self.report.element(where, child, None)
            return
        if any(row.test == "*" and row.holds(desired) for row in rows):
            if reset and not sticky:
                stored.remove(child)
            return
        row = next((row for row in rows if row.fits_element(child) and row.holds(desired)), None)
        if rows and row is None:
            stored.remove(child)
            self.report.element(where, child, None)
            return
        # Where a settlement decides over an element, its parts are no question of their own.
        named = frozenset() if dropped else self.named
        trial, leftovers = copy.deepcopy(child), _Merge(self.rules, Report(self.rules), named)
        phantom = etree.SubElement(desired, child.tag)
        if row is not None:
            # The row vouches for the text, and for the attributes that its test looks at.
            phantom.text = child.text
            for name in row.names & set(child.attrib):
                phantom.set(name, child.get(name))
        stored.replace(child, trial)
        leftovers.element(trial, phantom, where, reset=False)
        desired.remove(phantom)
        explained = not leftovers.report.differences
        if row is None and (not explained or (self._is_empty(child) and self.rules.has("flags", where.tags))):
            stored.remove(trial)
            self.report.element(where, child, None)
        elif reset and not sticky:
            stored.remove(trial)
        else:
            self.report.differences += leftovers.report.differences
            self.kept.append((trial, where, dropped))

    def _added(
        self, stored: Element, child: Element, desired: Element, where: Place, after: Element | None
    ) -> Element | None:
        """Add an element, behind ``after`` or the last of its tag; None where libvirt would not store it."""
        if not self._says_something(child, where.tags, desired):
            return None
        added = copy.deepcopy(child)
        self._strip(added, child, where.tags)
        if after is None:
            after = next(stored.iterchildren(child.tag, reversed=True), None)
        if after is None:
            stored.append(added)
        else:
            after.addnext(added)
        self.report.element(where, None, added)
        return added

    def _strip(self, added: Element, child: Element, tags: str) -> None:
        for name, text in child.attrib.items():
            if self._is_dropped(f"{tags}@{name}", text, child):
                del added.attrib[name]
        for mine, theirs in zip(list(added), list(child)):
            path = join(tags, tag_name(theirs.tag))
            if self._says_something(theirs, path, child):
                self._strip(mine, theirs, path)
            else:
                added.remove(mine)

    def _says_something(self, element: Element, tags: str, parent: Element) -> bool:
        if self.rules.fit_element("drop", tags, element, parent):
            return False
        if self.rules.has("flags", tags):
            return True
        sizes = sized(element, tags, self.rules)
        for name in [*element.attrib, ""]:
            text = said(element, name)
            if text is None or (sizes and name == "unit"):
                continue
            if not self._is_dropped(f"{tags}@{name or '.'}", text, element):
                return True
        return any(self._says_something(child, join(tags, tag_name(child.tag)), element) for child in element)

    def _is_empty(self, element: Element) -> bool:
        return not len(element) and not element.attrib and not (element.text or "").strip()

    def _opaque(self, stored: Element, desired: Element, place: Place) -> None:
        ours = by_namespace(stored)
        for uri, theirs in by_namespace(desired).items():
            mine, where = ours.get(uri), foreign_place(place, theirs)
            if mine is not None and content(mine, where.tags, self.rules) == content(theirs, where.tags, self.rules):
                continue
            if mine is not None:
                stored.remove(mine)
            added = copy.deepcopy(theirs)
            stored.append(added)
            self.report.element(where, mine, added)

    def _order(
        self, stored: Element, both: list[tuple[Element, Element]], ours: list[Element], place: Place, tags: str
    ) -> None:
        """Put a list into the desired order; what only libvirt has keeps its place."""
        mine = {id(desired): element for element, desired in both}
        wanted = [mine[id(one)] for one in (both[0][1].getparent() if both else ()) if id(one) in mine]
        have = order_of(wanted, list(stored))
        if have == wanted:
            return
        rank = {id(element): number for number, element in enumerate(stored)}
        slots = [rank[id(element)] for element in have]
        for element in have:
            stored.remove(element)
        for slot, element in zip(slots, wanted):
            stored.insert(slot, element)
        known = set(ours)
        before = [element for element in have if element in known]
        if before != [element for element in wanted if element in known]:
            self.report.order(place, tags, wanted, before, wanted)

    def _mix(self, stored: Element, desired: Element, before: list[Element], place: Place) -> None:
        """Let several tags, each in order already, take turns as in the desired document."""
        wanted, have = sequence(desired, place.tags, self.rules), sequence(stored, place.tags, self.rules)
        self.report.mixed(place, before, wanted)
        turns = [element.tag for element in wanted]
        if sorted(turns) != sorted(element.tag for element in have):
            return
        left = children(stored)
        for element in have:
            stored.remove(element)
        for turn in turns:
            stored.append(left[tag_name(turn)].pop(0))


def _part(place: Place, name: str) -> Place:
    path, _at, attribute = name.partition("@")
    if path not in ("", "."):
        place = Place(join(place.tags, path), join(place.words, path))
    return place.attribute(attribute)


def _caught(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return match[1] if match else text


def _xml(*elements: Element) -> t.Any:
    return [etree.tostring(element, with_tail=False) for element in elements]


def _set(element: Element, name: str, text: str | None) -> None:
    if not name:
        element.text = text
    elif text is not None:
        element.set(name, text)
    elif name in element.attrib:
        del element.attrib[name]


def taken_over(document: Element, source: Element, differences: t.Iterable[Difference], rules: Rules) -> Element:
    """A copy of ``document`` that says what ``source`` says where these differences, of ``pending()``, are."""
    mine = list(differences)
    tags = {each.tags for each in mine if each.unit is None}
    # Values are taken as they stand: both documents are libvirt's own.
    plain = dataclasses.replace(rules, rewrites=(), settlements=())
    merged = overlay(source, document, plain, Scope.of(tags)).document if tags else copy.deepcopy(document)
    _take(merged, source, "", [each for each in mine if each.unit is not None], rules)
    return merged


def _take(document: Element, source: Element, path: str, differences: list[Difference], rules: Rules) -> None:
    ours, theirs = children(document), children(source)
    for tag in dict.fromkeys([*ours, *theirs]):
        tags = join(path, tag)
        here = [each for each in differences if below(each.tags, tags)]
        for pair in pairs(ours.get(tag, []), theirs.get(tag, []), tags, rules) if here else ():
            if rules.has("units", tags):
                _take_unit(document, pair.left, pair.right, [each for each in here if _meant(each, pair, rules)])
            elif pair.left is not None and pair.right is not None:
                _take(pair.left, pair.right, tags, here, rules)
            elif rules.has("groups", tags):
                mine = etree.SubElement(document, tag) if pair.left is None else pair.left
                _take(mine, etree.Element(tag) if pair.right is None else pair.right, tags, here, rules)
                if not len(mine) and not mine.attrib:
                    document.remove(mine)


def _meant(difference: Difference, pair: t.Any, rules: Rules) -> bool:
    unit = difference.unit
    if unit is None:
        return False
    sides = [content(one, unit.tags, rules) for one in pair[:2] if one is not None]
    return any(one is not None and content(one, unit.tags, rules) in sides for one in (unit.left, unit.right))


def _take_unit(parent: Element, mine: t.Any, theirs: t.Any, differences: list[Difference]) -> None:
    if not differences:
        return
    if mine is None:
        same = parent.findall(theirs.tag)
        added = copy.deepcopy(theirs)
        if same:
            same[-1].addnext(added)
        else:
            parent.append(added)
    elif theirs is None:
        parent.remove(mine)
    else:
        parent.replace(mine, grafted(mine, theirs, {part_of(each) for each in differences}))


def part_of(difference: Difference) -> str:
    """What of its unit a difference lies in: ``@attribute``, a child's tag, or empty for all."""
    inside = difference.tags[len(difference.unit.tags if difference.unit is not None else "") :]
    return inside if inside.startswith("@") else inside.lstrip("/").partition("/")[0].partition("@")[0]


def grafted(mine: Element, theirs: Element, parts: t.Collection[str]) -> Element:
    """A copy of ``mine`` with these parts as ``theirs`` has them; see ``part_of``."""
    if "" in parts:
        return copy.deepcopy(theirs)
    made = copy.deepcopy(mine)
    for part in sorted(parts):
        if part.startswith("@"):
            found = theirs.get(part[1:])
            if found is None:
                made.attrib.pop(part[1:], None)
            else:
                made.set(part[1:], found)
            continue
        for child in [one for one in made if tag_name(one.tag) == part]:
            made.remove(child)
        made.extend(copy.deepcopy(one) for one in theirs if tag_name(one.tag) == part)
    return made
