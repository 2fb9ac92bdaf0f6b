# SPDX-License-Identifier: GPL-3.0-or-later

"""A scope of which only some elements of a list are the task's."""

from __future__ import annotations

import dataclasses
import typing as t

from .compare import Difference
from .document import Element
from .overlay import Scope


@dataclasses.dataclass(frozen=True)
class Chosen(Scope):
    """only: which elements of the at_least lists, by tag path and element, go where the task does not name them."""

    only: t.Callable[[str, Element], bool] = lambda _tags, _element: False

    def manages(self, each: Difference) -> bool:
        unit = each.unit
        if unit is None or unit.tags not in self.at_least:
            return super().manages(each)
        return self.owns(each.tags) and any(
            side is not None and self.only(unit.tags, side) for side in (unit.left, unit.right)
        )

    def leaves(self, path: str, element: Element) -> bool:
        return super().leaves(path, element) and not self.only(path, element)
