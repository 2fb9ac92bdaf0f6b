#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_pool
short_description: Manage storage pools
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Makes a storage pool be what the task says, in its definition, its autostart and its state, in one task and one
    trip.
  - Compares by meaning what the task asks with what libvirt has, and changes only what differs. What an active pool
    does not have yet is in RV(pending).
  - Data is touched only where O(build), O(delete_contents) say so.
extends_documentation_fragment:
  - converge.libvirt._attributes
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
  - converge.libvirt._validate
options:
  name:
    description:
      - The name of the pool. Where O(xml) has a C(<name>) too, both must be equal.
      - At least one of O(name), O(uuid) and O(xml) is needed.
    type: str
  uuid:
    description:
      - The UUID of the pool. It finds the pool where no name is given, and asserts what it is where one is.
      - A pool whose UUID differs is an error; a UUID is never changed and a pool never renamed.
    type: str
  xml:
    description:
      - The whole definition of the pool, as libvirt's XML.
      - What it does not name is removed, except what libvirt puts there by itself; identity (UUID, MAC addresses, PCI
        addresses, aliases) stays with what is still there.
      - It is compared by meaning, so neither order, units nor spelling make a change.
    type: str
  state:
    description:
      - V(present) defines the pool and leaves it active or inactive as it is.
      - V(active) and V(inactive) define it where the task says how, and start or stop it. Stopping deletes nothing.
      - V(absent) stops and undefines it; its volumes stay where they are unless O(delete_contents=true).
    type: str
    choices: [present, active, inactive, absent]
    default: present
  autostart:
    description:
      - Whether libvirt starts the pool together with the host. Left as it is when not given.
    type: bool
  build:
    description:
      - Whether the place of the pool is made, which is a directory for pools of type V(dir) and V(netfs), and a file
        system,
        a disk label or a volume group for those on a device.
      - V(missing) builds only in the run that defines the pool, or where starting it fails, and never overwrites;
        where libvirt finds something in place, that stays.
      - V(overwrite) builds on the same occasions, and writes over what is on the device. Data there is lost.
      - V(never) leaves the place alone.
    type: str
    choices: [never, missing, overwrite]
    default: missing
  delete_contents:
    description:
      - Whether V(absent) deletes all volumes of the pool, and the place of the pool where libvirt can.
      - Refused before anything is deleted where a running guest uses one of the volumes, where a volume elsewhere
        builds
        upon one, or where the pool is inactive and so shows none.
    type: bool
    default: false
  refresh:
    description:
      - Whether libvirt looks again which volumes the pool has. That is no change of the pool, and not reported as one.
    type: bool
    default: false
seealso:
  - module: converge.libvirt.virt_pool_info
  - module: converge.libvirt.virt_volume
"""

EXAMPLES = r"""
- name: A directory for images, made where it is missing
  converge.libvirt.virt_pool:
    state: active
    autostart: true
    xml: |
      <pool type='dir'>
        <name>images</name>
        <target>
          <path>/srv/images</path>
        </target>
      </pool>

- name: See what was copied there by hand
  converge.libvirt.virt_pool:
    name: images
    state: active
    refresh: true

- name: Forget the pool and keep its images
  converge.libvirt.virt_pool:
    name: images
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
      sample: target/path
    before:
      description: What it was; V(null) where there was nothing. Secrets read V(********).
      returned: always
      type: str
      sample: /srv/images
    after:
      description: What it is now, or would be; V(null) where there is nothing any more.
      returned: always
      type: str
      sample: /srv/vm
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
  sample: [define pool 'images', build pool 'images', start pool 'images']
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
  sample: [define pool 'images', build pool 'images', start pool 'images']
not_applied:
  description: The step that failed and those after it.
  returned: when a step failed
  type: list
  elements: str
pool:
  description: The pool as it is after the task, or would be.
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
    xml:
      description: Its stored definition, secrets hidden.
      returned: when it exists
      type: str
      sample: "<pool type='dir'>...</pool>"
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.pool import Pool
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._spec.pool import POOL


def main() -> None:
    converge(Pool, POOL)


if __name__ == "__main__":
    main()
