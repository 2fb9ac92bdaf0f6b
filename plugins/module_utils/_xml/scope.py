# SPDX-License-Identifier: GPL-3.0-or-later

"""Which parts of a document a task owns."""

from __future__ import annotations

import copy
import dataclasses
import typing as t

from .compare import Difference, children, pairs
from .document import Element, join
from .tables import Rules


@dataclasses.dataclass(frozen=True)
class Scope:
    """Tag paths, each with all below it. owned: what the task owns, or None for everything. at_least: lists whose other
    elements are left alone. keep: what is left to someone else.
    """

    owned: frozenset[str] | None = None
    at_least: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    #: Which elements of the at_least lists, by tag path and element, are removed where the task does not name them.
    only: t.Callable[[str, Element], bool] | None = None

    @classmethod
    def of(
        cls,
        paths: t.Iterable[str],
        at_least: t.Iterable[str] = (),
        keep: t.Iterable[str] = (),
        only: t.Callable[[str, Element], bool] | None = None,
    ) -> Scope:
        return cls(frozenset(paths), frozenset(at_least), frozenset(keep), only)

    @classmethod
    def naming(cls, tree: Element, rules: Rules, keep: t.Iterable[str] = ()) -> Scope:
        """A scope that owns what a document names."""
        owned: set[str] = set()
        lists: set[str] = set()
        _collect(tree, "", owned, lists, rules)
        return cls.of(owned, lists, keep)

    def owns(self, path: str) -> bool:
        """Whether everything at and below a path is the task's."""
        return _within(path, self.keep) is False and (self.owned is None or _within(path, self.owned))

    def manages(self, each: Difference) -> bool:
        """Whether a difference to what runs is the task's to end."""
        unit = each.unit
        if not self.owns(each.tags):
            return False
        if self.only is not None and unit is not None and unit.tags in self.at_least:
            return any(side is not None and self.only(unit.tags, side) for side in (unit.left, unit.right))
        return not (each.whole and each.after is None and each.tags in self.at_least)

    def _stays(self, path: str, element: Element) -> bool:
        """Whether an unnamed element stays in its list."""
        return path in self.at_least and not (self.only is not None and self.only(path, element))

    def fill(self, desired: Element, current: Element, rules: Rules) -> Element:
        """A copy of the desired document with what the task does not own as the current one has it."""
        if self.owned is None and not self.at_least and not self.keep:
            return copy.deepcopy(desired)
        whole = copy.deepcopy(desired)
        self._fill(whole, current, "", rules)
        return whole

    def _fill(self, desired: Element, current: Element, path: str, rules: Rules) -> None:
        owned = self.owned is None or _within(path, self.owned)
        self._fill_attributes(desired, current, path, owned)
        ours, theirs = children(current), children(desired)
        place = {id(element): number for number, element in enumerate(current)}
        taken: list[tuple[int, Element]] = []
        for tag in dict.fromkeys([*ours, *theirs]):
            tags = join(path, tag)
            mine = owned or self.owned is None or _within(tags, self.owned)
            if _within(tags, self.keep) or not (mine or self._leads_to(tags)):
                for element in theirs.get(tag, []):
                    desired.remove(element)
                taken += [(place[id(element)], copy.deepcopy(element)) for element in ours.get(tag, [])]
            elif not mine or self._inside(tags):
                for pair in pairs(ours.get(tag, []), theirs.get(tag, []), tags, rules):
                    if pair.left is not None and pair.right is not None:
                        self._fill(pair.right, pair.left, tags, rules)
                    elif pair.left is not None and (not mine or self._stays(tags, pair.left)):
                        taken.append((place[id(pair.left)], self._rest(pair.left, tags)))
                    elif pair.left is None and not mine and ours.get(tag) and rules.key(tags) is None:
                        # One more of what is there once.
                        desired.remove(pair.right)
        # Tags that take turns stay in libvirt's order.
        desired.extend(element for _number, element in sorted(taken, key=lambda one: one[0]))

    def _rest(self, current: Element, tags: str) -> Element:
        rest = copy.deepcopy(current)
        if tags not in self.at_least and not _within(tags, self.owned or frozenset()):
            self._prune(rest, tags)
        return rest

    def _prune(self, element: Element, path: str) -> None:
        for name in list(element.attrib):
            if f"{path}@{name}" in (self.owned or ()):
                del element.attrib[name]
        for tag, found in children(element).items():
            tags = join(path, tag)
            for child in found:
                if _within(tags, self.owned or frozenset()) and not _within(tags, self.keep):
                    if not self._stays(tags, child):
                        element.remove(child)
                else:
                    self._prune(child, tags)

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
        return any(other.startswith((path + "/", path + "@")) for other in self.owned or ())

    def _inside(self, path: str) -> bool:
        """Whether a rule applies at or below an owned path."""
        return any(
            other == path or other.startswith((path + "/", path + "@"))
            for other in (*self.at_least, *self.keep, *(self.owned or ()))
        )


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
    """Whether a path is one of ``paths`` or below it."""
    return any(path == other or path.startswith((other + "/", other + "@")) for other in paths)
