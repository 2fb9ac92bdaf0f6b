# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be refused in a document before libvirt is asked: values that no libvirt would take."""

from __future__ import annotations

from .align import children
from .compare import sized
from .document import Element, join
from .tables import Rules
from .values import size_bytes


def refuse_sizes(tree: Element, rules: Rules) -> None:
    """Raise ValueError, with the line, for a size whose unit does not exist or whose number is none."""
    _refuse_sizes(tree, "", rules)


def _refuse_sizes(element: Element, path: str, rules: Rules) -> None:
    for name in sized(element, path, rules):
        tags = f"{path}@{name}" if name else path
        number = (element.get(name, "") if name else element.text or "").strip()
        default, _rounding = rules.size(tags) or ("bytes", "bytes")
        try:
            size_bytes(number, element.get("unit"), default)
        except ValueError as error:
            raise ValueError(f"line {element.sourceline}: {path}: {error}") from None
    for tag, found in children(element).items():
        for child in found:
            _refuse_sizes(child, join(path, tag), rules)
