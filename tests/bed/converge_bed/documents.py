# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents for tests: the tiny guest and the networks it is put on."""

from __future__ import annotations

from xml.sax.saxutils import escape

from .guest import IMAGE, KERNEL
from .state import GUEST_FOLDER


def guest_xml(name: str, network: str | None = None, arguments: str = "", devices: str = "", memory: int = 96) -> str:
    """Return a domain document of the tiny guest.

    ``network`` is the name of a libvirt network, ``arguments`` go to its kernel (``bed.noacpi``, ``bed.noagent``),
    ``devices`` is XML put among its devices, ``memory`` is in MiB; below 96 it does not boot.  What it says on its
    serial console is in ``/var/log/libvirt/qemu/NAME-console.log``: "BED-READY", and "BED-DHCP DEVICE ADDRESS".
    """
    interface = (
        f"<interface type='network'><source network='{escape(network)}'/><model type='virtio'/></interface>"
        if network
        else ""
    )
    # 32 MiB of translation cache boot as fast as the default gigabyte and take a quarter less memory of the machine.
    return f"""\
<domain type='qemu'>
  <name>{escape(name)}</name>
  <memory unit='MiB'>{memory}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>{GUEST_FOLDER}/{KERNEL}</kernel>
    <initrd>{GUEST_FOLDER}/{IMAGE}</initrd>
    <cmdline>{escape(f"console=ttyS0 quiet {arguments}".strip())}</cmdline>
  </os>
  <features><acpi/><apic/><tcg><tb-cache unit='MiB'>32</tb-cache></tcg></features>
  <cpu mode='custom' match='exact' check='none'><model fallback='allow'>qemu64</model></cpu>
  <devices>
    {interface}
    <serial type='pty'><log file='/var/log/libvirt/qemu/{escape(name)}-console.log' append='on'/></serial>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    {devices}
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
