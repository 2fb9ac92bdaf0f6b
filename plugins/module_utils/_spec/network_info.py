# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what is told of networks."""

from __future__ import annotations

from ._survey import AUTOSTART, STATES, Survey
from .network import NETWORK

NETWORKS = Survey(
    plural="networks",
    arguments={"leases": {"type": "bool", "default": False}},
    spec=NETWORK,
    list_all="listAllNetworks",
    listing="VIR_CONNECT_LIST_NETWORKS_",
    filters={**STATES, **AUTOSTART},
)
