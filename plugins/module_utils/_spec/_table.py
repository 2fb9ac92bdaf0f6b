# SPDX-License-Identifier: GPL-3.0-or-later

"""Typed options as rows, laid over a document and read back: see docs/dev/option_tables.md."""

from __future__ import annotations

import copy
import functools
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Callable

from .._xml.compare import pairs
from .._xml.document import add, ensure, etree, find, find_all, join, value
from .._xml.tables import HINT, Rules, unit_bytes

_SIZE = re.compile(r"\s*(\d+)\s*([A-Za-z]*)\s*")
_UNITS = ("EiB", "PiB", "TiB", "GiB", "MiB", "KiB")


@dataclass(frozen=True)
class Form:
    """type: in the argument spec. text: of a value, None for an attribute that is not there. value: of a text, None
    where it has none in this form.

    unit: whether a unit stands beside it. whole: whether the element as such is the value.
    """

    type: str = "str"
    text: Callable[[Any], str | None] = str
    value: Callable[[str], Any] = str
    unit: bool = False
    whole: bool = False

    def write(self, element: Any, path: str, attribute: str, given: Any) -> None:
        if self.whole:
            _write_whole(element, path, given)
            return
        text = self.text(given)
        if text is None:
            owner = find(element, path)
            if owner is not None:
                owner.attrib.pop(attribute, None)
            return
        owner = ensure(element, path)
        if self.unit:
            number, _blank, unit = text.partition(" ")
            owner.set("unit", unit)
            text = number
        if attribute:
            owner.set(attribute, text)
        else:
            owner.text = text

    def read(self, element: Any, path: str, attribute: str, default_unit: str | None) -> Any:
        """The value below an element, taken out of it, or None."""
        owner = find(element, path)
        if owner is None:
            return None
        if self.whole:
            return _take_whole(owner, self.type)
        text = owner.get(attribute) if attribute else owner.text
        if text is None or (not attribute and (not text.strip() or len(owner))):
            return None
        if self.unit:
            if not text.strip().isdigit():
                return None
            found: Any = size_text(int(text) * unit_bytes(owner.get("unit") or default_unit or "bytes"))
        else:
            found = self.value(text)
        if found is None or found == "":
            return None
        for name in ("unit", attribute) if self.unit else (attribute,):
            if name:
                owner.attrib.pop(name, None)
        if not attribute:
            owner.text = None
        return found


def parse_size(text: str) -> int:
    """The bytes of ``4GiB``, ``10 GB`` or ``100B``. Raises ValueError."""
    number, unit = _parts(text)
    return int(number) * unit_bytes(unit)


def size_text(size: int) -> str:
    """Bytes in the largest unit of which they are a whole number: ``4GiB``."""
    for power, unit in zip(range(6, 0, -1), _UNITS):
        if size and size % 1024**power == 0:
            return f"{size // 1024**power}{unit}"
    return f"{size}B"


def _parts(text: str) -> tuple[str, str]:
    match = _SIZE.fullmatch(str(text))
    if match is None:
        raise ValueError(f"{str(text)!r} is not a size: {HINT}")
    number, unit = match.groups()
    if not unit:
        raise ValueError(f"{str(text)!r} has no unit: {HINT}")
    unit_bytes(unit)
    return number, "bytes" if unit == "B" else unit


def _whole_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\s*-?\d+\s*", text) else None


def _word(yes: str, no: str) -> Form:
    return Form("bool", lambda given: yes if given else no, {yes: True, no: False}.get)


def _number_of(bytes_: int) -> Form:
    return Form(
        text=lambda given: str(-(-parse_size(given) // bytes_)),
        value=lambda text: size_text(int(text) * bytes_) if text.isdigit() else None,
    )


def _write_whole(element: Any, path: str, given: Any) -> None:
    if isinstance(given, dict):
        owner = ensure(element, path)
        owner.attrib.clear()
        owner.attrib.update({str(name): str(text) for name, text in given.items()})
    elif given:
        ensure(element, path)
    else:
        found = find(element, path)
        if found is not None:
            found.getparent().remove(found)


def _take_whole(owner: Any, type_: str) -> Any:
    if len(owner) or (owner.text or "").strip() or (type_ == "bool" and owner.attrib):
        return None
    if type_ == "bool":
        return True
    found = dict(owner.attrib)
    owner.attrib.clear()
    return found or None


#: By the name that a table uses.
FORMS = {
    "str": Form(value=str.strip),
    "int": Form("int", value=_whole_number),
    "yes": _word("yes", "no"),
    "on": _word("on", "off"),
    "yes_or_nothing": Form("bool", lambda given: "yes" if given else None, {"yes": True}.get),
    "size": Form(text=lambda given: " ".join(_parts(given)), unit=True),
    "bytes": _number_of(1),
    "kib": _number_of(1024),
    # An element that says something by being there, and one that is its attributes.
    "flag": Form("bool", whole=True),
    "attributes": Form("dict", whole=True),
}


#: Of lines and tables.
Table = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One option; docs/dev/option_tables.md says what the fields are."""

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
        return self.several and bool(self.rows)

    @functools.cached_property
    def leaves(self) -> tuple[Row, ...]:
        """The options in it that are no dictionaries, of the same element."""
        inner = (row.leaves if row.rows and not row.several else (row,) for row in self.rows)
        return tuple(itertools.chain.from_iterable(inner))

    def owns(self, given: Any) -> list[str]:
        if self.rows and not self.several:
            return [path for row in self.rows if given.get(row.name) is not None for path in row.owns(given[row.name])]
        places = [self.path] if self.several or self.form.whole else [f"{self.path}@{self.attribute or '.'}"]
        if self.form.unit:
            places.append(f"{self.path}@unit")
        if self.implied is not None:
            places.append("{}@{}".format(*self.implied))
        return places

    def places(self) -> list[str]:
        if self.rows and not self.several:
            return [path for row in self.rows for path in row.places()]
        return [self.path if self.several or self.form.whole else f"{self.path}@{self.attribute or '.'}"]

    def lists(self) -> list[str]:
        """Of dictionaries, by tag path; not those in their entries."""
        if self.is_list:
            return [self.path]
        return [path for row in self.rows for path in row.lists()]

    def all_lists(self) -> list[str]:
        inner = [path for row in self.rows for path in row.all_lists()]
        if not self.several or "whole" in self.words:
            return inner
        return [self.path, *(join(self.path, path) for path in inner)]


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
    """union: whether what is in its lists stays. beside: the options of the element."""

    element: Any
    tags: str
    union: bool = False
    beside: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Writer:
    """Lays values over a document. rules: they tell the elements of a list apart."""

    rules: Rules

    def option(self, tree: Any, row: Row, given: Any, current: Any, union: bool) -> None:
        """current: the stored document or None: an entry of a list goes on with its element in it. union: as a Spot."""
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
        # What is said outright comes last, and wins.
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
