# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private libvirtd with its own namespaces, for tests.  Needs nothing but Python 3.9 and distribution packages."""

from __future__ import annotations
