# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a bed keeps its things, and whether it runs."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from .basics import BedError

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")

# Beds belong to root (they need namespaces), whoever asks: so this is the same folder with and without sudo.
DEFAULT_HOME = Path("/tmp/converge-bed-0")

SOCKET_LIMIT = 107  # bytes of a unix socket path, see unix(7)

# Where the bed's files are seen by the libvirtd in it.
INSIDE = {
    "etc": "/etc/libvirt",
    "lib": "/var/lib/libvirt",
    "log": "/var/log/libvirt",
    "cache": "/var/cache/libvirt",
    "run": "/run/libvirt",
    # What signs the certificates of emulated TPMs, and what their set-up says.
    "tpm-ca": "/var/lib/swtpm-localca",
    "tpm-log": "/var/log/swtpm",
}
GUEST_FOLDER = "/var/lib/libvirt/boot"

# These get replaced inside a bed, so a bed cannot live below them.
REPLACED = ("/run", "/var/run", "/dev", "/sys", "/proc", *INSIDE.values())


def home() -> Path:
    """Return the folder that holds all beds: $CONVERGE_BED_DIR, else the default."""
    given = os.environ.get("CONVERGE_BED_DIR")
    folder = Path(given) if given else DEFAULT_HOME
    if not folder.is_absolute():
        raise BedError(f"CONVERGE_BED_DIR is {folder}; give an absolute path.")
    if any(folder == Path(top) or Path(top) in folder.parents for top in REPLACED):
        raise BedError(
            f"CONVERGE_BED_DIR is {folder}, which is hidden inside a bed; give a folder below /tmp or /var/tmp."
        )
    return folder


@dataclass(frozen=True)
class Process:
    """A process of the machine, told from a later one with the same id by its start time (clock ticks since boot)."""

    pid: int
    started: int

    @classmethod
    def find(cls, pid: int, proc: str = "/proc") -> Process | None:
        """Return the living process with that id, or None."""
        try:
            fields = Path(proc, str(pid), "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] in "ZX" else cls(pid, int(fields[19]))

    def alive(self) -> bool:
        """Tell whether this very process still runs."""
        return Process.find(self.pid) == self


@dataclass(frozen=True)
class Bed:
    """The files of one bed; nothing here starts or stops anything."""

    name: str
    folder: Path

    @classmethod
    def named(cls, name: str) -> Bed:
        """Return the bed of that name, which need not exist."""
        if not NAME.fullmatch(name):
            raise BedError(f"{name!r} is no name for a bed: use up to 31 lower-case letters, digits and hyphens.")
        bed = cls(name, home() / name)
        if len(os.fsencode(f"{bed.socket}-ro")) > SOCKET_LIMIT:
            raise BedError(f"The path {bed.socket} is too long for a socket; set CONVERGE_BED_DIR to a shorter folder.")
        return bed

    @classmethod
    def every(cls) -> list[Bed]:
        """Return all beds that have a folder, running or not."""
        folder = home()
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return [cls(entry.name, entry) for entry in found if entry.is_dir() and NAME.fullmatch(entry.name)]

    def at(self, part: str) -> Path:
        """Return the folder that is ``INSIDE[part]`` in the bed, as it is seen from outside."""
        return self.folder / part

    @property
    def socket(self) -> Path:
        """Return libvirtd's read-write socket, as seen from outside (and, since /tmp is shared, from inside)."""
        return self.folder / "run" / "libvirt-sock"

    @property
    def uri(self) -> str:
        """Return the URI that reaches this bed from anywhere on the machine."""
        return f"qemu+unix:///system?socket={self.socket}"

    @property
    def record(self) -> Path:
        """Return the file with the ids of the bed's processes."""
        return self.folder / "init.json"

    @property
    def init_log(self) -> Path:
        """Return the file with what went wrong before libvirtd had a log."""
        return self.folder / "init.log"

    @property
    def cgroup(self) -> str:
        """Return the name of the bed's control group; other folders may hold a bed of the same name."""
        return f"converge-bed-{self.name}-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:8]}"

    def processes(self) -> dict[str, Process]:
        """Return the recorded ``init`` (first process inside) and ``parent`` (unshare, outside) that are alive."""
        try:
            recorded = json.loads(self.record.read_text())
        except FileNotFoundError:
            return {}
        found = {role: Process(*ids) for role, ids in recorded.items()}
        return {role: process for role, process in found.items() if process.alive()}

    def init(self) -> Process | None:
        """Return the process that keeps the bed's namespaces, or None when the bed does not run."""
        return self.processes().get("init")

    def running_init(self) -> Process:
        """Return ``init()``, or raise BedError when the bed does not run."""
        found = self.init()
        if found is None:
            raise BedError(f"There is no running bed {self.name}; start it with: bed start {self.name}")
        return found
