# SPDX-License-Identifier: GPL-3.0-or-later

"""Power of a guest: from each state to each other, with waits that end."""

from __future__ import annotations

import time
from typing import Any, Callable

from .._plan import Plan, Refused
from .._session import Session, SessionError, libvirt
from .._words import STATES
from .events import events, wait

#: States in which a guest is not there for libvirt to act upon.
OFF = ("stopped", "saved")

#: Seconds after which a guest is asked again: one that boots hears neither button nor agent yet.
ASK_AGAIN = 10

#: virDomainShutdown flags by the mode option.
MODES = {
    "auto": (),
    "acpi": ("VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN",),
    "agent": ("VIR_DOMAIN_SHUTDOWN_GUEST_AGENT",),
}


class Power:
    """The ways of one guest. domain: gives libvirt's when a step runs, since a define before it may have made it.
    before_start: plans what comes before a start, and gives its flags.
    """

    def __init__(
        self,
        session: Session,
        name: str,
        domain: Callable[[], Any],
        params: dict[str, Any],
        before_start: Callable[[Plan], int] = lambda _plan: 0,
    ) -> None:
        self.session = session
        self.name = name
        self.domain = domain
        self.shutdown = params["shutdown"]
        self.discard = params["discard_saved"]
        self.before_start = before_start

    def reach(self, state: str, plan: Plan) -> None:
        """Plan the way to a state, and set plan.state. Raises Refused where there is none."""
        if self.discard and plan.state == "saved" and state in ("present", "stopped"):
            self._discard(plan)
        if state == "restarted":
            if plan.state not in OFF:
                self.stop(plan)
            self._start(plan, "running")
        elif state == "stopped":
            if plan.state not in OFF:
                self.stop(plan)
        elif state != "present" and state != plan.state:
            ways = {"running": self._run, "paused": self._pause, "saved": self._save}
            ways[state](plan)

    def stop(self, plan: Plan) -> None:
        """Shut down by the policy of the task: destroyed only with force."""
        force = self.shutdown["force"]
        if plan.state in ("paused", "suspended", "crashed"):
            if not force:
                raise Refused(
                    f"guest '{self.name}' is {plan.state} and cannot answer a shutdown: make it run first, or allow "
                    "shutdown.force"
                )
            plan.add(f"destroy guest '{self.name}', which is {plan.state}", self._destroy)
        elif plan.state == "shutting down":
            plan.add(f"wait until guest '{self.name}' is off", self._await_off)
        else:
            how = {"auto": "", "acpi": " by ACPI", "agent": " by its agent"}[self.shutdown["mode"]]
            last = ", destroy it if it does not" if force else ""
            plan.add(f"shut down guest '{self.name}'{how}{last}", lambda: self._shut_down(plan))
        plan.state, plan.fresh = "stopped", True

    # -- ways ---------------------------------------------------------------------------------------------------

    def _run(self, plan: Plan) -> None:
        if plan.state == "paused":
            what = f"resume guest '{self.name}'"
            plan.add(what, lambda: self.session.slow(what, self.domain().resume))
        elif plan.state == "suspended":
            what = f"wake up guest '{self.name}'"
            plan.add(what, lambda: self._wake(what))
        elif plan.state == "crashed":
            self._no_way(plan, "running", "state restarted with shutdown.force starts it anew")
        else:
            if plan.state == "shutting down":
                self.stop(plan)
            self._start(plan, "running")
        plan.state = "running"

    def _pause(self, plan: Plan) -> None:
        if plan.state == "running":
            what = f"pause guest '{self.name}'"
            plan.add(what, lambda: self.session.slow(what, self.domain().suspend))
        elif plan.state in OFF:
            self._start(plan, "paused")
        else:
            self._no_way(plan, "paused", "make it run first")
        plan.state = "paused"

    def _save(self, plan: Plan) -> None:
        if plan.state not in ("running", "paused"):
            self._no_way(plan, "saved", "only a guest that runs or is paused has a memory to save")
        what = f"save guest '{self.name}'"
        plan.add(what, lambda: self.session.slow(what, self.domain().managedSave, 0))
        plan.state = "saved"

    def _no_way(self, plan: Plan, state: str, instead: str) -> None:
        raise Refused(f"guest '{self.name}' is {plan.state} and cannot become {state}: {instead}")

    def _start(self, plan: Plan, state: str) -> None:
        flags = libvirt.VIR_DOMAIN_START_PAUSED if state == "paused" else 0
        image = ""
        plan.fresh = plan.state != "saved" or self.discard
        flags |= self.before_start(plan)
        if plan.state == "saved":
            image = " from its saved image"
            if self.discard:
                flags |= libvirt.VIR_DOMAIN_START_FORCE_BOOT
                image = " anew, discarding its saved image"
        what = f"start guest '{self.name}'{' paused' if state == 'paused' else ''}{image}"
        plan.add(what, lambda: self._create(what, flags, state))
        plan.state = state

    def _create(self, what: str, flags: int, state: str) -> None:
        self.session.slow(what, self.domain().createWithFlags, flags)
        # A guest that was saved while it was paused comes up paused, whatever the flags say (libvirt 9.0).
        if state == "running" and self._state() == "paused":
            self.session.slow(f"resume guest '{self.name}'", self.domain().resume)

    def _discard(self, plan: Plan) -> None:
        what = f"discard the saved image of guest '{self.name}'"
        plan.add(what, lambda: self.session.slow(what, self.domain().managedSaveRemove, 0))
        plan.state, plan.fresh = "stopped", True

    # -- calls that wait ----------------------------------------------------------------------------------------

    def _shut_down(self, plan: Plan) -> None:
        """Ask until it is off, or the time is over; then destroy it where that is allowed."""
        flags = sum(getattr(libvirt, name) for name in MODES[self.shutdown["mode"]])
        end = time.monotonic() + self.shutdown["timeout"]
        with events(self.session, self.domain(), "LIFECYCLE") as happened:
            trouble = self._ask(flags)
            while self._may_come(trouble):
                left = end - time.monotonic()
                if wait(happened, lambda: self._state() in OFF, max(0, min(left, ASK_AGAIN))):
                    return
                if left <= ASK_AGAIN:
                    break
                trouble = self._ask(flags)
        if not self.shutdown["force"]:
            why = f" ({trouble})" if trouble is not None else ""
            raise SessionError(
                f"guest '{self.name}' did not shut down within {self.shutdown['timeout']:g} s: it is still "
                f"{self._state()}{why}; raise shutdown.timeout, or allow shutdown.force"
            )
        self._destroy()
        plan.done.append(f"destroy guest '{self.name}', which did not shut down")

    def _ask(self, flags: int) -> SessionError | None:
        """Ask once; the error that libvirt answered, if it did."""
        try:
            self.session.slow(f"shut down guest '{self.name}'", self.domain().shutdownFlags, flags)
        except SessionError as error:
            # It may have gone off by itself between the look and the call.
            if self.session.stuck:
                raise
            return None if self._state() in OFF else error
        return None

    def _may_come(self, trouble: SessionError | None) -> bool:
        """Whether it may go off yet. Raises the trouble where it may not, and nothing else is allowed."""
        if trouble is None or trouble.code in (libvirt.VIR_ERR_AGENT_UNRESPONSIVE, libvirt.VIR_ERR_OPERATION_TIMEOUT):
            return True
        if not self.shutdown["force"]:
            raise trouble
        return False

    def _destroy(self) -> None:
        what = f"destroy guest '{self.name}'"
        try:
            self.session.slow(what, self.domain().destroy)
        except SessionError:
            if self.session.stuck or self._state() not in OFF:
                raise

    def _await_off(self) -> None:
        self._await(OFF, self.session.endpoint.wait_timeout)

    def _wake(self, what: str) -> None:
        self.session.slow(what, self.domain().pMWakeup, 0)
        self._await(("running",), self.session.endpoint.wait_timeout)

    def _await(self, wanted: tuple[str, ...], seconds: float) -> None:
        with events(self.session, self.domain(), "LIFECYCLE") as happened:
            if not wait(happened, lambda: self._state() in wanted, seconds):
                raise SessionError(
                    f"guest '{self.name}' is not {wanted[0]} after {seconds:g} s: it was last seen {self._state()}"
                )

    def _state(self) -> str:
        """The guest's state now; one that is gone altogether (transient) is stopped."""
        what = f"read the state of guest '{self.name}'"
        now = self.session.look_up(what, "VIR_ERR_NO_DOMAIN", self.domain().state)
        return "stopped" if now is None else STATES[now[0]]
