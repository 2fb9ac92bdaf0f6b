# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the converge.libvirt collection: it may change in any release.

"""The road of every module: observe, plan, apply, read back, report. It knows no kind by name."""

from __future__ import annotations

import abc
import fnmatch
from dataclasses import dataclass, replace
from typing import Any, Callable

from ansible.module_utils.basic import missing_required_lib

from ._plan import Change, Plan, Refused
from ._result import Module, as_results, diff_side, rendered
from ._session import LIBVIRT_ERROR, Endpoint, Session, SessionError, leave, libvirt
from ._xml.check import refuse_sizes
from ._xml.document import LXML_ERROR, value
from ._xml.overlay import WHOLE, Difference, Overlay, Scope, compare, overlay, pending
from ._xml.tables import Rules

#: The path of a change that is the making or the removal of the object itself.
OBJECT = "/"

#: The paths of changes that are not in the XML.
BESIDE_XML = ("state", "autostart", "persistent", "value")

#: Those of them that a diff tells only where they change.
UNOBSERVED = ("persistent", "value")


@dataclass
class Observed:
    """What libvirt has of one object. Documents are lxml trees, hold secrets, and not what a kind writes into them.

    stored: the configuration, None where there is no such object. live: the running document (of a saved guest: its
    image), else None. state: one of the kind's states, or what libvirt says beside them. active: whether it runs now.
    persistent: False for an object that exists only while it runs. records: what a kind itself wrote into the stored
    document and into the live one, as elements; None where there is nothing.
    """

    stored: Any = None
    live: Any = None
    state: str = "absent"
    active: bool = False
    autostart: bool | None = None
    persistent: bool = True
    records: tuple[Any, Any] = (None, None)

    @property
    def exists(self) -> bool:
        return self.stored is not None


class HalfDone(Exception):
    """A step failed. The text says why; done and left are the sentences of the steps before it and from it on."""

    def __init__(self, why: str, done: list[str], left: list[str]) -> None:
        told = f"; done before that: {', '.join(done)}; not done: {', '.join(left)}" if done else ""
        super().__init__(f"{why}{told}")
        self.done = done
        self.left = left


class Kind(abc.ABC):
    """One kind of libvirt object: the verbs that the road needs, in the order in which it needs them.

    Every method may raise SessionError; those that plan may raise Refused. A method that plans only looks: writing is
    what its steps do. Class attributes: noun, as people call it; rules of its documents (the root names it in results).
    """

    noun: str
    rules: Rules
    #: The name of libvirt's error that says "there is none".
    missing: str
    #: The state of an object that was just made and not started: a transient one would be gone in it. A kind whose
    #: objects differ in it sets it when it plans to store one.
    resting: str
    #: Where its documents have the UUID.
    uuid_at = "uuid"
    #: What a task must give to make one.
    needs = "xml to define it"
    #: Whether an object of the kind has a running side beside the stored one.
    runs = True

    def __init__(self, session: Session, params: dict[str, Any], check: bool, secure: bool = True) -> None:
        self.session = session
        self.params = params
        #: Whether documents are read with their secrets, which only a comparison needs.
        self.secure = secure
        #: True in check mode: a missing prerequisite is then predicted, not refused.
        self.check = check
        #: libvirt's object, None where there is none; a step that makes it sets it for the steps after it.
        self.handle: Any = None
        #: The object's name, for sentences.
        self.name = ""
        #: What the user should hear, whatever becomes of the plan.
        self.warnings: list[str] = []

    @abc.abstractmethod
    def find(self, name: str | None, uuid: str | None) -> Any:
        """libvirt's object of that name, or of that UUID where name is None; None where there is none."""

    @abc.abstractmethod
    def everything(self) -> list[Any]:
        """Every libvirt object of the kind, within what the options say."""

    @abc.abstractmethod
    def observe(self) -> Observed:
        """Everything the road compares, of self.handle; asked only where there is one."""

    @abc.abstractmethod
    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        """Add the steps that store merged.document; with observed.exists False it is created."""

    @abc.abstractmethod
    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        """Add the steps that lead to a state of power, and set plan.state."""

    @abc.abstractmethod
    def remove(self, observed: Observed, plan: Plan) -> None:
        """Add the steps that make the object absent. Raises Refused where something would be lost unasked."""

    # What is remembered of an object from task to task, which is known after lay(). Most kinds have no place for it.

    #: The paths that the last task named.
    named: frozenset[str] = frozenset()

    def given(self, document: Any) -> Any:
        """A document that a task gives, without what the kind itself writes into one."""
        return document

    def lay(self, desired: Any, scope: Scope, observed: Observed) -> Overlay:
        """The desired document laid over the stored one."""
        return overlay(desired, observed.stored, self.rules, scope)

    def ignores(self, difference: Difference) -> bool:
        """Whether libvirt is known to ignore what this difference asks for."""
        return False

    def remember(self, desired: Any, observed: Observed, ignored: list[Difference]) -> None:  # noqa: B027
        """Write down what a task that stored a whole document has learnt; observed: what libvirt made of it."""

    @abc.abstractmethod
    def facts(self, observed: Observed) -> dict[str, Any]:
        """What results say of an object that exists (name and state are the road's)."""

    def title(self, handle: Any) -> str:
        """What people call a libvirt object of the kind."""
        return str(handle.name())

    def need(self, sentence: str, remedy: str = "") -> None:
        """Say that something stands in the way: refused, but only a warning in check mode, where an earlier task of the
        same check may have removed it.
        """
        if not self.check:
            raise Refused(f"{sentence}; {remedy}" if remedy else sentence)
        self.warnings.append(f"{sentence}; an earlier task of this check would have to change that")

    def set_autostart(self, value: bool) -> None:
        """Make libvirt start the object by itself, or not."""
        what = f"{'set' if value else 'clear'} autostart of {self.noun} '{self.name}'"
        self.session.call(what, self.handle.setAutostart, int(value))

    def text(self, document: Any) -> str:
        """A document for results: secrets hidden."""
        return rendered(document, self.rules)

    def waiting(self, observed: Observed) -> list[Difference]:
        """What the active (or saved) object does not have yet of its stored document, or has beside it."""
        return [] if observed.live is None else pending(observed.stored, observed.live, self.rules)


