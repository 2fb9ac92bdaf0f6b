# SPDX-License-Identifier: GPL-3.0-or-later

"""Guests with what a task gives them for their first boot, and what it waits for. The info module needs neither."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

from .._domain.addresses import SOURCES
from .._domain.seed import DRIVE, Seed, lay, seeds
from .._domain.seed_volume import Store
from .._domain.waiting import Goal, Waiter, goals
from .._kind import Observed
from .._plan import Plan, Refused
from .._session import libvirt
from .._xml.document import compact
from .domain import Domain


class Guest(Domain):
    @functools.cached_property
    def _seeds(self) -> list[Seed]:
        return seeds(self.params, self.name)

    @functools.cached_property
    def _store(self) -> Store:
        return Store(self.session, self.need)

    @functools.cached_property
    def _waiter(self) -> Waiter:
        return Waiter(self.session, self.name, lambda: self.handle)

    def own(self, desired: Any, current: Any) -> Any:
        wanted = [(seed, None if self._has_read(seed, current) else self._store.source(seed)) for seed in self._seeds]
        return lay(super().own(desired, current), current, wanted, self.params)

    def _has_read(self, seed: Seed, current: Any) -> bool:
        """Whether the guest needs a seed no more; a new one that is called as an old one was has read nothing."""
        return seed.once and current is not None and (self._store.is_spent(seed) or seed in self._done)

    @functools.cached_property
    def _done(self) -> list[Seed]:
        """The seeds that a running guest has read since it was booted, as its agent says."""
        what = f"read the state of guest '{self.name}'"
        runs = self.handle is not None and self.session.call(what, self.handle.isActive)
        return [seed for seed in self._seeds if runs and seed.once and self._waiter.has_read(seed.stamp)]

    def begin(self, observed: Observed, plan: Plan) -> None:
        for seed in self._seeds:
            if seed.attached and not self._has_read(seed, observed.stored):
                self._store.plan_creation(seed, observed.stored, plan)

    def end(self, observed: Observed, plan: Plan) -> None:
        for seed in self._seeds if observed.exists else ():
            self._store.plan_cleaning(seed, observed.stored, observed.live, plan)
        wanted = goals(self.params["wait_for"] or [], self.session.endpoint.wait_timeout)
        if wanted:
            self._waiter.plan(wanted, plan)
        for seed in self._seeds:
            if seed.once and not (observed.exists and self._store.is_spent(seed)):
                self._plan_spending(seed, seed in self._done, plan.fresh, wanted, plan)

    def _plan_spending(self, seed: Seed, read: bool, boots: bool, wanted: list[Goal], plan: Plan) -> None:
        """Take a seed that is given once out of the drive, where the guest has read it at the end of this task."""
        if not any(one.goal == "cloud_init" for one in wanted):
            raise Refused("cloud_init.attach: once ends when cloud-init has ended: add cloud_init to wait_for")
        what = f"take '{seed.volume}' from guest '{self.name}', which has read it"
        if read:
            plan.add(what, lambda: self._store.spend(seed))
        elif boots:
            plan.add(what, lambda: self._spend(what, seed))

    def _spend(self, what: str, seed: Seed) -> None:
        drive = DRIVE.found(self.document(0))
        drive.remove(drive.find("source"))
        drive.set("type", "file")
        both = libvirt.VIR_DOMAIN_AFFECT_CONFIG | libvirt.VIR_DOMAIN_AFFECT_LIVE
        self.session.slow(what, self.handle.updateDeviceFlags, compact(drive), both)
        self._store.spend(seed)

    def remove(self, observed: Observed, plan: Plan) -> None:
        if self.params["wait_for"]:
            raise Refused(f"guest '{self.name}' will be absent: there is nothing to wait_for")
        super().remove(observed, plan)
        self._store.plan_removal(observed.stored, plan)
        for seed in self._seeds:
            self._store.plan_cleaning(replace(seed, attached=False), observed.stored, observed.live, plan)

    def facts(self, observed: Observed) -> dict[str, Any]:
        told = {"interfaces": self.interfaces(observed, SOURCES)} if self.params["wait_for"] else {}
        return {**super().facts(observed), **told}
