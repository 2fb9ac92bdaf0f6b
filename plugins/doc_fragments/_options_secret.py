# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a secret. Written by tests/tools/option_docs.py from docs/options/secret.yml and the rows of the options."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._options_secret)."""

    DOCUMENTATION = r"""
options:
  usage:
    description:
      - What the secret is for. libvirt keeps one secret for each, so this finds it too.
      - The usage of a secret never changes; a task that would change it is refused.
    type: dict
    suboptions:
      type:
        description:
          - What kind of thing uses it.
        type: str
        choices:
          - ceph
          - iscsi
          - tls
          - volume
          - vtpm
        required: true
      id:
        description:
          - What that thing calls it, such as the path of a volume or the name that a pool's C(<secret usage=...>) has.
        type: str
        required: true
  description:
    description:
      - A description for people. An empty one removes it.
      - "In libvirt's XML: C(description)."
    type: str
  ephemeral:
    description:
      - Whether libvirt keeps the secret in memory only, so that it is gone when libvirt ends.
      - "In libvirt's XML: C(@ephemeral)."
    type: bool
  private:
    description:
      - Whether libvirt gives the value to nobody, not even over a connection that may write.
      - A private secret stays private; a task that would change that is refused.
      - "In libvirt's XML: C(@private)."
    type: bool
"""
