# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pytest fixtures for tests that need a real libvirt.

Loaded by ``pytest_plugins = ["ansible_collections.converge.libvirt.tests.bed.fixtures"]`` with ``tests/bed`` on the
path (pytest.ini puts it there); a plain "fixtures" would be pytest's own plugin of that name.

``CONVERGE_BED`` names the bed (default ``test``); one that already runs is used and left running.  Tests that run side
by side (pytest-xdist) have a bed for each worker, with the worker's name after that.  Packages are
installed only with ``CONVERGE_BED_INSTALL=1``.  Where the bed cannot be had, its tests are skipped and say why;
with ``CONVERGE_BED_REQUIRED=1`` that is a failure.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest
from converge_bed import host
from converge_bed.basics import BedError, is_root
from converge_bed.packages import lacking
from converge_bed.running import RunningBed, bed_command
from converge_bed.state import Bed


def _unavailable(reason: str) -> NoReturn:
    text = f"needs the test bed (tests/bed): {reason}"
    if os.environ.get("CONVERGE_BED_REQUIRED") == "1":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)


@pytest.fixture(scope="session")
def bed_ready() -> None:
    """Whatever a bed needs is there: root, the packages, the Python bindings.  Skips or fails otherwise."""
    if not is_root():
        _unavailable("only root can make its namespaces")
    if os.environ.get("CONVERGE_BED_INSTALL") == "1":
        try:
            bed_command("install")
        except BedError as error:
            _unavailable(str(error))
    try:
        missing = lacking()
    except BedError as error:
        _unavailable(str(error))
    if missing:
        _unavailable(f"the packages {' '.join(missing)} are missing; CONVERGE_BED_INSTALL=1 installs them")
    try:
        import libvirt  # noqa: F401 - only whether it is there
    except ImportError:
        _unavailable(f"{sys.executable} does not see the distribution's python3-libvirt")


@pytest.fixture(scope="session")
def bed(bed_ready: None) -> Iterator[RunningBed]:  # noqa: ARG001 - a fixture
    """A private libvirt host: ``uri``, ``path``, ``guest``, ``connect()``, ``exec()``."""
    yield from _running()


@pytest.fixture(scope="module")
def listening_bed(bed_ready: None) -> Iterator[RunningBed]:  # noqa: ARG001 - a fixture
    """Another one, which is reached over its network as well: ``remote``.  It has no test guest."""
    yield from _running("net", "--listen", "--no-guest")


def _running(suffix: str = "", *options: str) -> Iterator[RunningBed]:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    name = "-".join(filter(None, [os.environ.get("CONVERGE_BED", "test"), worker, suffix]))
    try:
        files = Bed.named(name)
        was_running = files.init() is not None
        bed_command("start", "--no-install", *options, name)
    except BedError as error:
        _unavailable(str(error))
    running = RunningBed(name, files.uri, files.at("lib"))
    yield running
    running.close()
    if not was_running:
        bed_command("stop", name)


@pytest.fixture
def clean_bed(bed: RunningBed) -> Iterator[RunningBed]:
    """The bed without domains, networks, pools, secrets, own filters and images, before and after the test."""
    _sweep(bed)
    yield bed
    _sweep(bed)


def _sweep(bed: RunningBed) -> None:
    # A connection of its own: the test may have restarted the daemon.
    with bed.connection() as connection:
        host.sweep(connection, bed.path / "images")


@pytest.fixture
def snapshot_of_host(bed: RunningBed) -> Callable[[], dict[str, str]]:
    """A function that returns everything the host knows; equal before and after means that nothing was written."""

    def snapshot() -> dict[str, str]:
        with bed.connection() as connection:
            return host.snapshot(connection)

    return snapshot
