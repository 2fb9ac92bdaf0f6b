# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the converge.libvirt collection: it may change in any release.

"""Domains: guests."""

from __future__ import annotations

from typing import Any

from .._domain.power import OFF, STATES, Power
from .._domain.storage import plan_removal
from .._plan import Plan, Refused
from .._road import Observed
from .._session import libvirt
from .._xml.document import parse
from .._xml.rules.domain import RULES
from .._xml.values import size_bytes
from ._defined import Defined


class Domain(Defined):
    noun = "guest"
    rules = RULES
    resting = "stopped"
    lookup_name = "lookupByName"
    lookup_uuid = "lookupByUUIDString"
    list_all = "listAllDomains"
    missing = "VIR_ERR_NO_DOMAIN"
    define = "defineXML"

    def observe(self) -> Observed:
        domain, call = self.handle, self.session.call
        what = f"read the state of guest '{domain.name()}'"
        state = STATES[call(what, domain.state)[0]]
        saved = state == "stopped" and bool(self.session.optional(what, domain.hasManagedSaveImage))
        active = state not in OFF
        return Observed(
            stored=self.stored(),
            live=self._image() if saved else self.document(self._secrets()) if active else None,
            state="saved" if saved else state,
            active=active,
            autostart=bool(self.session.optional(what, domain.autostart)),
            persistent=not active or bool(call(what, domain.isPersistent)),
        )

    def stored(self) -> Any:
        return self.document(libvirt.VIR_DOMAIN_XML_INACTIVE | self._secrets())

    def _secrets(self) -> int:
        return int(libvirt.VIR_DOMAIN_XML_SECURE) if self.secure else 0

    def _image(self) -> Any:
        """The definition inside the saved image: what the guest will have when it starts from it."""
        what = f"read the saved image of guest '{self.handle.name()}'"
        flags = libvirt.VIR_DOMAIN_SAVE_IMAGE_XML_SECURE if self.secure else 0
        xml = self.session.optional(what, self.handle.managedSaveGetXMLDesc, flags)
        return None if xml is None else parse(xml)

    def _power(self) -> Power:
        return Power(self.session, self.name, lambda: self.handle, self.params)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        self._power().reach(state, plan)

    def remove(self, observed: Observed, plan: Plan) -> None:
        flags = self._undefine_flags(observed)
        storage = Plan()
        shared = plan_removal(self.session, self.name, observed.stored, self.params["remove_storage"], storage)
        if shared is not None:
            self.need(shared)
        if observed.active:
            self._power().stop(plan)
        if observed.persistent:
            what = f"undefine guest '{self.name}'"
            plan.add(what, lambda: self.session.slow(what, self.handle.undefineFlags, flags))
        plan.steps.extend(storage.steps)

    def _undefine_flags(self, observed: Observed) -> int:
        """What goes with the definition. Raises Refused where something would be lost unasked."""
        params, domain = self.params, self.handle
        flags = 0
        if observed.state == "saved":
            if not params["discard_saved"]:
                self._would_lose("a saved image", "discard_saved")
            flags |= libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
        for what, count in (("snapshots", "snapshotNum"), ("checkpoints", "listAllCheckpoints")):
            found = self.session.optional(f"count the {what} of guest '{self.name}'", getattr(domain, count), 0)
            if found:
                if not params["remove_snapshots"]:
                    self._would_lose(what, "remove_snapshots")
                flags |= getattr(libvirt, f"VIR_DOMAIN_UNDEFINE_{what.upper()}_METADATA")
        if observed.stored.find("os/nvram") is not None or observed.stored.find("os").get("firmware"):
            fate = "NVRAM" if params["remove_nvram"] else "KEEP_NVRAM"
            flags |= getattr(libvirt, f"VIR_DOMAIN_UNDEFINE_{fate}")
        if observed.stored.find("devices/tpm/backend[@type='emulator']") is not None:
            flags |= self._tpm_flag()
        return flags

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
        addresses = {"interfaces": self._interfaces(observed)} if "addresses" in self.params else {}
        return {
            "uuid": document.findtext("uuid"),
            "autostart": observed.autostart,
            "persistent": observed.persistent,
            **addresses,
            "memory": None if memory is None else size_bytes(memory.text, memory.get("unit"), "KiB"),
            "vcpus": None if vcpu is None or not vcpu.text.isdigit() else int(vcpu.text),
            "title": document.findtext("title"),
            "description": document.findtext("description"),
            "xml": self.text(document),
        }

    def _interfaces(self, observed: Observed) -> list[dict[str, Any]] | None:
        """The interfaces of a running guest with the addresses leased to them; None where that was not asked."""
        if self.params["addresses"] == "none" or not observed.active:
            return None
        what = f"read the leases of guest '{self.name}'"
        source = libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE
        leased = self.session.optional(what, self.handle.interfaceAddresses, source, 0) or {}
        by_mac = {told["hwaddr"]: told["addrs"] or [] for told in leased.values()}
        return [
            {
                "mac": mac.get("address"),
                "addresses": [
                    {"address": one["addr"], "prefix": one["prefix"]} for one in by_mac.get(mac.get("address"), [])
                ],
            }
            for mac in observed.stored.iterfind("devices/interface/mac")
        ]
