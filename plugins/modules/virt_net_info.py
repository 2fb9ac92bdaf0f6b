#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_net_info
short_description: Tell of virtual networks
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Lists virtual networks with their state, what waits for a restart, and their definition, over a read-only
    connection.
extends_documentation_fragment:
  - converge.libvirt._attributes.info
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
options:
  names:
    description:
      - Which networks to tell of, as names or shell patterns such as V(web-*). All when not given.
      - No match is no error; the list is then empty.
    type: list
    elements: str
  leases:
    description:
      - Whether to list what the DHCP server of each active network has leased, which is one more question a network.
    type: bool
    default: false
seealso:
  - module: converge.libvirt.virt_net
"""

EXAMPLES = r"""
- name: All networks
  converge.libvirt.virt_net_info:
  register: networks

- name: Which guest has which address
  converge.libvirt.virt_net_info:
    names: [web]
    leases: true
  register: web

- name: Those that do not come back after a reboot
  ansible.builtin.debug:
    msg: "{{ networks.networks | rejectattr('autostart') | map(attribute='name') }}"
"""

RETURN = r"""
networks:
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
    leases:
      description: The leases of its DHCP server, by address; V(null) unless O(leases) and the network is active.
      returned: when it exists
      type: list
      elements: dict
      contains:
        mac:
          description: The MAC address of the client, V(null) where it has told none.
          returned: always
          type: str
          sample: "52:54:00:00:00:01"
        address:
          description: The address.
          returned: always
          type: str
          sample: 192.168.150.10
        prefix:
          description: The length of its prefix.
          returned: always
          type: int
          sample: 24
        hostname:
          description: The name that the client has told or was given, V(null) where there is none.
          returned: always
          type: str
          sample: web1
        client_id:
          description: The identifier of the client, V(null) where there is none.
          returned: always
          type: str
          sample: "01:52:54:00:00:00:01"
        expires:
          description: When the lease ends, in seconds since 1970; V(null) where it does not.
          returned: always
          type: int
          sample: 1764090000
    pending:
      description: >-
        What an active one does not have yet of its stored definition, as path, before, after and how;
        see M(converge.libvirt.virt_net).
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
      sample: "<network>...</network>"
uri:
  description: The libvirt that was asked.
  returned: always
  type: str
  sample: qemu:///system
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.network_leases import NetworkWithLeases
from ansible_collections.converge.libvirt.plugins.module_utils._spec.network import NETWORKS
from ansible_collections.converge.libvirt.plugins.module_utils._survey import inform


def main() -> None:
    inform(NetworkWithLeases, NETWORKS)


if __name__ == "__main__":
    main()
