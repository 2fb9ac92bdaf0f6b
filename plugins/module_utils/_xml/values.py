# SPDX-License-Identifier: GPL-3.0-or-later

"""A normal form per kind of value: what is not of its kind stays as it is."""

from __future__ import annotations

import re
import typing as t
import uuid

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
