# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import typing as t

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml.compare import compare
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import (
    compact,
    find_all,
    parse,
    serialise,
)
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import WHOLE, Overlay, Scope, overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import domain, network, pool, volume


def at(tree: t.Any, path: str) -> t.Any:
    """The first element at a path, which is there."""
    return find_all(tree, path)[0]


def said(result: Overlay) -> list[tuple[str, str | None, str | None]]:
    return [(difference.path, difference.before, difference.after) for difference in result.differences]


def edit(tree: t.Any, *path: str, **attributes: str) -> t.Any:
    """A copy of a document with attributes set at a path."""
    edited = copy.deepcopy(tree)
    element = edited.find("/".join(path))
    for name, content in attributes.items():
        element.set(name, content)
    return edited


def without(tree: t.Any, path: str, number: int = 0) -> t.Any:
    """A copy of a document without the nth element at a path."""
    edited = copy.deepcopy(tree)
    element = edited.findall(path)[number]
    element.getparent().remove(element)
    return edited


def test_the_same_document_again_changes_nothing(pair: t.Any) -> None:
    result = overlay(pair.desired, pair.dump, pair.rules)
    assert said(result) == []
    assert result.notes == []
    assert serialise(result.document) == serialise(pair.dump)


def test_a_dump_over_itself_changes_nothing(pair: t.Any) -> None:
    assert said(overlay(pair.dump, pair.dump, pair.rules)) == []


def test_neither_document_is_modified(pair: t.Any) -> None:
    desired, dump = compact(pair.desired), compact(pair.dump)
    overlay(parse(f"<{pair.rules.root}><name>x</name></{pair.rules.root}>"), pair.dump, pair.rules)
    overlay(pair.desired, parse(f"<{pair.rules.root}><name>x</name></{pair.rules.root}>"), pair.rules)
    assert (compact(pair.desired), compact(pair.dump)) == (desired, dump)


def test_what_is_named_is_enforced_and_the_rest_keeps_its_spelling(golden: t.Any) -> None:
    q35 = golden("domain", "q35")
    result = overlay(edit(q35.desired, "devices/disk/driver", cache="writeback"), q35.dump, q35.rules)
    assert said(result) == [("devices/disk[vda]/driver/@cache", "none", "writeback")]
    assert result.differences[0].tags == "devices/disk/driver@cache"
    assert [difference.path for difference in compare(q35.dump, result.document, q35.rules)] == [
        "devices/disk[vda]/driver/@cache"
    ]


def test_a_size_is_compared_by_what_it_means(golden: t.Any) -> None:
    q35 = golden("domain", "q35")
    more = copy.deepcopy(q35.desired)
    more.find("memory").text = "4"
    assert said(overlay(more, q35.dump, q35.rules)) == [
        ("memory", "2097152 KiB", "4 GiB"),
        ("currentMemory", "2097152 KiB", "4 GiB"),
    ]


@pytest.mark.parametrize(
    ("name", "path", "difference"),
    [
        ("q35", "title", "title"),
        ("q35", "features/acpi", "features/acpi"),
        ("q35", "devices/rng", "devices/rng[random,/dev/urandom]"),
        ("q35", "devices/channel", "devices/channel[org.qemu.guest_agent.0]"),
        ("q35", "devices/graphics", "devices/graphics[vnc]"),
        ("q35", "devices/disk/driver", "devices/disk[vda]/driver"),
        ("q35", "devices/interface/model", "devices/interface[52:54:00:00:00:01]/model"),
        ("pc", "cputune/vcpupin", "cputune/vcpupin[0]"),
        ("pc", "currentMemory", "currentMemory"),
        ("pc", "iothreads", "iothreads"),
        ("pc", "clock", "clock"),
        ("pc", "devices/hostdev", "devices/hostdev[subsystem,pci,0,6,18,5]"),
        ("pc", "devices/memballoon", "devices/memballoon"),
        ("pc", "devices/serial/protocol", "devices/serial[0]/protocol"),
        ("numa", "devices/memory", "devices/memory[dimm,0,262144]"),
        ("numa", "maxMemory", "maxMemory"),
    ],
)
def test_what_is_no_longer_named_is_removed(golden: t.Any, name: str, path: str, difference: str) -> None:
    pair = golden("domain", name)
    found = [path for path, _before, _after in said(overlay(without(pair.desired, path), pair.dump, pair.rules))]
    assert difference in [one.split("/@")[0] for one in found]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_removing_one_nic_leaves_every_other_device_where_it_was(golden: t.Any, number: int) -> None:
    q35 = golden("domain", "q35")
    result = overlay(without(q35.desired, "devices/interface", number), q35.dump, q35.rules)
    assert len(result.differences) == 1
    assert result.differences[0].after is None
    before = {compact(device) for device in at(q35.dump, "devices")}
    after = {compact(device) for device in at(result.document, "devices")}
    assert after < before
    assert len(before - after) == 1


