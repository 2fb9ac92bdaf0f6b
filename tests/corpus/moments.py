# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots and checkpoints: redefined, as if they had been made before, of a guest that never runs."""

from __future__ import annotations

import copy
import typing as t

import libvirt
from lxml import etree
from objects import SCRATCH, Handler
from retarget import variants

from plugins.module_utils._xml.document import parse, serialise
from plugins.module_utils._xml.rules import checkpoint, snapshot

GUEST = (
    f"<domain type='qemu'><name>{SCRATCH}</name><memory>65536</memory>"
    "<os><type arch='x86_64' machine='pc'>hvm</type></os><devices/></domain>"
)
BUSES = {"hd": "sata", "sd": "scsi", "fd": "fdc"}
"""The bus of a disk, by the first letters of its name. An IDE bus has places for four only."""


class MomentHandler(Handler):
    """A moment in the life of a guest: the one that the document tells, or one with the disks that it names.

    What a person leaves out and libvirt needs to redefine it is filled in: a name, the time and the state. A moment
    before it, which is not there, is left out.
    """

    changes = False
    needed: t.ClassVar[dict[str, str]]
    """What libvirt does not redefine a moment without."""
    guest: t.Any = None

    def redefine(self, document: str) -> t.Any:
        """Redefine the moment of the guest."""
        raise NotImplementedError

    def define(self, document: str) -> None:
        tree = parse(document, self.rules.root)
        if self.guest is None:
            self.guest = self._defined(tree)
        for gone in [*tree.findall("parent"), *tree.findall("domain")]:
            tree.remove(gone)
        for tag, text in self.needed.items():
            if tree.find(tag) is None:
                etree.SubElement(tree, tag).text = text
        tree.append(parse(self.guest.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)))
        self.found = self.redefine(serialise(tree))

    def dump(self) -> str:
        text: str = self.found.getXMLDesc(0)
        return text

    def _defined(self, moment: t.Any) -> t.Any:
        """The guest, defined in the first variant that libvirt takes; raises its complaint about the last one."""
        complaint = None
        for variant in variants("domain", etree.tostring(_guest(moment), encoding="unicode")):
            try:
                return self.connection.defineXML(variant)
            except libvirt.libvirtError as error:
                complaint = error
        raise complaint or ValueError("there is no variant of the guest")

    def remove(self) -> None:
        self.found = None
        if self.guest is not None:
            self.guest.undefineFlags(
                libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
                | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
                | libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
            )
            self.guest = None


class SnapshotHandler(MomentHandler):
    """A snapshot."""

    noun = "snapshot"
    rules = snapshot.RULES
    needed: t.ClassVar[dict[str, str]] = {"name": SCRATCH, "creationTime": "1", "state": "shutoff"}

    def redefine(self, document: str) -> t.Any:
        return self.guest.snapshotCreateXML(document, libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE)


class CheckpointHandler(MomentHandler):
    """A checkpoint."""

    noun = "checkpoint"
    rules = checkpoint.RULES
    needed: t.ClassVar[dict[str, str]] = {"name": SCRATCH, "creationTime": "1"}

    def redefine(self, document: str) -> t.Any:
        return self.guest.checkpointCreateXML(document, libvirt.VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE)


def _guest(moment: t.Any) -> t.Any:
    """The document of a guest that a moment may be one of."""
    told = moment.find("domain")
    if told is not None and told.find("name") is not None:
        return copy.deepcopy(told)
    guest = parse(GUEST)
    if told is not None:
        guest.extend(copy.deepcopy(one) for one in told.findall("uuid"))
    names = [disk.get("name", "") for disk in moment.findall("disks/disk")]
    for name in dict.fromkeys(names or ["vda"]):
        guest.find("devices").append(_disk(name))
    return guest


def _disk(name: str) -> t.Any:
    """A disk that a moment names by its target or its source."""
    by_source = name.startswith("/")
    disk = etree.Element("disk", type="block" if by_source else "file")
    etree.SubElement(disk, "driver", name="qemu", type="raw" if by_source else "qcow2")
    etree.SubElement(disk, "source", {"dev": name} if by_source else {"file": f"/var/lib/libvirt/images/{name}"})
    target = "hda" if by_source else name
    etree.SubElement(disk, "target", dev=target, bus=BUSES.get(target[:2], "virtio"))
    return disk
