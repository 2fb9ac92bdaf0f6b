# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run all sessions of a tag of the noxfile in two lanes at once: `python tests/tools/lanes.py test`.

One lane boots guests and waits for them, so that it leaves half of a small machine to the other, which only computes.
Within a lane one session runs after another, in the order of the noxfile. What a session prints comes in one piece when
it has ended. All of them run, whatever fails; the exit status is 1 where one failed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
NOX = [str(Path(sys.executable).with_name("nox")), "--noxfile", str(REPOSITORY / "noxfile.py")]

# The tag of the sessions that need a libvirt: these make the first lane, and no two of them run at once.
GUESTS = "guests"


def sessions(tag: str) -> dict[str, bool]:
    """Name of every session with that tag -> whether it is of the lane of guests."""
    command = [*NOX, "--list", "--json", "--tags", tag]
    listed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return {session["session"]: GUESTS in session["tags"] for session in json.loads(listed)}


class Run:
    """What has ended: session -> whether it passed, and its seconds."""

    def __init__(self) -> None:
        self.ended: dict[str, tuple[bool, float]] = {}
        self._begin = time.monotonic()
        self._printing = threading.Lock()

    def say(self, text: str) -> None:
        """Print without mixing with the other lane."""
        with self._printing:
            sys.stdout.buffer.write(text.encode())
            sys.stdout.flush()

    def lane(self, names: list[str]) -> None:
        """Run these sessions one after another."""
        for name in names:
            begin = time.monotonic()
            self.say(f"{begin - self._begin:6.0f} s  {name} ...\n")
            done = subprocess.run(
                [*NOX, "--session", name],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=False,
            )
            end = time.monotonic()
            self.ended[name] = (done.returncode == 0, end - begin)
            verdict = "passed" if self.ended[name][0] else "FAILED"
            self.say(f"{done.stdout}{end - self._begin:6.0f} s  {name} {verdict}\n")


def main(tag: str) -> int:
    """Run the lanes and print a table; the exit status."""
    found = sessions(tag)
    run = Run()
    lanes = [[name for name, of_guests in found.items() if of_guests is which] for which in (True, False)]
    threads = [threading.Thread(target=run.lane, args=(names,), daemon=True) for names in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in found:
        passed, seconds = run.ended.get(name, (False, 0.0))
        print(f"  {name:<18} {'passed' if passed else 'FAILED'} {seconds:6.0f} s")
    return 0 if all(run.ended.get(name, (False,))[0] for name in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
