#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_nodedev
short_description: Manage mediated devices and virtual HBAs
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Makes a device of the host be what the task says, where libvirt can make such a device. It makes two kinds, mediated
    devices (such as virtual GPUs) and virtual host bus adapters for Fibre Channel (NPIV).
  - A mediated device is defined, can be active or inactive, and can start with the host. A virtual HBA is there or not,
    and gone after a restart of the host.
  - A device that exists cannot be changed, only removed and made anew; a task that would change one is refused.
notes:
  - libvirt needs C(mdevctl) on the host for mediated devices, and a parent device that has them.
  - The tests of the collection have neither mediated devices nor real HBAs; virtual HBAs are tried with libvirt's test driver.
extends_documentation_fragment:
  - converge.libvirt._attributes
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
  - converge.libvirt._validate
options:
  name:
    description:
      - The name of the device, as libvirt gave it, such as V(scsi_host5). A virtual HBA may be named by its WWNN and WWPN
        with a colon between them.
      - At least one of O(name), O(uuid) and O(xml) is needed, and one of them has to say which device is meant.
    type: str
  uuid:
    description:
      - The UUID of a mediated device.
    type: str
  xml:
    description:
      - The whole definition of the device, as libvirt's XML. A mediated device needs its C(<uuid>), a virtual HBA its
        C(<wwnn>) and C(<wwpn>), as these tell it from the others; libvirt reads past a C(<name>).
    type: str
  autostart:
    description:
      - Whether libvirt starts a mediated device together with the host. Left as it is when not given.
    type: bool
  state:
    description:
      - V(present) defines a mediated device, and makes a virtual HBA.
      - V(active) and V(inactive) define a mediated device where the task says how, and start or stop it.
      - V(absent) stops a mediated device and undefines it, or removes a virtual HBA.
    type: str
    choices: [present, active, inactive, absent]
    default: present
seealso:
  - module: converge.libvirt.virt_nodedev_info
"""

EXAMPLES = r"""
- name: A virtual GPU that is there after every start of the host
  converge.libvirt.virt_nodedev:
    xml: |
      <device>
        <parent>pci_0000_00_02_0</parent>
        <capability type='mdev'>
          <type id='i915-GVTg_V5_4'/>
          <uuid>8ae5a0e4-5d3d-4d4a-b6c4-6f0f4f2f5a10</uuid>
        </capability>
      </device>
    state: active
    autostart: true

- name: A virtual HBA
  converge.libvirt.virt_nodedev:
    xml: |
      <device>
        <parent>scsi_host1</parent>
        <capability type='scsi_host'>
          <capability type='fc_host'>
            <wwnn>20000000c9831b4b</wwnn>
            <wwpn>10000000c9831b4b</wwpn>
          </capability>
        </capability>
      </device>

- name: Remove it
  converge.libvirt.virt_nodedev:
    name: 20000000c9831b4b:10000000c9831b4b
    state: absent
"""

RETURN = r"""
changes:
  description:
    - What was different and is now as asked, or would be in check mode, one entry a path; V(/) for making or removing
      the object.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description:
        - Where, as in libvirt's XML below the root, with the key of one of several elements in brackets; or V(state),
          V(autostart), V(persistent), V(/).
      returned: always
      type: str
      sample: "autostart"
    before:
      description: What it was; V(null) where there was nothing. Secrets read V(********).
      returned: always
      type: str
      sample: "false"
    after:
      description: What it is now, or would be; V(null) where there is nothing any more.
      returned: always
      type: str
      sample: "true"
    how:
      description: >-
        Whether it changed the running object (V(live)) or the stored definition (V(stored)).
      returned: always
      type: str
      sample: stored
side_effects:
  description: What libvirt changed beside it, in the form of RV(changes). Known after a real run only.
  returned: success
  type: list
  elements: dict
actions:
  description: The calls that were made, or would be, in order.
  returned: success
  type: list
  elements: str
  sample: ["set autostart of device 'mdev_8ae5a0e4_5d3d_4d4a_b6c4_6f0f4f2f5a10_0000_00_02_0'"]
pending:
  description: Always empty, as is RV(live_only); both are there so that every module's result has the same keys.
  returned: success
  type: list
  elements: dict
  sample: []
live_only:
  description: Always empty; see RV(pending).
  returned: success
  type: list
  elements: dict
  sample: []
uri:
  description: The libvirt that was asked.
  returned: always
  type: str
  sample: qemu:///system
applied:
  description: The steps that were done before one failed.
  returned: when a step failed
  type: list
  elements: str
  sample: ["set autostart of device 'mdev_8ae5a0e4_5d3d_4d4a_b6c4_6f0f4f2f5a10_0000_00_02_0'"]
not_applied:
  description: The step that failed and those after it.
  returned: when a step failed
  type: list
  elements: str
device:
  description: The device as it is after the task, or would be.
  returned: success
  type: dict
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
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.nodedev import Nodedev
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._spec.nodedev import NODEDEV


def main() -> None:
    converge(Nodedev, NODEDEV)


if __name__ == "__main__":
    main()
