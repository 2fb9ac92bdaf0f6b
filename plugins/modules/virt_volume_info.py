#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_volume_info
short_description: Tell of storage volumes
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Lists the volumes of one active pool, or of every active pool, over a read-only connection.
extends_documentation_fragment:
  - converge.libvirt._attributes.info
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
options:
  names:
    description:
      - Which volumes to tell of, as names or shell patterns such as V(web-*). All when not given.
      - No match is no error; the list is then empty.
    type: list
    elements: str
  pool:
    description:
      - The pool whose volumes to tell of. Every active pool when not given.
    type: str
seealso:
  - module: converge.libvirt.virt_volume
"""

EXAMPLES = r"""
- name: The images of one pool
  converge.libvirt.virt_volume_info:
    pool: images
    names: ["*.qcow2"]
  register: images

- name: How much they would take when full
  ansible.builtin.debug:
    msg: "{{ images.volumes | sum(attribute='capacity') }} bytes"
"""

RETURN = r"""
volumes:
  description: What was found, by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      returned: when it exists
      type: str
      sample: web.qcow2
    state:
      description: V(present) or V(absent).
      returned: when it exists
      type: str
      sample: present
    pool:
      description: The pool it is in.
      returned: when it exists
      type: str
      sample: default
    type:
      description: What it is, such as V(file) or V(block).
      returned: when it exists
      type: str
      sample: file
    path:
      description: Where it is.
      returned: when it exists
      type: str
      sample: /var/lib/libvirt/images/web.qcow2
    key:
      description: libvirt's key of it.
      returned: when it exists
      type: str
      sample: /var/lib/libvirt/images/web.qcow2
    format:
      description: Its format.
      returned: when it exists
      type: str
      sample: qcow2
    capacity:
      description: Bytes that a guest sees.
      returned: when it exists
      type: int
      sample: 10737418240
    allocation:
      description: Bytes that it takes.
      returned: when it exists
      type: int
      sample: 196608
    backing:
      description: The image that it builds upon.
      returned: when it exists
      type: str
      sample: /var/lib/libvirt/images/base.qcow2
    xml:
      description: Its description by libvirt.
      returned: when it exists
      type: str
      sample: "<volume>...</volume>"
uri:
  description: The libvirt that was asked.
  returned: always
  type: str
  sample: qemu:///system
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.volume import Volume
from ansible_collections.converge.libvirt.plugins.module_utils._spec.volume import VOLUMES
from ansible_collections.converge.libvirt.plugins.module_utils._survey import inform


def main() -> None:
    inform(Volume, VOLUMES)


if __name__ == "__main__":
    main()
