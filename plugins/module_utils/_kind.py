# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the road needs of a kind of libvirt object. No kind by name."""

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
    """What libvirt has of one object. Documents are lxml trees with secrets, without what a kind writes into them.

    stored: the configuration, None where there is no object. live: the running document (of a saved guest: its image).
    state: the kind's, or libvirt's own. persistent: False for what exists only while it runs. records: the elements
    that the kind wrote into the stored document and the live one.
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
    """The verbs of one kind of libvirt object, in the order in which the road needs them.

    All may raise SessionError; those that plan may raise Refused, and write nothing: their steps do.
    """

    #: As people call it.
    noun: str
    #: Of its documents; the root names it in results.
    rules: Rules
    #: The name of libvirt's error that says "there is none".
    missing: str
    #: The state of an object that was just made: a transient one would be gone in it. May be set by store().
    resting: str
    #: Where its documents have the UUID.
    uuid_at = "uuid"
    #: What a task must give to make one.
    needs = "xml to define it"
    #: Whether it has a running side.
    runs = True
    #: libvirt's flag that makes it validate what it defines, and whether it shall.
    validating = ""
    validates = False
    #: The state in which live changes are made best: after a step that leads to it.
    awake = ""

    def __init__(self, session: Session, params: dict[str, Any], check: bool, secure: bool = True) -> None:
        self.session = session
        self.params = params
        #: Whether secrets are read, which only a comparison needs.
        self.secure = secure
        #: Check mode: a missing prerequisite is predicted, not refused.
        self.check = check
        #: libvirt's object or None; a step that makes it sets it.
        self.handle: Any = None
        self.name = ""
        self.warnings: list[str] = []

    @abc.abstractmethod
    def find(self, name: str | None, uuid: str | None) -> Any:
        """libvirt's object of that name, or else of that UUID; None where there is none."""

    @abc.abstractmethod
    def everything(self) -> list[Any]:
        """Every libvirt object that the options allow."""

    @abc.abstractmethod
    def observe(self) -> Observed:
        """What is to compare, of self.handle, which is not None."""

    @abc.abstractmethod
    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        """Add the steps that store merged.document, or create the object."""

    def put(self, observed: Observed, document: Any) -> None:
        """Store a document in place of the observed one. For kinds with live steps."""
        raise NotImplementedError

    def live_steps(self, stored: Any, live: Any, waiting: list[Difference], plan: Plan) -> list[Step]:
        """The steps that make the running object what is stored, as far as libvirt can.

        Args: waiting: the differences between both that the task may end. plan: what is stored before (plan.stores);
        gets warnings only.
        """
        return []

    def restart(self, observed: Observed, plan: Plan) -> None:
        """Add the steps that stop an active object and lead it to plan.state again."""
        raise NotImplementedError

    @abc.abstractmethod
    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        """Add the steps that lead to a state of power, and set plan.state."""

    @abc.abstractmethod
    def remove(self, observed: Observed, plan: Plan) -> None:
        """Add the steps that make the object absent. Raises Refused where something would be lost unasked."""

    #: The paths that the last task named, known after lay(). Most kinds have no place to remember that.
    named: frozenset[str] = frozenset()

    def given(self, document: Any) -> Any:
        """A task's document, without what the kind itself writes into one."""
        return document

    def lay(self, desired: Any, scope: Scope, observed: Observed) -> Overlay:
        """The desired document laid over the stored one."""
        return overlay(desired, observed.stored, self.rules, scope)

    def ignores(self, difference: Difference) -> bool:
        """Whether libvirt is known to ignore what this difference asks for."""
        return False

    def remember(self, desired: Any, observed: Observed, ignored: list[Difference]) -> None:  # noqa: B027
        """Write down what storing a whole document has taught; observed: what libvirt made of it."""

    @abc.abstractmethod
    def facts(self, observed: Observed) -> dict[str, Any]:
        """What results say of an object beside name and state."""

    def title(self, handle: Any) -> str:
        """What people call an object."""
        return str(handle.name())

    def need(self, sentence: str, remedy: str = "") -> None:
        """Refuse what stands in the way; in check mode only warn, for an earlier task may have removed it."""
        if not self.check:
            raise Refused(f"{sentence}; {remedy}" if remedy else sentence)
        self.warnings.append(f"{sentence}; an earlier task of this check would have to change that")

    def set_autostart(self, value: bool) -> None:
        self.session.call(self.autostarting(value), self.handle.setAutostart, int(value))

    def autostarting(self, value: bool) -> str:
        return f"{'set' if value else 'clear'} autostart of {self.noun} '{self.name}'"

    def text(self, document: Any) -> str:
        """A document for results: secrets hidden."""
        return rendered(document, self.rules)

    def waiting(self, observed: Observed) -> list[Difference]:
        """How the active (or saved) object differs from its stored document."""
        return [] if observed.live is None else pending(observed.stored, observed.live, self.rules)
