# SPDX-License-Identifier: GPL-3.0-or-later

"""Storage volumes with what is in them."""

from __future__ import annotations

from typing import Any

from .._kind import Observed
from .._plan import Plan
from .._session import Session
from .volume import Volume
from .volume_content import Content


class FilledVolume(Volume):
    def __init__(self, session: Session, params: dict[str, Any], check: bool, secure: bool = True) -> None:
        super().__init__(session, params, check, secure)
        self.content = Content(self)

    def find(self, name: str | None, uuid: str | None) -> Any:
        if self.content.is_asked_for or self.params["dest"] is not None:
            # A list says nothing of the content, for which the pool is needed.
            self.glimpse = None
        found = super().find(name, uuid)
        waited = self.pool is not None and self.content.await_others(str(name))
        return super().find(name, uuid) if waited else found

    def plan_creation(self, document: Any, plan: Plan) -> None:
        if self.content.is_asked_for:
            self.content.plan_new(document, plan)
        else:
            super().plan_creation(document, plan)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        """A volume has no power; what it has beside its document is its content."""
        if self.pool is None:
            return
        if observed.exists:
            self.content.plan_known(observed, plan)
        self.content.plan_file(observed.exists, plan)
