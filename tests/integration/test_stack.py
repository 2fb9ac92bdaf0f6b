# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole topology in one task: ordered by what needs what, exact about what failed, and told again as it was given."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from converge_bed.proxy import Fault

from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome

FOLDER = "/var/lib/libvirt/images/lab"
GUEST: dict[str, Any] = {
    "type": "qemu",
    "os_type": "hvm",
    "machine": "q35",
    "memory": "64MiB",
    "vcpus": 1,
    "features": {"acpi": True},
}


def lab(count: int = 2, **more: Any) -> dict[str, Any]:
    """A stack of a network, a pool, a base image, and so many overlays and guests; in an order that helps nobody."""
    return {
        "domains": [
            {
                "name": f"node-{number}",
                "disks": [
                    {
                        "target": "vda",
                        "bus": "virtio",
                        "source": {"pool": "lab", "volume": f"node-{number}.qcow2"},
                        "driver": {"type": "qcow2"},
                    }
                ],
                "interfaces": [
                    {"source": {"network": "lab"}, "model": "virtio", "mac": f"52:54:00:00:00:{number:02x}"}
                ],
            }
            for number in range(count)
        ],
        "volumes": [
            *(
                {"name": f"node-{number}.qcow2", "backing": {"path": f"{FOLDER}/base.qcow2", "format": "qcow2"}}
                for number in range(count)
            ),
            {"name": "base.qcow2", "capacity": "1MiB"},
        ],
        "pools": [{"name": "lab", "type": "dir", "target": {"path": FOLDER}, "state": "active"}],
        "networks": [
            {
                "name": "lab",
                "bridge": {"name": "conv-lab"},
                "ips": [{"address": "192.168.178.1", "prefix": 24}],
                "state": "active",
            }
        ],
        "defaults": {"volumes": {"pool": "lab", "format": "qcow2"}, "domains": GUEST},
        **more,
    }


def attempt(host: Host, check: bool = False, **options: Any) -> Outcome:
    return host.attempt("virt_stack", check=check, **copy.deepcopy(options))


def converged(host: Host, **options: Any) -> Outcome:
    """Check, run, and run again: the prediction comes true for each object, and the second run changes nothing."""
    before = host.known()
    predicted = attempt(host, check=True, **options)
    assert predicted.rc == 0, predicted["msg"]
    assert host.known() == before, "check mode wrote something"
    assert predicted.result.get("warnings", []) == [], "what the stack itself brings counts as there"
    happened = attempt(host, **options)
    assert happened.rc == 0, happened["msg"]
    for foretold, done in zip(predicted["objects"], happened["objects"]):
        assert {key: foretold[key] for key in ("kind", "name", "changed", "changes")} == {
            key: done[key] for key in ("kind", "name", "changed", "changes")
        }
    after = host.known()
    for check in (True, False):
        again = attempt(host, check=check, **options)
        assert (again.rc, again["changed"]) == (0, False), again.result
    assert host.known() == after
    return happened


def names(outcome: Outcome, **wanted: bool) -> list[str]:
    """The objects of which this is so, as kind/name."""
    return [
        f"{one['kind']}/{one['name']}"
        for one in outcome["objects"]
        if all(one.get(key) is value for key, value in wanted.items())
    ]


def test_a_lab_from_nothing_and_away_again(host: Host) -> None:
    made = converged(host, **lab())
    assert names(made, changed=True) == [
        "networks/lab",
        "pools/lab",
        "volumes/lab/base.qcow2",
        "volumes/lab/node-0.qcow2",
        "volumes/lab/node-1.qcow2",
        "domains/node-0",
        "domains/node-1",
    ]
    gone = converged(host, **lab(state="absent"))
    assert len(names(gone, changed=True)) == 7
    left = [name for name in host.known() if not name.startswith(("file/", "nwfilter/"))]
    assert not left, "nothing is left but the pool's folder and libvirt's own filters"


def test_only_what_differs_is_changed(host: Host) -> None:
    converged(host, **lab(3))
    other = lab(3)
    other["domains"][1]["memory"] = "128MiB"
    changed = converged(host, **other)
    assert names(changed, changed=True) == ["domains/node-1"]
    (one,) = [one for one in changed["objects"] if one["changed"]]
    assert [change["path"] for change in one["changes"]] == ["memory", "currentMemory"]


def test_an_object_is_told_as_by_its_own_module(host: Host) -> None:
    stack = lab(1)
    converged(host, **stack)
    told = {(one["kind"], one["name"]): one for one in attempt(host, **stack)["objects"]}
    for kind, module, noun in (
        ("networks", "virt_net", "network"),
        ("pools", "virt_pool", "pool"),
        ("domains", "virt_domain", "domain"),
    ):
        for entry in stack[kind]:
            alone = host.run(module, **{**stack["defaults"].get(kind, {}), **entry})
            mine = told[kind, entry["name"]]
            for key in ("changed", "changes", "side_effects", "actions", "pending", "live_only", noun):
                assert mine[key] == alone[key], key


