# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a stack tells of each object is what the module of that object tells: over documents and the examples."""

from __future__ import annotations

import copy
import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.alike import apart
from ansible_collections.converge.libvirt.tests.integration.host import NOUNS, Host
from ansible_collections.converge.libvirt.tests.integration.test_docs_examples import found, tasks
from ansible_collections.converge.libvirt.tests.unit.in_process import MODULES, result_of, succeeded

#: Guests in the words of virt_domain; as documents; with what only runs, and with a secret.
SAMPLE: dict[str, dict[str, Any]] = {
    "typed": {**documents.GUEST, "disks": [], "interfaces": [], "title": "A guest", "autostart": True},
    "graphics": {
        **documents.GUEST,
        "disks": [],
        "graphics": [{"type": "vnc", "passwd": "s3cr-p4s"}],
        "videos": [{"model": "vga"}],
    },
    "many": {
        **documents.GUEST,
        "disks": [
            {
                "target": f"vd{letter}",
                "bus": "virtio",
                "source": {"file": f"/tmp/{letter}.img"},
                "driver": {"type": "raw"},
            }
            for letter in "abcd"
        ],
        "cpu": {"mode": "custom", "model": "qemu64"},
        "unmanaged": "keep",
    },
    "document": {"xml": documents.domain("document", documents.disk("/tmp/a.img") + documents.interface())},
    "both": {"xml": documents.domain("both", documents.disk("/tmp/a.img")), "memory": "96MiB", "keep": ["title"]},
    "typo": {"xml": documents.domain("typo", more="<nosuch/>")},
    "runs": {"xml": guest_xml("runs"), "state": "running", "shutdown": {"timeout": 0.1, "force": True}},
    "paused": {"xml": guest_xml("paused"), "state": "paused", "shutdown": {"timeout": 0.1, "force": True}},
}
#: Documents as people write them, with what libvirt spells otherwise.
WRITTEN = Path(__file__).parents[1] / "unit/plugins/module_utils/_xml/data"
SAMPLE |= {name: {"xml": (WRITTEN / f"domain/{name}.xml").read_text()} for name in ("q35", "pc", "numa")}


class Part(NamedTuple):
    """One object: its list in a stack, its module, and its options."""

    plural: str
    module: str
    options: dict[str, Any]

    def with_more(self, **more: Any) -> Part:
        return self._replace(options={**self.options, **more})


PLURALS = {
    "virt_secret": "secrets",
    "virt_nwfilter": "nwfilters",
    "virt_net": "networks",
    "virt_pool": "pools",
    "virt_volume": "volumes",
    "virt_domain": "domains",
}


def part(module: str, options: dict[str, Any]) -> Part:
    return Part(PLURALS[module], module, options)


#: Of the others: in the words of their modules, and as people write them.
OTHERS = [
    part("virt_net", {"xml": documents.network("n"), "state": "active", "autostart": True}),
    part("virt_net", {"name": "typed", "bridge": {"name": "conv-typed"}}),
    part("virt_pool", {"xml": documents.pool("p"), "state": "active"}),
    part("virt_volume", {"pool": "p", "name": "v", "capacity": "1MiB", "format": "qcow2"}),
    part("virt_secret", {"usage": {"type": "ceph", "id": "k"}, "value": "v3ry-hidden"}),
    part("virt_nwfilter", {"xml": documents.nwfilter("f")}),
]
OTHERS += [
    part(module, {**more, "xml": path.read_text()})
    for module, folder, more in (
        ("virt_net", "network", {}),
        ("virt_pool", "pool", {"build": "never"}),
        ("virt_volume", "volume", {"pool": "p"}),
        ("virt_secret", "secret", {}),
        ("virt_nwfilter", "nwfilter", {}),
    )
    for path in sorted((WRITTEN / folder).glob("*.xml"))
    if not path.name.endswith(".dump.xml")
]


class Step(NamedTuple):
    """One run. more: what the options of guests say then, and where it is their state, those of all."""

    title: str
    check: bool = False
    more: dict[str, Any] = {}

    @property
    def goes(self) -> bool:
        return self.more.get("state") == "absent"

    def of(self, parts: Iterable[Part]) -> list[Part]:
        told = [
            one.with_more(**self.more)
            if one.plural == "domains"
            else one.with_more(state="absent")
            if self.goes
            else one
            for one in parts
        ]
        # What goes goes the other way round.
        return told[::-1] if self.goes else told


LESS = {"memory": "80MiB"}
GONE = {"state": "absent", "remove_nvram": True, "remove_tpm": True}
STEPS = (
    Step("made"),
    Step("predicted to be left alone", check=True),
    Step("left alone"),
    Step("predicted to change", True, LESS),
    Step("changed", False, LESS),
    Step("left alone after that", False, LESS),
    Step("predicted to go", True, GONE),
    Step("removed", False, GONE),
)


def differences(host: Host, parts: list[Part]) -> list[str]:
    """What a stack and the modules tell otherwise when each makes the same parts of a host that has none of them."""
    stacks = [_by_stack(host, step.check, step.of(parts)) for step in STEPS]
    singles = [_by_modules(host, step.check, step.of(parts)) for step in STEPS]
    told = []
    for step, stack, modules in zip(STEPS, stacks, singles):
        given = json.dumps([one.options for one in step.of(parts)]).lower()
        told += [
            f"{step.title}: {each}" for each in apart(stack, _in_order(stack, modules, step.of(parts)), modules, given)
        ]
    return told


def _by_modules(host: Host, check: bool, parts: list[Part]) -> list[dict[str, Any]]:
    return [_run(host, one.module, check, one.options) for one in parts]


def _by_stack(host: Host, check: bool, parts: list[Part]) -> dict[str, Any]:
    stack: dict[str, list[dict[str, Any]]] = {}
    for one in parts:
        stack.setdefault(one.plural, []).append(one.options)
    return _run(host, "virt_stack", check, stack)


def _run(host: Host, module: str, check: bool, options: dict[str, Any]) -> dict[str, Any]:
    main = importlib.import_module(f"{MODULES}.{module}").main
    return succeeded(result_of(main, check, uri=host.bed.uri, **copy.deepcopy(options)))


def _in_order(stack: dict[str, Any], modules: list[dict[str, Any]], parts: list[Part]) -> list[dict[str, Any]]:
    """What a stack tells of its objects, in the order of the modules' results."""
    by_name = {(one["kind"], one["name"]): one for one in stack["objects"]}
    return [by_name[one.plural, _name_of(one, result)] for one, result in zip(parts, modules)]


def _name_of(one: Part, result: dict[str, Any]) -> str:
    name = result[NOUNS[one.module]]["name"]
    return f"{one.options['pool']}/{name}" if one.plural == "volumes" else str(name)


def test_of_documents_and_options(host: Host) -> None:
    guests = [part("virt_domain", {**({} if "xml" in one else {"name": name}), **one}) for name, one in SAMPLE.items()]
    assert differences(host, [*OTHERS, *guests]) == []


@pytest.mark.long
def test_of_the_examples(host: Host) -> None:
    """Of all that docs/examples makes, in one stack; the guests do not run."""
    examples = [
        part(module, options)
        for folder in ("networks", "pools", "volumes", "guests")
        for name in found(folder)
        for module, options in tasks(name)
    ]
    by_kind = [one for plural in PLURALS.values() for one in examples if one.plural == plural]
    secret = part("virt_secret", {"usage": {"type": "iscsi", "id": "san"}, "value": "s3cr3t-of-san"})
    defined = [one.with_more(state="present") if one.plural == "domains" else one for one in by_kind]
    assert differences(host, [secret, *defined]) == []
