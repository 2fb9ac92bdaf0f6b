# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents that the tests give to the modules; what boots is in converge_bed.documents."""

from __future__ import annotations

from typing import Any

IMAGES = "/var/lib/libvirt/images"

#: The guest of domain() in the words of virt_domain, without name and devices.
GUEST: dict[str, Any] = {
    "type": "qemu",
    "os_type": "hvm",
    "machine": "q35",
    "memory": "64MiB",
    "vcpus": 1,
    "features": {"acpi": True},
}


def domain(name: str, devices: str = "", memory: str = "64", more: str = "") -> str:
    """A guest that is defined in these tests and never started. memory: in MiB; more: XML below the root."""
    return f"""\
<domain type='qemu'>
  <name>{name}</name>
  <memory unit='MiB'>{memory}</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/></features>
  {more}
  <devices>{devices}</devices>
</domain>
"""


def network(name: str, end: str = "99", bridge: str = "") -> str:
    """A network without forwarding, 192.168.78.0/24, whose leases go up to .end."""
    named = f"<bridge name='{bridge}' stp='on' delay='0'/>" if bridge else ""
    return f"""\
<network>
  <name>{name}</name>
  {named}
  <ip address='192.168.78.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.78.2' end='192.168.78.{end}'/></dhcp>
  </ip>
</network>
"""


def pool(name: str, mode: str = "0711", folder: str | None = None) -> str:
    """A pool of image files below the images of the host."""
    return f"""\
<pool type='dir'>
  <name>{name}</name>
  <target>
    <path>{folder or f"{IMAGES}/{name}"}</path>
    <permissions><mode>{mode}</mode></permissions>
  </target>
</pool>
"""


def secret(description: str = "A key", private: str = "no", uuid: str = "", name: str = "it") -> str:
    """A secret for Ceph."""
    named = f"<uuid>{uuid}</uuid>" if uuid else ""
    return f"""\
<secret private='{private}'>
  {named}
  <description>{description}</description>
  <usage type='ceph'><name>{name}</name></usage>
</secret>
"""


def nwfilter(name: str, port: str = "80", before: str = "", after: str = "") -> str:
    """A network filter with one rule. before, after: XML around it."""
    return f"""\
<filter name='{name}'>
  {before}
  <rule action='accept' direction='in'><tcp dstportstart='{port}'/></rule>
  {after}
</filter>
"""


def disk(path: str, target: str = "vda", kind: str = "raw", more: str = "", device: str = "disk") -> str:
    """A disk or cdrom on an image file. more: XML below <disk>."""
    bus = "sata" if target.startswith("sd") else "virtio"
    return f"""\
<disk type='file' device='{device}'>
  <driver name='qemu' type='{kind}'/>
  <source file='{path}'/>
  <target dev='{target}' bus='{bus}'/>
  {more}
</disk>
"""


def interface(mac: str = "", network: str = "lan") -> str:
    """A NIC on a network."""
    named = f"<mac address='{mac}'/>" if mac else ""
    return f"<interface type='network'>{named}<source network='{network}'/><model type='virtio'/></interface>"
