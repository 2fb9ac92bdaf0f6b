# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what is told of guests."""

from __future__ import annotations

from ._survey import Survey
from .domain import DOMAIN

DOMAINS = Survey(
    plural="domains",
    arguments={
        "states": {
            "type": "list",
            "elements": "str",
            "choices": ["running", "paused", "stopped", "saved", "shutting down", "crashed", "suspended"],
        },
        "autostart": {"type": "bool"},
        "facts": {
            "type": "list",
            "elements": "str",
            "choices": ["definition", "devices", "agent", "stats", "job", "pending"],
            "default": ["definition", "pending"],
        },
        "addresses": {"type": "list", "elements": "str", "choices": ["lease", "agent", "arp"], "default": []},
        "agent_timeout": {"type": "float", "default": 5},
    },
    spec=DOMAIN,
)
