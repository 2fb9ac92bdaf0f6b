# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of object that the corpus runner defines, each by the same few verbs."""

from __future__ import annotations

import contextlib
import pathlib
import sys
import typing as t

import libvirt
from lxml import etree
from retarget import variants

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
# The engine imports only itself: no collection tree and no ansible are needed to reach it.
sys.path.insert(0, str(REPOSITORY))

from plugins.module_utils._spec._table import parse_size
from plugins.module_utils._xml.compare import Difference, compare
from plugins.module_utils._xml.document import find, parse, serialise
from plugins.module_utils._xml.overlay import Overlay, overlay
from plugins.module_utils._xml.record import PREFIX, URI, Record, bare, read, remembered, take
from plugins.module_utils._xml.rules import domain, interface, network, nodedev, nwfilter, pool, secret, volume
from plugins.module_utils._xml.tables import Rules, size_bytes

SCRATCH = "converge-corpus"
SCRATCH_PATH = "/var/lib/libvirt/converge-corpus"


class Handler:
    """One object at a time: made, read and removed again."""

    noun = ""
    rules: Rules
    redefines = True
    """Whether libvirt can be asked to define the object again."""
    changes = True
    """Whether a task may want another one than is there, so that mutants say something."""

    def __init__(self, connection: t.Any) -> None:
        self.connection = connection
        self.found: t.Any = None

    def __enter__(self) -> Handler:
        return self

    def __exit__(self, *_error: t.Any) -> None:
        self.remove()

    def define(self, document: str) -> None:
        """Define the object, for the first time or again."""
        raise NotImplementedError

    def define_first(self, text: str) -> tuple[str | None, str]:
        """Define the first variant of a document that libvirt takes, and return it, and the last complaint."""
        complaint = ""
        for variant in variants(self.noun, text):
            try:
                self.define(variant)
            except libvirt.libvirtError as error:
                complaint = error.get_error_message()
            else:
                return variant, complaint
        return None, complaint

    def dump(self) -> str:
        """What libvirt has stored."""
        text: str = self.found.XMLDesc(0)
        return text

    def plan(self, desired: t.Any, stored: t.Any) -> Overlay:
        """What a task with the document ``desired`` would do about what is ``stored``."""
        return overlay(desired, stored, self.rules)

    def text(self, merged: t.Any) -> str:
        """A merged document as it goes to libvirt."""
        return serialise(merged)

    def record(self, desired: t.Any, current: t.Any) -> Record | None:
        """What the road would remember of a task that has defined a document; None where there is no place for that."""
        return None

    def remember(self, desired: t.Any, current: t.Any) -> Record | None:
        """Write the record, as the road does it, and read it again."""
        return None

    def fixed(self, differences: list[Difference]) -> bool:
        """Whether libvirt cannot change this of an object that is there: the road refuses it before anything else."""
        return False

    def remove(self) -> None:
        """Remove the object, if it was made."""
        if self.found is not None:
            self.found.undefine()
            self.found = None


class DomainHandler(Handler):
    """A guest, which is only ever defined."""

    noun = "domain"
    rules = domain.RULES

    def define(self, document: str) -> None:
        self.found = self.connection.defineXML(document)

    def dump(self) -> str:
        text: str = self.found.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE)
        return text

    def record(self, desired: t.Any, current: t.Any) -> Record | None:
        return remembered(desired, current, self.rules, overlay(desired, current, self.rules).differences)

    def remember(self, desired: t.Any, current: t.Any) -> Record | None:
        record = self.record(desired, current)
        if record is None:
            return None
        element, flags = libvirt.VIR_DOMAIN_METADATA_ELEMENT, libvirt.VIR_DOMAIN_AFFECT_CONFIG
        self.found.setMetadata(element, bare(record), PREFIX, URI, flags)
        dump = parse(self.dump())
        written = read(take(dump))
        if written != record or compare(current, dump, self.rules):
            raise SystemExit(f"libvirt did not keep the record of {self.found.name()}, or changed the guest for it")
        return written

    def remove(self) -> None:
        if self.found is not None:
            flags = (
                libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
                | libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
                | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
                | libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
            )
            self.found.undefineFlags(flags)
            self.found = None


class NetworkHandler(Handler):
    """A network, never started."""

    noun = "network"
    rules = network.RULES

    def define(self, document: str) -> None:
        self.found = self.connection.networkDefineXML(document)

    def dump(self) -> str:
        text: str = self.found.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE)
        return text


