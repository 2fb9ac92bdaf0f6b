# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables for storage ``<pool>`` documents, seen with libvirt 9.0."""

from __future__ import annotations

from ..tables import Rules
from .pool_settlements import group_folder


def _reads(*types: str) -> str:
    """The row that drops a part of the source of every pool but those of these types."""
    return "* if not(" + " or ".join(f"../@type='{name}'" for name in types) + ")"


# The types whose place is a directory of the host, seen from an element at a distance from the root.
_FILES = "contains(' dir fs netfs vstorage ', concat(' ', {0}/@type, ' '))"

# How full a pool is, is state: libvirt reads these elements nowhere.
_STATE = {"capacity": "*", "allocation": "*", "available": "*"}

RULES = Rules(
    root="pool",
    schema="storagepool.rng",
    keys={
        "source/device": "@path",
        "source/host": "@name ?@port ?@transport | #",
        "fs:mount_opts/fs:option": "@name",
        "rbd:config_opts/rbd:option": "@name",
    },
    ordered=frozenset({"source/host"}),
    auto={
        "uuid": "*",
        "name": "* if source/name",
        "source/adapter@type": "scsi_host",
        "source/dir@path": "/",
        "source/format@type": "auto|lvm2|unknown|raw",
        # A logical or ZFS pool has its group's name as source and its folder as target.
        "source/name": ". = ../../name if ../@type='logical' or ../@type='zfs'",
        # A pool of files fills in all that it finds in place when it starts, and keeps it.
        "target/permissions": f"mode and owner and group if {_FILES.format('..')}",
        "target/permissions/*": f"../mode and ../owner and ../group if {_FILES.format('../..')}",
        "target/permissions/*@.": f"* if {_FILES.format('../../..')}",
        "target/path": "* if ../@type='logical' or ../@type='zfs'",
    },
    drop={
        "source/device/freeExtent": "*",
        # What the type does not need, libvirt reads past.
        "source/host": _reads("netfs", "iscsi", "iscsi-direct", "rbd", "sheepdog", "gluster"),
        "source/device": _reads("fs", "logical", "disk", "iscsi", "iscsi-direct", "zfs"),
        "source/dir": _reads("netfs", "gluster"),
        "source/format": _reads("fs", "netfs", "logical", "disk"),
        "source/adapter": _reads("scsi"),
        "source/name": _reads("logical", "rbd", "sheepdog", "gluster", "zfs", "vstorage"),
        "source/initiator": _reads("iscsi", "iscsi-direct"),
        "source/adapter@parent": "* if not(@type='fc_host')",
        "target/permissions/owner@.": "-1",
        "target/permissions/group@.": "-1",
        # Kept in libvirt's secret store only: CHAP with a password in the pool is read by no driver.
        "source/auth@passwd": "*",
    },
    loose={**_STATE, "target/path": "* if ../@type='logical' or ../@type='zfs'"},
    values={
        "uuid@.": "uuid",
        "target/path@.": "path",
        "source/dir@path": "path",
        "source/device@path": "path",
        "target/permissions/mode@.": "octal",
        "source/adapter/parentaddr/address@*": "number",
    },
    sizes={"capacity": "bytes", "allocation": "bytes", "available": "bytes"},
    discriminators={"": ("@type",)},
    sticky=frozenset({"uuid", "uuid@."}),
    settlements=(group_folder,),
    live_only={"source/device/freeExtent": "*", "target/permissions/label": "*"},
    measured=frozenset(_STATE),
    secrets=frozenset({"**/*@passwd", "**/*@password"}),
)
