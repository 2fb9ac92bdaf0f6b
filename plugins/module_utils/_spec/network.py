# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the converge.libvirt collection: it may change in any release.

"""Options of a network."""

from __future__ import annotations

from ._option import Spec, Survey

NETWORK = Spec(
    noun="network",
    root="network",
    states=("present", "active", "inactive", "absent"),
    constraints={"required_one_of": [("name", "uuid", "xml")]},
)

NETWORKS = Survey(plural="networks")
