# SPDX-License-Identifier: GPL-3.0-or-later

"""libvirt's numbers in the words of this collection. Data only."""

from __future__ import annotations

#: The states of a guest.
STATES = {
    0: "running",  # VIR_DOMAIN_NOSTATE: a driver that cannot tell lists only what runs
    1: "running",
    2: "running",  # VIR_DOMAIN_BLOCKED: Xen's word for a guest that waits for its CPU
    3: "paused",
    4: "shutting down",
    5: "stopped",
    6: "crashed",
    7: "suspended",
}

#: Why a guest is in a state, by that state's number; the first of each is what libvirt says where it does not know.
REASONS = {
    1: (
        "unknown",
        "booted",
        "migrated",
        "restored",
        "from snapshot",
        "unpaused",
        "migration canceled",
        "save canceled",
        "wakeup",
        "crashed",
        "post-copy",
        "post-copy failed",
    ),
    3: (
        "unknown",
        "user",
        "migration",
        "save",
        "dump",
        "ioerror",
        "watchdog",
        "from snapshot",
        "shutting down",
        "snapshot",
        "crashed",
        "starting up",
        "post-copy",
        "post-copy failed",
        "api error",
    ),
    4: ("unknown", "user"),
    5: (
        "unknown",
        "shutdown",
        "destroyed",
        "crashed",
        "migrated",
        "saved",
        "failed",
        "from snapshot",
        "daemon",
    ),
    6: ("unknown", "panicked"),
}

#: How far a job is along, and what it does.
JOBS = {0: "none", 1: "bounded", 2: "unbounded", 3: "completed", 4: "failed", 5: "cancelled"}
OPERATIONS = {
    1: "start",
    2: "save",
    3: "restore",
    4: "migration in",
    5: "migration out",
    6: "snapshot",
    7: "snapshot revert",
    8: "dump",
    9: "backup",
    10: "snapshot delete",
}


def reason(state: int, number: int) -> str:
    """Why a guest is in a state, both as libvirt's numbers."""
    words = REASONS.get(state, ())
    return words[number] if 0 <= number < len(words) else "unknown"
