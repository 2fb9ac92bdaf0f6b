# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._spec.network_record import RecordScope
from ansible_collections.converge.libvirt.plugins.module_utils._xml.compare import pending
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.network import RULES


def test_a_task_may_be_about_some_elements_of_a_list_only() -> None:
    hosts = "".join(f"<host ip='10.0.0.{n}'><hostname>{n}</hostname></host>" for n in (1, 2, 3))
    current = parse(f"<network><name>a</name><dns>{hosts}</dns></network>")

    def mine(element: Any) -> bool:
        return bool(element.get("ip") == "10.0.0.2")

    scope = RecordScope(frozenset({"dns/host"}), frozenset({"dns/host"}), mine=mine)
    gone = overlay(parse("<network/>"), current, RULES, scope)
    assert [each.path for each in gone.differences] == ["dns/host[10.0.0.2]"]
    named = "<network><dns><host ip='10.0.0.2'><hostname>two</hostname></host></dns></network>"
    changed = overlay(parse(named), current, RULES, scope)
    assert [each.path for each in changed.differences] == [
        "dns/host[10.0.0.2]/hostname[2]",
        "dns/host[10.0.0.2]/hostname[two]",
    ]

    live = parse(f"<network><name>a</name><dns>{hosts.replace('<hostname>', '<hostname>x')}</dns></network>")
    waiting = pending(current, live, RULES)
    assert {each.path[:18] for each in waiting} == {f"dns/host[10.0.0.{n}]" for n in (1, 2, 3)}
    assert {each.path[:18] for each in waiting if scope.manages(each)} == {"dns/host[10.0.0.2]"}
    nothing_live = pending(parse("<network><name>a</name></network>"), current, RULES)
    assert [each.path for each in nothing_live if scope.manages(each)] == ["dns/host[10.0.0.2]"]
