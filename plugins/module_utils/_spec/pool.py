# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a storage pool."""

from __future__ import annotations

from ._option import Spec, Survey

POOL = Spec(
    noun="pool",
    root="pool",
    states=("present", "active", "inactive", "absent"),
    arguments={
        "build": {"type": "str", "choices": ["never", "missing", "overwrite"], "default": "missing"},
        "delete_contents": {"type": "bool", "default": False},
        "refresh": {"type": "bool", "default": False},
    },
    constraints={"required_one_of": [("name", "uuid", "xml")]},
)

POOLS = Survey(plural="pools")
