# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the kinds share that libvirt defines, starts by itself and undefines: domain, network, pool."""

from __future__ import annotations

import contextlib
from typing import Any, Callable

from .._kind import Kind, Observed
from .._plan import Plan, Refused
from .._session import SessionError, libvirt
from .._xml.document import parse, serialise, value
from .._xml.overlay import Overlay, compare


class Defined(Kind):
    """A kind whose stored document is replaced as a whole. A subclass names libvirt's calls; define takes flags."""

    lookup_name: str
    lookup_uuid: str
    list_all: str
    define: str
    #: None where the documents of the kind hold no name.
    name_at: str | None = "name"

    def find(self, name: str | None, uuid: str | None) -> Any:
        by, value = (self.lookup_name, name) if name is not None else (self.lookup_uuid, uuid)
        look_up = getattr(self.session.connection, by)
        return self.session.look_up(f"look up {self.noun} '{value}'", self.missing, look_up, value)

    def everything(self) -> list[Any]:
        list_all = getattr(self.session.connection, self.list_all)
        return list(self.session.slow(f"list the {self.noun}s", list_all, 0))

    def document(self, flags: int) -> Any:
        """A document of the object. flags: of its XMLDesc, where the driver takes any."""
        what = f"read the definition of {self.noun} '{self.title(self.handle)}'"
        xml = self.session.look_up(what, "VIR_ERR_INVALID_ARG", self.handle.XMLDesc, flags)
        return parse(self.session.call(what, self.handle.XMLDesc, 0) if xml is None else xml)

    def stored(self) -> Any:
        """The stored document."""
        raise NotImplementedError

    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        if not observed.exists and self.name_at and not value(merged.document, self.name_at):
            raise Refused(f"xml has no name and the task gives none: a new {self.noun} needs one")
        plan.add(
            f"define {self.noun} '{self.name}'", lambda: self._define(observed, self.learnt(observed, merged.document))
        )

    def learnt(self, observed: Observed, document: Any) -> str:
        """As kept(), with what the kind writes into it when a task defines it."""
        return self.kept(observed, document)

    def kept(self, observed: Observed, document: Any) -> str:
        """A document as libvirt gets it, with what the kind had written into the observed one."""
        return serialise(document)

    def put(self, observed: Observed, document: Any) -> None:
        self._define(observed, self.kept(observed, document))

    def _define(self, observed: Observed, xml: str) -> None:
        """Define; where libvirt refuses and yet changed something, put the old document back."""
        define = getattr(self.session.connection, self.define)
        what = f"define {self.noun} '{self.name}'"
        flags = getattr(libvirt, self.validating) if self.validates else 0
        try:
            self.handle = self.session.slow(what, define, xml, flags)
        except SessionError:
            if observed.exists and observed.persistent:
                # Where not even that can be asked, what libvirt said first is what people need to hear.
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
        plan.add(what, lambda: self._asked(what, self.handle.undefine))

    def _asked(self, what: str, call: Callable[[], Any]) -> Any:
        """What libvirt answers; None where the object is not there any more."""
        try:
            return self.session.slow(what, call)
        except SessionError as error:
            if error.code == getattr(libvirt, self.missing):
                return None
            raise
