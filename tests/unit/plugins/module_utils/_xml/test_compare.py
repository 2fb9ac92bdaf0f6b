# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import typing as t

from ansible_collections.converge.libvirt.plugins.module_utils._xml.compare import compare, pending
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import domain, network


def said(differences: t.Iterable[t.Any]) -> list[tuple[str, str | None, str | None]]:
    return [(difference.path, difference.before, difference.after) for difference in differences]


def guest(devices: str = "", rest: str = "") -> t.Any:
    return parse(f"<domain><name>a</name>{rest}<devices>{devices}</devices></domain>")


def test_a_dump_is_equal_to_itself(pair: t.Any) -> None:
    assert compare(pair.dump, copy.deepcopy(pair.dump), pair.rules) == []
    assert pending(pair.dump, copy.deepcopy(pair.dump), pair.rules) == []


def test_the_order_of_devices_means_nothing_and_that_of_boot_devices_does() -> None:
    one = "<controller type='usb' index='0'/><controller type='ide' index='0'/><disk><target dev='vda'/></disk>"
    other = "<disk><target dev='vda'/></disk><controller type='ide' index='0'/><controller type='usb' index='0'/>"
    assert compare(guest(one), guest(other), domain.RULES) == []
    hd, cd = "<boot dev='hd'/>", "<boot dev='cdrom'/>"
    found = compare(guest(rest=f"<os>{hd}{cd}</os>"), guest(rest=f"<os>{cd}{hd}</os>"), domain.RULES)
    assert said(found) == [("os/boot", "hd, cdrom", "cdrom, hd")]


def test_nothing_that_libvirt_fills_in_is_explained_away() -> None:
    nic = "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='{}'/></interface>"
    found = compare(guest(nic.format("rtl8139")), guest(nic.format("virtio")), domain.RULES)
    assert said(found) == [("devices/interface[52:54:00:00:00:01]/model/@type", "rtl8139", "virtio")]
    assert found[0].tags == "devices/interface/model@type"
    assert said(compare(guest("<memballoon model='virtio'/>"), guest(), domain.RULES)) == [
        ("devices/memballoon", '<memballoon model="virtio"/>', None)
    ]


def test_a_size_is_one_difference_with_its_unit() -> None:
    one = guest(rest="<memory unit='KiB'>1048576</memory>")
    assert compare(one, guest(rest="<memory unit='GiB'>1</memory>"), domain.RULES) == []
    found = compare(one, guest(rest="<memory unit='GiB'>2</memory>"), domain.RULES)
    assert said(found) == [("memory", "1048576 KiB", "2 GiB")]
    assert found[0].tags == "memory"


def test_a_changed_secret_is_told_without_its_value() -> None:
    graphics = "<graphics type='vnc' passwd='{}'/>"
    found = compare(guest(graphics.format("one")), guest(graphics.format("two")), domain.RULES)
    assert said(found) == [("devices/graphics[vnc]/@passwd", "********", "******** (changed)")]
    assert found[0].secret
    whole = compare(guest(), guest(graphics.format("three")), domain.RULES)
    assert said(whole) == [("devices/graphics[vnc]", None, '<graphics type="vnc" passwd="********"/>')]
    assert whole[0].secret


def test_paths_carry_keys_where_there_are_several() -> None:
    lan = (
        "<network><ip address='192.168.9.1'><dhcp><range start='192.168.9.2' end='192.168.9.{}'/></dhcp></ip></network>"
    )
    found = compare(parse(lan.format(50)), parse(lan.format(60)), network.RULES)
    assert said(found) == [
        ("ip[192.168.9.1]/dhcp/range[192.168.9.2,192.168.9.50]/@end", "192.168.9.50", "192.168.9.60")
    ]
    assert found[0].tags == "ip/dhcp/range@end"