def converge(kind_class: type[Kind], spec: Any) -> None:
    """A whole module: take the options, make one object be what they say, report. Ends the process.

    Args: spec: a Spec of _spec (this file may not import it).
    """
    module = Module(kind_class.rules, spec.argument_spec(), **spec.constraints)
    require_libraries(module)

    def work(session: Session) -> dict[str, Any]:
        asked = spec.identity(module.params)
        if asked.tree is not None:
            _refuse_sizes(asked.tree, kind_class.rules)
        kind = kind_class(session.open(), module.params, module.check_mode)
        trip = _Trip(kind, spec, asked, module)
        try:
            return trip.result()
        except HalfDone:
            if not trip.was_overtaken():
                raise
        return _Trip(kind, spec, asked, module).result()

    finish(module, work)


def _refuse_sizes(tree: Any, rules: Rules) -> None:
    try:
        refuse_sizes(tree, rules)
    except ValueError as error:
        raise Refused(f"xml: {error}") from None


def inform(kind_class: type[Kind], spec: Any) -> None:
    """A whole info module: list objects by name, over a read-only connection, without secrets. Ends the process.

    Args: spec: a Survey of _spec.
    """
    module = Module(kind_class.rules, spec.argument_spec())
    require_libraries(module)

    def work(session: Session) -> dict[str, Any]:
        kind = kind_class(session.open(), module.params, module.check_mode, secure=False)
        found = [_told(kind, one) for one in kind.everything() if _asked(kind.title(one), module.params["names"])]
        told = sorted((facts for facts in found if facts is not None), key=lambda facts: str(facts["name"]))
        return {"changed": False, spec.plural: told}

    finish(module, work, readonly=True)


def _asked(name: str, patterns: list[str] | None) -> bool:
    return patterns is None or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _told(kind: Kind, handle: Any) -> dict[str, Any] | None:
    """The facts of one listed object; None where it has gone since the list was made."""
    kind.handle, kind.name = handle, kind.title(handle)
    try:
        observed = kind.observe()
    except SessionError as error:
        if error.code == getattr(libvirt, kind.missing):
            return None
        raise
    facts = {"name": kind.name, "state": observed.state, **kind.facts(observed)}
    if kind.runs:
        facts["pending"] = as_results([_as_change(each, "restart") for each in kind.waiting(observed)])
    return facts


