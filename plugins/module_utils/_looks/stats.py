# SPDX-License-Identifier: GPL-3.0-or-later

"""Statistics of guests, of which libvirt leaves out what it would have to wait for."""

from __future__ import annotations

import fnmatch
import time
from typing import Any

from .._fleet.reasons import reason
from .._session import DeadlineError, Session, libvirt
from .._words import STATES

#: Groups of statistics, and libvirt's names of them.
GROUPS = {
    "cpu": "CPU_TOTAL",
    "balloon": "BALLOON",
    "vcpu": "VCPU",
    "interface": "INTERFACE",
    "block": "BLOCK",
    "perf": "PERF",
    "iothread": "IOTHREAD",
    "memory": "MEMORY",
    "dirtyrate": "DIRTYRATE",
    "vm": "VM",
}
USUAL = ("cpu", "balloon", "vcpu", "interface", "block")
#: What libvirt calls our states where it is asked for guests in them.
CHOSEN = {"running": "RUNNING", "paused": "PAUSED", "stopped": "SHUTOFF", "other": "OTHER"}

#: Into so many parts the timeout is divided, each for one more guest that is stuck; none is shorter than that.
TRIES = 10
SHORTEST = 2

ARGUMENTS: dict[str, dict[str, Any]] = {
    "names": {"type": "list", "elements": "str"},
    "states": {"type": "list", "elements": "str", "choices": list(CHOSEN)},
    "stats": {"type": "list", "elements": "str", "choices": list(GROUPS), "default": list(USUAL)},
    "backing": {"type": "bool", "default": False},
}


def statistics(session: Session, params: dict[str, Any]) -> dict[str, Any]:
    """The statistics of the guests that are wanted, in one question, or two where they are named."""
    answer = _patiently(session, params)
    told = [_guest(handle.name(), handle.UUIDString(), stats) for handle, stats in answer]
    return {"domains": sorted(told, key=lambda guest: str(guest["name"]))}


def _patiently(session: Session, params: dict[str, Any]) -> Any:
    """What libvirt answers although a QEMU may be stuck.

    libvirt does not wait for a guest that somebody waits for already, and that is all: whoever asks first is stuck with
    it. So that one is given up on, which has marked the guest, and the question is asked again on another connection.
    """
    end = time.monotonic() + session.endpoint.timeout
    while True:
        left = end - time.monotonic()
        try:
            return _ask(session, params, min(left, max(SHORTEST, session.endpoint.timeout / TRIES)))
        except DeadlineError:
            if time.monotonic() >= end:
                raise
            session = Session(session.endpoint).open()


def _ask(session: Session, params: dict[str, Any], seconds: float) -> Any:
    connection, states, what = session.connection, set(params["states"] or []), "read the statistics of the guests"
    groups = libvirt.VIR_DOMAIN_STATS_STATE
    for name in params["stats"]:
        groups |= getattr(libvirt, f"VIR_DOMAIN_STATS_{GROUPS[name]}", 0)
    flags = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
    if params["backing"]:
        flags |= libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING
    if params["names"] is None:
        flags |= sum(getattr(libvirt, f"VIR_CONNECT_GET_ALL_DOMAINS_STATS_{CHOSEN[state]}") for state in states)
        return session.call(what, connection.getAllDomainStats, groups, flags, seconds=seconds)
    listed = sum(getattr(libvirt, f"VIR_CONNECT_LIST_DOMAINS_{CHOSEN[state]}") for state in states)
    found = session.call("list the guests", connection.listAllDomains, listed)
    named = [guest for guest in found if any(fnmatch.fnmatchcase(guest.name(), name) for name in params["names"])]
    return session.call(what, connection.domainListGetStats, named, groups, flags, seconds=seconds) if named else []


def _guest(name: str, uuid: str, stats: dict[str, Any]) -> dict[str, Any]:
    nested = nest(stats)
    state = nested.pop("state")
    return {
        "name": name,
        "uuid": uuid,
        "state": STATES.get(state["state"], "running"),
        "state_reason": reason(state["state"], state.get("reason", 0)),
        **nested,
    }


def nest(stats: dict[str, Any]) -> dict[str, Any]:
    """libvirt's flat statistics as dictionaries, and as lists where it numbers them, each entry with its id."""
    tree: dict[str, Any] = {}
    for key, value in stats.items():
        *above, last = key.split(".")
        at = tree
        for part in above:
            at = at.setdefault(part, {})
        at[last] = value
    return {key: _listed(value) for key, value in tree.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    numbers = sorted((key for key in value if key.isdigit()), key=int)
    named = {key: _listed(one) for key, one in value.items() if not key.isdigit()}
    entries = [_entry(int(key), _listed(value[key])) for key in numbers]
    if not entries and "count" not in named:
        return named
    if named.keys() <= {"count"}:
        return entries
    named.pop("count", None)
    return {**named, "each": entries}


def _entry(number: int, value: Any) -> dict[str, Any]:
    return {"id": number, **value} if isinstance(value, dict) else {"id": number, "value": value}
