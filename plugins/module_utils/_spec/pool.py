# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the converge.libvirt collection: it may change in any release.

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
