# SPDX-License-Identifier: GPL-3.0-or-later

"""What the engine knows of a kind of document, and of its values: docs/dev/rule_tables.md says how."""

from __future__ import annotations

import dataclasses
import functools
import ipaddress
import re
import typing as t
import uuid

from .document import etree

Rows = t.Mapping[str, "str | tuple[str, ...]"]


@dataclasses.dataclass(frozen=True)
class Row:
    test: str
    guard: str | None

    @functools.cached_property
    def names(self) -> frozenset[str]:
        return frozenset(re.findall(r"@([\w-]+)", self.test))

    def fits_text(self, text: str) -> bool:
        return self.test == "*" or re.fullmatch(self.test, text, re.DOTALL) is not None

    def fits_element(self, element: t.Any) -> bool:
        return self.test == "*" or bool(xpath(self.test)(element))

    def holds(self, context: t.Any) -> bool:
        return self.guard is None or bool(xpath(self.guard)(context))


@functools.cache
def xpath(expression: str) -> t.Callable[..., t.Any]:
    compiled: t.Callable[..., t.Any] = etree.XPath(expression)
    return compiled


@functools.cache
def _compile_row(text: str) -> Row:
    test, _if, guard = text.partition(" if ")
    return Row(test, guard or None)


class Patterns:
    """A table whose keys are path patterns."""

    def __init__(self, table: t.Mapping[str, t.Any]) -> None:
        self._exact = table
        self._wild = [(_pattern(key), value) for key, value in table.items() if "*" in key]
        self._seen: dict[str, list[t.Any]] = {}

    def all(self, path: str) -> list[t.Any]:
        """The values of the path and of every pattern that fits it."""
        if path not in self._seen:
            found = [self._exact[path]] if path in self._exact else []
            self._seen[path] = found + [value for pattern, value in self._wild if pattern.fullmatch(path)]
        return self._seen[path]

    def first(self, path: str) -> t.Any:
        return next(iter(self.all(path)), None)


def _pattern(key: str) -> re.Pattern[str]:
    path, at, name = key.partition("@")
    parts = {"**": "(?:[^@]*/)?", "*": "[^/@]+/"}
    *above, last = path.split("/")
    body = "".join(parts.get(segment, re.escape(segment) + "/") for segment in above)
    body += "[^@]*" if last == "**" else parts.get(last, re.escape(last) + "/")[:-1]
    if at:
        body += "@" + ("[^.].*" if name == "*" else re.escape(name))
    return re.compile(body)


@dataclasses.dataclass(frozen=True)
class Rules:
    root: str
    schema: str = ""
    partial: bool = False
    keys: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    ordered: frozenset[str] = frozenset()
    mixed: t.Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    auto: Rows = dataclasses.field(default_factory=dict)
    guessed: Rows = dataclasses.field(default_factory=dict)
    drop: Rows = dataclasses.field(default_factory=dict)
    loose: Rows = dataclasses.field(default_factory=dict)
    values: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    forms: t.Mapping[str, t.Callable[[str], str]] = dataclasses.field(default_factory=dict)
    sizes: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    discriminators: t.Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    sticky: frozenset[str] = frozenset()
    opaque: frozenset[str] = frozenset()
    live_only: Rows = dataclasses.field(default_factory=dict)
    expanded: Rows = dataclasses.field(default_factory=dict)
    units: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    measured: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    rewrites: tuple[t.Callable[[t.Any, t.Any], None], ...] = ()
    settled: Rows = dataclasses.field(default_factory=dict)
    settlements: tuple[t.Callable[[t.Any, t.Any, t.Any, t.Any], list[t.Any]], ...] = ()

    @functools.cached_property
    def _tables(self) -> dict[str, Patterns]:
        tables = {}
        for field in dataclasses.fields(self):
            table = getattr(self, field.name)
            if field.type == "Rows":
                rows = {path: [row] if isinstance(row, str) else row for path, row in table.items()}
                tables[field.name] = Patterns({path: [_compile_row(row) for row in rows[path]] for path in rows})
            elif field.name in ("values", "sizes"):
                tables[field.name] = Patterns(table)
            elif isinstance(table, frozenset):
                tables[field.name] = Patterns(dict.fromkeys(table, True))
        return tables

    def rows(self, table: str, path: str) -> list[Row]:
        return [row for rows in self._tables[table].all(path) for row in rows]

    def fit(self, table: str, path: str, text: str, context: t.Any) -> Row | None:
        """The row of a table that explains a text, seen from its element in the desired document."""
        return next((row for row in self.rows(table, path) if row.fits_text(text) and row.holds(context)), None)

    def fit_element(self, table: str, path: str, element: t.Any, context: t.Any) -> Row | None:
        """The row of a table that explains an element, seen from its parent in the desired document."""
        return next((row for row in self.rows(table, path) if row.fits_element(element) and row.holds(context)), None)

    def has(self, table: str, path: str) -> bool:
        return bool(self._tables[table].all(path))

    def is_secret(self, path: str) -> bool:
        return self.has("secrets", path)

    def normal(self, path: str, text: str) -> str:
        kind: str = self._tables["values"].first(path) or "plain"
        return self.forms[kind](text.strip()) if kind in self.forms else normal(kind, text)

    def size(self, path: str) -> tuple[str, str] | None:
        """Default unit and rounding unit of the size at a path, or None."""
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
        """What tells the elements at a path apart, None where there is one at most."""
        head, _slash, tag = path.rpartition("/")
        parent = head.rpartition("/")[2] or self.root
        return self._keys.get(f"{parent}/{tag}") or self._keys.get(f"{parent}/*")


