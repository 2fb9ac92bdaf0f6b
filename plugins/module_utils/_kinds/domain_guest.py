# SPDX-License-Identifier: GPL-3.0-or-later

"""Guests with what a task gives them for their first boot, and what it waits for. The info module needs neither."""

from __future__ import annotations

import functools
from typing import Any

from .._domain.addresses import SOURCES
from .._domain.seed import Seed, lay, seeds
from .._domain.seed_volume import Store
from .._domain.waiting import Waiter, goals
from .._kind import Observed
from .._plan import Plan, Refused
from .domain import Domain


class Guest(Domain):
    @functools.cached_property
    def _seeds(self) -> list[Seed]:
        return seeds(self.params, self.name)

    @functools.cached_property
    def _store(self) -> Store:
        return Store(self.session, self.need)

    def own(self, desired: Any, current: Any) -> Any:
        wanted = [(seed, self._store.source(seed)) for seed in self._seeds]
        return lay(super().own(desired, current), current, wanted, self.params)

    def begin(self, observed: Observed, plan: Plan) -> None:
        for seed in self._seeds:
            if seed.attached:
                self._store.plan_creation(seed, observed.stored, plan)

    def end(self, observed: Observed, plan: Plan) -> None:
        for seed in self._seeds if observed.exists else ():
            self._store.plan_cleaning(seed, observed.stored, observed.live, plan)
        wanted = self.params["wait_for"]
        if wanted:
            timeout = self.session.endpoint.wait_timeout
            Waiter(self.session, self.name, lambda: self.handle).plan(goals(wanted, timeout), plan)

    def remove(self, observed: Observed, plan: Plan) -> None:
        if self.params["wait_for"]:
            raise Refused(f"guest '{self.name}' will be absent: there is nothing to wait_for")
        super().remove(observed, plan)
        self._store.plan_removal(observed.stored, plan)

    def facts(self, observed: Observed) -> dict[str, Any]:
        told = {"interfaces": self.interfaces(observed, SOURCES)} if self.params["wait_for"] else {}
        return {**super().facts(observed), **told}
