#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_pool_info
short_description: Tell of storage pools
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Lists storage pools with their state, what waits for a restart, and their definition, over a read-only connection.
extends_documentation_fragment:
  - converge.libvirt._attributes.info
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
options:
  names:
    description:
      - Which pools to tell of, as names or shell patterns such as V(web-*). All when not given.
      - No match is no error; the list is then empty.
    type: list
    elements: str
seealso:
  - module: converge.libvirt.virt_pool
"""

EXAMPLES = r"""
- name: The pools with images
  converge.libvirt.virt_pool_info:
    names: [images*]
  register: pools

- name: Their free space in GiB
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ (item.available / 1024 ** 3) | round(1) }}"
  loop: "{{ pools.pools | selectattr('available') }}"
"""

RETURN = r"""
pools:
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
      description: One of V(active), V(inactive), V(absent).
      returned: when it exists
      type: str
      sample: active
    uuid:
      description: Its UUID.
      returned: when it exists
      type: str
      sample: 6b1f0b0a-4b32-4a52-9c3c-7e8d7e0f6a11
    autostart:
      description: Whether libvirt starts it with the host.
      returned: when it exists
      type: bool
      sample: true
    persistent:
      description: Whether it is defined, rather than there only while it runs.
      returned: when it exists
      type: bool
      sample: true
    type:
      description: Its type.
      returned: when it exists
      type: str
      sample: dir
    path:
      description: Where its volumes are.
      returned: when it exists
      type: str
      sample: /var/lib/libvirt/images
    capacity:
      description: Bytes in all; V(null) while it is inactive.
      returned: when it exists
      type: int
      sample: 53687091200
    allocation:
      description: Bytes in use; V(null) while it is inactive.
      returned: when it exists
      type: int
      sample: 10737418240
    available:
      description: Bytes that are free; V(null) while it is inactive.
      returned: when it exists
      type: int
      sample: 42949672960
    pending:
      description: >-
        What an active one does not have yet of its stored definition, as path, before, after and how;
        see M(converge.libvirt.virt_pool).
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
      description: Its stored definition, secrets hidden.
      returned: when it exists
      type: str
      sample: "<pool type='dir'>...</pool>"
uri:
  description: The libvirt that was asked.
  returned: always
  type: str
  sample: qemu:///system
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.pool import Pool
from ansible_collections.converge.libvirt.plugins.module_utils._spec.pool import POOLS
from ansible_collections.converge.libvirt.plugins.module_utils._survey import inform


def main() -> None:
    inform(Pool, POOLS)


if __name__ == "__main__":
    main()
