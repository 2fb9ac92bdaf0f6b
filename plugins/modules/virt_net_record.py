#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_net_record
short_description: Manage single DHCP and DNS records of a virtual network
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Puts one DHCP host or one DNS record into a virtual network, changes it or takes it out, and leaves everything else of
    the network alone. Many tasks, of many plays, may do that to one network at the same time.
  - An active network gets the record at once, and its guests are not interrupted.
  - A playbook that has the whole definition of a network in one place gives it to M(converge.libvirt.virt_net) instead.
    That module removes records which its XML does not name.
extends_documentation_fragment:
  - converge.libvirt._attributes
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
options:
  network:
    description:
      - The name of the network. It is an error where there is none, unless the record shall be V(absent).
    type: str
    required: true
  state:
    description:
      - V(present) makes the record be as the task says. Of one that is there with the same key and other values, the
        values are changed; what the task leaves out, the record does not have.
      - V(absent) removes the record that has all the values which the task gives. Where no record has, that is no
        change.
    type: str
    choices: [present, absent]
    default: present
  dhcp_host:
    description:
      - A guest with an address of its own. One of O(dhcp_host), O(dns_host), O(dns_txt) and O(dns_srv) is needed.
      - The key is the first that is given of O(dhcp_host.mac), O(dhcp_host.id), O(dhcp_host.ip) and O(dhcp_host.name). A
        record that has another MAC address and the same O(dhcp_host.ip) or O(dhcp_host.name) is taken over, as if the
        guest had got a new NIC.
    type: dict
    suboptions:
      mac:
        description: The MAC address of the guest's NIC.
        type: str
      id:
        description: The identifier of a DHCPv6 client.
        type: str
      ip:
        description: The address, which must be one of the network's.
        type: str
      name:
        description: The name that the guest gets.
        type: str
  dns_host:
    description:
      - An address that the network's DNS has names for.
    type: dict
    suboptions:
      ip:
        description: The address, which is the key.
        type: str
        required: true
      hostnames:
        description:
          - All the names of the address.
          - With O(state=absent) only these names go, and the record with the last of them; the whole record where none
            is given.
        type: list
        elements: str
  dns_txt:
    description:
      - A text that the network's DNS has for a name.
    type: dict
    suboptions:
      name:
        description: The name, which is the key.
        type: str
        required: true
      value:
        description: The text.
        type: str
  dns_srv:
    description:
      - Where a service is to be had. The key is O(dns_srv.service), O(dns_srv.protocol), O(dns_srv.domain) and
        O(dns_srv.target) together, for a service may have several targets.
    type: dict
    suboptions:
      service:
        description: The name of the service, such as V(ldap).
        type: str
        required: true
      protocol:
        description: The protocol, such as V(tcp).
        type: str
        required: true
      domain:
        description: The domain that has the service.
        type: str
      target:
        description: The host that serves it.
        type: str
      port:
        description: The port where it does.
        type: int
      priority:
        description: Which target is asked first, the lowest.
        type: int
      weight:
        description: How often a target is asked among those of the same priority.
        type: int
  apply:
    description:
      - What is changed of a network that is active. V(auto) stores the record, then puts it into the active network.
      - V(stored) changes the definition only.
      - V(live) changes the active network only, until its next start. It is an error for a network that is not active.
    type: str
    choices: [auto, stored, live]
    default: auto
seealso:
  - module: converge.libvirt.virt_net
  - module: converge.libvirt.virt_net_info
"""

EXAMPLES = r"""
- name: Give a guest its address and its name
  converge.libvirt.virt_net_record:
    network: web
    dhcp_host:
      mac: "52:54:00:00:00:01"
      ip: 192.168.150.10
      name: web1

- name: Have names for an address
  converge.libvirt.virt_net_record:
    network: web
    dns_host:
      ip: 192.168.150.10
      hostnames: [web1.lan, www.lan]

- name: Say where the directory is
  converge.libvirt.virt_net_record:
    network: web
    dns_srv:
      service: ldap
      protocol: tcp
      domain: lan
      target: dir.lan
      port: 389

- name: Take a guest's address back, whatever it was
  converge.libvirt.virt_net_record:
    network: web
    state: absent
    dhcp_host:
      mac: "52:54:00:00:00:01"
"""

RETURN = r"""
changes:
  description:
    - What was different and is now as asked, or would be in check mode, one entry a path.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description:
        - Where, as in libvirt's XML below the root, with the key of one of several elements in brackets.
      returned: always
      type: str
      sample: "dns/host[192.168.150.10]"
    before:
      description: What it was; V(null) where there was nothing. Secrets read V(********).
      returned: always
      type: str
    after:
      description: What it is now, or would be; V(null) where there is nothing any more.
      returned: always
      type: str
      sample: "<host ip='192.168.150.10'><hostname>web1.lan</hostname></host>"
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
  sample:
    - "add dns/host[192.168.150.10] to the definition of network 'web'"
    - "add dns/host[192.168.150.10] to active network 'web'"
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
  sample: ["add dns/host[192.168.150.10] to the definition of network 'web'"]
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

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.network_record import NetworkRecords
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._spec.network_record import NETWORK_RECORD


def main() -> None:
    converge(NetworkRecords, NETWORK_RECORD)


if __name__ == "__main__":
    main()
