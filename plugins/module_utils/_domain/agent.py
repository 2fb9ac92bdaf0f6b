# SPDX-License-Identifier: GPL-3.0-or-later

"""The guest agent's commands, in messages that libvirt and the agent can carry, under deadlines."""

from __future__ import annotations

import base64
import contextlib
import json
import math
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Callable

from .._session import Session, SessionError, libvirt_qemu

#: Bytes of data in one message to the agent. What does not fit into the buffer of the agent's socket at once, libvirt
#: (seen with 9.0) begins to send anew: the agent gets garbage and never answers. 98304 were fine, 184320 were not.
MOST_SENT = 96 * 1024

#: Bytes of data in one message from the agent. libvirt carries 4 MiB of text, the agent needs several times as much
#: memory as it reads, and a guest with 96 MiB killed it at 2 MiB.
MOST_READ = 256 * 1024

#: Bytes of output that a command may hand to the agent: above 3 MiB libvirt cannot carry the answer, above 7 MiB it
#: gives up on the agent.
MOST_CAPTURED = 1024 * 1024

#: Seconds by which libvirt may be later than the agent's own time.
GRACE = 20

#: Seconds between two questions whether a command has ended: at first, and at most.
FIRST_PAUSE = 0.004
LONGEST_PAUSE = 0.25

#: libvirt's sentence around what the agent said, in whatever language libvirtd speaks.
REFUSAL = re.compile(r"'guest-[a-z0-9-]+'\s*[:：]\s*(?P<said>.*)", re.DOTALL)

#: What the agent says of a command that it knows, or might know, and does not carry out.
FORBIDDEN = re.compile(r"disabled|not been found|not allowed|frozen", re.IGNORECASE)

#: What it says of a file or folder that is not there; the second is Windows.
MISSING = re.compile(r"No such file or directory|cannot find the (file|path) specified")

#: What reading an answer raises that is not what its command returns: a guest may say anything.
NONSENSE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class AgentError(SessionError):
    """The agent answered, and refused; said has its own words."""


class ForbiddenError(AgentError):
    """The guest does not let its agent carry this command out, now or ever."""


class MissingError(AgentError):
    """The guest has no such file or folder."""


class OverdueError(SessionError):
    """A command in the guest did not end in time, and goes on there."""


@dataclass(frozen=True)
class Ended:
    """How a command ended. rc: its exit status, 128 and the signal's number where a signal ended it."""

    rc: int
    stdout: bytes = b""
    stderr: bytes = b""


