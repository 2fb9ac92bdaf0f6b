#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.volume_filled import FilledVolume
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._spec.volume import VOLUME


def main() -> None:
    converge(FilledVolume, VOLUME)


if __name__ == "__main__":
    main()
