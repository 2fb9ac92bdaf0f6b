# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual networks, their entries, and the way of guests back onto them. Seen with libvirt 9.0."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from .._kind import Defined, Observed
from .._plan import Plan, Step
from .._session import Session, SessionError, libvirt
from .._xml.compare import Difference, Unit, content, pairs
from .._xml.document import attribute, compact, find, find_all, parse
from .._xml.rules.network import RULES


class Network(Defined):
    noun = "network"
    needs = "options or xml to define it"
    rules = RULES
    resting = "inactive"
    awake = "active"
    lookup_name = "networkLookupByName"
    lookup_uuid = "networkLookupByUUIDString"
    list_all = "listAllNetworks"
    missing = "VIR_ERR_NO_NETWORK"
    define = "networkDefineXMLFlags"
    validating = "VIR_NETWORK_DEFINE_VALIDATE"

    def observe(self) -> Observed:
        glance = self.look()
        return Observed.of(glance, self.stored(), self.document(0) if glance.active else None)

    def stored(self) -> Any:
        return self.document(libvirt.VIR_NETWORK_XML_INACTIVE)

    def live_steps(self, stored: Any, live: Any, waiting: list[Difference], plan: Plan) -> list[Step]:
        return Entries(self, live=True).steps(stored, live, waiting)

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
        plan.add(what, lambda: self._plug_back(what, nic))

    def _plug_back(self, what: str, nic: Nic) -> None:
        """Put it onto the bridge first: libvirt sees no change in what it has (9.0)."""
        bridge = self.session.call(f"read the bridge of network '{self.name}'", self.handle.bridgeName)
        update, live = nic.domain.updateDeviceFlags, libvirt.VIR_DOMAIN_AFFECT_LIVE
        for found in _interfaces(self.session, nic.domain, self.name):
            if attribute(found, "mac", "address") != nic.mac:
                continue
            away, back = copy.deepcopy(found), copy.deepcopy(found)
            away.set("type", "bridge")
            source: Any = find(away, "source")
            source.attrib.clear()
            source.set("bridge", bridge)
            kept: Any = find(back, "source")
            for name in ("portid", "bridge"):
                kept.attrib.pop(name, None)
            for made in (away, back):
                self.session.optional(what, update, compact(made), live)

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


@dataclass(frozen=True)
class Section:
    """A list of a network. keys: the attributes by any of which libvirt finds an entry to change. named_by: those of
    which one names an entry to remove. first: what the first entry decides.
    """

    name: str
    keys: tuple[str, ...] = ()
    named_by: tuple[str, ...] = ()
    first: str = ""


SECTIONS = {
    "ip/dhcp/host": Section("IP_DHCP_HOST", ("mac", "ip", "name"), ("mac", "ip", "name")),
    "ip/dhcp/range": Section("IP_DHCP_RANGE"),
    # Told with its names it would be each entry that has one of them.
    "dns/host": Section("DNS_HOST", named_by=("ip",)),
    "dns/txt": Section("DNS_TXT"),
    "dns/srv": Section("DNS_SRV"),
    "portgroup": Section("PORTGROUP", ("name",)),
    "forward/interface": Section("FORWARD_INTERFACE", first="forward@dev"),
}


