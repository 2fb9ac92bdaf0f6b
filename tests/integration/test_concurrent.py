# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host, one_sentence


@pytest.mark.parametrize(
    ("module", "xml"),
    [
        ("virt_net", documents.network("n")),
        ("virt_pool", documents.pool("n")),
        ("virt_domain", documents.domain("n")),
    ],
)
def test_two_runs_that_make_the_same_object(host: Host, module: str, xml: str) -> None:
    options: dict[str, Any] = {"xml": xml, "autostart": module != "virt_domain"}
    with ThreadPoolExecutor() as threads:
        runs = [threads.submit(host.attempt, module, **options) for _number in range(4)]
        outcomes = [run.result(60) for run in runs]
    for outcome in outcomes:
        if outcome.rc != 0:
            one_sentence(outcome)
    assert any(outcome.rc == 0 and outcome["changed"] for outcome in outcomes)
    host.unchanged(module, **options)


def test_two_runs_that_change_the_same_network(host: Host) -> None:
    host.run("virt_net", xml=documents.network("n"))
    ends = ("50", "60")
    with ThreadPoolExecutor() as threads:
        runs = [threads.submit(host.attempt, "virt_net", xml=documents.network("n", end=end)) for end in ends]
        outcomes = [run.result(60) for run in runs]
    assert all(outcome.rc == 0 for outcome in outcomes)
    stored = host.virsh("net-dumpxml", "--inactive", "n")
    assert sum(f"end='192.168.78.{end}'" in stored for end in ends) == 1


@pytest.mark.long
def test_ten_runs_on_one_pool(host: Host) -> None:
    host.make_pool("n", f"{documents.IMAGES}/n")
    changed = documents.pool("n", mode="0700")
    tasks: list[tuple[str, dict[str, Any]]] = [
        ("virt_pool", {"name": "n", "refresh": True}),
        ("virt_pool", {"xml": changed, "refresh": True}),
        *(("virt_volume", {"pool": "n", "name": f"v{number}", "capacity": "1MiB"}) for number in range(8)),
    ]
    with ThreadPoolExecutor() as threads, busy_pool(host, "n"):
        runs = [threads.submit(host.attempt, module, **options) for module, options in tasks]
        outcomes = [run.result(120) for run in runs]
    assert [outcome.result.get("msg") for outcome in outcomes if outcome.rc != 0] == []
    assert all(f"v{number}" in host.virsh("vol-list", "n") for number in range(8))
    host.unchanged("virt_pool", xml=changed)
    for module, options in tasks[2:]:
        host.unchanged(module, **options)


def test_ten_runs_on_one_guest(host: Host) -> None:
    """Each changes something else: none of them undoes what another has done."""
    host.run("virt_domain", xml=documents.domain("n"))
    tasks: list[dict[str, Any]] = [
        {"title": "A title"},
        {"description": "What it is for"},
        {"memory": "96MiB"},
        {"vcpus": 2},
        {"autostart": True},
    ]
    with ThreadPoolExecutor() as threads:
        runs = [threads.submit(host.attempt, "virt_domain", name="n", **task) for task in [*tasks, *tasks]]
        outcomes = [run.result(120) for run in runs]
    assert [outcome.result.get("msg") for outcome in outcomes if outcome.rc != 0] == []
    for task in tasks:
        host.unchanged("virt_domain", name="n", **task)


@pytest.mark.long
def test_runs_that_start_and_stop_the_same_network_and_pool(host: Host) -> None:
    for module, xml in (("virt_net", documents.network("n")), ("virt_pool", documents.pool("n"))):
        for state in ("active", "inactive", "absent"):
            host.run(module, xml=xml, state="inactive" if state == "active" else "active")
            with ThreadPoolExecutor() as threads:
                runs = [threads.submit(host.attempt, module, name="n", state=state) for _number in range(4)]
                outcomes = [run.result(120) for run in runs]
            assert [outcome.result.get("msg") for outcome in outcomes if outcome.rc != 0] == []
            host.unchanged(module, name="n", state=state)


@contextlib.contextmanager
def busy_pool(host: Host, name: str) -> Iterator[None]:
    """While in the block, the pool has no time: volumes are copied in it, with a pause after each."""
    size = 256 * 1024 * 1024
    host.write(f"{name}/base", "1" * size)
    pool = host.connection.storagePoolLookupByName(name)
    pool.refresh()
    base, over = pool.storageVolLookupByName("base"), threading.Event()
    xml = f"<volume><name>copy</name><capacity>{size}</capacity></volume>"

    def copy() -> None:
        while not over.wait(0.5):
            pool.createXMLFrom(xml, base, 0).delete()

    with ThreadPoolExecutor() as threads:
        job = threads.submit(copy)
        try:
            yield
        finally:
            over.set()
            job.result(120)
