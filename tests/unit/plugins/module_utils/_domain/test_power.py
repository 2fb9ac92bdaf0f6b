# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._domain import power
from ansible_collections.converge.libvirt.plugins.module_utils._domain.power import STATES, Power
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Plan, Refused
from ansible_collections.converge.libvirt.plugins.module_utils._session import Endpoint, Session, SessionError

pytestmark = pytest.mark.usefixtures("libvirt")

NUMBERS = {state: number for number, state in STATES.items()}
START, SHUT = "start guest 'web'", "shut down guest 'web'"
#: Seconds that the tests' guests are given, or take.
SHORT = 0.1


class Deaf(Session):
    """A session whose driver has no events."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self.connection = SimpleNamespace(domainEventRegisterAny=None)

    def optional(self, what: str, function: Any, *arguments: Any) -> Any:
        return None if function is None else super().optional(what, function, *arguments)


class Guest:
    """A domain that notes what it is asked.

    hears: how often it has to be asked until it shuts down. errors: what a call raises, by its name.
    """

    def __init__(self, libvirt: Any, state: str, hears: int = 1, **errors: str) -> None:
        self.libvirt = libvirt
        self.now = state
        self.hears = hears
        self.errors = errors
        self.calls: list[str] = []
        self.wakes_up_as = "running"

    def _note(self, call: str, becomes: str | None = None) -> None:
        self.calls.append(call)
        if call in self.errors:
            error = self.libvirt.libvirtError("it failed")
            error.err = (getattr(self.libvirt, self.errors[call]), 0, "it failed", 0, "", None, None, 0, 0)
            raise error
        self.now = becomes or self.now

    def state(self) -> list[int]:
        return [NUMBERS[self.now], 0]

    def createWithFlags(self, flags: int) -> None:  # noqa: N802 - libvirt's name
        paused = flags & self.libvirt.VIR_DOMAIN_START_PAUSED
        anew = flags & self.libvirt.VIR_DOMAIN_START_FORCE_BOOT
        self._note("create anew" if anew else "create", "paused" if paused else self.wakes_up_as)

    def shutdownFlags(self, _flags: int) -> None:  # noqa: N802 - libvirt's name
        self.hears -= 1
        self._note("shutdown", "stopped" if self.hears == 0 else None)

    def destroy(self) -> None:
        self._note("destroy", "stopped")

    def resume(self) -> None:
        self._note("resume", "running")

    def suspend(self) -> None:
        self._note("suspend", "paused")

    def pMWakeup(self, _flags: int) -> None:  # noqa: N802 - libvirt's name
        self._note("wakeup", "running")


def ways(guest: Guest | None, **options: Any) -> Power:
    shutdown = {"mode": "auto", "timeout": SHORT, "force": False, **options.pop("shutdown", {})}
    session = Deaf(Endpoint("test:///default", timeout=5, wait_timeout=SHORT))
    return Power(session, "web", lambda: guest, {"shutdown": shutdown, "discard_saved": False, **options})


def reached(state: str, wanted: str, **options: Any) -> tuple[list[str], str, bool]:
    """What leads from a state to another: sentences, where they end, and whether nothing of what runs now is left."""
    plan = Plan(state=state)
    ways(None, **options).reach(wanted, plan)
    return [step.sentence for step in plan.steps], plan.state, plan.fresh


FORCE = {"shutdown": {"force": True}}
DISCARD = {"discard_saved": True}


@pytest.mark.parametrize(
    ("state", "wanted", "options", "sentences"),
    [
        ("stopped", "running", {}, [START]),
        ("stopped", "paused", {}, [f"{START} paused"]),
        ("stopped", "restarted", {}, [START]),
        ("running", "paused", {}, ["pause guest 'web'"]),
        ("running", "stopped", {}, [SHUT]),
        ("running", "stopped", {"shutdown": {"mode": "acpi"}}, [f"{SHUT} by ACPI"]),
        ("running", "stopped", {"shutdown": {"mode": "agent"}}, [f"{SHUT} by its agent"]),
        ("running", "stopped", FORCE, [f"{SHUT}, destroy it if it does not"]),
        ("running", "saved", {}, ["save guest 'web'"]),
        ("running", "restarted", {}, [SHUT, START]),
        ("paused", "running", {}, ["resume guest 'web'"]),
        ("paused", "stopped", FORCE, ["destroy guest 'web', which is paused"]),
        ("paused", "saved", {}, ["save guest 'web'"]),
        ("paused", "restarted", FORCE, ["destroy guest 'web', which is paused", START]),
        ("saved", "running", {}, [f"{START} from its saved image"]),
        ("saved", "running", DISCARD, [f"{START} anew, discarding its saved image"]),
        ("saved", "paused", {}, [f"{START} paused from its saved image"]),
        ("saved", "paused", DISCARD, [f"{START} paused anew, discarding its saved image"]),
        ("saved", "stopped", DISCARD, ["discard the saved image of guest 'web'"]),
        ("shutting down", "running", {}, ["wait until guest 'web' is off", START]),
        ("shutting down", "stopped", {}, ["wait until guest 'web' is off"]),
        ("suspended", "running", {}, ["wake up guest 'web'"]),
        ("suspended", "stopped", FORCE, ["destroy guest 'web', which is suspended"]),
        ("crashed", "stopped", FORCE, ["destroy guest 'web', which is crashed"]),
        ("crashed", "restarted", FORCE, ["destroy guest 'web', which is crashed", START]),
    ],
)
def test_the_way_from_a_state_to_another(
    state: str, wanted: str, options: dict[str, Any], sentences: list[str]
) -> None:
    told, ends, _fresh = reached(state, wanted, **options)
    assert (told, ends) == (sentences, "running" if wanted == "restarted" else wanted)


@pytest.mark.parametrize("state", ["running", "paused", "stopped", "saved"])
def test_who_is_there_has_no_way_to_go(state: str) -> None:
    for wanted in (state, "present"):
        assert reached(state, wanted) == ([], state, False)


def test_a_saved_guest_counts_as_stopped() -> None:
    assert reached("saved", "stopped") == ([], "saved", False)
    assert reached("saved", "present", **DISCARD)[0] == ["discard the saved image of guest 'web'"]
    assert reached("saved", "saved", **DISCARD)[0] == []


@pytest.mark.parametrize(
    ("state", "wanted", "sentence"),
    [
        ("paused", "stopped", "is paused and cannot answer a shutdown: make it run first, or allow shutdown.force"),
        ("paused", "restarted", "is paused and cannot answer a shutdown"),
        ("suspended", "stopped", "is suspended and cannot answer a shutdown"),
        ("suspended", "paused", "is suspended and cannot become paused: make it run first"),
        ("crashed", "stopped", "is crashed and cannot answer a shutdown"),
        ("crashed", "running", "is crashed and cannot become running: state restarted with shutdown.force"),
        ("crashed", "paused", "is crashed and cannot become paused"),
        ("stopped", "saved", "is stopped and cannot become saved: only a guest that runs or is paused has a memory"),
        ("shutting down", "saved", "is shutting down and cannot become saved"),
        ("shutting down", "paused", "is shutting down and cannot become paused"),
    ],
)
def test_where_there_is_no_way_the_guest_is_left_alone(state: str, wanted: str, sentence: str) -> None:
    plan = Plan(state=state)
    with pytest.raises(Refused) as caught:
        ways(None).reach(wanted, plan)
    assert f"guest 'web' {sentence}" in str(caught.value)
    assert plan.steps == []


@pytest.mark.parametrize(
    ("state", "wanted", "options", "fresh"),
    [
        ("running", "paused", {}, False),
        ("running", "saved", {}, False),
        ("running", "stopped", {}, True),
        ("running", "restarted", {}, True),
        ("stopped", "running", {}, True),
        ("saved", "running", {}, False),
        ("saved", "running", DISCARD, True),
    ],
)
def test_what_a_start_makes_of_what_is_pending(state: str, wanted: str, options: dict[str, Any], fresh: bool) -> None:
    assert reached(state, wanted, **options)[2] is fresh


# -- the steps themselves -----------------------------------------------------------------------------------------


def walk(guest: Guest, wanted: str, **options: Any) -> Plan:
    """Plan and take the steps."""
    plan = Plan(state=guest.now)
    ways(guest, **options).reach(wanted, plan)
    for step in plan.steps:
        step.run()
    assert guest.now == plan.state
    return plan


def test_a_guest_that_hears_is_asked_once(libvirt: Any) -> None:
    guest = Guest(libvirt, "running")
    walk(guest, "stopped")
    assert guest.calls == ["shutdown"]


def test_a_guest_that_still_boots_is_asked_again(libvirt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(power, "ASK_AGAIN", 0.01)
    guest = Guest(libvirt, "running", hears=3)
    walk(guest, "stopped", shutdown={"timeout": 5})
    assert guest.calls == ["shutdown"] * 3


def test_an_agent_that_does_not_answer_yet_is_asked_again(libvirt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(power, "ASK_AGAIN", 0.01)
    guest = Guest(libvirt, "running", hears=9, shutdown="VIR_ERR_AGENT_UNRESPONSIVE")
    with pytest.raises(SessionError, match=r"did not shut down .* \(cannot shut down .*VIR_ERR_AGENT_UNRESPONSIVE"):
        walk(guest, "stopped", shutdown={"mode": "agent"})
    assert len(guest.calls) > 1
    assert guest.now == "running"


def test_a_guest_that_does_not_shut_down_is_left_running(libvirt: Any) -> None:
    guest, begin = Guest(libvirt, "running", hears=99), time.monotonic()
    with pytest.raises(SessionError) as caught:
        walk(guest, "stopped")
    assert SHORT <= time.monotonic() - begin < 5
    assert str(caught.value) == (
        "guest 'web' did not shut down within 0.1 s: it is still running; raise shutdown.timeout, or allow "
        "shutdown.force"
    )
    assert "destroy" not in guest.calls


def test_force_destroys_it_after_the_time_and_says_so(libvirt: Any) -> None:
    guest = Guest(libvirt, "running", hears=99)
    plan = walk(guest, "stopped", **FORCE)
    assert (guest.calls[0], guest.calls[-1]) == ("shutdown", "destroy")
    assert plan.done == ["destroy guest 'web', which did not shut down"]


def test_a_shutdown_that_libvirt_refuses_fails_at_once_or_is_forced(libvirt: Any) -> None:
    options: dict[str, Any] = {"timeout": 60}
    begin = time.monotonic()
    refusing = Guest(libvirt, "running", hears=9, shutdown="VIR_ERR_OPERATION_INVALID")
    with pytest.raises(SessionError, match="VIR_ERR_OPERATION_INVALID"):
        walk(refusing, "stopped", shutdown=options)
    walk(refusing, "stopped", shutdown={**options, "force": True})
    assert refusing.calls == ["shutdown", "shutdown", "destroy"]
    assert time.monotonic() - begin < 10


def test_a_guest_that_goes_off_by_itself_meanwhile_is_no_failure(libvirt: Any) -> None:
    guest = Guest(libvirt, "stopped", shutdown="VIR_ERR_OPERATION_INVALID", destroy="VIR_ERR_OPERATION_INVALID")
    for state in ("running", "paused"):
        plan = Plan(state=state)
        ways(guest, **FORCE).stop(plan)
        plan.steps[0].run()
    assert guest.calls == ["shutdown", "destroy"]


def test_what_was_saved_paused_runs_when_asked_to(libvirt: Any) -> None:
    guest = Guest(libvirt, "stopped")
    guest.wakes_up_as = "paused"
    plan = Plan(state="saved")
    ways(guest).reach("running", plan)
    plan.steps[0].run()
    assert (guest.calls, guest.now) == (["create", "resume"], "running")


def test_a_saved_image_is_passed_by_only_when_asked(libvirt: Any) -> None:
    guest = Guest(libvirt, "stopped")
    for options in ({}, DISCARD):
        plan = Plan(state="saved")
        ways(guest, **options).reach("paused", plan)
        plan.steps[0].run()
    assert (guest.calls, guest.now) == (["create", "create anew"], "paused")


def test_pausing_resuming_and_waking_up(libvirt: Any) -> None:
    guest = Guest(libvirt, "stopped")
    for state in ("paused", "running", "paused"):
        walk(guest, state)
    guest.now = "suspended"
    walk(guest, "running")
    assert guest.calls == ["create", "resume", "suspend", "wakeup"]


def test_waiting_for_a_shutdown_that_someone_else_asked_for_ends(libvirt: Any) -> None:
    guest = Guest(libvirt, "shutting down")
    with pytest.raises(SessionError, match=r"guest 'web' is not stopped after 0.1 s: it was last seen shutting down"):
        walk(guest, "stopped")
    assert guest.calls == []
