# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains: guests."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .._domain.addresses import interfaces
from .._domain.firmware import has_emulated_tpm, has_nvram, tell_question
from .._domain.power import OFF, Power
from .._domain.storage import plan_removal
from .._kind import Defined, Glance, Observed
from .._plan import Plan, Refused, Step
from .._session import SessionError, libvirt
from .._words import STATES
from .._xml.document import parse, serialise, value
from .._xml.overlay import WHOLE, Difference, Overlay, Scope, overlay
from .._xml.record import PREFIX, URI, Record, bare, put, read, recall, remembered, take, write
from .._xml.rules.domain import RULES
from .._xml.tables import size_bytes


class Domain(Defined):
    noun = "guest"
    rules = RULES
    resting = "stopped"
    awake = "running"
    lookup_name = "lookupByName"
    lookup_uuid = "lookupByUUIDString"
    list_all = "listAllDomains"
    missing = "VIR_ERR_NO_DOMAIN"
    define = "defineXMLFlags"
    validating = "VIR_DOMAIN_DEFINE_VALIDATE"
    needs = "memory and disks, or xml, to define it"
    #: What is remembered of the last task, if this one wants to know.
    record: Record | None = None
    desired: Any = None

    def glance(self) -> Glance:
        domain, call = self.handle, self.session.call
        what = f"read the state of guest '{domain.name()}'"
        state = STATES[call(what, domain.state)[0]]
        saved = state == "stopped" and bool(self.session.optional(what, domain.hasManagedSaveImage))
        active = state not in OFF
        return Glance(
            state="saved" if saved else state,
            active=active,
            autostart=bool(self.session.optional(what, domain.autostart)),
            persistent=not active or bool(call(what, domain.isPersistent)),
        )

    def observe(self) -> Observed:
        glance = self.look()
        stored = self.document(libvirt.VIR_DOMAIN_XML_INACTIVE | self._secrets())
        saved = glance.state == "saved"
        live = self._image() if saved else self.document(self._secrets()) if glance.active else None
        if live is not None:
            tell_question(live, stored)
        return Observed.of(glance, stored, live, (take(stored), None if live is None else take(live)))

    def stored(self) -> Any:
        document = self.document(libvirt.VIR_DOMAIN_XML_INACTIVE | self._secrets())
        take(document)
        return document

    def learnt(self, observed: Observed, document: Any) -> str:
        """What libvirt will make of the document is a guess; where it comes true, nothing more needs to be written."""
        if self.desired is None:
            return self.kept(observed, document)
        ignored = () if self.record is None else self.record.ignored
        record = replace(remembered(self.desired, document, self.rules), ignored=ignored)
        return serialise(put(document, write(record)))

    def kept(self, observed: Observed, document: Any) -> str:
        """The record goes along: a definition without it would lose it."""
        return serialise(put(document, observed.records[0]))

    def _define(self, observed: Observed, xml: str) -> None:
        with _alone() if observed.exists else contextlib.nullcontext():
            super()._define(observed, xml)

    def own(self, desired: Any, current: Any) -> Any:
        if desired.tree is not None:
            take(desired.tree)
        return desired

    def lay(self, desired: Any, scope: Scope, observed: Observed) -> Overlay:
        if self.params["remember"] and scope == WHOLE:
            self.desired, self.record = desired, read(observed.records[0])
            self.named = frozenset(self.record.named if self.record is not None else ())
            laid = recall(desired, observed.stored, self.rules, self.record)
        else:
            laid = super().lay(desired, scope, observed)
        for each in laid.differences if self.params["xml"] else ():
            if each.secret and each.after is None and not each.whole:
                where = f"{each.path} of guest '{self.name}'"
                self.warnings.append(f"{where} goes: xml has none; dumps and info modules leave secrets out")
        return laid

    def ignores(self, difference: Difference) -> bool:
        return self.record is not None and self.record.knows(difference)

    def remember(self, desired: Any, observed: Observed, ignored: list[Difference]) -> None:
        if not self.params["remember"]:
            return
        left = overlay(desired, observed.stored, self.rules).differences
        known = [each for each in left if self.ignores(each)]
        record = remembered(desired, observed.stored, self.rules, ignored + known)
        if all(read(found) == record for found in observed.records[: 2 if observed.active else 1]):
            return
        what = f"write down what was learnt of guest '{self.name}'"
        element = libvirt.VIR_DOMAIN_METADATA_ELEMENT
        flags = libvirt.VIR_DOMAIN_AFFECT_CONFIG | (libvirt.VIR_DOMAIN_AFFECT_LIVE if observed.active else 0)
        try:
            self.session.optional(what, self.handle.setMetadata, element, bare(record), PREFIX, URI, flags)
        except SessionError as error:
            # What was asked for is done: only the next run will know less.
            self.warnings.append(str(error))

    def _secrets(self) -> int:
        return int(libvirt.VIR_DOMAIN_XML_SECURE) if self.secure else 0

    def _image(self) -> Any:
        """The definition inside the saved image: what the guest will have when it starts from it."""
        what = f"read the saved image of guest '{self.handle.name()}'"
        flags = libvirt.VIR_DOMAIN_SAVE_IMAGE_XML_SECURE if self.secure else 0
        xml = self.session.optional(what, self.handle.managedSaveGetXMLDesc, flags)
        return None if xml is None else parse(xml)

    def live_steps(self, stored: Any, live: Any, waiting: list[Difference], plan: Plan) -> list[Step]:
        # They take long to load.
        from .._domain.live import Hotplug, Live
        from .._domain.tuning import Running, Tuning
        from .domain_live import CLASSES, FACTS

        guest = Running(self.session, self.name, lambda: self.handle, self._read, self._put_places)
        # An RPC each, once a condition names it.
        fact = functools.cache(lambda name: self._fact(name, FACTS[name], live))
        changes = Live(CLASSES, fact, Hotplug(guest, self.rules), Tuning(guest), self.params["unplug"])
        return changes.steps(stored, live, waiting, plan)

    def _fact(self, name: str, told_by: tuple[str, ...], guest: Any) -> Any:
        """A fact of the guest's host. What cannot be known is empty, and no condition holds of it."""
        function, *paths = told_by
        what, told = f"read the {name} of the host", [value(guest, path) for path in paths]
        try:
            found = self.session.call(what, getattr(self.session.connection, function), *told)
        except SessionError:
            if self.session.stuck:
                raise
            return ()
        return parse(found) if paths else found

    def _read(self, flags: int) -> Any:
        return self.document(flags | self._secrets())

    def _put_places(self, document: Any) -> None:
        what = f"store the places of the devices of guest '{self.name}'"
        self.session.slow(what, self.session.connection.defineXML, serialise(document))

    def restart(self, observed: Observed, plan: Plan) -> None:
        state = "paused" if plan.state == "paused" else "running"
        self._power().stop(plan)
        self._power().reach(state, plan)

    def _power(self) -> Power:
        return Power(self.session, self.name, lambda: self.handle, self.params)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        self._power().reach(state, plan)

    def remove(self, observed: Observed, plan: Plan) -> None:
        flags = self._undefine_flags(observed)
        storage = Plan()
        named = self.params["remove_storage"]
        shared = plan_removal(
            self.session, self.name, observed.stored, named, storage, besides=self.removed, looks=self.looks
        )
        if shared is not None:
            self.need(shared)
        if observed.active:
            self._power().stop(plan)
        if observed.persistent:
            what = f"undefine guest '{self.name}'"
            plan.add(what, lambda: self.session.slow(what, self.handle.undefineFlags, flags))
        plan.steps.extend(storage.steps)
        plan.along.extend(storage.along)

    def _undefine_flags(self, observed: Observed) -> int:
        """What goes with the definition. Raises Refused where something would be lost unasked."""
        params, flags = self.params, 0
        if observed.state == "saved":
            if not params["discard_saved"]:
                self._would_lose("a saved image", "discard_saved")
            flags |= libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
        for what, count in self._counted().items():
            if count:
                if not params["remove_snapshots"]:
                    self._would_lose(what, "remove_snapshots")
                flags |= getattr(libvirt, f"VIR_DOMAIN_UNDEFINE_{what.upper()}_METADATA")
        if has_nvram(observed.stored):
            fate = "NVRAM" if params["remove_nvram"] else "KEEP_NVRAM"
            flags |= getattr(libvirt, f"VIR_DOMAIN_UNDEFINE_{fate}")
        if has_emulated_tpm(observed.stored):
            flags |= self._tpm_flag()
        return flags

    def _counted(self) -> dict[str, Any]:
        """What has metadata that goes with the definition: how many of each, or which."""
        calls = {"snapshots": self.handle.snapshotNum, "checkpoints": self.handle.listAllCheckpoints}
        return {
            what: self.session.optional(f"count the {what} of guest '{self.name}'", call, 0)
            for what, call in calls.items()
        }

    def _tpm_flag(self) -> int:
        name = "VIR_DOMAIN_UNDEFINE_TPM" if self.params["remove_tpm"] else "VIR_DOMAIN_UNDEFINE_KEEP_TPM"
        flag = getattr(libvirt, name, None)
        if flag is not None:
            return int(flag)
        # libvirt before 8.9 has no choice: it removes the state of an emulated TPM with the definition.
        if not self.params["remove_tpm"]:
            self._would_lose("the state of its TPM, which this libvirt cannot keep", "remove_tpm")
        return 0

    def _would_lose(self, what: str, option: str) -> None:
        raise Refused(f"guest '{self.name}' has {what}, which would be lost: {option}: true allows that")

    def facts(self, observed: Observed) -> dict[str, Any]:
        document = observed.stored
        memory, vcpu = document.find("memory"), document.find("vcpu")
        return {
            "uuid": document.findtext("uuid"),
            "autostart": observed.autostart,
            "persistent": observed.persistent,
            "memory": None if memory is None else size_bytes(memory.text, memory.get("unit"), "KiB"),
            "vcpus": None if vcpu is None or not vcpu.text.isdigit() else int(vcpu.text),
            "title": document.findtext("title"),
            "description": document.findtext("description"),
            "xml": self.text(document),
        }

    def interfaces(self, observed: Observed, sources: tuple[str, ...]) -> list[dict[str, Any]] | None:
        """The interfaces of a running guest with the addresses that these sources know; None without any."""
        if not sources or not observed.active:
            return None
        return interfaces(self.session, self.handle, observed.stored, sources)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Runs on this machine look and define one after the other, or one would undo what another has just done."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        held = os.open(os.path.join(tempfile.gettempdir(), f"converge-libvirt-{os.getuid()}.lock"), flags, 0o600)
    except OSError:
        # Someone else's file, or no room for one: then as on different machines.
        yield
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
