# SPDX-License-Identifier: GPL-3.0-or-later

"""What libvirt answers, as facts of a guest. Pure: no libvirt, no Ansible."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from .._words import STATES
from .._xml.tables import size_bytes
from .reasons import reason

#: Where tags and items of a guest are in its metadata, and what libosinfo says of its system.
OURS = "{https://converge.libvirt/guest/1}"
LIBOSINFO = "{http://libosinfo.org/xmlns/libvirt/domain/1.0}"
AGENT = "org.qemu.guest_agent.0"

#: States in which nothing of a guest runs.
OFF = ("stopped", "saved")

#: What an interface is connected to, by attributes of its source in the order in which they are looked for.
SOURCES = ("network", "bridge", "dev", "path", "address", "name")


def census(name: str, uuid: str, number: int, stats: dict[str, Any], saved: bool) -> dict[str, Any]:
    """What is known of a guest from one answer about all of them; number: its id, -1 while it is off."""
    state = STATES.get(stats["state.state"], "running")
    shown = "saved" if state == "stopped" and saved else state
    return {
        "name": name,
        "uuid": uuid,
        "id": number if number >= 0 else None,
        "state": shown,
        "state_reason": reason(stats["state.state"], stats.get("state.reason", 0)),
        "active": shown not in OFF,
        "memory": _bytes(stats.get("balloon.maximum")),
        "memory_current": _bytes(stats.get("balloon.current")),
        "vcpus": stats.get("vcpu.maximum"),
        "vcpus_current": stats.get("vcpu.current"),
    }


def _bytes(kibibytes: int | None) -> int | None:
    return None if kibibytes is None else kibibytes * 1024


def definition(document: Any, pools: dict[str, str]) -> dict[str, Any]:
    """What a guest's document says. pools: their folders, by name."""
    os_type, loader = document.find("os/type"), document.find("os/loader")
    efi = document.find("os[@firmware='efi']") is not None or (loader is not None and loader.get("type") == "pflash")
    interfaces = [_interface(element) for element in document.iterfind("devices/interface")]
    disks = [_disk(element, pools) for element in document.iterfind("devices/disk")]
    return {
        **_sizes(document),
        "type": document.get("type"),
        "title": document.findtext("title"),
        "description": document.findtext("description"),
        "arch": None if os_type is None else os_type.get("arch"),
        "machine": None if os_type is None else os_type.get("machine"),
        "firmware": "efi" if efi else "bios",
        **_system(document),
        "tags": [tag.text.strip() for tag in document.iterfind(f"metadata/{OURS}guest/{OURS}tag") if tag.text],
        "metadata": {
            item.get("key"): (item.text or "").strip()
            for item in document.iterfind(f"metadata/{OURS}guest/{OURS}item")
            if item.get("key")
        },
        "interfaces": interfaces,
        "networks": _unique(one["network"] for one in interfaces),
        "disks": disks,
        "pools": _unique(one["pool"] for one in disks),
        "agent_connected": any(
            target.get("name") == AGENT and target.get("state") == "connected"
            for target in document.iterfind("devices/channel/target")
        ),
    }


def _sizes(document: Any) -> dict[str, int | None]:
    memory, current, vcpu = (document.find(path) for path in ("memory", "currentMemory", "vcpu"))
    maximum = None if memory is None else size_bytes(memory.text, memory.get("unit"), "KiB")
    vcpus = None if vcpu is None or not (vcpu.text or "").strip().isdigit() else int(vcpu.text)
    return {
        "memory": maximum,
        "memory_current": maximum if current is None else size_bytes(current.text, current.get("unit"), "KiB"),
        "vcpus": vcpus,
        "vcpus_current": vcpus if vcpu is None or not vcpu.get("current") else int(vcpu.get("current")),
    }


def _system(document: Any) -> dict[str, str | None]:
    """The operating system: libosinfo's address, and its path as a word (debian-12)."""
    found = document.find(f"metadata/{LIBOSINFO}libosinfo/{LIBOSINFO}os")
    address = None if found is None else found.get("id")
    path = urlsplit(address).path.strip("/") if address else ""
    return {"os": path.replace("/", "-") or None, "os_id": address}


def _interface(element: Any) -> dict[str, Any]:
    source, mac = element.find("source"), element.find("mac")
    target, model = element.find("target"), element.find("model")
    where = {} if source is None else source.attrib
    return {
        "mac": None if mac is None else mac.get("address", "").lower(),
        "type": element.get("type"),
        "source": next((where[name] for name in SOURCES if name in where), None),
        "network": where.get("network"),
        "model": None if model is None else model.get("type"),
        "device": None if target is None else target.get("dev"),
        "addresses": [],
    }


