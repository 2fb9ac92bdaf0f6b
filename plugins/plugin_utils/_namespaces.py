# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: the namespaces of a container of libvirt's LXC driver on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..module_utils._session import Session, SessionError, libvirt, libvirt_lxc

#: nsenter's option for a kind of namespace, as the kernel names it.
NAMESPACES = {
    "cgroup": "--cgroup",
    "ipc": "--ipc",
    "mnt": "--mount",
    "net": "--net",
    "pid": "--pid",
    "user": "--user",
    "uts": "--uts",
}

#: The program that libvirt runs for each container, and that starts its first process.
CONTROLLER = "libvirt_lxc"


def open_namespaces(session: Session, domain: Any, name: str) -> list[int]:
    """Open the namespaces of a container. Return the numbers of the open files.

    name: as the user calls it.

    Now and then libvirt misses the message that tells it of a container's first process (one start in 40 to 200), and
    cannot open its namespaces as long as it runs, after a restart of libvirtd neither. They are found in /proc then.
    """
    try:
        opened: list[int] = session.call(
            f"open the namespaces of container {name!r}", libvirt_lxc.lxcOpenNamespace, domain, 0
        )
    except SessionError as error:
        # An operation that is not valid: the container does not run, or its first process was missed.
        if error.code != libvirt.VIR_ERR_OPERATION_INVALID:
            raise
        # The number of a container is the controller's process id; -1 where it does not run.
        first = first_process(domain.name(), session.call(f"read the number of container {name!r}", domain.ID))
        opened = [] if first is None else _open(first)
        if not opened:
            raise
    return opened


def _open(process: Path) -> list[int]:
    """Open all namespaces of a process; none where it ends meanwhile."""
    opened: list[int] = []
    try:
        for kind in NAMESPACES:
            opened.append(os.open(process / "ns" / kind, os.O_RDONLY | os.O_CLOEXEC))
    except OSError:
        for number in opened:
            os.close(number)
        return []
    return opened


def first_process(name: str, number: int, proc: Path = Path("/proc")) -> Path | None:
    """Return the folder in /proc of a container's first process, or None where it is not certain.

    number: the process id of its controller, as libvirtd sees it.
    """
    seen = {folder: _status(folder) for folder in proc.glob("[0-9]*")}
    controllers = [
        folder.name
        for folder, status in seen.items()
        if status.get("Name") == CONTROLLER
        and status.get("NSpid", "").split()[-1:] == [str(number)]
        and f"--name\0{name}\0" in _text(folder / "cmdline")
    ]
    children = [folder for folder, status in seen.items() if [status.get("PPid")] == controllers]
    return children[0] if len(children) == 1 else None


def _status(folder: Path) -> dict[str, str]:
    lines = (line.partition(":") for line in _text(folder / "status").splitlines())
    return {key: value.strip() for key, _colon, value in lines}


def _text(file: Path) -> str:
    """What a file in /proc says; nothing when its process has ended meanwhile."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""
