# SPDX-License-Identifier: GPL-3.0-or-later

"""Devices of a running guest: plugged in, changed, and taken out with the guest's consent."""

from __future__ import annotations

import copy
import dataclasses
import time
from typing import Any, Callable

from .._plan import Plan, Step
from .._session import Session, SessionError, libvirt
from .._xml.compare import Difference, Unit, pairs
from .._xml.document import attribute, compact, find, find_all
from .._xml.rules import Rules
from .events import events, wait

#: Seconds that a guest has to let a device go; one that has not come up yet, or refuses, never does.
CONSENT = 20

#: Seconds after which a guest that still has the device is asked again.
ASK_AGAIN = 5


@dataclasses.dataclass
class Running:
    """A running guest. domain: gives libvirt's domain. read: reads one of its documents, by the flags of XMLDesc beside
    the secrets. put: stores a document in place of the stored one.
    """

    session: Session
    name: str
    domain: Callable[[], Any]
    read: Callable[[int], Any]
    put: Callable[[Any], None]


class Hotplug:
    """The devices of one running guest."""

    def __init__(self, guest: Running, rules: Rules) -> None:
        self.guest = guest
        self.session = guest.session
        self.name = guest.name
        self.rules = rules

    def plug(self, unit: Unit, ends: list[Difference], placed: bool) -> Step:
        """Plug in a stored device. placed: whether its stored address is free in the running guest; else libvirt picks
        another one, which is stored then, so that the device stays there after a restart.
        """
        what = f"plug {_called(unit)} into running guest '{self.name}'"

        def run() -> None:
            device: Any = copy.deepcopy(unit.right)
            if not placed:
                for address in find_all(device, "address"):
                    device.remove(address)
            flags = libvirt.VIR_DOMAIN_AFFECT_LIVE
            self.session.slow(what, self.guest.domain().attachDeviceFlags, compact(device), flags)
            if not placed:
                self._store_place(unit)

        return Step(what, run, tuple(ends))

    def _store_place(self, unit: Unit) -> None:
        """Give the stored device the address that the running one has got."""
        live, stored = self.guest.read(0), self.guest.read(libvirt.VIR_DOMAIN_XML_INACTIVE)
        for pair in pairs(find_all(live, unit.tags), find_all(stored, unit.tags), unit.tags, self.rules):
            if pair.left is None or pair.right is None:
                continue
            mine, theirs = find(pair.right, "address"), find(pair.left, "address")
            wanted = find(unit.right, "address")
            if theirs is None or mine is None or wanted is None or dict(mine.attrib) != dict(wanted.attrib):
                continue
            pair.right.replace(mine, copy.deepcopy(theirs))
            self.guest.put(stored)
            return

    def update(self, unit: Unit, made: Any, ends: list[Difference]) -> Step:
        """Change a device. made: the whole of it, as it shall run."""
        what = f"change {_called(unit)} of running guest '{self.name}'"

        def run() -> None:
            flags = libvirt.VIR_DOMAIN_AFFECT_LIVE
            self.session.slow(what, self.guest.domain().updateDeviceFlags, compact(made), flags)

        return Step(what, run, tuple(ends))

    def unplug(self, unit: Unit, ends: list[Difference], plan: Plan) -> Step:
        """Take a device out: asked for, and waited for. A guest that does not let go keeps it, with a warning."""
        what = f"take {_called(unit)} out of running guest '{self.name}'"

        def run() -> None:
            if not self._out(what, unit):
                plan.warnings.append(
                    f"asked, not gone: running guest '{self.name}' has not let {_called(unit)} go; the next run asks "
                    "again, and it is gone after its next start"
                )

        return Step(what, run, tuple(ends))

    def _out(self, what: str, unit: Unit) -> bool:
        """Ask until the device is gone, or the time is over. libvirt itself waits up to 5 s at each question (9.0)."""
        end = time.monotonic() + min(CONSENT, self.session.endpoint.wait_timeout)
        with events(self.session, self.guest.domain(), "DEVICE_REMOVED", "DEVICE_REMOVAL_FAILED") as happened:
            while self._ask(what, unit):
                left = end - time.monotonic()
                if wait(happened, lambda: self._is_gone(unit), max(0, min(left, ASK_AGAIN))):
                    return True
                if left <= ASK_AGAIN:
                    break
            return self._is_gone(unit)

    def _ask(self, what: str, unit: Unit) -> bool:
        """Ask once; whether it makes sense to ask again."""
        flags = libvirt.VIR_DOMAIN_AFFECT_LIVE
        try:
            self.session.slow(what, self.guest.domain().detachDeviceFlags, compact(unit.left), flags)
        except SessionError as error:
            if self.session.stuck or not (error.code == libvirt.VIR_ERR_DEVICE_MISSING or _declined(error)):
                raise
            return False
        return True

    def _is_gone(self, unit: Unit) -> bool:
        alias = attribute(unit.left, "alias", "name")
        document = self.guest.read(0)
        return all(attribute(one, "alias", "name") != alias for one in find_all(document, unit.tags))


#: What libvirt says of a guest that does not let a device go, or was asked and has not answered yet. Neither has a code
#: of its own (9.0: VIR_ERR_OPERATION_FAILED, VIR_ERR_INTERNAL_ERROR).
DECLINED = ("rejected by the guest", "already in the process of unplug")


def _declined(error: SessionError) -> bool:
    return any(said in str(error) for said in DECLINED)


def _called(unit: Unit) -> str:
    """A device as people call it: disk[vdb]."""
    return unit.words.partition("/")[2] or unit.words