def finish(module: Module, work: Callable[[Session], dict[str, Any]], readonly: bool = False) -> None:
    """Run work(session), give its result out and end the process; what it raises becomes one sentence."""
    session = Session(endpoint(module.params, readonly))
    try:
        try:
            outcome = work(session)
        finally:
            session.close()
    except HalfDone as error:
        outcome = {
            "msg": str(error),
            "changed": bool(error.done),
            "applied": error.done,
            "not_applied": error.left,
        }
    except (Refused, SessionError) as error:
        outcome = {"msg": str(error)}
    try:
        if "msg" in outcome:
            module.fail_json(uri=session.uri, **outcome)
        module.exit_json(uri=session.uri, **outcome)
    except SystemExit as ended:
        if session.stuck:
            leave(ended.code if isinstance(ended.code, int) else 1)
        raise


def require_libraries(module: Module) -> None:
    """Name the distribution package and the interpreter where libvirt-python or lxml is missing."""
    for library, package, trace in (
        ("libvirt-python", "python3-libvirt", LIBVIRT_ERROR),
        ("lxml", "python3-lxml", LXML_ERROR),
    ):
        if trace is not None:
            reason = f"the distribution's package {package} has it"
            module.fail_json(msg=f"{missing_required_lib(library)} ({reason})")


def endpoint(params: dict[str, Any], readonly: bool = False) -> Endpoint:
    """The connection options of a task."""
    return Endpoint(
        uri=params["uri"],
        username=params["username"],
        password=params["password"],
        timeout=params["timeout"],
        wait_timeout=params["wait_timeout"],
        readonly=readonly,
    )


