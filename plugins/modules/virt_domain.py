#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: virt_domain
short_description: Manage guests (libvirt domains)
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Makes a guest be what the task says, in its definition, its autostart and its power, in one task and one trip.
  - Compares by meaning what the task asks with what libvirt has, and changes only what differs. What libvirt accepts
    and then ignores is a warning that names the path.
  - A change of a running guest is stored, and reaches the guest at once where libvirt can do that. What has to wait is
    listed in RV(pending) until the guest was started anew; nothing is interrupted unasked.
extends_documentation_fragment:
  - converge.libvirt._apply
  - converge.libvirt._attributes
  - converge.libvirt._attributes.group
  - converge.libvirt._connection
  - converge.libvirt._validate
options:
  name:
    description:
      - The name of the guest. Where O(xml) has a C(<name>) too, both must be equal.
      - At least one of O(name), O(names), O(uuid) and O(xml) is needed.
    type: str
  names:
    description:
      - Patterns of the names of several guests, as the shell has them, such as V(web-*). All of them are led to a state of
        power, eight at a time; the failure of one stops none of the others, and the task fails after all were tried.
      - A pattern that no guest matches is a warning.
    type: list
    elements: str
  uuid:
    description:
      - The UUID of the guest. It finds the guest where no name is given, and asserts what it is where one is.
      - A guest whose UUID differs is an error; a UUID is never changed and a guest never renamed.
    type: str
  xml:
    description:
      - The whole definition of the guest, as libvirt's XML.
      - What it does not name is removed, except what libvirt puts there by itself; identity (UUID, MAC addresses, PCI
        addresses, aliases) stays with what is still there.
      - It is compared by meaning, so neither order, units nor spelling make a change.
      - Passwords in it are compared and written, and never shown.
    type: str
  state:
    description:
      - V(present) defines the guest and leaves its power alone.
      - V(running), V(paused), V(stopped) and V(saved) define it where the task says how, and lead it to that state.
        A saved guest counts as stopped, and starts from its image. Only a guest that runs or is paused can be saved.
      - V(restarted) is a cold stop and start, so it always changes; a guest that is off is started.
      - V(absent) stops the guest by O(shutdown), undefines it, then deletes the storage named by O(remove_storage).
      - A transient guest becomes persistent by V(present) and the states of power; V(stopped) without a definition in
        the task is refused for it, since it would be gone.
    type: str
    choices: [present, running, paused, stopped, saved, restarted, absent]
    default: present
  autostart:
    description:
      - Whether libvirt starts the guest together with the host. Left as it is when not given.
    type: bool
  memory:
    description:
      - The memory of the guest, with its unit, such as V(4GiB) or V(512MiB).
      - A guest that had all of its memory has all of the new one; one that was given less keeps that while it fits.
    type: str
  vcpus:
    description:
      - The number of virtual CPUs that the guest can have.
    type: int
  title:
    description:
      - A short title. An empty one removes it.
    type: str
  description:
    description:
      - A description. An empty one removes it.
    type: str
  unplug:
    description:
      - Whether disks, network interfaces, host devices and file systems that are no longer wanted are taken out of a
        guest while it runs. Without it they are taken out of its definition, and stay plugged in until its next start.
      - The guest has to let a device go. One that does not within 20 seconds keeps it, with a warning, and is asked
        again by the next run.
    type: bool
    default: false
  hotplug_slots:
    description:
      - How many PCI Express slots a guest that is made by this task has free for devices that are plugged in while it
        runs; libvirt itself leaves one. Later tasks change nothing about it.
    type: int
  remember:
    description:
      - Whether a task with O(xml) writes down, in the metadata of the guest, what libvirt made of it, and reads that at
        its next run. What libvirt accepted and ignored is then announced only once, and what O(xml) once named and
        names no longer is removed even where libvirt might have put it there by itself.
      - What is written holds paths and digests, and no secret. It is shown neither in the diff nor in RV(domain.xml).
      - With V(false) it is neither read nor written, and stays as it is.
    type: bool
    default: true
  shutdown:
    description:
      - How a running guest is stopped, for O(state=stopped), O(state=restarted) and O(state=absent).
    type: dict
    suboptions:
      mode:
        description:
          - V(acpi) presses the power button, V(agent) asks the guest agent, V(auto) leaves the choice to libvirt.
        type: str
        choices: [auto, acpi, agent]
        default: auto
      timeout:
        description:
          - Seconds to wait until the guest is off.
        type: float
        default: 120
      force:
        description:
          - Whether a guest that is still there after O(shutdown.timeout), or that is paused and cannot answer, is
            destroyed, which is like pulling its plug. Without it the task fails and the guest runs on.
        type: bool
        default: false
  discard_saved:
    description:
      - Whether the saved memory of a guest may be thrown away, when it starts or stays stopped or is removed.
    type: bool
    default: false
  remove_storage:
    description:
      - The disks whose storage goes with the guest when it becomes V(absent), by target name such as V(vda), or V(all)
        for every disk that is not read-only, removable or shared.
      - Storage is deleted through libvirt's pools. A disk in no active pool, one that another guest uses or another
        volume builds upon is refused before anything is done.
    type: list
    elements: str
    default: []
  remove_nvram:
    description:
      - Whether the UEFI variables go with the guest when it becomes V(absent); they are kept otherwise.
    type: bool
    default: false
  remove_tpm:
    description:
      - Whether the state of an emulated TPM goes with the guest when it becomes V(absent); it is kept otherwise.
    type: bool
    default: false
  remove_snapshots:
    description:
      - Whether the metadata of snapshots and checkpoints goes with the guest when it becomes V(absent); without it a
        guest that has some is not removed.
    type: bool
    default: false
