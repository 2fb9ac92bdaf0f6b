#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_volume
short_description: Manage storage volumes
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Makes a volume of an active storage pool be what the task says.
  - An existing volume can grow. Everything else about it libvirt cannot change, so a difference is refused with a
    sentence before anything is written.
extends_documentation_fragment:
  - converge.libvirt._attributes
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
  - converge.libvirt._validate
options:
  name:
    description:
      - The name of the volume. Where O(xml) has a C(<name>) too, both must be equal.
      - At least one of O(name) and O(xml) is needed.
    type: str
  xml:
    description:
      - The whole definition of the volume, as libvirt's XML.
      - What it does not name is removed, except what libvirt puts there by itself; identity (UUID, MAC addresses, PCI
        addresses, aliases) stays with what is still there.
      - It is compared by meaning, so neither order, units nor spelling make a change.
    type: str
  pool:
    description:
      - The pool that the volume is in. It must be active.
      - In check mode a pool that is missing or inactive is a warning, and the volume is predicted to be created.
    type: str
    required: true
  state:
    description:
      - V(present) creates the volume, or grows it.
      - V(absent) deletes it. Refused where a running guest uses it or another volume builds upon it.
    type: str
    choices: [present, absent]
    default: present
  capacity:
    description:
      - The size that a guest sees, with its unit, such as V(20GiB). Needed for a new volume that has no O(backing).
      - A volume that a running guest uses grows through the guest, which sees its new size at once. None is made
        smaller, and one that others build upon or that several guests use is not resized.
    type: str
  format:
    description:
      - The format, such as V(qcow2) or V(raw); the pool's own default when not given.
    type: str
  backing:
    description:
      - The image that the new volume builds upon; it holds only what differs from that.
    type: dict
    suboptions:
      path:
        description:
          - The path of the image, on the host of libvirt.
        type: str
        required: true
      format:
        description:
          - The format of the image. It has no default, since guessing it wrong is a hole in security.
        type: str
        required: true
seealso:
  - module: converge.libvirt.virt_volume_info
  - module: converge.libvirt.virt_pool
"""

EXAMPLES = r"""
- name: An empty disk
  converge.libvirt.virt_volume:
    pool: images
    name: web-data.qcow2
    capacity: 20GiB
    format: qcow2

- name: A disk upon a cloud image
  converge.libvirt.virt_volume:
    pool: images
    name: web.qcow2
    capacity: 10GiB
    format: qcow2
    backing:
      path: /srv/images/debian-12.qcow2
      format: qcow2
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
      sample: capacity
    before:
      description: What it was; V(null) where there was nothing. Secrets read V(********).
      returned: always
      type: str
      sample: 10737418240 bytes
    after:
      description: What it is now, or would be; V(null) where there is nothing any more.
      returned: always
      type: str
      sample: 21474836480 bytes
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
  sample: [resize volume 'web-data.qcow2' from 10737418240 to 21474836480 bytes]
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
  sample: [resize volume 'web-data.qcow2' from 10737418240 to 21474836480 bytes]
not_applied:
  description: The step that failed and those after it.
  returned: when a step failed
  type: list
  elements: str
volume:
  description: The volume as it is after the task, or would be.
  returned: success
  type: dict
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
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.volume import Volume
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._spec.volume import VOLUME


def main() -> None:
    converge(Volume, VOLUME)


if __name__ == "__main__":
    main()
