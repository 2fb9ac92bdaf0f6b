# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the unit tests have at hand: libvirt's own driver for tests, and modules that run in this process."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._session import Endpoint, Session

# Its assertions are told in full only when it is registered before it is imported.
pytest.register_assert_rewrite("ansible_collections.converge.libvirt.tests.unit.in_process")
from ansible_collections.converge.libvirt.tests.unit.in_process import URI, Runner, everything

#: What test:///default holds from the start.
THERE = {
    "domain/test",
    "network/default",
    "pool/default-pool",
    "interface/eth1",
    "device/computer",
    "device/scsi_host1",
    "device/scsi_host2",
    "device/scsi_host11",
}


@pytest.fixture
def libvirt() -> Any:
    """The module libvirt; without it the test is skipped."""
    pytest.importorskip("lxml", reason="needs lxml")
    return pytest.importorskip("libvirt", reason="needs libvirt-python")


@pytest.fixture
def session(libvirt: Any) -> Iterator[Session]:  # noqa: ARG001 - a fixture
    """An open session with test:///default, which has what THERE lists."""
    opened = Session(Endpoint(URI, timeout=5, wait_timeout=5)).open()
    assert set(everything(opened.connection)) == THERE, "a failed test before this one holds it"
    yield opened
    opened.close()
    # Every object holds its connection, and with it all that the driver was told.
    gc.collect()


@pytest.fixture
def host(session: Session) -> Any:
    """The connection of that session."""
    return session.connection


@pytest.fixture
def run(host: Any) -> Runner:
    """Runs modules against it."""
    return Runner(lambda: everything(host))
