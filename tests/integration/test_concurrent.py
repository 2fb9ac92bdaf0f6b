# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once."""

from __future__ import annotations

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
