# SPDX-License-Identifier: GPL-3.0-or-later

"""The documents in which a hypervisor says what it can, as data. Pure: no libvirt, no Ansible."""

from __future__ import annotations

from typing import Any

from .._xml.tables import size_bytes


def capabilities(document: Any) -> dict[str, Any]:
    """What virConnectGetCapabilities tells."""
    cpu = document.find("host/cpu")
    return {
        "uuid": document.findtext("host/uuid"),
        "arch": document.findtext("host/cpu/arch"),
        "cpu": None
        if cpu is None
        else {
            "model": cpu.findtext("model"),
            "vendor": cpu.findtext("vendor"),
            "topology": {name: int(value) for name, value in _attributes(cpu, "topology").items() if value.isdigit()},
            "features": [feature.get("name") for feature in cpu.iterfind("feature")],
        },
        "cells": [_cell(cell) for cell in document.iterfind("host/topology/cells/cell")],
        "migration": [each.text for each in document.iterfind("host/migration_features/uri_transports/uri_transport")],
        "security": [
            {"model": each.findtext("model"), "doi": each.findtext("doi")}
            for each in document.iterfind("host/secmodel")
        ],
        "guests": [_guest(guest) for guest in document.iterfind("guest")],
    }


def _attributes(element: Any, path: str) -> dict[str, str]:
    found = element.find(path)
    return {} if found is None else dict(found.attrib)


def _cell(cell: Any) -> dict[str, Any]:
    memory = cell.find("memory")
    return {
        "id": int(cell.get("id")),
        "memory": None if memory is None else size_bytes(memory.text, memory.get("unit"), "KiB"),
        "cpus": [int(cpu.get("id")) for cpu in cell.iterfind("cpus/cpu")],
    }


def _guest(guest: Any) -> dict[str, Any]:
    arch = guest.find("arch")
    machines = [*arch.iterfind("machine"), *arch.iterfind("domain/machine")]
    return {
        "os_type": guest.findtext("os_type"),
        "arch": arch.get("name"),
        "emulator": arch.findtext("emulator"),
        "types": [domain.get("type") for domain in arch.iterfind("domain")],
        "machines": list(dict.fromkeys(machine.text for machine in machines)),
    }


def domain_capabilities(document: Any) -> dict[str, Any]:
    """What virConnectGetDomainCapabilities tells of guests of one kind."""
    modes = document.iterfind("cpu/mode")
    return {
        "emulator": document.findtext("path"),
        "virt_type": document.findtext("domain"),
        "machine": document.findtext("machine"),
        "arch": document.findtext("arch"),
        "vcpus": int(_attributes(document, "vcpu").get("max", 0)) or None,
        "firmware": _enums(document.find("os")).get("firmware", []),
        "loader": None if document.find("os/loader") is None else _ability(document.find("os/loader")),
        "cpu_modes": {mode.get("name"): _mode(mode) for mode in modes},
        "devices": _abilities(document.find("devices")),
        "features": _abilities(document.find("features")),
    }


def _mode(mode: Any) -> dict[str, Any]:
    models = [model for model in mode.iterfind("model") if model.text]
    usable = [model.text for model in models if model.get("usable", "yes") != "no"]
    return {**_ability(mode), "models": [model.text for model in models], "usable_models": usable}


def _abilities(element: Any) -> dict[str, Any]:
    return {} if element is None else {child.tag: _ability(child) for child in element}


def _ability(element: Any) -> dict[str, Any]:
    """Whether it is there, and its choices by name."""
    return {"supported": element.get("supported") == "yes", **_enums(element)}


def _enums(element: Any) -> dict[str, list[str]]:
    enums = [] if element is None else element.iterfind("enum")
    return {enum.get("name"): [value.text for value in enum.iterfind("value")] for enum in enums}
