# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task has learnt of a guest is remembered in the guest's metadata, and nowhere else to be seen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome

URI = "https://converge.libvirt/record/1"
TYPO = "<memmory unit='MiB'>64</memmory>"
#: A CPU that libvirt gives to guests of some machines by itself: a table cannot tell who wrote it.
CPU = "<cpu mode='custom' match='exact'><model fallback='forbid'>qemu32</model></cpu>"
NIC = "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/>{}</interface>"
MODEL = "<model type='rtl8139'/>"
DISK = documents.disk("/tmp/a.img")


def record(host: Host, live: bool = False) -> str:
    """The record of guest g as virsh sees it; empty where there is none."""
    words = ["virsh", "-q", "metadata", "g", URI, "--live" if live else "--config"]
    return host.bed.exec(*words, check=False).stdout.strip()


def ignored(outcome: Outcome) -> list[str]:
    """The paths that a run says libvirt ignored or kept."""
    told = " ".join(str(warning) for warning in outcome.result.get("warnings", []))
    return re.findall(r"libvirt (?:accepted|keeps) (\S+) of", told)


def edited(host: Host, old: str, new: str) -> None:
    """Somebody edits guest g."""
    text = host.virsh("dumpxml", "--inactive", "--security-info", "g")
    assert old in text
    host.connection.defineXML(text.replace(old, new))


def test_a_typo_is_named_once(host: Host) -> None:
    xml = documents.domain("g", DISK, more=TYPO)
    assert ignored(host.run("virt_domain", xml=xml)) == ["memmory"]
    assert ignored(host.unchanged("virt_domain", xml=xml)) == []
    more = host.converge("virt_domain", xml=xml, vcpus=2)
    assert more.paths == ["vcpu"]
    assert ignored(more) == []


def test_another_value_of_what_is_ignored_is_named_again(host: Host) -> None:
    host.run("virt_domain", xml=documents.domain("g", more=TYPO))
    outcome = host.run("virt_domain", xml=documents.domain("g", more=TYPO.replace("64", "65")))
    assert outcome["changed"] is False
    assert ignored(outcome) == ["memmory"]


def test_a_typo_that_comes_later_is_no_change_and_learnt(host: Host) -> None:
    host.run("virt_domain", xml=documents.domain("g"))
    xml = documents.domain("g", more=TYPO)
    outcome = host.run("virt_domain", xml=xml)
    assert outcome["changed"] is False
    assert ignored(outcome) == ["memmory"]
    host.unchanged("virt_domain", xml=xml)


@pytest.mark.parametrize("state", ["present", "running"])
def test_the_record_is_stored_and_live_and_shown_nowhere(host: Host, state: str) -> None:
    xml = guest_xml("g")
    outcome = host.run("virt_domain", xml=xml, state=state)
    assert "desired=" in record(host)
    if state == "running":
        assert record(host, live=True) == record(host)
        outcome = host.converge("virt_domain", xml=guest_xml("g", memory=128), state=state)
        assert outcome.paths == ["memory", "currentMemory"] or "memory" in outcome.paths
        assert all("metadata" not in one["path"] for one in outcome["pending"])
        assert record(host, live=True) == record(host)
    assert URI not in outcome.everything
    assert URI not in host.run("virt_domain_info").everything


def test_nobody_writes_a_record_without_need(host: Host) -> None:
    host.connection.defineXML(documents.domain("g", DISK))
    host.unchanged("virt_domain", xml=documents.domain("g", DISK))
    host.converge("virt_domain", name="g", vcpus=2)
    assert record(host) == ""


def test_without_remember_a_record_is_neither_read_nor_written_nor_deleted(host: Host) -> None:
    xml = documents.domain("g", DISK, more=TYPO)
    host.run("virt_domain", xml=xml, remember=False)
    assert record(host) == ""
    host.run("virt_domain", xml=xml)
    before = record(host)
    assert "memmory" in before
    assert ignored(host.run("virt_domain", xml=xml, remember=False)) == ["memmory"]
    host.run("virt_domain", xml=xml, vcpus=2, remember=False)
    host.run("virt_domain", name="g", vcpus=3)
    assert record(host) == before


def test_what_is_no_longer_named_is_removed(host: Host) -> None:
    host.run("virt_domain", xml=documents.domain("g", more=CPU))
    assert host.check("virt_domain", xml=documents.domain("g"), remember=False)["changed"] is False
    outcome = host.converge("virt_domain", xml=documents.domain("g"))
    assert outcome.paths == ["cpu"]
    assert "qemu32" not in host.virsh("dumpxml", "g")


