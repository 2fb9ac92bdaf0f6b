# SPDX-License-Identifier: GPL-3.0-or-later

"""The road of an info module that tells of no kind of object: what it asks is a function of the connection."""

from __future__ import annotations

from typing import Any, Callable

from .._result import CONNECTION, Module, run
from .._session import Session
from .._xml.tables import Rules


def look(
    arguments: dict[str, Any],
    tell: Callable[[Session, dict[str, Any]], dict[str, Any]],
    reads: Callable[[dict[str, Any]], bool] = lambda _params: True,
) -> None:
    """A whole info module: tell(session, options). Ends the process.

    Args: arguments: the options beside those of the connection; reads: whether a read-only connection will do.
    """
    # It takes no document, so it hides nothing in one.
    module = Module(Rules(root=""), {**arguments, **CONNECTION})
    run(module, lambda session: {"changed": False, **tell(session.open(), module.params)}, reads(module.params))
