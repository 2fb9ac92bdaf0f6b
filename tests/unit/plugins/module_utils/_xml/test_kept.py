# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What libvirt makes, keeps and leaves out of its own accord, as single random changes of real documents showed it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, find, find_all, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import Overlay, overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import domain, network, pool, volume
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules


def guest(devices: str = "", arch: str = "x86_64", top: str = "") -> str:
    return f"<domain><os><type arch='{arch}' machine='m'>hvm</type></os>{top}<devices>{devices}</devices></domain>"


def laid(desired: str, stored: str, rules: Rules = domain.RULES) -> Overlay:
    return overlay(parse(desired), parse(stored), rules)


def paths(desired: str, stored: str, rules: Rules = domain.RULES) -> list[str]:
    return [difference.path for difference in laid(desired, stored, rules).differences]


def left(result: Overlay, path: str) -> list[str]:
    return [compact(element) for element in find_all(result.document, path)]


SCSI = "<controller type='scsi' index='{0}' model='lsilogic'/>"
DISK = (
    "<disk type='file' device='disk'><target dev='sda' bus='scsi'/>"
    "<address type='drive' controller='{0}' bus='0' target='0' unit='0'/></disk>"
)


def test_a_controller_above_those_in_use_was_somebodys_wish() -> None:
    stored = guest(DISK.format(1) + SCSI.format(0) + SCSI.format(1) + SCSI.format(2))
    assert paths(guest(DISK.format(1)), stored) == ["devices/controller[scsi,2,lsilogic]"]


@pytest.mark.parametrize(("arch", "gone"), [("x86_64", []), ("aarch64", ["devices/memballoon"])])
def test_only_some_machines_get_a_balloon_of_their_own(arch: str, gone: list[str]) -> None:
    assert paths(guest(arch=arch), guest("<memballoon model='virtio'/>", arch)) == gone


def test_s390_guests_get_no_usb_controller() -> None:
    assert paths(guest(arch="s390x"), guest("<controller type='usb' index='0'/>", "s390x")) == [
        "devices/controller[usb,0]"
    ]


def test_pcie_expanders_are_never_made_by_libvirt() -> None:
    stored = guest("<controller type='pci' index='1' model='pcie-expander-bus'/>")
    assert paths(guest(), stored) == ["devices/controller[pci,1,pcie-expander-bus]"]


HUB = "<hub type='usb'><address type='usb' bus='0' port='{0}'/></hub>"
TABLET = "<input type='tablet' bus='usb'><address type='usb' bus='0' port='{0}'/></input>"


@pytest.mark.parametrize(
    ("hubs", "port", "kept"), [("1", "1.1", True), ("1", "2", False), ("1.1", "1.1.1", True), ("1.1", "1.2", False)]
)
def test_a_hub_is_libvirts_where_something_is_behind_it(hubs: str, port: str, kept: bool) -> None:
    stored = guest(HUB.format(hubs) + TABLET.format(port))
    assert paths(guest("<input type='tablet' bus='usb'/>"), stored) == ([] if kept else ["devices/hub[usb]"])


def test_a_guest_without_a_list_of_devices_leaves_libvirts_where_they_are() -> None:
    stored = guest("<memballoon model='virtio'><address type='pci' slot='0x03'/></memballoon><sound model='ich6'/>")
    result = laid("<domain><os><type arch='x86_64' machine='m'>hvm</type></os></domain>", stored)
    assert [difference.path for difference in result.differences] == ["devices/sound[ich6]"]
    assert "0x03" in left(result, "devices/memballoon")[0]


def test_what_is_empty_after_a_removal_is_gone() -> None:
    result = laid(
        guest(top="<features/>"), guest(top="<features><pae/></features><memtune><soft_limit>1</soft_limit></memtune>")
    )
    assert [difference.path for difference in result.differences] == ["features/pae", "memtune"]
    assert find(result.document, "features") is None


def test_an_added_device_comes_without_what_libvirt_leaves_out() -> None:
    channel = (
        "<channel type='unix'><source mode='bind'/><target type='virtio' name='a'/><alias name='channel0'/></channel>"
        "<disk type='file'><source file='/a' index='3'/><target dev='vda'/></disk>"
        "<interface type='vds'><source portid='5' switchid='1'/></interface>"
    )
    result = laid(guest(channel), guest())
    assert left(result, "devices/channel") == ['<channel type="unix"><target type="virtio" name="a"/></channel>']
    assert left(result, "devices/disk/source") == ['<source file="/a"/>']
    assert left(result, "devices/interface/source") == ['<source portid="5" switchid="1"/>']


def test_another_cpu_mode_forgets_what_the_model_had() -> None:
    stored = "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>"
    result = laid(guest(top="<cpu mode='host-passthrough'/>"), guest(top=stored))
    assert left(result, "cpu") == ['<cpu mode="host-passthrough"/>']


