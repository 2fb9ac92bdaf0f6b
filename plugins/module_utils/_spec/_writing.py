# SPDX-License-Identifier: GPL-3.0-or-later

"""How the values of options get into XML."""

from __future__ import annotations

import re
from typing import Any, Callable

from .._xml.values import HINT, unit_bytes

_SIZE = re.compile(r"\s*(\d+)\s*([A-Za-z]*)\s*")


def parse_size(text: str) -> int:
    """The bytes that a size in an option means, such as ``4GiB``, ``10 GB`` or ``100B``. Raises ValueError."""
    match = _SIZE.fullmatch(str(text))
    if match is None:
        raise ValueError(f"{str(text)!r} is not a size: {HINT}")
    number, unit = match.groups()
    if not unit:
        raise ValueError(f"{str(text)!r} has no unit: {HINT}")
    return int(number) * unit_bytes(unit)


def element(tree: Any, tag: str) -> Any:
    """The child element of that tag, made where there is none."""
    found = tree.find(tag)
    if found is None:
        found = tree.makeelement(tag)
        tree.append(found)
    return found


def write_text(tag: str) -> Callable[[Any, Any, Any], None]:
    """A writer of the text of a child element; an empty value removes the element."""

    def write(tree: Any, value: Any, _current: Any) -> None:
        if value == "":
            for found in tree.findall(tag):
                tree.remove(found)
        else:
            element(tree, tag).text = str(value)

    return write
