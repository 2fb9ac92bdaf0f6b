# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands in a Windows guest. Tried against a stand-in for the agent only."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Sequence

from .._session import SessionError
from .agent import MOST_SENT, Agent, Ended

#: Where longer standard input waits; other users may not list this folder.
FOLDER = "C:\\Windows\\Temp"


def execute(agent: Agent, command: Sequence[str], stdin: bytes | None, seconds: float | None) -> Ended:
    """Run a program whose words need no quoting, as those of -EncodedCommand do not."""
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
