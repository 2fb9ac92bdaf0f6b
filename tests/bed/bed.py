# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, stop and use a private libvirt to test against: ``python3 tests/bed/bed.py --help``."""

from __future__ import annotations

import sys

from converge_bed.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