def test_a_failure_stops_only_what_needs_it(host: Host) -> None:
    stack = lab(2)
    stack["volumes"][0]["format"] = "nonsense"
    failed = attempt(host, **stack)
    assert failed.rc == 1
    assert names(failed, failed=True) == ["volumes/lab/node-0.qcow2", "domains/node-0"]
    assert names(failed, tried=False) == ["domains/node-0"]
    assert names(failed, changed=True) == [
        "networks/lab",
        "pools/lab",
        "volumes/lab/base.qcow2",
        "volumes/lab/node-1.qcow2",
        "domains/node-1",
    ]
    assert failed["msg"].startswith("1 of 7 objects failed: volume 'lab/node-0.qcow2': ")
    assert failed["msg"].endswith("; 1 more that need these were not tried")
    converged(host, **lab(2))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"domains": [{"name": "a", "colour": "red"}]}, "domains[0]: colour. Supported parameters include: "),
        ({"domains": [{"memory": "1GiB"}]}, "domains[0]: one of the following is required: name, uuid, xml"),
        ({"pools": [{"name": "a"}, {"name": "a"}]}, "the stack names pool 'a' twice"),
        ({"networks": [{"name": "a", "xml": "<network>"}]}, "networks[0]: xml: line 1: "),
    ],
)
def test_bad_entries_are_refused_before_anything_is_written(host: Host, change: dict[str, Any], sentence: str) -> None:
    assert sentence in host.refuses("virt_stack", **{**lab(), **change})


def test_a_circle_is_refused_with_its_members(host: Host) -> None:
    filters = [
        {"xml": f"<filter name='{name}'><filterref filter='{other}'/></filter>"} for name, other in ("ab", "bc", "ca")
    ]
    said = host.refuses("virt_stack", nwfilters=filters)
    assert said.startswith("the stack goes round in a circle: network filter '")
    assert all(f"network filter '{name}'" in said for name in "abc")


def test_prune_removes_what_matches_and_nothing_else(host: Host) -> None:
    host.run("virt_net", name="lan", bridge={"name": "conv-lan"})
    host.run("virt_domain", name="other", disks=[], **GUEST)
    converged(host, **lab(3))
    less = lab(1, prune={"domains": ["node-*"], "volumes": ["lab/node-*"], "networks": ["lab*"]})
    pruned = converged_with_prune(host, less)
    assert names(pruned, changed=True) == [
        "volumes/lab/node-1.qcow2",
        "volumes/lab/node-2.qcow2",
        "domains/node-1",
        "domains/node-2",
    ]
    assert {domain.name() for domain in host.connection.listAllDomains()} == {"node-0", "other"}
    assert {network.name() for network in host.connection.listAllNetworks()} == {"lab", "lan"}


def converged_with_prune(host: Host, options: dict[str, Any]) -> Outcome:
    predicted = attempt(host, check=True, **options)
    happened = attempt(host, **options)
    assert happened.rc == 0, happened["msg"]
    assert names(predicted, changed=True) == names(happened, changed=True)
    assert attempt(host, **options)["changed"] is False
    return happened


def test_a_stack_is_told_as_it_was_given_and_drawn(host: Host) -> None:
    converged(host, **lab(2))
    host.run("virt_domain", name="other", disks=[], **GUEST)
    told = host.attempt("virt_stack_info", domains=["node-1"], picture="mermaid").result
    assert {kind: [one["name"] for one in entries] for kind, entries in told["stack"].items()} == {
        "networks": ["lab"],
        "pools": ["lab"],
        "volumes": ["base.qcow2", "node-1.qcow2"],
        "domains": ["node-1"],
    }
    assert attempt(host, **told["stack"])["changed"] is False
    lines = told["picture"].splitlines()
    assert lines[0] == "flowchart LR"
    assert len([line for line in lines if "-->" in line]) == 6
    everything = host.attempt("virt_stack_info", picture="dot").result
    assert [one["name"] for one in everything["stack"]["domains"]] == ["node-0", "node-1", "other"]
    assert everything["picture"].startswith("digraph libvirt {")


def test_secrets_of_entries_are_not_shown(host: Host) -> None:
    xml = "<domain type='qemu'><name>a</name><memory>65536</memory><os><type>hvm</type></os><devices>"
    xml += "<graphics type='vnc' passwd='s3cr-p4s'/></devices></domain>"
    secrets = [{"usage": {"type": "ceph", "id": "lab"}, "value": "v3ry-hidden"}]
    made = attempt(host, domains=[{"xml": xml}], secrets=secrets)
    assert made.rc == 0, made["msg"]
    assert "s3cr-p4s" not in made.everything
    assert "v3ry-hidden" not in made.everything


@pytest.mark.long
def test_libvirtd_killed_half_way_loses_and_doubles_nothing(host: Host) -> None:
    stack = lab(24)
    with host.bed.proxy(Fault("kill", 30, "after")) as proxy:
        failed = attempt(host, uri=proxy.uri, **stack)
    assert failed.rc == 1
    assert failed["msg"]
    if "objects" in failed.result:
        done = {one["name"] for one in failed["objects"] if one["kind"] == "domains" and not one["failed"]}
        assert {domain.name() for domain in host.bed.connect().listAllDomains()} >= done
    finished = attempt(host, **stack)
    assert finished.rc == 0, finished["msg"]
    connection = host.bed.connect()
    assert len(connection.listAllDomains()) == 24
    assert len(connection.storagePoolLookupByName("lab").listAllVolumes()) == 25
    assert attempt(host, **stack)["changed"] is False
