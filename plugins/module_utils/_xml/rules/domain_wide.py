# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What in ``<domain>`` documents is wider than one element, as functions that the tables hold. Seen with libvirt 9.0.

A rewrite brings a desired document, which it changes, into the form of the stored one, which it only reads. What a
settlement does is told in ``overlay``.
"""

from __future__ import annotations

import copy
import itertools
import re

from ..compare import Difference
from ..document import Element, attribute, etree, find, find_all, tag_name
from ..overlay import Kept, Removed
from ..values import expand_set, size_bytes

HOST_ARCHITECTURES = frozenset({"x86_64", "aarch64", "ppc64le", "s390x", "riscv64"})
"""Architectures that a hypervisor itself may have: libvirt's default for its guests."""

NONE = -1
"""What is no number: no index and no bus is below zero."""


def stored_architecture(desired: Element, stored: Element) -> None:
    """A guest that names no architecture has its host's, which is the stored one: the tables' guards ask for it."""
    wanted, have = find(desired, "os/type"), find(stored, "os/type")
    if (
        wanted is not None
        and have is not None
        and "arch" not in wanted.attrib
        and have.get("arch") in HOST_ARCHITECTURES
    ):
        wanted.set("arch", have.get("arch"))


def device_list(desired: Element, stored: Element) -> None:
    """A guest without ``<devices>`` is one with none of its own: those that libvirt gives it stay where they are."""
    if find(stored, "devices") is not None:
        _ensure(desired, "devices")


def primary_video(desired: Element, stored: Element) -> None:
    """libvirt writes the primary video device first."""
    videos = find_all(desired, "devices/video")
    for video in videos[1:]:
        if attribute(video, "model", "primary") == "yes":
            videos[0].addprevious(video)
            return


def graphics_listen(desired: Element, stored: Element) -> None:
    """``graphics@listen`` and ``@socket`` are those of the first ``<listen>``: each stands for the other."""
    for graphics in find_all(desired, "devices/graphics"):
        for kind, name in (("address", "listen"), ("socket", "socket")):
            first, said = find(graphics, "listen"), graphics.get(name)
            if first is None and said:
                first = etree.SubElement(graphics, "listen")
                first.set("type", kind)
                first.set(kind, said)
            elif first is not None and first.get("type", "address") == kind:
                said = said or first.get(kind)
                if said:
                    graphics.set(name, said)
                    first.set(kind, said)


def first_console(desired: Element, stored: Element) -> None:
    """A console that is a serial port makes one where there is none; where there is one, it is that one's mirror."""
    devices = find(desired, "devices")
    if devices is None or find(devices, "serial") is not None:
        return
    console = next((one for one in find_all(devices, "console")), None)
    if console is None or attribute(console, "target", "type") not in (None, "serial"):
        return
    if find(stored, "devices/serial") is None:
        return
    serial = copy.deepcopy(console)
    serial.tag = "serial"
    for target in find_all(serial, "target"):
        serial.remove(target)
    console.addprevious(serial)


def memory_of_cells(desired: Element, stored: Element) -> None:
    """With NUMA cells the memory is theirs together and that of the memory devices; ``<memory>`` is not read."""
    cells = find_all(desired, "cpu/numa/cell")
    if not cells or not all(cell.get("memory") for cell in cells):
        return
    try:
        total = sum(_kib(cell.get("memory"), cell.get("unit")) for cell in cells)
        modules = find_all(desired, "devices/memory/target/size")
        aligned = find_all(stored, "devices/memory/target/size")
        if (attribute(stored, "os/type", "arch") or "").startswith("ppc") and len(aligned) == len(modules):
            # There libvirt rounds a module to the machine's 256 MiB blocks, each model in a way of its own.
            modules = aligned
        total += sum(_kib(size.text or "", size.get("unit")) for size in modules)
    except ValueError:
        return
    memory = find(desired, "memory")
    if memory is None:
        memory = etree.SubElement(desired, "memory")
    memory.text = str(total)
    memory.set("unit", "KiB")


def current_memory(desired: Element, stored: Element) -> None:
    """The balloon is the memory where it is not given, and never more."""
    memory, current = find(desired, "memory"), find(desired, "currentMemory")
    if memory is None:
        return
    try:
        most = _kib(memory.text or "", memory.get("unit"))
        if current is not None and 0 < _kib(current.text or "", current.get("unit")) <= most:
            return
    except ValueError:
        return
    if current is None:
        current = etree.SubElement(desired, "currentMemory")
    current.text = memory.text
    if memory.get("unit"):
        current.set("unit", memory.get("unit"))
    elif "unit" in current.attrib:
        del current.attrib["unit"]


def numa_distances(desired: Element, stored: Element) -> None:
    """A distance holds in both directions, and is 10 to the cell itself: libvirt fills in what is not given."""
    cells = {cell.get("id", str(number)): cell for number, cell in enumerate(find_all(desired, "cpu/numa/cell"))}
    given = {
        (one, sibling.get("id")): sibling.get("value")
        for one, cell in cells.items()
        for sibling in find_all(cell, "distances/sibling")
    }
    wanted = {(two, one): value for (one, two), value in given.items()}
    wanted.update({(one, one): "10" for pair in given for one in pair})
    for (one, two), value in wanted.items():
        if one in cells and two in cells and value is not None and (one, two) not in given:
            sibling = etree.SubElement(_ensure(cells[one], "distances"), "sibling")
            sibling.set("id", two)
            sibling.set("value", value)


