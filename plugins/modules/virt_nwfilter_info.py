#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_nwfilter_info
short_description: Tell of network filters
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Lists network filters with their definition, over a read-only connection, and on request the ports of running guests
    that have them.
extends_documentation_fragment:
  - converge.libvirt._attributes.info
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
options:
  names:
    description:
      - Which filters to tell of, as names or shell patterns such as V(allow-*). All when not given.
      - No match is no error; the list is then empty.
    type: list
    elements: str
  bindings:
    description:
      - Whether to tell which ports of running guests have each filter, which takes one question more for each of those ports.
    type: bool
    default: false
seealso:
  - module: converge.libvirt.virt_nwfilter
"""

EXAMPLES = r"""
- name: All filters, and who has them
  converge.libvirt.virt_nwfilter_info:
    bindings: true
  register: filters

- name: Those in use
  ansible.builtin.debug:
    msg: "{{ filters.filters | selectattr('bindings') | map(attribute='name') }}"
"""

RETURN = r"""
filters:
  description: What was found, by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      returned: when it exists
      type: str
      sample: web
    state:
      description: V(present) or V(absent).
      returned: when it exists
      type: str
      sample: present
    uuid:
      description: Its UUID.
      returned: when it exists
      type: str
      sample: 6b1f0b0a-4b32-4a52-9c3c-7e8d7e0f6a11
    chain:
      description: The chain its rules go to.
      returned: when it exists
      type: str
      sample: root
    filters:
      description: The names of the filters it refers to.
      returned: when it exists
      type: list
      sample: [clean-traffic]
    bindings:
      description: >-
        The ports of running guests that have this filter, as C(port), C(guest), C(mac) and C(parameters), a list of C(name)
        and C(value); V(null) where O(bindings) does not ask for them.
      returned: when it exists
      type: list
      sample: [{"port": vnet0, "guest": web, "mac": "52:54:00:7b:35:93", "parameters": [{"name": IP, "value": 192.0.2.7}]}]
    xml:
      description: Its definition.
      returned: when it exists
      type: str
      sample: "<filter>...</filter>"
uri:
  description: The libvirt that was asked.
  returned: always
  type: str
  sample: qemu:///system
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.nwfilter import Nwfilter
from ansible_collections.converge.libvirt.plugins.module_utils._spec.nwfilter import NWFILTERS
from ansible_collections.converge.libvirt.plugins.module_utils._survey import inform


def main() -> None:
    inform(Nwfilter, NWFILTERS)


if __name__ == "__main__":
    main()