class PoolHandler(Handler):
    """A storage pool, never built or started."""

    noun = "pool"
    rules = pool.RULES

    def define(self, document: str) -> None:
        self.found = self.connection.storagePoolDefineXML(document, 0)

    def dump(self) -> str:
        text: str = self.found.XMLDesc(libvirt.VIR_STORAGE_XML_INACTIVE)
        return text


class VolumeHandler(Handler):
    """A volume in a folder of its own. libvirt cannot define one again, only let it grow: all else counts as a change.

    Nothing is ever allocated, whatever a document says: one with a large capacity would fill the disk.
    """

    noun = "volume"
    rules = volume.RULES
    redefines = False

    def __enter__(self) -> VolumeHandler:
        self.pool = self.connection.storagePoolDefineXML(
            f"<pool type='dir'><name>{SCRATCH}</name><target><path>{SCRATCH_PATH}</path></target></pool>", 0
        )
        self.pool.build(0)
        self.pool.create(0)
        return self

    def __exit__(self, *_error: t.Any) -> None:
        self.remove()
        self.pool.destroy()
        self.pool.delete(0)
        self.pool.undefine()

    def define(self, document: str) -> None:
        tree = parse(document)
        if self.found is not None:
            capacity = tree.find("capacity")
            self.found.resize(size_bytes(capacity.text, capacity.get("unit"), "bytes"))
            return
        allocation = find(tree, "allocation")
        if allocation is None:
            allocation = etree.SubElement(tree, "allocation")
        allocation.text = "0"
        self.found = self.pool.createXML(serialise(tree), 0)
        # From here on libvirt tells what it finds in the file.
        self.pool.refresh(0)

    def fixed(self, differences: list[Difference]) -> bool:
        return any(one.tags != "capacity" or one.whole or _shrinks(one) for one in differences)

    def remove(self) -> None:
        if self.found is not None:
            self.found.delete(0)
            self.found = None


def _shrinks(difference: Difference) -> bool:
    now, wanted = (parse_size(text or "0 B") for text in (difference.before, difference.after))
    return wanted < now


class SecretHandler(Handler):
    """A secret, which never gets a value."""

    noun = "secret"
    rules = secret.RULES

    def define(self, document: str) -> None:
        self.found = self.connection.secretDefineXML(document, 0)

    def fixed(self, differences: list[Difference]) -> bool:
        return any(one.tags.startswith("usage") or (one.tags, one.before) == ("@private", "yes") for one in differences)


class NwfilterHandler(Handler):
    """A network filter that no guest has."""

    noun = "nwfilter"
    rules = nwfilter.RULES

    def define(self, document: str) -> None:
        self.found = self.connection.nwfilterDefineXML(document)


class InterfaceHandler(Handler):
    """An interface of the host, in libvirt's test driver: no driver of the bed defines one."""

    noun = "interface"
    rules = interface.RULES

    def __enter__(self) -> InterfaceHandler:
        self.connection = libvirt.open("test:///default")
        for found in self.connection.listAllInterfaces():
            found.undefine()
        return self

    def define(self, document: str) -> None:
        self.found = self.connection.interfaceDefineXML(document)


class NodedevHandler(Handler):
    """A virtual HBA in libvirt's test driver, which has HBAs for it. A mediated device needs hardware that has some."""

    noun = "nodedev"
    rules = nodedev.RULES
    redefines = changes = False

    def __enter__(self) -> NodedevHandler:
        self.connection = libvirt.open("test:///default")
        return self

    def define(self, document: str) -> None:
        self.found = self.connection.nodeDeviceCreateXML(document, 0)

    def remove(self) -> None:
        if self.found is not None:
            self.found.destroy()
            self.found = None


@contextlib.contextmanager
def standing_aside(host: t.Any) -> t.Iterator[None]:
    """Take away the networks, pools and filters that are there, whose names the corpus needs, until the end."""
    filters = host.connection.listAllNWFilters()
    shipped = [found.XMLDesc(0) for found in filters]
    for found in filters:
        found.undefine()
    kept = []
    for found in host.connection.listAllNetworks() + host.connection.listAllStoragePools():
        kept.append((isinstance(found, libvirt.virNetwork), found.XMLDesc(0), found.isActive(), found.autostart()))
        if found.isActive():
            found.destroy()
        found.undefine()
    try:
        yield
    finally:
        for is_network, text, active, autostart in kept:
            connection = host.connection
            found = (connection.networkDefineXML if is_network else connection.storagePoolDefineXML)(text)
            found.setAutostart(autostart)
            if active:
                found.create()
        for document in shipped:
            host.connection.nwfilterDefineXML(document)