def schedulers(desired: Element, stored: Element) -> None:
    """libvirt writes one scheduler entry for each virtual CPU and each I/O thread."""
    for path, name in (("cputune/vcpusched", "vcpus"), ("cputune/iothreadsched", "iothreads")):
        for entry in find_all(desired, path):
            members = expand_set(entry.get(name, "")) or ()
            for member in members:
                single = copy.deepcopy(entry)
                single.set(name, str(member))
                entry.addprevious(single)
            if members:
                entry.getparent().remove(entry)


def vcpu_count(desired: Element, stored: Element) -> None:
    """Where virtual CPUs are listed, ``vcpu@current`` counts those that are enabled; libvirt reads no other number."""
    count, listed = find(desired, "vcpu"), find_all(desired, "vcpus/vcpu")
    if count is None or not listed:
        return
    enabled = str(sum(one.get("enabled") == "yes" for one in listed))
    if enabled != (count.text or "").strip():
        count.set("current", enabled)
    elif "current" in count.attrib:
        del count.attrib["current"]


def iothread_ids(desired: Element, stored: Element) -> None:
    """Where some I/O threads are named there are at least as many; libvirt names more with the lowest free numbers."""
    named = find(desired, "iothreadids")
    if named is None:
        return
    count = _ensure(desired, "iothreads")
    wanted = (count.text or "0").strip()
    if not wanted.isdigit():
        return
    taken = {thread.get("id") for thread in named}
    free = (str(number) for number in itertools.count(1) if str(number) not in taken)
    for _more in range(int(wanted) - len(named)):
        etree.SubElement(named, "iothread").set("id", next(free))
    count.text = str(len(named))


def unused_bridges(document: Element, desired: Element, kept: Kept, differences: list[Difference]) -> Removed:
    """Remove PCI controllers that nobody names and nothing is plugged into, from the highest index down.

    Only those that were named before, or of a model of which the desired document names some: where libvirt makes them
    all, it may leave some free.
    Below the highest index that is in use libvirt fills every gap again, and one free port it adds of its own accord
    (libvirt 9.0, where it has made some). Where a device is added, it will take one.
    """
    models = {controller.get("model") for controller in find_all(desired, "devices/controller")}
    if any(difference.before is None and difference.tags.startswith("devices/") for difference in differences):
        return []
    devices = find(document, "devices")
    used = {
        _number(address.get("bus", "0"))
        for device in ([] if devices is None else devices)
        for address in find_all(device, "address")
        if address.get("type") == "pci"
    }
    bridges = {
        _number(element.get("index", "")): (element, where)
        for element, where, dropped in kept
        if element.get("type") == "pci" and (dropped or element.get("model") in models)
    }
    indexes = {
        _number(controller.get("index", "0"))
        for controller in find_all(document, "devices/controller")
        if controller.get("type") == "pci"
    }
    if NONE in used | indexes | set(bridges):
        # What is no number libvirt refuses: nothing to settle.
        return []
    removed = []
    spare = min(indexes - used - {0}, default=0)
    for index in sorted(indexes, reverse=True):
        if index in used or index not in bridges or index <= spare:
            break
        removed.append(bridges[index])
        bridges[index][0].getparent().remove(bridges[index][0])
    return removed


def mirrored_console(document: Element, desired: Element, kept: Kept, differences: list[Difference]) -> Removed:
    """The console that stands for the first serial port says what that port says: else libvirt takes it for another."""
    serial, console = find(document, "devices/serial"), find(document, "devices/console")
    if serial is None or console is None or attribute(console, "target", "type") != "serial":
        return []
    if not any(difference.tags.startswith("devices/serial") for difference in differences):
        return []
    console.set("type", serial.get("type", "pty"))
    port = attribute(serial, "target", "port")
    if port:
        _ensure(console, "target").set("port", port)
    for child in list(console):
        if tag_name(child.tag) not in ("target", "alias"):
            console.remove(child)
    for child in serial:
        if tag_name(child.tag) not in ("target", "alias"):
            console.append(copy.deepcopy(child))
    return []


def empty_drive(document: Element, desired: Element, kept: Kept, differences: list[Difference]) -> Removed:
    """A drive without a medium is of type file, whatever medium it had; libvirt reads no other type there."""
    for disk in find_all(document, "devices/disk"):
        if find(disk, "source") is None and disk.get("type") in ("block", "dir", "network", "volume"):
            disk.set("type", "file")
    return []


def _kib(number: str, unit: str | None) -> int:
    return -(-size_bytes(number, unit, "KiB") // 1024)


def _number(text: str) -> int:
    """A number of an address or an index, decimal or hexadecimal; NONE where it is none."""
    return int(text, 16 if text[:2] == "0x" else 10) if re.fullmatch(r"0x[0-9a-fA-F]+|\d+", text, re.ASCII) else NONE


REWRITES = (
    stored_architecture,
    device_list,
    primary_video,
    graphics_listen,
    first_console,
    memory_of_cells,
    current_memory,
    numa_distances,
    schedulers,
    vcpu_count,
    iothread_ids,
)

SETTLEMENTS = (unused_bridges, mirrored_console, empty_drive)


def _ensure(element: Element, path: str) -> Element:
    """The element at a tag path, made where it is missing (libvirt reads children in any order)."""
    for name in path.split("/"):
        child = find(element, name)
        element = etree.SubElement(element, name) if child is None else child
    return element
