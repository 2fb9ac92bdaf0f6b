# SPDX-License-Identifier: GPL-3.0-or-later

"""Normal forms of values that only ``<domain>`` documents have. Seen with libvirt 9.0."""

from __future__ import annotations

import re


def _version(text: str) -> str:
    """A USB version such as 9.40: its parts are numbers, and a trailing zero of the second says nothing."""
    match = re.fullmatch(r"0*(\d+)\.(\d{1,2})", text)
    return f"{match[1]}.{match[2].rstrip('0') or '0'}" if match else text


def _power_of_two(text: str) -> str:
    return str(1 << (int(text) - 1).bit_length()) if re.fullmatch(r"[1-9]\d{0,12}", text) else text


FORMS = {"version": _version, "power of two": _power_of_two}
