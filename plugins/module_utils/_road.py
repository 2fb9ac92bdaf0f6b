# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How every module gets to libvirt and back: libraries, connection, result. It knows no kind, and no task."""

from __future__ import annotations

from typing import Any, Callable

from ansible.module_utils.basic import missing_required_lib

from ._plan import HalfDone, Refused
from ._result import Module
from ._session import LIBVIRT_ERROR, Endpoint, Session, SessionError, leave
from ._xml.document import LXML_ERROR


def run(module: Module, work: Callable[[Session], dict[str, Any]], readonly: bool = False) -> None:
    """Do work(session), give its result out and end the process; what it raises becomes one sentence."""
    _require_libraries(module)
    session = Session(_endpoint(module.params, readonly))
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


def _require_libraries(module: Module) -> None:
    """Name the distribution package and the interpreter where libvirt-python or lxml is missing."""
    for library, package, trace in (
        ("libvirt-python", "python3-libvirt", LIBVIRT_ERROR),
        ("lxml", "python3-lxml", LXML_ERROR),
    ):
        if trace is not None:
            reason = f"the distribution's package {package} has it"
            module.fail_json(msg=f"{missing_required_lib(library)} ({reason})")


def _endpoint(params: dict[str, Any], readonly: bool) -> Endpoint:
    """The connection options of a task."""
    return Endpoint(
        uri=params["uri"],
        username=params["username"],
        password=params["password"],
        timeout=params["timeout"],
        wait_timeout=params["wait_timeout"],
        readonly=readonly,
    )
