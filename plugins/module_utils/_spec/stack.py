# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a stack. Those of its entries are those of their own modules."""

from __future__ import annotations

from typing import Any

from ._option import CONNECTION

#: What a stack may hold, in the order in which it is made.
LISTS = ("secrets", "nwfilters", "networks", "pools", "volumes", "domains")


def argument_spec() -> dict[str, dict[str, Any]]:
    """As AnsibleModule takes it, but for the fallbacks."""
    return {
        **{name: {"type": "list", "elements": "dict"} for name in LISTS},
        "defaults": {"type": "dict", "options": {name: {"type": "dict"} for name in LISTS}},
        "prune": {"type": "dict", "options": {name: {"type": "list", "elements": "str"} for name in LISTS}},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "parallel": {"type": "int", "default": 4},
        **CONNECTION,
    }


def info_argument_spec() -> dict[str, dict[str, Any]]:
    """As above, of the module that tells a stack."""
    return {
        **{name: {"type": "list", "elements": "str"} for name in LISTS},
        "output": {"type": "str", "choices": ["options", "xml"], "default": "options"},
        "with_needs": {"type": "bool", "default": True},
        "picture": {"type": "str", "choices": ["mermaid", "dot"]},
        **CONNECTION,
    }