def test_listed_cpus_are_counted_and_the_others_are_off() -> None:
    off = "<vcpu id='2' enabled='no' hotpluggable='yes'/>"
    on = "<vcpu id='0' enabled='yes' hotpluggable='no'/><vcpu id='1' enabled='yes' hotpluggable='no'/>"
    stored = guest(top=f"<vcpu current='2'>3</vcpu><vcpus>{on}{off}</vcpus>")
    given = on.replace(" hotpluggable='no'", "")
    assert paths(guest(top=f"<vcpu current='1'>3</vcpu><vcpus>{given}</vcpus>"), stored) == []


def test_a_distance_holds_in_both_directions() -> None:
    text = "<cpu><numa><cell id='0'><distances>{0}</distances></cell><cell id='1'>{1}</cell></numa></cpu>"
    far = "<sibling id='{0}' value='{1}'/>"
    back = f"<distances>{far.format(0, 21)}{far.format(1, 10)}</distances>"
    stored = guest(top=text.format(far.format(0, 10) + far.format(1, 21), back))
    assert paths(guest(top=text.format(far.format(1, 21), "")), stored) == []
    gone = paths(guest(top="<cpu><numa><cell id='0'/><cell id='1'/></numa></cpu>"), stored)
    assert gone == ["cpu/numa/cell[0]/distances", "cpu/numa/cell[1]/distances"]


def test_an_empty_drive_is_of_type_file() -> None:
    drive = "<disk type='block' device='cdrom'>{0}<target dev='hda' bus='ide'/><readonly/></disk>"
    result = laid(guest(drive.format("")), guest(drive.format("<source dev='/dev/sr0'/>")))
    assert [difference.path for difference in result.differences] == ["devices/disk[hda]/source"]
    assert find_all(result.document, "devices/disk")[0].get("type") == "file"


def test_a_disk_that_is_no_drive_keeps_its_type() -> None:
    disk = "<disk type='block' device='lun'><target dev='sda' bus='scsi'/></disk>"
    result = laid(guest("<sound model='ich6'/>" + disk), guest(disk))
    assert find_all(result.document, "devices/disk")[0].get("type") == "block"


def test_a_port_that_libvirt_chooses_is_not_stored() -> None:
    result = laid(guest("<graphics type='vnc' port='5900' autoport='yes'/>"), guest())
    assert left(result, "devices/graphics") == ['<graphics type="vnc" autoport="yes"/>']


def test_the_socket_of_a_display_has_two_names() -> None:
    text = "<graphics type='vnc' socket='{0}'><listen type='socket' socket='{0}'/></graphics>"
    result = laid(
        guest("<graphics type='vnc'><listen type='socket' socket='/new'/></graphics>"), guest(text.format("/old"))
    )
    assert left(result, "devices/graphics")[0].count("/new") == 2


def test_nics_that_share_an_address_are_told_apart_by_the_rest() -> None:
    nics = [
        "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='a'/></interface>",
        "<interface type='hostdev'><mac address='52:54:00:00:00:01'/></interface>",
    ]
    result = laid(guest(nics[1]), guest("".join(nics)))
    assert [difference.path for difference in result.differences] == ["devices/interface[52:54:00:00:00:01]"]
    assert [nic.get("type") for nic in find_all(result.document, "devices/interface")] == ["hostdev"]


def test_what_shares_a_name_is_told_apart_by_the_rest() -> None:
    memory = "<shmem name='a'><model type='{0}'/><address type='pci' slot='0x0{1}'/></shmem>"
    stored = memory.format("ivshmem-doorbell", 6) + memory.format("ivshmem-plain", 9).replace("'a'", "'b'")
    given = (
        "<shmem name='b'><model type='ivshmem-doorbell'/></shmem><shmem name='b'><model type='ivshmem-plain'/></shmem>"
    )
    result = laid(guest(given), guest(stored))
    assert any("plain" in one and "0x09" in one for one in left(result, "devices/shmem"))


def test_a_second_display_adapter_leaves_the_first_where_it_is() -> None:
    first = "<video><model type='qxl'/><address type='pci' slot='0x02'/></video>"
    result = laid(guest("<video><model type='cirrus'/></video><video><model type='qxl'/></video>"), guest(first))
    assert any("qxl" in one and "0x02" in one for one in left(result, "devices/video"))


def test_the_only_display_adapter_without_an_address_loses_it() -> None:
    stored = guest("<video><model type='vga'/><address type='pci' slot='0x02'/></video>")
    assert left(laid(guest("<video><model type='ramfb'/></video>"), stored), "devices/video/address") == []


