# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import random
import typing as t

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._xml import record as record_file
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse, serialise
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.record import (
    PREFIX,
    URI,
    Record,
    bare,
    digest,
    put,
    read,
    recall,
    remembered,
    take,
    write,
)
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.domain import RULES

from .conftest import Pair

TYPE = "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"


def guest(inner: str = "", devices: str = "") -> t.Any:
    return parse(f"<domain type='qemu'><name>g</name>{inner}{TYPE}<devices>{devices}</devices></domain>")


def paths(desired: t.Any, stored: t.Any, record: Record | None) -> list[str]:
    """The paths of what is different in the light of a record."""
    return [each.path for each in recall(desired, stored, RULES, record).differences]


def shuffled(tree: t.Any, chance: random.Random) -> t.Any:
    """A copy of a document with its devices and attributes in another order, spelt in another way."""
    other = copy.deepcopy(tree)
    devices = other.find("devices")
    for kind in ("disk", "interface", "controller", "input"):
        found = devices.findall(kind)
        chance.shuffle(found)
        for device in found:
            devices.append(device)
    for element in other.iter():
        attributes = list(element.attrib.items())
        chance.shuffle(attributes)
        element.attrib.clear()
        element.attrib.update(attributes)
    return other


# The element


def test_a_record_comes_back_as_it_was_written() -> None:
    record = Record("aa", "bb", (("devices/disk[vda]/@x", "0123"), ("memmory", "4567")), ("os/boot[hd]",))
    assert read(write(record)) == record
    assert read(take(put(guest(), write(record)))) == record
    assert read(None) is None


def test_libvirt_puts_the_namespace_into_every_element_of_the_bare_record() -> None:
    record = Record("aa", "bb", (("memmory", "4567"),), ("os/boot[hd]",))
    inside = parse(bare(record))
    for element in inside.iter():
        element.tag = f"{{{URI}}}{element.tag}"
    assert read(inside) == record
    assert f"xmlns:{PREFIX}" not in bare(record)


def test_a_record_that_somebody_has_spoilt_says_nothing_wrong() -> None:
    spoilt = parse(f"<r:record xmlns:r='{URI}' stored='x'><r:ignored/><r:named what='?'/><other/></r:record>")
    record = read(spoilt)
    assert paths(guest("<vcpu>2</vcpu>"), guest("<vcpu placement='static'>1</vcpu>"), record) == ["vcpu"]


def test_taking_and_putting_leave_the_metadata_of_others_alone() -> None:
    theirs = "<metadata><n:note xmlns:n='urn:others'>a</n:note></metadata>"
    document = guest(theirs)
    whole = put(document, write(Record("aa", "bb")))
    assert take(document) is None
    assert len(whole.find("metadata")) == 2
    take(whole)
    assert serialise(whole) == serialise(document)


def test_metadata_that_held_only_the_record_goes_with_it() -> None:
    whole = put(guest(), write(Record("aa", "bb")))
    take(whole)
    assert whole.find("metadata") is None
    emptied = guest("<metadata/>")
    assert take(emptied) is None
    assert emptied.find("metadata") is None


# Digests


def test_every_spelling_of_a_document_has_one_digest(pair: Pair) -> None:
    if pair.rules is not RULES or pair.dump.find("devices") is None:
        return
    other = shuffled(pair.dump, random.Random(1))
    assert digest(other, pair.rules) == digest(pair.dump, pair.rules)
    assert digest(parse(serialise(other)), pair.rules) == digest(pair.dump, pair.rules)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<memory unit='MiB'>64</memory>", "<memory unit='KiB'>65536</memory>"),
        ("<memory>65536</memory>", "<memory unit='KiB'>65536</memory>"),
        ("<vcpu cpuset='0-3'>1</vcpu>", "<vcpu cpuset='3,0,1,2'>1</vcpu>"),
        ("<uuid>0B1F0B0A-4B32-4A52-9C3C-7E8D7E0F6A11</uuid>", "<uuid>0b1f0b0a4b324a529c3c7e8d7e0f6a11</uuid>"),
    ],
)
def test_equal_values_have_one_digest(one: str, other: str) -> None:
    assert digest(guest(one), RULES) == digest(guest(other), RULES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<memory unit='MiB'>64</memory>", "<memory unit='KiB'>64</memory>"),
        ("<vcpu>1</vcpu>", "<vcpu current='1'>1</vcpu>"),
        ("<title>a</title>", "<title>a </title>"),
        ("<title>a</title>", "<description>a</description>"),
        ("<title a='b'/>", "<title><a>b</a></title>"),
        ("<memory>1</memory>", "<memory>1</memory><memory>1</memory>"),
    ],
)
def test_different_documents_have_different_digests(one: str, other: str) -> None:
    assert digest(guest(one), RULES) != digest(guest(other), RULES)


def test_order_counts_where_it_means_something() -> None:
    boots = [f"<os><boot dev='{a}'/><boot dev='{b}'/></os>" for a, b in (("hd", "network"), ("network", "hd"))]
    one, other = (parse(f"<domain>{boot}</domain>") for boot in boots)
    assert digest(one, RULES) != digest(other, RULES)


