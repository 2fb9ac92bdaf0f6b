# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removal loses nothing unasked, and removes nothing at all where a part of it cannot be done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host

IMAGES = documents.IMAGES
FORCE = {"timeout": 0.1, "force": True}


@pytest.fixture
def stocked(host: Host) -> Host:
    """A host with a pool of images: base.qcow2, top.qcow2 upon it, and a.img, b.img."""
    host.make_pool("images", f"{IMAGES}/pool")
    for name in ("a.img", "b.img"):
        host.make_volume("images", name)
    host.make_volume("images", "base.qcow2", "qcow2")
    host.make_volume("images", "top.qcow2", "qcow2", backing=f"{IMAGES}/pool/base.qcow2")
    return host


def images(host: Host) -> set[str]:
    """The files among the host's images."""
    folder = host.bed.path / "images"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_running_guest(stocked: Host) -> None:
    xml = guest_xml("g", devices=documents.disk(f"{IMAGES}/pool/a.img"))
    stocked.run("virt_domain", xml=xml, state="running")
    before = images(stocked)
    outcome = stocked.converge("virt_domain", name="g", state="absent", shutdown=FORCE)
    assert len(outcome["actions"]) >= 2
    assert guests.state(stocked, "g") == "absent"
    assert images(stocked) == before


def test_a_running_guest_with_its_storage(stocked: Host) -> None:
    xml = guest_xml("g", devices=documents.disk(f"{IMAGES}/pool/a.img"))
    stocked.run("virt_domain", xml=xml, state="running")
    before = images(stocked)
    stocked.converge("virt_domain", name="g", state="absent", shutdown=FORCE, remove_storage=["vda"])
    assert before - images(stocked) == {"pool/a.img"}


def test_nothing_is_removed_where_the_stop_fails(stocked: Host) -> None:
    xml = guest_xml("g", arguments="bed.noacpi bed.noagent", devices=documents.disk(f"{IMAGES}/pool/a.img"))
    stocked.run("virt_domain", xml=xml, state="running")
    before = stocked.known()
    outcome = stocked.fails(
        "virt_domain", name="g", state="absent", shutdown={"mode": "acpi", "timeout": 1}, remove_storage=["all"]
    )
    assert "did not shut down" in outcome["msg"]
    assert stocked.known() == before
    assert outcome["changed"] is False
    assert outcome["applied"] == []
    assert len(outcome["not_applied"]) == 3


def test_a_transient_guest(host: Host) -> None:
    host.connection.createXML(guest_xml("g"))
    host.converge("virt_domain", name="g", state="absent", shutdown=FORCE)
    assert guests.state(host, "g") == "absent"


def test_a_saved_guest(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g"), state="paused")
    host.run("virt_domain", name="g", state="saved")
    assert "discard_saved" in host.refuses("virt_domain", name="g", state="absent")
    host.converge("virt_domain", name="g", state="absent", discard_saved=True)
    assert guests.state(host, "g") == "absent"


def test_a_guest_with_a_snapshot(host: Host) -> None:
    host.bed.exec("qemu-img", "create", "-f", "qcow2", f"{IMAGES}/s.qcow2", "1M")
    host.run("virt_domain", xml=documents.domain("g", documents.disk(f"{IMAGES}/s.qcow2", kind="qcow2")))
    host.virsh("snapshot-create-as", "g", "one")
    assert "remove_snapshots" in host.refuses("virt_domain", name="g", state="absent")
    host.converge("virt_domain", name="g", state="absent", remove_snapshots=True)
    assert guests.state(host, "g") == "absent"


@pytest.mark.parametrize("remove", [False, True], ids=["kept", "removed"])
def test_the_uefi_variables(host: Host, remove: bool) -> None:
    folder = Path("/var/lib/libvirt/qemu/nvram")
    variables = host.bed.outside(folder / "g_VARS.fd")
    variables.parent.mkdir(parents=True, exist_ok=True)
    variables.write_bytes(b"\0" * 1024)
    code = host.write("code.fd", "\0" * 1024)
    loader = f"<loader readonly='yes' type='pflash'>{code}</loader><nvram>{folder}/g_VARS.fd</nvram>"
    host.run("virt_domain", xml=documents.domain("g").replace("</os>", f"{loader}</os>"))
    try:
        host.converge("virt_domain", name="g", state="absent", remove_nvram=remove)
        assert variables.exists() is not remove
    finally:
        variables.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("target", "device", "more"),
    [
        pytest.param("sda", "cdrom", "", id="a cdrom"),
        pytest.param("vda", "disk", "<readonly/>", id="a read-only disk"),
        pytest.param("vda", "disk", "<shareable/>", id="a shareable disk"),
    ],
)
def test_what_never_goes(stocked: Host, target: str, device: str, more: str) -> None:
    disks = documents.disk(f"{IMAGES}/pool/a.img", target, more=more, device=device)
    disks += documents.disk(f"{IMAGES}/pool/b.img", "vdb")
    stocked.run("virt_domain", xml=documents.domain("g", disks))
    before = images(stocked)
    assert "never goes" in stocked.refuses("virt_domain", name="g", state="absent", remove_storage=[target])
    stocked.converge("virt_domain", name="g", state="absent", remove_storage=["all"])
    assert before - images(stocked) == {"pool/b.img"}


