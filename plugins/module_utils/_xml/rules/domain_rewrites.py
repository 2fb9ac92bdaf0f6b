# SPDX-License-Identifier: GPL-3.0-or-later

"""What a table cannot say of guests, seen with libvirt 9.0: the normal forms of values that only they have; equalities
wider than one element; and what a merged document needs as a whole before libvirt gets it.

A rewrite takes the desired document, which it changes into libvirt's form, and the stored one. A settlement gets the
merged document, which it changes, the desired one, the elements that were kept although nobody names them, and the
differences so far. It returns the elements that it has removed, with their places.
"""

from __future__ import annotations

import copy
import functools
import itertools
import operator
import re

from ..compare import Difference
from ..document import Element, attribute, ensure, etree, find, find_all, tag_name, value
from ..overlay import Kept, Removed
from ..tables import size_bytes

#: No host or guest has as many CPUs.
MOST_MEMBERS = 16384


def set_mask(text: str) -> int | None:
    """A set such as ``0-3,^2,8`` as the bits of a number; None where it is not one."""
    mask = 0
    for part in text.replace(" ", "").split(","):
        match = re.fullmatch(r"(\^?)(\d{1,5})(?:-(\d{1,5}))?", part)
        if match is None:
            return None
        first, last = int(match[2]), int(match[3] or match[2])
        if max(first, last) >= MOST_MEMBERS:
            return None
        found = (1 << max(0, last - first + 1)) - 1 << first
        mask = mask & ~found if match[1] else mask | found
    return mask


def mask_text(mask: int) -> str:
    """The bits of a number as a set: ``0-1,3,8``."""
    parts, first = [], 0
    while mask:
        # Past the zeros, then past the ones.
        gap = (mask & -mask).bit_length() - 1
        mask >>= gap
        length = (~mask & (mask + 1)).bit_length() - 1
        first += gap
        parts.append(str(first) if length == 1 else f"{first}-{first + length - 1}")
        mask >>= length
        first += length
    return ",".join(parts)


def expand_set(text: str) -> tuple[int, ...] | None:
    """The members of a set, sorted; None where it is not one."""
    mask = set_mask(text)
    return None if mask is None else tuple(one for one in range(mask.bit_length()) if mask >> one & 1)


def _set(text: str) -> str:
    mask = set_mask(text)
    return text if mask is None else mask_text(mask)


def _version(text: str) -> str:
    """A USB version such as 9.40: its parts are numbers, and a trailing zero of the second says nothing."""
    match = re.fullmatch(r"0*(\d+)\.(\d{1,2})", text)
    return f"{match[1]}.{match[2].rstrip('0') or '0'}" if match else text


def _power_of_two(text: str) -> str:
    return str(1 << (int(text) - 1).bit_length()) if re.fullmatch(r"[1-9]\d{0,12}", text) else text


FORMS = {"set": _set, "version": _version, "power of two": _power_of_two}


#: Architectures that a hypervisor itself may have: libvirt's default for its guests.
HOST_ARCHITECTURES = frozenset({"x86_64", "aarch64", "ppc64le", "s390x", "riscv64"})
#: Types of guests that QEMU's driver has.
QEMU = frozenset({"qemu", "kvm"})
#: KiB of a block of memory on POWER.
POWER_BLOCK = 256 * 1024
#: No guest has more.
MOST_CPUS = 8192


def stored_architecture(desired: Element, stored: Element) -> None:
    """A guest that names no architecture has its host's, the stored one: guards in the tables ask for it."""
    wanted, have = find(desired, "os/type"), find(stored, "os/type")
    if (
        wanted is not None
        and have is not None
        and "arch" not in wanted.attrib
        and have.get("arch") in HOST_ARCHITECTURES
    ):
        wanted.set("arch", have.get("arch"))


def device_list(desired: Element, stored: Element) -> None:
    """A guest without ``<devices>`` has none of its own."""
    if find(stored, "devices") is not None:
        ensure(desired, "devices")


def primary_video(desired: Element, stored: Element) -> None:
    """libvirt writes the primary video device first."""
    videos = find_all(desired, "devices/video")
    for video in videos[1:]:
        if attribute(video, "model", "primary") == "yes":
            videos[0].addprevious(video)
            return


def graphics_listen(desired: Element, stored: Element) -> None:
    """``graphics@listen``, and for VNC ``@socket``, are those of the first ``<listen>``."""
    for graphics in find_all(desired, "devices/graphics"):
        sockets = [("socket", "socket")] if graphics.get("type") == "vnc" else []
        for kind, name in (("address", "listen"), *sockets):
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


