# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole stacks against libvirt's own driver for tests: order, failures, prune, and what is told again."""

from __future__ import annotations

import fnmatch
from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")
pytest.importorskip("hypothesis", reason="needs hypothesis")

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.converge.libvirt.tests.unit.in_process import Runner, everything

from ....conftest import THERE

NAMES = ("a", "aa", "ab", "b", "ba", "[a]")
PATTERNS = ("*", "a", "a*", "?", "[ab]", "b?", "[[]*", "nosuch")
#: By list: how results and the tests' own look call it, and an entry of a name.
KINDS: dict[str, tuple[str, Any]] = {
    "networks": ("network", lambda name: {"name": name, "xml": f"<network><name>{name}</name></network>"}),
    "pools": (
        "pool",
        lambda name: {"name": name, "type": "dir", "target": {"path": f"/tmp/{name}"}, "state": "active"},
    ),
    "volumes": ("volume", lambda name: {"pool": "default-pool", "name": name, "capacity": "1MiB"}),
    "domains": (
        "domain",
        lambda name: {"name": name, "type": "test", "os_type": "hvm", "memory": "64MiB", "vcpus": 1, "disks": []},
    ),
}

objects = st.fixed_dictionaries({kind: st.sets(st.sampled_from(NAMES), max_size=4) for kind in KINDS})
globs = st.fixed_dictionaries({}, optional={kind: st.lists(st.sampled_from(PATTERNS), max_size=2) for kind in KINDS})


def entries(some: dict[str, set[str]]) -> dict[str, list[dict[str, Any]]]:
    return {kind: [KINDS[kind][1](name) for name in sorted(names)] for kind, names in some.items()}


def have(host: Any) -> set[str]:
    return set(everything(host))


def called(kind: str, name: str) -> str:
    """An object as everything() calls it."""
    return f"volume/default-pool/{name}" if kind == "volumes" else f"{KINDS[kind][0]}/{name}"


def full_pattern(kind: str, glob: str) -> str:
    return f"default-pool/{glob}" if kind == "volumes" else glob


@settings(
    max_examples=40,
    # To make an example smaller takes longer than to read it.
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=st.tuples(objects, objects, globs, st.booleans()))
def test_prune_removes_what_matches_and_is_not_named_and_nothing_else(run: Runner, host: Any, case: Any) -> None:
    """On random hosts with random stacks."""
    # The last: whether the stack names its guests by uuid.
    there, stack, prune, uuids = case
    try:
        if any(there.values()):
            run("virt_stack", **entries(there))
        before = have(host)
        asked = entries(stack)
        if uuids:
            known = [name for name in stack["domains"] if name in there["domains"]]
            asked["domains"] = [{"uuid": host.lookupByName(name).UUIDString()} for name in known]
            stack = {**stack, "domains": set(known)}
        patterns = {kind: [full_pattern(kind, one) for one in some] for kind, some in prune.items()}
        # What the driver had from the start may match, too.
        mine = {**asked, "pools": [*asked["pools"], {"name": "default-pool"}]}
        predicted = run.check("virt_stack", prune=patterns, **mine)
        done = run("virt_stack", prune=patterns, **mine)
        doomed = {
            one
            for one in before
            for kind, (noun, _entry) in KINDS.items()
            if one.startswith(f"{noun}/")
            and any(fnmatch.fnmatchcase(one.rpartition("/")[2], glob) for glob in prune.get(kind, ()))
        }
        kept = {called(kind, name) for kind, names in stack.items() for name in names} | {"pool/default-pool"}
        assert have(host) == (before - doomed) | kept
        for told in (predicted, done):
            removed = {f"{one['kind'].rstrip('s')}/{one['name']}" for one in told["objects"] if _is_removal(one)}
            assert removed == doomed - kept
        assert run("virt_stack", prune=patterns, **mine)["changed"] is False
    finally:
        _restore(host)


def _is_removal(one: dict[str, Any]) -> bool:
    return [change["path"] for change in one["changes"] if change["after"] is None] == ["/"]


def _restore(host: Any) -> None:
    """The driver as it was at the start."""
    for domain in host.listAllDomains():
        if f"domain/{domain.name()}" not in THERE:
            domain.undefine()
    for network in host.listAllNetworks():
        if f"network/{network.name()}" not in THERE:
            network.undefine()
    for pool in host.listAllStoragePools():
        for volume in pool.listAllVolumes() if pool.isActive() else ():
            volume.delete()
        if f"pool/{pool.name()}" not in THERE:
            if pool.isActive():
                pool.destroy()
            pool.undefine()
    for xml in () if "domain/test" in have(host) else (TEST_GUEST,):
        host.defineXML(xml).create()
    if "network/default" not in have(host):
        host.networkDefineXML("<network><name>default</name><bridge name='virbr0'/></network>").create()