def test_no_digest_depends_on_a_secret() -> None:
    screens = [guest(devices=f"<graphics type='vnc' passwd='{secret}'/>") for secret in ("correct1", "battery2")]
    without = guest(devices="<graphics type='vnc'/>")
    assert digest(screens[0], RULES) == digest(screens[1], RULES) != digest(without, RULES)
    asked = [(screen, overlay(screen, without, RULES).differences) for screen in screens]
    records = {bare(remembered(screen, screen, RULES, left)) for screen, left in asked}
    assert len(records) == 1
    assert "correct1" not in records.pop()


# What is ignored


def test_what_libvirt_ignored_is_no_difference_any_more() -> None:
    desired, stored = guest("<memmory>1</memmory>"), guest()
    record = remembered(desired, stored, RULES, overlay(desired, stored, RULES).differences)
    assert paths(desired, stored, None) == ["memmory"]
    assert paths(desired, stored, record) == []
    assert paths(guest("<memmory>2</memmory>"), stored, record) == ["memmory"]
    more = guest("<memmory>1</memmory><title>new</title>")
    assert paths(more, stored, record) == ["title"]


def test_what_somebody_changed_where_libvirt_had_its_own_way_is_told() -> None:
    desired = guest("<vcpu>2</vcpu>")
    rounded, edited = (guest(f"<vcpu placement='static'>{count}</vcpu>") for count in (4, 8))
    record = remembered(desired, rounded, RULES, overlay(desired, rounded, RULES).differences)
    assert paths(desired, rounded, record) == []
    assert paths(desired, edited, record) == ["vcpu"]


def test_a_secret_that_libvirt_has_is_compared_each_time() -> None:
    desired, stored = (guest(devices=f"<graphics type='vnc' passwd='{one}'/>") for one in ("correct1", "battery2"))
    record = remembered(desired, stored, RULES, overlay(desired, stored, RULES).differences)
    assert record.ignored == ()
    assert paths(desired, stored, record) == ["devices/graphics[vnc]/@passwd"]


def test_the_same_task_on_an_untouched_guest_asks_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    desired, stored = guest("<memmory>1</memmory>"), guest("<unknown/>")
    record = remembered(desired, stored, RULES)
    monkeypatch.setattr(record_file, "overlay", None)
    assert paths(desired, stored, record) == []


# What was named


def removed(before: t.Any, now: t.Any, stored: t.Any) -> list[str]:
    """What differs once a task names less than it did."""
    return paths(now, stored, remembered(before, stored, RULES))


@pytest.mark.parametrize(
    ("inner", "devices", "path"),
    [
        ("<cpu mode='custom' match='exact'><model>qemu32</model></cpu>", "", "cpu"),
        ("", "<emulator>/usr/bin/kvm</emulator>", "devices/emulator"),
        ("", "<controller type='usb' index='0' model='qemu-xhci'/>", "devices/controller[usb,0,qemu-xhci]"),
    ],
)
def test_what_was_named_and_is_named_no_longer_is_removed(inner: str, devices: str, path: str) -> None:
    named, bare_guest = guest(inner, devices), guest()
    assert overlay(bare_guest, named, RULES).differences == []
    assert removed(named, bare_guest, named) == [path]
    assert removed(bare_guest, bare_guest, named) == [], "what nobody named stays"


def test_a_model_that_was_named_is_removed_and_the_device_stays() -> None:
    nic = "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/>{}</interface>"
    named, now = (guest(devices=nic.format(model)) for model in ("<model type='rtl8139'/>", ""))
    assert overlay(now, named, RULES).differences == []
    record = remembered(named, named, RULES)
    merged = recall(now, named, RULES, record)
    assert [each.path for each in merged.differences] == ["devices/interface[52:54:00:00:00:01]/model"]
    assert merged.document.find("devices/interface/model") is None
    assert merged.document.find("devices/interface/mac") is not None


@pytest.mark.parametrize(
    ("inner", "devices"),
    [
        ("", "<memballoon model='virtio'/>"),
        ("<on_crash>destroy</on_crash>", ""),
        ("<cpu mode='custom' match='exact'><model>qemu64</model></cpu>", ""),
        ("", "<controller type='pci' index='0' model='pcie-root'/>"),
    ],
)
def test_what_libvirt_is_sure_to_put_in_again_is_not_taken_out(inner: str, devices: str) -> None:
    named = guest(inner, devices)
    assert removed(named, guest(), named) == []


def test_identity_and_placement_stay_although_they_were_named() -> None:
    disk = "<disk type='file'><source file='/a'/><target dev='vda'/>{}</disk>"
    whole = guest("<uuid>0b1f0b0a-4b32-4a52-9c3c-7e8d7e0f6a11</uuid>", disk.format("<address type='pci' slot='0x03'/>"))
    assert removed(whole, guest(devices=disk.format("")), whole) == []


def test_a_pci_controller_that_was_named_goes_when_nothing_needs_it() -> None:
    def ports(count: int) -> str:
        return "<controller type='pci' index='0' model='pcie-root'/>" + "".join(
            f"<controller type='pci' index='{index}' model='pcie-root-port'/>" for index in range(1, count + 1)
        )

    disk = "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/>{}</disk>"
    placed = disk.format("<address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>")
    stored = guest(devices=ports(4) + placed)
    gone = removed(guest(devices=ports(4) + placed), guest(devices=disk.format("")), stored)
    assert gone == [f"devices/controller[pci,{index},pcie-root-port]" for index in (4, 3)]
    assert removed(guest(devices=placed), guest(devices=disk.format("")), stored) == []
