# SPDX-License-Identifier: GPL-3.0-or-later

"""Typed options as rows, and laid over a document: docs/dev/option_tables.md says how they are written."""

from __future__ import annotations

import copy
import functools
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._xml.compare import pairs
from .._xml.document import add, ensure, etree, find, find_all, join, value
from .._xml.tables import Rules
from ._forms import FORMS, Form

#: Of lines and tables.
Table = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One option. path, attribute: seen from the next list around it; an empty attribute is the text. several: whether
    there may be many elements at the path. implied: path, attribute and value that the option stands for.
    """

    name: str
    path: str = ""
    attribute: str = ""
    form: Form = FORMS["str"]
    choices: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    several: bool = False
    words: frozenset[str] = frozenset()
    implied: tuple[str, str, str] | None = None
    since: str | None = None

    def argument(self) -> dict[str, Any]:
        made: dict[str, Any] = {"type": self.form.type}
        if self.rows:
            made = {"type": "dict", "options": {row.name: row.argument() for row in self.rows}}
        if self.choices:
            made["choices"] = list(self.choices)
        if self.several:
            made["type"], made["elements"] = "list", made["type"]
        if "required" in self.words:
            made["required"] = True
        for word, hidden in (("secret", True), ("plain", False)):
            if word in self.words:
                made["no_log"] = hidden
        return made

    @property
    def is_list(self) -> bool:
        """Whether it is a list of dictionaries."""
        return self.several and bool(self.rows)

    @functools.cached_property
    def leaves(self) -> tuple[Row, ...]:
        """The options in it that are no dictionaries, of the same element."""
        inner = (row.leaves if row.rows and not row.several else (row,) for row in self.rows)
        return tuple(itertools.chain.from_iterable(inner))

    def owns(self, given: Any) -> list[str]:
        """The tag paths that a given value manages."""
        if self.rows and not self.several:
            return [path for row in self.rows if given.get(row.name) is not None for path in row.owns(given[row.name])]
        places = [self.path] if self.several or self.form.whole else [f"{self.path}@{self.attribute or '.'}"]
        if self.form.unit:
            places.append(f"{self.path}@unit")
        if self.implied is not None:
            places.append("{}@{}".format(*self.implied))
        return places

    def places(self) -> list[str]:
        """The tag paths that it can manage."""
        if self.rows and not self.several:
            return [path for row in self.rows for path in row.places()]
        return [self.path if self.several or self.form.whole else f"{self.path}@{self.attribute or '.'}"]

    def implies(self, tags: str = "") -> list[str]:
        """The tag paths of what it, or an option in it, stands for."""
        if self.implied is not None:
            path, name, _text = self.implied
            return [f"{join(tags, path) if path else tags}@{name}"]
        inner = join(tags, self.path) if self.is_list else tags
        return [path for row in self.rows for path in row.implies(inner)]

    def lists(self) -> list[str]:
        """The tag paths of the lists of dictionaries in it, but for those in their entries."""
        if self.is_list:
            return [self.path]
        return [path for row in self.rows for path in row.lists()]

    def all_lists(self) -> list[str]:
        """The tag paths of the lists of dictionaries in it, however deep."""
        inner = [path for row in self.rows for path in row.all_lists()]
        return [self.path, *(join(self.path, path) for path in inner)] if self.is_list else inner


def rows(table: Table) -> tuple[Row, ...]:
    return tuple(_row(name, line) for name, line in table.items() if name)


def _row(name: str, line: Any) -> Row:
    if not isinstance(line, str):
        found = _row(name, line[""]) if "" in line else Row(name)
        return replace(found, rows=rows(line), several=bool(found.path))
    place, *rest = line.split()
    path, _at, attribute = place.partition("@")
    path = path.strip(".")
    form, words = "str", set()
    choices: tuple[str, ...] = ()
    implied: tuple[str, str, str] | None = None
    since: str | None = None
    for word in rest:
        if word[0] == ">":
            where, _equals, text = word[1:].partition("=")
            head, _at, tail = where.partition("@")
            implied = (head, tail, text)
        elif word.startswith("since="):
            since = word[6:]
        elif "|" in word:
            choices = tuple(word.split("|"))
        elif word in FORMS:
            form = word
        else:
            words.add(word)
    several = "list" in words
    return Row(name, path, attribute, FORMS[form], choices, (), several, frozenset(words), implied, since)


@dataclass(frozen=True)
class Spot:
    """Where values are put. union: whether what is in its lists stays. beside: the options of the element."""

    element: Any
    tags: str
    union: bool = False
    beside: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Writer:
    """Lays values over a document. rules: they tell the elements of a list apart."""

    rules: Rules

    def option(self, tree: Any, row: Row, given: Any, current: Any, union: bool) -> None:
        """One option of a task. current: the stored document or None: an entry of a list goes on with its element in
        it. union: tree is a document of its own, and what it has in a list stays beside the entries.
        """
        if current is not None and not union:
            for path in row.lists():
                found = find_all(current, path)
                if found:
                    ensure(tree, path.rpartition("/")[0]).extend(copy.deepcopy(one) for one in found)
        self._put(Spot(tree, "", union), row, given)

    def _put(self, spot: Spot, row: Row, given: Any) -> None:
        if row.is_list:
            self._put_list(spot, row, given)
        elif row.rows:
            self._put_all(replace(spot, beside=spot.beside or row.leaves), row.rows, given)
        elif row.several:
            self._put_values(spot.element, row, given)
        else:
            self._put_value(spot, row, given)

    def _put_all(self, spot: Spot, rows: tuple[Row, ...], given: Any) -> None:
        named = [row for row in rows if given.get(row.name) is not None]
        # What is said outright comes last: it wins over what another option stands for.
        for row in sorted(named, key=lambda row: row.implied is None and not row.rows):
            self._put(spot, row, given[row.name])

    def _put_value(self, spot: Spot, row: Row, given: Any) -> None:
        if row.implied is not None:
            for other in spot.beside:
                if other.implied is not None and other.implied[:2] == row.implied[:2] and other.implied != row.implied:
                    _clear(spot.element, other)
            path, name, text = row.implied
            ensure(spot.element, path).set(name, text)
        if given == "" and row.form is FORMS["str"]:
            _clear(spot.element, row)
        else:
            row.form.write(spot.element, row.path, row.attribute, given)

    def _put_values(self, element: Any, row: Row, given: list[Any]) -> None:
        for old in find_all(element, row.path):
            old.getparent().remove(old)
        head, _slash, tag = row.path.rpartition("/")
        for one in given:
            row.form.write(add(ensure(element, head), tag), "", row.attribute, one)

    def _put_list(self, spot: Spot, row: Row, given: list[Any]) -> None:
        head, _slash, tag = row.path.rpartition("/")
        path, beside = join(spot.tags, row.path), row.leaves
        shelf = etree.Element("shelf")
        known, fresh = find_all(spot.element, row.path), [add(shelf, tag) for _one in given]
        for one, made in zip(given, fresh):
            self._put_all(Spot(made, path, beside=beside), row.rows, one)
        matched = {id(pair.right): pair.left for pair in pairs(known, fresh, path, self.rules) if pair.left is not None}
        parent = ensure(spot.element, head)
        for old in known:
            if not spot.union:
                old.getparent().remove(old)
        for one, made in zip(given, fresh):
            old = matched.get(id(made))
            goes_on = old is not None and not self._turned(old, made, path)
            if goes_on:
                self._put_all(Spot(old, path, spot.union, beside), row.rows, one)
            if not spot.union:
                parent.append(old if goes_on else made)
            elif old is None:
                parent.append(made)
            elif not goes_on:
                parent.replace(old, made)

    def _turned(self, old: Any, new: Any, path: str) -> bool:
        """Whether the new element is another thing than the old one, which then has nothing to go on with."""
        for part in self.rules.discriminators.get(path, ()):
            name = part.partition(" ")[0]
            before, after = value(old, name), value(new, name)
            if before is not None and after is not None and before != after:
                return True
        return False


def _clear(element: Any, row: Row) -> None:
    found = find(element, row.path)
    if found is None:
        return
    if row.attribute:
        found.attrib.pop(row.attribute, None)
    elif row.path:
        found.getparent().remove(found)