seealso:
  - module: converge.libvirt.virt_domain_info
  - module: converge.libvirt.virt_net
  - module: converge.libvirt.virt_volume
"""

EXAMPLES = r"""
- name: A guest that runs, now and after a reboot of its host
  converge.libvirt.virt_domain:
    xml: "{{ lookup('template', 'web.xml.j2') }}"
    state: running
    autostart: true

- name: More memory from its next start on, and nothing else
  converge.libvirt.virt_domain:
    name: web
    memory: 4GiB
  register: web

- name: Say what waits for a restart
  ansible.builtin.debug:
    msg: "{{ item.path }}: {{ item.before }} now, {{ item.after }} after a restart"
  loop: "{{ web.pending }}"

- name: Take the disk out that the document no longer has, although the guest runs
  converge.libvirt.virt_domain:
    xml: "{{ lookup('template', 'web.xml.j2') }}"
    unplug: true

- name: In the maintenance window, restart it if anything waits for that
  converge.libvirt.virt_domain:
    name: web
    restart: when_needed
    shutdown:
      timeout: 300

- name: Shut it down by its agent, and pull the plug after three minutes
  converge.libvirt.virt_domain:
    name: web
    state: stopped
    shutdown:
      mode: agent
      timeout: 180
      force: true

- name: Shut all web servers down before their host is updated
  converge.libvirt.virt_domain:
    names: [web*]
    state: stopped

- name: Remove it with its first disk, and leave the other disks alone
  converge.libvirt.virt_domain:
    name: web
    state: absent
    remove_storage: [vda]
    remove_nvram: true
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
      sample: memory
    before:
      description: What it was; V(null) where there was nothing. Secrets read V(********).
      returned: always
      type: str
      sample: 2097152 KiB
    after:
      description: What it is now, or would be; V(null) where there is nothing any more.
      returned: always
      type: str
      sample: 4194304 KiB
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
  sample: [define guest 'web']
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
  sample: [define guest 'web']
not_applied:
  description: The step that failed and those after it.
  returned: when a step failed
  type: list
  elements: str
domains:
  description:
    - What became of each guest, where O(names) was given, by name. Each entry has C(name), C(failed), C(changed), C(msg)
      where it failed, and else the results of a task about that guest alone.
  returned: when O(names) was given
  type: list
  elements: dict
  sample: []
domain:
  description: The domain as it is after the task, or would be.
  returned: success, unless O(names) was given
  type: dict
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
    xml:
      description: Its stored definition, secrets hidden.
      returned: when it exists
      type: str
      sample: "<domain type='kvm'>...</domain>"
"""

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.domain import Domain
from ansible_collections.converge.libvirt.plugins.module_utils._many import each
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain import DOMAIN


def main() -> None:
    converge(Domain, DOMAIN, many=each)


if __name__ == "__main__":
    main()