def test_a_disk_in_no_pool_is_refused_and_not_unlinked(stocked: Host) -> None:
    path = stocked.write("lonely.img", "data")
    disks = documents.disk(f"{IMAGES}/pool/a.img") + documents.disk(path, "vdb")
    stocked.run("virt_domain", xml=documents.domain("g", disks))
    for asked in (["all"], ["vda", "vdb"]):
        assert "in no active pool" in stocked.refuses("virt_domain", name="g", state="absent", remove_storage=asked)
    stocked.converge("virt_domain", name="g", state="absent", remove_storage=["vda"])
    assert "lonely.img" in images(stocked)


def test_a_disk_shared_with_another_guest_is_refused(stocked: Host) -> None:
    for name in ("g", "other"):
        stocked.run("virt_domain", xml=documents.domain(name, documents.disk(f"{IMAGES}/pool/a.img")))
    refused = stocked.forbids("virt_domain", name="g", state="absent", remove_storage=["vda"])
    assert "'other' uses it too" in refused
    stocked.converge("virt_domain", name="g", state="absent")


def test_the_backing_of_another_volume_is_refused(stocked: Host) -> None:
    path = f"{IMAGES}/pool/base.qcow2"
    stocked.run("virt_domain", xml=documents.domain("g", documents.disk(path, kind="qcow2")))
    refused = stocked.forbids("virt_domain", name="g", state="absent", remove_storage=["vda"])
    assert "builds upon" in refused
    assert "builds upon" in stocked.forbids("virt_volume", pool="images", name="base.qcow2", state="absent")


def test_a_disk_by_pool_and_volume(stocked: Host) -> None:
    disk = """<disk type='volume'><driver name='qemu' type='raw'/><source pool='images' volume='a.img'/>
        <target dev='vda' bus='virtio'/></disk>"""
    stocked.run("virt_domain", xml=documents.domain("g", disk))
    before = images(stocked)
    stocked.converge("virt_domain", name="g", state="absent", remove_storage=["vda"])
    assert before - images(stocked) == {"pool/a.img"}


def test_an_unknown_target_is_refused(stocked: Host) -> None:
    stocked.run("virt_domain", xml=documents.domain("g", documents.disk(f"{IMAGES}/pool/a.img")))
    assert "vdz" in stocked.refuses("virt_domain", name="g", state="absent", remove_storage=["vda", "vdz"])


def test_the_volume_of_a_running_guest_is_not_deleted(stocked: Host) -> None:
    xml = guest_xml("g", devices=documents.disk(f"{IMAGES}/pool/a.img"))
    stocked.run("virt_domain", xml=xml, state="paused")
    volume: dict[str, Any] = {"pool": "images", "name": "a.img"}
    assert "'g' uses" in stocked.forbids("virt_volume", **volume, state="absent")


def test_the_contents_of_a_pool_go_only_where_asked(stocked: Host) -> None:
    before = images(stocked)
    xml = documents.pool("images", folder=f"{IMAGES}/pool")
    stocked.converge("virt_pool", name="images", state="absent")
    assert images(stocked) == before
    stocked.run("virt_pool", xml=xml)
    assert "inactive" in stocked.refuses("virt_pool", name="images", state="absent", delete_contents=True)
    stocked.run("virt_pool", xml=xml, state="active")
    stocked.converge("virt_pool", name="images", state="absent", delete_contents=True)
    assert images(stocked) == set()
    assert not (stocked.bed.path / "images/pool").exists()


def test_the_contents_of_a_pool_stay_where_a_running_guest_uses_one(stocked: Host) -> None:
    xml = guest_xml("g", devices=documents.disk(f"{IMAGES}/pool/a.img"))
    stocked.run("virt_domain", xml=xml, state="paused")
    assert "'g' uses" in stocked.forbids("virt_pool", name="images", state="absent", delete_contents=True)
