#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.network_leases import NetworkWithLeases
from ansible_collections.converge.libvirt.plugins.module_utils._spec.network_info import NETWORKS
from ansible_collections.converge.libvirt.plugins.module_utils._survey import inform


def main() -> None:
    inform(NetworkWithLeases, NETWORKS)


if __name__ == "__main__":
    main()
