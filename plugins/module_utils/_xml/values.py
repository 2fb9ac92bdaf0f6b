# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the converge.libvirt collection: it may change at any time.

"""One normal form per kind of value: two values say the same to libvirt when their normal forms are equal.

A value that does not have the form of its kind is its own normal form: libvirt will say what is wrong with it.
"""

from __future__ import annotations

import re
import typing as t
import uuid

_SIZE = re.compile(r"\s*(\d{1,30})\s*([A-Za-z]*)\s*")
_POWERS = {letter: power for power, letter in enumerate("kmgtpe", start=1)}
MOST_MEMBERS = 16384
"""No set has a member as high as this: no host has as many CPUs, and no guest."""
_HINT = "write a number with a unit, such as 4GiB or 512MiB"


def unit_bytes(unit: str) -> int:
    """Bytes in a unit as libvirt reads it, in any case: B, byte, bytes; K and KiB are 1024, KB is 1000, ... up to E.

    Raises ValueError for a unit that does not exist. Source: libvirt 9.0 ``virScaleInteger``.
    """
    small = unit.lower()
    if small in ("b", "byte", "bytes"):
        return 1
    power = _POWERS.get(small[:1])
    if power is None or small[1:] not in ("", "b", "ib"):
        raise ValueError(f"{unit!r} is not a unit of size: {_HINT}")
    return int((1000 if small[1:] == "b" else 1024) ** power)


def parse_size(text: str) -> int:
    """The bytes that a size in an option means, such as ``4GiB``, ``10 GB`` or ``100B``. Raises ValueError."""
    match = _SIZE.fullmatch(str(text))
    if match is None:
        raise ValueError(f"{str(text)!r} is not a size: {_HINT}")
    number, unit = match.groups()
    if not unit:
        raise ValueError(f"{str(text)!r} has no unit: {_HINT}")
    return int(number) * unit_bytes(unit)


def size_bytes(number: str, unit: str | None, default_unit: str) -> int:
    """The bytes that a size in XML means: a number beside an optional unit. Raises ValueError."""
    if not re.fullmatch(r"\s*\d{1,30}\s*", number):
        raise ValueError("this size in the XML is not a whole number")
    return int(number) * unit_bytes(unit or default_unit)


def set_mask(text: str) -> int | None:
    """A set such as ``0-3,^2,8`` as the bits of a number; None where it is not one, or has members that none has."""
    mask = 0
    for part in text.replace(" ", "").split(","):
        match = re.fullmatch(r"(\^?)(\d{1,5})(?:-(\d{1,5}))?", part)
        if match is None:
            return None
        first, last = int(match[2]), int(match[3] or match[2])
        if max(first, last) >= MOST_MEMBERS:
            return None
        found = (1 << max(0, last - first + 1)) - 1 << first
        mask = mask & ~found if match[1] else mask | found
    return mask


def mask_text(mask: int) -> str:
    """The bits of a number as a set: ``0-1,3,8``."""
    parts, first = [], 0
    while mask:
        # Past the zeros, then past the ones.
        gap = (mask & -mask).bit_length() - 1
        mask >>= gap
        length = (~mask & (mask + 1)).bit_length() - 1
        first += gap
        parts.append(str(first) if length == 1 else f"{first}-{first + length - 1}")
        mask >>= length
        first += length
    return ",".join(parts)


def expand_set(text: str) -> tuple[int, ...] | None:
    """The members of a set, sorted; None where it is not one."""
    mask = set_mask(text)
    return None if mask is None else tuple(one for one in range(mask.bit_length()) if mask >> one & 1)


def _number(text: str) -> str:
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,32}", text):
        return str(int(text, 16))
    return str(int(text)) if re.fullmatch(r"\d{1,40}", text) else text


def _either_number(text: str) -> str:
    """Decimal and hexadecimal are one number, but leading zeros are kept: ``007`` may be a serial number."""
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


def _octal(text: str) -> str:
    return text.lstrip("0") or "0"


def _set(text: str) -> str:
    mask = set_mask(text)
    return text if mask is None else mask_text(mask)


def _path(text: str) -> str:
    return re.sub(r"/{2,}", "/", text).rstrip("/") or "/"


def _version(text: str) -> str:
    """A USB version such as 9.40: its parts are numbers, and a trailing zero of the second says nothing."""
    match = re.fullmatch(r"0*(\d+)\.(\d{1,2})", text)
    return f"{match[1]}.{match[2].rstrip('0') or '0'}" if match else text


def _power_of_two(text: str) -> str:
    return str(1 << (int(text) - 1).bit_length()) if re.fullmatch(r"[1-9]\d{0,12}", text) else text


def _decimal(text: str) -> str:
    """A byte count beside other spellings of it, such as ``16K`` (cache sizes of old documents)."""
    return text.lstrip("0") or "0" if re.fullmatch(r"\d+", text) else text


def _exact(text: str) -> str:
    return text


NORMAL: dict[str, t.Callable[[str], str]] = {
    "plain": _either_number,
    "exact": _exact,
    "number": _number,
    "decimal": _decimal,
    "mac": _mac,
    "uuid": _uuid,
    "octal": _octal,
    "set": _set,
    "path": _path,
    "version": _version,
    "power of two": _power_of_two,
    "any case": str.lower,
}
"""The kinds of value that a rule table may name, and their normal forms. ``plain`` is what no table names."""


def normal(kind: str, text: str) -> str:
    """The normal form of a value. Surrounding blanks only count where the kind is ``exact``."""
    return text if kind == "exact" else NORMAL[kind](text.strip())
