# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask several hypervisors at once, each in a process of its own that is ended where it does not end in time.

A call to a host that has gone silent blocks in C, where neither a thread nor a signal handler of Python's gets at it.
And Ansible forks its workers from this process, which therefore never loads libvirt.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from .wanted import Place, Want

#: What a process may take beyond the time-outs it keeps itself, and how many run at once.
GRACE = 1.0
AT_ONCE = 32
#: Without site, whose work the path below makes up for.
PYTHON_OPTIONS = ("-I", "-S", "-c")
PROGRAM = """\
import importlib, json, sys
given = json.load(sys.stdin)
sys.path[:] = given["path"]
importlib.import_module(sys.argv[1]).main(given)
"""


@dataclass
class Answer:
    """What a hypervisor has answered. guests: None where it has not; missing, failed: sentences."""

    place: Place
    guests: list[dict[str, Any]] | None = None
    missing: list[str] = field(default_factory=list)
    failed: str | None = None


class _Child:
    """A process that asks one hypervisor. roots: folders that come first where Python looks for modules."""

    def __init__(self, place: Place, want: Want, roots: list[str]) -> None:
        self.place = place
        agents = place.agent_timeout if want.asks_agents else 0
        self.end = time.monotonic() + place.timeout + agents + GRACE
        self.told = {"stdout": bytearray(), "stderr": bytearray()}
        # On the controller there is no module whose run_command it could be.
        self.process = subprocess.Popen(  # pylint: disable=ansible-bad-function
            [sys.executable, *PYTHON_OPTIONS, PROGRAM, f"{__package__}.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # It may start programs itself, such as ssh: all of them end together.
            start_new_session=True,
        )
        given = {"place": asdict(place), "want": asdict(want), "path": [*roots, *sys.path]}
        pipe: Any = self.process.stdin
        with contextlib.suppress(BrokenPipeError), pipe:
            pipe.write(json.dumps(given).encode())

    def pipes(self) -> list[tuple[Any, str]]:
        return [(self.process.stdout, "stdout"), (self.process.stderr, "stderr")]

    def finish(self) -> None:
        """End it, with all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for pipe, name in self.pipes():
            # What it has started may have left its session, and hold the pipe.
            os.set_blocking(pipe.fileno(), False)
            self.told[name] += pipe.read() or b""
            pipe.close()
        self.process.wait()

    def answer(self, in_time: bool) -> Answer:
        if not in_time:
            return Answer(self.place, failed=f"{self.place.uri} has not answered within {self.place.timeout:g} s")
        try:
            return Answer(self.place, **json.loads(self.told["stdout"]))
        except ValueError:
            said = self.told["stderr"].decode(errors="replace").strip().splitlines() or ["it said nothing"]
            return Answer(self.place, failed=f"the process that asked {self.place.uri} has failed: {said[-1]}")


def ask_places(places: Iterable[Place], want: Want, roots: list[str]) -> list[Answer]:
    """The answers of all places, in their order, within the time-outs of each."""
    waiting = list(enumerate(places))
    answers: dict[int, Answer] = {}
    running: dict[int, _Child] = {}
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or running:
                while waiting and len(running) < AT_ONCE:
                    number, place = waiting.pop(0)
                    running[number] = child = _Child(place, want, roots)
                    for pipe, name in child.pipes():
                        selector.register(pipe, selectors.EVENT_READ, (number, name))
                for number, in_time in _ended(selector, running):
                    child = running[number]
                    for pipe, _name in child.pipes():
                        with contextlib.suppress(KeyError):
                            selector.unregister(pipe)
                    child.finish()
                    answers[number] = running.pop(number).answer(in_time)
        finally:
            for child in running.values():
                child.finish()
    return [answers[number] for number in sorted(answers)]


def _ended(selector: selectors.BaseSelector, running: dict[int, _Child]) -> list[tuple[int, bool]]:
    """Read what has come; those that have said all, or whose time is over, and whether they were in time."""
    left = min(child.end for child in running.values()) - time.monotonic()
    ended = []
    for key, _events in selector.select(max(left, 0)):
        number, name = key.data
        data = os.read(key.fd, 1 << 20)
        if data:
            running[number].told[name] += data
        else:
            selector.unregister(key.fileobj)
            if name == "stdout":
                ended.append((number, True))
    now = time.monotonic()
    return ended + [
        (number, False) for number, child in running.items() if child.end <= now and (number, True) not in ended
    ]