class Entries:
    """The entries of one network. live: those of what runs, or of what is stored."""

    def __init__(self, network: Network, live: bool) -> None:
        self.network = network
        self.session = network.session
        self.live = live
        self.where = f"{'active' if live else 'the definition of'} network '{network.name}'"

    def steps(self, wanted: Any, have: Any, differences: list[Difference]) -> list[Step]:
        """What goes, goes first: what comes may have its name."""
        units: dict[str, tuple[Unit, list[Difference]]] = {}
        for each in differences:
            if each.unit is not None:
                units.setdefault(each.unit.words, (each.unit, []))[1].append(each)
        for each in differences:
            mine = [unit for unit, _found in units.values() if SECTIONS[unit.tags].first == each.tags]
            if mine and self._has_first(mine, wanted, have):
                units[mine[-1].words][1].append(each)
        gone, changed, come = [], [], []
        for unit, ends in units.values():
            index = self._index(unit, wanted, have)
            if unit.right is None:
                gone.append(self._step("remove", unit, index, ends))
            elif unit.left is None:
                come.append(self._step("add", unit, index, ends))
            elif self._is_found(unit, have):
                changed.append(self._step("change", unit, index, ends))
            else:
                gone.append(self._step("remove", unit, index, []))
                come.append(self._step("add", unit, index, ends))
        # There is one default portgroup at a time: the old one steps back before.
        changed.sort(key=lambda step: any(each.path.endswith("/@default") and each.after for each in step.ends))
        return [*gone, *changed, *come]

    def _index(self, unit: Unit, wanted: Any, have: Any) -> int:
        """Which <ip> the entry lies in, or -1."""
        if not unit.tags.startswith("ip/"):
            return -1
        mine = find_all(have, "ip")
        for pair in pairs(mine, find_all(wanted, "ip"), "ip", RULES):
            side = pair.right if unit.left is None else pair.left
            entry: Any = unit.right if unit.left is None else unit.left
            if side is not None and any(ancestor is side for ancestor in entry.iterancestors("ip")):
                return next(number for number, one in enumerate(mine) if one is pair.left)
        return -1

    def _has_first(self, units: list[Unit], wanted: Any, have: Any) -> bool:
        path, _at, name = SECTIONS[units[0].tags].first.partition("@")
        leaving = [unit.left for unit in units if unit.right is None]
        left = [one for one in find_all(have, units[0].tags) if not any(one is other for other in leaving)]
        left += [unit.right for unit in units if unit.left is None]
        return (left[0].get(name) if left else None) == attribute(wanted, path, name)

    def _is_found(self, unit: Unit, have: Any) -> bool:
        """Whether libvirt changes it in place: it takes the first entry that shares any key with the new one."""
        theirs: Any = unit.right
        keys = [key for key in SECTIONS[unit.tags].keys if theirs.get(key)]
        sharing = [one for one in find_all(have, unit.tags) if any(one.get(key) == theirs.get(key) for key in keys)]
        return len(sharing) == 1 and sharing[0] is unit.left

    def _step(self, verb: str, unit: Unit, index: int, ends: list[Difference]) -> Step:
        what = f"{verb} {unit.words} {_VERBS[verb][1]} {self.where}"

        def run() -> None:
            entry = unit.left if verb == "remove" else unit.right
            try:
                self._call(what, verb, unit, index, entry)
            except SessionError:
                if verb == "add" and unit.left is not None and not self.session.stuck:
                    self._call(f"put back {unit.words} in {self.where}", verb, unit, index, unit.left)
                raise

        return Step(what, run, tuple(ends))

    def _call(self, what: str, verb: str, unit: Unit, index: int, entry: Any) -> None:
        command = getattr(libvirt, f"VIR_NETWORK_UPDATE_COMMAND_{_VERBS[verb][0]}")
        section = getattr(libvirt, f"VIR_NETWORK_SECTION_{SECTIONS[unit.tags].name}")
        told = compact(self._named(unit.tags, entry) if verb == "remove" else entry)
        flags = getattr(libvirt, f"VIR_NETWORK_UPDATE_AFFECT_{'LIVE' if self.live else 'CONFIG'}")
        try:
            self.session.slow(what, self.network.handle.update, command, section, index, told, flags)
        except SessionError:
            # Another run may have been quicker.
            if self.session.stuck or self._has(unit.tags, entry) is (verb == "remove"):
                raise

    def _named(self, tags: str, entry: Any) -> Any:
        """As much of an entry as tells libvirt to remove it."""
        name = next((name for name in SECTIONS[tags].named_by if entry.get(name)), None)
        return entry if name is None else entry.makeelement(entry.tag, {name: entry.get(name)})

    def _has(self, tags: str, entry: Any) -> bool:
        flags = 0 if self.live else libvirt.VIR_NETWORK_XML_INACTIVE
        document = parse(self.session.call(f"read {self.where}", self.network.handle.XMLDesc, flags))
        said = content(entry, tags, RULES)
        return any(content(one, tags, RULES) == said for one in find_all(document, tags))


_VERBS = {"remove": ("DELETE", "from"), "change": ("MODIFY", "of"), "add": ("ADD_LAST", "to")}

#: The type, as it runs, of an interface on the network's own bridge.
ON_ITS_BRIDGE = "network"


@dataclass(frozen=True)
class Nic:
    guest: str
    mac: str
    domain: Any


def on_network(session: Session, network: str) -> list[Nic]:
    active = libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE
    domains = session.optional("list the running guests", session.connection.listAllDomains, active) or []
    return [
        Nic(domain.name(), attribute(nic, "mac", "address") or "", domain)
        for domain in sorted(domains, key=lambda one: one.name())
        for nic in _interfaces(session, domain, network)
    ]


def guests_of(nics: list[Nic]) -> str:
    names = sorted({f"'{nic.guest}'" for nic in nics})
    return f"the running guest{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _interfaces(session: Session, domain: Any, network: str) -> list[Any]:
    what = f"read the definition of guest '{domain.name()}'"
    xml = session.look_up(what, "VIR_ERR_NO_DOMAIN", domain.XMLDesc, 0)
    if xml is None:
        # It has stopped since the list was made.
        return []
    document = parse(xml)
    if document.get("id") is None:
        return []
    return [
        one
        for one in find_all(document, "devices/interface")
        if one.get("type") == ON_ITS_BRIDGE and attribute(one, "source", "network") == network
    ]
