# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a stack; its entries have those of their modules."""

from __future__ import annotations

from typing import Any

from .._result import CONNECTION

#: What a stack may hold, in the order in which it is made.
LISTS = ("secrets", "nwfilters", "networks", "pools", "volumes", "domains")


def each(argument: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """An option for each list. Ansible asks of what is called secrets; a stack hides them by itself."""
    return {name: {**argument, **({"no_log": False} if name == "secrets" else {})} for name in LISTS}


def argument_spec() -> dict[str, dict[str, Any]]:
    """As AnsibleModule takes it, but for the fallbacks."""
    return {
        **each({"type": "list", "elements": "dict"}),
        "defaults": {"type": "dict", "options": each({"type": "dict"})},
        "prune": {"type": "dict", "options": each({"type": "list", "elements": "str"})},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "parallel": {"type": "int", "default": 4},
        **CONNECTION,
    }
