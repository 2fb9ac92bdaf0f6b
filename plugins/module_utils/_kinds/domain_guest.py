# SPDX-License-Identifier: GPL-3.0-or-later

"""Guests as tasks make them: with what they leave out, what the first boot needs, and what is made anew at a start."""

from __future__ import annotations

import contextlib
import functools
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .._domain.addresses import SOURCES
from .._domain.defaults import GIVEN, PORTS, TYPES, complete, finish, has_express, platform
from .._domain.firmware import asked, choose_anew, has_emulated_tpm, has_nvram, lacking
from .._domain.host import Facts, doubtful, read_abilities, read_formats, read_host
from .._domain.power import Power
from .._domain.seed import DRIVE, Seed, seeds
from .._domain.seed import lay as lay_seeds
from .._kind import Observed
from .._plan import Plan, Refused
from .._session import Session, SessionError, libvirt
from .._xml.compare import pairs
from .._xml.document import compact, etree, find_all, mask, parse
from .._xml.overlay import Overlay, Scope
from .domain import Domain

# What takes long to load is loaded where a task needs it.
if TYPE_CHECKING:
    from .._domain.seed_volume import Store
    from .._domain.waiting import Waiter

#: The states that a task may start a guest for.
STARTED = ("running", "paused", "restarted")


