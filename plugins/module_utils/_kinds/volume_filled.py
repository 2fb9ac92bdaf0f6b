# SPDX-License-Identifier: GPL-3.0-or-later

"""Storage volumes with what is in them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from .._kind import Observed
from .._plan import Plan
from .volume import SOURCES, Volume

if TYPE_CHECKING:
    from .volume_content import Content


class FilledVolume(Volume):
    @functools.cached_property
    def content(self) -> Content | None:
        """None where the task asks for none: what works with it takes long to load."""
        if all(self.params.get(one) is None for one in (*SOURCES, "dest")):
            return None
        from .volume_content import Content

        return Content(self)

    def find(self, name: str | None, uuid: str | None) -> Any:
        if self.content is None:
            return super().find(name, uuid)
        # A list says nothing of the content, for which the pool is needed.
        self.glimpse = None
        found = super().find(name, uuid)
        waited = self.pool is not None and self.content.await_others(str(name))
        return super().find(name, uuid) if waited else found

    def plan_creation(self, document: Any, plan: Plan) -> None:
        if self.content is not None and self.content.is_asked_for:
            self.content.plan_new(document, plan)
        else:
            super().plan_creation(document, plan)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        """A volume has no power; what it has beside its document is its content."""
        if self.pool is None or self.content is None:
            return
        if observed.exists:
            self.content.plan_known(observed, plan)
        self.content.plan_file(observed.exists, plan)