def test_another_tools_metadata_is_compared_as_a_whole() -> None:
    note = "<metadata><x:note xmlns:x='urn:x'><x:a>{}</x:a></x:note></metadata>"
    assert compare(guest(rest=note.format(1)), guest(rest=note.format(1)), domain.RULES) == []
    found = compare(guest(rest=note.format(1)), guest(rest=note.format(2)), domain.RULES)
    assert [difference.path for difference in found] == ["metadata/note"]


STORED = """
<domain type='qemu'>
  <name>a</name>
  <memory unit='KiB'>262144</memory>
  <currentMemory unit='KiB'>131072</currentMemory>
  <cpu mode='host-model' check='partial'/>
  <devices>
    <disk type='file' device='cdrom'><driver name='qemu' type='raw'/><target dev='sda' bus='sata'/></disk>
    <interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/></interface>
    <serial type='pty'><target type='isa-serial' port='0'/></serial>
    <console type='pty'><target type='serial' port='0'/></console>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <graphics type='vnc' port='-1' autoport='yes'><listen type='address'/></graphics>
  </devices>
</domain>
"""
LIVE = """
<domain type='qemu' id='4'>
  <name>a</name>
  <memory unit='KiB'>262144</memory>
  <currentMemory unit='KiB'>262144</currentMemory>
  <resource><partition>/machine</partition></resource>
  <cpu mode='custom' match='exact' check='full'><model fallback='forbid'>EPYC</model>
    <feature policy='require' name='x2apic'/></cpu>
  <devices>
    <disk type='file' device='cdrom'><driver name='qemu'/><target dev='sda' bus='sata'/><alias name='sata0'/></disk>
    <interface type='bridge'><mac address='52:54:00:00:00:01'/>
      <source network='lan' portid='9b' bridge='virbr0'/><target dev='vnet0'/><alias name='net0'/></interface>
    <serial type='pty'><source path='/dev/pts/1'/><target type='isa-serial' port='0'/><alias name='serial0'/></serial>
    <console type='pty' tty='/dev/pts/1'><source path='/dev/pts/1'/><target type='serial' port='0'/></console>
    <channel type='unix'><source mode='bind' path='/run/x'/>
      <target type='virtio' name='org.qemu.guest_agent.0' state='connected'/></channel>
    <graphics type='vnc' port='5900' autoport='yes' listen='127.0.0.1'>
      <listen type='address' address='127.0.0.1'/></graphics>
  </devices>
  <seclabel type='dynamic' model='dac' relabel='yes'><label>+1:+1</label></seclabel>
</domain>
"""


def test_what_a_running_guest_adds_by_nature_is_not_pending() -> None:
    assert pending(parse(STORED), parse(LIVE), domain.RULES) == []


def test_pending_is_what_a_restart_would_change() -> None:
    changed = STORED.replace("262144</memory>", "524288</memory>").replace(
        "sata'/></disk>", "sata'/><boot order='1'/></disk>"
    )
    assert said(pending(parse(changed), parse(LIVE), domain.RULES)) == [
        ("memory", "262144 KiB", "524288 KiB"),
        ("devices/disk[sda]/boot", None, '<boot order="1"/>'),
    ]


def test_a_device_that_is_only_plugged_in_has_no_stored_value() -> None:
    plugged = LIVE.replace("</devices>", "<disk type='file'><target dev='vdb'/></disk></devices>")
    assert said(pending(parse(STORED), parse(plugged), domain.RULES)) == [
        ("devices/disk[vdb]", '<disk type="file"><target dev="vdb"/></disk>', None)
    ]


def test_a_named_cpu_feature_waits_for_the_restart_though_the_emulator_adds_others() -> None:
    cpu = "<cpu mode='custom'><model>EPYC</model>{}</cpu>"
    live = guest(rest=cpu.format("<feature policy='require' name='x2apic'/>"))
    assert pending(guest(rest=cpu.format("")), live, domain.RULES) == []
    found = pending(guest(rest=cpu.format("<feature policy='disable' name='svm'/>")), live, domain.RULES)
    assert said(found) == [("cpu/feature[svm]", None, '<feature policy="disable" name="svm"/>')]
