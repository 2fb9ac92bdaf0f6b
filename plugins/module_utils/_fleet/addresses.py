# SPDX-License-Identifier: GPL-3.0-or-later

"""Where running guests can be reached: what DHCP servers, the hypervisor and the guests' agents know."""

from __future__ import annotations

import contextlib
import json
import math
import time
from typing import Any

from .._session import DeadlineError, SessionError, libvirt, libvirt_qemu
from . import facts
from .line import Call, Line, is_error, sound
from .wanted import Want

#: What a network without a DHCP server, or one that has just stopped, answers when it is asked for leases.
NO_LEASES = ("VIR_ERR_NO_SUPPORT", "VIR_ERR_OPERATION_INVALID", "VIR_ERR_OPERATION_UNSUPPORTED", "VIR_ERR_NO_NETWORK")
#: So many agents are asked at once: each that does not answer holds one of libvirtd's 20 workers.
AGENTS_AT_ONCE = 8
#: libvirt says hello to an agent twice before it gives up on it, each time for the whole time-out. Seen with 9.0.
HELLOS = 2
#: libvirt counts whole seconds, and 0 would be not to wait at all.
SHORTEST_AGENT_TIMEOUT = HELLOS
#: What libvirt may take longer than the time-out that it was given.
SLACK = 0.5
#: What an agent is asked for.
NICS, NAME, SYSTEM = "guest-network-get-interfaces", "guest-get-host-name", "guest-get-osinfo"


def locate(line: Line, want: Want, connection: Any, handles: dict[str, Any], running: list[dict[str, Any]]) -> None:
    """Add addresses from the best source that knows any of a guest, and what agents say. handles: by UUID."""
    for guest in running:
        guest.update(addresses=[], address=None, address_source=None, hostname=None)
    about = (NAME, SYSTEM) if want.agent else ()
    for source in want.sources:
        left = [guest for guest in running if not guest["addresses"]]
        if source == "lease" and left:
            _give_leases(line, connection, left)
        elif source == "arp":
            _look_around(line, handles, left)
        elif source == "agent":
            _ask_agents(line, running if want.agent else left, (NICS, *about))
    if want.agent and "agent" not in want.sources:
        _ask_agents(line, running, about)


def _give_leases(line: Line, connection: Any, guests: list[dict[str, Any]]) -> None:
    """One call for each active network, whatever the number of guests."""
    active = libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE
    answer = line.all([Call(None, "list the networks", connection.listAllNetworks, (active,))])[None]
    networks = [] if is_error(answer, "VIR_ERR_NO_SUPPORT", "VIR_ERR_NO_CONNECT") else sound(answer)
    got = line.all(Call(net.name(), f"read the leases of network '{net.name()}'", net.DHCPLeases) for net in networks)
    table: dict[str, list[dict[str, Any]]] = {}
    for name, answer in got.items():
        if not is_error(answer, *NO_LEASES):
            for mac, found in facts.leases(name, sound(answer)).items():
                table.setdefault(mac, []).extend(found)
    for guest in guests:
        facts.give_addresses(guest, table, "lease")


def _look_around(line: Line, handles: dict[str, Any], guests: list[dict[str, Any]]) -> None:
    """What the hypervisor has heard of: one call for each guest."""
    arp = libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP
    by_uuid = {guest["uuid"]: guest for guest in guests}
    calls = [
        Call(uuid, f"read the addresses of guest '{guest['name']}'", handles[uuid].interfaceAddresses, (arp, 0))
        for uuid, guest in by_uuid.items()
    ]
    failed = []
    for uuid, answer in line.answers(calls):
        if isinstance(answer, SessionError):
            failed.append(str(answer))
        else:
            facts.give_addresses(by_uuid[uuid], facts.seen(answer), "arp")
    _complain(line, failed)


def _complain(line: Line, failed: list[str]) -> None:
    """Tell one error for all: a hypervisor that refuses one guest usually refuses each."""
    if failed:
        more = f" (and {len(failed) - 1} more)" if failed[1:] else ""
        line.missing.append(f"{min(failed)}{more}")


def _ask_agents(line: Line, guests: list[dict[str, Any]], questions: tuple[str, ...]) -> None:
    """All agents have agent_timeout together, and are asked over a connection of their own that may write."""
    by_uuid = {guest["uuid"]: guest for guest in guests if guest["agent_connected"]}
    if not by_uuid:
        return
    limit = line.place.agent_timeout
    end = time.monotonic() + limit
    active = libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE
    try:
        connection = line.connect(readonly=False, end=end)
        listed = line.one("list the running guests", connection.listAllDomains, active)
    except SessionError as error:
        line.missing.append(f"no agent was asked, which takes a connection that may write: {error}")
        return
    calls = []
    for handle in listed:
        uuid = handle.UUIDString()
        if uuid in by_uuid:
            mine = tuple(one for one in questions if one != NICS or not by_uuid[uuid]["addresses"])
            calls.append(
                Call(uuid, f"ask the agent of guest '{handle.name()}'", _ask_agent, (handle, mine, limit, end))
            )
    silent = set(by_uuid)
    failed = []
    for uuid, answer in line.answers(calls, AGENTS_AT_ONCE, end + SLACK):
        if isinstance(answer, DeadlineError) or is_error(answer, "VIR_ERR_AGENT_UNRESPONSIVE"):
            continue
        silent.discard(uuid)
        if isinstance(answer, SessionError):
            failed.append(str(answer))
        else:
            _give_answers(by_uuid[uuid], answer)
    _complain(line, failed)
    if silent:
        names = ", ".join(sorted(by_uuid[uuid]["name"] for uuid in silent))
        line.missing.append(f"the agents of these guests did not answer (agent_timeout: {limit:g}): {names}")


def _give_answers(guest: dict[str, Any], answers: dict[str, Any]) -> None:
    if NICS in answers:
        facts.give_addresses(guest, facts.agent_addresses(answers[NICS]), "agent")
    if NAME in answers or SYSTEM in answers:
        guest["guest"] = facts.agent_says(answers.get(NAME), answers.get(SYSTEM))
        guest["hostname"] = guest["guest"]["hostname"] or guest["hostname"]


def _ask_agent(handle: Any, questions: tuple[str, ...], limit: float, end: float) -> dict[str, Any]:
    """The answers to those questions that the agent takes, by question; the error where it takes none."""
    # Each with a time-out: else an agent that does not answer would hold a worker of libvirtd for ever.
    seconds = math.floor(limit / HELLOS)
    if time.monotonic() + HELLOS * seconds > end + SLACK:
        raise DeadlineError("its turn did not come")
    told: dict[str, Any] = {}
    for question in questions:
        try:
            answer = libvirt_qemu.qemuAgentCommand(handle, json.dumps({"execute": question}), seconds, 0)
        except libvirt.libvirtError as error:
            # An old agent knows less, and a guest may forbid some of it.
            unresponsive = error.get_error_code() == libvirt.VIR_ERR_AGENT_UNRESPONSIVE
            if unresponsive or (question == questions[-1] and not told):
                raise
        else:
            with contextlib.suppress(RecursionError):  # a guest may nest what it says however deep
                told[question] = json.loads(answer)["return"]
    return told
