# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the integration tests: a libvirt host of our own, empty before and after each test."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable

import pytest
from converge_bed.running import RunningBed

# Fixtures are found by their names.
from ansible_collections.converge.libvirt.tests.bed.fixtures import (  # noqa: F401  pylint: disable=unused-import
    bed,
    bed_ready,
    clean_bed,
    snapshot_of_host,
)

# Its assertions are told in full only when it is registered before it is imported.
pytest.register_assert_rewrite("ansible_collections.converge.libvirt.tests.integration.host")
from ansible_collections.converge.libvirt.tests.integration.host import Host


@pytest.fixture
def host(clean_bed: RunningBed, snapshot_of_host: Callable[[], dict[str, str]]) -> Host:  # noqa: F811
    """A host with nothing on it."""
    for console in clean_bed.outside("/var/log/libvirt/qemu").glob("*-console.log"):
        console.unlink()  # libvirt appends to it, and a test waits for what a guest says there
    return Host(clean_bed, snapshot_of_host)


#: What goes through Ansible itself, so that another ansible-core may make another thing of it.
BY_ANSIBLE = ("test_ansible.py", "test_examples.py", "test_secrets.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what `make test` leaves to `make test-all`. On the oldest core, CONVERGE_SAMPLE=oldest, that is two of
    three tests that are marked as long; on the newest one, CONVERGE_SAMPLE=newest, all of these. The other tests run on
    one of the two, always the same; but what goes through Ansible runs on both. Without CONVERGE_SAMPLE nothing is left
    out.
    """
    sample = os.environ.get("CONVERGE_SAMPLE")
    if not sample:
        return
    left = [item for item in items if not _is_chosen(item, sample == "newest")]
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=left)


def _is_chosen(item: pytest.Item, newest: bool) -> bool:
    third = zlib.crc32(item.nodeid.encode()) % 3 == 0
    if item.get_closest_marker("long") is not None:
        return third and not newest
    return item.path.name in BY_ANSIBLE or third == newest
