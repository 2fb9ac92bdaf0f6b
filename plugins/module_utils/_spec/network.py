# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a network."""

from __future__ import annotations

from ._option import APPLY, Spec, Survey

NETWORK = Spec(
    noun="network",
    root="network",
    states=("present", "active", "inactive", "absent"),
    arguments=APPLY,
    constraints={"required_one_of": [("name", "uuid", "xml")]},
)

NETWORKS = Survey(plural="networks", arguments={"leases": {"type": "bool", "default": False}})
