# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tells two elements of a kind apart: one of them goes and the other stays, in any order that means nothing."""

from __future__ import annotations

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import domain, network, pool, snapshot
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules

GUEST = "<domain><os><type arch='x86_64' machine='m'>hvm</type></os>{}</domain>"
DEVICES = GUEST.format("<devices>{}</devices>")
QEMU = "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>{}</domain>"
NETWORK, POOL = "<network><name>a</name>{}</network>", "<pool type='netfs'><name>a</name><source>{}</source></pool>"

IN_ANY_ORDER = {
    "disk": (DEVICES, "<disk><target dev='vda'/></disk>", "<disk><target dev='vdb'/></disk>"),
    "interface by address": (
        DEVICES,
        "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>",
        "<interface type='user'><mac address='52:54:00:00:00:02'/></interface>",
    ),
    "interface by alias": (
        DEVICES,
        "<interface type='user'><alias name='ua-1'/></interface>",
        "<interface type='user'><alias name='ua-2'/></interface>",
    ),
    "interface by network": (
        DEVICES,
        "<interface type='network'><source network='a'/></interface>",
        "<interface type='network'><source network='b'/></interface>",
    ),
    "controller": (
        DEVICES,
        "<controller type='usb' index='1' model='ehci'/>",
        "<controller type='usb' index='2' model='ehci'/>",
    ),
    "hostdev of PCI": (
        DEVICES,
        "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='1' slot='2' function='0'/></source>"
        "</hostdev>",
        "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='1' slot='2' function='1'/></source>"
        "</hostdev>",
    ),
    "hostdev of USB": (
        DEVICES,
        "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x2'/></source></hostdev>",
        "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x3'/></source></hostdev>",
    ),
    "mediated hostdev": (
        DEVICES,
        "<hostdev mode='subsystem' type='mdev'><source><address uuid='a'/></source></hostdev>",
        "<hostdev mode='subsystem' type='mdev'><source><address uuid='b'/></source></hostdev>",
    ),
    "filesystem": (
        DEVICES,
        "<filesystem><target dir='a'/></filesystem>",
        "<filesystem><target dir='b'/></filesystem>",
    ),
    "channel by name": (
        DEVICES,
        "<channel type='unix'><target type='virtio' name='a'/></channel>",
        "<channel type='unix'><target type='virtio' name='b'/></channel>",
    ),
    "channel by address": (
        DEVICES,
        "<channel type='unix'><target type='guestfwd' address='10.0.0.1' port='1'/></channel>",
        "<channel type='unix'><target type='guestfwd' address='10.0.0.1' port='2'/></channel>",
    ),
    "parallel": (
        DEVICES,
        "<parallel type='pty'><target port='0'/></parallel>",
        "<parallel type='pty'><target port='1'/></parallel>",
    ),
    "smartcard": (DEVICES, "<smartcard mode='host'/>", "<smartcard mode='passthrough' type='spicevmc'/>"),
    "redirdev": (
        DEVICES,
        "<redirdev bus='usb' type='tcp'><source host='a' service='1'/></redirdev>",
        "<redirdev bus='usb' type='tcp'><source host='a' service='2'/></redirdev>",
    ),
    "hub": (DEVICES, "<hub type='usb'/>", "<hub type='other'/>"),
    "input": (DEVICES, "<input type='tablet' bus='usb'/>", "<input type='mouse' bus='usb'/>"),
    "evdev input": (
        DEVICES,
        "<input type='evdev'><source dev='/a'/></input>",
        "<input type='evdev'><source dev='/b'/></input>",
    ),
    "graphics": (DEVICES, "<graphics type='vnc'/>", "<graphics type='egl-headless'/>"),
    "sound": (DEVICES, "<sound model='ich6'/>", "<sound model='ac97'/>"),
    "panic": (DEVICES, "<panic model='isa'/>", "<panic model='hyperv'/>"),
    "watchdog": (DEVICES, "<watchdog model='i6300esb' action='none'/>", "<watchdog model='ib700' action='none'/>"),
    "crypto": (DEVICES, "<crypto model='virtio'/>", "<crypto model='other'/>"),
    "audio": (DEVICES, "<audio id='1' type='oss'/>", "<audio id='2' type='oss'/>"),
    "rng": (
        DEVICES,
        "<rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng>",
        "<rng model='virtio'><backend model='builtin'/></rng>",
    ),
    "memory": (
        DEVICES,
        "<memory model='dimm'><target><size unit='KiB'>1</size><node>0</node></target></memory>",
        "<memory model='dimm'><target><size unit='KiB'>1</size><node>1</node></target></memory>",
    ),
    "shmem": (DEVICES, "<shmem name='a'/>", "<shmem name='b'/>"),
    "lease": (
        DEVICES,
        "<lease><lockspace>a</lockspace><key>b</key></lease>",
        "<lease><lockspace>a</lockspace><key>c</key></lease>",
    ),
    "pin": (
        GUEST.format("<vcpu>4</vcpu><cputune>{}</cputune>"),
        "<vcpupin vcpu='0' cpuset='1'/>",
        "<vcpupin vcpu='1' cpuset='1'/>",
    ),
    "cache tune": (
        GUEST.format("<cputune>{}</cputune>"),
        "<cachetune vcpus='0-1'><cache id='0' level='3' type='both' size='1'/></cachetune>",
        "<cachetune vcpus='2-3'><cache id='0' level='3' type='both' size='1'/></cachetune>",
    ),
    "memory node": (
        GUEST.format("<numatune>{}</numatune>"),
        "<memnode cellid='0' mode='strict' nodeset='1'/>",
        "<memnode cellid='1' mode='strict' nodeset='1'/>",
    ),
    "cpu feature": (
        GUEST.format("<cpu>{}</cpu>"),
        "<feature policy='disable' name='a'/>",
        "<feature policy='disable' name='b'/>",
    ),
    "timer": (GUEST.format("<clock>{}</clock>"), "<timer name='rtc'/>", "<timer name='hpet'/>"),
    "key wrapping": (
        GUEST.format("<keywrap>{}</keywrap>"),
        "<cipher name='aes' state='on'/>",
        "<cipher name='dea' state='on'/>",
    ),
    "performance event": (
        GUEST.format("<perf>{}</perf>"),
        "<event name='cmt' enabled='yes'/>",
        "<event name='mbmt' enabled='yes'/>",
    ),
    "system entry": (
        GUEST.format("<sysinfo type='smbios'><system>{}</system></sysinfo>"),
        "<entry name='sku'>1</entry>",
        "<entry name='family'>1</entry>",
    ),
    "security label": (GUEST, "<seclabel type='static' model='dac'/>", "<seclabel type='static' model='selinux'/>"),
    "variable of the emulator": (
        QEMU.format("<qemu:commandline>{}</qemu:commandline>"),
        "<qemu:env name='a' value='1'/>",
        "<qemu:env name='b' value='1'/>",
    ),
    "ability of the emulator": (
        QEMU.format("<qemu:capabilities>{}</qemu:capabilities>"),
        "<qemu:add capability='a'/>",
        "<qemu:add capability='b'/>",
    ),
    "network address": (NETWORK, "<ip address='10.0.0.1' prefix='8'/>", "<ip address='10.1.0.1' prefix='8'/>"),
    "route": (
        NETWORK,
        "<route address='10.2.0.0' prefix='16' gateway='10.0.0.9'/>",
        "<route address='10.2.0.0' prefix='24' gateway='10.0.0.9'/>",
    ),
    "range": (
        NETWORK.format("<ip address='10.0.0.1'><dhcp>{}</dhcp></ip>"),
        "<range start='10.0.0.2' end='10.0.0.3'/>",
        "<range start='10.0.0.5' end='10.0.0.6'/>",
    ),
    "host": (
        NETWORK.format("<ip address='10.0.0.1'><dhcp>{}</dhcp></ip>"),
        "<host mac='52:54:00:00:00:01' ip='10.0.0.2'/>",
        "<host mac='52:54:00:00:00:02' ip='10.0.0.3'/>",
    ),
    "name": (
        NETWORK.format("<dns>{}</dns>"),
        "<host ip='10.0.0.2'><hostname>a</hostname></host>",
        "<host ip='10.0.0.3'><hostname>a</hostname></host>",
    ),
    "service": (
        NETWORK.format("<dns>{}</dns>"),
        "<srv service='a' protocol='tcp'/>",
        "<srv service='a' protocol='udp'/>",
    ),
    "port group": (NETWORK, "<portgroup name='a'/>", "<portgroup name='b'/>"),
    "virtual function": (
        NETWORK.format("<forward mode='hostdev'>{}</forward>"),
        "<address type='pci' domain='0' bus='1' slot='2' function='0'/>",
        "<address type='pci' domain='0' bus='1' slot='2' function='1'/>",
    ),
    "device of a pool": (
        POOL.replace("netfs", "logical"),
        "<device path='/dev/sda'/>",
        "<device path='/dev/sdb'/>",
    ),
    "disk of a snapshot": (
        "<domainsnapshot><disks>{}</disks></domainsnapshot>",
        "<disk name='vda' snapshot='no'/>",
        "<disk name='vdb' snapshot='no'/>",
    ),
}
IN_ORDER = {
    "boot device": (
        "<domain><os><type arch='x86_64' machine='m'>hvm</type>{}</os></domain>",
        "<boot dev='network'/>",
        "<boot dev='cdrom'/>",
    ),
    "host of a pool": (POOL, "<host name='a'/>", "<host name='b'/>"),
    "name server": (NETWORK.format("<dns>{}</dns>"), "<forwarder addr='10.0.0.1'/>", "<forwarder addr='10.0.0.2'/>"),
    "serial": (
        DEVICES,
        "<serial type='pty'><target type='pci-serial' port='0'/></serial>",
        "<serial type='pty'><target type='pci-serial' port='1'/></serial>",
    ),
    "text for the firmware": (
        GUEST.format("<sysinfo type='smbios'><oemStrings>{}</oemStrings></sysinfo>"),
        "<entry>a</entry>",
        "<entry>b</entry>",
    ),
    "argument of the emulator": (
        QEMU.format("<qemu:commandline>{}</qemu:commandline>"),
        "<qemu:arg value='a'/>",
        "<qemu:arg value='b'/>",
    ),
}


