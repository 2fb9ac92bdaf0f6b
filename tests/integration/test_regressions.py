# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong with community.libvirt 2.3.1 and must not go wrong here, one test each.

Defects of removal, of pending changes and of identity have whole files beside this one; here each has its name.
"""

from __future__ import annotations

from typing import Any

import pytest
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, one_sentence


def volume(capacity: str) -> str:
    number, _blank, unit = capacity.partition(" ")
    return f"<volume><name>v</name><capacity unit='{unit or 'bytes'}'>{number}</capacity></volume>"


@pytest.fixture
def pooled(host: Host) -> Host:
    """A host with an active pool p."""
    host.make_pool("p", f"{documents.IMAGES}/p")
    return host


def test_absent_in_check_mode_leaves_an_inactive_network(host: Host) -> None:
    host.run("virt_net", xml=documents.network("n"))
    assert host.check("virt_net", name="n", state="absent")["changed"] is True
    assert host.virsh("net-list", "--all", "--name") == "n"


def test_check_mode_of_an_unchanged_definition_is_unchanged(host: Host) -> None:
    # Not spelt as libvirt spells it: other units, no UUID, no MAC, nothing of what libvirt adds.
    xml = documents.domain("g", documents.disk("/tmp/a.img") + documents.interface())
    host.run("virt_domain", xml=xml)
    host.unchanged("virt_domain", xml=xml.replace("<memory unit='MiB'>64<", "<memory unit='KiB'>65536<"))


def test_a_change_that_the_running_guest_does_not_have_is_told_on_every_run(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g"), state="paused")
    for _time in range(2):
        outcome = host.run("virt_domain", xml=guest_xml("g", memory=128))
        assert "memory" in [one["path"] for one in outcome["pending"]]
    assert outcome["changed"] is False


def test_an_edit_of_network_xml_is_applied(host: Host) -> None:
    host.run("virt_net", xml=documents.network("n"))
    host.converge("virt_net", xml=documents.network("n", end="50", bridge="virbr9"))
    stored = host.virsh("net-dumpxml", "--inactive", "n")
    assert "end='192.168.78.50'" in stored
    assert "name='virbr9'" in stored


def test_an_edit_of_pool_xml_is_applied(host: Host) -> None:
    host.run("virt_pool", xml=documents.pool("p"))
    host.converge("virt_pool", xml=documents.pool("p", folder=f"{documents.IMAGES}/elsewhere"))
    assert "elsewhere" in host.virsh("pool-dumpxml", "--inactive", "p")


def test_a_guest_without_macs_in_its_xml_keeps_those_it_got(host: Host) -> None:
    xml = documents.domain("g", documents.interface() * 2)
    host.run("virt_domain", xml=xml)
    macs = [mac.get("address") for mac in guests.stored(host, "g").iterfind("devices/interface/mac")]
    host.unchanged("virt_domain", xml=xml)
    host.run("virt_domain", xml=xml, memory="96MiB")
    assert [mac.get("address") for mac in guests.stored(host, "g").iterfind("devices/interface/mac")] == macs


def test_removing_a_device_does_not_renumber_the_others(host: Host) -> None:
    both = [documents.interface(network=name) for name in ("lan", "dmz")]
    host.run("virt_domain", xml=documents.domain("g", "".join(both) + documents.disk("/tmp/a.img")))
    slots = guests.stored(host, "g").find("devices/disk/address")
    host.run("virt_domain", xml=documents.domain("g", both[1] + documents.disk("/tmp/a.img")))
    kept = guests.stored(host, "g").find("devices/disk/address")
    assert slots is not None
    assert kept is not None
    assert kept.attrib == slots.attrib


@pytest.mark.long
def test_starting_and_stopping_are_told_as_changes(host: Host) -> None:
    host.run("virt_net", xml=documents.network("n"))
    for state in ("active", "inactive"):
        assert host.converge("virt_net", name="n", state=state).paths == ["state"]
    host.run("virt_pool", xml=documents.pool("p"))
    for state in ("active", "inactive"):
        assert "state" in host.converge("virt_pool", name="p", state=state).paths
    host.run("virt_domain", xml=guest_xml("g"))
    for state in ("running", "paused"):
        assert host.converge("virt_domain", name="g", state=state).paths == ["state"]


@pytest.mark.parametrize(("module", "xml"), [("virt_net", documents.network("n")), ("virt_pool", documents.pool("n"))])
def test_autostart_state_and_xml_count_together(host: Host, module: str, xml: str) -> None:
    outcome = host.converge(module, xml=xml, state="active", autostart=True)
    (facts,) = [facts for facts in outcome.result.values() if isinstance(facts, dict) and "autostart" in facts]
    assert facts["autostart"] is True
    assert facts["state"] == "active"
    host.converge(module, name="n", state="inactive", autostart=False)


def test_a_definition_is_not_dropped_because_a_state_is_given(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g"))
    outcome = host.converge("virt_domain", xml=guest_xml("g", memory=100), state="running")
    assert "memory" in outcome.paths
    assert guests.live(host, "g").findtext("memory") == str(100 * 1024)


def test_stopped_means_that_the_guest_is_off_or_the_task_fails(host: Host) -> None:
    host.run("virt_domain", xml=guest_xml("g", arguments="bed.noacpi bed.noagent"), state="running")
    outcome = host.fails("virt_domain", name="g", state="stopped", shutdown={"timeout": 1})
    assert outcome["changed"] is False
    host.run("virt_domain", name="g", state="stopped", shutdown={"timeout": 1, "force": True})
    assert guests.state(host, "g") == "stopped"


def test_removing_what_is_not_there_is_no_change(pooled: Host) -> None:
    for module in ("virt_domain", "virt_net", "virt_pool"):
        pooled.unchanged(module, name="nobody", state="absent")
    pooled.unchanged("virt_volume", pool="p", name="nobody", state="absent")
    pooled.unchanged("virt_volume", pool="nowhere", name="nobody", state="absent")


def test_a_disk_in_no_pool_keeps_the_whole_guest(host: Host) -> None:
    path = host.write("lonely.img", "data")
    host.run("virt_domain", xml=documents.domain("g", documents.disk(path)))
    assert "in no active pool" in host.refuses("virt_domain", name="g", state="absent", remove_storage=["all"])
    assert guests.state(host, "g") == "stopped"


@pytest.mark.parametrize(
    ("capacity", "size", "kind"),
    [
        ("1 GiB", 2**30, "raw"),
        ("1 G", 2**30, "qcow2"),
        ("1 GB", 10**9, "qcow2"),
        ("3 MB", 3 * 10**6, "raw"),
        ("3 MB", 3 * 10**6, "qcow2"),
        ("2000 KiB", 2000 * 1024, "qcow2"),
        ("1000000", 1000000, "raw"),
        ("1000000", 1000000, "qcow2"),
        ("1000001 B", 1000001, "qcow2"),
    ],
)
def test_every_unit_and_size_of_a_volume_converges(pooled: Host, capacity: str, size: int, kind: str) -> None:
    made = pooled.converge("virt_volume", pool="p", xml=volume(capacity), format=kind)
    # libvirt has qemu-img make whole KiB.
    assert size <= made["volume"]["capacity"] < size + 1024


def test_a_size_that_is_no_multiple_of_a_sector_grows_once(pooled: Host) -> None:
    options = {"pool": "p", "name": "v", "format": "raw"}
    pooled.converge("virt_volume", **options, capacity="1000000B")
    pooled.converge("virt_volume", **options, capacity="1500001B")


@pytest.mark.parametrize("options", [{}, {"name": "v"}, {"xml": "<volume><capacity>1</capacity></volume>"}])
def test_a_volume_task_that_lacks_something_is_told_what(pooled: Host, options: dict[str, Any]) -> None:
    said = one_sentence(pooled.attempt("virt_volume", pool="p", **options))
    assert "name" in said or "capacity" in said


def test_the_name_of_a_volume_counts(pooled: Host) -> None:
    pooled.converge("virt_volume", pool="p", name="v", capacity="1MiB")
    assert "'other'" in pooled.refuses("virt_volume", pool="p", name="other", xml=volume("1 MiB"))


def test_a_network_is_not_defined_under_another_name_than_the_task_says(host: Host) -> None:
    assert "'n'" in host.refuses("virt_net", name="other", xml=documents.network("n"))


def test_a_network_without_bridge_is_listed(host: Host) -> None:
    host.run("virt_net", xml=documents.network("bridged"))
    host.run(
        "virt_net",
        xml="<network><name>bare</name><forward mode='passthrough'><interface dev='eth9'/></forward></network>",
    )
    told = {one["name"]: one["bridge"] for one in host.run("virt_net_info")["networks"]}
    assert told == {"bare": None, "bridged": "virbr0"}


def test_activating_a_missing_network_fails_and_its_check_warns(host: Host) -> None:
    said = host.fails("virt_net", name="nobody", state="active")["msg"]
    assert "no network 'nobody'" in said
    warnings = host.check("virt_net", name="nobody", state="active")["warnings"]
    assert any("no network 'nobody'" in str(warning) for warning in warnings)


@pytest.mark.parametrize("module", ["virt_domain", "virt_net", "virt_pool", "virt_volume"])
def test_malformed_xml_does_not_pass_check_mode(pooled: Host, module: str) -> None:
    needed: dict[str, Any] = {"pool": "p"} if module == "virt_volume" else {}
    pooled.refuses(module, **needed, name="x", xml="<a><b></a>")


def test_an_active_pool_has_its_directory_made(host: Host) -> None:
    host.converge("virt_pool", xml=documents.pool("p"), state="active")
    assert (host.bed.path / "images/p").is_dir()


def test_a_pool_whose_directory_is_gone_becomes_active_again(host: Host) -> None:
    host.run("virt_pool", xml=documents.pool("p"), state="active")
    host.run("virt_pool", name="p", state="inactive")
    (host.bed.path / "images/p").rmdir()
    host.converge("virt_pool", name="p", state="active")


def test_building_a_pool_is_a_change_only_once(host: Host) -> None:
    xml = documents.pool("p")
    host.converge("virt_pool", xml=xml, build="missing")
    host.unchanged("virt_pool", xml=xml, build="overwrite")


def test_a_pool_with_volumes_is_removed_with_them_or_not_at_all(pooled: Host) -> None:
    pooled.run("virt_volume", pool="p", name="v", capacity="1MiB")
    stray = pooled.write("p/stray", "not a volume that libvirt knows of")
    outcome = pooled.attempt("virt_pool", name="p", state="absent", delete_contents=True)
    if "failed" in outcome.result:
        one_sentence(outcome)
        assert outcome["applied"], "what was done before the failure is told"
    else:
        assert not pooled.bed.outside(stray).exists()
