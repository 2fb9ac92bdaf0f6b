# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask one hypervisor for all its guests, in a number of calls that does not grow with theirs where that can be."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import Any

from .._session import SessionError, libvirt
from . import facts
from .addresses import locate
from .line import LANES, Call, Line, is_error, sound
from .wanted import Want

#: More connections are opened only where reading documents on one would take longer than that, in seconds.
PATIENCE = 0.3
CONNECTIONS = 4
#: The lists that say something of each guest that is in them.
LISTS = ("AUTOSTART", "TRANSIENT", "MANAGEDSAVE")
#: Documents of a guest: what it is at the moment, what is stored of one that runs, and what it was when it was saved.
SHOWN, STORED, IMAGE = "shown", "stored", "image"
#: The lists that tell the state where the driver has no statistics, by libvirt's number of the state.
STATES = {1: "RUNNING", 3: "PAUSED", 5: "SHUTOFF", 0: "OTHER"}


class Survey:
    """One look at a hypervisor. handles: libvirt's guests; stored, live: documents that were kept. All by UUID."""

    def __init__(self, line: Line, want: Want, connection: Any = None) -> None:
        self.line, self.want = line, want
        self.connection = line.connect() if connection is None else connection
        self.handles: dict[str, Any] = {}
        self.stored: dict[str, Any] = {}
        self.live: dict[str, Any] = {}
        self.round_trip = 0.0

    def guests(self) -> list[dict[str, Any]]:
        """The facts of the guests that are wanted, by name. Raises SessionError where there is no answer."""
        found = [guest for guest in self._census() if self.want.takes(guest)]
        read = {guest["uuid"]: guest for guest in found if self.want.reads(guest)}
        if read:
            found = self._define(found, read)
            running = [guest for guest in found if guest["active"] and "interfaces" in guest]
            locate(self.line, self.want, self.connection, self.handles, running)
        return sorted(found, key=lambda guest: (guest["name"], guest["uuid"]))

    # -- what takes no call of its own for a guest --------------------------------------------------------------------

    def _census(self) -> list[dict[str, Any]]:
        what = "list the guests"
        states, sizes = libvirt.VIR_DOMAIN_STATS_STATE, libvirt.VIR_DOMAIN_STATS_BALLOON | libvirt.VIR_DOMAIN_STATS_VCPU
        # Sizes of a running guest are asked of its QEMU, which may be stuck: libvirt leaves out only a guest that is so
        # already, and waits for ever for the others.
        nowait = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
        off = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE | nowait
        got = self.line.all(
            [
                Call("stats", what, self.connection.getAllDomainStats, (states, nowait)),
                Call("sizes", what, self.connection.getAllDomainStats, (sizes, off)),
                Call("driver", "ask for the driver", self._driver),
                *(Call(name, what, self.connection.listAllDomains, (_flag(name),)) for name in LISTS),
            ]
        )
        lacks = is_error(got["stats"], "VIR_ERR_NO_SUPPORT")
        stats = self._without_stats() if lacks else sound(got["stats"])
        sizes_of = {} if lacks else {handle.UUIDString(): told for handle, told in sound(got["sizes"])}
        listed = {name: {one.UUIDString() for one in sound(got[name])} for name in LISTS}
        driver = sound(got["driver"]).lower()
        guests = []
        for handle, told in stats:
            uuid = handle.UUIDString()
            self.handles[uuid] = handle
            known = {**sizes_of.get(uuid, {}), **told}
            guest = facts.census(handle.name(), uuid, handle.ID(), known, uuid in listed["MANAGEDSAVE"])
            guest["autostart"], guest["persistent"] = uuid in listed["AUTOSTART"], uuid not in listed["TRANSIENT"]
            guest["driver"] = driver
            guests.append(guest)
        return guests

    def _driver(self) -> str:
        """The driver's name, whose answer is also what tells how far away the hypervisor is."""
        begin = time.monotonic()
        name: str = self.connection.getType()
        self.round_trip = time.monotonic() - begin
        return name

    def _without_stats(self) -> list[tuple[Any, dict[str, Any]]]:
        """The guests and their states, from a driver that has no statistics."""
        listing, what = self.connection.listAllDomains, "list the guests"
        got = self.line.all(Call(state, what, listing, (_flag(name),)) for state, name in STATES.items())
        return [(handle, {"state.state": state}) for state in STATES for handle in sound(got[state])]

    def _pools(self) -> dict[str, str]:
        """The folders of all active pools, by name: one call for each pool."""
        listing, active = self.connection.listAllStoragePools, libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE
        answer = self.line.all([Call(None, "list the pools", listing, (active,))])[None]
        pools = [] if is_error(answer, "VIR_ERR_NO_SUPPORT", "VIR_ERR_NO_CONNECT") else sound(answer)
        got = self.line.all(
            Call(pool.name(), f"read the definition of pool '{pool.name()}'", pool.XMLDesc) for pool in pools
        )
        texts = {name: answer for name, answer in got.items() if not is_error(answer, "VIR_ERR_NO_STORAGE_POOL")}
        folders = {name: facts.pool_folder(_parsed(sound(text))) for name, text in texts.items()}
        return {name: folder for name, folder in folders.items() if folder}

    # -- what takes a call for each guest -----------------------------------------------------------------------------

    def _define(self, found: list[dict[str, Any]], read: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
        """Add what only documents say, and leave out the guests that then are not wanted, or have gone meanwhile."""
        pools = self._pools() if self.want.pools else {}
        asked = [(uuid, side) for uuid, guest in read.items() for side in self._sides(guest)]
        gone = set()
        for (uuid, side), text in self._documents(asked, read):
            if is_error(text, "VIR_ERR_NO_DOMAIN"):
                gone.add(uuid)
                continue
            if side == IMAGE and is_error(text, "VIR_ERR_NO_SUPPORT"):
                continue
            document = _parsed(sound(text))
            if side == SHOWN:
                read[uuid].update(facts.definition(document, pools))
            if self.want.pending or self.want.keep:
                running = side == IMAGE or (side == SHOWN and read[uuid]["active"])
                (self.live if running else self.stored)[uuid] = document
        unread = [guest for uuid, guest in read.items() if "interfaces" not in guest and uuid not in gone]
        if unread:
            self.line.failed = f"{self.line.late()}: {len(unread)} of {len(read)} guests could not be read"
        if self.want.pending:
            for uuid in self.stored.keys() & self.live.keys():
                read[uuid].update(_waiting(self.stored[uuid], self.live[uuid]))
        return [
            guest
            for guest in found
            if guest["uuid"] not in gone and ("interfaces" not in guest or self.want.takes_defined(guest))
        ]

    def _sides(self, guest: dict[str, Any]) -> list[str]:
        """Which documents of a guest are read."""
        sides = [SHOWN]
        if guest["active"] and (self.want.keep or (self.want.pending and guest["persistent"])):
            sides.append(STORED)
        if guest["state"] == "saved" and self.want.pending:
            sides.append(IMAGE)
        return sides

    def _documents(self, asked: list[tuple[str, str]], read: dict[str, Any]) -> Iterable[tuple[tuple[str, str], Any]]:
        """The texts of documents, over as many connections as are worth being opened."""
        known = [self.handles, *self._more_handles(len(asked))]
        flags = {SHOWN: 0, STORED: libvirt.VIR_DOMAIN_XML_INACTIVE, IMAGE: 0}
        calls = []
        for number, (uuid, side) in enumerate(asked):
            handle = known[number % len(known)].get(uuid, self.handles[uuid])
            reading = handle.managedSaveGetXMLDesc if side == IMAGE else handle.XMLDesc
            what = f"read the definition of guest '{read[uuid]['name']}'"
            calls.append(Call((uuid, side), what, reading, (flags[side],)))
        return self.line.answers(calls, LANES * len(known))

    def _more_handles(self, count: int) -> list[dict[str, Any]]:
        """The guests as further connections know them."""
        if count * self.round_trip / LANES < PATIENCE:
            return []
        calls = [Call(number, "list the guests", self._listed) for number in range(CONNECTIONS - 1)]
        # A hypervisor that takes no more clients is asked on one connection.
        return [answer for _key, answer in self.line.answers(calls) if not isinstance(answer, SessionError)]

    def _listed(self) -> dict[str, Any]:
        return {one.UUIDString(): one for one in self.line.connect().listAllDomains(0)}


def _flag(name: str) -> int:
    return int(getattr(libvirt, f"VIR_CONNECT_LIST_DOMAINS_{name}"))


def _parsed(text: str) -> Any:
    """A document. Where none is read, lxml is not even loaded."""
    from .._xml.document import LXML_ERROR, DocumentError, parse

    if LXML_ERROR is not None:
        raise SessionError(f"lxml (the distribution's package python3-lxml has it) is missing for {sys.executable}")
    try:
        return parse(text)
    except DocumentError as error:
        raise SessionError(f"cannot read what libvirt has answered: {error}") from None


def _waiting(stored: Any, live: Any) -> dict[str, Any]:
    """What waits for a restart."""
    from .._plan import Change
    from .._xml.overlay import pending
    from .._xml.record import take
    from .._xml.rules.domain import RULES

    for document in (stored, live):
        take(document)
    # What only the running one has, as a whole, is nobody's to take.
    found = pending(stored, live, RULES)
    waiting = [each for each in found if not each.whole or each.after is not None]
    outside = [each for each in found if each not in waiting]
    return {
        "pending": [Change.of(each, "restart").as_result() for each in waiting],
        "pending_restart": bool(waiting),
        "live_only": [Change.of(each, "live").as_result() for each in outside],
    }
