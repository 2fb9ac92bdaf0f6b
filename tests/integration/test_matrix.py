# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every converging module: create, again, change, again, remove, again.

Each is predicted by check mode, which writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import NOUNS, Host


@dataclass(frozen=True)
class Case:
    """One object's life. create, change: options of the task; changes: the paths the change is told as."""

    module: str
    create: dict[str, Any]
    change: dict[str, Any]
    changes: list[str]
    prepare: str | None = None

    @property
    def identity(self) -> dict[str, Any]:
        if self.module == "virt_secret":
            return {"usage": {"type": "ceph", "id": "it"}}
        return {"pool": "images", "name": "it"} if self.module == "virt_volume" else {"name": "it"}

    @property
    def title(self) -> str:
        """What results call the object."""
        return "ceph it" if self.module == "virt_secret" else "it"


MAC = "52:54:00:00:00:01"
RANGE = "ip[192.168.78.1]/dhcp/range"

CASES = {
    "a guest by xml": Case(
        "virt_domain",
        {"xml": documents.domain("it")},
        {"xml": documents.domain("it", memory="96")},
        ["memory", "currentMemory"],
    ),
    "a guest by its options": Case(
        "virt_domain",
        {"xml": documents.domain("it"), "vcpus": 2, "title": "One", "autostart": True},
        {"memory": "96MiB", "vcpus": 1, "title": "", "description": "Another", "autostart": False},
        ["memory", "currentMemory", "vcpu", "title", "description", "autostart"],
    ),
    "a guest with devices": Case(
        "virt_domain",
        {"xml": documents.domain("it", documents.disk("/tmp/a.img") + documents.interface(MAC))},
        {"xml": documents.domain("it", documents.disk("/tmp/b.img") + documents.interface(MAC, "dmz"))},
        ["devices/disk[vda]/source/@file", f"devices/interface[{MAC}]/source/@network"],
    ),
    "a network": Case(
        "virt_net",
        {"xml": documents.network("it")},
        {"xml": documents.network("it", end="50")},
        [f"{RANGE}[192.168.78.2,192.168.78.99]/@end"],
    ),
    "an active network": Case(
        "virt_net",
        {"xml": documents.network("it"), "state": "active", "autostart": True},
        {"xml": documents.network("it"), "state": "inactive", "autostart": False},
        ["autostart", "state"],
    ),
    "a pool": Case(
        "virt_pool",
        {"xml": documents.pool("it"), "build": "never"},
        {"xml": documents.pool("it", folder=f"{documents.IMAGES}/other"), "build": "never"},
        ["target/path"],
    ),
    "an active pool": Case(
        "virt_pool",
        {"xml": documents.pool("it"), "state": "active", "autostart": True},
        {"xml": documents.pool("it"), "state": "inactive", "autostart": False},
        ["autostart", "state"],
    ),
    "a volume by its options": Case(
        "virt_volume",
        {"capacity": "1MiB", "format": "qcow2"},
        {"capacity": "2MiB", "format": "qcow2"},
        ["capacity"],
        prepare="images",
    ),
    "a volume by xml": Case(
        "virt_volume",
        {"xml": "<volume><name>it</name><capacity unit='MiB'>1</capacity></volume>"},
        {"xml": "<volume><name>it</name><capacity unit='MiB'>3</capacity></volume>"},
        ["capacity"],
        prepare="images",
    ),
    "a secret by xml": Case(
        "virt_secret",
        {"xml": documents.secret()},
        {"xml": documents.secret("Another", private="yes")},
        ["description", "@private"],
    ),
    "a secret by its options": Case(
        "virt_secret",
        {"description": "One", "value": "b25l", "value_encoding": "base64", "ephemeral": True},
        {"description": "", "value": "two", "ephemeral": False},
        ["description", "value", "@ephemeral"],
    ),
    "a network filter": Case(
        "virt_nwfilter",
        {"xml": documents.nwfilter("it", before="<filterref filter='clean-traffic'/>")},
        {"xml": documents.nwfilter("it", "443", after="<filterref filter='clean-traffic'/>")},
        ["rule/tcp/@dstportstart", "filterref+rule"],
    ),
}

#: What sentences call a kind that they do not call as results do.
WORDS = {"domain": "guest", "filter": "network filter"}


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def case(request: pytest.FixtureRequest, host: Host) -> Case:
    found: Case = request.param
    if found.prepare is not None:
        host.make_pool(found.prepare, f"{documents.IMAGES}/{found.prepare}")
    return found


def test_a_life(host: Host, case: Case) -> None:
    noun = NOUNS[case.module]
    word = WORDS.get(noun, noun)

    created = host.converge(case.module, **case.identity, **case.create)
    assert created["changes"] == [{"path": "/", "before": None, "after": f"{word} '{case.title}'", "how": "stored"}]
    assert created["diff"]["before"] == ""
    assert "<name>it</name>" in created["diff"]["after"] or 'name="it"' in created["diff"]["after"]
    assert created[noun]["name"] == case.title

    changed = host.converge(case.module, **case.identity, **case.change)
    assert sorted(changed.paths) == sorted(case.changes)
    assert changed["diff"]["before"] != changed["diff"]["after"]

    removed = host.converge(case.module, **case.identity, state="absent")
    assert removed.paths == ["/"]
    assert removed["diff"]["after"] == ""
    assert removed[noun] == {"name": case.title, "state": "absent"}
