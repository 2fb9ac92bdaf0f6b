# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that only documents of guests have, such as sets of CPUs, and their normal forms. Seen with libvirt 9.0."""

from __future__ import annotations

import re

#: No host or guest has as many CPUs.
MOST_MEMBERS = 16384


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


def _set(text: str) -> str:
    mask = set_mask(text)
    return text if mask is None else mask_text(mask)


def _version(text: str) -> str:
    """A USB version such as 9.40: its parts are numbers, and a trailing zero of the second says nothing."""
    match = re.fullmatch(r"0*(\d+)\.(\d{1,2})", text)
    return f"{match[1]}.{match[2].rstrip('0') or '0'}" if match else text


def _power_of_two(text: str) -> str:
    return str(1 << (int(text) - 1).bit_length()) if re.fullmatch(r"[1-9]\d{0,12}", text) else text


FORMS = {"set": _set, "version": _version, "power of two": _power_of_two}
