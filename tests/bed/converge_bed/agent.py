# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test makes the tiny guest do, by its agent: run a script, and misbehave.  The agent must be up."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

from .basics import BedError

if TYPE_CHECKING:
    import libvirt


def shell(domain: libvirt.virDomain, script: str, seconds: float = 30) -> str:
    """Run a script of busybox's shell in the guest, wait for it, and return what it printed.

    A process that it leaves in the background has to let go of the output: ``sleep 99 >/dev/null 2>&1 &``.
    Raises BedError where it fails or takes over ``seconds``.
    """
    command = {"path": "/bin/sh", "arg": ["-c", script], "capture-output": True}
    started = _ask(domain, "guest-exec", command)
    end = time.monotonic() + seconds
    while True:
        seen = _ask(domain, "guest-exec-status", {"pid": started["pid"]})
        if seen["exited"]:
            break
        if time.monotonic() > end:
            raise BedError(f"`{script}` did not end within {seconds:.0f} s in the guest.")
        time.sleep(0.05)
    said = base64.b64decode(seen.get("out-data", "")).decode(errors="replace")
    if seen.get("exitcode") != 0:
        complaint = base64.b64decode(seen.get("err-data", "")).decode(errors="replace").strip()
        raise BedError(f"`{script}` failed in the guest: {complaint or said or 'no message'}")
    return said


def freeze(domain: libvirt.virDomain) -> None:
    """Stop the agent's process: its channel stays connected, and nobody answers there any more."""
    import libvirt

    # It has to answer to this first.
    shell(domain, "(sleep 0.3; kill -STOP $(pidof qemu-ga)) >/dev/null 2>&1 &")
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            _ask(domain, "guest-ping", seconds=1)
        except libvirt.libvirtError as error:
            if error.get_error_code() != libvirt.VIR_ERR_AGENT_UNRESPONSIVE:
                raise
            return
        time.sleep(0.1)
    raise BedError("The guest's agent still answers.")


def hold_memory(domain: libvirt.virDomain) -> None:
    """Make the guest refuse to give back the memory that was plugged into it.

    The kernel takes what cannot be moved from the newest memory first: here, the inodes of 2000 empty files.
    """
    shell(domain, "i=0; while [ $i -lt 2000 ]; do : >/dev/shm/$i; i=$((i+1)); done")


def hold_tray(domain: libvirt.virDomain) -> None:
    """Make the guest lock the tray of its first CD-ROM drive, by having it open."""
    shell(domain, "exec 3</dev/sr0; sleep 100000 >/dev/null 2>&1 &")


def _ask(domain: libvirt.virDomain, command: str, arguments: dict[str, Any] | None = None, seconds: int = 10) -> Any:
    import libvirt_qemu

    asked = {"execute": command, **({"arguments": arguments} if arguments else {})}
    return json.loads(libvirt_qemu.qemuAgentCommand(domain, json.dumps(asked), seconds, 0))["return"]
