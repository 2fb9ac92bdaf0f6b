# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents for tests: the tiny guest and the networks it is put on."""

from __future__ import annotations

from xml.sax.saxutils import escape

from .guest import IMAGE, KERNEL
from .state import GUEST_FOLDER

#: An argument to the guest's kernel: it never hears that it should let go of a PCI device (it hears of new ones as
#: little).  What needs no consent goes all the same: SCSI disks, USB devices, ports of a virtio-serial controller.
KEEPS_DEVICES = "acpiphp.disable=1"

#: What a guest with room for more has: an explicit list of PCI controllers begins with their root. Conventional PCI
#: devices (e1000, i6300esb, ivshmem) fit no root port, and libvirt plugs in neither ports nor bridges while it runs.
CONTROLLERS = f"""\
    <controller type='pci' index='0' model='pcie-root'/>
    {"<controller type='pci' model='pcie-root-port'/>" * 20}
    <controller type='pci' model='pcie-to-pci-bridge'/>
    <controller type='scsi' index='0' model='virtio-scsi'/>
    <controller type='usb' model='qemu-xhci'/>
"""


def guest_xml(
    name: str,
    network: str | None = None,
    arguments: str = "",
    devices: str = "",
    *,
    memory: int = 96,
    cache: int = 32,
    room: bool = False,
) -> str:
    """Return a domain document of the tiny guest.

    ``network`` is the name of a libvirt network, ``arguments`` go to its kernel (``bed.noacpi``, ``bed.noagent``,
    ``KEEPS_DEVICES``), ``devices`` is XML put among its devices, ``memory`` is in MiB; below 96 it does not boot.
    ``cache`` is QEMU's for translated code, in MiB.
    ``room`` lets it grow while it runs: 3 more processors, 1 GiB of memory, and every device that can be plugged in,
    virtiofs included; it has 256 MiB at least.  What it says on its serial console is in
    ``/var/log/libvirt/qemu/NAME-console.log``: "BED-READY", and "BED-DHCP DEVICE ADDRESS".
    """
    maximum, processors, cells, sharing, controllers = "", "<vcpu>1</vcpu>", "", "", ""
    # 32 MiB of translation cache boot as fast as the default gigabyte and take a quarter less memory of the machine;
    # a processor that is plugged in needs a part of its own, and QEMU 7.2 ends (an assertion) where none is free.
    if room:
        memory, cache = max(memory, 256), 256
        maximum = f"<maxMemory slots='4' unit='MiB'>{memory + 1024}</maxMemory>"
        processors = "<vcpu current='1'>4</vcpu>"
        cells = f"<numa><cell id='0' cpus='0-3' memory='{memory}' unit='MiB'/></numa>"
        sharing = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>"
        controllers = CONTROLLERS
    interface = (
        f"<interface type='network'><source network='{escape(network)}'/><model type='virtio'/></interface>"
        if network
        else ""
    )
    return f"""\
<domain type='qemu'>
  <name>{escape(name)}</name>
  {maximum}
  <memory unit='MiB'>{memory}</memory>
  {sharing}
  {processors}
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>{GUEST_FOLDER}/{KERNEL}</kernel>
    <initrd>{GUEST_FOLDER}/{IMAGE}</initrd>
    <cmdline>{escape(f"console=ttyS0 quiet {arguments}".strip())}</cmdline>
  </os>
  <features><acpi/><apic/><tcg><tb-cache unit='MiB'>{cache}</tb-cache></tcg></features>
  <cpu mode='custom' match='exact' check='none'><model fallback='allow'>qemu64</model>{cells}</cpu>
  <devices>
{controllers}    {interface}
    <serial type='pty'><log file='/var/log/libvirt/qemu/{escape(name)}-console.log' append='on'/></serial>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    {devices}
  </devices>
</domain>
"""


def disk_guest_xml(name: str, image: str, network: str | None = None) -> str:
    """Return a domain document of the disk guest (``disk_guest``), whose qcow2 image is at that path of the host."""
    disk = (
        f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{escape(image)}'/>"
        "<target dev='vda' bus='virtio'/></disk>"
    )
    return guest_xml(name, network, "bed.root=/dev/vda systemd.show_status=0", disk, memory=512, cache=256)


def container_xml(name: str, root: str) -> str:
    """Return a domain document of a container (``lxc:///``) whose root file system is that folder of the host.

    It needs a shell, and does nothing.
    """
    return f"""\
<domain type='lxc'>
  <name>{escape(name)}</name>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os>
    <type>exe</type>
    <init>/bin/sh</init><initarg>-c</initarg><initarg>while :; do sleep 1; done</initarg>
  </os>
  <devices>
    <filesystem type='mount'><source dir='{escape(root)}'/><target dir='/'/></filesystem>
    <console type='pty'/>
  </devices>
</domain>
"""


def network_xml(name: str, prefix: str = "192.168.77") -> str:
    """Return a document of a NAT network ``prefix``.0/24 whose DHCP server answers at once.

    By default dnsmasq probes each address for 3 s before it offers it, hence ``no-ping``.
    """
    return f"""\
<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
  <name>{escape(name)}</name>
  <forward mode='nat'/>
  <bridge stp='off' delay='0'/>
  <ip address='{prefix}.1' netmask='255.255.255.0'>
    <dhcp><range start='{prefix}.10' end='{prefix}.199'/></dhcp>
  </ip>
  <dnsmasq:options><dnsmasq:option value='no-ping'/></dnsmasq:options>
</network>
"""
