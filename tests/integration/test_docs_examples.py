# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example in docs/examples: made, again unchanged, rendered and parsed back; the guests boot."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from converge_bed.guest import IMAGE, KERNEL
from converge_bed.state import GUEST_FOLDER

from ansible_collections.converge.libvirt.tests.integration.host import Host

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
#: Where the folders that the examples name are on the host of the tests.
FOLDERS = "/var/lib/libvirt/images/srv"
#: What an example says of an object beside its document.
BESIDE = {"state", "autostart", "pool", "build"}
#: The images of the examples have no system: this is what boots on the host of the tests.
SYSTEM = {
    "kernel": f"{GUEST_FOLDER}/{KERNEL}",
    "initrd": f"{GUEST_FOLDER}/{IMAGE}",
    "cmdline": "console=ttyS0 quiet",
}
#: Those that other examples build upon.
GROUND = ("pools/directory.yml", "networks/nat.yml", "networks/isolated.yml")
PREFIX = "converge.libvirt."


def tasks(name: str) -> list[tuple[str, dict[str, Any]]]:
    """The modules and options of an example."""
    text = re.sub(r"/srv\b", FOLDERS, (EXAMPLES / name).read_text())
    return [
        (module.removeprefix(PREFIX), options)
        for task in yaml.safe_load(text)
        for module, options in task.items()
        if module != "name"
    ]


def found(folder: str) -> list[str]:
    return sorted(str(path.relative_to(EXAMPLES)) for path in (EXAMPLES / folder).glob("*.yml"))


def round_trip(host: Host, module: str, options: dict[str, Any]) -> None:
    """What an example says of the document comes back from the document."""
    document = {name: value for name, value in options.items() if name not in BESIDE}
    place = {"pool": options["pool"]} if "pool" in options else {}
    rendered = host.attempt(module, **document, **place, state="rendered")
    assert rendered.rc == 0, rendered["msg"]
    parsed = host.attempt(module, xml=rendered["rendered"], **place, state="parsed")
    # An empty list asks that there be none: a document says that by having none.
    assert parsed["parsed"] == {name: value for name, value in document.items() if value != []}


@pytest.mark.parametrize("name", [*found("networks"), *found("pools"), *found("volumes")])
def test_a_network_pool_or_volume(host: Host, name: str) -> None:
    if name.startswith("volumes/"):
        host.run("virt_pool", **tasks(GROUND[0])[0][1])
    if name == "pools/iscsi.yml":
        host.run("virt_secret", usage={"type": "iscsi", "id": "san"}, value="s3cr3t-of-san")
    for module, options in tasks(name):
        made = host.converge(module, **options)
        assert [change["path"] for change in made["changes"]][:1] == ["/"]
        round_trip(host, module, options)


@pytest.mark.long
@pytest.mark.parametrize("name", found("guests"))
def test_a_guest(host: Host, name: str) -> None:
    for ground in GROUND:
        for module, options in tasks(ground):
            host.run(module, **options)
    *before, (module, guest) = tasks(name)
    for other, options in before:
        host.run(other, **options)
    round_trip(host, module, guest)
    host.converge(module, **SYSTEM, **guest)
    host.bed.await_agent(host.connection.lookupByName(guest["name"]))
    host.unchanged(module, **SYSTEM, **guest)


def test_there_are_enough_of_them() -> None:
    assert len(found("guests")) >= 25
    assert sum(len(found(folder)) for folder in ("networks", "pools", "volumes", "guests")) >= 40
