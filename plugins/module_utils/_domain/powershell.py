# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands in a Windows guest. Tried against a stand-in for the agent only."""

from __future__ import annotations

import base64
import contextlib
import secrets

from .._session import SessionError
from .agent import MOST_SENT, Agent, Ended

#: Where longer standard input waits; other users may not list this folder.
FOLDER = "C:\\Windows\\Temp"


#: How PowerShell is started; a script in Base64 needs no quoting.
COMMAND = ("PowerShell", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Unrestricted", "-EncodedCommand")


def unquoted(path: str) -> str:
    """A path without the quotes that Ansible's shell plugin puts around it."""
    stripped = path.strip()
    return stripped[1:-1] if len(stripped) > 1 and stripped[0] in "'\"" and stripped[0] == stripped[-1] else path


def execute(agent: Agent, script: str, stdin: bytes | None, seconds: float | None) -> Ended:
    """Run a script."""
    command = [*COMMAND, base64.b64encode(script.encode("utf-16-le")).decode()]
    if stdin is None or len(stdin) <= MOST_SENT:
        return agent.result(agent.start(command[0], command[1:], stdin), seconds)
    path = f"{FOLDER}\\converge-{secrets.token_hex(8)}.in"
    try:
        agent.write(path, [stdin])
        # The agent puts quotes around what has blanks only, so that cmd.exe sees the redirection as one.
        return agent.result(agent.start("cmd.exe", ["/c", *command, "<", path]), seconds)
    finally:
        with contextlib.suppress(SessionError):
            agent.run("cmd.exe", ["/c", "del", path])
