# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a guest's devices. Written by tests/tools/option_docs.py from docs/options/domain_devices.yml and the rows of the options."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._options_domain_devices)."""

    DOCUMENTATION = r"""
options:
  disks:
    description:
      - The disks and drives of the guest. A new guest needs this list, V([]) for a guest without any. An entry is told
        from the others by its target.
      - "In libvirt's XML: C(devices/disk)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What the disk is on the host. An option of O(disks[].source) that only one type has says it too, such as O(disks[].source.file)
            for V(file).
          - "In libvirt's XML: C(devices/disk@type)."
        type: str
        choices:
          - file
          - block
          - dir
          - network
          - volume
          - nvme
          - vhostuser
          - vhostvdpa
          - ctl
      device:
        description:
          - What the guest sees. A cdrom or floppy without a source is an empty drive; V(lun) hands SCSI commands through.
          - "In libvirt's XML: C(devices/disk@device)."
        type: str
        choices:
          - disk
          - cdrom
          - floppy
          - lun
      target:
        description:
          - The name of the disk, such as V(vda) or V(sdb). The guest may call it something else.
          - "In libvirt's XML: C(devices/disk/target@dev)."
        type: str
        required: true
      bus:
        description:
          - How it is attached, such as V(virtio), V(scsi), V(sata), V(usb), V(ide) or V(nvme). libvirt guesses it from
            the target.
          - "In libvirt's XML: C(devices/disk/target@bus)."
        type: str
      source:
        description:
          - Where its data is.
        type: dict
        suboptions:
          file:
            description:
              - The path of an image on the host.
              - "In libvirt's XML: C(devices/disk/source@file), with C(devices/disk@type=file)."
            type: str
          dev:
            description:
              - The path of a block device on the host.
              - "In libvirt's XML: C(devices/disk/source@dev), with C(devices/disk@type=block)."
            type: str
          dir:
            description:
              - A directory on the host that the guest sees as a FAT file system.
              - "In libvirt's XML: C(devices/disk/source@dir), with C(devices/disk@type=dir)."
            type: str
          pool:
            description:
              - The storage pool that has the volume.
              - "In libvirt's XML: C(devices/disk/source@pool), with C(devices/disk@type=volume)."
            type: str
          volume:
            description:
              - The volume in the pool.
              - "In libvirt's XML: C(devices/disk/source@volume)."
            type: str
          protocol:
            description:
              - How the data is reached over the network, such as V(rbd), V(iscsi), V(nbd), V(nfs), V(gluster) or V(https).
              - "In libvirt's XML: C(devices/disk/source@protocol), with C(devices/disk@type=network)."
            type: str
          name:
            description:
              - The name of the image on the server, such as V(pool/image) for V(rbd).
              - "In libvirt's XML: C(devices/disk/source@name)."
            type: str
          query:
            description:
              - What follows the question mark of a URL, for V(http) and V(https).
              - "In libvirt's XML: C(devices/disk/source@query)."
            type: str
          hosts:
            description:
              - The servers to ask. Several are used where the protocol knows more than one, as for the monitors of Ceph.
              - "In libvirt's XML: C(devices/disk/source/host)."
            type: list
            elements: dict
            suboptions:
              name:
                description:
                  - The name or address of the server.
                  - "In libvirt's XML: C(devices/disk/source/host@name)."
                type: str
              port:
                description:
                  - Its port, where it is not the usual one of the protocol.
                  - "In libvirt's XML: C(devices/disk/source/host@port)."
                type: int
              transport:
                description:
                  - How to reach it, V(tcp), V(rdma) or V(unix).
                  - "In libvirt's XML: C(devices/disk/source/host@transport)."
                type: str
              socket:
                description:
                  - The path of its socket on the host, for V(unix).
                  - "In libvirt's XML: C(devices/disk/source/host@socket)."
                type: str
          snapshot:
            description:
              - The snapshot to use, for V(rbd).
              - "In libvirt's XML: C(devices/disk/source/snapshot@name)."
            type: str
          config:
            description:
              - The file on the host with the settings of the client, for V(rbd).
              - "In libvirt's XML: C(devices/disk/source/config@file)."
            type: str
          initiator:
            description:
              - The name that the host calls itself by, for V(iscsi).
              - "In libvirt's XML: C(devices/disk/source/initiator/iqn@name)."
            type: str
          tls:
            description:
              - Whether the connection is encrypted, for V(nbd).
              - "In libvirt's XML: C(devices/disk/source@tls)."
            type: bool
          tls_hostname:
            description:
              - The name that the server's certificate must have, where it is not that of the host.
              - "In libvirt's XML: C(devices/disk/source@tlsHostname)."
            type: str
          ssl_verify:
            description:
              - Whether the server's certificate is checked, for V(https) and V(ftps).
              - "In libvirt's XML: C(devices/disk/source/ssl@verify)."
            type: bool
          mode:
            description:
              - Whether a volume of an iSCSI pool is used as the host's device (V(host)) or by the emulator itself (V(direct)).
              - "In libvirt's XML: C(devices/disk/source@mode)."
            type: str
            choices:
              - host
              - direct
          startup_policy:
            description:
              - What happens when the image of a drive is not there. V(mandatory) fails, V(requisite) fails only at the
                start of the guest, V(optional) leaves the drive empty.
              - "In libvirt's XML: C(devices/disk/source@startupPolicy)."
            type: str
            choices:
              - mandatory
              - requisite
              - optional
          auth:
            description:
              - How to log in at the server.
            type: dict
            suboptions:
              username:
                description:
                  - The user to log in as.
                  - "In libvirt's XML: C(devices/disk/source/auth@username)."
                type: str
              secret_uuid:
                description:
                  - The UUID of the libvirt secret that holds the password or key.
                  - "In libvirt's XML: C(devices/disk/source/auth/secret@uuid)."
                type: str
              secret_usage:
                description:
                  - What the libvirt secret that holds the password or key is for, in place of its UUID.
                  - "In libvirt's XML: C(devices/disk/source/auth/secret@usage)."
                type: str
              secret_type:
                description:
                  - The kind of libvirt secret that holds the password or key.
                  - "In libvirt's XML: C(devices/disk/source/auth/secret@type)."
                type: str
                choices:
                  - ceph
                  - iscsi
          encryption:
            description:
              - How the image is encrypted.
            type: dict
            suboptions:
              format:
                description:
                  - The format of the encryption. V(luks) is what new images should have; V(qcow) is old and weak. V(luks-any)
                    opens any version of LUKS and needs libvirt 9.3.
                  - "In libvirt's XML: C(devices/disk/source/encryption@format)."
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
                  - "In libvirt's XML: C(devices/disk/source/encryption@engine)."
                type: str
                choices:
                  - qemu
                  - librbd
              secret_uuid:
                description:
                  - The UUID of the libvirt secret that holds the passphrase.
                  - >-
                    In libvirt's XML: C(devices/disk/source/encryption/secret@uuid), with C(devices/disk/source/encryption/secret@type=passphrase).
                type: str
              secret_usage:
                description:
                  - What the libvirt secret that holds the passphrase is for, in place of its UUID.
                  - >-
                    In libvirt's XML: C(devices/disk/source/encryption/secret@usage), with C(devices/disk/source/encryption/secret@type=passphrase).
                type: str
      driver:
        description:
          - How the disk is driven.
        type: dict
        suboptions:
          name:
            description:
              - The driver of the hypervisor, V(qemu) for QEMU.
              - "In libvirt's XML: C(devices/disk/driver@name)."
            type: str
          type:
            description:
              - The format of the image, such as V(qcow2) or V(raw). Without it an image counts as raw.
              - "In libvirt's XML: C(devices/disk/driver@type)."
            type: str
          cache:
            description:
              - How writes go through the host's cache, such as V(none), which a live migration wants, V(writeback), or
                V(unsafe), which loses data when the host stops.
              - "In libvirt's XML: C(devices/disk/driver@cache)."
            type: str
          io:
            description:
              - How the emulator reads and writes, V(native), V(threads) or V(io_uring).
              - "In libvirt's XML: C(devices/disk/driver@io)."
            type: str
          error_policy:
            description:
              - What happens when a write fails, such as V(stop), V(report) or V(enospace), which stops only when space
                is out.
              - "In libvirt's XML: C(devices/disk/driver@error_policy)."
            type: str
          rerror_policy:
            description:
              - What happens when a read fails.
              - "In libvirt's XML: C(devices/disk/driver@rerror_policy)."
            type: str
          discard:
            description:
              - Whether the guest's trims reach the image (V(unmap)) or not (V(ignore)).
              - "In libvirt's XML: C(devices/disk/driver@discard)."
            type: str
          detect_zeroes:
            description:
              - Whether zeroes that the guest writes are stored as holes, V(on), or V(unmap) to free their place.
              - "In libvirt's XML: C(devices/disk/driver@detect_zeroes)."
            type: str
          ioeventfd:
            description:
              - Whether requests are taken in a thread of their own, so that the guest goes on meanwhile.
              - "In libvirt's XML: C(devices/disk/driver@ioeventfd)."
            type: bool
          event_idx:
            description:
              - Whether the guest and the host spare each other interrupts.
              - "In libvirt's XML: C(devices/disk/driver@event_idx)."
            type: bool
          copy_on_read:
            description:
              - Whether what is read from a backing image is kept in the image on top.
              - "In libvirt's XML: C(devices/disk/driver@copy_on_read)."
            type: bool
          discard_no_unref:
            description:
              - Whether a trim leaves the clusters of qcow2 where they are, so that the image does not fragment.
              - "In libvirt's XML: C(devices/disk/driver@discard_no_unref); needs libvirt 9.5."
            type: bool
          iothread:
            description:
              - The number of the I/O thread that serves the disk.
              - "In libvirt's XML: C(devices/disk/driver@iothread)."
            type: int
          queues:
            description:
              - The number of its queues.
              - "In libvirt's XML: C(devices/disk/driver@queues)."
            type: int
          queue_size:
            description:
              - The length of a queue, a power of two up to 1024.
              - "In libvirt's XML: C(devices/disk/driver@queue_size)."
            type: int
          iommu:
            description:
              - Whether the device goes through the IOMMU of the guest rather than reaching all of its memory.
              - "In libvirt's XML: C(devices/disk/driver@iommu)."
            type: bool
          ats:
            description:
              - Whether the device may keep address translations of the guest's IOMMU by itself (address translation services).
              - "In libvirt's XML: C(devices/disk/driver@ats)."
            type: bool
          packed:
            description:
              - Whether it uses packed rings, which spare some memory traffic, where the guest's driver knows them.
              - "In libvirt's XML: C(devices/disk/driver@packed)."
            type: bool
          page_per_vq:
            description:
              - Whether each of its queues is signalled through a page of its own.
              - "In libvirt's XML: C(devices/disk/driver@page_per_vq)."
            type: bool
      readonly:
        description:
          - Whether the guest cannot write. Drives for CDs never can.
          - "In libvirt's XML: C(devices/disk/readonly)."
        type: bool
      shareable:
        description:
          - Whether other guests may use it at the same time, which needs a cluster file system.
          - "In libvirt's XML: C(devices/disk/shareable)."
        type: bool
      transient:
        description:
          - Whether all changes are thrown away when the guest ends.
          - "In libvirt's XML: C(devices/disk/transient)."
        type: bool
      serial:
        description:
          - The serial number that the guest reads, by which it finds the disk below C(/dev/disk/by-id).
          - "In libvirt's XML: C(devices/disk/serial)."
        type: str
      wwn:
        description:
          - The world wide name that the guest reads, of 16 hexadecimal digits.
          - "In libvirt's XML: C(devices/disk/wwn)."
        type: str
      vendor:
        description:
          - The vendor that the guest reads, of up to 8 characters, for SCSI.
          - "In libvirt's XML: C(devices/disk/vendor)."
        type: str
      product:
        description:
          - The product that the guest reads, of up to 16 characters, for SCSI.
          - "In libvirt's XML: C(devices/disk/product)."
        type: str
      snapshot:
        description:
          - What a snapshot of the guest does with this disk by default. V(manual) leaves it to somebody else.
          - "In libvirt's XML: C(devices/disk@snapshot)."
        type: str
        choices:
          - internal
          - external
          - 'no'
          - manual
      rawio:
        description:
          - Whether a V(lun) may be given SCSI commands that need privileges.
          - "In libvirt's XML: C(devices/disk@rawio)."
        type: bool
      sgio:
        description:
          - Whether SCSI commands of a V(lun) are filtered by the host's kernel.
          - "In libvirt's XML: C(devices/disk@sgio)."
        type: str
        choices:
          - filtered
          - unfiltered
      removable:
        description:
          - Whether a disk looks like a stick that can be pulled.
          - "In libvirt's XML: C(devices/disk/target@removable)."
        type: bool
      tray:
        description:
          - Whether the tray of a drive is open.
          - "In libvirt's XML: C(devices/disk/target@tray)."
        type: str
        choices:
          - open
          - closed
      rotation_rate:
        description:
          - The rotations a minute that the guest reads, from 1025 on; V(1) for an SSD.
          - "In libvirt's XML: C(devices/disk/target@rotation_rate)."
        type: int
      iotune:
        description:
          - The limits of the disk. Those of reading and writing exclude the total.
        type: dict
        suboptions:
          total_bytes_sec:
            description:
              - What may be read and written a second.
              - "In libvirt's XML: C(devices/disk/iotune/total_bytes_sec)."
            type: str
          total_bytes_sec_max:
            description:
              - What may be read and written a second in a burst.
              - "In libvirt's XML: C(devices/disk/iotune/total_bytes_sec_max)."
            type: str
          read_bytes_sec:
            description:
              - What may be read a second.
              - "In libvirt's XML: C(devices/disk/iotune/read_bytes_sec)."
            type: str
          read_bytes_sec_max:
            description:
              - What may be read a second in a burst.
              - "In libvirt's XML: C(devices/disk/iotune/read_bytes_sec_max)."
            type: str
          write_bytes_sec:
            description:
              - What may be written a second.
              - "In libvirt's XML: C(devices/disk/iotune/write_bytes_sec)."
            type: str
          write_bytes_sec_max:
            description:
              - What may be written a second in a burst.
              - "In libvirt's XML: C(devices/disk/iotune/write_bytes_sec_max)."
            type: str
          total_iops_sec:
            description:
              - How many requests a second are served.
              - "In libvirt's XML: C(devices/disk/iotune/total_iops_sec)."
            type: int
          total_iops_sec_max:
            description:
              - How many requests a second are served in a burst.
              - "In libvirt's XML: C(devices/disk/iotune/total_iops_sec_max)."
            type: int
          read_iops_sec:
            description:
              - How many reads a second are served.
              - "In libvirt's XML: C(devices/disk/iotune/read_iops_sec)."
            type: int
          read_iops_sec_max:
            description:
              - How many reads a second are served in a burst.
              - "In libvirt's XML: C(devices/disk/iotune/read_iops_sec_max)."
            type: int
          write_iops_sec:
            description:
              - How many writes a second are served.
              - "In libvirt's XML: C(devices/disk/iotune/write_iops_sec)."
            type: int
          write_iops_sec_max:
            description:
              - How many writes a second are served in a burst.
              - "In libvirt's XML: C(devices/disk/iotune/write_iops_sec_max)."
            type: int
          size_iops_sec:
            description:
              - The size in bytes above which a request counts as several.
              - "In libvirt's XML: C(devices/disk/iotune/size_iops_sec)."
            type: int
          total_bytes_sec_max_length:
            description:
              - Seconds that a burst of C(total_bytes_sec_max) may last.
              - "In libvirt's XML: C(devices/disk/iotune/total_bytes_sec_max_length)."
            type: int
          read_bytes_sec_max_length:
            description:
              - Seconds that a burst of C(read_bytes_sec_max) may last.
              - "In libvirt's XML: C(devices/disk/iotune/read_bytes_sec_max_length)."
            type: int
          write_bytes_sec_max_length:
            description:
              - Seconds that a burst of C(write_bytes_sec_max) may last.
              - "In libvirt's XML: C(devices/disk/iotune/write_bytes_sec_max_length)."
            type: int
          total_iops_sec_max_length:
            description:
              - Seconds that a burst of C(total_iops_sec_max) may last.
              - "In libvirt's XML: C(devices/disk/iotune/total_iops_sec_max_length)."
            type: int
          read_iops_sec_max_length:
            description:
              - Seconds that a burst of C(read_iops_sec_max) may last.
              - "In libvirt's XML: C(devices/disk/iotune/read_iops_sec_max_length)."
            type: int
          write_iops_sec_max_length:
            description:
              - Seconds that a burst of C(write_iops_sec_max) may last.
              - "In libvirt's XML: C(devices/disk/iotune/write_iops_sec_max_length)."
            type: int
          group_name:
            description:
              - Disks of the guest with the same name share one limit.
              - "In libvirt's XML: C(devices/disk/iotune/group_name)."
            type: str
      geometry:
        description:
          - The cylinders, heads and sectors that the guest reads, as the attributes of libvirt's element, for very old
            systems.
          - "In libvirt's XML: C(devices/disk/geometry@*)."
        type: dict
      blockio:
        description:
          - The sizes of blocks that the guest reads, as the attributes of libvirt's element, such as C(logical_block_size)
            and C(physical_block_size) in bytes.
          - "In libvirt's XML: C(devices/disk/blockio@*)."
        type: dict
      boot_order:
        description:
          - Its turn among the devices that the guest tries to boot from, counted from 1. It cannot be combined with O(boot).
          - "In libvirt's XML: C(devices/disk/boot@order)."
        type: int
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/disk/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/disk/alias@name)."
        type: str
  interfaces:
    description:
      - >-
        The network interfaces of the guest. Give each its O(interfaces[].mac): of several of a kind without one, only
        their order tells which is which.
      - "In libvirt's XML: C(devices/interface)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it is attached to on the host. An option of O(interfaces[].source) that only one type has says it too,
            such as O(interfaces[].source.network) for V(network). V(user) needs no rights on the host.
          - "In libvirt's XML: C(devices/interface@type)."
        type: str
        choices:
          - network
          - bridge
          - direct
          - user
          - ethernet
          - vhostuser
          - server
          - client
          - mcast
          - udp
          - internal
          - hostdev
          - vdpa
          - vds
          - 'null'
      mac:
        description:
          - The MAC address. libvirt makes one up and keeps it. Write it in quotes, for YAML takes one without letters
            for a number.
          - "In libvirt's XML: C(devices/interface/mac@address)."
        type: str
      mac_type:
        description:
          - Whether the address may stand for one that VMware ESX has V(generated), or is V(static).
          - "In libvirt's XML: C(devices/interface/mac@type)."
        type: str
        choices:
          - generated
          - static
      source:
        description:
          - What it is attached to.
        type: dict
        suboptions:
          network:
            description:
              - The virtual network.
              - >-
                In libvirt's XML: C(devices/interface/source@network), with C(devices/interface@type=network).
            type: str
          portgroup:
            description:
              - The port group of the network.
              - "In libvirt's XML: C(devices/interface/source@portgroup)."
            type: str
          bridge:
            description:
              - The bridge of the host.
              - >-
                In libvirt's XML: C(devices/interface/source@bridge), with C(devices/interface@type=bridge).
            type: str
          dev:
            description:
              - The interface of the host, for a macvtap device upon it, or the vDPA device.
              - "In libvirt's XML: C(devices/interface/source@dev), with C(devices/interface@type=direct)."
            type: str
          mode:
            description:
              - How a macvtap device reaches the network, V(bridge), V(vepa), V(private) or V(passthrough); who waits
                at the socket of V(vhostuser).
              - "In libvirt's XML: C(devices/interface/source@mode)."
            type: str
          name:
            description:
              - The name of an internal network, for VirtualBox.
              - >-
                In libvirt's XML: C(devices/interface/source@name), with C(devices/interface@type=internal).
            type: str
          path:
            description:
              - The path of the socket of V(vhostuser).
              - >-
                In libvirt's XML: C(devices/interface/source@path), with C(devices/interface@type=vhostuser).
            type: str
          socket:
            description:
              - The kind of socket of V(vhostuser), V(unix).
              - "In libvirt's XML: C(devices/interface/source@type)."
            type: str
          address:
            description:
              - The network device of the host that the guest gets, as the attributes of libvirt's C(address), for V(hostdev).
              - >-
                In libvirt's XML: C(devices/interface/source/address@*), with C(devices/interface@type=hostdev).
            type: dict
          host:
            description:
              - The address of the other side, for V(server), V(client), V(mcast) and V(udp).
              - "In libvirt's XML: C(devices/interface/source@address)."
            type: str
          port:
            description:
              - The port of the other side, for V(server), V(client), V(mcast) and V(udp).
              - "In libvirt's XML: C(devices/interface/source@port)."
            type: int
      model:
        description:
          - What the guest sees, such as V(virtio), V(e1000e) or V(rtl8139).
          - "In libvirt's XML: C(devices/interface/model@type)."
        type: str
      managed:
        description:
          - Whether libvirt takes a V(hostdev) from the host's driver and gives it back.
          - "In libvirt's XML: C(devices/interface@managed)."
        type: bool
      target:
        description:
          - The name of the device on the host. Names such as V(vnet0) are given by libvirt and not kept.
          - "In libvirt's XML: C(devices/interface/target@dev)."
        type: str
      target_managed:
        description:
          - Whether libvirt makes the device of V(ethernet), rather than finding it there.
          - "In libvirt's XML: C(devices/interface/target@managed)."
        type: bool
      link:
        description:
          - Whether the cable is plugged in.
          - "In libvirt's XML: C(devices/interface/link@state)."
        type: str
        choices:
          - up
          - down
      mtu:
        description:
          - The largest packet that it carries, in bytes.
          - "In libvirt's XML: C(devices/interface/mtu@size)."
        type: int
      driver:
        description:
          - How the interface is driven.
        type: dict
        suboptions:
          name:
            description:
              - Who moves the packets of a virtio interface, V(vhost) in the kernel or V(qemu); the driver of a V(hostdev).
              - "In libvirt's XML: C(devices/interface/driver@name)."
            type: str
          txmode:
            description:
              - How V(qemu) sends, V(iothread) or V(timer).
              - "In libvirt's XML: C(devices/interface/driver@txmode)."
            type: str
          queues:
            description:
              - The number of its queues, so that several virtual CPUs can work at once.
              - "In libvirt's XML: C(devices/interface/driver@queues)."
            type: int
          rx_queue_size:
            description:
              - The length of a queue that receives, a power of two up to 1024.
              - "In libvirt's XML: C(devices/interface/driver@rx_queue_size)."
            type: int
          tx_queue_size:
            description:
              - The length of a queue that sends, a power of two up to 1024, for V(vhostuser).
              - "In libvirt's XML: C(devices/interface/driver@tx_queue_size)."
            type: int
          ioeventfd:
            description:
              - Whether packets are taken in a thread of their own, so that the guest goes on meanwhile.
              - "In libvirt's XML: C(devices/interface/driver@ioeventfd)."
            type: bool
          event_idx:
            description:
              - Whether the guest and the host spare each other interrupts.
              - "In libvirt's XML: C(devices/interface/driver@event_idx)."
            type: bool
          rss:
            description:
              - Whether what is received is spread over the queues by its hash.
              - "In libvirt's XML: C(devices/interface/driver@rss); needs libvirt 8.3."
            type: bool
          rss_hash_report:
            description:
              - Whether the guest is told that hash.
              - "In libvirt's XML: C(devices/interface/driver@rss_hash_report); needs libvirt 8.3."
            type: bool
          iommu:
            description:
              - Whether the device goes through the IOMMU of the guest rather than reaching all of its memory.
              - "In libvirt's XML: C(devices/interface/driver@iommu)."
            type: bool
          ats:
            description:
              - Whether the device may keep address translations of the guest's IOMMU by itself (address translation services).
              - "In libvirt's XML: C(devices/interface/driver@ats)."
            type: bool
          packed:
            description:
              - Whether it uses packed rings, which spare some memory traffic, where the guest's driver knows them.
              - "In libvirt's XML: C(devices/interface/driver@packed)."
            type: bool
          page_per_vq:
            description:
              - Whether each of its queues is signalled through a page of its own.
              - "In libvirt's XML: C(devices/interface/driver@page_per_vq)."
            type: bool
      backend:
        description:
          - What carries the packets on the host.
        type: dict
        suboptions:
          tap:
            description:
              - The device of the host for making tap devices, in place of C(/dev/net/tun).
              - "In libvirt's XML: C(devices/interface/backend@tap)."
            type: str
          vhost:
            description:
              - The device of the host for vhost, in place of C(/dev/vhost-net).
              - "In libvirt's XML: C(devices/interface/backend@vhost)."
            type: str
          type:
            description:
              - What serves an interface of type V(user), such as V(passt).
              - "In libvirt's XML: C(devices/interface/backend@type); needs libvirt 9.0."
            type: str
          log_file:
            description:
              - The file on the host that V(passt) writes its log to.
              - "In libvirt's XML: C(devices/interface/backend@logFile); needs libvirt 9.0."
            type: str
      port_forwards:
        description:
          - The ports of the host that lead to the guest, with V(passt).
          - "In libvirt's XML: C(devices/interface/portForward); needs libvirt 9.0."
        type: list
        elements: dict
        suboptions:
          proto:
            description:
              - The protocol.
              - "In libvirt's XML: C(devices/interface/portForward@proto)."
            type: str
            choices:
              - tcp
              - udp
          address:
            description:
              - The address of the host that it listens on; all where none is given.
              - "In libvirt's XML: C(devices/interface/portForward@address)."
            type: str
          dev:
            description:
              - The interface of the host that it listens on; all where none is given.
              - "In libvirt's XML: C(devices/interface/portForward@dev)."
            type: str
          ranges:
            description:
              - The ports; all of the protocol where none are given.
              - "In libvirt's XML: C(devices/interface/portForward/range)."
            type: list
            elements: dict
            suboptions:
              start:
                description:
                  - The first port on the host.
                  - "In libvirt's XML: C(devices/interface/portForward/range@start)."
                type: int
              end:
                description:
                  - The last port on the host, where there are several.
                  - "In libvirt's XML: C(devices/interface/portForward/range@end)."
                type: int
              to:
                description:
                  - The first port in the guest, where it is another one.
                  - "In libvirt's XML: C(devices/interface/portForward/range@to)."
                type: int
              exclude:
                description:
                  - Whether these ports are left out of a range.
                  - "In libvirt's XML: C(devices/interface/portForward/range@exclude)."
                type: bool
      vlan:
        description:
          - The VLANs of the interface, for Open vSwitch, virtual functions and bridges that filter by VLAN.
        type: dict
        suboptions:
          trunk:
            description:
              - Whether the tags are those of a trunk, which carries several VLANs. More than one tag always makes a trunk.
              - "In libvirt's XML: C(devices/interface/vlan@trunk)."
            type: bool
          tags:
            description:
              - The VLANs that the traffic belongs to.
              - "In libvirt's XML: C(devices/interface/vlan/tag)."
            type: list
            elements: dict
            suboptions:
              id:
                description:
                  - The number of the VLAN, from 0 to 4095.
                  - "In libvirt's XML: C(devices/interface/vlan/tag@id)."
                type: int
                required: true
              native_mode:
                description:
                  - How untagged traffic is treated, on one tag of a trunk of Open vSwitch. V(untagged) sends its own
                    traffic without a tag, V(tagged) with one.
                  - "In libvirt's XML: C(devices/interface/vlan/tag@nativeMode)."
                type: str
                choices:
                  - tagged
                  - untagged
      virtualport:
        description:
          - How the interface is announced to the switch.
        type: dict
        suboptions:
          type:
            description:
              - The kind of switch that the port is on, such as V(openvswitch), V(midonet), V(802.1Qbg) or V(802.1Qbh).
              - "In libvirt's XML: C(devices/interface/virtualport@type)."
            type: str
          interface_id:
            description:
              - The UUID by which the switch knows the port. libvirt makes one up for Open vSwitch.
              - "In libvirt's XML: C(devices/interface/virtualport/parameters@interfaceid)."
            type: str
          profile_id:
            description:
              - The name of the port profile that the switch applies.
              - "In libvirt's XML: C(devices/interface/virtualport/parameters@profileid)."
            type: str
          manager_id:
            description:
              - The VSI manager that the type comes from, for V(802.1Qbg).
              - "In libvirt's XML: C(devices/interface/virtualport/parameters@managerid)."
            type: str
          type_id:
            description:
              - The VSI type of the port, for V(802.1Qbg).
              - "In libvirt's XML: C(devices/interface/virtualport/parameters@typeid)."
            type: str
          type_id_version:
            description:
              - The version of the VSI type, for V(802.1Qbg).
              - "In libvirt's XML: C(devices/interface/virtualport/parameters@typeidversion)."
            type: str
          instance_id:
            description:
              - The UUID of this instance of the VSI, for V(802.1Qbg).
              - "In libvirt's XML: C(devices/interface/virtualport/parameters@instanceid)."
            type: str
      bandwidth:
        description:
          - The limits of the interface.
        type: dict
        suboptions:
          inbound:
            description:
              - The limits of what flows towards the guest.
            type: dict
            suboptions:
              average:
                description:
                  - How many kilobytes a second may flow on the long run.
                  - "In libvirt's XML: C(devices/interface/bandwidth/inbound@average)."
                type: int
              peak:
                description:
                  - How many kilobytes a second may flow while a burst lasts.
                  - "In libvirt's XML: C(devices/interface/bandwidth/inbound@peak)."
                type: int
              burst:
                description:
                  - How many kilobytes may flow at peak speed.
                  - "In libvirt's XML: C(devices/interface/bandwidth/inbound@burst)."
                type: int
              floor:
                description:
                  - How many kilobytes a second are guaranteed, which only a network with a limit of its own can promise.
                  - "In libvirt's XML: C(devices/interface/bandwidth/inbound@floor)."
                type: int
          outbound:
            description:
              - The limits of what flows away from the guest.
            type: dict
            suboptions:
              average:
                description:
                  - How many kilobytes a second may flow on the long run.
                  - "In libvirt's XML: C(devices/interface/bandwidth/outbound@average)."
                type: int
              peak:
                description:
                  - How many kilobytes a second may flow while a burst lasts.
                  - "In libvirt's XML: C(devices/interface/bandwidth/outbound@peak)."
                type: int
              burst:
                description:
                  - How many kilobytes may flow at peak speed.
                  - "In libvirt's XML: C(devices/interface/bandwidth/outbound@burst)."
                type: int
      filterref:
        description:
          - The network filter of what passes.
        type: dict
        suboptions:
          filter:
            description:
              - The name of the filter, such as V(clean-traffic).
              - "In libvirt's XML: C(devices/interface/filterref@filter)."
            type: str
          parameters:
            description:
              - The values for the variables of the filter.
              - "In libvirt's XML: C(devices/interface/filterref/parameter)."
            type: list
            elements: dict
            suboptions:
              name:
                description:
                  - The name of the variable, such as V(IP).
                  - "In libvirt's XML: C(devices/interface/filterref/parameter@name)."
                type: str
                required: true
              value:
                description:
                  - Its value.
                  - "In libvirt's XML: C(devices/interface/filterref/parameter@value)."
                type: str
                required: true
      isolated:
        description:
          - Whether it cannot talk to other isolated interfaces on the same bridge.
          - "In libvirt's XML: C(devices/interface/port@isolated)."
        type: bool
      trust_guest_rx_filters:
        description:
          - Whether the guest may change the filters of what reaches it, for macvtap devices.
          - "In libvirt's XML: C(devices/interface@trustGuestRxFilters)."
        type: bool
      rx_coalesce:
        description:
          - How many packets are gathered before the guest is interrupted.
          - "In libvirt's XML: C(devices/interface/coalesce/rx/frames@max)."
        type: int
      sndbuf:
        description:
          - The bytes of the host's buffer for what the guest sends; V(0) for no limit.
          - "In libvirt's XML: C(devices/interface/tune/sndbuf)."
        type: int
      script:
        description:
          - The program on the host that sets the device up, for V(ethernet).
          - "In libvirt's XML: C(devices/interface/script@path)."
        type: str
      ips:
        description:
          - The addresses that a container gets, or that V(user) shows.
          - "In libvirt's XML: C(devices/interface/ip)."
        type: list
        elements: dict
        suboptions:
          address:
            description:
              - The address.
              - "In libvirt's XML: C(devices/interface/ip@address)."
            type: str
          family:
            description:
              - V(ipv4) or V(ipv6).
              - "In libvirt's XML: C(devices/interface/ip@family)."
            type: str
          peer:
            description:
              - The address at the other end.
              - "In libvirt's XML: C(devices/interface/ip@peer)."
            type: str
          prefix:
            description:
              - The length of its prefix.
              - "In libvirt's XML: C(devices/interface/ip@prefix)."
            type: int
      routes:
        description:
          - The routes that a container gets.
          - "In libvirt's XML: C(devices/interface/route)."
        type: list
        elements: dict
        suboptions:
          address:
            description:
              - The network that it leads to.
              - "In libvirt's XML: C(devices/interface/route@address)."
            type: str
          family:
            description:
              - V(ipv4) or V(ipv6).
              - "In libvirt's XML: C(devices/interface/route@family)."
            type: str
          netmask:
            description:
              - The netmask of that network.
              - "In libvirt's XML: C(devices/interface/route@netmask)."
            type: str
          gateway:
            description:
              - The router.
              - "In libvirt's XML: C(devices/interface/route@gateway)."
            type: str
          prefix:
            description:
              - The length of its prefix.
              - "In libvirt's XML: C(devices/interface/route@prefix)."
            type: int
          metric:
            description:
              - Its metric, where the lowest of several routes wins.
              - "In libvirt's XML: C(devices/interface/route@metric)."
            type: int
      guest:
        description:
          - What the interface is called in a container.
        type: dict
        suboptions:
          dev:
            description:
              - Its name.
              - "In libvirt's XML: C(devices/interface/guest@dev)."
            type: str
          actual:
            description:
              - The name that it has got.
              - "In libvirt's XML: C(devices/interface/guest@actual)."
            type: str
      teaming:
        description:
          - Two interfaces that the guest takes for one, so that it can be migrated without its passed-through one.
        type: dict
        suboptions:
          type:
            description:
              - V(persistent) for the virtual interface that is always there, V(transient) for the passed-through one
                that goes away for a migration.
              - "In libvirt's XML: C(devices/interface/teaming@type)."
            type: str
            choices:
              - persistent
              - transient
          persistent:
            description:
              - The alias of the persistent interface that a transient one belongs to.
              - "In libvirt's XML: C(devices/interface/teaming@persistent)."
            type: str
      rom:
        description:
          - The boot ROM, to boot over the network.
        type: dict
        suboptions:
          bar:
            description:
              - Whether the guest sees the boot ROM of the device at all.
              - "In libvirt's XML: C(devices/interface/rom@bar)."
            type: bool
          file:
            description:
              - A file on the host that the guest sees as the ROM of the device.
              - "In libvirt's XML: C(devices/interface/rom@file)."
            type: str
          enabled:
            description:
              - Whether the device has a ROM. Without one the guest cannot boot from it.
              - "In libvirt's XML: C(devices/interface/rom@enabled)."
            type: bool
      acpi_index:
        description:
          - The number that Linux guests name the interface after, as in C(eno1).
          - "In libvirt's XML: C(devices/interface/acpi@index)."
        type: int
      boot_order:
        description:
          - Its turn among the devices that the guest tries to boot from, counted from 1. It cannot be combined with O(boot).
          - "In libvirt's XML: C(devices/interface/boot@order)."
        type: int
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/interface/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/interface/alias@name)."
        type: str
  graphics:
    description:
      - The screens of the guest that can be looked at from elsewhere.
      - "In libvirt's XML: C(devices/graphics)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - How the screen is shown.
          - "In libvirt's XML: C(devices/graphics@type)."
        type: str
        choices:
          - vnc
          - spice
          - sdl
          - rdp
          - desktop
          - egl-headless
          - dbus
        required: true
      port:
        description:
          - The port that it listens on; V(-1) for any free one.
          - "In libvirt's XML: C(devices/graphics@port)."
        type: int
      tls_port:
        description:
          - The port for encrypted SPICE; V(-1) for any free one.
          - "In libvirt's XML: C(devices/graphics@tlsPort)."
        type: int
      autoport:
        description:
          - Whether libvirt picks free ports at each start.
          - "In libvirt's XML: C(devices/graphics@autoport)."
        type: bool
      websocket:
        description:
          - The port for VNC in web browsers; V(-1) for any free one.
          - "In libvirt's XML: C(devices/graphics@websocket)."
        type: int
      listen:
        description:
          - The address that it listens on. The host alone reaches V(127.0.0.1).
          - "In libvirt's XML: C(devices/graphics@listen)."
        type: str
      listens:
        description:
          - Where it listens, in more detail than C(listen).
          - "In libvirt's XML: C(devices/graphics/listen)."
        type: list
        elements: dict
        suboptions:
          type:
            description:
              - Whether that is an address, the address of a network, a socket, or nowhere.
              - "In libvirt's XML: C(devices/graphics/listen@type)."
            type: str
            choices:
              - address
              - network
              - socket
              - none
          address:
            description:
              - The address, for V(address).
              - "In libvirt's XML: C(devices/graphics/listen@address)."
            type: str
          network:
            description:
              - The virtual network, for V(network).
              - "In libvirt's XML: C(devices/graphics/listen@network)."
            type: str
          socket:
            description:
              - The path of the socket, for V(socket).
              - "In libvirt's XML: C(devices/graphics/listen@socket)."
            type: str
      passwd:
        description:
          - The password that is asked for. VNC uses its first eight characters.
          - "In libvirt's XML: C(devices/graphics@passwd)."
        type: str
      passwd_valid_to:
        description:
          - The time in UTC until which the password is accepted, such as V(2030-01-31T12:00:00).
          - "In libvirt's XML: C(devices/graphics@passwdValidTo)."
        type: str
      connected:
        description:
          - What happens to those who are connected when the SPICE password changes, V(keep), V(disconnect) or V(fail).
          - "In libvirt's XML: C(devices/graphics@connected)."
        type: str
      keymap:
        description:
          - The layout of the keyboard, such as V(de). Most viewers do well without.
          - "In libvirt's XML: C(devices/graphics@keymap)."
        type: str
      share_policy:
        description:
          - Whether several can look at a VNC screen. V(allow-exclusive) lets the viewer ask to be alone, V(force-shared)
            does not, V(ignore) lets everybody in.
          - "In libvirt's XML: C(devices/graphics@sharePolicy)."
        type: str
      default_mode:
        description:
          - Whether SPICE channels are encrypted where C(channels) does not say it, V(any), V(secure) or V(insecure).
          - "In libvirt's XML: C(devices/graphics@defaultMode)."
        type: str
      display:
        description:
          - The display of the host that a window is opened on, for V(sdl) and V(desktop).
          - "In libvirt's XML: C(devices/graphics@display)."
        type: str
      socket:
        description:
          - The UNIX socket that a VNC server listens at, instead of an address.
          - "In libvirt's XML: C(devices/graphics@socket)."
        type: str
      xauth:
        description:
          - The file with the rights for that display.
          - "In libvirt's XML: C(devices/graphics@xauth)."
        type: str
      fullscreen:
        description:
          - Whether the window fills the screen.
          - "In libvirt's XML: C(devices/graphics@fullscreen)."
        type: bool
      gl:
        description:
          - Rendering by the graphics card of the host.
        type: dict
        suboptions:
          enable:
            description:
              - Whether it is used.
              - "In libvirt's XML: C(devices/graphics/gl@enable)."
            type: bool
          rendernode:
            description:
              - The device of the card, such as V(/dev/dri/renderD128).
              - "In libvirt's XML: C(devices/graphics/gl@rendernode)."
            type: str
      channels:
        description:
          - Whether single SPICE channels are encrypted.
          - "In libvirt's XML: C(devices/graphics/channel)."
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The channel, such as V(main) or V(inputs).
              - "In libvirt's XML: C(devices/graphics/channel@name)."
            type: str
            required: true
          mode:
            description:
              - Whether it is, V(any), V(secure) or V(insecure).
              - "In libvirt's XML: C(devices/graphics/channel@mode)."
            type: str
      image:
        description:
          - How SPICE compresses images, such as V(auto_glz) or V(off).
          - "In libvirt's XML: C(devices/graphics/image@compression)."
        type: str
      jpeg:
        description:
          - Whether SPICE compresses images as JPEG over slow lines, V(auto), V(never) or V(always).
          - "In libvirt's XML: C(devices/graphics/jpeg@compression)."
        type: str
      zlib:
        description:
          - Whether SPICE compresses images once more over slow lines, V(auto), V(never) or V(always).
          - "In libvirt's XML: C(devices/graphics/zlib@compression)."
        type: str
      playback:
        description:
          - Whether SPICE compresses sound.
          - "In libvirt's XML: C(devices/graphics/playback@compression)."
        type: bool
      streaming:
        description:
          - Whether SPICE sends moving parts as video, V(filter), V(all) or V(off).
          - "In libvirt's XML: C(devices/graphics/streaming@mode)."
        type: str
      mouse:
        description:
          - Whether the viewer draws the mouse pointer (V(client)) or the guest does (V(server)).
          - "In libvirt's XML: C(devices/graphics/mouse@mode)."
        type: str
      clipboard:
        description:
          - Whether text can be copied between viewer and guest.
          - "In libvirt's XML: C(devices/graphics/clipboard@copypaste)."
        type: bool
      file_transfer:
        description:
          - Whether files can be dropped into the guest.
          - "In libvirt's XML: C(devices/graphics/filetransfer@enable)."
        type: bool
      audio:
        description:
          - The number of the sound backend that the screen's sound goes through.
          - "In libvirt's XML: C(devices/graphics/audio@id)."
        type: int
  videos:
    description:
      - The graphics cards of the guest.
      - "In libvirt's XML: C(devices/video)."
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The card, such as V(virtio), V(qxl), V(vga), V(bochs), V(cirrus), V(ramfb), or V(none) for no card at all.
          - "In libvirt's XML: C(devices/video/model@type)."
        type: str
      heads:
        description:
          - The number of screens.
          - "In libvirt's XML: C(devices/video/model@heads)."
        type: int
      ram:
        description:
          - The memory of V(qxl) in KiB.
          - "In libvirt's XML: C(devices/video/model@ram)."
        type: int
      vram:
        description:
          - The video memory in KiB.
          - "In libvirt's XML: C(devices/video/model@vram)."
        type: int
      vram64:
        description:
          - The 64-bit video memory of V(qxl) in KiB.
          - "In libvirt's XML: C(devices/video/model@vram64)."
        type: int
      vgamem:
        description:
          - The memory of V(qxl) for VGA in KiB.
          - "In libvirt's XML: C(devices/video/model@vgamem)."
        type: int
      primary:
        description:
          - Whether it is the card that the guest starts on.
          - "In libvirt's XML: C(devices/video/model@primary)."
        type: bool
      blob:
        description:
          - Whether V(virtio) shares memory with the host in whole blobs, which spares copies.
          - "In libvirt's XML: C(devices/video/model@blob); needs libvirt 9.2."
        type: bool
      acceleration:
        description:
          - What the card accelerates.
        type: dict
        suboptions:
          accel2d:
            description:
              - Whether it does for 2D.
              - "In libvirt's XML: C(devices/video/model/acceleration@accel2d)."
            type: bool
          accel3d:
            description:
              - Whether it does for 3D, which also needs O(graphics[].gl).
              - "In libvirt's XML: C(devices/video/model/acceleration@accel3d)."
            type: bool
          rendernode:
            description:
              - The device of the host's card, for V(vhostuser) drivers.
              - "In libvirt's XML: C(devices/video/model/acceleration@rendernode)."
            type: str
      resolution:
        description:
          - The resolution that the guest starts with.
        type: dict
        suboptions:
          x:
            description:
              - Its width in pixels.
              - "In libvirt's XML: C(devices/video/model/resolution@x)."
            type: int
          y:
            description:
              - Its height in pixels.
              - "In libvirt's XML: C(devices/video/model/resolution@y)."
            type: int
      driver:
        description:
          - How the card is driven.
        type: dict
        suboptions:
          name:
            description:
              - Whether it is emulated by V(qemu) or by a V(vhostuser) process.
              - "In libvirt's XML: C(devices/video/driver@name)."
            type: str
          vgaconf:
            description:
              - How Xen lets the guest reach VGA, V(io), V(on) or V(off).
              - "In libvirt's XML: C(devices/video/driver@vgaconf)."
            type: str
          iommu:
            description:
              - Whether the device goes through the IOMMU of the guest rather than reaching all of its memory.
              - "In libvirt's XML: C(devices/video/driver@iommu)."
            type: bool
          ats:
            description:
              - Whether the device may keep address translations of the guest's IOMMU by itself (address translation services).
              - "In libvirt's XML: C(devices/video/driver@ats)."
            type: bool
          packed:
            description:
              - Whether it uses packed rings, which spare some memory traffic, where the guest's driver knows them.
              - "In libvirt's XML: C(devices/video/driver@packed)."
            type: bool
          page_per_vq:
            description:
              - Whether each of its queues is signalled through a page of its own.
              - "In libvirt's XML: C(devices/video/driver@page_per_vq)."
            type: bool
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/video/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/video/alias@name)."
        type: str
  serials:
    description:
      - The serial ports of the guest.
      - "In libvirt's XML: C(devices/serial)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it ends in on the host, such as V(pty), V(file), V(unix), V(tcp), V(udp), V(dev), V(pipe), V(null) or
            V(stdio).
          - "In libvirt's XML: C(devices/serial@type)."
        type: str
      source:
        description:
          - The end on the host, as far as the type needs to be told.
        type: dict
        suboptions:
          path:
            description:
              - The path of the file, socket, pipe or device on the host.
              - "In libvirt's XML: C(devices/serial/source@path)."
            type: str
          mode:
            description:
              - Whether QEMU waits there (V(bind)) or calls somebody (V(connect)), for V(unix), V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/serial/source@mode)."
            type: str
          host:
            description:
              - The address to bind or to call, for V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/serial/source@host)."
            type: str
          service:
            description:
              - The port to bind or to call, for V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/serial/source@service)."
            type: str
          channel:
            description:
              - The name of the SPICE or D-Bus channel, for V(spiceport) and V(dbus).
              - "In libvirt's XML: C(devices/serial/source@channel)."
            type: str
          append:
            description:
              - Whether a file is continued when the guest starts, rather than emptied.
              - "In libvirt's XML: C(devices/serial/source@append)."
            type: bool
      protocol:
        description:
          - How bytes travel over V(tcp), V(raw), V(telnet), V(telnets) or V(tls).
          - "In libvirt's XML: C(devices/serial/protocol@type)."
        type: str
      log:
        description:
          - A copy of all output.
        type: dict
        suboptions:
          file:
            description:
              - The file on the host that it is written to.
              - "In libvirt's XML: C(devices/serial/log@file)."
            type: str
          append:
            description:
              - Whether the file is continued when the guest starts, rather than emptied.
              - "In libvirt's XML: C(devices/serial/log@append)."
            type: bool
      target:
        description:
          - The port in the guest.
        type: dict
        suboptions:
          type:
            description:
              - What the guest sees, such as V(isa-serial), V(usb-serial), V(pci-serial), V(virtio) or V(serial). libvirt
                picks one.
              - "In libvirt's XML: C(devices/serial/target@type)."
            type: str
          port:
            description:
              - Its number in the guest, counted from 0.
              - "In libvirt's XML: C(devices/serial/target@port)."
            type: int
          model:
            description:
              - The exact device, such as V(isa-serial) or V(pl011). libvirt picks it by the type.
              - "In libvirt's XML: C(devices/serial/target/model@name)."
            type: str
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/serial/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/serial/alias@name)."
        type: str
  parallels:
    description:
      - The parallel ports of the guest.
      - "In libvirt's XML: C(devices/parallel)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it ends in on the host, such as V(pty), V(file), V(unix), V(tcp), V(udp), V(dev), V(pipe), V(null) or
            V(stdio).
          - "In libvirt's XML: C(devices/parallel@type)."
        type: str
      source:
        description:
          - The end on the host, as far as the type needs to be told.
        type: dict
        suboptions:
          path:
            description:
              - The path of the file, socket, pipe or device on the host.
              - "In libvirt's XML: C(devices/parallel/source@path)."
            type: str
          mode:
            description:
              - Whether QEMU waits there (V(bind)) or calls somebody (V(connect)), for V(unix), V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/parallel/source@mode)."
            type: str
          host:
            description:
              - The address to bind or to call, for V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/parallel/source@host)."
            type: str
          service:
            description:
              - The port to bind or to call, for V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/parallel/source@service)."
            type: str
          channel:
            description:
              - The name of the SPICE or D-Bus channel, for V(spiceport) and V(dbus).
              - "In libvirt's XML: C(devices/parallel/source@channel)."
            type: str
          append:
            description:
              - Whether a file is continued when the guest starts, rather than emptied.
              - "In libvirt's XML: C(devices/parallel/source@append)."
            type: bool
      protocol:
        description:
          - How bytes travel over V(tcp), V(raw), V(telnet), V(telnets) or V(tls).
          - "In libvirt's XML: C(devices/parallel/protocol@type)."
        type: str
      log:
        description:
          - A copy of all output.
        type: dict
        suboptions:
          file:
            description:
              - The file on the host that it is written to.
              - "In libvirt's XML: C(devices/parallel/log@file)."
            type: str
          append:
            description:
              - Whether the file is continued when the guest starts, rather than emptied.
              - "In libvirt's XML: C(devices/parallel/log@append)."
            type: bool
      target:
        description:
          - The port in the guest.
        type: dict
        suboptions:
          type:
            description:
              - What the guest sees, such as V(isa-serial), V(usb-serial), V(pci-serial), V(virtio) or V(serial). libvirt
                picks one.
              - "In libvirt's XML: C(devices/parallel/target@type)."
            type: str
          port:
            description:
              - Its number in the guest, counted from 0.
              - "In libvirt's XML: C(devices/parallel/target@port)."
            type: int
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/parallel/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/parallel/alias@name)."
        type: str
  consoles:
    description:
      - The consoles of the guest. The first one of target type V(serial) is the same as the first of O(serials), which
        libvirt makes where there is none.
      - "In libvirt's XML: C(devices/console)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it ends in on the host, such as V(pty), V(file), V(unix), V(tcp), V(udp), V(dev), V(pipe), V(null) or
            V(stdio).
          - "In libvirt's XML: C(devices/console@type)."
        type: str
      source:
        description:
          - The end on the host, as far as the type needs to be told.
        type: dict
        suboptions:
          path:
            description:
              - The path of the file, socket, pipe or device on the host.
              - "In libvirt's XML: C(devices/console/source@path)."
            type: str
          mode:
            description:
              - Whether QEMU waits there (V(bind)) or calls somebody (V(connect)), for V(unix), V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/console/source@mode)."
            type: str
          host:
            description:
              - The address to bind or to call, for V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/console/source@host)."
            type: str
          service:
            description:
              - The port to bind or to call, for V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/console/source@service)."
            type: str
          channel:
            description:
              - The name of the SPICE or D-Bus channel, for V(spiceport) and V(dbus).
              - "In libvirt's XML: C(devices/console/source@channel)."
            type: str
          append:
            description:
              - Whether a file is continued when the guest starts, rather than emptied.
              - "In libvirt's XML: C(devices/console/source@append)."
            type: bool
      protocol:
        description:
          - How bytes travel over V(tcp), V(raw), V(telnet), V(telnets) or V(tls).
          - "In libvirt's XML: C(devices/console/protocol@type)."
        type: str
      log:
        description:
          - A copy of all output.
        type: dict
        suboptions:
          file:
            description:
              - The file on the host that it is written to.
              - "In libvirt's XML: C(devices/console/log@file)."
            type: str
          append:
            description:
              - Whether the file is continued when the guest starts, rather than emptied.
              - "In libvirt's XML: C(devices/console/log@append)."
            type: bool
      target:
        description:
          - The console in the guest.
        type: dict
        suboptions:
          type:
            description:
              - What the guest sees, such as V(isa-serial), V(usb-serial), V(pci-serial), V(virtio) or V(serial). libvirt
                picks one.
              - "In libvirt's XML: C(devices/console/target@type)."
            type: str
          port:
            description:
              - Its number in the guest, counted from 0.
              - "In libvirt's XML: C(devices/console/target@port)."
            type: int
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/console/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/console/alias@name)."
        type: str
  channels:
    description:
      - The private channels between guest and host. The guest agent needs one of type V(unix) whose target is V(virtio)
        and named V(org.qemu.guest_agent.0).
      - "In libvirt's XML: C(devices/channel)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it ends in on the host, such as V(pty), V(file), V(unix), V(tcp), V(udp), V(dev), V(pipe), V(null) or
            V(stdio).
          - "In libvirt's XML: C(devices/channel@type)."
        type: str
      source:
        description:
          - The end on the host, as far as the type needs to be told.
        type: dict
        suboptions:
          path:
            description:
              - The path of the file, socket, pipe or device on the host.
              - "In libvirt's XML: C(devices/channel/source@path)."
            type: str
          mode:
            description:
              - Whether QEMU waits there (V(bind)) or calls somebody (V(connect)), for V(unix), V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/channel/source@mode)."
            type: str
          host:
            description:
              - The address to bind or to call, for V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/channel/source@host)."
            type: str
          service:
            description:
              - The port to bind or to call, for V(tcp) and V(udp).
              - "In libvirt's XML: C(devices/channel/source@service)."
            type: str
          channel:
            description:
              - The name of the SPICE or D-Bus channel, for V(spiceport) and V(dbus).
              - "In libvirt's XML: C(devices/channel/source@channel)."
            type: str
          append:
            description:
              - Whether a file is continued when the guest starts, rather than emptied.
              - "In libvirt's XML: C(devices/channel/source@append)."
            type: bool
      protocol:
        description:
          - How bytes travel over V(tcp), V(raw), V(telnet), V(telnets) or V(tls).
          - "In libvirt's XML: C(devices/channel/protocol@type)."
        type: str
      log:
        description:
          - A copy of all output.
        type: dict
        suboptions:
          file:
            description:
              - The file on the host that it is written to.
              - "In libvirt's XML: C(devices/channel/log@file)."
            type: str
          append:
            description:
              - Whether the file is continued when the guest starts, rather than emptied.
              - "In libvirt's XML: C(devices/channel/log@append)."
            type: bool
      target:
        description:
          - The channel in the guest.
        type: dict
        suboptions:
          type:
            description:
              - How the guest sees it, V(virtio), V(xen), or V(guestfwd) for an address on its network.
              - "In libvirt's XML: C(devices/channel/target@type)."
            type: str
          port:
            description:
              - The port that the guest connects to, for V(guestfwd).
              - "In libvirt's XML: C(devices/channel/target@port)."
            type: int
          name:
            description:
              - The name by which programs in the guest find it below C(/dev/virtio-ports).
              - "In libvirt's XML: C(devices/channel/target@name)."
            type: str
          address:
            description:
              - The address that the guest connects to, for V(guestfwd).
              - "In libvirt's XML: C(devices/channel/target@address)."
            type: str
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/channel/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/channel/alias@name)."
        type: str
  rngs:
    description:
      - The sources of randomness of the guest.
      - "In libvirt's XML: C(devices/rng)."
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - How it is attached, V(virtio) on most machines.
          - "In libvirt's XML: C(devices/rng@model)."
        type: str
      rate:
        description:
          - The limit of what the guest gets.
        type: dict
        suboptions:
          bytes:
            description:
              - How many bytes in a C(period).
              - "In libvirt's XML: C(devices/rng/rate@bytes)."
            type: int
          period:
            description:
              - The period in milliseconds; a second where none is given.
              - "In libvirt's XML: C(devices/rng/rate@period)."
            type: int
      backend:
        description:
          - Where the randomness comes from.
        type: dict
        suboptions:
          model:
            description:
              - A device of the host (V(random)), the emulator itself (V(builtin)) or an entropy daemon (V(egd)).
              - "In libvirt's XML: C(devices/rng/backend@model)."
            type: str
          path:
            description:
              - The device of the host, such as V(/dev/urandom).
              - "In libvirt's XML: C(devices/rng/backend)."
            type: str
      driver:
        description:
          - How the device is driven.
        type: dict
        suboptions:
          iommu:
            description:
              - Whether the device goes through the IOMMU of the guest rather than reaching all of its memory.
              - "In libvirt's XML: C(devices/rng/driver@iommu)."
            type: bool
          ats:
            description:
              - Whether the device may keep address translations of the guest's IOMMU by itself (address translation services).
              - "In libvirt's XML: C(devices/rng/driver@ats)."
            type: bool
          packed:
            description:
              - Whether it uses packed rings, which spare some memory traffic, where the guest's driver knows them.
              - "In libvirt's XML: C(devices/rng/driver@packed)."
            type: bool
          page_per_vq:
            description:
              - Whether each of its queues is signalled through a page of its own.
              - "In libvirt's XML: C(devices/rng/driver@page_per_vq)."
            type: bool
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/rng/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/rng/alias@name)."
        type: str
  tpms:
    description:
      - The TPM of the guest.
      - "In libvirt's XML: C(devices/tpm)."
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - What the guest sees, such as V(tpm-crb) or V(tpm-tis).
          - "In libvirt's XML: C(devices/tpm@model)."
        type: str
      backend:
        description:
          - What does the work on the host.
        type: dict
        suboptions:
          type:
            description:
              - V(emulator) runs swtpm for the guest, V(passthrough) hands the TPM of the host to it, V(external) uses
                an swtpm that somebody else runs and needs libvirt 9.0.
              - "In libvirt's XML: C(devices/tpm/backend@type)."
            type: str
            choices:
              - emulator
              - passthrough
              - external
          version:
            description:
              - The version of an emulated TPM. Windows 11 wants V(2.0).
              - "In libvirt's XML: C(devices/tpm/backend@version)."
            type: str
            choices:
              - '1.2'
              - '2.0'
          device:
            description:
              - The device of the host, for V(passthrough).
              - "In libvirt's XML: C(devices/tpm/backend/device@path)."
            type: str
          encryption:
            description:
              - The UUID of the libvirt secret with which an emulated TPM encrypts its state.
              - "In libvirt's XML: C(devices/tpm/backend/encryption@secret)."
            type: str
          persistent_state:
            description:
              - Whether an emulated TPM keeps its state when a transient guest ends.
              - "In libvirt's XML: C(devices/tpm/backend@persistent_state)."
            type: bool
          active_pcr_banks:
            description:
              - The banks of registers that an emulated TPM has.
            type: dict
            suboptions:
              sha1:
                description:
                  - Whether it has SHA-1.
                  - "In libvirt's XML: C(devices/tpm/backend/active_pcr_banks/sha1)."
                type: bool
              sha256:
                description:
                  - Whether it has SHA-256.
                  - "In libvirt's XML: C(devices/tpm/backend/active_pcr_banks/sha256)."
                type: bool
              sha384:
                description:
                  - Whether it has SHA-384.
                  - "In libvirt's XML: C(devices/tpm/backend/active_pcr_banks/sha384)."
                type: bool
              sha512:
                description:
                  - Whether it has SHA-512.
                  - "In libvirt's XML: C(devices/tpm/backend/active_pcr_banks/sha512)."
                type: bool
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/tpm/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/tpm/alias@name)."
        type: str
  watchdogs:
    description:
      - The watchdog of the guest, which acts when the guest stops feeding it.
      - "In libvirt's XML: C(devices/watchdog)."
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The card, such as V(itco), V(i6300esb), V(ib700) or V(diag288).
          - "In libvirt's XML: C(devices/watchdog@model)."
        type: str
      action:
        description:
          - What it does, such as V(reset), V(poweroff), V(pause), V(dump), V(inject-nmi) or V(none).
          - "In libvirt's XML: C(devices/watchdog@action)."
        type: str
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/watchdog/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/watchdog/alias@name)."
        type: str
  filesystems:
    description:
      - The directories of the host that the guest can mount. virtiofs also needs O(memory_backing.access=shared), with
        O(memory_backing.source=memfd) or file-backed memory.
      - "In libvirt's XML: C(devices/filesystem)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What is shared; a directory (V(mount)) for virtual machines, others for containers.
          - "In libvirt's XML: C(devices/filesystem@type)."
        type: str
        choices:
          - mount
          - template
          - file
          - block
          - ram
          - bind
          - volume
      accessmode:
        description:
          - Whose rights count, V(passthrough) those of the user in the guest, V(mapped) those of the emulator, V(squash)
            as V(passthrough) without failing where that is not possible.
          - "In libvirt's XML: C(devices/filesystem@accessmode)."
        type: str
      fmode:
        description:
          - The mode of new files for V(mapped), as an octal number in quotes.
          - "In libvirt's XML: C(devices/filesystem@fmode)."
        type: str
      dmode:
        description:
          - The mode of new directories for V(mapped), as an octal number in quotes.
          - "In libvirt's XML: C(devices/filesystem@dmode)."
        type: str
      multidevs:
        description:
          - What happens when the directory spans several file systems of the host, such as V(remap), V(forbid) or V(warn).
          - "In libvirt's XML: C(devices/filesystem@multidevs)."
        type: str
      source:
        description:
          - What is shared.
        type: dict
        suboptions:
          dir:
            description:
              - The directory on the host.
              - "In libvirt's XML: C(devices/filesystem/source@dir)."
            type: str
          socket:
            description:
              - The socket of a virtiofs daemon that somebody else runs.
              - "In libvirt's XML: C(devices/filesystem/source@socket)."
            type: str
          file:
            description:
              - The image on the host.
              - >-
                In libvirt's XML: C(devices/filesystem/source@file), with C(devices/filesystem@type=file).
            type: str
          dev:
            description:
              - The block device of the host.
              - >-
                In libvirt's XML: C(devices/filesystem/source@dev), with C(devices/filesystem@type=block).
            type: str
          name:
            description:
              - The name of a template of OpenVZ.
              - >-
                In libvirt's XML: C(devices/filesystem/source@name), with C(devices/filesystem@type=template).
            type: str
          pool:
            description:
              - The storage pool that has the volume.
              - >-
                In libvirt's XML: C(devices/filesystem/source@pool), with C(devices/filesystem@type=volume).
            type: str
          volume:
            description:
              - The volume in the pool.
              - "In libvirt's XML: C(devices/filesystem/source@volume)."
            type: str
          usage:
            description:
              - The size of a RAM disk, in C(units).
              - >-
                In libvirt's XML: C(devices/filesystem/source@usage), with C(devices/filesystem@type=ram).
            type: int
          units:
            description:
              - The unit of C(usage), such as V(MiB).
              - "In libvirt's XML: C(devices/filesystem/source@units)."
            type: str
      target:
        description:
          - The tag by which the guest mounts it, or the path in a container.
          - "In libvirt's XML: C(devices/filesystem/target@dir)."
        type: str
        required: true
      driver:
        description:
          - How it is shared.
        type: dict
        suboptions:
          type:
            description:
              - The driver, such as V(virtiofs), or V(path) for 9p.
              - "In libvirt's XML: C(devices/filesystem/driver@type)."
            type: str
          format:
            description:
              - The format of an image.
              - "In libvirt's XML: C(devices/filesystem/driver@format)."
            type: str
          wrpolicy:
            description:
              - When what is written to 9p reaches the disk, V(immediate) for at once.
              - "In libvirt's XML: C(devices/filesystem/driver@wrpolicy)."
            type: str
          queue:
            description:
              - The length of the queue of virtiofs.
              - "In libvirt's XML: C(devices/filesystem/driver@queue)."
            type: int
          iommu:
            description:
              - Whether the device goes through the IOMMU of the guest rather than reaching all of its memory.
              - "In libvirt's XML: C(devices/filesystem/driver@iommu)."
            type: bool
          ats:
            description:
              - Whether the device may keep address translations of the guest's IOMMU by itself (address translation services).
              - "In libvirt's XML: C(devices/filesystem/driver@ats)."
            type: bool
          packed:
            description:
              - Whether it uses packed rings, which spare some memory traffic, where the guest's driver knows them.
              - "In libvirt's XML: C(devices/filesystem/driver@packed)."
            type: bool
          page_per_vq:
            description:
              - Whether each of its queues is signalled through a page of its own.
              - "In libvirt's XML: C(devices/filesystem/driver@page_per_vq)."
            type: bool
      binary:
        description:
          - The daemon of virtiofs.
        type: dict
        suboptions:
          path:
            description:
              - The program on the host.
              - "In libvirt's XML: C(devices/filesystem/binary@path)."
            type: str
          xattr:
            description:
              - Whether extended attributes are passed through.
              - "In libvirt's XML: C(devices/filesystem/binary@xattr)."
            type: bool
          cache:
            description:
              - How much the guest may cache, V(none) or V(always).
              - "In libvirt's XML: C(devices/filesystem/binary/cache@mode)."
            type: str
          sandbox:
            description:
              - How the daemon is shut in, V(namespace) or V(chroot).
              - "In libvirt's XML: C(devices/filesystem/binary/sandbox@mode)."
            type: str
          thread_pool_size:
            description:
              - The number of its threads.
              - "In libvirt's XML: C(devices/filesystem/binary/thread_pool@size); needs libvirt 8.5."
            type: int
          posix:
            description:
              - Whether POSIX locks reach the host.
              - "In libvirt's XML: C(devices/filesystem/binary/lock@posix)."
            type: bool
          flock:
            description:
              - Whether BSD locks reach the host.
              - "In libvirt's XML: C(devices/filesystem/binary/lock@flock)."
            type: bool
      readonly:
        description:
          - Whether the guest cannot write to it.
          - "In libvirt's XML: C(devices/filesystem/readonly)."
        type: bool
      space_hard_limit:
        description:
          - The most that the guest may store there.
          - "In libvirt's XML: C(devices/filesystem/space_hard_limit)."
        type: str
      space_soft_limit:
        description:
          - What the guest may store there for longer.
          - "In libvirt's XML: C(devices/filesystem/space_soft_limit)."
        type: str
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/filesystem/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/filesystem/alias@name)."
        type: str
  hostdevs:
    description:
      - The devices of the host that the guest gets for itself.
      - "In libvirt's XML: C(devices/hostdev)."
    type: list
    elements: dict
    suboptions:
      mode:
        description:
          - Whether it is a device of the host (V(subsystem)) or a name that a container sees (V(capabilities)).
          - "In libvirt's XML: C(devices/hostdev@mode)."
        type: str
        choices:
          - subsystem
          - capabilities
      type:
        description:
          - The kind of device, such as V(pci), V(usb), V(scsi), V(scsi_host), V(mdev), or V(storage), V(misc) and V(net)
            for containers.
          - "In libvirt's XML: C(devices/hostdev@type)."
        type: str
      managed:
        description:
          - Whether libvirt takes a PCI device from the host's driver and gives it back.
          - "In libvirt's XML: C(devices/hostdev@managed)."
        type: bool
      source:
        description:
          - Which device of the host.
        type: dict
        suboptions:
          address:
            description:
              - Its address, as the attributes of libvirt's C(address), such as C(domain), C(bus), C(slot) and C(function).
              - "In libvirt's XML: C(devices/hostdev/source/address@*)."
            type: dict
          vendor:
            description:
              - The number of its vendor, such as V(0x1d6b), for USB.
              - "In libvirt's XML: C(devices/hostdev/source/vendor@id)."
            type: str
          product:
            description:
              - The number of the product, such as V(0x0002), for USB.
              - "In libvirt's XML: C(devices/hostdev/source/product@id)."
            type: str
          adapter:
            description:
              - The SCSI adapter, such as V(scsi_host0).
              - "In libvirt's XML: C(devices/hostdev/source/adapter@name)."
            type: str
          block:
            description:
              - The block device, for containers.
              - "In libvirt's XML: C(devices/hostdev/source/block)."
            type: str
          char:
            description:
              - The character device, for containers.
              - "In libvirt's XML: C(devices/hostdev/source/char)."
            type: str
          interface:
            description:
              - The network interface, for containers.
              - "In libvirt's XML: C(devices/hostdev/source/interface)."
            type: str
          protocol:
            description:
              - How a SCSI device is reached, V(adapter), V(iscsi) or V(vhost).
              - "In libvirt's XML: C(devices/hostdev/source@protocol)."
            type: str
          name:
            description:
              - The iSCSI target with its unit.
              - "In libvirt's XML: C(devices/hostdev/source@name)."
            type: str
          wwpn:
            description:
              - The port name of a V(vhost) adapter.
              - "In libvirt's XML: C(devices/hostdev/source@wwpn)."
            type: str
          hosts:
            description:
              - The iSCSI server.
              - "In libvirt's XML: C(devices/hostdev/source/host)."
            type: list
            elements: dict
            suboptions:
              name:
                description:
                  - The name or address of the server.
                  - "In libvirt's XML: C(devices/hostdev/source/host@name)."
                type: str
              port:
                description:
                  - Its port, where it is not the usual one.
                  - "In libvirt's XML: C(devices/hostdev/source/host@port)."
                type: int
          initiator:
            description:
              - The name that the host calls itself by, for iSCSI.
              - "In libvirt's XML: C(devices/hostdev/source/initiator/iqn@name)."
            type: str
          auth:
            description:
              - How to log in at the iSCSI server.
            type: dict
            suboptions:
              username:
                description:
                  - The user to log in as.
                  - "In libvirt's XML: C(devices/hostdev/source/auth@username)."
                type: str
              secret_uuid:
                description:
                  - The UUID of the libvirt secret that holds the password or key.
                  - "In libvirt's XML: C(devices/hostdev/source/auth/secret@uuid)."
                type: str
              secret_usage:
                description:
                  - What the libvirt secret that holds the password or key is for, in place of its UUID.
                  - "In libvirt's XML: C(devices/hostdev/source/auth/secret@usage)."
                type: str
              secret_type:
                description:
                  - The kind of libvirt secret that holds the password or key.
                  - "In libvirt's XML: C(devices/hostdev/source/auth/secret@type)."
                type: str
                choices:
                  - ceph
                  - iscsi
          startup_policy:
            description:
              - What happens when a USB device is not there. V(mandatory) fails, V(requisite) fails only at the start
                of the guest, V(optional) goes on without.
              - "In libvirt's XML: C(devices/hostdev/source@startupPolicy)."
            type: str
          guest_reset:
            description:
              - Whether the guest may reset a USB device, V(on), V(off), or V(uninitialized) for once.
              - "In libvirt's XML: C(devices/hostdev/source@guestReset)."
            type: str
          write_filtering:
            description:
              - Whether writes to the configuration of a PCI device are filtered, for Xen.
              - "In libvirt's XML: C(devices/hostdev/source@writeFiltering)."
            type: bool
      model:
        description:
          - How a mediated or SCSI device is attached, such as V(vfio-pci), V(vfio-ccw) or V(virtio).
          - "In libvirt's XML: C(devices/hostdev@model)."
        type: str
      display:
        description:
          - Whether a mediated graphics device shows its screen.
          - "In libvirt's XML: C(devices/hostdev@display)."
        type: bool
      ramfb:
        description:
          - Whether a mediated graphics device shows something before its driver works.
          - "In libvirt's XML: C(devices/hostdev@ramfb)."
        type: bool
      rawio:
        description:
          - Whether SCSI commands that need privileges are allowed.
          - "In libvirt's XML: C(devices/hostdev@rawio)."
        type: bool
      sgio:
        description:
          - Whether SCSI commands are filtered by the host's kernel.
          - "In libvirt's XML: C(devices/hostdev@sgio)."
        type: str
        choices:
          - filtered
          - unfiltered
      driver:
        description:
          - The driver that binds a PCI device, V(vfio) on today's hosts.
          - "In libvirt's XML: C(devices/hostdev/driver@name)."
        type: str
      readonly:
        description:
          - Whether the guest cannot write to a SCSI device.
          - "In libvirt's XML: C(devices/hostdev/readonly)."
        type: bool
      shareable:
        description:
          - Whether other guests may use a SCSI device at the same time.
          - "In libvirt's XML: C(devices/hostdev/shareable)."
        type: bool
      teaming:
        description:
          - Two interfaces that the guest takes for one, so that it can be migrated without this one.
        type: dict
        suboptions:
          type:
            description:
              - V(persistent) for the virtual interface that is always there, V(transient) for the passed-through one
                that goes away for a migration.
              - "In libvirt's XML: C(devices/hostdev/teaming@type)."
            type: str
            choices:
              - persistent
              - transient
          persistent:
            description:
              - The alias of the persistent interface that a transient one belongs to.
              - "In libvirt's XML: C(devices/hostdev/teaming@persistent)."
            type: str
      rom:
        description:
          - The boot ROM of the device.
        type: dict
        suboptions:
          bar:
            description:
              - Whether the guest sees the boot ROM of the device at all.
              - "In libvirt's XML: C(devices/hostdev/rom@bar)."
            type: bool
          file:
            description:
              - A file on the host that the guest sees as the ROM of the device.
              - "In libvirt's XML: C(devices/hostdev/rom@file)."
            type: str
          enabled:
            description:
              - Whether the device has a ROM. Without one the guest cannot boot from it.
              - "In libvirt's XML: C(devices/hostdev/rom@enabled)."
            type: bool
      boot_order:
        description:
          - Its turn among the devices that the guest tries to boot from, counted from 1. It cannot be combined with O(boot).
          - "In libvirt's XML: C(devices/hostdev/boot@order)."
        type: int
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/hostdev/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/hostdev/alias@name)."
        type: str
  memory_devices:
    description:
      - Modules of memory beside O(memory), up to O(max_memory). Some can be plugged while the guest runs.
      - "In libvirt's XML: C(devices/memory)."
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The kind, such as V(dimm), V(nvdimm), V(virtio-mem), which can grow and shrink, V(virtio-pmem) or V(sgx-epc).
          - "In libvirt's XML: C(devices/memory@model)."
        type: str
        required: true
      access:
        description:
          - Whether other processes see what the guest writes there.
          - "In libvirt's XML: C(devices/memory@access)."
        type: str
        choices:
          - shared
          - private
      discard:
        description:
          - Whether the host forgets it right before the guest ends.
          - "In libvirt's XML: C(devices/memory@discard)."
        type: bool
      uuid:
        description:
          - The UUID of an V(nvdimm), on pSeries.
          - "In libvirt's XML: C(devices/memory/uuid)."
        type: str
      source:
        description:
          - Where it comes from on the host.
        type: dict
        suboptions:
          path:
            description:
              - The file or device of V(nvdimm) and V(virtio-pmem).
              - "In libvirt's XML: C(devices/memory/source/path)."
            type: str
          nodemask:
            description:
              - The NUMA nodes of the host, such as V(0-1).
              - "In libvirt's XML: C(devices/memory/source/nodemask)."
            type: str
          page_size:
            description:
              - The size of the host's pages that it is made of.
              - "In libvirt's XML: C(devices/memory/source/pagesize)."
            type: str
          align_size:
            description:
              - What the device of an V(nvdimm) is aligned to.
              - "In libvirt's XML: C(devices/memory/source/alignsize)."
            type: str
          pmem:
            description:
              - Whether the device of an V(nvdimm) is persistent memory, whose writes then survive a loss of power.
              - "In libvirt's XML: C(devices/memory/source/pmem)."
            type: bool
      target:
        description:
          - What the guest sees.
        type: dict
        suboptions:
          size:
            description:
              - The size of the module; the most that a V(virtio-mem) can have.
              - "In libvirt's XML: C(devices/memory/target/size)."
            type: str
          block:
            description:
              - The steps in which a V(virtio-mem) grows and shrinks.
              - "In libvirt's XML: C(devices/memory/target/block)."
            type: str
          requested:
            description:
              - How much of a V(virtio-mem) the guest shall have now.
              - "In libvirt's XML: C(devices/memory/target/requested)."
            type: str
          node:
            description:
              - The NUMA cell of the guest that it belongs to.
              - "In libvirt's XML: C(devices/memory/target/node)."
            type: int
          label_size:
            description:
              - The size of the label area of an V(nvdimm).
              - "In libvirt's XML: C(devices/memory/target/label/size)."
            type: str
          readonly:
            description:
              - Whether the guest cannot write to an V(nvdimm).
              - "In libvirt's XML: C(devices/memory/target/readonly)."
            type: bool
          address:
            description:
              - Where in the guest's memory it begins.
              - "In libvirt's XML: C(devices/memory/target/address@base); needs libvirt 9.4."
            type: str
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/memory/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/memory/alias@name)."
        type: str
  vsocks:
    description:
      - The vsock device, by which guest and host talk without a network.
      - "In libvirt's XML: C(devices/vsock)."
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - How it is attached, V(virtio) on most machines.
          - "In libvirt's XML: C(devices/vsock@model)."
        type: str
      cid:
        description:
          - The number of the guest, as the host knows it.
        type: dict
        suboptions:
          auto:
            description:
              - Whether libvirt picks a free one at each start.
              - "In libvirt's XML: C(devices/vsock/cid@auto)."
            type: bool
          address:
            description:
              - The number, from 3 on.
              - "In libvirt's XML: C(devices/vsock/cid@address)."
            type: int
      driver:
        description:
          - How the device is driven.
        type: dict
        suboptions:
          iommu:
            description:
              - Whether the device goes through the IOMMU of the guest rather than reaching all of its memory.
              - "In libvirt's XML: C(devices/vsock/driver@iommu)."
            type: bool
          ats:
            description:
              - Whether the device may keep address translations of the guest's IOMMU by itself (address translation services).
              - "In libvirt's XML: C(devices/vsock/driver@ats)."
            type: bool
          packed:
            description:
              - Whether it uses packed rings, which spare some memory traffic, where the guest's driver knows them.
              - "In libvirt's XML: C(devices/vsock/driver@packed)."
            type: bool
          page_per_vq:
            description:
              - Whether each of its queues is signalled through a page of its own.
              - "In libvirt's XML: C(devices/vsock/driver@page_per_vq)."
            type: bool
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/vsock/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/vsock/alias@name)."
        type: str
  shmems:
    description:
      - Memory shared with other guests and with processes of the host.
      - "In libvirt's XML: C(devices/shmem)."
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the memory, which guests that share it have in common.
          - "In libvirt's XML: C(devices/shmem@name)."
        type: str
        required: true
      role:
        description:
          - Whether the memory moves along in a migration (V(master)), or the guest cannot be migrated with it (V(peer)).
          - "In libvirt's XML: C(devices/shmem@role)."
        type: str
        choices:
          - master
          - peer
      model:
        description:
          - The device, such as V(ivshmem-plain), or V(ivshmem-doorbell) with a server.
          - "In libvirt's XML: C(devices/shmem/model@type)."
        type: str
      size:
        description:
          - The size, a power of two from 1 MiB on.
          - "In libvirt's XML: C(devices/shmem/size)."
        type: str
      server:
        description:
          - The socket of the server, for V(ivshmem-doorbell).
          - "In libvirt's XML: C(devices/shmem/server@path)."
        type: str
      msi:
        description:
          - The interrupts by which guests call each other, with a server.
        type: dict
        suboptions:
          vectors:
            description:
              - The number of them.
              - "In libvirt's XML: C(devices/shmem/msi@vectors)."
            type: int
          ioeventfd:
            description:
              - Whether they are delivered in a thread of their own.
              - "In libvirt's XML: C(devices/shmem/msi@ioeventfd)."
            type: bool
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/shmem/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/shmem/alias@name)."
        type: str
  sounds:
    description:
      - The sound cards of the guest.
      - "In libvirt's XML: C(devices/sound)."
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The card, such as V(ich9), V(usb), V(ac97) or V(virtio).
          - "In libvirt's XML: C(devices/sound@model)."
        type: str
      codecs:
        description:
          - What is attached to V(ich6) and V(ich9), such as V(duplex), V(micro) or V(output).
          - "In libvirt's XML: C(devices/sound/codec@type)."
        type: list
        elements: str
      audio:
        description:
          - The number of the sound backend that it plays through.
          - "In libvirt's XML: C(devices/sound/audio@id)."
        type: int
      multichannel:
        description:
          - Whether V(usb) has more channels than two.
          - "In libvirt's XML: C(devices/sound@multichannel); needs libvirt 9.4."
        type: bool
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/sound/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/sound/alias@name)."
        type: str
  audios:
    description:
      - The sound backends of the host.
      - "In libvirt's XML: C(devices/audio)."
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - The number by which sound cards name it.
          - "In libvirt's XML: C(devices/audio@id)."
        type: int
      type:
        description:
          - What plays, such as V(none), V(spice), V(pulseaudio), V(pipewire), V(alsa), V(dbus) or V(file).
          - "In libvirt's XML: C(devices/audio@type)."
        type: str
      server:
        description:
          - The name of the server, for V(pulseaudio), V(jack) and V(pipewire).
          - "In libvirt's XML: C(devices/audio@serverName)."
        type: str
      path:
        description:
          - The file, for V(file).
          - "In libvirt's XML: C(devices/audio@path)."
        type: str
  inputs:
    description:
      - The keyboards, mice and tablets of the guest. A tablet makes the pointer of a viewer exact.
      - "In libvirt's XML: C(devices/input)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - The kind, such as V(tablet), V(mouse), V(keyboard), V(passthrough) or V(evdev).
          - "In libvirt's XML: C(devices/input@type)."
        type: str
        required: true
      bus:
        description:
          - How it is attached, such as V(usb), V(virtio) or V(ps2).
          - "In libvirt's XML: C(devices/input@bus)."
        type: str
      model:
        description:
          - The kind of virtio device, for old guests.
          - "In libvirt's XML: C(devices/input@model)."
        type: str
      source:
        description:
          - The device of the host, for V(passthrough) and V(evdev).
        type: dict
        suboptions:
          evdev:
            description:
              - The device of the host, such as V(/dev/input/event4), for V(passthrough).
              - "In libvirt's XML: C(devices/input/source@evdev)."
            type: str
          dev:
            description:
              - The device of the host, for V(evdev).
              - "In libvirt's XML: C(devices/input/source@dev)."
            type: str
          grab:
            description:
              - V(all) for taking all devices over together.
              - "In libvirt's XML: C(devices/input/source@grab)."
            type: str
          grab_toggle:
            description:
              - The keys that hand the devices over between guest and host, such as V(ctrl-ctrl).
              - "In libvirt's XML: C(devices/input/source@grabToggle)."
            type: str
          repeat:
            description:
              - Whether keys that are held down repeat.
              - "In libvirt's XML: C(devices/input/source@repeat)."
            type: bool
      driver:
        description:
          - How the device is driven.
        type: dict
        suboptions:
          iommu:
            description:
              - Whether the device goes through the IOMMU of the guest rather than reaching all of its memory.
              - "In libvirt's XML: C(devices/input/driver@iommu)."
            type: bool
          ats:
            description:
              - Whether the device may keep address translations of the guest's IOMMU by itself (address translation services).
              - "In libvirt's XML: C(devices/input/driver@ats)."
            type: bool
          packed:
            description:
              - Whether it uses packed rings, which spare some memory traffic, where the guest's driver knows them.
              - "In libvirt's XML: C(devices/input/driver@packed)."
            type: bool
          page_per_vq:
            description:
              - Whether each of its queues is signalled through a page of its own.
              - "In libvirt's XML: C(devices/input/driver@page_per_vq)."
            type: bool
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/input/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/input/alias@name)."
        type: str
  panics:
    description:
      - The device by which the guest tells that its kernel has panicked. O(on_crash) says what happens then.
      - "In libvirt's XML: C(devices/panic)."
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The kind, such as V(isa), V(pvpanic), V(hyperv), V(pseries) or V(s390).
          - "In libvirt's XML: C(devices/panic@model)."
        type: str
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/panic/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/panic/alias@name)."
        type: str
  iommus:
    description:
      - The IOMMU of the guest.
      - "In libvirt's XML: C(devices/iommu)."
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The kind, such as V(intel), V(amd), V(smmuv3) or V(virtio).
          - "In libvirt's XML: C(devices/iommu@model)."
        type: str
      driver:
        description:
          - What it can do.
        type: dict
        suboptions:
          intremap:
            description:
              - Whether it remaps interrupts. It also needs O(features.ioapic=qemu).
              - "In libvirt's XML: C(devices/iommu/driver@intremap)."
            type: bool
          caching_mode:
            description:
              - Whether it caches in the way that passed-through devices need.
              - "In libvirt's XML: C(devices/iommu/driver@caching_mode)."
            type: bool
          eim:
            description:
              - Whether it has extended interrupts, for more than 255 virtual CPUs.
              - "In libvirt's XML: C(devices/iommu/driver@eim)."
            type: bool
          iotlb:
            description:
              - Whether devices may cache translations.
              - "In libvirt's XML: C(devices/iommu/driver@iotlb)."
            type: bool
          aw_bits:
            description:
              - The width of addresses that it translates.
              - "In libvirt's XML: C(devices/iommu/driver@aw_bits)."
            type: int
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/iommu/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/iommu/alias@name)."
        type: str
  controllers:
    description:
      - The controllers that devices are attached to. libvirt adds those that are needed, so this is for a certain model;
        those that it added stay although a list does not name them.
      - "In libvirt's XML: C(devices/controller)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - The kind, such as V(pci), V(scsi), V(sata), V(usb), V(virtio-serial) or V(ide).
          - "In libvirt's XML: C(devices/controller@type)."
        type: str
        required: true
      index:
        description:
          - Its number among those of the kind, by which devices name it.
          - "In libvirt's XML: C(devices/controller@index)."
        type: int
      model:
        description:
          - The model, such as V(virtio-scsi), V(qemu-xhci) or V(pcie-root-port).
          - "In libvirt's XML: C(devices/controller@model)."
        type: str
      ports:
        description:
          - The number of ports, for V(usb) and V(virtio-serial).
          - "In libvirt's XML: C(devices/controller@ports)."
        type: int
      vectors:
        description:
          - The number of interrupt vectors, for V(virtio-serial).
          - "In libvirt's XML: C(devices/controller@vectors)."
        type: int
      model_name:
        description:
          - The exact device of a PCI controller, such as V(pcie-root-port). libvirt picks it.
          - "In libvirt's XML: C(devices/controller/model@name)."
        type: str
      driver:
        description:
          - How the controller is driven.
        type: dict
        suboptions:
          queues:
            description:
              - The number of its queues.
              - "In libvirt's XML: C(devices/controller/driver@queues)."
            type: int
          cmd_per_lun:
            description:
              - How many commands may wait for each disk.
              - "In libvirt's XML: C(devices/controller/driver@cmd_per_lun)."
            type: int
          max_sectors:
            description:
              - How many sectors a request may have.
              - "In libvirt's XML: C(devices/controller/driver@max_sectors)."
            type: int
          iothread:
            description:
              - The number of the I/O thread that serves it.
              - "In libvirt's XML: C(devices/controller/driver@iothread)."
            type: int
          ioeventfd:
            description:
              - Whether requests are taken in a thread of their own.
              - "In libvirt's XML: C(devices/controller/driver@ioeventfd)."
            type: bool
          iommu:
            description:
              - Whether the device goes through the IOMMU of the guest rather than reaching all of its memory.
              - "In libvirt's XML: C(devices/controller/driver@iommu)."
            type: bool
          ats:
            description:
              - Whether the device may keep address translations of the guest's IOMMU by itself (address translation services).
              - "In libvirt's XML: C(devices/controller/driver@ats)."
            type: bool
          packed:
            description:
              - Whether it uses packed rings, which spare some memory traffic, where the guest's driver knows them.
              - "In libvirt's XML: C(devices/controller/driver@packed)."
            type: bool
          page_per_vq:
            description:
              - Whether each of its queues is signalled through a page of its own.
              - "In libvirt's XML: C(devices/controller/driver@page_per_vq)."
            type: bool
      target:
        description:
          - What the guest reads of a PCI controller.
        type: dict
        suboptions:
          chassis:
            description:
              - The number of its chassis.
              - "In libvirt's XML: C(devices/controller/target@chassis)."
            type: int
          index:
            description:
              - Its number among the host bridges, on pSeries.
              - "In libvirt's XML: C(devices/controller/target@index)."
            type: int
          chassis_nr:
            description:
              - The number of the chassis of a V(pci-bridge).
              - "In libvirt's XML: C(devices/controller/target@chassisNr)."
            type: int
          bus_nr:
            description:
              - The number of the bus of an expander.
              - "In libvirt's XML: C(devices/controller/target@busNr)."
            type: int
          port:
            description:
              - The number of the port, such as V(0x8).
              - "In libvirt's XML: C(devices/controller/target@port)."
            type: str
          hotplug:
            description:
              - Whether devices can be plugged into the port.
              - "In libvirt's XML: C(devices/controller/target@hotplug)."
            type: bool
          node:
            description:
              - The NUMA cell of the guest that an expander belongs to.
              - "In libvirt's XML: C(devices/controller/target/node)."
            type: int
      pcihole64:
        description:
          - The size of the window for 64-bit addresses, of a root.
          - "In libvirt's XML: C(devices/controller/pcihole64)."
        type: str
      master:
        description:
          - The first port of the companion on its USB 2 controller.
          - "In libvirt's XML: C(devices/controller/master@startport)."
        type: int
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/controller/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/controller/alias@name)."
        type: str
  balloons:
    description:
      - The memory balloon. libvirt adds one where none is named; V(none) as model is how a guest goes without.
      - "In libvirt's XML: C(devices/memballoon)."
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The kind, such as V(virtio), V(xen) or V(none).
          - "In libvirt's XML: C(devices/memballoon@model)."
        type: str
      autodeflate:
        description:
          - Whether the guest takes memory back before it kills processes for want of it.
          - "In libvirt's XML: C(devices/memballoon@autodeflate)."
        type: bool
      free_page_reporting:
        description:
          - Whether the guest tells the host which pages are free, so that the host can use them.
          - "In libvirt's XML: C(devices/memballoon@freePageReporting)."
        type: bool
      stats_period:
        description:
          - Seconds between two statistics of the guest's memory; V(0) for none.
          - "In libvirt's XML: C(devices/memballoon/stats@period)."
        type: int
      driver:
        description:
          - How the device is driven.
        type: dict
        suboptions:
          iommu:
            description:
              - Whether the device goes through the IOMMU of the guest rather than reaching all of its memory.
              - "In libvirt's XML: C(devices/memballoon/driver@iommu)."
            type: bool
          ats:
            description:
              - Whether the device may keep address translations of the guest's IOMMU by itself (address translation services).
              - "In libvirt's XML: C(devices/memballoon/driver@ats)."
            type: bool
          packed:
            description:
              - Whether it uses packed rings, which spare some memory traffic, where the guest's driver knows them.
              - "In libvirt's XML: C(devices/memballoon/driver@packed)."
            type: bool
          page_per_vq:
            description:
              - Whether each of its queues is signalled through a page of its own.
              - "In libvirt's XML: C(devices/memballoon/driver@page_per_vq)."
            type: bool
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/memballoon/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/memballoon/alias@name)."
        type: str
  redirdevs:
    description:
      - USB ports that a viewer can redirect its devices to.
      - "In libvirt's XML: C(devices/redirdev)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it ends in on the host, V(spicevmc) for SPICE, or V(tcp).
          - "In libvirt's XML: C(devices/redirdev@type)."
        type: str
      bus:
        description:
          - The bus, V(usb).
          - "In libvirt's XML: C(devices/redirdev@bus)."
        type: str
      source:
        description:
          - The end on the host, for V(tcp).
        type: dict
        suboptions:
          mode:
            description:
              - Whether QEMU waits there (V(bind)) or calls somebody (V(connect)).
              - "In libvirt's XML: C(devices/redirdev/source@mode)."
            type: str
          host:
            description:
              - The address to bind or to call.
              - "In libvirt's XML: C(devices/redirdev/source@host)."
            type: str
          service:
            description:
              - The port to bind or to call.
              - "In libvirt's XML: C(devices/redirdev/source@service)."
            type: str
          path:
            description:
              - The path of the socket or device on the host.
              - "In libvirt's XML: C(devices/redirdev/source@path)."
            type: str
      boot_order:
        description:
          - Its turn among the devices that the guest tries to boot from, counted from 1. It cannot be combined with O(boot).
          - "In libvirt's XML: C(devices/redirdev/boot@order)."
        type: int
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/redirdev/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/redirdev/alias@name)."
        type: str
  smartcards:
    description:
      - The smartcard reader of the guest.
      - "In libvirt's XML: C(devices/smartcard)."
    type: list
    elements: dict
    suboptions:
      mode:
        description:
          - Whose card it is, V(host) for that of the host, V(host-certificates) for one made of certificates, V(passthrough)
            for that of a viewer.
          - "In libvirt's XML: C(devices/smartcard@mode)."
        type: str
      type:
        description:
          - What it ends in on the host, for V(passthrough), such as V(spicevmc).
          - "In libvirt's XML: C(devices/smartcard@type)."
        type: str
      database:
        description:
          - The directory of the host with the certificates.
          - "In libvirt's XML: C(devices/smartcard/database)."
        type: str
      certificates:
        description:
          - The names of three certificates.
          - "In libvirt's XML: C(devices/smartcard/certificate)."
        type: list
        elements: str
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/smartcard/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/smartcard/alias@name)."
        type: str
  hubs:
    description:
      - USB hubs, for guests with many USB devices.
      - "In libvirt's XML: C(devices/hub)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - The kind, V(usb).
          - "In libvirt's XML: C(devices/hub@type)."
        type: str
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/hub/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/hub/alias@name)."
        type: str
  cryptos:
    description:
      - Crypto devices, to which the guest can hand encryption over.
      - "In libvirt's XML: C(devices/crypto); needs libvirt 9.1."
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - How it is attached, V(virtio).
          - "In libvirt's XML: C(devices/crypto@model)."
        type: str
      type:
        description:
          - The kind of backend, V(qemu).
          - "In libvirt's XML: C(devices/crypto@type)."
        type: str
      backend:
        description:
          - What does the work on the host.
        type: dict
        suboptions:
          model:
            description:
              - The emulator itself (V(builtin)) or the kernel of the host (V(lkcf)).
              - "In libvirt's XML: C(devices/crypto/backend@model)."
            type: str
          queues:
            description:
              - The number of its queues.
              - "In libvirt's XML: C(devices/crypto/backend@queues)."
            type: int
      address:
        description:
          - Where the guest finds the device, as the attributes of libvirt's element, such as C(type), C(bus) and C(slot).
            libvirt picks a free place and keeps it, so this is for a device that has to be at a certain one.
          - "In libvirt's XML: C(devices/crypto/address@*)."
        type: dict
      alias:
        description:
          - A name of your own by which libvirt's events and commands call the device. It has to begin with V(ua-).
          - "In libvirt's XML: C(devices/crypto/alias@name)."
        type: str
  leases:
    description:
      - Leases that the guest has to hold at a lock manager of the host while it runs, such as sanlock.
      - "In libvirt's XML: C(devices/lease)."
    type: list
    elements: dict
    suboptions:
      lockspace:
        description:
          - The name of the lock space.
          - "In libvirt's XML: C(devices/lease/lockspace)."
        type: str
      key:
        description:
          - The name of the lease.
          - "In libvirt's XML: C(devices/lease/key)."
        type: str
      target:
        description:
          - Where the lease is.
        type: dict
        suboptions:
          path:
            description:
              - The file on the host.
              - "In libvirt's XML: C(devices/lease/target@path)."
            type: str
          offset:
            description:
              - Where in the file it begins, in bytes.
              - "In libvirt's XML: C(devices/lease/target@offset)."
            type: int
"""
