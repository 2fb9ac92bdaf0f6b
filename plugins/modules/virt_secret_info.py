#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_secret_info
short_description: Tell of secrets
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Lists secrets with what they are for, over a read-only connection. Their values are never read.
extends_documentation_fragment:
  - converge.libvirt._attributes.info
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
options:
  names:
    description:
      - Which secrets to tell of, as names or shell patterns such as V(ceph *). All when not given.
      - No match is no error; the list is then empty.
    type: list
    elements: str
seealso:
  - module: converge.libvirt.virt_secret
"""

EXAMPLES = r"""
- name: All secrets
  converge.libvirt.virt_secret_info:
  register: secrets

- name: Those of Ceph
  ansible.builtin.debug:
    msg: "{{ secrets.secrets | selectattr('usage') | selectattr('usage.type', 'eq', 'ceph') | map(attribute='usage.id') }}"
"""

RETURN = r"""
secrets:
  description: What was found, by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: What it is for, as type and id; the UUID of a secret that is for nothing in particular.
      returned: when it exists
      type: str
      sample: ceph client.admin
    state:
      description: V(present) or V(absent).
      returned: when it exists
      type: str
      sample: present
    uuid:
      description: Its UUID.
      returned: when it exists
      type: str
      sample: 0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f
    usage:
      description: What it is for, as C(type) and C(id); V(null) where nothing is said.
      returned: when it exists
      type: dict
      sample: {"type": ceph, "id": client.admin}
    description:
      description: Its description.
      returned: when it exists
      type: str
      sample: The key of the Ceph cluster
    ephemeral:
      description: Whether libvirt keeps it in memory only.
      returned: when it exists
      type: bool
      sample: false
    private:
      description: Whether libvirt gives its value to nobody.
      returned: when it exists
      type: bool
      sample: true
    xml:
      description: Its definition; a value is never in it.
      returned: when it exists
      type: str
      sample: "<secret>...</secret>"
uri:
  description: The libvirt that was asked.
  returned: always
  type: str
  sample: qemu:///system
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.secret import Secret
from ansible_collections.converge.libvirt.plugins.module_utils._spec.secret import SECRETS
from ansible_collections.converge.libvirt.plugins.module_utils._survey import inform


def main() -> None:
    inform(Secret, SECRETS)


if __name__ == "__main__":
    main()
