#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_secret
short_description: Manage secrets
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Makes a secret be what the task says, in its definition and its value, in one task and one trip.
  - A secret is a password or a key that libvirt keeps for storage, TLS or a virtual TPM to use. Its value is compared where
    libvirt gives it out, written where it differs, and never shown.
extends_documentation_fragment:
  - converge.libvirt._attributes
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
  - converge.libvirt._validate
options:
  uuid:
    description:
      - The UUID of the secret. It finds the secret, and asserts what it is where O(usage) finds it too.
      - At least one of O(uuid), O(usage) and O(xml) is needed, and one of them has to say which secret is meant.
    type: str
  usage:
    description:
      - What the secret is for. libvirt keeps one secret for each, so this finds it too.
      - The usage of a secret never changes; a task that would change it is refused.
    type: dict
    suboptions:
      type:
        description:
          - What kind of thing uses it.
        type: str
        required: true
        choices: [ceph, iscsi, tls, volume, vtpm]
      id:
        description:
          - What that thing calls it, such as the path of a volume or the name that a pool's C(<secret usage=...>) has.
        type: str
        required: true
  xml:
    description:
      - The whole definition of the secret, as libvirt's XML.
      - What it does not name is removed, except what libvirt puts there by itself, such as the UUID.
      - It is compared by meaning, so neither order where it has none, units nor spelling make a change.
    type: str
  description:
    description:
      - A description for people. An empty one removes it.
    type: str
  ephemeral:
    description:
      - Whether libvirt keeps the secret in memory only, so that it is gone when libvirt ends.
    type: bool
  private:
    description:
      - Whether libvirt gives the value to nobody, not even over a connection that may write.
      - A private secret stays private; a task that would change that is refused.
    type: bool
  value:
    description:
      - The value. Left as it is when not given.
      - It is never shown, neither in results nor in diffs, logs and errors; that it changes is.
    type: str
  value_encoding:
    description:
      - How O(value) is written. V(base64) is for values that are no text, such as the key of a Ceph user.
    type: str
    choices: [text, base64]
    default: text
  update_value:
    description:
      - When O(value) is written.
      - V(when_different) writes it where the secret is new, has none, or has another. The value of a private secret cannot be
        compared, so that one is written only when the secret is new, or becomes private in this very task.
      - V(always) writes it as well where it cannot be compared. As nobody can tell whether that changed anything, it is
        then told as a change on every run.
    type: str
    choices: [when_different, always]
    default: when_different
  state:
    description:
      - V(present) defines the secret.
      - V(absent) removes it, with its value.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: converge.libvirt.virt_secret_info
"""

EXAMPLES = r"""
- name: The key of a Ceph user, which a pool or a disk names by its usage
  converge.libvirt.virt_secret:
    usage:
      type: ceph
      id: client.libvirt
    private: true
    value: "{{ ceph_key }}"
    value_encoding: base64
  vars:
    ceph_key: QVFCdGhpc2lzbm90YXJlYWxrZXk=

- name: Write a new key over the old one, which cannot be compared
  converge.libvirt.virt_secret:
    usage:
      type: ceph
      id: client.libvirt
    value: "{{ ceph_key }}"
    value_encoding: base64
    update_value: always
  vars:
    ceph_key: QVFCdGhpc2lzYW5vdGhlcmtleQ==

- name: The passphrase of an encrypted volume, as libvirt's XML
  converge.libvirt.virt_secret:
    xml: |
      <secret ephemeral='no' private='yes'>
        <uuid>0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f</uuid>
        <description>The passphrase of web.img</description>
        <usage type='volume'>
          <volume>/srv/images/web.img</volume>
        </usage>
      </secret>
    value: "{{ passphrase }}"
  vars:
    passphrase: not a real one

- name: Remove it
  converge.libvirt.virt_secret:
    uuid: 0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f
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
          brackets; or V(value), V(/).
      returned: always
      type: str
      sample: "description"
    before:
      description: What it was; V(null) where there was nothing. Secrets read V(********).
      returned: always
      type: str
      sample: "The key of the Ceph cluster"
    after:
      description: What it is now, or would be; V(null) where there is nothing any more.
      returned: always
      type: str
      sample: "The key of Ceph"
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
  sample: ["define secret 'ceph client.libvirt'", "set the value of secret 'ceph client.libvirt'"]
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
  sample: ["define secret 'ceph client.libvirt'", "set the value of secret 'ceph client.libvirt'"]
not_applied:
  description: The step that failed and those after it.
  returned: when a step failed
  type: list
  elements: str
secret:
  description: The secret as it is after the task, or would be.
  returned: success
  type: dict
  contains:
    name:
      description: What it is for, as type and id; the UUID of a secret that is for nothing in particular.
      returned: when it exists
      type: str
      sample: ceph client.admin
    state:
      description: V(present) or V(absent).
      returned: when it exists
      type: str
      sample: present
    uuid:
      description: Its UUID.
      returned: when it exists
      type: str
      sample: 0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f
    usage:
      description: What it is for, as C(type) and C(id); V(null) where nothing is said.
      returned: when it exists
      type: dict
      sample: {"type": ceph, "id": client.admin}
    description:
      description: Its description.
      returned: when it exists
      type: str
      sample: The key of the Ceph cluster
    ephemeral:
      description: Whether libvirt keeps it in memory only.
      returned: when it exists
      type: bool
      sample: false
    private:
      description: Whether libvirt gives its value to nobody.
      returned: when it exists
      type: bool
      sample: true
    xml:
      description: Its definition; a value is never in it.
      returned: when it exists
      type: str
      sample: "<secret>...</secret>"
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.secret import Secret
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._spec.secret import SECRET


def main() -> None:
    converge(Secret, SECRET)


if __name__ == "__main__":
    main()