def _disk(element: Any, pools: dict[str, str]) -> dict[str, Any]:
    source, driver, target = element.find("source"), element.find("driver"), element.find("target")
    where = {} if source is None else source.attrib
    path = where.get("file") or where.get("dev") or where.get("dir")
    return {
        "target": None if target is None else target.get("dev"),
        "bus": None if target is None else target.get("bus"),
        "device": element.get("device", "disk"),
        "type": element.get("type"),
        "source": path or where.get("name") or where.get("volume"),
        "format": None if driver is None else driver.get("type"),
        "pool": where.get("pool") or _pool_of(path, pools),
        "readonly": element.find("readonly") is not None,
    }


def _pool_of(path: str | None, pools: dict[str, str]) -> str | None:
    """The pool whose folder a file is in; of several, the one with the longest path."""
    found = [(folder, name) for name, folder in pools.items() if path is not None and path.startswith(f"{folder}/")]
    return max(found)[1] if found else None


def pool_folder(document: Any) -> str | None:
    """The folder of a pool, from its document."""
    path = document.findtext("target/path")
    return None if path is None else path.rstrip("/")


def _unique(names: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))


def leases(network: str, answer: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """What the DHCP server of a network has leased, by MAC address; the lease that ends last first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in sorted(answer, key=lambda one: -(one["expirytime"] or float("inf"))):
        if one["mac"]:
            told = _address(one["ipaddr"], one["prefix"])
            found.setdefault(one["mac"].lower(), []).append({**told, "hostname": one["hostname"], "network": network})
    return found


def seen(answer: dict[str, Any] | None) -> dict[str, list[dict[str, Any]]]:
    """What virDomainInterfaceAddresses tells of one guest, by MAC address."""
    return {
        str(one["hwaddr"]).lower(): [_address(each["addr"], each["prefix"]) for each in one["addrs"] or []]
        for one in (answer or {}).values()
    }


def agent_addresses(answer: Any) -> dict[str, list[dict[str, Any]]]:
    """The addresses in what an agent answers to guest-network-get-interfaces, by MAC address.

    A guest may say anything: what is no such answer tells nothing.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for nic in _dicts(answer):
        told = [
            _address(each["ip-address"], each["prefix"])
            for each in _dicts(nic.get("ip-addresses"))
            if isinstance(each.get("ip-address"), str) and isinstance(each.get("prefix"), int)
        ]
        found.setdefault(str(nic.get("hardware-address")).lower(), []).extend(told)
    return found


def agent_says(name: Any, system: Any) -> dict[str, Any]:
    """What an agent tells of its system, from its answers to guest-get-host-name and guest-get-osinfo; as above."""
    return {
        "hostname": _text(name, "host-name"),
        "os_id": _text(system, "id"),
        "os_name": _text(system, "pretty-name"),
        "os_version": _text(system, "version-id"),
        "kernel": _text(system, "kernel-release"),
        "machine": _text(system, "machine"),
    }


def _dicts(answer: Any) -> list[dict[str, Any]]:
    return [one for one in answer if isinstance(one, dict)] if isinstance(answer, list) else []


def _text(answer: Any, key: str) -> str | None:
    found = answer.get(key) if isinstance(answer, dict) else None
    return found if isinstance(found, str) else None


def _address(address: str, prefix: int) -> dict[str, Any]:
    return {"address": address, "prefix": prefix, "family": "ipv6" if ":" in address else "ipv4"}


def give_addresses(guest: dict[str, Any], table: dict[str, list[dict[str, Any]]], source: str) -> None:
    """Write the addresses of its interfaces into a guest's facts, where there are any that others can reach."""
    for interface in guest["interfaces"]:
        for told in table.get(interface["mac"], ()):
            if told.get("network", interface["network"]) != interface["network"] or not _reachable(told["address"]):
                continue
            given = {**{key: told[key] for key in ("address", "prefix", "family")}, "source": source}
            if given not in interface["addresses"]:
                interface["addresses"].append(given)
            guest["hostname"] = guest.get("hostname") or told.get("hostname")
    found = [each for interface in guest["interfaces"] for each in interface["addresses"]]
    guest["addresses"] = [each["address"] for each in found]
    if found:
        # Most networks that a controller comes from know the older family.
        guest["address"] = next((each["address"] for each in found if each["family"] == "ipv4"), found[0]["address"])
        guest["address_source"] = source


def _reachable(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)
