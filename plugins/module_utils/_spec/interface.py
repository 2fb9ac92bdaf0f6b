# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a network interface of the host."""

from __future__ import annotations

from ._option import Spec, Survey

INTERFACE = Spec(
    noun="interface",
    root="interface",
    states=("present", "active", "inactive", "absent"),
    common={"name": {"type": "str"}, "xml": {"type": "str"}},
    constraints={"required_one_of": [("name", "xml")]},
    name_at="@name",
    naming="by name or by the name in xml",
)

INTERFACES = Survey(plural="interfaces")
