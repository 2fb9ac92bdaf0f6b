# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hypervisor says of itself."""

from __future__ import annotations

from typing import Any

from .._session import Session
from .._xml.document import parse
from .capabilities import capabilities, domain_capabilities

FACTS = ("memory", "cells", "cpu", "drivers", "capabilities", "domain_capabilities")
USUAL = ("memory", "cells", "drivers")
#: The parts of libvirt that a hypervisor may have, and what counts their objects.
DRIVERS = {
    "network": ("numOfNetworks", ()),
    "storage": ("numOfStoragePools", ()),
    "interface": ("numOfInterfaces", ()),
    "nodedev": ("numOfDevices", (None, 0)),
    "secret": ("numOfSecrets", ()),
    "nwfilter": ("numOfNWFilters", ()),
}
KIBIBYTES = 1024
ALL = -1

ARGUMENTS: dict[str, dict[str, Any]] = {
    "facts": {"type": "list", "elements": "str", "choices": list(FACTS), "default": list(USUAL)},
    "arch": {"type": "str"},
    "machine": {"type": "str"},
    "virt_type": {"type": "str"},
    "emulator": {"type": "str"},
}


class _Host:
    def __init__(self, session: Session, params: dict[str, Any]) -> None:
        self.session, self.params = session, params
        self.connection = session.connection

    def ask(self, what: str, name: str, *arguments: Any) -> Any:
        """What libvirt answers; None where the driver has no such function."""
        return self.session.optional(what, getattr(self.connection, name), *arguments)

    def told(self) -> dict[str, Any]:
        node = self.ask("read the size of the host", "getInfo")
        wanted = {
            "memory": self.memory,
            "cells": lambda: self.cells(node),
            "cpu": self.cpu,
            "drivers": self.drivers,
            "capabilities": self.capabilities,
            "domain_capabilities": self.domain_capabilities,
        }
        return {
            "hostname": self.ask("read the name of the host", "getHostname"),
            "driver": self.ask("ask for the driver", "getType").lower(),
            "versions": {
                "libvirt": _version(self.ask("ask for the version of libvirt", "getLibVersion")),
                "hypervisor": _version(self.ask("ask for the version of the hypervisor", "getVersion")),
            },
            "encrypted": bool(self.ask("ask whether the connection is encrypted", "isEncrypted")),
            "node": node and _node(node),
            **{name: wanted[name]() for name in FACTS if name in self.params["facts"]},
        }

    def memory(self) -> dict[str, int] | None:
        what = "read the memory of the host"
        found = self.ask(what, "getMemoryStats", ALL, 0)
        if found is not None:
            return {name: size * KIBIBYTES for name, size in found.items()}
        free = self.ask(what, "getFreeMemory")
        return None if free is None else {"free": free}

    def cells(self, node: list[Any] | None) -> list[dict[str, int]] | None:
        """The NUMA cells and their free memory."""
        count = node[4] if node else 1
        free = self.ask("read the free memory of each NUMA cell", "getCellsFreeMemory", 0, count)
        return None if free is None else [{"id": number, "free": size} for number, size in enumerate(free)]

    def cpu(self) -> dict[str, int] | None:
        found: dict[str, int] | None = self.ask("read the time of the host's CPUs", "getCPUStats", ALL, 0)
        return found

    def drivers(self) -> dict[str, int | None]:
        return {
            name: self.ask(f"count the objects of the {name} driver", function, *arguments)
            for name, (function, arguments) in DRIVERS.items()
        }

    def capabilities(self) -> dict[str, Any] | None:
        xml = self.ask("read the capabilities", "getCapabilities")
        return None if xml is None else {**capabilities(parse(xml)), "xml": xml}

    def domain_capabilities(self) -> dict[str, Any] | None:
        chosen = [self.params[name] for name in ("emulator", "arch", "machine", "virt_type")]
        xml = self.ask("read what guests can have", "getDomainCapabilities", *chosen, 0)
        return None if xml is None else {**domain_capabilities(parse(xml)), "xml": xml}


def host(session: Session, params: dict[str, Any]) -> dict[str, Any]:
    return {"host": _Host(session, params).told()}


def reads(params: dict[str, Any]) -> bool:
    """libvirt starts a program to find out what guests can have, and does that for those only who may write."""
    return "domain_capabilities" not in params["facts"]


def _version(number: int | None) -> str | None:
    """A version as people write it: libvirt has it as one number, with three digits for each part."""
    return None if not number else f"{number // 1000000}.{number // 1000 % 1000}.{number % 1000}"


def _node(info: list[Any]) -> dict[str, Any]:
    model, mebibytes, cpus, mhz, nodes, sockets, cores, threads = info
    return {
        "model": model,
        "memory": mebibytes * KIBIBYTES**2,
        "cpus": cpus,
        "mhz": mhz,
        "nodes": nodes,
        "sockets": sockets,
        "cores": cores,
        "threads": threads,
    }
