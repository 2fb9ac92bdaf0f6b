# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for what happens to a guest, woken by libvirt's events where there are some."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any, Callable

from .._session import Session, libvirt


@contextlib.contextmanager
def events(session: Session, domain: Any, *names: str) -> Iterator[threading.Event]:
    """Within the block, the yielded threading.Event is set when one of these may have happened to the domain.

    Args: names: what stands after VIR_DOMAIN_EVENT_ID_. A driver without events never sets it: see wait().
    """
    happened = threading.Event()

    def note(*_arguments: Any) -> None:
        happened.set()

    watched = []
    for name in names:
        number = getattr(libvirt, f"VIR_DOMAIN_EVENT_ID_{name}")
        register = session.connection.domainEventRegisterAny
        identifier = session.optional("watch the domain's events", register, domain, number, note, None)
        watched += [] if identifier is None else [identifier]
    try:
        yield happened
    finally:
        for identifier in watched:
            if not session.stuck:
                session.call("stop watching events", session.connection.domainEventDeregisterAny, identifier)


def wait(happened: threading.Event, check: Callable[[], bool], seconds: float, interval: float = 2) -> bool:
    """Wait until check(), asked at each event and every interval seconds, is true; False after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        happened.clear()
        if check():
            return True
        left = end - time.monotonic()
        if left <= 0:
            return False
        happened.wait(min(interval, left))
