# SPDX-License-Identifier: GPL-3.0-or-later

"""A document read back as typed options: each takes out of it what it can say, and the rest stays."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from .._xml.document import find, find_all, join
from .._xml.tables import Rules
from ._table import Row


@dataclass
class Reader:
    """touched: the elements that something was taken out of."""

    rules: Rules
    touched: list[Any] = field(default_factory=list)

    def take(self, element: Any, row: Row, tags: str = "") -> Any:
        """The value of an option, taken out of the element at a tag path, or None."""
        found = self._take(element, row, tags)
        self._prune(element)
        return found

    def _take(self, element: Any, row: Row, tags: str) -> Any:
        if row.is_list:
            return self._take_list(element, row, tags) or None
        if row.rows:
            return self._take_all(element, row.rows, tags) or None
        if row.several:
            return self._take_values(element, row) or None
        return self._take_value(element, row, tags)

    def _take_all(self, element: Any, rows: tuple[Row, ...], tags: str) -> dict[str, Any]:
        # What an option stands for is taken with it, before the option that says it outright looks there.
        found = {}
        for row in sorted(rows, key=lambda row: not _implies(row)):
            value = self._take(element, row, tags)
            if value is not None:
                found[row.name] = value
        return {row.name: found[row.name] for row in rows if row.name in found}

    def _take_value(self, element: Any, row: Row, tags: str) -> Any:
        owner = find(element, row.path)
        if owner is None or (row.path and len(find_all(element, row.path)) > 1):
            return None
        place = join(tags, row.path) if row.path else tags
        size = self.rules.size(f"{place}@{row.attribute}" if row.attribute else place) if row.form.unit else None
        kept = dict(owner.attrib), owner.text
        value = row.form.read(element, row.path, row.attribute, size and size[0])
        if value is None:
            return None
        if row.choices and value not in row.choices:
            owner.attrib.update(kept[0])
            owner.text = kept[1]
            return None
        self._touch(element, owner)
        if row.implied is not None:
            path, name, text = row.implied
            said = find(element, path)
            if said is not None and said.get(name) == text:
                del said.attrib[name]
                self._touch(element, said)
        return value

    def _take_values(self, element: Any, row: Row) -> list[Any]:
        found, values = find_all(element, row.path), []
        for one in found:
            trial = copy.deepcopy(one)
            values.append(row.form.read(trial, "", row.attribute, None))
            if values[-1] is None or not _is_empty(trial) or (row.choices and values[-1] not in row.choices):
                return []
        self._drop(element, found)
        return values

    def _take_list(self, element: Any, row: Row, tags: str) -> list[dict[str, Any]]:
        """The entries that the options cover whole; the others stay."""
        entries, covered, path = [], [], join(tags, row.path)
        for one in find_all(element, row.path):
            trial = copy.deepcopy(one)
            inner = Reader(self.rules)
            entry = inner._take_all(trial, row.rows, path)
            inner._prune(trial)
            if _is_empty(trial) and all(each.name in entry for each in row.rows if "required" in each.words):
                entries.append(entry)
                covered.append(one)
        self._drop(element, covered)
        return entries

    def _drop(self, element: Any, found: list[Any]) -> None:
        for one in found:
            parent = one.getparent()
            parent.remove(one)
            self._touch(element, parent)

    def _touch(self, element: Any, owner: Any) -> None:
        while owner is not None and owner is not element:
            if not any(owner is one for one in self.touched):
                self.touched.append(owner)
            owner = owner.getparent()

    def _prune(self, element: Any) -> None:
        for owner in sorted(self.touched, key=lambda one: -_depth(one)):
            if _is_empty(owner) and owner is not element and owner.getparent() is not None:
                owner.getparent().remove(owner)
        self.touched = []


def _implies(row: Row) -> bool:
    return row.implied is not None or (not row.several and any(_implies(each) for each in row.rows))


def _is_empty(element: Any) -> bool:
    return not len(element) and not element.attrib and not (element.text or "").strip()


def _depth(element: Any) -> int:
    return sum(1 for _parent in element.iterancestors())
