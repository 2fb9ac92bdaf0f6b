# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what the guest agent does."""

from __future__ import annotations

from typing import Any

from .._result import CONNECTION

GUEST: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "agent_timeout": {"type": "float", "default": 30},
    **CONNECTION,
}

AGENT: dict[str, dict[str, Any]] = {
    "filesystems": {"type": "str", "choices": ["frozen", "thawed"]},
    "trim": {"type": "bool", "default": False},
    "sync_time": {"type": "bool", "default": False},
    "time_tolerance": {"type": "float", "default": 2},
    "user_password": {
        "type": "dict",
        "no_log": False,
        "options": {
            "user": {"type": "str", "required": True},
            "password": {"type": "str", "required": True, "no_log": True},
            "crypted": {"type": "bool", "default": False},
        },
    },
    "ssh_keys": {
        "type": "dict",
        "no_log": False,
        "options": {
            "user": {"type": "str", "required": True},
            "keys": {"type": "list", "elements": "str", "required": True, "no_log": False},
            "state": {"type": "str", "choices": ["present", "exact", "absent"], "default": "present"},
        },
    },
    "file": {
        "type": "dict",
        "mutually_exclusive": [("content", "src")],
        "required_one_of": [("content", "src")],
        "options": {
            "path": {"type": "str", "required": True},
            "content": {"type": "str"},
            "src": {"type": "path"},
            "mode": {"type": "str"},
        },
    },
    "exec": {
        "type": "dict",
        "options": {
            "argv": {"type": "list", "elements": "str", "required": True},
            "stdin": {"type": "str"},
            "creates": {"type": "str"},
            "removes": {"type": "str"},
            "timeout": {"type": "float", "default": 300},
        },
    },
    **GUEST,
}

#: What can be told, by the name of the fact.
FACTS = ("os", "hostname", "users", "time", "timezone", "filesystems", "interfaces", "disks")

AGENT_INFO: dict[str, dict[str, Any]] = {
    "gather": {"type": "list", "elements": "str", "choices": list(FACTS), "default": list(FACTS)},
    "files": {"type": "list", "elements": "str", "default": []},
    "max_bytes": {"type": "int", "default": 1048576},
    "wait": {"type": "float", "default": 0},
    **GUEST,
}
