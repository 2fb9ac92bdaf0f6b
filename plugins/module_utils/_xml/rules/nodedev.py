# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables for node ``<device>`` documents: mediated devices and virtual HBAs, all that libvirt 9.0 can make."""

from __future__ import annotations

from ..tables import Rules

# What libvirt finds out of a device, and reads in no document.
_FOUND = {
    "name": "*",
    "path": "*",
    "devnode": "*",
    "driver": "*",
    "capability/iommuGroup": "*",
    "capability/parent_addr": "*",
    "capability/host": "*",
    "capability/unique_id": "*",
    "capability/capability/fabric_wwn": "*",
}

RULES = Rules(
    root="device",
    schema="nodedev.rng",
    partial=True,
    keys={"device/devnode": "@type . | #", "capability/capability": "@type", "capability/attr": "@name | #"},
    # A mediated device takes its attributes one after the other.
    ordered=frozenset({"capability/attr"}),
    auto={
        # Without one, libvirt picks an HBA that can; it may be named by its WWNs, or by its fabric's.
        "parent": "*",
        "parent@.": "*",
        "capability/capability": "@type = 'vport_ops'",
        "capability/capability/max_vports": "*",
        "capability/capability/vports": "*",
    },
    drop={"parent@wwnn": "*", "parent@wwpn": "*", "parent@fabric_wwn": "*"},
    loose=_FOUND,
    values={
        "capability/uuid@.": "uuid",
        "capability/attr@value": "exact",
        "capability/capability/wwnn@.": "any case",
        "capability/capability/wwpn@.": "any case",
    },
)
