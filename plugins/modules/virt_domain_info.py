#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_domain_info
short_description: Tell of guests (libvirt domains)
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Lists guests with their state, what waits for a restart, and their definition, over a read-only connection. Secrets
    are not even read.
extends_documentation_fragment:
  - converge.libvirt._attributes.info
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
options:
  names:
    description:
      - Which guests to tell of, as names or shell patterns such as V(web-*). All when not given.
      - No match is no error; the list is then empty.
    type: list
    elements: str
  addresses:
    description:
      - Where the addresses of running guests are taken from. V(lease) asks libvirt's own DHCP servers, so it knows
        guests
        on libvirt's networks only.
    type: str
    choices: [none, lease]
    default: none
seealso:
  - module: converge.libvirt.virt_domain
"""

EXAMPLES = r"""
- name: All guests
  converge.libvirt.virt_domain_info:
  register: guests

- name: Those that wait for a restart
  ansible.builtin.debug:
    msg: "{{ guests.domains | selectattr('pending') | map(attribute='name') }}"

- name: Wait until a guest has an address
  converge.libvirt.virt_domain_info:
    names: [web]
    addresses: lease
  register: web
  until: web.domains[0].interfaces | map(attribute='addresses') | flatten | length > 0
  retries: 30
  delay: 2
"""

RETURN = r"""
domains:
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
      description: >-
        One of V(running), V(paused), V(stopped), V(saved), V(absent), or what libvirt says beside these, V(shutting
        down), V(crashed) and V(suspended).
      returned: when it exists
      type: str
      sample: running
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
    memory:
      description: Its maximum memory in bytes.
      returned: when it exists
      type: int
      sample: 2147483648
    vcpus:
      description: Its maximum number of virtual CPUs.
      returned: when it exists
      type: int
      sample: 2
    title:
      description: Its title.
      returned: when it exists
      type: str
      sample: Web server
    description:
      description: Its description.
      returned: when it exists
      type: str
      sample: Behind the load balancer
    interfaces:
      description: >-
        With O(addresses), the interfaces of a running guest, each with mac and its addresses; V(null) otherwise.
      returned: when it exists
      type: list
      sample: [{mac: "52:54:00:6b:1f:0b", addresses: [{address: 192.168.150.101, prefix: 24}]}]
    pending:
      description: >-
        What an active one does not have yet of its stored definition, as path, before, after and how;
        see M(converge.libvirt.virt_domain).
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
      sample: "<domain type='kvm'>...</domain>"
uri:
  description: The libvirt that was asked.
  returned: always
  type: str
  sample: qemu:///system
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.domain import Domain
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain import DOMAINS
from ansible_collections.converge.libvirt.plugins.module_utils._survey import inform


def main() -> None:
    inform(Domain, DOMAINS)


if __name__ == "__main__":
    main()
