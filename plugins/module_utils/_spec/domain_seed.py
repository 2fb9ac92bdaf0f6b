# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what a guest reads at its first boot, and of what a task waits for. Their work is done in _domain."""

from __future__ import annotations

from typing import Any

#: What holds a user's secrets; results never show it.
_HELD: dict[str, Any] = {"type": "raw", "no_log": False}

_PLACE: dict[str, Any] = {"pool": {"type": "str", "default": "default"}, "target": {"type": "str"}}

SEEDS: dict[str, dict[str, Any]] = {
    "cloud_init": {
        "type": "dict",
        "options": {
            "attach": {"type": "str", "choices": ["always", "once", "never"], "default": "always"},
            "user_data": _HELD,
            "meta_data": {"type": "dict"},
            "network_config": _HELD,
            "vendor_data": _HELD,
            "rerun": {"type": "bool", "default": False},
            "bus": {"type": "str"},
            **_PLACE,
        },
    },
    "ignition": {
        "type": "dict",
        "options": {
            "attach": {"type": "str", "choices": ["always", "never"], "default": "always"},
            "config": _HELD,
            "by": {"type": "str", "choices": ["fw_cfg", "disk"], "default": "fw_cfg"},
            **_PLACE,
        },
    },
}

WAIT: dict[str, dict[str, Any]] = {"wait_for": {"type": "list", "elements": "raw"}}
