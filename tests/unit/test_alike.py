# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The comparison of stacks and modules itself: it notices what differs, and only that."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration.alike import apart

UUID = "3b5d2b30-2f2a-4d0e-9b0a-0c7a6d1c8e11"
OTHER = "7e0f6b44-52d7-4d5e-8f11-5f9c0f2f4a20"
DIFF = {"before": "", "after": "<network/>"}
MODULE: dict[str, Any] = {
    "changed": True,
    "changes": [{"path": "/", "before": None, "after": "network 'n'", "how": "stored"}],
    "actions": ["define network 'n'"],
    "pending": [],
    "network": {"name": "n", "uuid": UUID},
    "warnings": ["a typo"],
    "diff": DIFF,
    "uri": "test:///default",
}
OBJECT = {"kind": "networks", "name": "n", "failed": False} | {
    key: MODULE[key] for key in ("changed", "changes", "actions", "pending", "network")
}
STACK: dict[str, Any] = {"changed": True, "warnings": ["a typo"], "diff": [DIFF], "objects": [OBJECT]}


def told(change: Callable[[dict[str, Any]], object], given: str = "") -> list[str]:
    stack = copy.deepcopy(STACK)
    change(stack)
    return list(apart(stack, stack["objects"], [copy.deepcopy(MODULE)], given))


def test_what_is_alike_is_alike() -> None:
    assert told(lambda stack: stack) == []


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("changed", False),
        ("changes", []),
        ("actions", ["define network 'm'"]),
        ("pending", [{"path": "mtu"}]),
        ("network", {"name": "n"}),
        ("live_only", []),
        ("failed", True),
    ],
)
def test_every_key_counts(key: str, said: Any) -> None:
    (sentence,) = told(lambda stack: stack["objects"][0].update({key: said}))
    assert sentence.startswith(f"networks n: {key}: ")


def test_what_a_stack_leaves_out_counts() -> None:
    assert told(lambda stack: stack["objects"][0].pop("actions"))
    assert told(lambda stack: stack.update(warnings=[])) == ['warnings: only a module says "a typo"']
    assert told(lambda stack: stack.update(diff=[]))


def test_what_only_the_stack_warns_of_counts() -> None:
    assert told(lambda stack: stack["warnings"].append("more")) == ['warnings: only the stack says "more"']


def test_a_generated_uuid_is_chance_and_a_given_one_is_not() -> None:
    def other(stack: dict[str, Any]) -> None:
        stack["objects"][0]["network"]["uuid"] = OTHER

    assert told(other) == []
    assert told(other, given=f"<uuid>{UUID}</uuid>")