class _Trip:
    """One object's way down the road."""

    def __init__(self, kind: Kind, spec: Any, asked: Any, module: Module) -> None:
        self.kind = kind
        self.spec = spec
        self.asked = asked
        self.module = module
        self.params = module.params
        self.observed = Observed()
        self.plan = Plan()
        self.scope: Scope = WHOLE
        #: Whether the task stores a document of which it owns everything.
        self.stores_all = False

    def result(self) -> dict[str, Any]:
        """Plan and, outside check mode, apply; the module's result. Raises Refused, SessionError or HalfDone."""
        self.observed = self._observe()
        self._make_plan()
        predicted = Observed(
            stored=self.plan.document,
            live=None if self.plan.fresh else self.observed.live,
            state=self.plan.state,
            autostart=self.plan.autostart,
        )
        if self.kind.check or not self.plan.steps:
            return self._report(predicted, self.plan.changes, [])
        self._apply()
        after = self._observe()
        left = self._left(after)
        self._warn_of(left)
        if self.stores_all and after.exists:
            self.kind.remember(self._desired(after.stored).tree, after, left)
        return self._report(after, *self._judged(after, left))

    def was_overtaken(self) -> bool:
        """Whether the object was not there when the plan was made, nothing was done, and it is there now: another run
        has made it meanwhile, and the same trip once more finds what is left to do.
        """
        if self.observed.exists or self.plan.done or self.kind.session.stuck:
            return False
        return self.kind.find(self.asked.name, self.asked.uuid) is not None

    # -- observe ------------------------------------------------------------------------------------------------

    def _observe(self) -> Observed:
        kind, name, uuid = self.kind, self.asked.name, self.asked.uuid
        kind.handle = kind.find(name, uuid)
        observed = Observed() if kind.handle is None else kind.observe()
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

    # -- plan ---------------------------------------------------------------------------------------------------

    def _make_plan(self) -> None:
        kind, observed, plan = self.kind, self.observed, self.plan
        state = self.params["state"]
        plan.document, plan.state, plan.autostart = observed.stored, observed.state, observed.autostart
        if state == "absent":
            if observed.exists:
                kind.remove(observed, plan)
                plan.document, plan.state, plan.autostart = None, "absent", None
                plan.changes = [Change(OBJECT, f"{kind.noun} '{kind.name}'", None)]
            return
        desired = self._desired(observed.stored)
        self.scope = desired.scope
        if not observed.exists and not desired.complete:
            self._lacking(state)
            return
        if not observed.persistent and desired.tree is None and state == kind.resting:
            raise Refused(
                f"{kind.noun} '{kind.name}' is transient: {state} would lose its definition; "
                "give its xml, or make it persistent first with state present"
            )
        if desired.tree is not None or not observed.persistent:
            self._plan_definition(desired)
        if observed.exists or plan.document is not None:
            self._plan_autostart()
        reached = plan.state
        kind.reach(observed, state, plan)
        if plan.state != reached or state == "restarted":
            plan.changes.append(Change("state", reached, plan.state, "restart" if state == "restarted" else "live"))
        if not observed.exists:
            plan.changes = [Change(OBJECT, None, f"{kind.noun} '{kind.name}'")]

    def _desired(self, current: Any) -> Any:
        """What the task asks for, beside a stored document."""
        desired = self.spec.desired(self.params, self.asked, current)
        return desired if desired.tree is None else replace(desired, tree=self.kind.given(desired.tree))

    def _lacking(self, state: str) -> None:
        """The object is not there and the task does not say enough to make it."""
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
        merged = kind.lay(tree, scope, observed) if observed.exists else Overlay(tree, [], [])
        plan.warnings.extend(merged.notes)
        plan.changes.extend(Change(each.path, each.before, each.after) for each in merged.differences)
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
        before = None if plan.autostart is None else str(plan.autostart).lower()
        plan.changes.append(Change("autostart", before, str(wanted).lower()))
        plan.autostart = wanted
        verb = "set" if wanted else "clear"
        plan.add(f"{verb} autostart of {kind.noun} '{kind.name}'", lambda: kind.set_autostart(wanted))

    # -- apply --------------------------------------------------------------------------------------------------

    def _apply(self) -> None:
        steps = self.plan.steps
        for index, step in enumerate(steps):
            try:
                step.run()
            except (SessionError, Refused) as error:
                raise HalfDone(str(error), self.plan.done, [one.sentence for one in steps[index:]]) from None
            self.plan.done.append(step.sentence)

    # -- judge --------------------------------------------------------------------------------------------------

    def _left(self, after: Observed) -> list[Difference]:
        """What libvirt ignored: what was planned and is still different, when the same is asked of the new document."""
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
        """What really changed of what was planned, and what libvirt changed beside it.

        A planned change that the stored document does not show was ignored by libvirt, or put in again: no change.
        """
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
        """What the user no longer names, and libvirt put in again as it was."""
        paths = {change.path for change in self.plan.changes if change.after is None} & self.kind.named
        return {path for path in paths if not any(_covers(path, each.path) for each in happened)}

    # -- report -------------------------------------------------------------------------------------------------

    def _report(self, after: Observed, changes: list[Change], beside: list[Difference]) -> dict[str, Any]:
        kind, before = self.kind, self.observed
        self.module.warn_each(kind.warnings + self.plan.warnings)
        waiting = kind.waiting(after) if after.exists else []
        outside = [each for each in waiting if self._is_outside(each)]
        facts = kind.facts(after) if after.exists else {}
        return {
            "changed": bool(changes or beside),
            "changes": as_results(changes),
            "side_effects": as_results([_as_change(each) for each in beside]),
            "actions": self.plan.done or [step.sentence for step in self.plan.steps],
            "pending": as_results([_as_change(each, "restart") for each in waiting if each not in outside]),
            "live_only": as_results([_as_change(each, "live") for each in outside]),
            "diff": {
                "before_header": f"{kind.noun} '{kind.name}' on {kind.session.uri}",
                "after_header": f"{kind.noun} '{kind.name}' on {kind.session.uri}",
                "before": _side(before, kind.rules, {one.path: one.before for one in changes}),
                "after": _side(after, kind.rules, {one.path: one.after for one in changes}, before.stored),
            },
            kind.rules.root: {"name": kind.name, "state": after.state, **facts},
        }

    def _is_outside(self, waiting: Difference) -> bool:
        """Whether it is an element that only the running object has, and that the task does not manage."""
        return waiting.whole and waiting.after is None and self.scope.owned is not None


def _side(observed: Observed, rules: Rules, said: dict[str, str | None], before: Any = None) -> str:
    """One side of the diff. said: what the changes say of it, by path: some of that is neither XML nor observed."""
    beside = {path: said[path] for path in UNOBSERVED if path in said}
    return diff_side(observed.state, observed.autostart, observed.stored, rules, before, beside=beside)


def _as_change(difference: Difference, how: str = "stored") -> Change:
    return Change(difference.path, difference.before, difference.after, how)


def _covers(planned: str, happened: str) -> bool:
    """Whether a difference is the planned change itself, or a part of it, or a whole that holds it."""
    return planned == happened or happened.startswith(f"{planned}/") or planned.startswith(f"{happened}/")