def iscsi_units(desired: Element, stored: Element) -> None:
    """The first unit is meant where the iSCSI name of a device has none."""
    devices = find(desired, "devices")
    for device in () if devices is None else devices:
        source = find(device, "source")
        if source is not None and source.get("protocol") == "iscsi":
            name = source.get("name")
            if name and "/" not in name:
                source.set("name", f"{name}/0")


def first_console(desired: Element, stored: Element) -> None:
    """A console that is a serial port makes one where there is none, and mirrors the first otherwise."""
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


def cpus_of_cells(desired: Element, stored: Element) -> None:
    """QEMU's driver puts the virtual CPUs that no NUMA cell names into the first one."""
    cells = find_all(desired, "cpu/numa/cell") if desired.get("type") in QEMU else []
    count = _count(value(desired, "vcpu") or "1")
    if not cells or count is None:
        return
    numbers = [cell.get("id", str(number)) for number, cell in enumerate(cells)]
    named = {number: set_mask(cell.get("cpus") or "") or 0 for number, cell in zip(numbers, cells)}
    if "0" not in named or sum(bin(mask).count("1") for mask in named.values()) >= count:
        return
    others = functools.reduce(operator.or_, (mask for number, mask in named.items() if number != "0"), 0)
    cells[numbers.index("0")].set("cpus", mask_text((1 << count) - 1 & ~others))


