# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which libvirt the demo runs on, and what is there already."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit
from xml.etree import ElementTree

from converge_bed.basics import BedError, run

NAME = "converge-demo"
"""The name of all that the demo makes; what follows it with a hyphen is the demo's too."""

DEFAULT_URI = "qemu:///system"
ANSWERS_WITHIN = 5.0  # seconds
QUICK = 3.0  # seconds; a libvirt that probes its emulators on each call takes 3 to 30
SLOWEST = 15.0  # seconds after which such a call is given up

Ask = Callable[..., str]
"""ask(uri, "net-list", "--all", timeout=5.0): what virsh prints; raises BedError."""

KINDS = {
    "guest": ("list", "--all", "--name"),
    "pool": ("pool-list", "--all", "--name"),
    "network": ("net-list", "--all", "--name"),
}
"""How virsh lists the names of each kind."""


def ask(uri: str, *command: str, timeout: float = 30.0) -> str:
    """Return what a virsh command prints; raises BedError when it fails or takes too long."""
    return run("virsh", "-q", "-c", uri, *command, timeout=timeout)


def said(error: BedError) -> str:
    """Return what libvirt complained of, without the command that was tried and without a full stop."""
    return str(error).rpartition("error: ")[2].rstrip(".")


def fault(uri: str, ask: Ask = ask, clock: Callable[[], float] = time.monotonic) -> str:
    """Return why this libvirt is not for the demo, as the rest of a sentence about it; nothing where it is."""
    try:
        ask(uri, "uri", timeout=ANSWERS_WITHIN)
    except BedError as error:
        return f"does not answer ({said(error)})"
    reason = ""
    for _attempt in range(2):  # the first call may fill libvirt's cache
        begin = clock()
        try:
            ask(uri, "domcapabilities", timeout=SLOWEST)
        except BedError as error:
            reason = f"does not tell its emulators ({said(error)})"
            continue
        seconds = clock() - begin
        if seconds < QUICK:
            return ""
        reason = f"takes {seconds:.0f} s for `virsh domcapabilities`, so every guest would take as long"
    return reason


def check_given(uri: str, ask: Ask = ask) -> str:
    """Return the URI that a person asked for, as it is; raises BedError where the demo cannot run there."""
    parts = urlsplit(uri)
    if parts.scheme.partition("+")[0] != "qemu" or parts.path != "/system":
        raise BedError(f"LIBVIRT_DEFAULT_URI is {uri}; the demo needs a QEMU host with networks, qemu:///system.")
    try:
        ask(uri, "uri", timeout=ANSWERS_WITHIN)
    except BedError as error:
        raise BedError(f"The libvirt at LIBVIRT_DEFAULT_URI ({uri}) does not answer: {said(error)}.") from error
    return uri


def made_there(uri: str, ask: Ask = ask) -> list[str]:
    """Return what of the demo is on that libvirt, as words: ``guest converge-demo``."""
    return [
        f"{kind} {name}"
        for kind, command in KINDS.items()
        for name in ask(uri, *command).split()
        if name == NAME or name.startswith(f"{NAME}-")
    ]


def guest_type(uri: str, ask: Ask = ask) -> str:
    """Return the domain type (kvm, qemu) that the demo's guest has already; nothing where there is none."""
    if NAME not in ask(uri, *KINDS["guest"]).split():
        return ""
    return ElementTree.fromstring(ask(uri, "dumpxml", "--inactive", NAME)).get("type", "")


def offers_kvm(uri: str, ask: Ask = ask) -> bool:
    """Tell whether libvirt says that it has KVM, which does not yet mean that a guest boots with it."""
    try:
        return "<domain>kvm</domain>" in ask(uri, "domcapabilities", "--virttype", "kvm")
    except BedError:
        return False
