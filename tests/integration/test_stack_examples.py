# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stacks of docs/examples are played on a host of our own: predicted, made, left alone, changed and taken away."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host

EXAMPLES = Path(__file__).parents[2] / "docs/examples/stacks"
#: By example: how many objects it has, and a guest with the networks it is on.
STACKS: dict[str, tuple[int, str, list[str]]] = {
    "three_tier": (15, "tier-app", ["tier-app", "tier-data"]),
    "cluster": (8, "k8s-worker-2", ["cluster"]),
    "air_gap": (9, "gap-router", ["gap-outside", "gap-inside"]),
}


def play(host: Host, name: str, *words: str, **change: Any) -> list[dict[str, Any]]:
    """Play an example, with other variables, and other options of its task; what became of the objects."""
    (told,) = yaml.safe_load((EXAMPLES / f"{name}.yml").read_text().replace("/srv/images", f"{documents.IMAGES}/srv"))
    (task,) = told["tasks"]
    given = {"virt_type": "qemu", **{key: change.pop(key) for key in ("workers",) if key in change}}
    task["converge.libvirt.virt_stack"].update(change)
    task["vars"] = {**told["vars"], **given}
    show = {"ansible.builtin.debug": {"msg": "TOLD {{ done.objects | to_json | b64encode }}"}}
    done = host.playbook([{**task, "register": "done"}, show], *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[WARNING]" not in done.stdout + done.stderr, done.stderr
    text = done.stdout.partition("TOLD ")[2].partition('"')[0]
    objects: list[dict[str, Any]] = json.loads(base64.b64decode(text))
    return objects


def changed(objects: list[dict[str, Any]]) -> list[str]:
    return [f"{one['kind']}/{one['name']}" for one in objects if one["changed"]]


def prepare(host: Host, name: str) -> None:
    """What the example finds on a host."""
    if name == "cluster":
        host.make_pool("templates", f"{documents.IMAGES}/srv/templates")
        host.make_volume("templates", "node.qcow2", "qcow2")


def test_every_example_is_here() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yml")} == STACKS.keys()


@pytest.mark.parametrize("name", STACKS)
def test_an_example_is_made_kept_and_taken_away(host: Host, name: str) -> None:
    count, guest, networks = STACKS[name]
    prepare(host, name)
    before = host.known()
    predicted = play(host, name, "--check")
    assert host.known() == before
    made = play(host, name)
    assert len(changed(made)) == count
    assert changed(predicted) == changed(made)
    assert changed(play(host, name)) == []
    found = host.connection.lookupByName(guest).XMLDesc()
    assert [network for network in networks if f"network='{network}'" in found] == networks
    assert len(changed(play(host, name, state="absent"))) == count
    left = host.known().keys() - before.keys()
    assert not [one for one in left if not one.startswith("file/")]


@pytest.mark.long
def test_the_cluster_grows_and_shrinks(host: Host) -> None:
    prepare(host, "cluster")
    play(host, "cluster", workers=2)
    more = changed(play(host, "cluster", workers=3))
    assert more == ["networks/cluster", "volumes/cluster/worker-3.qcow2", "domains/k8s-worker-3"]
    fewer = changed(play(host, "cluster", workers=1))
    assert set(fewer) == {
        "networks/cluster",
        *(f"volumes/cluster/worker-{number}.qcow2" for number in (2, 3)),
        *(f"domains/k8s-worker-{number}" for number in (2, 3)),
    }
    assert {one.name() for one in host.connection.listAllDomains()} == {"k8s-control", "k8s-worker-1"}
    assert host.connection.storagePoolLookupByName("templates").listVolumes() == ["node.qcow2"]
