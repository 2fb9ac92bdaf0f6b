# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every part of the bed needs: its one error, running a program, becoming root, a lock."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ENTRY = Path(__file__).resolve().parent.parent / "bed.py"

# What sudo would drop and a command of the bed needs.
CARRIED = ("CONVERGE_BED_DIR", "XDG_CACHE_HOME")


class BedError(Exception):
    """Something the user can act upon; ``str()`` is one sentence."""


def run(
    *command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None, timeout: float | None = None
) -> str:
    """Run a program and return what it printed.

    Raises BedError with the last line it complained with, when it fails, is missing or takes over ``timeout`` seconds.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            check=False,
            cwd=cwd,
            env=env,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError as error:
        raise BedError(f"The program {words[0]} is not installed.") from error
    except subprocess.TimeoutExpired as error:
        raise BedError(f"`{' '.join(words)}` did not end within {timeout:.0f} s.") from error
    if done.returncode != 0:
        complaint = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise BedError(f"`{' '.join(words)}` failed with status {done.returncode}: {complaint}")
    return done.stdout


def progress(text: str) -> None:
    """Tell a person what takes its time; standard output is kept for answers."""
    print(f"bed: {text}", file=sys.stderr, flush=True)


def is_root() -> bool:
    """Tell whether this process may make namespaces and install packages."""
    return os.geteuid() == 0


def root_command(arguments: list[str], purpose: str) -> list[str]:
    """Return the command line that runs this program with ``arguments`` as root, through sudo where needed."""
    own = [sys.executable, str(ENTRY), *arguments]
    if is_root():
        return own
    if shutil.which("sudo") is None:
        raise BedError(f"To {purpose} you need to be root, and there is no sudo.")
    carried = [f"{name}={os.environ[name]}" for name in CARRIED if name in os.environ]
    # The user's own programs first, then those that Debian keeps from the PATH of users and libvirtd needs.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    return ["sudo", "env", *carried, f"PATH={path}", *own]


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder: one at a time may change what is in it.

    The folder itself carries the lock, so that no lock file stays behind; it may vanish while we wait for it.
    """
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            try:
                same = os.path.samestat(os.fstat(handle), os.stat(folder))
            except FileNotFoundError:
                same = False
            if same:
                yield
                return
        finally:
            os.close(handle)
