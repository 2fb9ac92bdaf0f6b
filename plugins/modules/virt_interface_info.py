#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_interface_info
short_description: Tell of network interfaces of a host
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Lists the network interfaces of a host that libvirt knows, over a read-only connection.
extends_documentation_fragment:
  - converge.libvirt._attributes.info
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
options:
  names:
    description:
      - Which interfaces to tell of, as names or shell patterns such as V(eth*). All when not given.
      - No match is no error; the list is then empty.
    type: list
    elements: str
seealso:
  - module: converge.libvirt.virt_interface
"""

EXAMPLES = r"""
- name: All interfaces
  converge.libvirt.virt_interface_info:
  register: interfaces

- name: The bridges among them
  ansible.builtin.debug:
    msg: "{{ interfaces.interfaces | selectattr('type', 'eq', 'bridge') | map(attribute='name') }}"
"""

RETURN = r"""
interfaces:
  description: What was found, by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      returned: when it exists
      type: str
      sample: br0
    state:
      description: One of V(active), V(inactive), V(absent).
      returned: when it exists
      type: str
      sample: active
    type:
      description: Its type, such as V(ethernet), V(bridge), V(bond) or V(vlan).
      returned: when it exists
      type: str
      sample: bridge
    mac:
      description: Its MAC address.
      returned: when it exists
      type: str
      sample: "52:54:00:7b:35:93"
    addresses:
      description: Its addresses, with their prefixes.
      returned: when it exists
      type: list
      sample: [192.0.2.7/24]
    pending:
      description: >-
        What an active one does not have yet of its stored definition, as path, before, after and how;
        see M(converge.libvirt.virt_interface).
      returned: when it exists
      type: list
      sample: []
    live_only:
      description: >-
        What only the running one has, such as a device plugged in by hand or one that is to go at the next start, in the
        same form.
      returned: when it exists
      type: list
      sample: []
    xml:
      description: Its stored definition.
      returned: when it exists
      type: str
      sample: "<interface>...</interface>"
uri:
  description: The libvirt that was asked.
  returned: always
  type: str
  sample: qemu:///system
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.interface import Interface
from ansible_collections.converge.libvirt.plugins.module_utils._spec.interface import INTERFACES
from ansible_collections.converge.libvirt.plugins.module_utils._survey import inform


def main() -> None:
    inform(Interface, INTERFACES)


if __name__ == "__main__":
    main()
