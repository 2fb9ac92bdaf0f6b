# SPDX-License-Identifier: GPL-3.0-or-later

"""Why guests are in their states, in the words of this collection."""

from __future__ import annotations

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


def reason(state: int, number: int) -> str:
    """Why a guest is in a state, both as libvirt's numbers."""
    words = REASONS.get(state, ())
    return words[number] if 0 <= number < len(words) else "unknown"
