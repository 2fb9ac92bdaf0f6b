# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module of the collection keeps to."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragments C(converge.libvirt._attributes) and C(converge.libvirt._attributes.info)."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Can run in check mode and return the changed status it predicts without changing libvirt.
    details:
      - Check mode writes nothing and predicts the same C(changed) and C(changes) as the run would have.
  diff_mode:
    support: full
    description: Returns what has changed, or would change, in the form that C(--diff) shows.
    details:
      - Both sides are the stored document in libvirt's own order, secrets hidden.
  idempotent:
    support: full
    description: A second run with the same options changes nothing.
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Can run in check mode; it only reads.
  diff_mode:
    support: N/A
    description: Returns what has changed, or would change, in the form that C(--diff) shows.
    details:
      - It changes nothing.
  idempotent:
    support: full
    description: A second run with the same options changes nothing.
"""

    GROUP = r"""
options: {}
attributes:
  action_group:
    support: full
    membership:
      - converge.libvirt.libvirt
    description: >-
      Takes the defaults of C(group/converge.libvirt.libvirt) in C(module_defaults), so that
      one C(uri) serves every task of a play.
"""
