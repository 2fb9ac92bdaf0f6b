# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task may wait for, and which addresses count."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._domain.addresses import usable
from ansible_collections.converge.libvirt.plugins.module_utils._domain.waiting import Goal, goals
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused


def test_words_and_dictionaries() -> None:
    given = ["agent", {"for": "port", "port": "8080", "timeout": 5, "family": "ipv6", "network": "lan"}]
    assert goals(given, 300) == [Goal("agent", 300), Goal("port", 5, "ipv6", "lan", 8080)]
    assert goals(given, 300)[1].sentence == "port 8080 on lan"


@pytest.mark.parametrize(
    "wrong", ["adress", 7, {}, {"for": "x"}, {"port": 22}, {"for": "port", "family": "4"}, {"for": "port", "port": "x"}]
)
def test_what_is_neither_is_refused(wrong: Any) -> None:
    with pytest.raises(Refused, match="wait_for"):
        goals([wrong], 300)


def test_only_what_others_reach_counts() -> None:
    addresses = ("fe80::1", "::1", "127.0.0.1", "192.0.2.7", "2001:db8::7")
    told = [{"network": "lan", "addresses": [{"address": one} for one in addresses]}]
    assert usable(told, "any", None) == ["192.0.2.7", "2001:db8::7"]
    assert usable(told, "ipv6", "lan") == ["2001:db8::7"]
    assert usable(told, "any", "other") == []
