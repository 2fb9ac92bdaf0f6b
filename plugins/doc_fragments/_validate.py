# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option that says what becomes of XML that libvirt does not know, the same in every module that converges."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._validate)."""

    DOCUMENTATION = r"""
options:
  validate:
    description:
      - What becomes of something in O(xml) that libvirt's own schema does not know, such as a misspelt element. libvirt
        itself drops most of that without a word.
      - V(warn) names the line, the element and what was probably meant in a warning, in each run, and goes on.
      - V(strict) fails with the same before anything is written, and lets libvirt validate what it gets to define.
      - V(off) does not look.
      - The schemas come with libvirt's packages. Where the libvirt that is asked is on another machine than the module,
        or the schemas are not there, V(warn) says nothing, and V(strict) leaves it to libvirt, which only tells when
        something is defined, and not in check mode.
      - A definition that libvirt refuses is explained in the same way, unless this is V(off).
    type: str
    choices: ["off", "warn", "strict"]
    default: warn
"""
