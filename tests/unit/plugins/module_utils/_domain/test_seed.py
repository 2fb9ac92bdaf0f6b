# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seeds in documents: whose they are, where they go, and what a task owns of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._domain.seed import DRIVE, Seed, lay, seeds
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused
from ansible_collections.converge.libvirt.plugins.module_utils._spec._option import Desired
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain import DOMAIN
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse, serialise
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import WHOLE, Scope, overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.domain import RULES

NONE = {"meta_data": None, "network_config": None, "vendor_data": None, "bus": None, "target": None}
DISK = "<disk type='file' device='disk'><source file='/a'/><target dev='{}' bus='{}'/></disk>"


def cloud_init(**given: Any) -> dict[str, Any]:
    options = {"attach": "always", "user_data": {"a": 1}, "rerun": False, "pool": "p", **NONE, **given}
    return {"cloud_init": options}


def seed(name: str = "web", **given: Any) -> Seed:
    (made,) = seeds(cloud_init(**given), name)
    return made


def guest(*devices: str) -> Any:
    return parse(f"<domain><name>web</name><devices>{''.join(devices)}</devices></domain>")


def laid(tree: Any, current: Any = None, scope: Scope = WHOLE, **given: Any) -> Desired:
    asked = seed(**given)
    source = {"type": "file", "file": f"/p/{asked.volume}"}
    made: Desired = lay(Desired("web", None, tree, scope), current, [(asked, source)], {"unmanaged": "remove", **given})
    return made


def test_the_order_of_keys_is_no_other_data() -> None:
    assert seed(user_data={"a": 1, "b": 2}).digest == seed(user_data={"b": 2, "a": 1}).digest
    assert seed(user_data={"a": [1, 2]}).digest != seed(user_data={"a": [2, 1]}).digest


def test_the_name_of_the_volume_says_whose_it_is() -> None:
    mine = seed("web")
    assert mine.known(mine.volume) == mine.digest
    assert seed("we").known(mine.volume) is None
    assert seed("web-cidata").known(mine.volume) is None
    assert mine.known("web-cidata-notes.iso") is None


def test_texts_go_as_they_are_and_dictionaries_as_yaml() -> None:
    files = seed(user_data="#!/bin/sh\necho ä\n", network_config={"network": {"version": 1, "config": []}}).files
    assert files["user-data"] == "#!/bin/sh\necho ä\n"
    assert json.loads(files["network-config"]) == {"version": 1, "config": []}
    header, _newline, rest = seed(user_data={"b": "ü"}).files["user-data"].partition("\n")
    assert (header, json.loads(rest)) == ("#cloud-config", {"b": "ü"})
    assert "ü" in rest


def test_the_first_free_target_beside_every_disk() -> None:
    disks = guest(DISK.format("sda", "sata"), DISK.format("vda", "virtio"))
    made = laid(guest(DISK.format("vdb", "virtio")), disks, Scope.of({"devices/disk"}))
    assert DRIVE.found(made.tree).find("target").attrib == {"dev": "sdb", "bus": "scsi"}
    assert laid(guest(), bus="ide").tree.find("devices/disk/target").get("dev") == "hda"


def test_a_scsi_drive_gets_a_controller_that_clouds_know() -> None:
    controller = laid(guest()).tree.find("devices/controller")
    assert controller.attrib == {"type": "scsi", "index": "0", "model": "virtio-scsi"}
    assert laid(guest(), bus="sata").tree.find("devices/controller") is None
    theirs = guest("<controller type='scsi' model='lsilogic'/>")
    assert len(laid(theirs).tree.findall("devices/controller")) == 1


def test_alone_it_owns_its_drive_and_nothing_else() -> None:
    current = guest(DISK.format("sda", "sata"))
    made = laid(None, current)
    merged = overlay(made.tree, current, RULES, made.scope)
    assert {each.path.partition("[")[0] for each in merged.differences} == {"devices/disk", "devices/controller"}
    assert all(each.before is None for each in merged.differences)
    again = laid(None, merged.document)
    assert overlay(again.tree, merged.document, RULES, again.scope).differences == []


def test_what_a_task_does_not_name_stays() -> None:
    current = laid(guest(DISK.format("vda", "virtio"))).tree
    for scope in (WHOLE, Scope.of({"devices/disk", "devices/controller"})):
        kept = lay(Desired("web", None, guest(DISK.format("vda", "virtio")), scope), current, [], {})
        assert overlay(kept.tree, current, RULES, kept.scope).differences == []


def test_a_drive_keeps_its_place() -> None:
    current = laid(guest(), target="sdq").tree
    assert DRIVE.found(laid(guest(), current).tree).find("target").get("dev") == "sdq"
    assert DRIVE.found(laid(guest(), current, target="sdb").tree).find("target").get("dev") == "sdb"


@pytest.mark.parametrize("way", ["alias", "volume"])
def test_a_drive_is_known_by_its_alias_or_its_volume(way: str) -> None:
    current = laid(guest()).tree
    drive = DRIVE.found(current)
    drive.remove(drive.find("alias" if way == "volume" else "source"))
    assert DRIVE.found(current) is drive


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(Refused, match=r"cloud_init\.target"):
        laid(guest(DISK.format("sda", "sata")), target="sda")
    with pytest.raises(Refused, match="unmanaged: keep"):
        laid(guest(), laid(guest()).tree, Scope.of((), {"devices/disk"}), attach="never")
    with pytest.raises(Refused, match="version is 1 or 2"):
        seed(network_config={"ethernets": {}})


@pytest.mark.parametrize("state", ["rendered", "parsed"])
def test_without_libvirt_there_is_no_seed(state: str) -> None:
    params = dict.fromkeys(DOMAIN.argument_spec()) | {"state": state, "xml": serialise(guest())} | cloud_init()
    with pytest.raises(Refused, match="cloud_init takes a libvirt"):
        DOMAIN.offline(params)
