# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a storage pool. Written by tests/tools/option_docs.py from docs/options/pool.yml and the rows of the options."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._options_pool)."""

    DOCUMENTATION = r"""
options:
  type:
    description:
      - What the pool is made of, such as V(dir), V(fs), V(netfs), V(logical), V(disk), V(iscsi), V(iscsi-direct), V(scsi),
        V(mpath), V(rbd), V(gluster) or V(zfs). A new pool needs it, and it never changes.
      - "In libvirt's XML: C(@type)."
    type: str
  source:
    description:
      - Where the storage comes from, for all types but V(dir).
    type: dict
    suboptions:
      hosts:
        description:
          - The servers that have it.
          - "In libvirt's XML: C(source/host)."
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The name or address of the server.
              - "In libvirt's XML: C(source/host@name)."
            type: str
            required: true
          port:
            description:
              - Its port, where it is not the usual one.
              - "In libvirt's XML: C(source/host@port)."
            type: int
      devices:
        description:
          - The block devices that it is on, or the target of iSCSI.
          - "In libvirt's XML: C(source/device)."
        type: list
        elements: dict
        suboptions:
          path:
            description:
              - The path of the device, or the name of the iSCSI target.
              - "In libvirt's XML: C(source/device@path)."
            type: str
            required: true
          part_separator:
            description:
              - Whether C(p) stands between the device and the number of a partition, for device mapper disks.
              - "In libvirt's XML: C(source/device@part_separator)."
            type: bool
      dir:
        description:
          - The directory on the server, for V(netfs) and V(gluster).
          - "In libvirt's XML: C(source/dir@path)."
        type: str
      name:
        description:
          - The name of the source, such as a volume group, a Ceph pool or a Gluster volume.
          - "In libvirt's XML: C(source/name)."
        type: str
      format:
        description:
          - The file system, disk label or protocol, such as V(xfs), V(gpt), V(lvm2) or V(nfs).
          - "In libvirt's XML: C(source/format@type)."
        type: str
      auth:
        description:
          - How to log in.
        type: dict
        suboptions:
          type:
            description:
              - How the server checks who logs in, V(chap) for iSCSI and V(ceph) for RBD.
              - "In libvirt's XML: C(source/auth@type)."
            type: str
            choices:
              - chap
              - ceph
          username:
            description:
              - The user to log in as.
              - "In libvirt's XML: C(source/auth@username)."
            type: str
          secret_uuid:
            description:
              - The UUID of the libvirt secret that holds the password or key.
              - "In libvirt's XML: C(source/auth/secret@uuid)."
            type: str
          secret_usage:
            description:
              - What the libvirt secret that holds the password or key is for, in place of its UUID.
              - "In libvirt's XML: C(source/auth/secret@usage)."
            type: str
      initiator:
        description:
          - The name that this host calls itself by, for V(iscsi-direct).
          - "In libvirt's XML: C(source/initiator/iqn@name)."
        type: str
      protocol_version:
        description:
          - The version of NFS, such as V(4.1).
          - "In libvirt's XML: C(source/protocol@ver)."
        type: str
      adapter:
        description:
          - The SCSI adapter of the host, for V(scsi).
        type: dict
        suboptions:
          type:
            description:
              - V(scsi_host) for any adapter, V(fc_host) for a virtual one on Fibre Channel.
              - "In libvirt's XML: C(source/adapter@type)."
            type: str
          name:
            description:
              - The name of the adapter, such as V(scsi_host2).
              - "In libvirt's XML: C(source/adapter@name)."
            type: str
          parent:
            description:
              - The adapter that the virtual one is made on.
              - "In libvirt's XML: C(source/adapter@parent)."
            type: str
          wwnn:
            description:
              - The node name of the virtual adapter.
              - "In libvirt's XML: C(source/adapter@wwnn)."
            type: str
          wwpn:
            description:
              - The port name of the virtual adapter.
              - "In libvirt's XML: C(source/adapter@wwpn)."
            type: str
          managed:
            description:
              - Whether the virtual adapter goes away when the pool is stopped.
              - "In libvirt's XML: C(source/adapter@managed)."
            type: bool
      vendor:
        description:
          - The vendor of the storage.
          - "In libvirt's XML: C(source/vendor@name)."
        type: str
      product:
        description:
          - The name of the product.
          - "In libvirt's XML: C(source/product@name)."
        type: str
  target:
    description:
      - Where the host has the storage.
    type: dict
    suboptions:
      path:
        description:
          - The directory that its volumes are in, or that is mounted or watched for them, such as V(/dev/disk/by-path).
          - "In libvirt's XML: C(target/path)."
        type: str
      permissions:
        description:
          - To whom the directory belongs that libvirt makes.
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
  cow:
    description:
      - Whether copy on write is wanted for new images in a directory on btrfs. V(false) makes them as with C(nocow).
      - "In libvirt's XML: C(features/cow@state)."
    type: bool
  mount_options:
    description:
      - The options that a file system is mounted with, for V(fs) and V(netfs).
      - "In libvirt's XML: C(fs:mount_opts/fs:option@name)."
    type: list
    elements: str
  rbd_options:
    description:
      - Settings of the Ceph client.
      - "In libvirt's XML: C(rbd:config_opts/rbd:option)."
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the setting.
          - "In libvirt's XML: C(rbd:config_opts/rbd:option@name)."
        type: str
        required: true
      value:
        description:
          - Its value.
          - "In libvirt's XML: C(rbd:config_opts/rbd:option@value)."
        type: str
        required: true
"""
