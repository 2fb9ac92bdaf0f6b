# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what happens at a guest's screen, console and keyboard."""

from __future__ import annotations

from typing import Any

from .._result import CONNECTION

NAME: dict[str, dict[str, Any]] = {"name": {"type": "str", "required": True}, **CONNECTION}

SCREENSHOT: dict[str, dict[str, Any]] = {
    "dest": {"type": "path", "required": True},
    "screen": {"type": "int", "default": 0},
    **NAME,
}

CONSOLE: dict[str, dict[str, Any]] = {
    "source": {"type": "str", "choices": ["auto", "log", "console"], "default": "auto"},
    "device": {"type": "str"},
    "max_bytes": {"type": "int", "default": 65536},
    "seconds": {"type": "float", "default": 5},
    "wait_for": {"type": "str"},
    **NAME,
}

KEYS: dict[str, dict[str, Any]] = {
    "keys": {"type": "list", "elements": "str", "no_log": False},
    "text": {"type": "str", "no_log": True},
    "hold": {"type": "float", "default": 0.05},
    "pause": {"type": "float", "default": 0.05},
    **NAME,
}
