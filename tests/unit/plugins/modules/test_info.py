# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that only look."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._spec.nodedev import CAPABILITIES
from ansible_collections.converge.libvirt.plugins.module_utils._spec.pool_info import TYPES
from ansible_collections.converge.libvirt.tests.unit.in_process import Runner

LISTS = {"virt_domain_info": "domains", "virt_net_info": "networks", "virt_pool_info": "pools"}
THERE = {"virt_domain_info": "test", "virt_net_info": "default", "virt_pool_info": "default-pool"}


@pytest.mark.parametrize("module", LISTS)
def test_everything_there_is(run: Runner, module: str) -> None:
    told = run.check(module)
    assert told["changed"] is False
    assert told["uri"] == "test:///default"
    assert [one["name"] for one in told[LISTS[module]]] == [THERE[module]]
    assert (told[LISTS[module]][0]["pending"], told[LISTS[module]][0]["live_only"]) == ([], [])


@pytest.mark.parametrize("module", LISTS)
@pytest.mark.parametrize(
    ("names", "found"), [(["nothing*"], 0), (["[dt]*"], 1), (["DEFAULT", "TEST"], 0), ([], 0), (["*", "*"], 1)]
)
def test_names_are_patterns_and_no_match_is_an_answer(run: Runner, module: str, names: list[str], found: int) -> None:
    told = run(module, names=names)
    assert len(told[LISTS[module]]) == found
    assert told["warnings"] == []


def test_guests_by_name_with_their_facts(run: Runner, host: Any) -> None:
    run("virt_domain", name="test", title="Web server", autostart=True)
    host.defineXML("<domain type='test'><name>a</name><memory>1024</memory><os><type>hvm</type></os></domain>")
    first, second = run("virt_domain_info")["domains"]
    assert (first["name"], first["state"], first["memory"], first["vcpus"]) == ("a", "stopped", 1 << 20, 1)
    assert (second["name"], second["state"], second["title"], second["autostart"]) == (
        "test",
        "running",
        "Web server",
        True,
    )
    assert second["uuid"] == host.lookupByName("test").UUIDString()


def test_addresses_are_told_only_when_asked(run: Runner) -> None:
    assert "interfaces" not in run("virt_domain_info")["domains"][0]
    told = run("virt_domain_info", addresses=["lease"])["domains"][0]
    assert [(one["mac"], one["network"], one["addresses"]) for one in told["interfaces"]] == [
        ("aa:bb:cc:dd:ee:ff", "default", [])
    ]
    assert (told["address"], told["addresses"]) == (None, [])


def test_guests_by_level(run: Runner) -> None:
    (bare,) = run("virt_domain_info", facts=[])["domains"]
    sizes = {"memory", "memory_current", "vcpus", "vcpus_current"}
    assert bare.keys() == {"name", "uuid", "id", "state", "state_reason", "autostart", "persistent"} | sizes
    levels = ["definition", "devices", "agent", "stats", "job", "pending"]
    (full,) = run("virt_domain_info", facts=levels, addresses=["lease"])["domains"]
    assert [disk["target"] for disk in full["disks"]] == ["vda"]
    assert (full["guest"], full["stats"], full["pending"]) == (None, {}, [])
    (short,) = run("virt_domain_info", facts=["definition"], output="options")["domains"]
    assert short["options"]["name"] == "test"
    assert "xml" not in short


def test_an_agent_gets_two_seconds_at_least(run: Runner) -> None:
    assert run.refused("virt_domain_info", facts=["agent"], agent_timeout=1) == "agent_timeout is 1: 2 or more"


def test_guests_by_state_and_autostart(run: Runner, host: Any) -> None:
    host.defineXML("<domain type='test'><name>a</name><memory>1024</memory><os><type>hvm</type></os></domain>")
    for options, names in (
        ({"states": ["running"]}, ["test"]),
        ({"states": ["stopped", "saved"]}, ["a"]),
        ({"autostart": True}, []),
        ({"autostart": False, "names": ["t*"]}, ["test"]),
    ):
        assert [guest["name"] for guest in run("virt_domain_info", **options)["domains"]] == names


@pytest.mark.parametrize("module", ["virt_net_info", "virt_pool_info"])
@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"states": ["active"]}, 1),
        ({"states": ["inactive"]}, 0),
        ({"states": ["active", "inactive", "active"]}, 1),
        ({"autostart": True}, 0),
        ({"autostart": False}, 1),
        ({"autostart": False, "states": ["inactive"]}, 0),
        ({"states": ["active"], "names": ["nobody"]}, 0),
    ],
)
def test_a_list_is_narrowed(run: Runner, module: str, options: dict[str, Any], found: int) -> None:
    assert len(run(module, **options)[LISTS[module]]) == found


def test_pools_by_type(run: Runner) -> None:
    for types, found in ((["dir"], 1), (["logical", "iscsi-direct"], 0), (["rbd", "dir"], 1)):
        assert len(run("virt_pool_info", types=types)["pools"]) == found
    assert run("virt_pool_info", types=["dir"], states=["inactive"])["pools"] == []


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_pools_is_one_that_libvirt_lists(run: Runner, kind: str) -> None:
    assert run("virt_pool_info", types=[kind])["changed"] is False


def test_interfaces_by_state(run: Runner) -> None:
    assert len(run("virt_interface_info", states=["active"])["interfaces"]) == 1
    assert run("virt_interface_info", states=["inactive"])["interfaces"] == []


def test_volumes_of_every_active_pool_or_of_one(run: Runner) -> None:
    run("virt_volume", pool="default-pool", name="v", capacity="1MiB")
    for options in ({}, {"pool": "default-pool"}):
        (told,) = run("virt_volume_info", **options)["volumes"]
        assert (told["name"], told["pool"], told["capacity"]) == ("v", "default-pool", 1 << 20)
    assert run.refused("virt_volume_info", pool="lab") == "there is no pool 'lab' on test:///default"
    run("virt_pool", name="default-pool", state="inactive")
    assert run("virt_volume_info")["volumes"] == []


def test_interfaces_with_their_addresses(run: Runner) -> None:
    (told,) = run.check("virt_interface_info")["interfaces"]
    assert (told["name"], told["state"], told["type"], told["mac"]) == (
        "eth1",
        "active",
        "ethernet",
        "aa:bb:cc:dd:ee:ff",
    )
    assert told["addresses"] == ["192.168.0.5/24"]
    assert told["pending"] == []


def test_devices_by_capability(run: Runner) -> None:
    told = run.check("virt_nodedev_info")["devices"]
    assert [one["name"] for one in told] == ["computer", "scsi_host1", "scsi_host11", "scsi_host2"]
    assert "pending" not in told[0]
    assert told[1]["capabilities"] == ["scsi_host", "fc_host", "vport_ops"]
    hosts = run("virt_nodedev_info", capability="vports", names=["scsi_*"])["devices"]
    assert [one["name"] for one in hosts] == ["scsi_host1", "scsi_host2"]
    assert run("virt_nodedev_info", capability="mdev")["devices"] == []


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_every_capability_is_one_that_libvirt_knows(run: Runner, capability: str) -> None:
    assert run("virt_nodedev_info", capability=capability)["changed"] is False


@pytest.mark.parametrize("module", ["virt_secret_info", "virt_nwfilter_info"])
def test_a_driver_without_the_kind_says_so(run: Runner, module: str) -> None:
    assert "VIR_ERR_NO_SUPPORT" in run.refused(module)
