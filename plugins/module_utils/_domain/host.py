# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host offers to guests, as plain data, and how it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._session import Session
from .._xml.document import parse, value
from .storage import format_of

X86 = ("x86_64", "i686")
#: Of a volume, where it is not raw for QEMU.
FORMATS = ("qcow2", "qcow", "qed", "vmdk", "vdi", "vpc", "ploop")


@dataclass(frozen=True)
class Choice:
    """Guests that a host can run: operating system type, architecture, hypervisors and machines."""

    os_type: str
    arch: str
    types: tuple[str, ...]
    machines: frozenset[str]


@dataclass(frozen=True)
class Facts:
    """arch, choices: of a host. can: what libvirt offers for one type, architecture and machine; a place such as
    ``devices/disk@bus`` with the values there, nothing where it does not say. formats: of the volume behind a disk, by
    the disk's target; of those that are in a pool.
    """

    arch: str = ""
    choices: tuple[Choice, ...] = ()
    can: Mapping[str, frozenset[str]] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)


def host_facts(capabilities: Any) -> Facts:
    """The facts in libvirt's document of what a host can do."""
    choices = []
    for guest in capabilities.iterfind("guest"):
        arch = guest.find("arch")
        types = tuple(one.get("type") for one in arch.iterfind("domain"))
        machines = frozenset(one.text for one in arch.iterfind(".//machine"))
        choices.append(Choice(guest.findtext("os_type"), arch.get("name"), types, machines))
    return Facts(value(capabilities, "host/cpu/arch") or "", tuple(choices))


def abilities(capabilities: Any) -> dict[str, frozenset[str]]:
    """What libvirt's document of the capabilities of a type, architecture and machine has, as in Facts."""
    found = {}
    for each in capabilities.iter("enum"):
        path = "/".join(reversed([one.tag for one in each.iterancestors()][:-1]))
        found[f"{path}@{each.get('name')}"] = frozenset(one.text for one in each)
    modes = (one.get("name") for one in capabilities.iterfind("cpu/mode") if one.get("supported") == "yes")
    return {**found, "cpu@mode": frozenset(modes)}


def read_formats(session: Session, disks: Iterable[Any]) -> dict[str, str]:
    """The formats of the volumes behind disks, by their targets; of those that a pool has."""
    found = {}
    for disk in disks:
        name, format_ = value(disk, "target@dev"), format_of(session, disk)
        if name and format_ is not None:
            found[name] = format_ if format_ in FORMATS else "raw"
    return found


def doubtful(disks: Iterable[Any], formats: Mapping[str, str]) -> list[str]:
    """The images whose names say that they are not raw, and whose formats nobody knows."""
    paths = (
        value(disk, "source@file") or ""
        for disk in disks
        if not value(disk, "driver@type") and value(disk, "target@dev") not in formats
    )
    return [path for path in paths if path.rpartition(".")[2] in FORMATS]


def read_host(session: Session) -> Facts:
    """What a host has; read once in a connection."""
    if Facts not in session.known:
        text = session.slow("read the capabilities", session.connection.getCapabilities)
        session.known[Facts] = host_facts(parse(text))
    return session.known[Facts]


def read_abilities(session: Session, tree: Any) -> dict[str, frozenset[str]]:
    """What libvirt says of a guest's type, architecture and machine; read once in a connection for each."""
    places = ("devices/emulator", "os/type@arch", "os/type@machine", "@type")
    asked = tuple(value(tree, place) or None for place in places)
    if asked not in session.known:
        what = "read the domain capabilities"
        xml = session.optional(what, session.connection.getDomainCapabilities, *asked, 0)
        session.known[asked] = {} if xml is None else abilities(parse(xml))
    return session.known[asked]
