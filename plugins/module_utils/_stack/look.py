# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host has, by the names of a stack: from lists, so that not every object is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .._kind import Glance, Kind, Observed
from .._session import Session, SessionError, libvirt

#: libvirt's object, and a Glance where the list says enough.
Glimpse = tuple[Any, "Glance | None"]

#: By kind: what the flags of its list begin with, and the states that they tell.
FLAGS = {
    "networks": ("VIR_CONNECT_LIST_NETWORKS_", {"ACTIVE": "active", "INACTIVE": "inactive"}),
    "pools": ("VIR_CONNECT_LIST_STORAGE_POOLS_", {"ACTIVE": "active", "INACTIVE": "inactive"}),
    "domains": ("VIR_CONNECT_LIST_DOMAINS_", {"RUNNING": "running", "PAUSED": "paused", "SHUTOFF": "stopped"}),
}
#: What they tell beside that, where the kind has it.
BESIDE = ("AUTOSTART", "PERSISTENT", "MANAGEDSAVE")


def glimpses(plural: str, kind: Kind) -> dict[str, Glimpse]:
    """Every object of a kind by its name, in a number of calls that does not grow with them."""
    told = _flagged(plural, kind)
    return {kind.title(one): (one, _glance(kind, kind.title(one), told)) for one in kind.everything()}


def glimpses_of_pool(kind: Any) -> dict[str, Glimpse]:
    """Those of the pool that the kind is asked for, if it is active."""
    pool, session = kind.params["pool"], kind.session
    look_up = session.connection.storagePoolLookupByName
    found = session.look_up(f"look up pool '{pool}'", "VIR_ERR_NO_STORAGE_POOL", look_up, pool)
    what = f"list the volumes of pool '{pool}'"
    if found is None or not session.call(what, found.isActive):
        return {}
    return {one.name(): (one, None) for one in session.slow(what, found.listAllVolumes)}


def _flagged(plural: str, kind: Any) -> dict[str, set[str]]:
    """By what a flag tells, the names of which it does; empty where the driver does not tell all."""
    prefix, states = FLAGS.get(plural, ("", {}))
    told: dict[str, set[str]] = {}
    for flag in (*states, *BESIDE) if prefix else ():
        number = getattr(libvirt, prefix + flag, None)
        if number is None:
            continue
        list_all = getattr(kind.session.connection, kind.list_all)
        found = kind.session.optional(f"list the {kind.noun}s", list_all, number)
        if found is None:
            return {}
        told[states.get(flag, flag)] = {one.name() for one in found}
    return told


def _glance(kind: Kind, name: str, told: dict[str, set[str]]) -> Glance | None:
    states = [said for said, names in told.items() if said not in BESIDE and name in names]
    if len(states) != 1:
        return None
    active = states[0] != kind.resting
    saved = not active and name in told.get("MANAGEDSAVE", ())
    persistent = not active or name in told["PERSISTENT"]
    return Glance("saved" if saved else states[0], active, name in told["AUTOSTART"], persistent)


def everything(kind: str, one: Kind) -> Iterator[tuple[str, Any]]:
    """Every object of a kind: its name in a stack, and libvirt's object."""
    for handle in one.everything():
        name = called(one.session, handle) if kind == "volumes" else one.title(handle)
        if name is not None:
            yield name, handle


def called(session: Session, volume: Any) -> str | None:
    """A volume's name in a stack; None where it has gone."""
    name, pool_of = volume.name(), volume.storagePoolLookupByVolume
    pool = session.look_up(f"look up the pool of volume '{name}'", "VIR_ERR_NO_STORAGE_VOL", pool_of)
    return None if pool is None else f"{pool.name()}/{name}"


def seen(one: Kind, handle: Any) -> Observed | None:
    """What there is of an object that was listed; None where it has gone since."""
    one.handle, one.name = handle, one.title(handle)
    try:
        return one.observe()
    except SessionError as error:
        if error.code == getattr(libvirt, one.missing):
            return None
        raise