def rules(text: str) -> Rules:
    tables = (domain.RULES, network.RULES, pool.RULES, snapshot.RULES)
    return next(one for one in tables if text.startswith((f"<{one.root}>", f"<{one.root} ")))


def changes(desired: str, stored: str) -> list[tuple[bool, bool]]:
    """Of each change, whether something was there before, and whether it is after."""
    found = overlay(parse(desired), parse(stored), rules(desired)).differences
    return [(difference.before is not None, difference.after is not None) for difference in found]


@pytest.mark.parametrize("kind", [name for name in IN_ANY_ORDER if name != "disk of a snapshot"])
def test_one_of_two_goes_or_comes(kind: str) -> None:
    around, one, other = IN_ANY_ORDER[kind]
    for gone, kept in ((one, other), (other, one)):
        assert changes(around.format(kept), around.format(gone + kept)) == [(True, False)]
        assert changes(around.format(gone + kept), around.format(kept)) == [(False, True)]


@pytest.mark.parametrize("kind", IN_ANY_ORDER)
def test_an_order_that_means_nothing(kind: str) -> None:
    around, one, other = IN_ANY_ORDER[kind]
    assert changes(around.format(other + one), around.format(one + other)) == []


@pytest.mark.parametrize("kind", IN_ORDER)
def test_an_order_that_means_something(kind: str) -> None:
    around, one, other = IN_ORDER[kind]
    assert changes(around.format(one + other), around.format(one + other)) == []
    assert changes(around.format(other + one), around.format(one + other)) != []
