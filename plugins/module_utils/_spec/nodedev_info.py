# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what is told of node devices."""

from __future__ import annotations

from ._survey import Survey
from .nodedev import CAPABILITIES

NODEDEVS = Survey(plural="devices", arguments={"capability": {"type": "str", "choices": list(CAPABILITIES)}})
