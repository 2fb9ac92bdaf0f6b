# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guest agent tells of its guest."""

from __future__ import annotations

import base64
import time
from typing import Any, Callable

from .._result import Module
from .._session import Session, SessionError, libvirt
from .agent import Agent, AgentError, MissingError, supported
from .find import by_name_or_uuid

#: How each fact is asked for, and what becomes of the answer.
FACTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "os": ("guest-get-osinfo", lambda told: told),
    "hostname": ("guest-get-host-name", lambda told: told["host-name"]),
    "users": ("guest-get-users", lambda told: sorted(told, key=lambda user: (user["user"], user["login-time"]))),
    "time": ("guest-get-time", lambda told: told / 1e9),
    "timezone": ("guest-get-timezone", lambda told: told),
    "filesystems": ("guest-get-fsinfo", lambda told: sorted(told, key=lambda each: str(each["mountpoint"]))),
    "interfaces": ("guest-network-get-interfaces", lambda told: sorted(told, key=lambda each: str(each["name"]))),
    "disks": ("guest-get-disks", lambda told: sorted(told, key=lambda each: str(each["name"]))),
}

#: libvirt's errors of an agent that does not answer, or has nothing to answer by.
SILENT = (
    "VIR_ERR_AGENT_UNRESPONSIVE",
    "VIR_ERR_AGENT_UNSYNCED",
    "VIR_ERR_OPERATION_INVALID",
    "VIR_ERR_ARGUMENT_UNSUPPORTED",
)

PAUSE = 0.5


def tell(session: Session, module: Module) -> dict[str, Any]:
    """The result of an info module. An agent that does not answer is a fact, too."""
    params = module.params
    session.open()
    agent = Agent(session, by_name_or_uuid(session, params["name"]), params["name"], params["agent_timeout"])
    facts: dict[str, Any] = {"name": params["name"], "answers": False, "reason": None, "version": None, "commands": {}}
    end = time.monotonic() + params["wait"]
    while not facts["answers"]:
        try:
            version, commands = agent.ask("guest-info", lambda told: (str(told["version"]), supported(told)))
        except SessionError as error:
            if error.code not in [getattr(libvirt, name) for name in SILENT]:
                raise
            facts["reason"] = str(error)
            if time.monotonic() + PAUSE > end:
                break
            time.sleep(PAUSE)
            continue
        facts.update(answers=True, reason=None, version=version, commands=commands)
    for name in params["gather"]:
        command, form = FACTS[name]
        facts[name] = agent.ask(command, form) if facts["commands"].get(command) else None
    facts["files"] = [_file(agent, path, params["max_bytes"]) for path in params["files"] if facts["answers"]]
    return {"changed": False, "agent": facts}


def _file(agent: Agent, path: str, most: int) -> dict[str, Any]:
    """The beginning of a file."""
    try:
        content = b"".join(agent.read(path, most + 1))
    except MissingError:
        return {"path": path, "exists": False, "content": None, "truncated": False}
    except AgentError as error:
        raise AgentError(f"cannot read {path}: {error}", error.code) from None
    return {
        "path": path,
        "exists": True,
        "content": base64.b64encode(content[:most]).decode(),
        "truncated": len(content) > most,
    }
