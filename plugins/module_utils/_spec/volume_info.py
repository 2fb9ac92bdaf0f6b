# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what is told of storage volumes."""

from __future__ import annotations

from ._survey import Survey
from .volume import VOLUME

VOLUMES = Survey(plural="volumes", arguments={"pool": {"type": "str"}}, spec=VOLUME)
