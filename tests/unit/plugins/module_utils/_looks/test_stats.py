# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""libvirt's flat statistics become dictionaries and lists."""

from __future__ import annotations

import typing as t

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._looks.stats import nest


@pytest.mark.parametrize(
    ("flat", "nested"),
    [
        ({}, {}),
        ({"cpu.time": 5, "cpu.haltpoll.success.time": 1}, {"cpu": {"time": 5, "haltpoll": {"success": {"time": 1}}}}),
        ({"net.count": 0}, {"net": []}),
        (
            {"net.count": 2, "net.0.name": "a", "net.0.rx.bytes": 1, "net.1.name": "b"},
            {"net": [{"id": 0, "name": "a", "rx": {"bytes": 1}}, {"id": 1, "name": "b"}]},
        ),
        # Beside what is numbered stands what is not.
        (
            {"vcpu.current": 2, "vcpu.maximum": 4, "vcpu.0.time": 1, "vcpu.2.time": 3},
            {"vcpu": {"current": 2, "maximum": 4, "each": [{"id": 0, "time": 1}, {"id": 2, "time": 3}]}},
        ),
        # By number, and not by text.
        (
            {f"block.{number}.name": str(number) for number in (10, 9)},
            {"block": [{"id": 9, "name": "9"}, {"id": 10, "name": "10"}]},
        ),
        # libvirt's own id is the better one.
        (
            {"m.count": 1, "m.0.node.count": 1, "m.0.node.0.id": 7},
            {"m": [{"id": 0, "node": [{"id": 7}]}]},
        ),
        ({"x.count": 1, "x.0": 3}, {"x": [{"id": 0, "value": 3}]}),
    ],
)
def test_statistics_are_nested(flat: dict[str, t.Any], nested: dict[str, t.Any]) -> None:
    assert nest(flat) == nested
