# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which guests are wanted, and for which of them a definition is read."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._fleet.wanted import Want

WEB: dict[str, t.Any] = {"name": "web1", "state": "running", "active": True, "autostart": True}
OFF = {**WEB, "name": "db1", "state": "stopped", "active": False, "autostart": False}
DEFINED = {"tags": ["web", "blue"], "metadata": {"owner": "ops", "tier": "1"}}


@pytest.mark.parametrize(
    ("want", "web", "off"),
    [
        (Want(), True, True),
        (Want(names=("web*",)), True, False),
        (Want(names=("WEB*",)), False, False),
        (Want(names=()), False, False),
        (Want(names=("nobody", "db?")), False, True),
        (Want(states=("stopped", "saved")), False, True),
        (Want(autostart=True), True, False),
        (Want(autostart=False), False, True),
        (Want(names=("*1",), states=("running",), autostart=False), False, False),
    ],
)
def test_what_can_be_told_without_a_definition(want: Want, web: bool, off: bool) -> None:
    assert (want.takes(WEB), want.takes(OFF)) == (web, off)


@pytest.mark.parametrize(
    ("want", "taken"),
    [
        (Want(), True),
        (Want(tags=("web",)), True),
        (Want(tags=("db", "bl*")), True),
        (Want(tags=("db",)), False),
        (Want(tags=()), False),
        (Want(metadata={"owner": "ops"}), True),
        (Want(metadata={"owner": "o*", "tier": "[12]"}), True),
        (Want(metadata={"owner": "ops", "tier": "3"}), False),
        (Want(metadata={"missing": "*"}), False),
    ],
)
def test_what_only_a_definition_tells(want: Want, taken: bool) -> None:
    assert want.takes_defined(DEFINED) is taken


@pytest.mark.parametrize(
    ("want", "running", "stopped"),
    [
        (Want(sources=()), False, False),
        (Want(), True, False),
        (Want(sources=(), pending=True), True, False),
        (Want(sources=(), agent=True), True, False),
        (Want(sources=(), definition=True), True, True),
        (Want(sources=(), tags=("a",)), True, True),
        (Want(sources=(), metadata={"a": "b"}), True, True),
    ],
)
def test_a_definition_is_read_only_where_an_option_needs_it(want: Want, running: bool, stopped: bool) -> None:
    assert (want.reads(WEB), want.reads(OFF)) == (running, stopped)