def test_a_nic_that_is_told_by_its_order_only_is_noted(golden: t.Any) -> None:
    q35 = golden("domain", "q35")
    result = overlay(without(q35.desired, "devices/interface", 0), q35.dump, q35.rules)
    assert len(result.notes) == 1
    assert "was told from similar elements by its order only: give it mac@address" in result.notes[0]


def test_nics_with_addresses_of_their_own_are_found_in_any_order(golden: t.Any) -> None:
    q35 = golden("domain", "q35")
    desired = copy.deepcopy(q35.dump)
    devices = desired.find("devices")
    nics = devices.findall("interface")
    devices.remove(nics[0])
    devices.remove(nics[1])
    devices.insert(0, nics[1])
    result = overlay(desired, q35.dump, q35.rules)
    assert [path for path, _before, _after in said(result)] == ["devices/interface[52:54:00:00:00:01]"]
    assert result.notes == []


def test_identity_and_addresses_stay_when_something_else_of_the_device_changes(golden: t.Any) -> None:
    q35 = golden("domain", "q35")
    result = overlay(edit(q35.desired, "devices/interface/source", network="other"), q35.dump, q35.rules)
    nics = find_all(result.document, "devices/interface")
    assert [compact(nic.find("mac")) for nic in nics] == [
        compact(nic.find("mac")) for nic in find_all(q35.dump, "devices/interface")
    ]
    assert nics[0].find("address") is not None
    assert result.document.findtext("uuid") == q35.dump.findtext("uuid")


def test_another_model_loses_the_address_but_not_the_mac(golden: t.Any) -> None:
    q35 = golden("domain", "q35")
    result = overlay(edit(q35.desired, "devices/interface/model", type="e1000e"), q35.dump, q35.rules)
    nic = at(result.document, "devices/interface")
    assert said(result) == [("devices/interface[52:54:00:00:00:01]/model/@type", "virtio", "e1000e")]
    assert nic.find("mac").get("address") == "52:54:00:00:00:01"
    assert nic.find("address") is None


def test_another_kind_of_machine_starts_with_fresh_controllers(golden: t.Any) -> None:
    q35 = golden("domain", "q35")
    result = overlay(edit(q35.desired, "os/type", machine="pc"), q35.dump, q35.rules)
    assert "devices/controller" not in [difference.tags for difference in result.differences if difference.after]
    assert result.document.find("devices/controller[@model='pcie-root']") is None
    assert result.document.find("devices/interface/mac") is not None


def test_a_device_that_is_added_stands_beside_its_like(golden: t.Any) -> None:
    q35 = golden("domain", "q35")
    desired = copy.deepcopy(q35.desired)
    desired.find("devices").insert(
        0, parse("<disk type='file'><source file='/b'/><target dev='vdb' bus='virtio'/></disk>")
    )
    result = overlay(desired, q35.dump, q35.rules)
    assert said(result) == [
        (
            "devices/disk[vdb]",
            None,
            '<disk type="file"><source file="/b"/><target dev="vdb" bus="virtio"/></disk>',
        )
    ]
    assert [disk.find("target").get("dev") for disk in find_all(result.document, "devices/disk")] == [
        "vda",
        "sda",
        "vdb",
    ]


def test_a_changed_password_shows_as_a_change_only(golden: t.Any) -> None:
    q35 = golden("domain", "q35")
    result = overlay(edit(q35.desired, "devices/graphics", passwd="s3cret"), q35.dump, q35.rules)
    assert said(result) == [("devices/graphics[vnc]/@passwd", "********", "******** (changed)")]
    assert at(result.document, "devices/graphics").get("passwd") == "s3cret"


def test_the_listen_address_changes_in_both_places(golden: t.Any) -> None:
    q35 = golden("domain", "q35")
    result = overlay(edit(q35.desired, "devices/graphics", listen="0.0.0.0"), q35.dump, q35.rules)
    graphics = at(result.document, "devices/graphics")
    assert graphics.get("listen") == graphics.find("listen").get("address") == "0.0.0.0"


def test_metadata_of_other_tools_stays_unless_the_document_names_its_namespace(golden: t.Any) -> None:
    q35 = golden("domain", "q35")
    assert said(overlay(without(q35.desired, "metadata"), q35.dump, q35.rules)) == []
    desired = copy.deepcopy(q35.desired)
    metadata = desired.find("metadata")
    metadata.append(parse("<x:note xmlns:x='urn:x'>mine</x:note>"))
    metadata[0][0].set("id", "http://debian.org/debian/13")
    result = overlay(desired, q35.dump, q35.rules)
    assert [path for path, _before, _after in said(result)] == ["metadata/libosinfo", "metadata/note"]
    assert len(at(result.document, "metadata")) == 2


