# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task may wait for, and which addresses count."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._domain.addresses import usable
from ansible_collections.converge.libvirt.plugins.module_utils._domain.waiting import Goal, Waiter, goals
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused
from ansible_collections.converge.libvirt.plugins.module_utils._session import SessionError


def test_words_and_dictionaries() -> None:
    given = ["agent", {"for": "port", "port": "8080", "timeout": 5, "family": "ipv6", "network": "lan"}]
    assert goals(given, 300) == [Goal("agent", 300), Goal("port", 5, "ipv6", "lan", 8080)]
    assert goals(given, 300)[1].sentence == "port 8080 on lan"


@pytest.mark.parametrize(
    "wrong",
    [
        "adress",
        7,
        {},
        {"for": "x"},
        {"port": 22},
        {"for": "port", "family": "4"},
        {"for": "port", "port": "x"},
        {"for": "port", "port": 0},
        {"for": "port", "port": 65536},
        {"for": "agent", "timeout": -1},
        {"for": "agent", "timeout": "nan"},
        {"for": "agent", "timeout": 1e12},
    ],
)
def test_what_is_neither_is_refused(wrong: Any) -> None:
    with pytest.raises(Refused, match="wait_for"):
        goals([wrong], 300)


def test_only_what_others_reach_counts() -> None:
    # The last is what an agent may tell.
    addresses = ("fe80::1", "::1", "127.0.0.1", "192.0.2.7", "2001:db8::7", "somewhere")
    told = [{"network": "lan", "addresses": [{"address": one} for one in addresses]}]
    assert usable(told, "any", None) == ["192.0.2.7", "2001:db8::7"]
    assert usable(told, "ipv6", "lan") == ["2001:db8::7"]
    assert usable(told, "any", "other") == []


class Guest:
    """A session of ours, and behind it a guest. answer: of its agent to every question; content: else, of its files."""

    stuck = False
    uri = "test:///default"

    def __init__(self, answer: str | None = None, content: str = "") -> None:
        read = {"count": len(content), "buf-b64": base64.b64encode(content.encode()).decode(), "eof": True}
        self.answers = {"guest-file-open": 1000, "guest-file-read": read, "guest-file-close": {}}
        self.answer = answer

    def call(self, _what: str, _function: Any, _domain: Any, asked: str, *_more: Any) -> str:
        return self.answer or json.dumps({"return": self.answers[json.loads(asked)["execute"]]})


def waits(guest: Any, monkeypatch: pytest.MonkeyPatch) -> bool:
    waiting = "ansible_collections.converge.libvirt.plugins.module_utils._domain.waiting"
    monkeypatch.setattr(f"{waiting}.libvirt_qemu", SimpleNamespace(qemuAgentCommand=None))
    return Waiter(guest, "web", lambda: None)._cloud_init(Goal("cloud_init", 1))


@pytest.mark.parametrize("answer", [{}, [], "x", 7, None, {"buf-b64": 7}, {"buf-b64": "!"}])
def test_a_guest_may_say_anything(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not waits(Guest(json.dumps({"return": answer})), monkeypatch)


def test_a_guest_may_nest_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert not waits(Guest(f'{{"return": {deep}}}'), monkeypatch)
    assert not waits(Guest(content=deep), monkeypatch)


def test_a_file_of_a_guest_may_hold_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    for content in ("", "\xff", "[]", "7", "{}", '{"v1": 7}'):
        assert not waits(Guest(content=content), monkeypatch), content
    for content in ('{"v1": {}}', '{"v1": {"errors": []}}'):
        assert waits(Guest(content=content), monkeypatch), content
    for content in ('{"v1": {"errors": 7}}', '{"v1": {"errors": [7, "x"]}}', '{"v1": {"errors": "users_groups"}}'):
        with pytest.raises(SessionError, match="ended with errors in"):
            waits(Guest(content=content), monkeypatch)
