# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries are checked as their own modules check them, and what is wrong with one is said with its place."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.domain import Domain
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.network import Network
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.nwfilter import Nwfilter
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.pool import Pool
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.secret import Secret
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.volume import Volume
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain import DOMAIN
from ansible_collections.converge.libvirt.plugins.module_utils._spec.network import NETWORK
from ansible_collections.converge.libvirt.plugins.module_utils._spec.nwfilter import NWFILTER
from ansible_collections.converge.libvirt.plugins.module_utils._spec.pool import POOL
from ansible_collections.converge.libvirt.plugins.module_utils._spec.secret import SECRET
from ansible_collections.converge.libvirt.plugins.module_utils._spec.stack import argument_spec
from ansible_collections.converge.libvirt.plugins.module_utils._spec.volume import VOLUME
from ansible_collections.converge.libvirt.plugins.module_utils._stack.entries import (
    COMMON,
    Entry,
    Reader,
    Sort,
    secrets_in,
)
from ansible_collections.converge.libvirt.tests.unit.in_process import Runner

SORTS = {
    "secrets": Sort(Secret, SECRET),
    "nwfilters": Sort(Nwfilter, NWFILTER),
    "networks": Sort(Network, NETWORK),
    "pools": Sort(Pool, POOL),
    "volumes": Sort(Volume, VOLUME),
    "domains": Sort(Domain, DOMAIN),
}
UUID = "11111111-2222-3333-4444-555555555555"
CONNECTION = {"uri": "test:///default", "username": None, "password": None, "timeout": 5, "wait_timeout": 7}


def reader(**options: Any) -> Reader:
    """A Reader of a task with these options."""
    return Reader(SORTS, {**dict.fromkeys(argument_spec()), **CONNECTION, "state": "present", **options})


def entries(**options: Any) -> list[Entry]:
    return reader(**options).entries()


@pytest.mark.parametrize("kind", SORTS)
def test_an_entry_has_the_options_of_its_module_but_those_of_the_task(kind: str) -> None:
    module = SORTS[kind].spec.argument_spec()
    assert module.keys() - SORTS[kind].argument_spec().keys() == {*COMMON, *({"names"} & module.keys())}


