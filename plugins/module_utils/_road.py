# SPDX-License-Identifier: GPL-3.0-or-later

"""The road of one object: observe, plan, apply, read back, report. docs/dev/road.md tells of it."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any, Callable

from ._kind import Kind, Observed
from ._plan import Change, HalfDone, Plan, Refused, Step
from ._result import Module, answer, as_results, diff_header, diff_side, run
from ._session import Session, SessionError, libvirt
from ._xml.document import etree, value
from ._xml.explain import explain, refuse_sizes
from ._xml.overlay import WHOLE, Difference, Overlay, Scope, compare, overlay, taken_over

#: The path of making or removing the object itself.
OBJECT = "/"

#: The paths of changes outside the XML, and those that a diff tells only where they change.
UNOBSERVED = ("persistent", "value", "cloud_init", "ignition", "content", "dest")
BESIDE_XML = ("state", "autostart", *UNOBSERVED)

SCHEMAS = "/usr/share/libvirt/schemas"

TOLD = 10

Many = Callable[[Session, "type[Kind]", Any, Module], "dict[str, Any]"]


def converge(kind_class: type[Kind], spec: Any, many: Many | None = None) -> None:
    """A whole module. Ends the process. many: what a task with `names` does instead."""
    module = Module(kind_class.rules, spec.argument_spec(), **spec.constraints)
    if module.params["state"] in spec.offline_states:
        answer(module, lambda: spec.offline(module.params))

    def work(session: Session) -> dict[str, Any]:
        if many is not None and module.params["names"] is not None:
            return many(session, kind_class, spec, module)
        asked = spec.identity(module.params)
        try:
            refuse_sizes(asked.tree, kind_class.rules)
        except ValueError as error:
            raise Refused(f"xml: {error}") from None
        session.open()
        return travel(lambda: Trip(kind_class(session, module.params, module.check_mode), spec, asked, module))

    run(module, work)


def travel(make: Callable[[], Trip]) -> dict[str, Any]:
    """Make one object be what a task asks; the result. Raises Refused, SessionError or HalfDone.

    make: makes the trip anew for each try, since another run may come between.
    """
    end = 0.0
    while True:
        trip = make()
        end = end or time.monotonic() + trip.params["timeout"]
        try:
            return trip.result()
        except HalfDone:
            if time.monotonic() > end or not trip.was_overtaken():
                raise


class Trip:
    """One object's way. asked: what identity() of the spec has made of the options."""

    def __init__(self, kind: Kind, spec: Any, asked: Any, module: Module) -> None:
        self.kind = kind
        self.spec = spec
        self.asked = asked
        self.module = module
        self.params = kind.params
        self.validity = Validity(kind, self.params.get("validate", "off"))
        self.apply_to: str = self.params.get("apply", "auto")
        self.observed = Observed()
        self.plan = Plan()
        self.scope: Scope = WHOLE
        self.stores_all = False
        self.target: Any = None
        self.foreseen: set[str] = set()
        self.warned = 0

    def result(self) -> dict[str, Any]:
        told = self.foretold()
        return self._done() if told is None else told

    def foretold(self) -> dict[str, Any] | None:
        """Plan; the result where nothing is to be done and in check mode, else None."""
        self.observed = self._observe()
        self._make_plan()
        ended = self._ended()
        self.foreseen = {each.path for each in ended}
        if self.kind.check or not self.plan.steps:
            predicted = self._predicted(ended)
            waiting = self._waits(predicted) if predicted.exists else []
            if self.apply_to != "live":
                waiting = [each for each in waiting if each.path not in self.foreseen]
            changes, _none = self._told(self.plan.changes, ended, waiting)
            return self._report(predicted, changes, [], waiting)
        return None

    def _done(self) -> dict[str, Any]:
        try:
            self._apply()
            after = self._observe()
        except SessionError as error:
            raise HalfDone(str(error), self.plan.done, []) from None
        left = self._left(after)
        self._warn_of(left)
        if self.stores_all and after.exists:
            self.kind.remember(self._desired(after.stored).tree, after, left)
        changes, stored = self._judged(after, left)
        waiting = self.kind.waiting(after) if after.exists else []
        changes, came = self._told(changes, self._came_true(after), waiting)
        beside = [each for each in map(Change.of, stored) if not any(_covers(one.path, each.path) for one in came)]
        return self._report(after, changes, [*beside, *came], waiting)

    def was_overtaken(self) -> bool:
        if self.plan.done or self.kind.session.stuck:
            return False
        before = self.observed
        try:
            now = self._observe()
        except SessionError:
            return False
        if (before.exists, before.state) != (now.exists, now.state):
            return True
        return before.exists and bool(compare(before.stored, now.stored, self.kind.rules))

    def _observe(self) -> Observed:
        kind, name, uuid = self.kind, self.asked.name, self.asked.uuid
        kind.handle = kind.find(name, uuid)
        observed = self._seen()
        kind.name = kind.title(kind.handle) if observed.exists else name or uuid
        if uuid is None or name is None:
            return observed
        if observed.exists:
            has = value(observed.stored, kind.uuid_at)
            if has != uuid:
                raise Refused(f"{kind.noun} '{name}' has the uuid {has}, not {uuid}: a uuid is never changed")
        if not observed.exists and self.params["state"] != "absent":
            other = kind.find(None, uuid)
            if other is not None:
                owner = kind.title(other)
                raise Refused(f"uuid {uuid} belongs to {kind.noun} '{owner}': a {kind.noun} is never renamed")
        return observed

    def _seen(self) -> Observed:
        kind = self.kind
        try:
            return Observed() if kind.handle is None else kind.observe()
        except SessionError as error:
            if error.code != getattr(libvirt, kind.missing):
                raise
            kind.handle = None
            return Observed()

    def _make_plan(self) -> None:
        kind, observed, plan = self.kind, self.observed, self.plan
        state = self.spec.state(self.params)
        plan.document, plan.state, plan.autostart = observed.stored, observed.state, observed.autostart
        if state == "absent":
            if observed.exists:
                kind.remove(observed, plan)
                plan.document, plan.state, plan.autostart = None, "absent", None
                plan.changes = [Change(OBJECT, f"{kind.noun} '{kind.name}'", None)]
            return
        desired = self._desired(observed.stored)
        self.scope = desired.scope
        if self.asked.tree is not None:
            self.module.warn_each(self.validity.judge(desired.tree))
        if self.apply_to == "live" and not observed.active:
            raise Refused(
                f"{kind.noun} '{kind.name}' is {observed.state}: apply: live changes only what is active; without it "
                "the definition is changed"
            )
        if not observed.exists and not desired.complete:
            if self.params["state"] != "absent":
                self._lacking(state)
            return
        if not observed.persistent and desired.tree is None and state == kind.resting:
            raise Refused(
                f"{kind.noun} '{kind.name}' is transient: {state} would lose its definition; "
                "give its xml, or make it persistent first with state present"
            )
        kind.begin(observed, plan)
        if desired.tree is not None or not observed.persistent:
            self._plan_definition(desired)
        if observed.exists or plan.document is not None:
            self._plan_autostart()
        reached = plan.state
        plan.live_at = len(plan.steps)
        kind.reach(observed, state, plan)
        if plan.state == kind.awake:
            plan.live_at = len(plan.steps)
        if plan.state != reached or state == "restarted":
            plan.changes.append(Change("state", reached, plan.state, "restart" if state == "restarted" else "live"))
        self._plan_live()
        kind.end(observed, plan)
        if not observed.exists:
            plan.changes = [Change(OBJECT, None, f"{kind.noun} '{kind.name}'")]

    def _desired(self, current: Any) -> Any:
        asked = self.asked
        if asked.name is None and self.observed.exists:
            # What the uuid finds has a name, which xml need not repeat.
            asked = replace(asked, name=self.kind.name)
        return self.kind.own(self.spec.desired(self.params, asked, current), current)

    def _lacking(self, state: str) -> None:
        where = f"on {self.kind.session.uri}"
        sentence = f"there is no {self.kind.noun} '{self.kind.name}' {where}, and no {self.kind.needs}"
        if not self.kind.check:
            raise Refused(sentence)
        self.plan.warnings.append(f"{sentence}; an earlier task of this check would have to make it")
        if state != "present":
            self.plan.changes = [Change("state", None, state, "live")]

    def _plan_definition(self, desired: Any) -> None:
        kind, observed, plan = self.kind, self.observed, self.plan
        tree = desired.tree if desired.tree is not None else observed.stored
        scope = desired.scope if desired.tree is not None else WHOLE
        merged = kind.lay(tree, scope, observed) if observed.exists else Overlay(kind.completed(tree), [], [])
        plan.warnings.extend(merged.notes)
        if self.apply_to == "live":
            self.target = merged.document
            return
        plan.stores = merged.differences
        plan.changes.extend(Change.of(each) for each in merged.differences)
        if not observed.persistent:
            plan.changes.insert(0, Change("persistent", "false", "true"))
        if plan.changes or not observed.exists:
            kind.store(observed, merged, plan)
            plan.document = merged.document
            self.stores_all = desired.complete
            if not observed.exists:
                plan.state, plan.autostart = kind.resting, False if "autostart" in self.params else None

    def _plan_autostart(self) -> None:
        wanted, kind, plan = self.params.get("autostart"), self.kind, self.plan
        if wanted is None or wanted == plan.autostart:
            return
        plan.changes.append(Change("autostart", _word(plan.autostart), _word(wanted)))
        plan.autostart = wanted
        plan.add(kind.autostarting(wanted), lambda: kind.set_autostart(wanted))

    def _plan_live(self) -> None:
        observed, plan, kind = self.observed, self.plan, self.kind
        if not self._stays():
            return
        if self.target is None:
            self.target = plan.document
        self.warned, restarts = len(plan.warnings), self.params.get("restart") == "when_needed"
        if self.apply_to != "stored":
            plan.live = self._live_steps(observed.live)
        if self.apply_to == "live":
            if restarts:
                raise Refused("apply: live stores nothing that a restart could bring: leave restart: when_needed out")
            self._refuse_what_cannot_be_live(observed.live)
        elif restarts:
            ended = {each.path for step in plan.live for each in step.ends}
            rest = self._waits(replace(observed, stored=self.target))
            if any(each.path not in ended and not self._is_outside(each) for each in rest):
                plan.live = []
                del plan.warnings[self.warned :]
                kind.restart(observed, plan)
        plan.steps[plan.live_at : plan.live_at] = plan.live

    def _stays(self) -> bool:
        return self.observed.active and self.observed.live is not None and not self.plan.fresh

    def _live_steps(self, live: Any) -> list[Step]:
        waiting = self._waiting_for(live)
        return self.kind.live_steps(self.target, live, waiting, self.plan) if waiting or self.plan.stores else []

    def _waits(self, seen: Observed) -> list[Difference]:
        """What waits. libvirt fills in what a plan has new."""
        planned = seen.stored is self.plan.document
        new = tuple(f"{each.path}/" for each in self.plan.stores if planned and each.before is None)
        return [each for each in self.kind.waiting(seen) if each.after is not None or not each.path.startswith(new)]

    def _waiting_for(self, live: Any) -> list[Difference]:
        waiting = self._waits(Observed(stored=self.target, live=live, active=True))
        if self.apply_to == "live":
            # What libvirt puts in by itself is in the running document only.
            unlike = overlay(self.target, live, self.kind.rules).differences
            waiting = [each for each in waiting if any(_covers(each.path, one.path) for one in unlike)]
        return [each for each in waiting if self.scope.manages(each)]

    def _refuse_what_cannot_be_live(self, live: Any) -> None:
        ended = {each.path for step in self.plan.live for each in step.ends}
        left = [each.path for each in self._waiting_for(live) if each.path not in ended]
        if left:
            raise Refused(
                f"{self.kind.noun} '{self.kind.name}' cannot be changed while it is active in {', '.join(left)}; "
                "without apply: live that is stored and waits for its next start"
            )

    def _apply(self) -> None:
        plan = self.plan
        at, end = plan.live_at, plan.live_at + len(plan.live)
        first, last = plan.steps[:at], plan.steps[end:]
        self._run(first, [*plan.live, *last])
        stored_first = bool(plan.stores) and self._stays() and self.apply_to != "stored"
        if stored_first:
            # libvirt has filled in addresses: the running object gets the very same.
            fresh = self._observe()
            self.target, live = fresh.stored, fresh.live
            del plan.warnings[self.warned :]
            plan.live = [] if live is None else self._live_steps(live)
        try:
            self._run(plan.live, last)
        except HalfDone as failure:
            if stored_first:
                failure = self._take_back(failure)
            raise failure from None
        self._run([*self._late(), *last], [])

    def _late(self) -> list[Step]:
        """The restart for what a guest has not let go."""
        plan, at = self.plan, len(self.plan.steps)
        if plan.live and self.params.get("restart") == "when_needed":
            seen = self._observe()
            if not all(map(self._is_outside, self.kind.waiting(seen))):
                del plan.warnings[self.warned :]
                self.kind.restart(seen, plan)
        return plan.steps[at:]

    def _run(self, steps: list[Step], later: list[Step]) -> None:
        """Take steps. Raises HalfDone."""
        for index, step in enumerate(steps):
            try:
                step.run()
            except (SessionError, Refused) as error:
                # A plan that stores a document begins with that.
                stores = self.plan.document is not self.observed.stored and not self.plan.done
                why = self.validity.explained(error) if stores else str(error)
                raise HalfDone(why, self.plan.done, [one.sentence for one in [*steps[index:], *later]]) from None
            self.plan.done.append(step.sentence)

    def _take_back(self, failure: HalfDone) -> HalfDone:
        """What did not reach the running object shall not wait in the definition."""
        undone = [each for step in self.plan.live if step.sentence not in self.plan.done for each in step.ends]
        if self.kind.session.stuck or not undone:
            return failure
        what = f"take back in the definition of {self.kind.noun} '{self.kind.name}' what was not done"
        try:
            fresh = self._observe()
            fresh = replace(fresh, records=self.observed.records)
            self.kind.put(fresh, taken_over(fresh.stored, self.observed.stored, undone, self.kind.rules))
        except SessionError as error:
            return HalfDone(failure.why, self.plan.done, [*failure.left, f"{what} ({error})"])
        self.plan.done.append(what)
        return HalfDone(failure.why, self.plan.done, failure.left)

    def _left(self, after: Observed) -> list[Difference]:
        planned = [change.path for change in self.plan.changes if change.path not in BESIDE_XML]
        desired = self._desired(after.stored) if planned and after.exists else None
        if desired is None or desired.tree is None:
            return []
        return [
            each
            for each in overlay(desired.tree, after.stored, self.kind.rules, desired.scope).differences
            if not self.kind.ignores(each) and any(path == OBJECT or _covers(path, each.path) for path in planned)
        ]

    def _warn_of(self, left: list[Difference]) -> None:
        whose = f"of {self.kind.noun} '{self.kind.name}'"
        for each in sorted(left, key=lambda one: one.path):
            if each.after is None:
                self.module.warn(f"libvirt keeps {each.path} {whose}, which the task does not name")
            else:
                self.module.warn(f"libvirt accepted {each.path} {whose} and ignored it")

    def _judged(self, after: Observed, left: list[Difference]) -> tuple[list[Change], list[Difference]]:
        before, plan, kind = self.observed, self.plan, self.kind
        if not before.exists or not after.exists:
            return plan.changes, []
        planned = {change.path for change in plan.changes if change.path not in BESIDE_XML}
        if not planned:
            return plan.changes, []
        happened = compare(before.stored, after.stored, kind.rules)
        gone = {each.path for each in left} | self._restored(happened) if happened else planned
        kept = [change for change in plan.changes if change.path not in gone]
        beside = [each for each in happened if not any(_covers(change.path, each.path) for change in kept)]
        return kept, beside

    def _restored(self, happened: list[Difference]) -> set[str]:
        paths = {change.path for change in self.plan.changes if change.after is None} & self.kind.named
        return {path for path in paths if not any(_covers(path, each.path) for each in happened)}

    def _ended(self) -> list[Difference]:
        plan, before = self.plan, self.observed
        if plan.fresh and before.active and plan.state == self.kind.awake:
            return self.kind.waiting(replace(before, stored=plan.document))
        return [each for step in plan.live for each in step.ends]

    def _came_true(self, after: Observed) -> list[Difference]:
        if self.apply_to == "live" and after.live is not None:
            still = {each.path for each in self._waiting_for(after.live)}
        else:
            still = {each.path for each in self.kind.waiting(after)} if after.exists else set()
        return [each for each in self._ended() if each.path not in still]

    def _predicted(self, ended: list[Difference]) -> Observed:
        plan, live = self.plan, None if self.plan.fresh else self.observed.live
        if self.apply_to == "live" and live is not None:
            live = taken_over(live, self.target, ended, self.kind.rules)
        return Observed(
            stored=plan.document,
            live=live,
            state=plan.state,
            active=live is not None and self.observed.active,
            autostart=plan.autostart,
        )

    def _told(
        self, changes: list[Change], ended: list[Difference], waiting: list[Difference]
    ) -> tuple[list[Change], list[Change]]:
        """The changes, each with how it came about; then what libvirt added unforeseen."""
        anew = self.plan.fresh and self.observed.active and self.plan.state == self.kind.awake
        how = "restart" if anew else "live"
        told, free = [], list(ended)
        for change in changes:
            if change.path in (OBJECT, *BESIDE_XML):
                told.append(change)
                continue
            mine, late = (_about(change, one) for one in (ended, waiting))
            if not mine and not late and change.before is None:
                # What is new may have got a key from libvirt that no plan knew.
                mine, late = (self._renamed(change, one) for one in (free, waiting))
            free = [each for each in free if each not in mine]
            told.append(replace(change, how="restart" if anew or late else how if mine else "stored"))
        foreseen = [each for each in free if any(_covers(path, each.path) for path in self.foreseen)]
        told += [Change.of(each, how) for each in foreseen]
        return told, [Change.of(each, how) for each in free if each not in foreseen]

    def _renamed(self, change: Change, differences: list[Difference]) -> list[Difference]:
        bare, others = _KEY.sub("", change.path), [one.path for one in self.plan.changes]
        found = [each for each in differences if each.before is None and _KEY.sub("", each.path) == bare]
        return [each for each in found if not any(_covers(path, each.path) for path in others)][:1]

    def _report(
        self, after: Observed, changes: list[Change], beside: list[Change], waiting: list[Difference]
    ) -> dict[str, Any]:
        kind = self.kind
        self.module.warn_each(kind.warnings + self.plan.warnings)
        outside = [each for each in waiting if self._is_outside(each)]
        facts = kind.facts(after) if after.exists else {}
        return {
            "changed": bool(changes or beside),
            "changes": as_results(changes),
            "side_effects": as_results(beside),
            "actions": self.plan.done or [step.sentence for step in self.plan.steps],
            "pending": as_results([Change.of(each, "restart") for each in waiting if each not in outside]),
            "live_only": as_results([Change.of(each, "live") for each in outside]),
            **({"diff": self._diff(after, changes)} if self.module._diff else {}),
            kind.rules.root: {"name": kind.name, "state": after.state, **facts},
        }

    def _diff(self, after: Observed, changes: list[Change]) -> dict[str, str]:
        whose = f"{self.kind.noun} '{self.kind.name}' on {self.kind.session.uri}"
        return {
            "before_header": whose,
            "after_header": diff_header(whose, changes),
            "before": self._side("before", self.observed, changes),
            "after": self._side("after", after, changes, self.observed.stored),
        }

    def _side(self, side: str, observed: Observed, changes: list[Change], before: Any = None) -> str:
        stored = {change.path for change in self.plan.changes}
        beside = {"state": observed.state, "autostart": _word(observed.autostart)}
        for change in changes:
            if change.path not in stored:
                beside[f"running {change.path}"] = getattr(change, side)
            elif change.path in UNOBSERVED:
                beside[change.path] = getattr(change, side)
        return diff_side(observed.stored, beside, self.kind.rules, before)

    def _is_outside(self, waiting: Difference) -> bool:
        return waiting.whole and waiting.after is None and not self.scope.manages(waiting)


