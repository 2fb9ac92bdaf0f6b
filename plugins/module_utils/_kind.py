# SPDX-License-Identifier: GPL-3.0-or-later

"""What the road needs of a kind of libvirt object: docs/dev/kinds.md says what each verb owes it."""

from __future__ import annotations

import abc
import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Callable

from ._plan import Plan, Refused, Step
from ._result import rendered
from ._session import Session, SessionError, libvirt
from ._xml.document import parse, serialise, value
from ._xml.overlay import Difference, Overlay, Scope, compare, overlay, pending
from ._xml.tables import Rules


@dataclass(frozen=True)
class Glance:
    """What libvirt says beside documents; as in Observed."""

    state: str
    active: bool
    autostart: bool | None
    persistent: bool


@dataclass
class Observed:
    stored: Any = None
    live: Any = None
    state: str = "absent"
    active: bool = False
    autostart: bool | None = None
    persistent: bool = True
    records: tuple[Any, Any] = (None, None)

    @classmethod
    def of(cls, glance: Glance, stored: Any, live: Any, records: tuple[Any, Any] = (None, None)) -> Observed:
        return cls(stored, live, glance.state, glance.active, glance.autostart, glance.persistent, records)

    @property
    def exists(self) -> bool:
        return self.stored is not None


class Kind(abc.ABC):
    """The verbs of one kind, in the order of the road."""

    noun: str
    rules: Rules
    missing: str
    resting: str
    uuid_at = "uuid"
    needs = "xml to define it"
    runs = True
    validating = ""
    validates = False
    awake = ""
    glimpse: tuple[Any, Glance | None] | None = None
    seen: Glance | None = None
    brought: Collection[tuple[str, str]] = ()
    removed: Collection[tuple[str, str]] = ()
    looks: dict[str, Any] | None = None

    def __init__(self, session: Session, params: dict[str, Any], check: bool, secure: bool = True) -> None:
        self.session = session
        self.params = params
        self.check = check
        self.secure = secure
        self.handle: Any = None
        self.name = ""
        self.warnings: list[str] = []

    @abc.abstractmethod
    def find(self, name: str | None, uuid: str | None) -> Any:
        """libvirt's object, or None."""

    @abc.abstractmethod
    def everything(self) -> list[Any]:
        """Every object that the options allow."""

    @abc.abstractmethod
    def observe(self) -> Observed:
        """What libvirt has of self.handle."""

    @abc.abstractmethod
    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        """Add the steps that store the document."""

    def put(self, observed: Observed, document: Any) -> None:
        raise NotImplementedError

    def live_steps(self, stored: Any, live: Any, waiting: list[Difference], plan: Plan) -> list[Step]:
        return []

    def restart(self, observed: Observed, plan: Plan) -> None:
        raise NotImplementedError

    @abc.abstractmethod
    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        """Add the steps to a state."""

    @abc.abstractmethod
    def remove(self, observed: Observed, plan: Plan) -> None:
        """Add the steps that remove it."""

    named: frozenset[str] = frozenset()

    def own(self, desired: Any, current: Any) -> Any:
        return desired

    def begin(self, observed: Observed, plan: Plan) -> None:  # noqa: B027
        """The steps before the definition."""

    def end(self, observed: Observed, plan: Plan) -> None:  # noqa: B027
        """The last steps."""

    def completed(self, document: Any) -> Any:
        return document

    def lay(self, desired: Any, scope: Scope, observed: Observed) -> Overlay:
        return overlay(desired, observed.stored, self.rules, scope)

    def ignores(self, difference: Difference) -> bool:
        return False

    def remember(self, desired: Any, observed: Observed, ignored: list[Difference]) -> None:  # noqa: B027
        """Write down what storing a whole document has taught."""

    @abc.abstractmethod
    def facts(self, observed: Observed) -> dict[str, Any]:
        """What results say of it."""

    def title(self, handle: Any) -> str:
        return str(handle.name())

    def need(self, sentence: str, remedy: str = "", of: tuple[str, str] | None = None) -> None:
        """Refuse for what an earlier task may yet change; in check mode warn."""
        if not self.check:
            raise Refused(f"{sentence}; {remedy}" if remedy else sentence)
        if of in self.brought:
            return
        self.warnings.append(f"{sentence}; an earlier task of this check would have to change that")

    def set_autostart(self, value: bool) -> None:
        self.session.call(self.autostarting(value), self.handle.setAutostart, int(value))

    def autostarting(self, value: bool) -> str:
        return f"{'set' if value else 'clear'} autostart of {self.noun} '{self.name}'"

    def text(self, document: Any) -> str:
        return rendered(document, self.rules)

    def waiting(self, observed: Observed) -> list[Difference]:
        return [] if observed.live is None else pending(observed.stored, observed.live, self.rules)


