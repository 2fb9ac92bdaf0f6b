# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The libvirt that the corpus is tried on: a bed, opened, and brought back where a document has killed it."""

from __future__ import annotations

import contextlib
import pathlib
import subprocess
import sys
import typing as t
import urllib.parse

import libvirt
from objects import REPOSITORY

OWN = "corpus"
"""The bed that is started where none is named."""


def bed(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command of the bed."""
    command = [sys.executable, str(REPOSITORY / "tests" / "bed" / "bed.py"), *words]
    return subprocess.run(
        command, check=check, stdout=subprocess.PIPE, stderr=None if check else subprocess.DEVNULL, text=True
    )


class Host:
    """A connection to a bed. ``deaths`` counts how often its libvirtd had to be started again."""

    def __init__(self, uri: str) -> None:
        socket = urllib.parse.parse_qs(urllib.parse.urlsplit(uri).query).get("socket")
        if not socket:
            raise SystemExit(f"{uri} is no bed: it names no socket, and might be the libvirt of this machine's owner")
        self.uri = uri
        # BEDS/<name>/run/libvirt-sock
        self.name = pathlib.Path(socket[0]).parts[-3]
        self.connection: t.Any = libvirt.open(uri)
        self.deaths = 0

    def alive(self) -> bool:
        """Whether libvirtd still answers."""
        try:
            self.connection.getLibVersion()
        except libvirt.libvirtError:
            return False
        return True

    def close(self) -> None:
        """Close the present connection."""
        self.connection.close()

    def revive(self) -> None:
        """Start libvirtd again after a document has killed it, and take away what that left behind."""
        self.deaths += 1
        with contextlib.suppress(libvirt.libvirtError):
            self.connection.close()
        bed("restart-daemon", "--kill", self.name)
        self.connection = libvirt.open(self.uri)
        for found in (
            *self.connection.listAllDomains(),
            *self.connection.listAllNetworks(),
            *self.connection.listAllStoragePools(libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE),
        ):
            found.undefine()


@contextlib.contextmanager
def opened(uri: str | None) -> t.Iterator[Host]:
    """A bed; where no URI is given one is started, and stopped again if it was not running."""
    libvirt.registerErrorHandler(lambda _context, _error: None, None)
    with contextlib.ExitStack() as after:
        host = Host(uri or after.enter_context(_own_bed()))
        after.callback(host.close)
        yield host


@contextlib.contextmanager
def _own_bed() -> t.Iterator[str]:
    """The URI of a bed which has the other architectures' emulators."""
    was_running = bed("uri", OWN, check=False).returncode == 0
    bed("start", OWN, "--foreign")
    try:
        yield bed("uri", OWN).stdout.strip()
    finally:
        if not was_running:
            bed("stop", OWN)
