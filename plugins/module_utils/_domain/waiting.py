# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting until a running guest is as far as a task needs it: it ends, with what was seen last."""

from __future__ import annotations

import base64
import json
import re
import socket
from dataclasses import dataclass, fields
from typing import Any, Callable

from .._plan import Plan, Refused
from .._session import Session, SessionError, libvirt, libvirt_qemu
from .._xml.document import attribute, find_all, parse
from .addresses import interfaces, usable
from .events import events, wait
from .power import STATES

#: Seconds that the agent has for one answer, and a port for taking a connection.
ANSWER = 5

#: Bytes of a file to read.
MOST = 262144

#: What cloud-init leaves in a guest: while it works, and once it is done.
PROGRESS, RESULT = "/run/cloud-init/status.json", "/run/cloud-init/result.json"
INSTANCE = "/run/cloud-init/instance-data.json"

CHANNEL = "org.qemu.guest_agent.0"

#: What can be waited for, and whether it takes the agent.
GOALS = {
    "address": ("an address", False),
    "agent": ("an answer of its agent", True),
    "cloud_init": ("cloud-init to be done", True),
    "port": ("port", False),
}
FAMILIES = ("any", "ipv4", "ipv6")


@dataclass(frozen=True)
class Goal:
    """One thing to wait for."""

    goal: str
    timeout: float
    family: str = "any"
    network: str | None = None
    port: int = 22

    @property
    def sentence(self) -> str:
        said = GOALS[self.goal][0]
        if self.goal == "address" and self.family != "any":
            said = f"an {self.family} address"
        if self.goal == "port":
            said += f" {self.port}"
        return f"{said} on {self.network}" if self.network else said


def goals(given: list[Any], timeout: float) -> list[Goal]:
    """The option. timeout: for those that name none. Raises Refused."""
    made = []
    names = ["for", *(one.name for one in fields(Goal)[1:])]
    for one in given:
        each, said = {"for": one} if isinstance(one, str) else one, json.dumps(one, default=str)
        unknown = [str(name) for name in each if name not in names] if isinstance(each, dict) else [str(one)]
        if unknown or each.get("for") not in GOALS or each.get("family", "any") not in FAMILIES:
            raise Refused(
                f"wait_for takes {', '.join(GOALS)}, or dictionaries of {', '.join(names)}, where for is one of these "
                f"and family {', '.join(FAMILIES)}; it has {said}"
            )
        try:
            seconds, port = float(each.get("timeout", timeout)), int(each.get("port", Goal.port))
        except (TypeError, ValueError):
            raise Refused(f"wait_for: timeout and port are numbers; it has {said}") from None
        if not (0 <= seconds < 1e7 and 0 < port < 65536):
            raise Refused(f"wait_for: timeout is below 10 million seconds, port 1 to 65535; it has {said}")
        made.append(Goal(each["for"], seconds, each.get("family", "any"), each.get("network"), port))
    return made


