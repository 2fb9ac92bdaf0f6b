# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what becomes of an object that is active, the same in every module that changes one."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._apply)."""

    DOCUMENTATION = r"""
options:
  apply:
    description:
      - What is changed of an object that is active. V(auto) stores the definition, then changes what runs as far as libvirt
        can; what it cannot waits in C(pending).
      - V(stored) changes the definition only.
      - V(live) changes what runs only, until its next start. It is an error for an object that is not active, and where
        something would have to wait.
    type: str
    choices: [auto, stored, live]
    default: auto
  restart:
    description:
      - Whether an active object may be stopped and started again where anything of its definition waits for that. What
        could have been changed while it runs is then not changed twice.
      - A guest is stopped by C(shutdown). Running guests on a network are cut off meanwhile, which is a warning that names
        them, and their interfaces are plugged back in.
    type: str
    choices: [never, when_needed]
    default: never
"""