def test_all_permissions_together_may_be_what_the_pool_found() -> None:
    text = "<pool type='dir'><name>a</name><target><path>/a</path>{0}</target></pool>"
    found = "<permissions><mode>0755</mode><owner>0</owner><group>0</group></permissions>"
    asked = "<permissions><mode>0755</mode></permissions>"
    assert paths(text.format(""), text.format(found), pool.RULES) == []
    assert paths(text.format(""), text.format(asked), pool.RULES) == ["target/permissions"]


@pytest.mark.parametrize(("kind", "folder"), [("logical", "/dev/new"), ("zfs", "/dev/zvol/new")])
def test_the_folder_of_a_group_follows_its_name(kind: str, folder: str) -> None:
    source, target = "<source><name>{0}</name></source>", "<target><path>/dev/old</path></target>"
    text = f"<pool type='{kind}'><name>a</name>{source}{target}</pool>"
    result = laid(text.format("new"), text.format("old"), pool.RULES)
    assert left(result, "target/path") == [f"<path>{folder}</path>"]


def test_a_family_that_a_network_names_is_not_libvirts() -> None:
    text = "<network><name>a</name><ip {0}address='10.0.0.1' prefix='24'/></network>"
    assert paths(text.format(""), text.format("family='ipv4' "), network.RULES) == ["ip[10.0.0.1]/@family"]


def test_minus_one_names_no_owner() -> None:
    text = "<volume><name>a</name><target>{0}</target></volume>"
    asked: t.Any = text.format("<permissions><owner>4294967295</owner><mode>0600</mode></permissions>")
    assert paths(asked, text.format("<permissions><mode>0600</mode></permissions>"), volume.RULES) == []


def test_what_lacks_its_key_is_the_same_as_what_says_the_same() -> None:
    text = "<pool type='fs'><name>a</name><source><device/></source></pool>"
    assert paths(text, text, pool.RULES) == []


def test_the_folder_of_a_group_without_a_name_is_called_like_the_pool() -> None:
    result = laid(
        "<pool type='logical'><name>vg</name><target><path>/srv</path></target></pool>",
        "<pool type='dir'><name>vg</name><target><path>/srv</path></target></pool>",
        pool.RULES,
    )
    assert left(result, "target/path") == ["<path>/dev/vg</path>"]


def test_nobody_is_served_where_nobody_may_be() -> None:
    text = "<network><name>a</name><ip address='10.0.0.1' prefix='24'>{}</ip></network>"
    boot = "<dhcp>{}<bootp file='a'/></dhcp>"
    host = "<host mac='52:54:00:00:00:01' ip='10.0.0.2'/>"
    assert paths(text.format(boot.format("")), text.format(""), network.RULES) == []
    result = laid(text.format(boot.format("")), text.format(boot.format(host)), network.RULES)
    assert left(result, "ip/dhcp") == []
    assert [difference.path for difference in result.differences] == ["ip[10.0.0.1]/dhcp/host[52:54:00:00:00:01]"]


def test_a_lease_without_end_has_no_unit() -> None:
    lease = "<host mac='52:54:00:00:00:01' ip='10.0.0.2'><lease expiry='{}' unit='seconds'/></host>"
    text = f"<network><name>a</name><ip address='10.0.0.1' prefix='24'><dhcp>{lease}</dhcp></ip></network>"
    result = laid(text.format(0), text.format(300), network.RULES)
    assert left(result, "ip/dhcp/host/lease") == ['<lease expiry="0"/>']


def test_texts_of_one_name_are_told_apart_by_what_they_say() -> None:
    text = "<network><name>a</name><dns>{}</dns></network>"
    one, two, three = (f"<txt name='{name}' value='{value}'/>" for name, value in ("a1", "b2", "a2"))
    assert sorted(paths(text.format(one + three), text.format(two + one), network.RULES)) == [
        "dns/txt[a]",
        "dns/txt[b]",
    ]


def test_the_capacity_of_an_overlay_is_that_of_what_is_behind() -> None:
    text = "<volume><name>a</name>{}<target><format type='qcow2'/></target>{}</volume>"
    behind = "<backingStore><path>/a</path><format type='raw'/></backingStore>"
    capacity = "<capacity unit='bytes'>1048576</capacity>"
    assert paths(text.format("", behind), text.format(capacity, behind), volume.RULES) == []
    assert paths(text.format("", ""), text.format(capacity, ""), volume.RULES) == ["capacity"]


def test_a_capacity_of_nothing_is_the_header_of_the_image() -> None:
    text = "<volume><name>a</name><capacity unit='bytes'>{}</capacity></volume>"
    assert paths(text.format(0), text.format(196608), volume.RULES) == []
    assert paths(text.format(0), text.format(5368709120), volume.RULES) == ["capacity"]