@pytest.mark.parametrize("device", ["<controller type='usb' index='0' model='qemu-xhci'/>", NIC.format(MODEL)])
def test_what_is_no_longer_named_and_comes_back_is_no_change(host: Host, device: str) -> None:
    host.run("virt_domain", xml=documents.domain("g", device))
    xml = documents.domain("g", NIC.format("") if MODEL in device else "")
    outcome = host.run("virt_domain", xml=xml)
    assert (outcome["changed"], outcome["changes"], ignored(outcome)) == (False, [], [])
    host.unchanged("virt_domain", xml=xml)


def test_addresses_stay_although_they_were_named_once(host: Host) -> None:
    host.run("virt_domain", xml=documents.domain("g", DISK + documents.interface()))
    whole = host.virsh("dumpxml", "--inactive", "g")
    host.run("virt_domain", xml=whole, title="as libvirt writes it")
    before = re.findall("<address type='pci'.*>", host.virsh("dumpxml", "--inactive", "g"))
    xml = documents.domain("g", DISK + documents.interface(), more="<title>as libvirt writes it</title>")
    host.run("virt_domain", xml=xml)
    kept = re.findall("<address type='pci'.*>", host.virsh("dumpxml", "--inactive", "g"))
    assert set(kept) <= set(before)
    host.unchanged("virt_domain", xml=xml)


def test_an_edit_by_somebody_else_is_seen_and_undone(host: Host) -> None:
    xml = documents.domain("g", DISK, more=TYPO)
    host.run("virt_domain", xml=xml)
    edited(host, "<vcpu placement='static'>1<", "<vcpu placement='static'>4<")
    assert host.converge("virt_domain", xml=xml).paths == ["vcpu"]


def test_what_was_learnt_survives_an_edit_and_a_restart_of_libvirt(host: Host) -> None:
    xml = documents.domain("g", DISK, more=TYPO + "<title>mine</title>")
    host.run("virt_domain", xml=xml)
    edited(host, "<title>mine</title>", "<title>theirs</title>")
    assert "memmory" in record(host)
    host.bed.restart_daemon()
    assert host.converge("virt_domain", xml=xml).paths == ["title"]


def test_a_record_removed_by_hand_is_learnt_again(host: Host) -> None:
    xml = documents.domain("g", DISK, more=TYPO)
    host.run("virt_domain", xml=xml)
    before = record(host)
    host.virsh("metadata", "g", URI, "--config", "--remove")
    assert record(host) == ""
    outcome = host.run("virt_domain", xml=xml)
    assert outcome["changed"] is False
    assert ignored(outcome) == ["memmory"]
    assert record(host) == before


def test_the_metadata_of_others_is_left_alone(host: Host) -> None:
    theirs = "<note xmlns='urn:others'>theirs</note>"
    host.run("virt_domain", xml=documents.domain("g"))
    host.virsh(
        "metadata", "g", "urn:others", "--config", "--key", "o", "--set", theirs.replace(" xmlns='urn:others'", "")
    )
    host.converge("virt_domain", xml=documents.domain("g", DISK))
    assert "theirs" in host.virsh("metadata", "g", "urn:others", "--config")
    assert "desired=" in record(host)


def test_a_document_copied_with_its_record_is_only_the_document(host: Host) -> None:
    host.run("virt_domain", xml=documents.domain("g", DISK))
    copied = host.virsh("dumpxml", "--inactive", "g")
    assert URI in copied
    host.unchanged("virt_domain", xml=copied)
    other = re.sub("<(uuid|mac)[^>]*>(.*</uuid>)?", "", copied).replace("<name>g<", "<name>h<")
    host.converge("virt_domain", xml=other, remember=False)
    assert URI not in host.virsh("dumpxml", "h")


def test_a_secret_is_compared_and_not_remembered(host: Host) -> None:
    def xml(secret: str) -> str:
        return documents.domain("g", f"<graphics type='vnc' passwd='{secret}'/>", more=TYPO)

    host.run("virt_domain", xml=xml("correct1"))
    before = record(host)
    assert "correct1" not in before
    host.unchanged("virt_domain", xml=xml("correct1"))
    assert [path for path in host.converge("virt_domain", xml=xml("battery2")).paths if "passwd" in path]
    assert record(host) == before, "nothing of it depends on the secret"


def test_a_definition_that_libvirt_cannot_store_leaves_everything_as_it_was(host: Host) -> None:
    host.run("virt_domain", xml=documents.domain("g", DISK))
    before = host.virsh("dumpxml", "--inactive", "g")
    # libvirt writes beside the old file and renames: here it cannot, after it has taken the new definition over.
    block = host.bed.outside("/etc/libvirt/qemu/g.xml.new")
    block.mkdir()
    try:
        said: dict[str, Any] = host.fails("virt_domain", xml=documents.domain("g", memory="96")).result
    finally:
        block.rmdir()
    assert said["changed"] is False
    assert "define guest 'g'" in said["msg"]
    assert host.virsh("dumpxml", "--inactive", "g") == before
    host.converge("virt_domain", xml=documents.domain("g", memory="96"))
