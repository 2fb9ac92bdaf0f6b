# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bed that answers, as tests use it."""

from __future__ import annotations

import contextlib
import functools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .basics import ENTRY, BedError
from .guest import IMAGE, KERNEL
from .listening import Remote
from .proxy import Fault, Proxy
from .state import GUEST_FOLDER, INSIDE, Bed

if TYPE_CHECKING:
    import libvirt


@dataclass(frozen=True)
class Guest:
    """The tiny guest's files, as libvirtd sees them; ``converge_bed.documents`` has documents around them."""

    kernel: str = f"{GUEST_FOLDER}/{KERNEL}"
    initrd: str = f"{GUEST_FOLDER}/{IMAGE}"


@dataclass
class RunningBed:
    """A bed that answers."""

    name: str
    uri: str
    path: Path  # /var/lib/libvirt of the bed, from outside
    guest: Guest = field(default_factory=Guest)
    _connections: list[libvirt.virConnect] = field(default_factory=list)

    def connect(self) -> libvirt.virConnect:
        """Return a new connection with the event loop running; it is closed at the end of the session."""
        connection = self._open()
        self._connections.append(connection)
        return connection

    @contextlib.contextmanager
    def connection(self) -> Iterator[libvirt.virConnect]:
        """Give a connection that is closed at the end of the block."""
        connection = self._open()
        try:
            yield connection
        finally:
            connection.close()

    def _open(self) -> libvirt.virConnect:
        import libvirt

        _run_event_loop()
        return libvirt.open(self.uri)

    def exec(self, *command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command inside the bed; its output is text."""
        return subprocess.run(
            [sys.executable, str(ENTRY), "exec", self.name, *map(str, command)],
            check=check,
            capture_output=True,
            text=True,
        )

    def outside(self, inside: str | Path) -> Path:
        """Return where a file of the bed's libvirt is for us: /var/lib/libvirt/images/a.img, /var/log/libvirt/..."""
        for part, folder in INSIDE.items():
            if Path(inside).is_relative_to(folder):
                return Bed.named(self.name).at(part) / Path(inside).relative_to(folder)
        return Path(inside)

    @property
    def remote(self) -> Remote:
        """Return how a bed that was started with ``--listen`` is reached over its network."""
        return Remote(Bed.named(self.name))

    def restart_daemon(self, *, kill: bool = False) -> None:
        """End the bed's libvirtd and start it again; open connections break, guests keep running."""
        bed_command("restart-daemon", *(["--kill"] if kill else []), self.name)

    def proxy(self, fault: Fault | None = None, delay: float = 0) -> Proxy:
        """Return a socket in front of libvirtd, for a ``with`` block: it counts calls, and fails at one when told.

        ``delay`` is half a round trip, in seconds.
        """
        return Proxy(Bed.named(self.name).socket, lambda: self.restart_daemon(kill=True), fault, delay)

    def await_agent(self, domain: libvirt.virDomain, seconds: float = 90) -> None:
        """Wait until the guest's agent answers."""
        import libvirt

        end = time.monotonic() + seconds
        while True:
            try:
                domain.interfaceAddresses(libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT)
                return
            except libvirt.libvirtError as error:
                not_yet = (libvirt.VIR_ERR_AGENT_UNRESPONSIVE, libvirt.VIR_ERR_AGENT_UNSYNCED)
                if error.get_error_code() not in not_yet or time.monotonic() > end:
                    raise
            time.sleep(0.1)

    def close(self) -> None:
        """Close the connections that tests left open."""
        import libvirt

        for connection in self._connections:
            with contextlib.suppress(libvirt.libvirtError):  # the daemon was restarted meanwhile
                connection.close()
        self._connections.clear()


@functools.cache
def _run_event_loop() -> None:
    """Run libvirt's event loop in a thread, once in a process and before the first connection."""
    import libvirt

    libvirt.virEventRegisterDefaultImpl()

    def forever() -> None:
        while True:
            libvirt.virEventRunDefaultImpl()

    threading.Thread(target=forever, name="libvirt events", daemon=True).start()


def bed_command(*arguments: str) -> str:
    """Run a command of the bed and return what it printed, or raise BedError with its sentence."""
    done = subprocess.run([sys.executable, str(ENTRY), *arguments], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise BedError((done.stderr.strip() or "The bed failed without a word.").splitlines()[-1])
    return done.stdout.strip()
