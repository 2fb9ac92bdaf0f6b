#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_nwfilter
short_description: Manage network filters
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Makes a network filter be what the task says.
  - A filter is a list of rules for what a guest's interface may send and receive. A change takes effect at once in the
    interfaces of running guests that have the filter.
  - The filters that come with libvirt, such as C(clean-traffic), are like any other.
extends_documentation_fragment:
  - converge.libvirt._attributes
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
  - converge.libvirt._validate
options:
  name:
    description:
      - The name of the filter. Where O(xml) has one too, both must be equal.
      - At least one of O(name), O(uuid) and O(xml) is needed.
    type: str
  uuid:
    description:
      - The UUID of the filter. It finds the filter where no name is given, and asserts what it is where one is.
      - A filter whose UUID differs is an error; a UUID is never changed and a filter never renamed.
    type: str
  xml:
    description:
      - The whole definition of the filter, as libvirt's XML.
      - What it does not name is removed, except what libvirt puts there by itself, such as the UUID.
      - It is compared by meaning, so neither order where it has none, units nor spelling make a change.
    type: str
  state:
    description:
      - V(present) defines the filter.
      - V(absent) removes it. A filter that a running guest uses, directly or by way of another filter, is not removed; the
        error names the ports.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: converge.libvirt.virt_nwfilter_info
"""

EXAMPLES = r"""
- name: Web servers answer to HTTP and HTTPS, with an address of their own
  converge.libvirt.virt_nwfilter:
    xml: |
      <filter name='web' chain='root'>
        <filterref filter='clean-traffic'/>
        <rule action='accept' direction='in'>
          <tcp dstportstart='80'/>
        </rule>
        <rule action='accept' direction='in'>
          <tcp dstportstart='443'/>
        </rule>
        <rule action='drop' direction='in'>
          <all/>
        </rule>
      </filter>

- name: Remove it
  converge.libvirt.virt_nwfilter:
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
        - Where, as in libvirt's XML below the root element, with the key of an element that stands several times in
          brackets; or V(/).
      returned: always
      type: str
      sample: "rule[2]/tcp/@dstportstart"
    before:
      description: What it was; V(null) where there was nothing. Secrets read V(********).
      returned: always
      type: str
      sample: '443'
    after:
      description: What it is now, or would be; V(null) where there is nothing any more.
      returned: always
      type: str
      sample: '8443'
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
  sample: ["define network filter 'web'"]
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
  sample: ["define network filter 'web'"]
not_applied:
  description: The step that failed and those after it.
  returned: when a step failed
  type: list
  elements: str
filter:
  description: The filter as it is after the task, or would be.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      returned: when it exists
      type: str
      sample: web
    state:
      description: V(present) or V(absent).
      returned: when it exists
      type: str
      sample: present
    uuid:
      description: Its UUID.
      returned: when it exists
      type: str
      sample: 6b1f0b0a-4b32-4a52-9c3c-7e8d7e0f6a11
    chain:
      description: The chain its rules go to.
      returned: when it exists
      type: str
      sample: root
    filters:
      description: The names of the filters it refers to.
      returned: when it exists
      type: list
      sample: [clean-traffic]
    xml:
      description: Its definition.
      returned: when it exists
      type: str
      sample: "<filter>...</filter>"
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.nwfilter import Nwfilter
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._spec.nwfilter import NWFILTER


def main() -> None:
    converge(Nwfilter, NWFILTER)


if __name__ == "__main__":
    main()
