# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms that a value of a typed option has in a document: written there, and read back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable

from .._xml.document import ensure, find
from .._xml.values import HINT, unit_bytes

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
    # An attribute that only ever says yes.
    "yes_or_nothing": Form("bool", lambda given: "yes" if given else None, {"yes": True}.get),
    # Sizes: with a unit beside them, or in bytes.
    "size": Form(text=lambda given: " ".join(_parts(given)), unit=True),
    "bytes": _number_of(1),
    "kib": _number_of(1024),
    # An element that says something by being there, and one that is its attributes.
    "flag": Form("bool", whole=True),
    "attributes": Form("dict", whole=True),
}
