# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
import time

from ansible_collections.converge.libvirt.plugins.module_utils._domain.events import events, wait
from ansible_collections.converge.libvirt.plugins.module_utils._session import Session


def test_a_wait_is_woken_by_libvirts_event(session: Session) -> None:
    domain = session.connection.lookupByName("test")
    with events(session, domain, "LIFECYCLE") as happened:
        begin = time.monotonic()
        stop = threading.Timer(0.1, domain.destroy)
        stop.start()
        assert wait(happened, lambda: not domain.isActive(), seconds=20, interval=20)
        stop.join()
    assert time.monotonic() - begin < 5


def test_a_wait_ends_without_its_event() -> None:
    asked: list[float] = []

    def check() -> bool:
        asked.append(time.monotonic())
        return False

    begin = time.monotonic()
    assert wait(threading.Event(), check, seconds=0.2, interval=0.05) is False
    assert 0.2 <= time.monotonic() - begin < 2
    assert len(asked) > 2, "it asks again without an event"