class Guest(Domain):
    @functools.cached_property
    def _seeds(self) -> list[Seed]:
        return seeds(self.params, self.name)

    @functools.cached_property
    def _store(self) -> Store:
        from .._domain.seed_volume import Store

        return Store(self.session, self.need)

    @functools.cached_property
    def _waiter(self) -> Waiter:
        from .._domain.waiting import Waiter

        return Waiter(self.session, self.name, lambda: self.handle)

    def own(self, desired: Any, current: Any) -> Any:
        wanted = [(seed, None if self._has_read(seed, current) else self._store.source(seed)) for seed in self._seeds]
        return lay_seeds(super().own(desired, current), current, wanted, self.params)

    def _has_read(self, seed: Seed, current: Any) -> bool:
        """Whether the guest needs a seed no more; a new one that is called as an old one was has read nothing."""
        return seed.once and current is not None and (self._store.is_spent(seed) or seed in self._done)

    @functools.cached_property
    def _done(self) -> list[Seed]:
        """The seeds that a running guest has read since it was booted, as its agent says."""
        what = f"read the state of guest '{self.name}'"
        runs = self.handle is not None and self.session.call(what, self.handle.isActive)
        return [seed for seed in self._seeds if runs and seed.once and self._waiter.has_read(seed.stamp)]

    def completed(self, document: Any) -> Any:
        if self.params["xml"] is not None:
            return document
        tree = platform(document, self.params, read_host(self.session))
        return complete(tree, self.params, self._facts(tree, find_all(tree, "devices/disk")))

    def _facts(self, guest: Any, disks: list[Any]) -> Facts:
        if guest.get("type") not in TYPES:
            return Facts()
        formats = read_formats(self.session, disks)
        for path in doubtful(disks, formats):
            self.warnings.append(
                f"no active pool has {path}: guest '{self.name}' takes it for raw; driver.type says it"
            )
        return Facts(can=read_abilities(self.session, guest), formats=formats)

    def _finish_new(self, desired: Any, scope: Scope, stored: Any) -> None:
        """Complete the devices that a task adds by its options, as when the guest was made."""
        new = [
            (path, pair.right)
            for path in GIVEN
            if scope.owns(path)
            for pair in pairs(find_all(stored, path), find_all(desired, path), path, self.rules)
            if pair.left is None
        ]
        if new and stored.get("type") in TYPES:
            disks = [device for path, device in new if path == "devices/disk"]
            finish(new, stored, self._facts(stored, disks))

    def lay(self, desired: Any, scope: Scope, observed: Observed) -> Overlay:
        if self.params["xml"] is None:
            self._finish_new(desired, scope, observed.stored)
        merged = super().lay(desired, scope, observed)
        choose_anew(merged.document, desired, observed.stored)
        return merged

    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        self._need_firmware(observed, merged.document)
        super().store(observed, merged, plan)
        wanted = self.params["hotplug_slots"]
        if wanted is None and self.params["xml"] is None and has_express(merged.document):
            wanted = PORTS
        if not observed.exists and wanted:
            plan.add(f"keep {wanted} slots free in guest '{self.name}'", lambda: self._keep_free(wanted))

    def _need_firmware(self, observed: Observed, document: Any) -> None:
        wanted = asked(document)
        if any(wanted) and wanted != asked(observed.stored):
            missing = lacking(document, read_abilities(self.session, document))
            if missing is not None:
                self.need(missing)

    def _keep_free(self, wanted: int) -> None:
        """Add ports until so many are free; only libvirt knows how many a new guest takes."""
        from .._domain.live import lacking_slots

        document = self._read(libvirt.VIR_DOMAIN_XML_INACTIVE)
        for _number in range(lacking_slots(document, wanted)):
            etree.SubElement(document.find("devices"), "controller", type="pci", model="pcie-root-port")
        self._put_places(document)

    def _power(self) -> Power:
        return Power(self.session, self.name, lambda: self.handle, self.params, self._make_anew)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        self._need_start(state)
        super().reach(observed, state, plan)

    def _need_start(self, state: str) -> None:
        for option in ("reset_nvram", "reset_tpm"):
            if self.params[option] and state not in STARTED and self.params["restart"] == "never":
                raise Refused(f"{option} is for a start of the guest: it goes with state {' or '.join(STARTED)}")

    def _make_anew(self, plan: Plan) -> int:
        """What a start makes anew; its flags."""
        flags = 0
        if self.params["reset_nvram"]:
            flags = getattr(libvirt, "VIR_DOMAIN_START_RESET_NVRAM", 0)
            if not flags:
                raise Refused("reset_nvram needs libvirt 8.1 or newer")
        for option, has, what in (
            ("reset_nvram", has_nvram, "UEFI variables"),
            ("reset_tpm", has_emulated_tpm, "emulated TPM"),
        ):
            if not self.params[option]:
                continue
            if not has(plan.document):
                raise Refused(f"{option}: guest '{self.name}' has no {what}")
            if not plan.fresh:
                raise Refused(
                    f"{option}: guest '{self.name}' starts from its saved image; discard_saved: true drops it"
                )
        if self.params["reset_tpm"]:
            if self.handle is not None and any(self._counted().values()):
                raise Refused(f"reset_tpm: guest '{self.name}' has snapshots or checkpoints, which would be lost")
            plan.add(f"make the state of the TPM of guest '{self.name}' anew", self._reset_tpm)
        return int(flags)

    def _reset_tpm(self) -> None:
        """libvirt has no call for that: the state goes with the definition."""
        call, handle, what = self.session.slow, self.handle, f"reset the TPM of guest '{self.name}'"
        xml = call(what, handle.XMLDesc, libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE)
        starts = self.session.optional(what, handle.autostart)
        flags = libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM | libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
        # Before libvirt 8.9 the state goes without a flag.
        flags |= getattr(libvirt, "VIR_DOMAIN_UNDEFINE_TPM", 0)
        try:
            call(what, handle.undefineFlags, flags)
            self.handle = self._define_again(self.session, xml, starts)
        except SessionError:
            self._bring_back(xml, starts)
            raise

    def _define_again(self, session: Session, xml: str, starts: bool) -> Any:
        what = f"define guest '{self.name}' again"
        handle = session.slow(what, session.connection.defineXML, xml)
        if starts:
            session.call(what, handle.setAutostart, 1)
        return handle

    def _bring_back(self, xml: str, starts: bool) -> None:
        """Define a guest over another connection, as soon as there is one. Raises SessionError with the definition."""
        end = time.monotonic() + self.session.endpoint.timeout
        while True:
            again = Session(self.session.endpoint)
            try:
                self._define_again(again.open(), xml, starts)
                return
            except SessionError as error:
                if time.monotonic() > end:
                    told = compact(mask(parse(xml), self.rules))
                    raise SessionError(f"{error}; it may be undefined, and was: {told}") from None
            finally:
                with contextlib.suppress(SessionError):
                    again.close()
            time.sleep(1)

    def begin(self, observed: Observed, plan: Plan) -> None:
        for seed in self._seeds:
            if seed.attached and not self._has_read(seed, observed.stored):
                self._store.plan_creation(seed, observed.stored, plan)

    def end(self, observed: Observed, plan: Plan) -> None:
        for seed in self._seeds if observed.exists else ():
            self._store.plan_cleaning(seed, observed.stored, observed.live, plan)
        goals = self._waiter.plan(self.params["wait_for"], plan) if self.params["wait_for"] else []
        waits = any(one.goal == "cloud_init" for one in goals)
        for seed in self._seeds:
            if seed.once and not (observed.exists and self._store.is_spent(seed)):
                self._plan_spending(seed, seed in self._done, plan.fresh, waits, plan)

    def _plan_spending(self, seed: Seed, read: bool, boots: bool, waits: bool, plan: Plan) -> None:
        """Take a seed that is given once out of the drive, where the guest has read it at the end of this task."""
        if not waits:
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
        self._need_start("absent")
        super().remove(observed, plan)
        self._store.plan_removal(observed.stored, plan)
        for seed in self._seeds:
            self._store.plan_cleaning(replace(seed, attached=False), observed.stored, observed.live, plan)

    def facts(self, observed: Observed) -> dict[str, Any]:
        told = {"interfaces": self.interfaces(observed, SOURCES)} if self.params["wait_for"] else {}
        return {**super().facts(observed), **told}
