# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what becomes of what a task does not name, the same in every module with lists."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._unmanaged)."""

    DOCUMENTATION = r"""
options:
  unmanaged:
    description:
      - What becomes of what the task does not name where it gives a list or O(xml).
      - V(remove) takes them as the whole. What else is in a list, or in the definition, is removed, except what libvirt puts
        there by itself.
      - V(keep) takes them as the least that has to be there. What else is in a list, or in the definition, stays.
        Where the order counts, as in a boot order, what the task names comes first. A list that is one thing as it stands is
        the whole all the same, such as the arguments of an init program or the three certificates of a smart card.
    type: str
    choices: [remove, keep]
    default: remove
  keep:
    description:
      - Parts that are left to someone else, with all below them, as paths in libvirt's XML below its root, such as
        V(devices/redirdev), V(ip/dhcp/host), V(dns), V(memory) or V(devices/graphics@passwd). They are neither changed nor
        removed, whatever the task says there.
      - A path is of tags only, and with V(@) of an attribute; one that names a single element, as those in RV(changes) do, is
        refused.
      - A new object has them as the task says.
    type: list
    elements: str
    default: []
"""
