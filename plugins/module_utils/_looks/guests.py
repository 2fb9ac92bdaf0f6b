# SPDX-License-Identifier: GPL-3.0-or-later

"""What is told of guests, by level: what costs nothing always, the rest where it is asked for."""

from __future__ import annotations

from typing import Any, Callable

from .._fleet import facts
from .._fleet.addresses import SHORTEST_AGENT_TIMEOUT
from .._fleet.ask import Survey
from .._fleet.line import Call, Line, is_error
from .._fleet.wanted import Place, Want
from .._plan import Refused
from .._result import rendered
from .._session import Session, SessionError
from .._xml.record import take
from .._xml.rules.domain import RULES
from .stats import USUAL, statistics

#: What is always told.
ALWAYS = (
    "name",
    "uuid",
    "id",
    "state",
    "state_reason",
    "autostart",
    "persistent",
    "memory",
    "memory_current",
    "vcpus",
    "vcpus_current",
)

#: How far a job is along, and what it does.
JOBS = {0: "none", 1: "bounded", 2: "unbounded", 3: "completed", 4: "failed", 5: "cancelled"}
OPERATIONS = {
    1: "start",
    2: "save",
    3: "restore",
    4: "migration in",
    5: "migration out",
    6: "snapshot",
    7: "snapshot revert",
    8: "dump",
    9: "backup",
    10: "snapshot delete",
}

#: What each level adds, and what looking for addresses does.
LEVELS = {
    "definition": ("type", "title", "description", "arch", "machine", "firmware", "os", "os_id", "tags", "metadata"),
    "devices": ("interfaces", "networks", "disks", "pools", "agent_connected"),
    "addresses": ("interfaces", "address", "addresses", "address_source", "hostname"),
    "agent": ("guest", "hostname"),
    "stats": ("stats",),
    "job": ("job",),
    "pending": ("pending", "live_only"),
}
#: In these the stored definition counts, whatever a running guest has at the moment.
AS_STORED = ("title", "description", "tags", "metadata", "memory", "vcpus")
#: Of statistics, what is told of every guest already.
KNOWN = ("name", "uuid", "state", "state_reason")


def guests(session: Session, params: dict[str, Any], options_of: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """What is told of the guests that are wanted. options_of: tells a stored document as the options of a task."""
    if params["agent_timeout"] < SHORTEST_AGENT_TIMEOUT:
        raise Refused(f"agent_timeout is {params['agent_timeout']:g}: {SHORTEST_AGENT_TIMEOUT} or more")
    line = Line(_place(session, params), quiet=session.endpoint.timeout)
    survey = Survey(line, _want(params), session.connection)
    found = survey.guests()
    if line.failed is not None:
        raise SessionError(line.failed)
    if "job" in params["facts"]:
        _add_jobs(line, survey, [guest for guest in found if guest["active"]])
    if "stats" in params["facts"]:
        _add_statistics(session, found)
    return {
        "domains": [_told(guest, survey.stored.get(guest["uuid"]), params, options_of) for guest in found],
        **({"warnings": line.missing} if line.missing else {}),
    }


def _place(session: Session, params: dict[str, Any]) -> Place:
    end = session.endpoint
    total = max(end.timeout, end.wait_timeout)
    return Place("", end.uri, end.username, end.password, total, params["agent_timeout"])


def _want(params: dict[str, Any]) -> Want:
    levels, names, states = set(params["facts"]), params["names"], params["states"]
    return Want(
        sources=tuple(params["addresses"]),
        definition=bool(levels & {"definition", "devices"}),
        keep="definition" in levels,
        pools="devices" in levels,
        pending="pending" in levels,
        agent="agent" in levels,
        names=None if names is None else tuple(names),
        states=None if states is None else tuple(states),
        autostart=params["autostart"],
    )


def _add_jobs(line: Line, survey: Survey, running: list[dict[str, Any]]) -> None:
    """What libvirt is doing with each guest, such as a migration or a backup."""
    by_uuid = {guest["uuid"]: guest for guest in running}
    calls = [
        Call(uuid, f"read the job of guest '{guest['name']}'", survey.handles[uuid].jobStats)
        for uuid, guest in by_uuid.items()
    ]
    for uuid, answer in line.answers(calls):
        if is_error(answer, "VIR_ERR_NO_SUPPORT"):
            continue
        if isinstance(answer, SessionError):
            line.missing.append(str(answer))
            continue
        kind, operation = answer.pop("type", 0), answer.pop("operation", 0)
        by_uuid[uuid]["job"] = {"type": JOBS.get(kind, "none"), "operation": OPERATIONS.get(operation), **answer}


def _add_statistics(session: Session, found: list[dict[str, Any]]) -> None:
    asked = {"names": None, "states": None, "stats": USUAL, "backing": False}
    by_uuid = {told["uuid"]: told for told in statistics(session, asked)["domains"]}
    for guest in found:
        told = by_uuid.get(guest["uuid"], {})
        guest["stats"] = {group: value for group, value in told.items() if group not in KNOWN}


def _told(
    guest: dict[str, Any], stored: Any, params: dict[str, Any], options_of: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    levels = [*params["facts"], *(["addresses"] if params["addresses"] else [])]
    if stored is not None:
        as_stored = facts.definition(stored, {})
        guest.update({key: as_stored[key] for key in AS_STORED})
    told = {key: guest.get(key) for key in (*ALWAYS, *(key for level in levels for key in LEVELS[level]))}
    if "pending" in levels:
        told["pending"], told["live_only"] = guest.get("pending", []), guest.get("live_only", [])
    if "definition" in levels and stored is not None:
        # What we wrote down ourselves is nobody's definition.
        take(stored)
        told.update(
            {"options": options_of(stored)} if params["output"] == "options" else {"xml": rendered(stored, RULES)}
        )
    return told
