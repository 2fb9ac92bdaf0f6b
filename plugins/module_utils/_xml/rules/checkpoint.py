# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables for ``<domaincheckpoint>`` documents, by libvirt 9.0's own pairs of what it reads and what it writes."""

from __future__ import annotations

from ..tables import Rules

# What the guest was when the checkpoint was made: libvirt writes it, and nobody asks for it.
_STATE = {"creationTime": "*", "parent": "*", "domain": "*"}

RULES = Rules(
    root="domaincheckpoint",
    schema="domaincheckpoint.rng",
    keys={"disks/disk": "@name"},
    auto={
        # Without a name it is the second in which it was made.
        "name": "*",
        # Every disk of the guest is listed; its bitmap is called like the checkpoint, and grows.
        "disks": "*",
        "disks/disk": "*",
        "disks/disk@checkpoint": "*",
        "disks/disk@bitmap": "*",
        "disks/disk@size": "*",
    },
    loose={**_STATE, "disks/disk@size": ".* > .*"},
    values={"description@.": "exact"},
    measured=frozenset(_STATE),
    secrets=frozenset({"**/*@passwd"}),
)
