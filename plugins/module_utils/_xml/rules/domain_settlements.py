# SPDX-License-Identifier: GPL-3.0-or-later

"""What a merged document needs as a whole before libvirt gets it. Rule tables hold the settlements of their kind.

A settlement gets the merged document, which it changes, the desired one, the elements that were kept although nobody
names them, and the differences so far. It returns the elements that it has removed, with their places.
"""

from __future__ import annotations

import copy
import re

from ..compare import Difference
from ..document import Element, attribute, ensure, find, find_all, tag_name, value
from ..overlay import Kept, Removed

NONE = -1
"""What is no number: no index and no bus is below zero."""


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
        ensure(console, "target").set("port", port)
    for child in list(console):
        if tag_name(child.tag) not in ("target", "alias"):
            console.remove(child)
    for child in serial:
        if tag_name(child.tag) not in ("target", "alias"):
            console.append(copy.deepcopy(child))
    return []


def numbered_consoles(document: Element, desired: Element, kept: Kept, differences: list[Difference]) -> Removed:
    """The port of a console is its place among all of them, whatever a document says (libvirt 9.0); that of the first
    is the serial port's that it stands for."""
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
    """A number of an address or an index, decimal or hexadecimal; NONE where it is none."""
    fits = re.fullmatch(r"0x[0-9a-fA-F]{1,8}|[0-9]{1,9}", text)
    return int(text, 16 if text[:2] == "0x" else 10) if fits else NONE
