#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_interface
short_description: Manage network interfaces of a host
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Makes a network interface of the host, such as a bridge, a bond or a VLAN, be what the task says, in its definition and
    its state.
  - A change of an active interface is stored, and listed in RV(pending) until the interface was started anew.
notes:
  - libvirt changes interfaces of the host only where it was built with netcf, which most distributions no longer do; elsewhere
    a task that would change something fails and says so. The host's own tools (NetworkManager, systemd-networkd) are
    usually the better place.
  - The tests of the collection try this with libvirt's test driver; netcf is not tried.
extends_documentation_fragment:
  - converge.libvirt._attributes
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
  - converge.libvirt._validate
options:
  name:
    description:
      - The name of the interface. Where O(xml) has one too, both must be equal.
      - At least one of O(name) and O(xml) is needed.
    type: str
  xml:
    description:
      - The whole definition of the interface, as libvirt's XML.
      - What it does not name is removed, except what libvirt puts there by itself, such as the MAC address.
      - It is compared by meaning, so neither order where it has none, units nor spelling make a change.
    type: str
  state:
    description:
      - V(present) defines the interface and leaves it active or inactive as it is.
      - V(active) and V(inactive) define it where the task says how, and start or stop it.
      - V(absent) stops and undefines it.
      - Stopping the interface that leads to the host cuts the task off.
    type: str
    choices: [present, active, inactive, absent]
    default: present
seealso:
  - module: converge.libvirt.virt_interface_info
"""

EXAMPLES = r"""
- name: A bridge for guests
  converge.libvirt.virt_interface:
    xml: |
      <interface type='bridge' name='br0'>
        <start mode='onboot'/>
        <protocol family='ipv4'>
          <ip address='192.0.2.7' prefix='24'/>
        </protocol>
        <bridge stp='off'>
          <interface type='ethernet' name='eth2'/>
        </bridge>
      </interface>
    state: active

- name: Remove it
  converge.libvirt.virt_interface:
    name: br0
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
        - Where, as in libvirt's XML below the root element, with the key of an element that stands several times in
          brackets; or V(state), V(/).
      returned: always
      type: str
      sample: "protocol[ipv4]/ip[192.0.2.7]/@prefix"
    before:
      description: What it was; V(null) where there was nothing. Secrets read V(********).
      returned: always
      type: str
      sample: "24"
    after:
      description: What it is now, or would be; V(null) where there is nothing any more.
      returned: always
      type: str
      sample: "25"
    how:
      description: >-
        V(live) where the running object has it too, V(stored) where only the definition is changed, V(restart) where
        the running object gets it, or has got it, by being started anew.
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
  sample: ["define interface 'br0'", "start interface 'br0'"]
pending:
  description:
    - What the active object gets of its stored definition only when it is started anew, in the form of RV(changes) with
      C(how) always V(restart); C(before) is what runs now, C(after) what is stored.
  returned: success
  type: list
  elements: dict
live_only:
  description: What only the running object has and the task does not manage, such as a device plugged in by hand.
  returned: success
  type: list
  elements: dict
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
  sample: ["define interface 'br0'", "start interface 'br0'"]
not_applied:
  description: The step that failed and those after it.
  returned: when a step failed
  type: list
  elements: str
interface:
  description: The interface as it is after the task, or would be.
  returned: success
  type: dict
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
    xml:
      description: Its stored definition.
      returned: when it exists
      type: str
      sample: "<interface>...</interface>"
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.interface import Interface
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._spec.interface import INTERFACE


def main() -> None:
    converge(Interface, INTERFACE)


if __name__ == "__main__":
    main()
