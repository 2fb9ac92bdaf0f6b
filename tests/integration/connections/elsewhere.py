# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Another machine, as far as Ansible can tell: this one, over a connection that is not the local one."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = """
name: elsewhere
short_description: This machine, as if it were another
description: Commands run here, and files are copied, as a connection to another machine does it.
author: converge.libvirt contributors (@converge)
options: {}
"""


class Connection(Local):
    transport = "elsewhere"
