# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what is told of network interfaces of the host."""

from __future__ import annotations

from ._survey import STATES, Survey

INTERFACES = Survey(
    plural="interfaces", list_all="listAllInterfaces", listing="VIR_CONNECT_LIST_INTERFACES_", filters=STATES
)
