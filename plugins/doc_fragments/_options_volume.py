# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a storage volume. Written by tests/tools/option_docs.py from docs/options/volume.yml and the rows of the options."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._options_volume)."""

    DOCUMENTATION = r"""
options:
  capacity:
    description:
      - The size that a guest sees, such as V(20GiB). Needed for a new volume that has no O(backing).
      - A volume that a running guest uses grows through the guest, which sees its new size at once. None is made smaller
        unless O(shrink) says so, and one that others build upon or that several guests use is not resized.
      - With a source it may be larger than that, and is as large when not given.
      - "In libvirt's XML: C(capacity)."
    type: str
  allocation:
    description:
      - How much of it a new volume takes from the start, such as V(0B) for none. The whole of it where libvirt cannot
        allocate later.
      - "In libvirt's XML: C(allocation)."
    type: str
  format:
    description:
      - The format, such as V(qcow2) or V(raw); the pool's own default when not given.
      - "In libvirt's XML: C(target/format@type)."
    type: str
  backing:
    description:
      - The image that the new volume builds upon; it holds only what differs from that.
    type: dict
    suboptions:
      path:
        description:
          - The path of the image, on the host of libvirt.
          - "In libvirt's XML: C(backingStore/path)."
        type: str
        required: true
      format:
        description:
          - The format of the image. It has no default, since guessing it wrong is a hole in security.
          - "In libvirt's XML: C(backingStore/format@type)."
        type: str
        required: true
  permissions:
    description:
      - To whom the new volume belongs, in pools of files.
    type: dict
    suboptions:
      mode:
        description:
          - The access rights, as an octal number in quotes, such as V("0640").
          - "In libvirt's XML: C(target/permissions/mode)."
        type: str
      owner:
        description:
          - The number of the user that it belongs to, or V(-1) to leave that alone.
          - "In libvirt's XML: C(target/permissions/owner)."
        type: str
      group:
        description:
          - The number of the group that it belongs to, or V(-1) to leave that alone.
          - "In libvirt's XML: C(target/permissions/group)."
        type: str
      label:
        description:
          - Its SELinux label.
          - "In libvirt's XML: C(target/permissions/label)."
        type: str
  compat:
    description:
      - The version of qcow2, such as V(1.1); V(0.10) is for QEMU older than 1.1.
      - "In libvirt's XML: C(target/compat)."
    type: str
  cluster_size:
    description:
      - The size of a cluster of qcow2. Larger ones make the tables smaller, and copies on write longer.
      - "In libvirt's XML: C(target/clusterSize)."
    type: str
  lazy_refcounts:
    description:
      - Whether qcow2 puts its reference counts off, which is faster and needs a repair after a crash.
      - "In libvirt's XML: C(target/features/lazy_refcounts)."
    type: bool
  extended_l2:
    description:
      - Whether a cluster of qcow2 is divided, so that a write to a part copies only that.
      - "In libvirt's XML: C(target/features/extended_l2)."
    type: bool
  nocow:
    description:
      - Whether copy on write of btrfs is turned off for the file, which images profit from.
      - "In libvirt's XML: C(target/nocow)."
    type: bool
  encryption:
    description:
      - How the new volume is encrypted. A guest's disk needs the same to read it.
    type: dict
    suboptions:
      format:
        description:
          - The format of the encryption. V(luks) is what new images should have; V(qcow) is old and weak. V(luks-any)
            opens any version of LUKS and needs libvirt 9.3.
          - "In libvirt's XML: C(target/encryption@format)."
        type: str
        choices:
          - default
          - luks
          - luks2
          - luks-any
          - qcow
      engine:
        description:
          - What does the encryption, QEMU itself or the RBD library of Ceph.
          - "In libvirt's XML: C(target/encryption@engine)."
        type: str
        choices:
          - qemu
          - librbd
      secret_uuid:
        description:
          - The UUID of the libvirt secret that holds the passphrase.
          - >-
            In libvirt's XML: C(target/encryption/secret@uuid), with C(target/encryption/secret@type=passphrase).
        type: str
      secret_usage:
        description:
          - What the libvirt secret that holds the passphrase is for, in place of its UUID.
          - >-
            In libvirt's XML: C(target/encryption/secret@usage), with C(target/encryption/secret@type=passphrase).
        type: str
"""