class Agent:
    """The agent of one guest. seconds: for each of its answers. Raises SessionError where it cannot be reached."""

    def __init__(self, session: Session, domain: Any, name: str, seconds: float = 30) -> None:
        self.session = session
        self.domain = domain
        self.name = name
        self.seconds = seconds

    def ask(
        self,
        command: str,
        read: Callable[[Any], Any] = lambda told: told,
        *,
        seconds: float | None = None,
        **arguments: Any,
    ) -> Any:
        """What the agent returns for a command; underscores of argument names become hyphens.

        read: takes the answer apart. What it cannot read is an AgentError: the guest's own agent may say anything.
        """
        asked: dict[str, Any] = {"execute": command}
        if arguments:
            asked["arguments"] = {name.replace("_", "-"): value for name, value in arguments.items()}
        limit = max(1, math.ceil(self.seconds if seconds is None else seconds))
        what = f"ask the agent of guest {self.name!r} for {command}"
        try:
            answer = self.session.call(
                what, libvirt_qemu.qemuAgentCommand, self.domain, json.dumps(asked), limit, 0, seconds=limit + GRACE
            )
        except SessionError as error:
            refusal = REFUSAL.search(error.said)
            if refusal is None:
                raise
            raise self._refused(command, refusal["said"].rstrip(".'"), error) from None
        try:
            return read(json.loads(answer)["return"])
        except NONSENSE:
            said = f"the agent of guest {self.name!r} on {self.session.uri} answered {command} with what is no answer"
            raise AgentError(said) from None

    def commands(self) -> dict[str, bool]:
        """The commands that the agent knows, and whether the guest lets it carry them out."""
        found: dict[str, bool] = self.ask("guest-info", supported)
        return found

    def _refused(self, command: str, said: str, error: SessionError) -> AgentError:
        """The agent's refusal as an exception with its reason."""
        trying = f"the agent of guest {self.name!r} on {self.session.uri}"
        if command != "guest-info" and FORBIDDEN.search(said):
            known = self.commands()
            if command not in known:
                sentence = f"{trying} is too old, or of a system, for {command}: it does not know it"
            elif "frozen" in said or self._is_frozen(known):
                sentence = f"{trying} does nothing but thaw while the guest's file systems are frozen ({said})"
            else:
                sentence = (
                    f"{trying} is there, but the guest forbids it {command} ({said}); allow it in the guest's "
                    "configuration of qemu-guest-agent, which some distributions let block it from the start "
                    "(BLACKLIST_RPC, block-rpcs, allow-rpcs, FILTER_RPC_ARGS)"
                )
            return ForbiddenError(sentence, error.code, said)
        kind = MissingError if MISSING.search(said) else AgentError
        return kind(f"{trying} refused {command}: {said}", error.code, said)

    def _is_frozen(self, known: dict[str, bool]) -> bool:
        return bool(known.get("guest-fsfreeze-status")) and self.ask("guest-fsfreeze-status") == "frozen"

    # Commands

    def start(self, path: str, arguments: Iterable[str] = (), stdin: bytes | None = None, **more: Any) -> int:
        """Start a program in the guest; returns its process id there. stdin: at most MOST_SENT bytes."""
        if stdin is not None:
            more["input_data"] = base64.b64encode(stdin).decode()
        return int(self.ask("guest-exec", _pid, path=path, arg=list(arguments), capture_output=True, **more))

    def result(self, pid: int, seconds: float | None, what: str = "command") -> Ended:
        """Wait for a program, for ever without seconds. Raises OverdueError after them."""
        end = None if seconds is None else time.monotonic() + seconds
        pause = FIRST_PAUSE
        while True:
            ended: Ended | None = self.ask("guest-exec-status", _ended, pid=pid)
            if ended is not None:
                return ended
            if end is not None and time.monotonic() > end:
                raise OverdueError(
                    f"the {what} did not end within {seconds:g} s in guest {self.name!r} on {self.session.uri}; "
                    f"it goes on there as process {pid}"
                )
            time.sleep(pause)
            pause = min(1.5 * pause, LONGEST_PAUSE)

    def run(
        self, path: str, arguments: Iterable[str] = (), stdin: bytes | None = None, seconds: float | None = None
    ) -> Ended:
        """Start a program whose output is known to be short, and wait for it."""
        return self.result(self.start(path, arguments, stdin), self.seconds if seconds is None else seconds, path)

    # Files

    def read(self, path: str, most: int | None = None) -> Iterator[bytes]:
        """The content of a file of the guest in pieces. most: bytes to read at most. Raises MissingError."""
        handle = self.ask("guest-file-open", path=path, mode="rb")
        left = most
        try:
            while left is None or left > 0:
                count = MOST_READ if left is None else min(left, MOST_READ)
                data, at_end = self.ask("guest-file-read", _piece, handle=handle, count=count)
                left = None if left is None else left - len(data)
                if data:
                    yield data
                if at_end or not data:
                    return
        finally:
            # Also where nobody wants the rest.
            with contextlib.suppress(SessionError):
                self.ask("guest-file-close", handle=handle)

    def write(self, path: str, pieces: Iterable[bytes], append: bool = False) -> None:
        """Make a file of the guest hold that. Raises MissingError where its folder is not there."""
        with self._opened(path, "ab" if append else "wb") as handle:
            for piece in pieces:
                for start in range(0, len(piece), MOST_SENT):
                    self._write(handle, piece[start : start + MOST_SENT])

    @contextlib.contextmanager
    def _opened(self, path: str, mode: str) -> Iterator[int]:
        """The handle of an open file, closed in every case: the agent keeps those that nobody closes."""
        handle = self.ask("guest-file-open", path=path, mode=mode)
        try:
            yield handle
        except BaseException:
            with contextlib.suppress(SessionError):
                self.ask("guest-file-close", handle=handle)
            raise
        # Writes what the agent still holds, and says so where it cannot.
        self.ask("guest-file-close", handle=handle)

    def _write(self, handle: int, data: bytes) -> None:
        while data:
            text = base64.b64encode(data).decode()
            written = self.ask("guest-file-write", _count, handle=handle, buf_b64=text)
            if written <= 0:
                raise AgentError(f"the agent of guest {self.name!r} wrote nothing; is the guest's disk full?")
            data = data[written:]


# What answers hold


def supported(told: Any) -> dict[str, bool]:
    """Of guest-info: the commands, and whether they are enabled."""
    return {str(one["name"]): bool(one["enabled"]) for one in told["supported_commands"]}


def _pid(told: Any) -> int:
    return int(told["pid"])


def _count(told: Any) -> int:
    return int(told["count"])


def _piece(told: Any) -> tuple[bytes, bool]:
    """Of guest-file-read: the data, and whether the file ends with them."""
    return base64.b64decode(told["buf-b64"]), bool(told["eof"])


def _ended(told: Any) -> Ended | None:
    """Of guest-exec-status: None while the program runs."""
    if not told["exited"]:
        return None
    rc = 128 + int(told["signal"]) if "signal" in told else int(told.get("exitcode", 0))
    return Ended(rc, *(base64.b64decode(told.get(name, "")) for name in ("out-data", "err-data")))