class Waiter:
    """Waits for one guest. domain: gives libvirt's."""

    def __init__(self, session: Session, name: str, domain: Callable[[], Any]) -> None:
        self.session = session
        self.name = name
        self.domain = domain
        self.seen = ""

    def plan(self, given: list[Any], plan: Plan) -> list[Goal]:
        """Add the waits. Raises Refused."""
        wanted = goals(given, self.session.endpoint.wait_timeout)
        if plan.state != "running":
            raise Refused(f"wait_for waits for a guest that runs, and guest '{self.name}' will be {plan.state}")
        channels = [attribute(each, "target", "name") for each in find_all(plan.document, "devices/channel")]
        for one in wanted:
            if GOALS[one.goal][1] and CHANNEL not in channels:
                raise Refused(f"wait_for {one.goal} asks the guest's agent, and guest '{self.name}' has no {CHANNEL}")
            self._add(one, plan)
        return wanted

    def _add(self, one: Goal, plan: Plan) -> None:
        plan.add(f"wait for {one.sentence} in guest '{self.name}'", lambda: self._await(one))

    def _await(self, one: Goal) -> None:
        check = getattr(self, f"_{one.goal}")
        with events(self.session, self.domain(), "LIFECYCLE", "AGENT_LIFECYCLE") as happened:
            if not wait(happened, lambda: self._runs() and check(one), one.timeout, 1):
                raise SessionError(
                    f"guest '{self.name}' on {self.session.uri}: waited {one.timeout:g} s for {one.sentence}; "
                    f"last seen: {self.seen}"
                )

    def _runs(self) -> bool:
        what = f"read the state of guest '{self.name}'"
        now = self.session.look_up(what, "VIR_ERR_NO_DOMAIN", self.domain().state)
        state = "gone" if now is None else STATES[now[0]]
        if state in ("stopped", "crashed", "gone"):
            raise SessionError(f"guest '{self.name}' on {self.session.uri} was waited for, and is {state} now")
        self.seen = f"it is {state}"
        return True

    def _addresses(self, one: Goal) -> list[str]:
        xml = self.session.call(f"read the definition of guest '{self.name}'", self.domain().XMLDesc, 0)
        told = interfaces(self.session, self.domain(), parse(xml))
        every = usable(told, "any", None)
        self.seen = f"its addresses are {', '.join(every)}" if every else "it has no address"
        return usable(told, one.family, one.network)

    def _address(self, one: Goal) -> bool:
        return bool(self._addresses(one))

    def _port(self, one: Goal) -> bool:
        for address in self._addresses(one):
            try:
                socket.create_connection((address, one.port), ANSWER).close()
            except OSError as error:
                self.seen = f"{address} port {one.port}: {error}"
            else:
                return True
        return False

    def _agent(self, _one: Goal) -> bool:
        return self._ask("guest-ping") is not None

    def _cloud_init(self, _one: Goal) -> bool:
        found = self._told(RESULT)
        if found is None:
            progress = self._told(PROGRESS)
            if progress is not None:
                self.seen = f"cloud-init is at {progress.get('stage') or 'rest between two stages'}"
            return False
        errors = found.get("errors")
        if errors:
            # Their text may quote user data; the names of its modules do not.
            each = errors if isinstance(errors, list) else [errors]
            named = {match[0] for one in each for match in [re.search(r"[\w-]+", str(one))] if match}
            raise SessionError(
                f"cloud-init in guest '{self.name}' has ended with errors in {', '.join(sorted(named))}; there, "
                "cloud-init status --long tells more"
            )
        return True

    def has_read(self, stamp: str) -> bool:
        """Whether cloud-init has finished, with this in its meta data."""
        return self._told(RESULT) is not None and stamp in self._read(INSTANCE)

    def _told(self, path: str) -> dict[str, Any] | None:
        """What cloud-init tells in a file; None where it does not: a guest may say anything."""
        try:
            found = json.loads(self._read(path))["v1"]
        except (KeyError, TypeError, ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def _read(self, path: str) -> str:
        """The text of a file of the guest; nothing where it cannot be read."""
        handle = self._ask("guest-file-open", path=path, mode="r")
        if handle is None:
            return ""
        told = self._ask("guest-file-read", handle=handle, count=MOST)
        self._ask("guest-file-close", handle=handle)
        try:
            return base64.b64decode(told["buf-b64"]).decode()
        except (KeyError, TypeError, ValueError):
            return ""

    def _ask(self, command: str, **arguments: Any) -> Any:
        """What the agent answers; None where it does not, or refuses."""
        asked = json.dumps({"execute": command, "arguments": arguments})
        call = libvirt_qemu.qemuAgentCommand
        try:
            answer = self.session.call(f"ask the agent of guest '{self.name}'", call, self.domain(), asked, ANSWER, 0)
            return json.loads(answer)["return"]
        except (SessionError, RecursionError) as error:
            if self.session.stuck or getattr(error, "code", 0) == libvirt.VIR_ERR_NO_SUPPORT:
                raise
            self.seen = str(error)
            return None
