# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control groups of a bed: its own subtree, so that two beds' guests of one name never share a group.

Version 1 (several hierarchies), version 2 (one) and both at once are met in the wild; where the machine does not
allow a group (a container with a read-only tree), that hierarchy is left out and libvirt does without.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from .basics import run

TOP = Path("/sys/fs/cgroup")

# Version 2 allows controllers only in groups that hold no process themselves: the daemons go one level down.
LEAF = "daemons"
CONTROLLERS = ("cpuset", "cpu", "io", "memory", "pids")

# Options of a version 1 mount that are no controller.
NO_CONTROLLER = ("rw", "ro", "xattr", "noprefix", "clone_children", "cpuset_v2_mode")


@dataclass(frozen=True)
class Hierarchy:
    """One mounted hierarchy: ``version`` 1 or 2, where it is mounted, and (version 1) the options that select it."""

    version: int
    mount_point: Path
    options: str


def hierarchies(mountinfo: str) -> list[Hierarchy]:
    """Return the hierarchies named in the text of /proc/self/mountinfo (see proc(5)), below /sys/fs/cgroup."""
    found = []
    for line in mountinfo.splitlines():
        left, _separator, right = line.partition(" - ")
        kind, _source, super_options = right.split(" ", 2)
        mount_point = Path(left.split(" ")[4])
        if kind not in ("cgroup", "cgroup2") or (mount_point != TOP and TOP not in mount_point.parents):
            continue
        controllers = [
            option
            for option in super_options.split(",")
            if option not in NO_CONTROLLER and not option.startswith("release_agent=")
        ]
        named = ["none"] if any(option.startswith("name=") for option in controllers) else []
        version = 2 if kind == "cgroup2" else 1
        found.append(Hierarchy(version, mount_point, ",".join(named + controllers) if version == 1 else ""))
    return found


def create(name: str) -> list[Hierarchy]:
    """Make the group ``name`` at the top of every hierarchy that allows it; return those."""
    made = []
    for hierarchy in hierarchies(Path("/proc/self/mountinfo").read_text()):
        group = hierarchy.mount_point / name
        try:
            group.mkdir(exist_ok=True)
            for inherited in ("cpuset.cpus", "cpuset.mems"):  # empty in a new version 1 group: nothing could run
                if hierarchy.version == 1 and (group / inherited).exists():
                    (group / inherited).write_text((hierarchy.mount_point / inherited).read_text())
        except OSError:  # not ours to use
            continue
        made.append(hierarchy)
    return made


def joining(name: str, command: list[str]) -> list[str]:
    """Return a command line that moves itself into the bed's groups and then becomes ``command``."""
    groups = []
    for hierarchy in hierarchies(Path("/proc/self/mountinfo").read_text()):
        group = hierarchy.mount_point / name
        if group.is_dir():
            leaf = group / LEAF
            groups.append(str(leaf if leaf.is_dir() else group))
    script = 'while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs"; shift; done; shift; exec "$@"'
    return ["sh", "-c", script, "sh", *groups, "--", *command]


def mount_inside(wanted: list[Hierarchy]) -> None:
    """Mount the hierarchies anew in the bed's cgroup namespace, on an empty /sys/fs/cgroup, open to libvirt."""
    if any(hierarchy.mount_point != TOP for hierarchy in wanted):
        run("mount", "-t", "tmpfs", "-o", "mode=755", "cgroup", TOP)
    for hierarchy in wanted:
        hierarchy.mount_point.mkdir(exist_ok=True)
        if hierarchy.version == 1:
            run("mount", "-t", "cgroup", "-o", hierarchy.options, "cgroup", hierarchy.mount_point)
            continue
        run("mount", "-t", "cgroup2", "cgroup2", hierarchy.mount_point)
        leaf = hierarchy.mount_point / LEAF
        leaf.mkdir()
        (leaf / "cgroup.procs").write_text("0")
        for controller in CONTROLLERS:
            with contextlib.suppress(OSError):  # the machine does not hand this one down
                (hierarchy.mount_point / "cgroup.subtree_control").write_text(f"+{controller}")


def remove(name: str, patience: float = 3.0) -> list[Path]:
    """Remove the bed's groups once their processes are gone; return those that are still there after ``patience`` s."""
    end = time.monotonic() + patience
    while True:
        left = []
        for hierarchy in hierarchies(Path("/proc/self/mountinfo").read_text()):
            group = hierarchy.mount_point / name
            for folder, _folders, _files in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):  # busy until the kernel has reaped the last process
                    os.rmdir(folder)
            if group.exists():
                left.append(group)
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.05)
