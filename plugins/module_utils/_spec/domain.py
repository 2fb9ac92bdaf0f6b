# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a domain."""

from __future__ import annotations

from typing import Any

from ._option import APPLY, Option, Spec, Survey
from ._writing import element, parse_size, write_text

SHUTDOWN = {
    "mode": {"type": "str", "choices": ["auto", "acpi", "agent"], "default": "auto"},
    "timeout": {"type": "float", "default": 120},
    "force": {"type": "bool", "default": False},
}


def _write_memory(tree: Any, value: str, current: Any) -> None:
    """The size becomes the maximum, and what the guest has now follows where it was the maximum until now."""
    size = parse_size(value)
    if size <= 0:
        raise ValueError("a guest needs more than no memory")
    for tag in ("memory", "currentMemory"):
        found = element(tree, tag)
        found.text, found.attrib["unit"] = str(-(-size // 1024)), "KiB"
    if current is not None and _ballooned(current, size):
        balloon, now = element(tree, "currentMemory"), current.find("currentMemory")
        balloon.text, balloon.attrib["unit"] = now.text, now.get("unit", "KiB")


def _ballooned(current: Any, size: int) -> bool:
    """Whether someone gave the guest less than its maximum, and that still fits. Stored sizes are in KiB."""
    memory, now = current.findtext("memory"), current.findtext("currentMemory")
    return now is not None and memory is not None and now != memory and int(now) * 1024 <= size


def _write_vcpus(tree: Any, value: int, current: Any) -> None:
    """The maximum number of virtual CPUs; a stored or named smaller `current` stays while it fits."""
    if value < 1:
        raise ValueError(f"{value} is not a number of virtual CPUs: 1 or more")
    found = element(tree, "vcpu")
    found.text = str(value)
    stored = None if current is None else current.find("vcpu")
    online = found.get("current") or (None if stored is None else stored.get("current"))
    found.attrib.pop("current", None)
    if online is not None and int(online) < value:
        found.attrib["current"] = online


DOMAIN = Spec(
    noun="guest",
    root="domain",
    states=("present", "running", "paused", "stopped", "saved", "restarted", "absent"),
    options=(
        Option("memory", {"type": "str"}, ("memory", "currentMemory"), _write_memory),
        Option("vcpus", {"type": "int"}, ("vcpu@.", "vcpu@current"), _write_vcpus),
        Option("title", {"type": "str"}, ("title",), write_text("title")),
        Option("description", {"type": "str"}, ("description",), write_text("description")),
    ),
    arguments={
        "names": {"type": "list", "elements": "str"},
        "shutdown": {"type": "dict", "options": SHUTDOWN, "apply_defaults": True},
        **APPLY,
        "unplug": {"type": "bool", "default": False},
        "hotplug_slots": {"type": "int"},
        "remember": {"type": "bool", "default": True},
        "discard_saved": {"type": "bool", "default": False},
        "remove_storage": {"type": "list", "elements": "str", "default": []},
        "remove_nvram": {"type": "bool", "default": False},
        "remove_tpm": {"type": "bool", "default": False},
        "remove_snapshots": {"type": "bool", "default": False},
    },
    constraints={
        "required_one_of": [("name", "names", "uuid", "xml")],
        "mutually_exclusive": [
            ("names", one)
            for one in ("name", "uuid", "xml", "memory", "vcpus", "title", "description", "hotplug_slots")
        ],
    },
)

DOMAINS = Survey(
    plural="domains",
    arguments={"addresses": {"type": "str", "choices": ["none", "lease"], "default": "none"}},
)
