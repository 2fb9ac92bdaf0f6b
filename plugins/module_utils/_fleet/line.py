# SPDX-License-Identifier: GPL-3.0-or-later

"""The line to one hypervisor: its connections, and many calls at once, all under one deadline."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Callable

from .._session import DeadlineError, Endpoint, Session, SessionError, failure, libvirt
from .wanted import Place

#: libvirtd takes so many calls at once from one connection (max_client_requests).
LANES = 5


@dataclass(frozen=True)
class Call:
    """One call of libvirt's. what: as it stands after "cannot" ("read the definition of guest 'web1'")."""

    key: Any
    what: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


class Line:
    """missing: sentences about what could not be had of some guests; failed: why not all guests were asked for it."""

    def __init__(self, place: Place, quiet: float | None = None) -> None:
        """quiet: seconds within which another answer must come; as long as all of them may take where not given."""
        self.place = place
        self.quiet = place.timeout if quiet is None else quiet
        self.end = time.monotonic() + place.timeout
        self.missing: list[str] = []
        self.failed: str | None = None
        #: Whoever looks along this line; kept until the process ends.
        self.survey: Any = None

    def connect(self, readonly: bool = True, end: float | None = None) -> Any:
        """A new connection. Raises SessionError."""
        place = self.place
        left = max(round((self.end if end is None else end) - time.monotonic(), 1), 0)
        return Session(Endpoint(place.uri, place.username, place.password, left, readonly=readonly)).open().connection

    def late(self) -> str:
        return f"{self.place.uri} has not answered within {self.quiet:g} s"

    def one(self, what: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """The answer to one call. Raises SessionError."""
        return sound(self.all([Call(None, what, function, arguments)])[None])

    def all(self, calls: Iterable[Call]) -> dict[Any, Any]:
        """The answers to all calls, by key, errors among them. Raises DeadlineError where one did not come."""
        calls = list(calls)
        got = dict(self.answers(calls))
        if len(got) < len(calls):
            raise DeadlineError(self.late())
        return got

    def answers(
        self, calls: Iterable[Call], at_once: int = LANES, end: float | None = None
    ) -> Iterator[tuple[Any, Any]]:
        """Yield (key, answer or SessionError) as they come, until all are there or it is `end` (of time.monotonic).

        A call that blocks in C cannot be given up on: its thread is a daemon, and the process must end by os._exit.
        """
        end = self.end if end is None else end
        waiting: queue.SimpleQueue[Call] = queue.SimpleQueue()
        for call in calls:
            waiting.put(call)
        count = waiting.qsize()
        told: queue.SimpleQueue[tuple[Any, Any]] = queue.SimpleQueue()
        for _number in range(min(at_once, count)):
            threading.Thread(target=self._work, args=(waiting, told, end), daemon=True).start()
        for _number in range(count):
            try:
                yield told.get(timeout=max(min(end - time.monotonic(), self.quiet), 0))
            except queue.Empty:
                return

    def _work(self, waiting: queue.SimpleQueue[Call], told: queue.SimpleQueue[tuple[Any, Any]], end: float) -> None:
        while time.monotonic() < end:
            try:
                call = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                told.put((call.key, call.function(*call.arguments)))
            except libvirt.libvirtError as error:
                told.put((call.key, failure(f"cannot {call.what} on {self.place.uri}", error)))
            except SessionError as error:
                told.put((call.key, error))


def is_error(answer: Any, *names: str) -> bool:
    """Whether an answer is an error of one of those names."""
    return isinstance(answer, SessionError) and any(answer.code == getattr(libvirt, name) for name in names)


def sound(answer: Any) -> Any:
    """An answer that is none of the errors, which are raised."""
    if isinstance(answer, SessionError):
        raise answer
    return answer
