# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often a module asks libvirt: over a slow link, each question is a round trip."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host

RUNNING = documents.domain("g", "<graphics type='vnc' passwd='secret'/><video/>")


def calls(host: Host, module: str, **options: Any) -> list[int]:
    """The procedures that a run with nothing to do asks for, after open, without close and keep-alive."""
    with host.bed.proxy() as proxy:
        assert host.run(module, uri=proxy.uri, **options)["changed"] is False
    return proxy.calls


@pytest.mark.parametrize(
    "options",
    [
        {"xml": documents.domain("g", documents.disk("/tmp/a.img") + documents.interface())},
        {"xml": documents.domain("g", documents.disk("/tmp/a.img") + documents.interface()), "autostart": False},
        {"name": "g", "memory": "64MiB"},
        {"name": "g", "state": "stopped"},
    ],
    ids=["by xml", "with autostart", "by an option", "by its state"],
)
def test_a_no_op_on_a_stopped_guest(host: Host, options: dict[str, Any]) -> None:
    host.run("virt_domain", xml=documents.domain("g", documents.disk("/tmp/a.img") + documents.interface()))
    asked = calls(host, "virt_domain", **options)
    assert 1 <= len(asked) <= 6, asked


@pytest.mark.parametrize(
    "options", [{"xml": RUNNING}, {"xml": RUNNING, "state": "running"}, {"name": "g", "memory": "64MiB"}]
)
def test_a_no_op_on_a_running_guest(host: Host, options: dict[str, Any]) -> None:
    host.run("virt_domain", xml=RUNNING, state="running")
    asked = calls(host, "virt_domain", **options)
    assert 1 <= len(asked) <= 8, asked


def test_a_no_op_on_a_network_and_a_pool(host: Host) -> None:
    for module, xml in (("virt_net", documents.network("n")), ("virt_pool", documents.pool("n"))):
        host.run(module, xml=xml, state="active")
        asked = calls(host, module, xml=xml, state="active")
        assert 1 <= len(asked) <= 6, asked


def test_a_no_op_on_a_secret_and_a_filter(host: Host) -> None:
    secret: dict[str, Any] = {"xml": documents.secret(), "value": "a value"}
    for module, options in (("virt_secret", secret), ("virt_nwfilter", {"xml": documents.nwfilter("n")})):
        host.run(module, **options)
        asked = calls(host, module, **options)
        assert 1 <= len(asked) <= 4, asked
