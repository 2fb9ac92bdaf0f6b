#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_net
short_description: Manage virtual networks
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Makes a virtual network be what the task says, in its definition, its autostart and its state, in one task and one
    trip.
  - Compares by meaning what the task asks with what libvirt has, and changes only what differs.
  - Entries of an active network (DHCP hosts and ranges, DNS hosts, texts and services, port groups, interfaces to
    forward to) are changed while it is active. What libvirt can only store is listed in RV(pending) until the network
    was started anew. The guests on it are not interrupted unless O(restart) or O(state) says so.
extends_documentation_fragment:
  - converge.libvirt._apply
  - converge.libvirt._attributes
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
  - converge.libvirt._validate
options:
  name:
    description:
      - The name of the network. Where O(xml) has a C(<name>) too, both must be equal.
      - At least one of O(name), O(uuid) and O(xml) is needed.
    type: str
  uuid:
    description:
      - The UUID of the network. It finds the network where no name is given, and asserts what it is where one is.
      - A network whose UUID differs is an error; a UUID is never changed and a network never renamed.
    type: str
  xml:
    description:
      - The whole definition of the network, as libvirt's XML.
      - What it does not name is removed, except what libvirt puts there by itself; identity (UUID, MAC addresses, PCI
        addresses, aliases) stays with what is still there.
      - It is compared by meaning, so neither order, units nor spelling make a change.
    type: str
  state:
    description:
      - V(present) defines the network and leaves it active or inactive as it is.
      - V(active) and V(inactive) define it where the task says how, and start or stop it. Stopping cuts off its guests,
        and a warning names those that run; starting plugs the interfaces of running guests back in.
      - V(absent) stops and undefines it.
    type: str
    choices: [present, active, inactive, absent]
    default: present
  autostart:
    description:
      - Whether libvirt starts the network together with the host. Left as it is when not given.
    type: bool
seealso:
  - module: converge.libvirt.virt_net_info
"""

EXAMPLES = r"""
- name: A NAT network of its own for the web servers
  converge.libvirt.virt_net:
    state: active
    autostart: true
    xml: |
      <network>
        <name>web</name>
        <forward mode='nat'/>
        <ip address='192.168.150.1' netmask='255.255.255.0'>
          <dhcp>
            <range start='192.168.150.100' end='192.168.150.199'/>
          </dhcp>
        </ip>
      </network>

- name: Give a guest its address while the network is active, and restart the network only if it cannot be had otherwise
  converge.libvirt.virt_net:
    restart: when_needed
    xml: |
      <network>
        <name>web</name>
        <forward mode='nat'/>
        <ip address='192.168.150.1' netmask='255.255.255.0'>
          <dhcp>
            <range start='192.168.150.100' end='192.168.150.199'/>
            <host mac='52:54:00:00:00:01' name='web1' ip='192.168.150.10'/>
          </dhcp>
        </ip>
      </network>

- name: Remove it
  converge.libvirt.virt_net:
    name: web
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
      sample: "ip[192.168.150.1]/dhcp/range[192.168.150.100,192.168.150.199]/@end"
    before:
      description: What it was; V(null) where there was nothing. Secrets read V(********).
      returned: always
      type: str
      sample: 192.168.150.199
    after:
      description: What it is now, or would be; V(null) where there is nothing any more.
      returned: always
      type: str
      sample: 192.168.150.149
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
  sample: [define network 'web', start network 'web']
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
  sample: [define network 'web', start network 'web']
not_applied:
  description: The step that failed and those after it.
  returned: when a step failed
  type: list
  elements: str
network:
  description: The network as it is after the task, or would be.
  returned: success
  type: dict
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
    bridge:
      description: Its bridge on the host.
      returned: when it exists
      type: str
      sample: virbr1
    forward:
      description: Its forward mode; V(null) for an isolated network.
      returned: when it exists
      type: str
      sample: nat
    xml:
      description: Its stored definition.
      returned: when it exists
      type: str
      sample: "<network>...</network>"
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.network import Network
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._spec.network import NETWORK


def main() -> None:
    converge(Network, NETWORK)


if __name__ == "__main__":
    main()
