# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a network filter."""

from __future__ import annotations

from .._xml.rules.nwfilter import RULES
from ._option import Spec

NWFILTER = Spec(
    noun="network filter",
    rules=RULES,
    states=("present", "absent"),
    common={"name": {"type": "str"}, "uuid": {"type": "str"}, "xml": {"type": "str"}},
    constraints={"required_one_of": [("name", "uuid", "xml")]},
    name_at="@name",
    naming="by name, by uuid or by the name in xml",
)
