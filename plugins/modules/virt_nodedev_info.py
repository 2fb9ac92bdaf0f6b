#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_nodedev_info
short_description: Tell of the devices of a host
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Lists the devices of a host with their capabilities, over a read-only connection.
extends_documentation_fragment:
  - converge.libvirt._attributes.info
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
options:
  names:
    description:
      - Which devices to tell of, as names or shell patterns such as V(pci_0000_*). All when not given.
      - No match is no error; the list is then empty.
    type: list
    elements: str
  capability:
    description:
      - Only devices with this capability, by the type it has in libvirt's XML; V(vports) is for HBAs that can have virtual ones
        and V(mdev_types) for devices that can have mediated ones. All when not given.
    type: str
    choices:
      - ap_card
      - ap_matrix
      - ap_queue
      - ccw
      - css
      - drm
      - fc_host
      - mdev
      - mdev_types
      - net
      - pci
      - scsi
      - scsi_generic
      - scsi_host
      - scsi_target
      - storage
      - system
      - usb
      - usb_device
      - vdpa
      - vpd
      - vports
seealso:
  - module: converge.libvirt.virt_nodedev
"""

EXAMPLES = r"""
- name: The PCI devices of the host
  converge.libvirt.virt_nodedev_info:
    capability: pci
  register: pci

- name: Their drivers
  ansible.builtin.debug:
    msg: "{{ dict(pci.devices | map(attribute='name') | zip(pci.devices | map(attribute='driver'))) }}"
"""

RETURN = r"""
devices:
  description: What was found, by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name, which libvirt gives it.
      returned: when it exists
      type: str
      sample: mdev_8ae5a0e4_5d3d_4d4a_b6c4_6f0f4f2f5a10_0000_00_02_0
    state:
      description: One of V(active), V(inactive), V(absent).
      returned: when it exists
      type: str
      sample: active
    parent:
      description: The name of the device it is a part of.
      returned: when it exists
      type: str
      sample: pci_0000_00_02_0
    capabilities:
      description: The types of its capabilities, outermost first.
      returned: when it exists
      type: list
      sample: [mdev]
    driver:
      description: The driver it has on the host.
      returned: when it exists
      type: str
      sample: vfio_mdev
    uuid:
      description: The UUID of a mediated device.
      returned: when it exists
      type: str
      sample: 8ae5a0e4-5d3d-4d4a-b6c4-6f0f4f2f5a10
    autostart:
      description: Whether libvirt starts a mediated device with the host; V(null) for another device.
      returned: when it exists
      type: bool
      sample: true
    persistent:
      description: Whether it is defined, rather than there only while it is active. True for what is no mediated device.
      returned: when it exists
      type: bool
      sample: true
    xml:
      description: Its description by libvirt.
      returned: when it exists
      type: str
      sample: "<device>...</device>"
uri:
  description: The libvirt that was asked.
  returned: always
  type: str
  sample: qemu:///system
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.nodedev import Nodedev
from ansible_collections.converge.libvirt.plugins.module_utils._spec.nodedev import NODEDEVS
from ansible_collections.converge.libvirt.plugins.module_utils._survey import inform


def main() -> None:
    inform(Nodedev, NODEDEVS)


if __name__ == "__main__":
    main()
