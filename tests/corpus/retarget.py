# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rewrite a document that was made for another host so that the bed's libvirt takes it."""

from __future__ import annotations

import re
import typing as t

from lxml import etree

EMULATORS = {"i686": "i386", "armv7l": "arm", "armv6l": "arm", "ppc64le": "ppc64"}
"""Architectures whose QEMU has another name than theirs."""
NOT_HERE = frozenset({"loongarch64", "itanium", "s390"})
"""Architectures that no host of ours emulates."""
FAMILIES = ("q35", "pc", "pseries", "s390-ccw-virtio", "virt")
"""Machines by their plain names, without a version."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def variants(kind: str, xml: str) -> t.Iterator[str]:
    """Yield the document, from untouched to most edited. The first one that defines is the one to use."""
    xml = re.sub(r"^\s*<\?xml[^>]*\?>", "", xml)
    if kind == "volume":
        yield from _volume(xml)
        return
    yield xml
    if kind == "domain":
        for level in (1, 2, 3):
            yield _domain(xml, level)


def _domain(xml: str, level: int) -> str:
    """Level 1: type, guest type, architecture and emulator; 2: the machine as well; 3: without security labels."""
    root = etree.fromstring(xml, _PARSER)
    root.set("type", "qemu")
    os_type = root.find("os/type")
    if os_type is None:
        parent = root.find("os")
        if parent is None:
            parent = etree.SubElement(root, "os")
        os_type = etree.Element("type")
        os_type.text = "hvm"
        parent.insert(0, os_type)
    if os_type.get("arch") in NOT_HERE:
        os_type.set("arch", "x86_64")
        os_type.attrib.pop("machine", None)
    if (os_type.text or "").strip() != "hvm":
        os_type.text = "hvm"
        os_type.attrib.pop("machine", None)
    _emulator(root, os_type.get("arch", "x86_64"))
    for gone in root.findall("bootloader") + root.findall("bootloader_args"):
        root.remove(gone)
    if level >= 2:
        _machine(os_type)
    if level >= 3:
        for seclabel in root.findall("seclabel"):
            root.remove(seclabel)
    return etree.tostring(root, encoding="unicode")


def _emulator(root: t.Any, arch: str) -> None:
    emulator = root.find("devices/emulator")
    if emulator is not None and not (emulator.text or "").startswith("/usr/bin/qemu-system-"):
        emulator.text = "/usr/bin/qemu-system-" + EMULATORS.get(arch, arch)


def _machine(os_type: t.Any) -> None:
    """Replace a machine by the plain name of its family; one of no family goes."""
    machine = os_type.get("machine")
    if not machine:
        return
    for family in FAMILIES:
        if (family == "q35" and "q35" in machine) or (
            family != "q35" and machine.startswith(family.split("-", maxsplit=1)[0])
        ):
            os_type.set("machine", family)
            return
    del os_type.attrib["machine"]


def _volume(xml: str) -> t.Iterator[str]:
    """Never allocate; then also shrink the capacity; then also drop the backing image and the encryption."""
    root = etree.fromstring(xml, _PARSER)
    _replace(root, "allocation", "0")
    yield etree.tostring(root, encoding="unicode")
    _replace(root, "capacity", str(16 * 1024 * 1024))
    yield etree.tostring(root, encoding="unicode")
    for gone in root.findall("backingStore") + root.findall("target/encryption"):
        gone.getparent().remove(gone)
    yield etree.tostring(root, encoding="unicode")


def _replace(root: t.Any, tag: str, content: str) -> None:
    element = root.find(tag)
    if element is None:
        element = etree.SubElement(root, tag)
    element.attrib.pop("unit", None)
    element.text = content
