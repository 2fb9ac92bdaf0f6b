# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import (
    checkpoint,
    domain,
    interface,
    network,
    nodedev,
    nwfilter,
    pool,
    secret,
    snapshot,
    volume,
)
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules

DATA = pathlib.Path(__file__).parent / "data"
RULES = {
    "domain": domain.RULES,
    "network": network.RULES,
    "pool": pool.RULES,
    "volume": volume.RULES,
    "secret": secret.RULES,
    "nwfilter": nwfilter.RULES,
    "interface": interface.RULES,
    "nodedev": nodedev.RULES,
    "snapshot": snapshot.RULES,
    "checkpoint": checkpoint.RULES,
}


class Pair(t.NamedTuple):
    """A document as a person wrote it, and what libvirt 9.0 with QEMU 7.2 stored for it."""

    name: str
    desired: t.Any
    dump: t.Any
    rules: Rules


def read(kind: str, name: str) -> Pair:
    """One golden pair."""
    given, stored = (DATA / kind / f"{name}{suffix}" for suffix in (".xml", ".dump.xml"))
    return Pair(f"{kind}/{name}", parse(given.read_text()), parse(stored.read_text()), RULES[kind])


PAIRS = [read(path.parent.name, path.name[: -len(".dump.xml")]) for path in sorted(DATA.rglob("*.dump.xml"))]


@pytest.fixture(params=PAIRS, ids=lambda pair: pair.name)
def pair(request: pytest.FixtureRequest) -> Pair:
    """Every golden pair in turn."""
    found: Pair = request.param
    return found


@pytest.fixture
def golden() -> t.Callable[[str, str], Pair]:
    """Read one golden pair by kind and name."""
    return read
