# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the connection, the same in every module."""

from __future__ import annotations

from typing import Any

CONNECTION: dict[str, dict[str, Any]] = {
    "uri": {"type": "str", "default": "qemu:///system", "fallback": ("env", "LIBVIRT_DEFAULT_URI")},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "timeout": {"type": "float", "default": 30},
    "wait_timeout": {"type": "float", "default": 300},
}
