# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several guests in one task: all are tried, and each is told of."""

from __future__ import annotations

import pytest

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, one_sentence

WEBS = ("web-1", "web-2", "web-3")
NOW = {"timeout": 0.2, "force": True}


@pytest.fixture
def webs(host: Host) -> Host:
    """A host with three web servers and a database, none of which runs."""
    for name in (*WEBS, "db"):
        host.run("virt_domain", xml=documents.domain(name))
    return host


def test_guests_are_led_to_a_state_by_their_names(webs: Host) -> None:
    before = webs.known()
    foretold = webs.attempt("virt_domain", check=True, names=["web-*"], state="running")
    assert webs.known() == before
    done = webs.attempt("virt_domain", names=["web-*"], state="running")
    for outcome in (foretold, done):
        assert (outcome.rc, outcome["changed"]) == (0, True)
        assert [(one["name"], one["failed"], one["changed"]) for one in outcome["domains"]] == [
            (name, False, True) for name in WEBS
        ]
        assert [one["changes"] for one in outcome["domains"]] == [
            [{"path": "state", "before": "stopped", "after": "running", "how": "live"}]
        ] * 3
        assert len(outcome["diff"]) == 3
    assert [guests.state(webs, name) for name in (*WEBS, "db")] == ["running"] * 3 + ["stopped"]
    again = webs.attempt("virt_domain", names=["web-*"], state="running")
    assert (again["changed"], [one["changed"] for one in again["domains"]]) == (False, [False] * 3)
    stopped = webs.attempt("virt_domain", names=["*"], state="stopped", shutdown=NOW)
    assert [one["name"] for one in stopped["domains"] if one["changed"]] == list(WEBS)


def test_one_that_fails_stops_none_of_the_others(webs: Host) -> None:
    missing = documents.domain("web-2", documents.disk("/var/lib/libvirt/images/nowhere.img"))
    webs.run("virt_domain", xml=missing)
    done = webs.attempt("virt_domain", names=["web-*"], state="running")
    said = one_sentence(done)
    assert said.startswith("1 of 3 guests failed: web-2: cannot start guest 'web-2'")
    assert [one["failed"] for one in done["domains"]] == [False, True, False]
    assert [guests.state(webs, name) for name in WEBS] == ["running", "stopped", "running"]


def test_a_pattern_without_a_guest_is_a_warning(webs: Host) -> None:
    done = webs.attempt("virt_domain", names=["mail-*"], state="running")
    assert (done["changed"], done["domains"]) == (False, [])
    assert any("matches 'mail-*'" in str(one) for one in done["warnings"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"names": ["*"], "state": "absent"}, "and not to absent"),
        ({"names": ["*"]}, "and not to present"),
        ({"names": ["*"], "name": "db", "state": "running"}, "mutually exclusive"),
        ({"names": ["*"], "memory": "1GiB", "state": "running"}, "mutually exclusive"),
    ],
)
def test_names_is_for_power_only(webs: Host, options: dict[str, object], said: str) -> None:
    assert said in webs.refuses("virt_domain", **options)  # type: ignore[arg-type]  # options of a module are any
