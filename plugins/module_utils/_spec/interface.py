# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a network interface of the host."""

from __future__ import annotations

from .._xml.rules.interface import RULES
from ._option import Spec

INTERFACE = Spec(
    noun="interface",
    rules=RULES,
    states=("present", "active", "inactive", "absent"),
    common={"name": {"type": "str"}, "xml": {"type": "str"}},
    constraints={"required_one_of": [("name", "xml")]},
    name_at="@name",
    naming="by name or by the name in xml",
)
