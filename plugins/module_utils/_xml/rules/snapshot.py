# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables for ``<domainsnapshot>`` documents, by libvirt 9.0's own pairs of what it reads and what it writes."""

from __future__ import annotations

from ..tables import Rules

# What the guest was when the snapshot was taken: libvirt writes it, and nobody asks for it.
_STATE = {
    "state": "*",
    "creationTime": "*",
    "parent": "*",
    "active": "*",
    "domain": "*",
    "inactiveDomain": "*",
    "cookie": "*",
}

RULES = Rules(
    root="domainsnapshot",
    schema="domainsnapshot.rng",
    keys={"disks/disk": "@name | #", "source/host": "@name ?@port | #", "source/*": "#"},
    auto={
        # Without a name it is the second in which it was taken.
        "name": "*",
        # Every disk of the guest is listed; one that nobody names is told how it was taken.
        "disks": "*",
        "disks/disk": "*",
        "disks/disk@type": "*",
        "disks/disk@snapshot": "*",
        "disks/disk/driver": "*",
        "disks/disk/driver@type": "*",
        "disks/disk/source": "*",
        "disks/disk/source@file": "*",
        "memory": "*",
        "memory@snapshot": "*",
    },
    drop={"disks/disk/source@startupPolicy": "*"},
    loose=_STATE,
    values={"description@.": "exact"},
    measured=frozenset(_STATE),
    secrets=frozenset({"**/*@passwd"}),
)
