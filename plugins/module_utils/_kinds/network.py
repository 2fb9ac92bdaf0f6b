# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual networks."""

from __future__ import annotations

from typing import Any

from .._kind import Defined, Glance, Observed
from .._plan import Plan, Step
from .._session import libvirt
from .._xml.overlay import Difference
from .._xml.rules.network import RULES
from .network_live import Entries, Nic, guests_of, on_network, plug_back


class Network(Defined):
    noun = "network"
    needs = "options or xml to define it"
    rules = RULES
    resting = "inactive"
    awake = "active"
    lookup_name = "networkLookupByName"
    lookup_uuid = "networkLookupByUUIDString"
    list_all = "listAllNetworks"
    lists = {
        "VIR_CONNECT_LIST_NETWORKS_ACTIVE": "active",
        "VIR_CONNECT_LIST_NETWORKS_INACTIVE": "inactive",
        "VIR_CONNECT_LIST_NETWORKS_AUTOSTART": "autostart",
        "VIR_CONNECT_LIST_NETWORKS_PERSISTENT": "persistent",
    }
    missing = "VIR_ERR_NO_NETWORK"
    define = "networkDefineXMLFlags"
    validating = "VIR_NETWORK_DEFINE_VALIDATE"

    def glance(self) -> Glance:
        network, call = self.handle, self.session.call
        what = f"read the state of network '{network.name()}'"
        active = bool(call(what, network.isActive))
        return Glance(
            state="active" if active else "inactive",
            active=active,
            autostart=bool(call(what, network.autostart)),
            persistent=not active or bool(call(what, network.isPersistent)),
        )

    def observe(self) -> Observed:
        glance = self.look()
        return Observed.of(glance, self.stored(), self.document(0) if glance.active else None)

    def stored(self) -> Any:
        return self.document(libvirt.VIR_NETWORK_XML_INACTIVE)

    def live_steps(self, stored: Any, live: Any, waiting: list[Difference], plan: Plan) -> list[Step]:
        return self._entries(live=True).steps(stored, live, waiting)

    def _entries(self, live: bool) -> Entries:
        return Entries(self.session, self.name, lambda: self.handle, self.rules, live)

    def restart(self, observed: Observed, plan: Plan) -> None:
        nics = on_network(self.session, self.name)
        if nics:
            plan.warnings.append(f"network '{self.name}' is started anew: {guests_of(nics)} are cut off meanwhile")
        self._plan_stop(plan)
        self._plan_start(plan, nics)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        if state == "present" or state == plan.state:
            return
        nics = on_network(self.session, self.name)
        if state == "active":
            # Guests that were on it when it was stopped.
            self._plan_start(plan, nics)
            return
        if nics:
            plan.warnings.append(f"network '{self.name}' is stopped, which cuts off {guests_of(nics)}")
        self._plan_stop(plan)

    def _plan_stop(self, plan: Plan) -> None:
        what = f"stop network '{self.name}'"
        plan.add(what, lambda: self.switch(what, self.handle.destroy, False))
        plan.state, plan.fresh = "inactive", True

    def _plan_start(self, plan: Plan, nics: list[Nic]) -> None:
        what = f"start network '{self.name}'"
        plan.add(what, lambda: self.switch(what, self.handle.create, True))
        for nic in nics:
            self._plan_plugging(plan, nic)
        plan.state, plan.fresh = "active", True

    def _plan_plugging(self, plan: Plan, nic: Nic) -> None:
        what = f"plug {nic.mac} of guest '{nic.guest}' back into network '{self.name}'"

        def run() -> None:
            bridge = self.session.call(f"read the bridge of network '{self.name}'", self.handle.bridgeName)
            plug_back(self.session, nic, self.name, bridge)

        plan.add(what, run)

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