def aligned_modules(desired: Element, stored: Element) -> None:
    """On POWER a memory module consists of blocks of 256 MiB: a DIMM is rounded up, and what an NVDIMM has beside its
    label is rounded down."""
    if not (attribute(stored, "os/type", "arch") or "").startswith("ppc"):
        return
    for module in find_all(desired, "devices/memory"):
        size, label = find(module, "target/size"), find(module, "target/label/size")
        try:
            whole = 0 if size is None else _kib(size.text or "", size.get("unit"))
            aside = 0 if label is None else _kib(label.text or "", label.get("unit"))
        except ValueError:
            continue
        if size is None or module.get("model") not in ("dimm", "nvdimm"):
            continue
        blocks = -(-whole // POWER_BLOCK) if module.get("model") == "dimm" else (whole - aside) // POWER_BLOCK
        size.text = str(blocks * POWER_BLOCK + (aside if module.get("model") == "nvdimm" else 0))
        size.set("unit", "KiB")


def memory_of_cells(desired: Element, stored: Element) -> None:
    """With NUMA cells the memory is theirs and that of the memory devices; ``<memory>`` is not read."""
    cells = find_all(desired, "cpu/numa/cell")
    if not cells or not all(cell.get("memory") for cell in cells):
        return
    try:
        total = sum(_kib(cell.get("memory"), cell.get("unit")) for cell in cells)
        modules = find_all(desired, "devices/memory/target/size")
        total += sum(_kib(size.text or "", size.get("unit")) for size in modules)
    except ValueError:
        return
    memory = find(desired, "memory")
    if memory is None:
        memory = etree.SubElement(desired, "memory")
    memory.text = str(total)
    memory.set("unit", "KiB")


def current_memory(desired: Element, stored: Element) -> None:
    """The balloon is never more than the memory, and all of it where it is not given."""
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
    """A distance holds in both directions, and is 10 to the cell itself."""
    cells = {cell.get("id", str(number)): cell for number, cell in enumerate(find_all(desired, "cpu/numa/cell"))}
    given = {
        (one, sibling.get("id")): sibling.get("value")
        for one, cell in cells.items()
        for sibling in find_all(cell, "distances/sibling")
    }
    wanted = {(two, one): far for (one, two), far in given.items()}
    wanted.update({(one, one): "10" for pair in given for one in pair})
    for (one, two), far in wanted.items():
        if one in cells and two in cells and far is not None and (one, two) not in given:
            sibling = etree.SubElement(ensure(cells[one], "distances"), "sibling")
            sibling.set("id", two)
            sibling.set("value", far)


def schedulers(desired: Element, stored: Element) -> None:
    """libvirt writes one scheduler entry for each virtual CPU and each I/O thread."""
    for path, name in (("cputune/vcpusched", "vcpus"), ("cputune/iothreadsched", "iothreads")):
        entries = [(entry, expand_set(entry.get(name, "")) or ()) for entry in find_all(desired, path)]
        if sum(len(members) for _entry, members in entries) > MOST_CPUS:
            continue
        for entry, members in entries:
            for member in members:
                single = copy.deepcopy(entry)
                single.set(name, str(member))
                entry.addprevious(single)
            if members:
                entry.getparent().remove(entry)


def first_entries(desired: Element, stored: Element) -> None:
    """libvirt reads the first of the entries with one name in a table of ``<sysinfo>``."""
    for sysinfo in find_all(desired, "sysinfo"):
        for table in sysinfo:
            seen = set()
            for entry in find_all(table, "entry"):
                if entry.get("name") in seen:
                    table.remove(entry)
                elif entry.get("name"):
                    seen.add(entry.get("name"))


def vcpu_count(desired: Element, stored: Element) -> None:
    """Where virtual CPUs are listed, ``vcpu@current`` counts those that are enabled."""
    count, listed = find(desired, "vcpu"), find_all(desired, "vcpus/vcpu")
    if count is None or not listed:
        return
    # The last word on a number counts.
    states = {one.get("id"): one.get("enabled") for one in listed}
    enabled = str(list(states.values()).count("yes"))
    if enabled != (count.text or "").strip():
        count.set("current", enabled)
    elif "current" in count.attrib:
        del count.attrib["current"]


def iothread_ids(desired: Element, stored: Element) -> None:
    """Where some I/O threads are named there are at least as many; libvirt gives others the lowest free numbers."""
    named = find(desired, "iothreadids")
    if named is None:
        return
    count = ensure(desired, "iothreads")
    wanted = _count(count.text or "0")
    if wanted is None:
        return
    taken = {thread.get("id") for thread in named}
    free = (str(number) for number in itertools.count(1) if str(number) not in taken)
    for _more in range(wanted - len(named)):
        etree.SubElement(named, "iothread").set("id", next(free))
    count.text = str(len(named))


def _count(number: str) -> int | None:
    match = re.fullmatch(r"\s*([0-9]{1,6})\s*", number)
    return int(match[1]) if match and int(match[1]) <= MOST_CPUS else None


def _kib(number: str, unit: str | None) -> int:
    return -(-size_bytes(number, unit, "KiB") // 1024)


#: What is no number: no index and no bus is below zero.
NONE = -1


def unused_bridges(document: Element, desired: Element, kept: Kept, differences: list[Difference]) -> Removed:
    """Remove PCI controllers that nobody names and nothing is plugged into, from the highest index down.

    Only those that were named before, or of a model of which the desired document names some: where libvirt makes them
    all, it may leave some free. Below the highest index in use libvirt fills every gap again, and it adds one free port
    of its own accord. Where a device is added, it will take one.
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
    """The console that stands for the first serial port says what that says: else libvirt takes it for another."""
    serial, console = find(document, "devices/serial"), find(document, "devices/console")
    if serial is None or console is None or attribute(console, "target", "type") != "serial":
        return []
    if not any(difference.tags.startswith("devices/serial") for difference in differences):
        return []
    console.set("type", serial.get("type", "pty"))
    port = attribute(serial, "target", "port")
    if port:
        ensure(console, "target").set("port", port)
    for child in list(console):
        if tag_name(child.tag) not in ("target", "alias"):
            console.remove(child)
    for child in serial:
        if tag_name(child.tag) not in ("target", "alias"):
            console.append(copy.deepcopy(child))
    return []


def numbered_consoles(document: Element, desired: Element, kept: Kept, differences: list[Difference]) -> Removed:
    """The port of a console is its place among all of them; of the first, that of its serial port."""
    port = value(document, "devices/serial/target@port")
    for number, target in enumerate(find(console, "target") for console in find_all(document, "devices/console")):
        if target is not None:
            mirrors = number == 0 and port is not None and target.get("type") == "serial"
            target.set("port", str(port) if mirrors else str(number))
    return []


def empty_drive(document: Element, desired: Element, kept: Kept, differences: list[Difference]) -> Removed:
    """A drive without a medium is of type file, whatever medium it had; libvirt reads no other type there."""
    for disk in find_all(document, "devices/disk"):
        drive = disk.get("device") in ("cdrom", "floppy")
        if drive and find(disk, "source") is None and disk.get("type") in ("block", "dir", "network", "volume"):
            disk.set("type", "file")
    return []


def _number(text: str) -> int:
    fits = re.fullmatch(r"0x[0-9a-fA-F]{1,8}|[0-9]{1,9}", text)
    return int(text, 16 if text[:2] == "0x" else 10) if fits else NONE