def test_the_order_of_boot_devices_is_enforced() -> None:
    os = "<domain><os><type machine='pc'>hvm</type>{}</os></domain>"
    hd, cd, net = "<boot dev='hd'/>", "<boot dev='cdrom'/>", "<boot dev='network'/>"
    result = overlay(parse(os.format(net + cd + hd)), parse(os.format(hd + cd)), domain.RULES)
    assert said(result) == [
        ("os/boot[network]", None, '<boot dev="network"/>'),
        ("os/boot", "hd, cdrom", "network, cdrom, hd"),
    ]
    assert [boot.get("dev") for boot in find_all(result.document, "os/boot")] == ["network", "cdrom", "hd"]


def test_arguments_for_the_emulator_are_an_ordered_list() -> None:
    guest = "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:commandline>{}</qemu:commandline></domain>"
    arg = "<qemu:arg value='{}'/>".format
    result = overlay(
        parse(guest.format(arg("-b") + arg("1") + arg("-a"))), parse(guest.format(arg("-a") + arg("1"))), domain.RULES
    )
    assert [one.get("value") for one in find_all(result.document, "qemu:commandline/qemu:arg")] == ["-b", "1", "-a"]


def test_elements_that_say_nothing_are_no_addition_and_flags_are() -> None:
    stored = parse("<domain><name>a</name></domain>")
    empty = "<domain><name>a</name><cputune/><memtune></memtune><memoryBacking><source/></memoryBacking></domain>"
    assert said(overlay(parse(empty), stored, domain.RULES)) == []
    flag = parse("<domain><name>a</name><features><acpi/></features></domain>")
    assert said(overlay(flag, stored, domain.RULES)) == [("features", None, "<features><acpi/></features>")]


def test_an_ipv6_address_and_a_host_of_a_network_come_and_go(golden: t.Any) -> None:
    nat = golden("network", "nat")
    result = overlay(without(nat.desired, "ip", 1), nat.dump, nat.rules)
    assert [path for path, _before, _after in said(result)] == ["ip[fd00:9::1]"]
    moved = edit(nat.desired, "ip/dhcp/host", ip="192.168.9.12")
    assert said(overlay(moved, nat.dump, nat.rules)) == [
        ("ip[192.168.9.1]/dhcp/host[52:54:00:00:00:01]/@ip", "192.168.9.11", "192.168.9.12")
    ]


def test_a_network_keeps_its_bridge_and_mac_and_changes_its_device_in_both_places(golden: t.Any) -> None:
    nat = golden("network", "nat")
    result = overlay(edit(nat.desired, "forward", dev="eth1"), nat.dump, nat.rules)
    forward = at(result.document, "forward")
    assert forward.get("dev") == "eth1"
    assert [interface.get("dev") for interface in forward.findall("interface")] == ["eth1"]
    assert compact(at(result.document, "bridge")) == compact(at(nat.dump, "bridge"))
    assert compact(at(result.document, "mac")) == compact(at(nat.dump, "mac"))


def test_how_full_a_pool_or_a_volume_is_is_no_wish() -> None:
    full = "<pool type='dir'><name>a</name><capacity unit='G'>{}</capacity><target><path>/a</path></target></pool>"
    assert said(overlay(parse(full.format(1)), parse(full.format(2)), pool.RULES)) == []
    kept = "<volume><name>a</name><capacity>512</capacity><allocation>{}</allocation></volume>"
    assert said(overlay(parse(kept.format(0)), parse(kept.format(512)), volume.RULES)) == []


def test_a_capacity_is_rounded_up_to_sectors() -> None:
    sized = "<volume><name>a</name><capacity unit='bytes'>{}</capacity></volume>"
    assert said(overlay(parse(sized.format(1000001)), parse(sized.format(1000448)), volume.RULES)) == []
    assert said(overlay(parse(sized.format(1000449)), parse(sized.format(1000448)), volume.RULES)) == [
        ("capacity", "1000448 bytes", "1000449 bytes")
    ]


def test_whole_is_the_default_scope(golden: t.Any) -> None:
    pc = golden("domain", "pc")
    desired = without(pc.desired, "devices/hostdev")
    assert said(overlay(desired, pc.dump, pc.rules)) == said(overlay(desired, pc.dump, pc.rules, WHOLE))
    assert Scope() == WHOLE


def test_the_network_table_has_no_secrets() -> None:
    assert not network.RULES.secrets