TEST_GUEST = "<domain type='test'><name>test</name><memory>8388608</memory><os><type>hvm</type></os></domain>"


def test_a_guest_goes_before_its_volume_although_the_task_only_names_them(run: Runner, host: Any) -> None:
    disk = {"target": "vda", "source": {"pool": "default-pool", "volume": "v"}}
    guest = {**KINDS["domains"][1]("g"), "disks": [disk], "state": "running"}
    run("virt_stack", volumes=[KINDS["volumes"][1]("v")], domains=[guest])
    bare = {"volumes": [{"pool": "default-pool", "name": "v"}], "domains": [{"name": "g"}]}
    for check in (True, False):
        gone = (run.check if check else run)(
            "virt_stack", state="absent", defaults={"domains": {"shutdown": {"timeout": 0.1, "force": True}}}, **bare
        )
        assert [one["changed"] for one in gone["objects"]] == [True, True]
    assert have(host) == THERE


def test_a_failure_stops_what_needs_it_and_nothing_else(run: Runner, host: Any) -> None:
    pools = [KINDS["pools"][1]("bad"), KINDS["pools"][1]("good")]
    pools[0]["xml"] = "<pool type='nonsense'/>"
    del pools[0]["type"], pools[0]["target"]
    volumes = [{"pool": pool, "name": "v", "capacity": "1MiB"} for pool in ("bad", "good")]
    failed = run.failed("virt_stack", pools=pools, volumes=volumes)
    told = {f"{one['kind']}/{one['name']}": (one["failed"], one.get("tried")) for one in failed["objects"]}
    assert told == {
        "pools/bad": (True, True),
        "pools/good": (False, None),
        "volumes/bad/v": (True, False),
        "volumes/good/v": (False, None),
    }
    assert failed["msg"].startswith("1 of 4 objects failed: pool 'bad': cannot define pool 'bad' on test:///default: ")
    assert failed["msg"].endswith("; 1 more that need these were not tried")
    assert failed["changed"] is True
    assert {"pool/good", "volume/good/v"} <= have(host)
    (skipped,) = [one for one in failed["objects"] if one.get("tried") is False]
    assert skipped["msg"] == "not tried, since it needs pool 'bad'"


def test_many_failures_are_told_in_a_sentence_that_can_be_read(run: Runner) -> None:
    pools = [{"xml": f"<pool type='nonsense'><name>p{number}</name></pool>"} for number in range(20)]
    failed = run.failed("virt_stack", pools=pools)
    assert failed["msg"].startswith("20 of 20 objects failed: pool 'p0': ")
    assert failed["msg"].endswith("; and 15 more, see objects")
    assert all("VIR_ERR" in one["msg"] for one in failed["objects"])


def test_an_object_named_by_uuid_and_by_name_is_named_twice(run: Runner, host: Any) -> None:
    uuid = host.lookupByName("test").UUIDString()
    said = run.refused("virt_stack", domains=[{"name": "test"}, {"uuid": uuid}])
    assert said == "the stack names guest 'test' twice"


@pytest.mark.parametrize("parallel", [0, -1])
def test_nothing_at_a_time_is_refused(run: Runner, parallel: int) -> None:
    said = run.refused("virt_stack", networks=[KINDS["networks"][1]("n")], parallel=parallel)
    assert said == "parallel: at least one object has to be changed at a time"


def test_a_pattern_of_volumes_without_pool_is_refused(run: Runner) -> None:
    run("virt_stack", volumes=[KINDS["volumes"][1]("v")])
    assert "names no pool" in run.refused("virt_stack", prune={"volumes": ["v*"]})


def test_a_part_of_a_host_is_told_with_what_it_needs(run: Runner) -> None:
    disk = {"target": "vda", "source": {"pool": "default-pool", "volume": "v"}}
    guests = [{**KINDS["domains"][1]("g"), "disks": [disk]}, KINDS["domains"][1]("other")]
    run("virt_stack", volumes=[KINDS["volumes"][1]("v"), KINDS["volumes"][1]("w")], domains=guests)
    told = run("virt_stack_info", domains=["g*"])["stack"]
    assert {kind: [one["name"] for one in some] for kind, some in told.items()} == {
        "pools": ["default-pool"],
        "volumes": ["v"],
        "domains": ["g"],
    }
    assert run("virt_stack", **told)["changed"] is False
    alone = run("virt_stack_info", domains=["g"], with_needs=False)["stack"]
    assert alone.keys() == {"domains"}
    whole = run("virt_stack_info", output="xml")["stack"]
    assert all("xml" in one for some in whole.values() for one in some)
    assert [one["pool"] for one in whole["volumes"]] == ["default-pool"] * 2
    assert run("virt_stack", **whole)["changed"] is False
    assert run("virt_stack_info", networks=["nosuch"])["stack"] == {}
