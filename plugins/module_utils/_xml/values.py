# SPDX-License-Identifier: GPL-3.0-or-later

"""A normal form per kind of value: what is not of its kind stays as it is."""

from __future__ import annotations

import re
import typing as t
import uuid

_POWERS = {letter: power for power, letter in enumerate("kmgtpe", start=1)}
MOST_MEMBERS = 16384
"""No host or guest has as many CPUs."""
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


def set_mask(text: str) -> int | None:
    """A set such as ``0-3,^2,8`` as the bits of a number; None where it is not one."""
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


def _octal(text: str) -> str:
    return text.lstrip("0") or "0"


def _set(text: str) -> str:
    mask = set_mask(text)
    return text if mask is None else mask_text(mask)


def _path(text: str) -> str:
    return re.sub(r"/{2,}", "/", text).rstrip("/") or "/"


def _exact(text: str) -> str:
    return text


NORMAL: dict[str, t.Callable[[str], str]] = {
    "plain": _either_number,
    "exact": _exact,
    "number": _number,
    "mac": _mac,
    "uuid": _uuid,
    "octal": _octal,
    "set": _set,
    "path": _path,
    "any case": str.lower,
}
"""The kinds of value that a rule table may name."""


def normal(kind: str, text: str) -> str:
    """The normal form of a value. Blanks around it count only where it is ``exact``."""
    return text if kind == "exact" else NORMAL[kind](text.strip())


def round_up(size: int, unit: str) -> int:
    """Bytes in whole units; ``unit`` may be a number of bytes."""
    step = int(unit) if unit.isdigit() else size_bytes("1", unit, unit)
    return -(-size // step)
