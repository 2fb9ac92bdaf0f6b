# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what is told of storage pools."""

from __future__ import annotations

from ._survey import Survey
from .pool import POOL

POOLS = Survey(
    plural="pools",
    spec=POOL,
    list_all="listAllStoragePools",
    listing="VIR_CONNECT_LIST_STORAGE_POOLS_",
    filters=("states", "types", "autostart"),
)
