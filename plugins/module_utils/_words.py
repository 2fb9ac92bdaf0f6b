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
