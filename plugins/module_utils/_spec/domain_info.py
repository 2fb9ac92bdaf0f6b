# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what is told of guests."""

from __future__ import annotations

from ._survey import Survey
from .domain import DOMAIN

DOMAINS = Survey(
    plural="domains",
    arguments={"addresses": {"type": "str", "choices": ["none", "lease", "arp"], "default": "none"}},
    spec=DOMAIN,
)
