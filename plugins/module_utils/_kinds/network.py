# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual networks."""

from __future__ import annotations

from typing import Any

from .._kind import Observed
from .._plan import Plan
from .._session import libvirt
from .._xml.rules.network import RULES
from ._defined import Defined


class Network(Defined):
    noun = "network"
    rules = RULES
    resting = "inactive"
    lookup_name = "networkLookupByName"
    lookup_uuid = "networkLookupByUUIDString"
    list_all = "listAllNetworks"
    missing = "VIR_ERR_NO_NETWORK"
    define = "networkDefineXMLFlags"
    validating = "VIR_NETWORK_DEFINE_VALIDATE"

    def observe(self) -> Observed:
        network, call = self.handle, self.session.call
        what = f"read the state of network '{network.name()}'"
        active = bool(call(what, network.isActive))
        return Observed(
            stored=self.stored(),
            live=self.document(0) if active else None,
            state="active" if active else "inactive",
            active=active,
            autostart=bool(call(what, network.autostart)),
            persistent=not active or bool(call(what, network.isPersistent)),
        )

    def stored(self) -> Any:
        return self.document(libvirt.VIR_NETWORK_XML_INACTIVE)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        if state == "present" or state == plan.state:
            return
        verb, call = ("start", "create") if state == "active" else ("stop", "destroy")
        what = f"{verb} network '{self.name}'"
        plan.add(what, lambda: self.session.slow(what, getattr(self.handle, call)))
        plan.state, plan.fresh = state, True

    def remove(self, observed: Observed, plan: Plan) -> None:
        if observed.active:
            self.reach(observed, "inactive", plan)
        if observed.persistent:
            self.undefine(plan)

    def facts(self, observed: Observed) -> dict[str, Any]:
        document = observed.stored
        bridge, forward = document.find("bridge"), document.find("forward")
        return {
            "uuid": document.findtext("uuid"),
            "autostart": observed.autostart,
            "persistent": observed.persistent,
            "bridge": None if bridge is None else bridge.get("name"),
            "forward": None if forward is None else forward.get("mode", "nat"),
            "xml": self.text(document),
        }
