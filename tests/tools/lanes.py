# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run all sessions of a tag of the noxfile, some side by side: `python tests/tools/lanes.py test`.

Those that keep one processor busy run first, as many at a time as there are processors. The others use all of them, or
boot guests, which take badly to a busy machine: they run one after another. What a session prints comes as it is
printed, and in one piece at its end where others run beside it. All of them run, whatever fails; the exit status is 1
where one failed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
NOX = [str(Path(sys.executable).with_name("nox")), "--noxfile", str(REPOSITORY / "noxfile.py")]

# The tag of the sessions that keep one processor busy.
SINGLE = "single"


def sessions(tag: str) -> dict[str, bool]:
    """Name of every session with that tag -> whether it keeps one processor busy."""
    command = [*NOX, "--list", "--json", "--tags", tag]
    listed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return {session["session"]: SINGLE in session["tags"] for session in json.loads(listed)}


class Run:
    """What has ended: session -> whether it passed, and its seconds."""

    def __init__(self) -> None:
        self.ended: dict[str, tuple[bool, float]] = {}
        self._begin = time.monotonic()
        self._printing = threading.Lock()

    def side_by_side(self, names: Sequence[str], at_once: int) -> None:
        """Run these sessions, so many at a time."""
        with ThreadPoolExecutor(at_once) as lanes:
            list(lanes.map(lambda name: self.one(name, subprocess.PIPE), names))

    def one(self, name: str, stdout: int | None = None) -> None:
        """Run a session. stdout: as subprocess takes it."""
        begin = time.monotonic()
        self._say(f"{begin - self._begin:6.0f} s  {name} ...\n")
        done = subprocess.run(
            [*NOX, "--session", name],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        end = time.monotonic()
        self.ended[name] = (done.returncode == 0, end - begin)
        verdict = "passed" if self.ended[name][0] else "FAILED"
        self._say(f"{done.stdout or ''}{end - self._begin:6.0f} s  {name} {verdict}\n")

    def _say(self, text: str) -> None:
        """Print without mixing with what runs beside."""
        with self._printing:
            sys.stdout.buffer.write(text.encode())
            sys.stdout.flush()


def main(tag: str) -> int:
    """Run the sessions and print a table; the exit status."""
    found = sessions(tag)
    run = Run()
    run.side_by_side([name for name, single in found.items() if single], os.cpu_count() or 1)
    for name, single in found.items():
        if not single:
            run.one(name)
    for name in found:
        passed, seconds = run.ended[name]
        print(f"  {name:<18} {'passed' if passed else 'FAILED'} {seconds:6.0f} s")
    return 0 if all(passed for passed, _seconds in run.ended.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
