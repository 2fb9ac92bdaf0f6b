# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what is told of storage pools."""

from __future__ import annotations

from ._survey import AUTOSTART, STATES, Survey
from .pool import POOL

#: As in the names of libvirt's flags.
TYPES = (
    "dir",
    "disk",
    "fs",
    "gluster",
    "iscsi",
    "iscsi-direct",
    "logical",
    "mpath",
    "netfs",
    "rbd",
    "scsi",
    "sheepdog",
    "vstorage",
    "zfs",
)

POOLS = Survey(
    plural="pools",
    spec=POOL,
    list_all="listAllStoragePools",
    listing="VIR_CONNECT_LIST_STORAGE_POOLS_",
    filters={**STATES, "types": {"type": "list", "elements": "str", "choices": list(TYPES)}, **AUTOSTART},
)
