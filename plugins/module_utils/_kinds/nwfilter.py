# SPDX-License-Identifier: GPL-3.0-or-later

"""Network filters: what a guest's interface may send and receive."""

from __future__ import annotations

from typing import Any

from .._kind import Defined, Observed
from .._plan import Plan
from .._xml.document import find_all, parse, value
from .._xml.rules.nwfilter import RULES


class Nwfilter(Defined):
    noun = "network filter"
    rules = RULES
    resting = "present"
    runs = False
    lookup_name = "nwfilterLookupByName"
    lookup_uuid = "nwfilterLookupByUUIDString"
    list_all = "listAllNWFilters"
    missing = "VIR_ERR_NO_NWFILTER"
    define = "nwfilterDefineXMLFlags"
    validating = "VIR_NWFILTER_DEFINE_VALIDATE"
    name_at = "@name"
    #: What is bound to ports of guests, read once: the documents of the bindings.
    bound: list[Any] | None = None

    def observe(self) -> Observed:
        return Observed(stored=self.stored(), state="present")

    def stored(self) -> Any:
        return self.document(0)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        """A filter has no power: present is all there is."""

    def remove(self, observed: Observed, plan: Plan) -> None:
        self._need_unbound()
        self.undefine(plan)

    def _need_unbound(self) -> None:
        """libvirt refuses to undefine what a running guest uses, directly or by way of another filter."""
        bindings = self._bindings()
        if not bindings:
            return
        users = self._users()
        ports = [value(one, "portdev@name") or "" for one in bindings if value(one, "filterref@filter") in users]
        if ports:
            self.need(
                f"network filter '{self.name}' is in use by running guests, at {', '.join(sorted(ports))}: stop them "
                "or take it from their interfaces first"
            )

    def _users(self) -> set[str]:
        """The filter itself, and every filter that refers to one of these."""
        refers = {
            one.name(): {ref.get("filter") for ref in find_all(self._read(one), "filterref")}
            for one in self.everything()
        }
        users, before = {self.name}, 0
        while len(users) > before:
            before = len(users)
            users |= {name for name, others in refers.items() if others & users}
        return users

    def _read(self, handle: Any) -> Any:
        return parse(self.session.call(f"read network filter '{handle.name()}'", handle.XMLDesc, 0))

    def _bindings(self) -> list[Any]:
        if self.bound is None:
            listed = self.session.optional(
                "list what network filters are bound to", self.session.connection.listAllNWFilterBindings, 0
            )
            found = [self._binding(one) for one in listed or []]
            self.bound = [one for one in found if one is not None]
        return self.bound

    def _binding(self, handle: Any) -> Any:
        """The document of a binding; None where its guest has stopped since they were listed."""
        what = f"read the binding of port '{handle.portDev()}'"
        xml = self.session.look_up(what, "VIR_ERR_NO_NWFILTER_BINDING", handle.XMLDesc, 0)
        return None if xml is None else parse(xml)

    def facts(self, observed: Observed) -> dict[str, Any]:
        document = observed.stored
        return {
            "uuid": document.findtext("uuid"),
            "chain": document.get("chain"),
            "filters": [ref.get("filter") for ref in find_all(document, "filterref")],
            "xml": self.text(document),
            **self._bound_facts(),
        }

    def _bound_facts(self) -> dict[str, Any]:
        """Which ports have the filter, where an info module asks for that."""
        if "bindings" not in self.params:
            return {}
        if not self.params["bindings"]:
            return {"bindings": None}
        mine = [one for one in self._bindings() if value(one, "filterref@filter") == self.name]
        return {"bindings": [_told(one) for one in mine]}


def _told(binding: Any) -> dict[str, Any]:
    parameters = find_all(binding, "filterref/parameter")
    return {
        "port": value(binding, "portdev@name"),
        "guest": value(binding, "owner/name"),
        "mac": value(binding, "mac@address"),
        "parameters": [{"name": one.get("name"), "value": one.get("value")} for one in parameters],
    }
