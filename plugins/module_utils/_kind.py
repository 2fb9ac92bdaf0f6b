# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One kind of libvirt object: the verbs that the road needs, and what it observes of an object. No kind by name."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import Any

from ._plan import Plan, Refused, Step
from ._result import rendered
from ._session import Session
from ._xml.overlay import Difference, Overlay, Scope, overlay, pending
from ._xml.tables import Rules


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
    #: The name of libvirt's flag that lets it validate what it gets to define, and whether it shall.
    validating = ""
    validates = False
    #: The state in which what runs takes changes best: they are made after a step that leads to it.
    awake = ""

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

    def put(self, observed: Observed, document: Any) -> None:
        """Store a document in place of the one that is there now, which observed has. For kinds with live steps."""
        raise NotImplementedError

    def live_steps(self, stored: Any, live: Any, waiting: list[Difference], plan: Plan) -> list[Step]:
        """The steps that make the running object what is stored, as far as libvirt can; none by default.

        Args: stored, live: the documents. waiting: the differences between them that the task may end. plan: what is
        stored before, with the differences that makes (plan.stores); gets warnings, is not changed otherwise.
        """
        return []

    def restart(self, observed: Observed, plan: Plan) -> None:
        """Add the steps that stop an active object and start it again, in the state that plan.state has."""
        raise NotImplementedError

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