class Defined(Kind):
    """A kind whose stored document is replaced as a whole."""

    lookup_name: str
    lookup_uuid: str
    list_all: str
    define: str
    name_at: str | None = "name"

    def glance(self) -> Glance:
        handle, call = self.handle, self.session.call
        what = f"read the state of {self.noun} '{handle.name()}'"
        active = bool(call(what, handle.isActive))
        persistent = not active or bool(call(what, handle.isPersistent))
        return Glance("active" if active else "inactive", active, bool(call(what, handle.autostart)), persistent)

    def look(self) -> Glance:
        glance, self.seen = self.seen or self.glance(), None
        return glance

    def find(self, name: str | None, uuid: str | None) -> Any:
        if name is not None and self.glimpse is not None:
            (found, self.seen), self.glimpse = self.glimpse, None
            return found
        by, value = (self.lookup_name, name) if name is not None else (self.lookup_uuid, uuid)
        look_up = getattr(self.session.connection, by)
        return self.session.look_up(f"look up {self.noun} '{value}'", self.missing, look_up, value)

    def everything(self) -> list[Any]:
        list_all = getattr(self.session.connection, self.list_all)
        return list(self.session.slow(f"list the {self.noun}s", list_all, 0))

    def document(self, flags: int) -> Any:
        """flags: of XMLDesc, where the driver takes any."""
        what = f"read the definition of {self.noun} '{self.title(self.handle)}'"
        xml = self.session.look_up(what, "VIR_ERR_INVALID_ARG", self.handle.XMLDesc, flags)
        return parse(self.session.call(what, self.handle.XMLDesc, 0) if xml is None else xml)

    def stored(self) -> Any:
        raise NotImplementedError

    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        if not observed.exists and self.name_at and not value(merged.document, self.name_at):
            raise Refused(f"xml has no name and the task gives none: a new {self.noun} needs one")
        plan.add(
            f"define {self.noun} '{self.name}'", lambda: self._define(observed, self.learnt(observed, merged.document))
        )

    def learnt(self, observed: Observed, document: Any) -> str:
        return self.kept(observed, document)

    def kept(self, observed: Observed, document: Any) -> str:
        return serialise(document)

    def put(self, observed: Observed, document: Any) -> None:
        self._define(observed, self.kept(observed, document))

    def _define(self, observed: Observed, xml: str) -> None:
        """Define; where libvirt refuses and yet changed something, put the old document back."""
        define = getattr(self.session.connection, self.define)
        what = f"define {self.noun} '{self.name}'"
        flags = getattr(libvirt, self.validating) if self.validates else 0
        known = observed.exists and observed.persistent
        if known and compare(observed.stored, self.stored(), self.rules):
            # What came since it was read would be lost.
            raise SessionError(f"cannot {what} on {self.session.uri}: somebody else has changed it meanwhile")
        try:
            self.handle = self.session.slow(what, define, xml, flags)
        except SessionError:
            if known:
                # What libvirt said first is what people need to hear.
                with contextlib.suppress(SessionError):
                    self._put_back(observed, define)
            raise

    def _put_back(self, observed: Observed, define: Any) -> None:
        if compare(observed.stored, self.stored(), self.rules):
            old = self.kept(observed, observed.stored)
            self.session.slow(f"put back {self.noun} '{self.name}'", define, old, 0)

    def switch(self, what: str, call: Callable[[], Any], active: bool) -> None:
        """Start or stop. That another run was quicker is no failure."""
        try:
            self.session.slow(what, call)
        except SessionError:
            if self.session.stuck or bool(self._asked(what, self.handle.isActive)) is not active:
                raise

    def undefine(self, plan: Plan) -> None:
        what = f"undefine {self.noun} '{self.name}'"
        plan.add(what, lambda: self._undefine(what))

    def _undefine(self, what: str) -> None:
        try:
            self._asked(what, self.handle.undefine)
        except SessionError:
            # Another run may have been quicker, and libvirt misses a file.
            if self.session.stuck or self.find(self.title(self.handle), None) is not None:
                raise

    def _asked(self, what: str, call: Callable[[], Any]) -> Any:
        """What libvirt answers; None where the object is not there any more."""
        try:
            return self.session.slow(what, call)
        except SessionError as error:
            if error.code == getattr(libvirt, self.missing):
                return None
            raise
