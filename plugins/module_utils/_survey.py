# SPDX-License-Identifier: GPL-3.0-or-later

"""The road of an info module: it lists objects, and changes none."""

from __future__ import annotations

import fnmatch
from typing import Any

from ._kind import Kind
from ._plan import Change
from ._result import Module, as_results, run
from ._session import Session, SessionError, libvirt


def inform(kind_class: type[Kind], spec: Any) -> None:
    """A whole info module: list objects by name, over a read-only connection, without secrets. Ends the process.

    Args: spec: a Survey of _spec.
    """
    module = Module(kind_class.rules, spec.argument_spec())

    def work(session: Session) -> dict[str, Any]:
        kind = kind_class(session.open(), module.params, module.check_mode, secure=False)
        listed = [one for one in _listed(kind, spec) if _asked(kind.title(one), module.params["names"])]
        found = [_told(kind, one, spec) for one in listed]
        told = sorted((facts for facts in found if facts is not None), key=lambda facts: str(facts["name"]))
        return {"changed": False, spec.plural: told}

    run(module, work, readonly=True)


def _listed(kind: Kind, spec: Any) -> list[Any]:
    """The objects that the options ask for, narrowed by libvirt itself where it can."""
    flags = spec.flags(kind.params)
    if not flags:
        return kind.everything()
    list_all = getattr(kind.session.connection, spec.list_all)
    narrowed = sum({int(getattr(libvirt, name)) for name in flags})
    return list(kind.session.slow(f"list the {kind.noun}s", list_all, narrowed))


def _asked(name: str, patterns: list[str] | None) -> bool:
    return patterns is None or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _told(kind: Kind, handle: Any, spec: Any) -> dict[str, Any] | None:
    """The facts of one listed object; None where it has gone since the list was made."""
    kind.handle, kind.name = handle, kind.title(handle)
    try:
        observed = kind.observe()
    except SessionError as error:
        if error.code == getattr(libvirt, kind.missing):
            return None
        raise
    facts = {"name": kind.name, "state": observed.state, **kind.facts(observed)}
    if kind.params.get("output") == "options":
        del facts["xml"]
        facts["options"] = spec.told(observed.stored)
    if kind.runs:
        # A look manages nothing: an element that only runs is nobody's to take.
        waiting = kind.waiting(observed)
        outside = [each for each in waiting if each.whole and each.after is None]
        facts["pending"] = as_results([Change.of(each, "restart") for each in waiting if each not in outside])
        facts["live_only"] = as_results([Change.of(each, "live") for each in outside])
    return facts
