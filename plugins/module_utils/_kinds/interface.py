# SPDX-License-Identifier: GPL-3.0-or-later

"""Network interfaces of the host: physical ones, bridges, bonds and VLANs."""

from __future__ import annotations

from typing import Any

from .._kind import Defined, Observed
from .._plan import Plan
from .._session import libvirt
from .._xml.document import find_all, value
from .._xml.rules.interface import RULES


class Interface(Defined):
    noun = "interface"
    rules = RULES
    resting = "inactive"
    lookup_name = "interfaceLookupByName"
    list_all = "listAllInterfaces"
    missing = "VIR_ERR_NO_INTERFACE"
    define = "interfaceDefineXML"
    validating = "VIR_INTERFACE_DEFINE_VALIDATE"
    name_at = "@name"

    def observe(self) -> Observed:
        what = f"read the state of interface '{self.handle.name()}'"
        active = bool(self.session.call(what, self.handle.isActive))
        return Observed(
            stored=self.stored(),
            live=self.document(0) if active else None,
            state="active" if active else "inactive",
            active=active,
        )

    def stored(self) -> Any:
        return self.document(libvirt.VIR_INTERFACE_XML_INACTIVE)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        if state == "present" or state == plan.state:
            return
        verb, call = ("start", "create") if state == "active" else ("stop", "destroy")
        what = f"{verb} interface '{self.name}'"
        plan.add(what, lambda: self.session.slow(what, getattr(self.handle, call), 0))
        plan.state, plan.fresh = state, True

    def remove(self, observed: Observed, plan: Plan) -> None:
        if observed.active:
            self.reach(observed, "inactive", plan)
        self.undefine(plan)

    def facts(self, observed: Observed) -> dict[str, Any]:
        document = observed.stored if observed.live is None else observed.live
        return {
            "type": value(observed.stored, "@type"),
            "mac": value(document, "mac@address"),
            "addresses": [_address(one) for one in find_all(document, "protocol/ip")],
            "xml": self.text(observed.stored),
        }


def _address(address: Any) -> str:
    prefix = address.get("prefix")
    return f"{address.get('address')}/{prefix}" if prefix else str(address.get("address"))
