# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the converge.libvirt collection: it may change at any time.

"""What the engine knows about a kind of libvirt document, as data. One module per kind holds one ``RULES``.

Paths are tag paths from the root, without it: ``devices/disk``; ``path@name`` is an attribute, ``path@.`` the text.
In a pattern ``*`` is one tag (or any attribute), a leading ``**`` any number of tags.

Rows (``auto``, ``guessed``, ``drop``, ``loose``, ``live_only``) are strings, one or a tuple of alternatives, of the
form ``TEST`` or ``TEST if GUARD``. GUARD is an XPath expression that must hold in the desired document, seen from the
element that owns the attribute or text, and for an element from its parent. TEST is ``*`` for anything, and otherwise

* for an attribute or a text in ``auto``, ``guessed`` and ``drop``: a regular expression that the whole value fits,
* for one in ``loose``: a regular expression that ``DESIRED > STORED`` fits,
* for an element: an XPath expression, seen from that element. A row of ``auto`` vouches for the text of the element
  and for the attributes that the test looks at; the rest of it needs rows of its own. ``*`` vouches for all of it.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import typing as t

from .document import etree
from .values import normal

Rows = t.Mapping[str, "str | tuple[str, ...]"]


@dataclasses.dataclass(frozen=True)
class Row:
    """One compiled row of a table."""

    test: str
    guard: str | None

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """The attributes that the test of an element row looks at: the row vouches for them."""
        return frozenset(re.findall(r"@([\w-]+)", self.test))

    def fits_text(self, text: str) -> bool:
        """Whether a value (or a pair of values) passes the test."""
        return self.test == "*" or re.fullmatch(self.test, text, re.DOTALL) is not None

    def fits_element(self, element: t.Any) -> bool:
        """Whether an element passes the test."""
        return self.test == "*" or bool(xpath(self.test)(element))

    def holds(self, context: t.Any) -> bool:
        """Whether the guard holds, seen from this element of the desired document."""
        return self.guard is None or bool(xpath(self.guard)(context))


@functools.cache
def xpath(expression: str) -> t.Callable[[t.Any], t.Any]:
    """A compiled XPath expression."""
    compiled: t.Callable[[t.Any], t.Any] = etree.XPath(expression)
    return compiled


@functools.cache
def _compile_row(text: str) -> Row:
    test, _if, guard = text.partition(" if ")
    return Row(test, guard or None)


class Patterns:
    """A table whose keys are path patterns; what is asked for is remembered, for paths repeat."""

    def __init__(self, table: t.Mapping[str, t.Any]) -> None:
        self._exact = table
        self._wild = [(_pattern(key), value) for key, value in table.items() if "*" in key]
        self._seen: dict[str, t.Any] = {}

    def all(self, path: str) -> list[t.Any]:
        """The values of every pattern that fits the path."""
        if path not in self._seen:
            found = [self._exact[path]] if path in self._exact else []
            self._seen[path] = found + [value for pattern, value in self._wild if pattern.fullmatch(path)]
        values: list[t.Any] = self._seen[path]
        return values

    def first(self, path: str) -> t.Any:
        """The value of the path itself or else of the first pattern that fits it, or None."""
        return next(iter(self.all(path)), None)


def _pattern(key: str) -> re.Pattern[str]:
    path, at, name = key.partition("@")
    parts = []
    for segment in path.split("/"):
        parts.append("(?:[^@]*/)?" if segment == "**" else ("[^/@]+" if segment == "*" else re.escape(segment)) + "/")
    body = "".join(parts)
    if not path.endswith("**"):
        body = body[:-1]
    else:
        body = "[^@]*"
    if at:
        body += "@" + ("[^.].*" if name == "*" else re.escape(name))
    return re.compile(body)


@dataclasses.dataclass(frozen=True)
class Rules:
    """The tables of one kind of document."""

    root: str
    """Tag of the root element."""
    keys: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Elements that may stand several times, by ``parent/child``, and what tells them apart: alternatives between
    ``|``, tried in order, each a list of parts (``@attribute``, ``path``, ``path@attribute``, ``.``). ``!part``: once
    the desired element gives it, nothing else may match it. ``?part``: may be missing. ``=``: equal content. ``#``:
    position. ``~`` in front: only where both sides have the same number of such elements. An element that is not named
    here is expected once."""
    ordered: frozenset[str] = frozenset()
    """Keyed elements whose order means something."""
    mixed: t.Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    """Ordered elements of several tags, by their parent's path, whose order among each other means something too."""
    auto: Rows = dataclasses.field(default_factory=dict)
    """What libvirt puts in by itself: stored, not desired, and no removal."""
    guessed: Rows = dataclasses.field(default_factory=dict)
    """What ``auto`` accounts for, and libvirt puts in on some hosts or machines only, or with other values: whether it
    was the user's, only a record can tell. Not here: identity, placement, and what libvirt is sure to put in again."""
    drop: Rows = dataclasses.field(default_factory=dict)
    """What libvirt does not store: desired, not stored, and no addition."""
    loose: Rows = dataclasses.field(default_factory=dict)
    """Different values that libvirt takes for one: the stored one stays."""
    values: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Kind of value by path (see ``values.NORMAL``, and ``forms``)."""
    forms: t.Mapping[str, t.Callable[[str], str]] = dataclasses.field(default_factory=dict)
    """The normal forms of kinds of value that only these documents have."""
    sizes: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Sizes by path: default unit, and the unit to which libvirt rounds up; an attribute ``unit`` stands beside."""
    flags: frozenset[str] = frozenset()
    """Elements that say something although they are empty. Any other empty element says nothing: libvirt drops it."""
    discriminators: t.Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    """When one of these differs, what libvirt had filled in for the element is computed anew. A part may carry a
    regular expression after a blank: then what its group catches decides."""
    sticky: frozenset[str] = frozenset()
    """What survives even that: identity."""
    opaque: frozenset[str] = frozenset()
    """Parents of other tools' elements: those are compared as a whole, one of each namespace, and left alone where the
    desired document does not name their namespace."""
    live_only: Rows = dataclasses.field(default_factory=dict)
    """What differs between the running and the stored document by nature: elements that only the running one has, and
    values that are others there. Guards look at the stored one; what a pattern tests is the running value."""
    expanded: Rows = dataclasses.field(default_factory=dict)
    """Elements that the driver spells out while it runs the object: not compared at all where the row holds."""
    measured: frozenset[str] = frozenset()
    """Elements that tell what libvirt found, such as free space, and define nothing: neither compared nor shown."""
    secrets: frozenset[str] = frozenset()
    """Attributes and texts that are never shown."""
    rewrites: tuple[t.Callable[[t.Any, t.Any], None], ...] = ()
    """Functions applied to a copy of the desired document before it is compared; the second document is the stored one
    (see ``rules.domain_rewrites``)."""
    settled: Rows = dataclasses.field(default_factory=dict)
    """Elements that are not removed for no longer being named: others may need them, and a settlement decides."""
    settlements: tuple[t.Callable[..., t.Any], ...] = ()
    """Functions applied to the merged document (see ``rules.domain_settlements``)."""

    @functools.cached_property
    def _tables(self) -> dict[str, Patterns]:
        tables = {}
        for field in ("auto", "drop", "loose", "live_only", "expanded", "settled", "guessed"):
            rows: Rows = getattr(self, field)
            tables[field] = Patterns(
                {
                    path: [_compile_row(row) for row in ([found] if isinstance(found, str) else found)]
                    for path, found in rows.items()
                }
            )
        for field in ("values", "sizes"):
            tables[field] = Patterns(getattr(self, field))
        for field in ("flags", "sticky", "opaque", "measured", "secrets", "ordered"):
            tables[field] = Patterns(dict.fromkeys(getattr(self, field), True))
        return tables

    def rows(self, table: str, path: str) -> list[Row]:
        """The rows of a table for a path."""
        return [row for rows in self._tables[table].all(path) for row in rows]

    def has(self, table: str, path: str) -> bool:
        """Whether a set of patterns (flags, sticky, opaque, measured, secrets, ordered) holds a path."""
        return bool(self._tables[table].first(path))

    def is_secret(self, path: str) -> bool:
        """Whether the attribute or text at a path is never to be shown."""
        return self.has("secrets", path)

    def normal(self, path: str, text: str) -> str:
        """The normal form of the value at a path."""
        kind: str = self._tables["values"].first(path) or "plain"
        return self.forms[kind](text.strip()) if kind in self.forms else normal(kind, text)

    def size(self, path: str) -> tuple[str, str] | None:
        """Default unit and rounding unit of the size at a path, or None where there is no size."""
        row: str | None = self._tables["sizes"].first(path)
        if row is None:
            return None
        unit, _blank, rounding = row.partition(" ")
        return unit, rounding or unit

    @functools.cached_property
    def _keys(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        return {
            tail: tuple(tuple(alternative.split()) for alternative in spec.split("|"))
            for tail, spec in self.keys.items()
        }

    def key(self, path: str) -> tuple[tuple[str, ...], ...] | None:
        """The alternatives that tell the elements at a path apart, or None where there is one at most."""
        head, _slash, tag = path.rpartition("/")
        parent = head.rpartition("/")[2] or self.root
        return self._keys.get(f"{parent}/{tag}") or self._keys.get(f"{parent}/*")
