# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole topology in one task: ordered by what needs what, exact about what failed, and told again as it was given."""

from __future__ import annotations

import copy
from typing import Any, Literal

import pytest
from converge_bed.proxy import WRITES, Fault

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome, one_sentence

BRIDGE = "conv-lab"
LEFT_BRIDGE = f"error creating bridge interface {BRIDGE}: File exists"
FOLDER = "/var/lib/libvirt/images/lab"


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
                "bridge": {"name": BRIDGE},
                "ips": [{"address": "192.168.178.1", "prefix": 24}],
                "state": "active",
            }
        ],
        "defaults": {"volumes": {"pool": "lab", "format": "qcow2"}, "domains": documents.GUEST},
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
    host.run("virt_domain", name="other", disks=[], **documents.GUEST)
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
    host.run("virt_domain", name="other", disks=[], **documents.GUEST)
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


def there(host: Host) -> set[str]:
    """What the host has, as kind/name."""
    connection = host.bed.connect()
    pools = connection.listAllStoragePools()
    return {
        *(f"networks/{one.name()}" for one in connection.listAllNetworks()),
        *(f"pools/{one.name()}" for one in pools),
        *(f"volumes/{pool.name()}/{one.name()}" for pool in pools if pool.isActive() for one in pool.listAllVolumes()),
        *(f"domains/{one.name()}" for one in connection.listAllDomains()),
    }


@pytest.mark.long
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", [2, 5, 20, 45])
def test_libvirtd_killed_half_way_loses_and_doubles_nothing(
    host: Host, number: int, moment: Literal["before", "after"]
) -> None:
    stack = lab(24)
    with host.bed.proxy(Fault("kill", number, moment, of=WRITES)) as proxy:
        failed = attempt(host, uri=proxy.uri, timeout=10, **stack)
        assert proxy.happened
    said = one_sentence(failed)
    assert "of 51 objects failed" in said
    assert len(said) < 4000
    have = there(host)
    assert len(failed["objects"]) == 51
    for one in failed["objects"]:
        is_there = f"{one['kind']}/{one['name']}" in have
        if not one["failed"]:
            assert is_there, f"{one['name']} was told to be done"
        elif not one["tried"]:
            assert not is_there, f"{one['name']} was told to be left alone"
        elif not one.get("unknown", "").startswith(("define", "create")):
            # What libvirt did not answer it may have done; of all else the account is exact.
            assert is_there is bool(one.get("applied")), one
    assert failed["changed"] is any(one["changed"] for one in failed["objects"])
    finished = attempt(host, **stack)
    if LEFT_BRIDGE in finished.result.get("msg", ""):
        # It died within the start of the network, of which nothing tells any more but the bridge.
        remove_bridge(host)
        finished = attempt(host, **stack)
    assert finished.rc == 0, finished["msg"]
    assert there(host) == {f"{one['kind']}/{one['name']}" for one in finished["objects"]}
    # What was told to be done is not done again, but for what the death of libvirtd has stopped.
    done = set(names(failed, failed=False))
    again = {
        f"{one['kind']}/{one['name']}"
        for one in finished["objects"]
        if "/" in [each["path"] for each in one["changes"]]
    }
    assert not done & again
    assert attempt(host, **stack)["changed"] is False


def test_a_bridge_that_a_start_has_left_is_for_a_person_to_remove(host: Host) -> None:
    """libvirt has no call for it, and nothing tells it from a bridge that somebody needs."""
    host.bed.exec("ip", "link", "add", BRIDGE, "type", "bridge")
    failed = attempt(host, **lab(1))
    assert f"{LEFT_BRIDGE} (VIR_ERR_SYSTEM_ERROR); if a start that was cut short left it, remove it" in failed["msg"]
    remove_bridge(host)
    finished = converged(host, **lab(1))
    assert names(finished, changed=True)[0] == "networks/lab"


def remove_bridge(host: Host) -> None:
    host.bed.exec("ip", "link", "delete", BRIDGE)


def test_a_connection_that_is_cut_costs_one_object(host: Host) -> None:
    """Of the connections that work side by side; the look at the host has its own."""
    stack = lab(6)
    with host.bed.proxy(Fault("cut", 8, "before", of=WRITES)) as proxy:
        failed = attempt(host, uri=proxy.uri, **stack)
    (tried,) = [one for one in failed["objects"] if one.get("tried")]
    assert tried["unknown"] == tried["not_applied"][0]
    assert "is not known" in tried["msg"]
    converged(host, **stack)


def test_what_is_as_it_should_be_costs_three_questions_at_most(host: Host) -> None:
    stack = lab(12)
    converged(host, **stack)
    with host.bed.proxy() as proxy:
        again = attempt(host, uri=proxy.uri, **stack)
        assert again["changed"] is False
    assert len(proxy.calls) <= 3 * len(again["objects"]), proxy.calls


def test_removal_asks_no_more_of_each_when_there_are_many(host: Host) -> None:
    asked = {}
    for count in (4, 16):
        attempt(host, **lab(count))
        with host.bed.proxy() as proxy:
            gone = attempt(host, uri=proxy.uri, **lab(count, state="absent"))
            assert gone.rc == 0, gone["msg"]
        asked[count] = len(proxy.calls) / (2 * count)
    assert asked[16] < asked[4] * 1.5