_POWERS = {letter: power for power, letter in enumerate("kmgtpe", start=1)}
HINT = "write a number with a unit, such as 4GiB or 512MiB"


def unit_bytes(unit: str) -> int:
    """As libvirt 9.0 ``virScaleInteger``: K and KiB are 1024, KB is 1000. Raises ValueError."""
    small = unit.lower()
    if small in ("b", "byte", "bytes"):
        return 1
    power = _POWERS.get(small[:1])
    if power is None or small[1:] not in ("", "b", "ib"):
        raise ValueError(f"{unit!r} is not a unit of size: {HINT}")
    return int((1000 if small[1:] == "b" else 1024) ** power)


def size_bytes(number: str, unit: str | None, default_unit: str) -> int:
    """Raises ValueError."""
    if not re.fullmatch(r"\s*\d{1,30}\s*", number):
        raise ValueError("this size in the XML is not a whole number")
    return int(number) * unit_bytes(unit or default_unit)


def _number(text: str) -> str:
    return str(int(text)) if re.fullmatch(r"\d{1,40}", text) else _either_number(text)


def _either_number(text: str) -> str:
    """Hexadecimal as decimal; leading zeros stay: ``007`` may be a serial number."""
    return str(int(text, 16)) if re.fullmatch(r"0[xX][0-9a-fA-F]{1,32}", text) else text


def _mac(text: str) -> str:
    parts = re.split(r"[:-]", text)
    if len(parts) != 6 or not all(re.fullmatch(r"[0-9a-fA-F]{1,2}", part) for part in parts):
        return text
    return ":".join(part.lower().zfill(2) for part in parts)


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return text


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text


def _octal(text: str) -> str:
    return text.lstrip("0") or "0"


def _path(text: str) -> str:
    return re.sub(r"/{2,}", "/", text).rstrip("/") or "/"


NORMAL: dict[str, t.Callable[[str], str]] = {
    "plain": _either_number,
    "exact": str,
    "number": _number,
    "mac": _mac,
    "address": _address,
    "uuid": _uuid,
    "octal": _octal,
    "path": _path,
    "any case": str.lower,
}


def normal(kind: str, text: str) -> str:
    """The normal form of a value. Blanks around it count only where it is ``exact``."""
    return text if kind == "exact" else NORMAL[kind](text.strip())


def round_up(size: int, unit: str) -> int:
    """Bytes in whole units; ``unit`` may be a number of bytes."""
    step = int(unit) if unit.isdigit() else size_bytes("1", unit, unit)
    return -(-size // step)