def test_an_entry_is_given_to_its_kind_as_by_its_module() -> None:
    (entry,) = entries(domains=[{"name": "web", "memory": "1GiB"}])
    assert entry.params.keys() == SORTS["domains"].spec.argument_spec().keys()
    assert (entry.params["wait_timeout"], entry.params["names"]) == (7, None)
    assert (entry.params["state"], entry.params["shutdown"]["mode"]) == ("present", "auto")
    assert (entry.asked.name, entry.node.kind, entry.node.name) == ("web", "domains", "web")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"domains": [{"name": "a"}, {"memory": "1GiB"}]}, "domains[1]: one of the following is required: name, uuid"),
        ({"domains": [{"name": "a", "colour": "red"}]}, "domains[0]: colour. Supported parameters include"),
        ({"domains": [{"name": "a", "names": ["b*"]}]}, "domains[0]: names. Supported parameters include"),
        ({"networks": [{"name": "a", "uri": "test:///default"}]}, "networks[0]: uri. Supported parameters include"),
        ({"networks": [{"name": "a", "state": "rendered"}]}, "networks[0]: value of state must be one of: present, "),
        ({"networks": [{"name": "a", "state": "running"}]}, "networks[0]: value of state must be one of: present, "),
        ({"pools": [{"name": " "}]}, "pools[0]: name is empty"),
        ({"pools": [{"xml": "<pool>"}]}, "pools[0]: xml: line 1: "),
        ({"pools": [{"xml": "<network/>"}]}, "pools[0]: xml: this is a <network> document, a <pool> is needed"),
        ({"volumes": [{"name": "a"}]}, "volumes[0]: missing required arguments: pool"),
        ({"volumes": [{"pool": "p", "name": "a", "capacity": "1XB"}]}, "volumes[0]: capacity: "),
        (
            {"domains": [{"name": "a", "xml": "<domain><memory unit='XB'>1</memory></domain>"}]},
            "domains[0]: xml: line 1: memory: ",
        ),
        ({"domains": [{"name": "a", "uuid": "1"}]}, "domains[0]: uuid '1' is not a UUID"),
        ({"domains": [{"name": "a"}], "defaults": {"domains": {"colour": "red"}}}, "domains[0]: colour. Supported"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        entries(**options)
    assert str(refused.value).startswith(sentence)


def test_defaults_give_way_to_what_an_entry_says_as_a_whole() -> None:
    defaults = {
        "domains": {"memory": "1GiB", "shutdown": {"timeout": 5, "force": True}},
        "networks": {"autostart": True},
    }
    own, other = entries(defaults=defaults, domains=[{"name": "a", "shutdown": {"force": False}}, {"name": "b"}])
    assert (own.params["memory"], own.params["shutdown"]["force"]) == ("1GiB", False)
    assert own.params["shutdown"]["timeout"] != 5
    assert other.params["shutdown"]["timeout"] == 5
    assert own.params["autostart"] is None


@pytest.mark.parametrize(
    "twins",
    [
        [{"name": "a"}, {"name": "a"}],
        [{"name": "a"}, {"xml": "<network><name>a</name></network>"}],
        [{"name": "a", "uuid": UUID}, {"name": "b", "uuid": UUID.replace("-", "")}],
    ],
)
def test_twins_are_refused(twins: list[dict[str, Any]]) -> None:
    with pytest.raises(Refused, match=r"^the stack names network '[ab]' twice$"):
        entries(networks=twins)


def test_the_same_name_in_two_pools_or_of_two_kinds_is_no_twin() -> None:
    volumes = [{"pool": pool, "name": "a", "capacity": "1MiB"} for pool in "pq"]
    assert len(entries(volumes=volumes, networks=[{"name": "a"}], domains=[{"name": "a"}])) == 4


def test_the_whole_stack_goes() -> None:
    found = entries(state="absent", networks=[{"name": "a", "state": "active"}], domains=[{"name": "b"}])
    assert [entry.params["state"] for entry in found] == ["absent", "absent"]
    assert all(entry.node.absent and entry.node.document is None for entry in found)


def test_what_is_pruned_goes_by_the_defaults_of_removal_alone() -> None:
    defaults = {
        "domains": {"memory": "1GiB", "state": "running", "remove_storage": ["all"], "shutdown": {"force": True}}
    }
    entry = reader(defaults=defaults).removal("domains", "web", None, None)
    assert (entry.params["state"], entry.params["memory"]) == ("absent", None)
    assert (entry.params["remove_storage"], entry.params["shutdown"]["force"]) == (["all"], True)
    volume = reader().removal("volumes", "lab/a/b", None, None)
    assert (volume.params["pool"], volume.asked.name, volume.pool) == ("lab", "a/b", "lab")


def test_secrets_are_found_whatever_else_is_wrong() -> None:
    spec = SORTS["domains"].argument_spec()
    given = {"graphics": [{"type": "vnc", "passwd": "one"}, "nonsense"], "colour": {"passwd": "not an option"}}
    assert set(secrets_in(spec, given)) == {"one"}
    assert set(secrets_in(SORTS["secrets"].argument_spec(), {"value": 17, "usage": None})) == {"17"}
    assert set(secrets_in(spec, "nonsense")) == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"networks": [{"colour": "red"}]},
        {"networks": ["nonsense"]},
        {"networks": 5},
        {"nosuch": True},
        {"defaults": "nonsense"},
        {"state": "purple"},
        {"parallel": 0},
        {"uri": "nosuch:///"},
    ],
)
def test_a_secret_is_hidden_when_something_else_fails(run: Runner, wrong: dict[str, Any]) -> None:
    hidden = {
        "secrets": [{"usage": {"type": "ceph", "id": "a"}, "value": "s3cret-value"}],
        "domains": [
            {"name": "a", "graphics": [{"type": "vnc", "passwd": "p4ssword"}]},
            {"xml": "<domain><name>b</name><devices><graphics type='vnc' passwd='x3ml-pass'/></devices></domain>"},
        ],
    }
    told = str(run.failed("virt_stack", **{**hidden, **wrong}))
    assert "s3cret-value" not in told
    assert "p4ssword" not in told
    assert "x3ml-pass" not in told