def test_guests_and_their_storage_go_although_the_task_only_names_them(host: Host) -> None:
    converged(host, **lab(2))
    named = {
        kind: [{key: one[key] for key in ("name", "pool") if key in one} for one in entries]
        for kind, entries in lab(2).items()
        if kind != "defaults"
    }
    gone = converged(host, state="absent", defaults={"volumes": {"pool": "lab"}}, **named)
    assert len(names(gone, changed=True)) == 7


def test_a_disk_by_path_is_ordered_though_the_pool_is_not_in_the_stack(host: Host) -> None:
    host.make_pool("lab", FOLDER)
    disk: dict[str, Any] = {
        "target": "vda",
        "bus": "virtio",
        "source": {"file": f"{FOLDER}/a.img"},
        "driver": {"type": "raw"},
    }
    stack: dict[str, Any] = {
        "domains": [{"name": "a", "disks": [disk], **documents.GUEST}],
        "volumes": [{"pool": "lab", "name": "a.img", "format": "raw", "capacity": "1MiB"}],
    }
    converged(host, **stack)
    stack["volumes"][0]["format"] = "nonsense"
    stack["volumes"][0]["name"] = "b.img"
    disk["source"]["file"] = f"{FOLDER}/b.img"
    assert names(attempt(host, **stack), tried=False) == ["domains/a"]


def test_a_volume_whose_source_has_changed_is_noticed(host: Host) -> None:
    host.make_pool("lab", FOLDER)
    host.make_volume("lab", "source.img")
    copied = {"pool": "lab", "name": "copy.img", "clone": {"volume": "source.img"}, "compare": "content"}
    assert attempt(host, volumes=[copied]).rc == 0
    assert attempt(host, volumes=[copied])["changed"] is False
    host.bed.outside(f"{FOLDER}/source.img").write_bytes(b"x" * (1 << 20))
    assert attempt(host, volumes=[copied]).rc == 1, "as virt_volume, which overwrites nothing unasked"
    assert attempt(host, volumes=[{**copied, "overwrite": "safely"}])["changed"] is True


def test_storage_that_goes_with_a_guest_goes_once(host: Host) -> None:
    """Although its volume has an entry as well: in check mode as for real."""
    together = lab(2)
    together["defaults"]["domains"] = {**documents.GUEST, "remove_storage": ["all"]}
    converged(host, **together)
    gone = converged(host, **together, state="absent")
    assert names(gone, changed=True) == [
        "networks/lab",
        "pools/lab",
        "volumes/lab/base.qcow2",
        "domains/node-0",
        "domains/node-1",
    ]
    (guest,) = [one for one in gone["objects"] if one["name"] == "node-1"]
    assert guest["actions"][-1] == f"delete {FOLDER}/node-1.qcow2, disk vda of guest 'node-1'"


def test_storage_that_goes_with_a_guest_comes_back_where_the_stack_has_it(host: Host) -> None:
    converged(host, **lab(2))
    other = lab(2)
    other["domains"][1] |= {"state": "absent", "remove_storage": ["vda"]}
    predicted = attempt(host, check=True, **other)
    happened = attempt(host, **other)
    assert happened.rc == 0, happened["msg"]
    assert (
        names(predicted, changed=True)
        == names(happened, changed=True)
        == ["volumes/lab/node-1.qcow2", "domains/node-1"]
    )
    assert attempt(host, **other)["changed"] is False


def test_storage_that_shall_be_wiped_does_not_go_with_a_guest(host: Host) -> None:
    converged(host, **lab(1))
    wiping = lab(1, state="absent")
    wiping["domains"][0]["remove_storage"] = ["vda"]
    wiping["volumes"][0]["wipe"] = "zero"
    before = host.known()
    for check in (True, False):
        refused = attempt(host, check=check, **{**wiping, "pools": [], "networks": []})
        assert "remove_storage would delete lab/node-0.qcow2 unwiped" in one_sentence(refused)
        assert names(refused, tried=False) == ["volumes/lab/base.qcow2", "volumes/lab/node-0.qcow2"]
    assert host.known() == before
    wiping["domains"][0]["remove_storage"] = []
    gone = attempt(host, **wiping)
    assert "wipe volume 'node-0.qcow2' (zero)" in next(
        one["actions"] for one in gone["objects"] if one["name"] == "lab/node-0.qcow2"
    )


def test_the_contents_of_a_pool_are_what_the_stack_leaves_of_them(host: Host) -> None:
    converged(host, **lab(1))
    gone: dict[str, Any] = lab(1, state="absent")
    gone["volumes"] = [one for one in gone["volumes"] if one["name"] == "node-0.qcow2"]
    gone["pools"][0]["delete_contents"] = True
    predicted, happened = (attempt(host, check=check, **gone) for check in (True, False))
    for outcome in (predicted, happened):
        assert outcome.rc == 0, outcome["msg"]
        (pool,) = [one for one in outcome["objects"] if one["kind"] == "pools"]
        assert [said for said in pool["actions"] if "qcow2" in said] == ["delete volume 'base.qcow2' of pool 'lab'"]
