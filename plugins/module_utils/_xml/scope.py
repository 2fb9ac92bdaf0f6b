# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the converge.libvirt collection: it may change at any time.

"""Which parts of a document a task owns."""

from __future__ import annotations

import copy
import dataclasses
import typing as t

from .align import children, pairs
from .document import Element, join
from .tables import Rules


@dataclasses.dataclass(frozen=True)
class Scope:
    """The whole document, or some of its paths. All members are sets of tag paths, such as ``devices/disk``."""

    owned: frozenset[str] | None = None
    """What the task owns, with all below it; None: everything. An owned path that the desired tree lacks is removed."""
    at_least: frozenset[str] = frozenset()
    """Lists of which the task names some elements and leaves the others alone."""
    keep: frozenset[str] = frozenset()
    """What is left to someone else even within what is owned."""

    @classmethod
    def of(cls, paths: t.Iterable[str], at_least: t.Iterable[str] = (), keep: t.Iterable[str] = ()) -> Scope:
        """A scope that owns these paths."""
        return cls(frozenset(paths), frozenset(at_least), frozenset(keep))

    def owns(self, path: str) -> bool:
        """Whether everything at and below a path is the task's."""
        return _within(path, self.keep) is False and (self.owned is None or _within(path, self.owned))

    def fill(self, desired: Element, current: Element, rules: Rules) -> Element:
        """The desired document made whole: what the task does not own is taken from the current one.

        Afterwards nothing outside the scope can differ, and the guards of the tables see a complete document.
        """
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
                    elif pair.left is not None and (not mine or tags in self.at_least):
                        taken.append((place[id(pair.left)], self._rest(pair.left, tags)))
                    elif pair.left is None and not mine and ours.get(tag) and rules.key(tags) is None:
                        # One more of what is there once.
                        desired.remove(pair.right)
        # Lists whose tags take turns stay in the order in which libvirt has them.
        desired.extend(element for _number, element in sorted(taken, key=lambda one: one[0]))

    def _rest(self, current: Element, tags: str) -> Element:
        """A copy of an element that the desired tree lacks, without the parts of it that the task owns."""
        rest = copy.deepcopy(current)
        if not _within(tags, self.owned or frozenset()):
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
                    if tags not in self.at_least:
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
        """Whether something owned is below a path."""
        return any(other.startswith((path + "/", path + "@")) for other in self.owned or ())

    def _inside(self, path: str) -> bool:
        """Whether a rule of its own applies at or below an owned path."""
        return any(
            other == path or other.startswith((path + "/", path + "@"))
            for other in (*self.at_least, *self.keep, *(self.owned or ()))
        )


WHOLE = Scope()
"""Everything in the document is the task's."""


def _within(path: str, paths: t.Iterable[str]) -> bool:
    """Whether a path is one of ``paths`` or below it."""
    return any(path == other or path.startswith((other + "/", other + "@")) for other in paths)
