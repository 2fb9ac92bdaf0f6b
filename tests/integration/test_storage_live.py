# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pools and volumes that are in use: what waits is told, and what grows is seen by the guest at once."""

from __future__ import annotations

from typing import Any

import pytest
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host

pytestmark = pytest.mark.long

FOLDER = f"{documents.IMAGES}/pool"
MIB = 1024 * 1024


@pytest.fixture
def stocked(host: Host) -> Host:
    """A host with an active pool that holds a raw and a qcow2 volume of 1 MiB."""
    host.make_pool("images", FOLDER)
    host.make_volume("images", "a.img")
    host.make_volume("images", "b.qcow2", "qcow2")
    return host


@pytest.mark.long
def test_a_volume_of_a_running_guest_grows_and_the_guest_sees_it(stocked: Host) -> None:
    by_pool = """<disk type='volume'><driver name='qemu' type='qcow2'/><source pool='images' volume='b.qcow2'/>
        <target dev='vdb' bus='virtio'/></disk>"""
    xml = guest_xml("g", devices=documents.disk(f"{FOLDER}/a.img") + by_pool)
    stocked.run("virt_domain", xml=xml, state="running")
    domain = guests.booted(stocked, "g")
    for name, target in (("a.img", "vda"), ("b.qcow2", "vdb")):
        options: dict[str, Any] = {"pool": "images", "name": name}
        grown = stocked.converge("virt_volume", **options, capacity="3MiB")
        assert [change["path"] for change in grown["changes"]] == ["capacity"]
        assert f"through disk {target} of the running guest 'g'" in grown["actions"][0]
        assert grown["volume"]["capacity"] == domain.blockInfo(target)[0] == 3 * MIB
        assert "would shrink" in stocked.refuses("virt_volume", **options, capacity="2MiB")
        assert domain.blockInfo(target)[0] == 3 * MIB


def test_a_volume_that_another_builds_upon_does_not_grow(stocked: Host) -> None:
    stocked.make_volume("images", "top.qcow2", "qcow2", backing=f"{FOLDER}/b.qcow2")
    stocked.run("virt_domain", xml=guest_xml("g", devices=documents.disk(f"{FOLDER}/top.qcow2", kind="qcow2")))
    stocked.run("virt_domain", name="g", state="paused")
    assert "'g' uses" in stocked.forbids("virt_volume", pool="images", name="b.qcow2", capacity="2MiB")


def test_a_volume_of_two_running_guests_does_not_grow(stocked: Host) -> None:
    shared = documents.disk(f"{FOLDER}/a.img", more="<shareable/>")
    for name in ("g", "h"):
        stocked.run("virt_domain", xml=guest_xml(name, devices=shared), state="paused")
    assert "uses" in stocked.forbids("virt_volume", pool="images", name="a.img", capacity="2MiB")


def test_what_an_active_pool_does_not_have_yet_is_told_until_it_was_started_anew(host: Host) -> None:
    xml, other = documents.pool("images"), documents.pool("images", mode="0700", folder=f"{documents.IMAGES}/other")
    host.run("virt_pool", xml=xml, state="active")
    assert host.run("virt_pool", name="images")["pending"] == []
    moved = host.converge("virt_pool", xml=other)
    assert [(one["path"], one["how"]) for one in moved["changes"]] == [
        ("target/path", "restart"),
        ("target/permissions/mode", "restart"),
    ]
    wanted = [  # and not how full it is
        {"path": "target/path", "before": f"{documents.IMAGES}/images", "after": f"{documents.IMAGES}/other"},
        {"path": "target/permissions/mode", "before": "0711", "after": "0700"},
    ]
    for pending in (
        moved["pending"],
        host.run("virt_pool", name="images", refresh=True)["pending"],
        host.run("virt_pool_info")["pools"][0]["pending"],
    ):
        assert pending == [{**one, "how": "restart"} for one in wanted]
    assert host.virsh("pool-dumpxml", "images").count("/other") == 0
    host.run("virt_pool", name="images", state="inactive")
    (host.bed.path / "images/other").mkdir()
    assert host.run("virt_pool", name="images", state="active")["pending"] == []


def test_a_pool_that_is_looked_at_again_has_the_volumes_that_came_by_hand(stocked: Host) -> None:
    stocked.write("pool/by-hand.img", "0" * 512)
    assert "by-hand.img" not in stocked.virsh("vol-list", "images")
    done = stocked.run("virt_pool", name="images", refresh=True)
    assert (done["changed"], done["actions"]) == (False, ["refresh pool 'images'"])
    assert "by-hand.img" in stocked.virsh("vol-list", "images")
