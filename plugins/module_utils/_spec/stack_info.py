# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the module that tells a stack."""

from __future__ import annotations

from typing import Any

from .._result import CONNECTION
from .stack import each


def argument_spec() -> dict[str, dict[str, Any]]:
    """As AnsibleModule takes it, but for the fallbacks."""
    return {
        **each({"type": "list", "elements": "str"}),
        "output": {"type": "str", "choices": ["options", "xml"], "default": "options"},
        "with_needs": {"type": "bool", "default": True},
        "picture": {"type": "str", "choices": ["mermaid", "dot"]},
        **CONNECTION,
    }
