# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._plan import Change, Plan


def test_a_change_as_it_stands_in_results() -> None:
    told = Change("devices/disk[vda]/driver/@cache", None, "none").as_result()
    assert told == {"path": "devices/disk[vda]/driver/@cache", "before": None, "after": "none", "how": "stored"}


def test_steps_keep_their_order_and_run_only_when_told() -> None:
    plan, ran = Plan(), list[str]()
    for word in ("define", "start"):
        plan.add(word, lambda word=word: ran.append(word))  # type: ignore[misc]
    assert ([step.sentence for step in plan.steps], ran) == (["define", "start"], [])
    for step in plan.steps:
        step.run()
    assert ran == ["define", "start"]


def test_plans_share_nothing() -> None:
    first = Plan()
    first.add("define", lambda: pytest.fail("nobody runs it"))
    first.done.append("define")
    assert (Plan().steps, Plan().done) == ([], [])
