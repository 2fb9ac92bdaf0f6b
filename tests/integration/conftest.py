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


@pytest.fixture
def stocked(host: Host) -> Host:
    """A host with an active, empty pool of files, `images`."""
    host.make_pool("images", "/var/lib/libvirt/images/pool")
    return host


#: What goes through Ansible itself, so that another ansible-core may make another thing of it.
BY_ANSIBLE = ("test_ansible.py", "test_secrets.py")

#: Matrices that run whole: what people copy, and the life of an object of each kind.
WHOLE = ("test_examples.py", "test_live_waits.py", "test_matrix.py")

#: Where guests boot and images travel, a quarter is a sample, as of a matrix: these hardly see Ansible.
IN_PART = (
    "test_cloud_init.py",
    "test_connection_qemu.py",
    "test_firmware.py",
    "test_guest_agent.py",
    "test_ignition.py",
    "test_inventory.py",
    "test_options.py",
    "test_stack.py",
    "test_stack_examples.py",
    "test_volume_action.py",
    "test_volume_content.py",
    "test_volume_faults.py",
    "test_volume_url.py",
    "test_volume_use.py",
    "test_wait_for.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what `make test` leaves to `make test-all`. The oldest core (CONVERGE_SAMPLE=oldest) and the newest one
    (CONVERGE_SAMPLE=newest) share the tests, always in the same way; what goes through Ansible runs on both. Of what is
    marked as long a twelfth runs, and of a matrix, as of the files in IN_PART, a quarter, on the oldest core. Without
    CONVERGE_SAMPLE nothing is left out.
    """
    sample = os.environ.get("CONVERGE_SAMPLE")
    if not sample:
        return
    left = [item for item in items if not _is_chosen(item, sample == "newest")]
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=left)


def _is_chosen(item: pytest.Item, newest: bool) -> bool:
    part, name = zlib.crc32(item.nodeid.encode()) % 12, item.path.name
    if item.get_closest_marker("long") is not None:
        return part == 0 and not newest
    if name in BY_ANSIBLE:
        return True
    if name in IN_PART or ("[" in item.name and name not in WHOLE):
        return part % 4 == 1 and not newest
    return (part % 3 == 0) is newest
