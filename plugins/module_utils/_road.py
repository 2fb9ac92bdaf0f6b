# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The road of every module, from its options to its result. It knows no kind by name."""

from __future__ import annotations

import fnmatch
from typing import Any, Callable

from ansible.module_utils.basic import missing_required_lib

from ._kind import Kind
from ._plan import Refused
from ._result import Module, as_results
from ._session import LIBVIRT_ERROR, Endpoint, Session, SessionError, leave, libvirt
from ._trip import HalfDone, as_change, travel
from ._xml.check import refuse_sizes
from ._xml.document import LXML_ERROR
from ._xml.tables import Rules

#: What a task about several objects does: takes session, kind, spec and module, and returns the module's result.
Many = Callable[[Session, "type[Kind]", Any, Module], "dict[str, Any]"]


def converge(kind_class: type[Kind], spec: Any, many: Many | None = None) -> None:
    """A whole module: take the options, make one object be what they say, report. Ends the process.

    Args: spec: a Spec of _spec (this file may not import it). many: what a task with `names` does instead.
    """
    module = Module(kind_class.rules, spec.argument_spec(), **spec.constraints)
    require_libraries(module)

    def work(session: Session) -> dict[str, Any]:
        if many is not None and module.params["names"] is not None:
            return many(session, kind_class, spec, module)
        asked = spec.identity(module.params)
        if asked.tree is not None:
            _refuse_sizes(asked.tree, kind_class.rules)
        return travel(kind_class(session.open(), module.params, module.check_mode), spec, asked, module)

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
        facts["pending"] = as_results([as_change(each, "restart") for each in kind.waiting(observed)])
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
