#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.network_record import NetworkRecords
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._spec.network_record import NETWORK_RECORD


def main() -> None:
    converge(NetworkRecords, NETWORK_RECORD)


if __name__ == "__main__":
    main()