def _word(said: bool | None) -> str | None:
    return None if said is None else str(said).lower()


def _covers(planned: str, happened: str) -> bool:
    """Whether one path lies in the other."""
    return planned == happened or happened.startswith(f"{planned}/") or planned.startswith(f"{happened}/")


def _about(change: Change, differences: list[Difference]) -> list[Difference]:
    return [each for each in differences if _covers(each.path, change.path)]


_KEY = re.compile(r"\[.*?\]")


class Validity:
    """What the schema says of a task's document. mode: the option `validate`."""

    def __init__(self, kind: Any, mode: str) -> None:
        self.kind = kind
        self.mode = mode
        self.faults: list[str] = []

    def judge(self, document: Any) -> list[str]:
        """Warnings about a task's document. Raises Refused in strict mode; libvirt then validates as well."""
        if self.mode == "off":
            return []
        strict, kind = self.mode == "strict", self.kind
        whose = f"xml of {kind.noun} '{kind.name}'"
        known = self._look(document)
        if self.faults and strict:
            raise Refused(f"{whose} is not valid by libvirt's schema: {'; '.join(self.faults)}")
        kind.validates = strict and not kind.rules.partial and getattr(libvirt, kind.validating, None) is not None
        if strict and not known and not kind.validates:
            raise Refused(f"{whose} cannot be validated: libvirt's schema for it is not here; use validate: warn")
        if strict and not known and kind.check:
            return [f"{whose} is validated only when it is defined: libvirt's schema for it is not here"]
        return [f"{whose}, {fault}" for fault in self.faults]

    def explained(self, error: Exception) -> str:
        if not self.faults or getattr(error, "code", None) is None:
            return str(error)
        return f"{error}; not valid by libvirt's schema: {'; '.join(self.faults)}"

    def _look(self, document: Any) -> bool:
        """Find the faults; whether there is a schema: none says what a libvirt elsewhere takes."""
        if not self.kind.rules.schema or not self.kind.session.is_here():
            return False
        try:
            found, over = explain(document, SCHEMAS, self.kind.rules)
        except (OSError, etree.LxmlError):
            return False
        self.faults = found[:TOLD]
        if over or len(found) > TOLD:
            self.faults.append("and there may be more" if over else f"and {len(found) - TOLD} more")
        return True
