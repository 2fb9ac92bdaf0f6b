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

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
# The engine imports only itself: no collection tree and no ansible are needed to reach it.
sys.path.insert(0, str(REPOSITORY))

from plugins.module_utils._xml.compare import compare
from plugins.module_utils._xml.document import parse, serialise
from plugins.module_utils._xml.overlay import Overlay, overlay
from plugins.module_utils._xml.record import PREFIX, URI, Record, bare, read, remembered, take
from plugins.module_utils._xml.rules import domain, interface, network, nwfilter, pool, secret, volume
from plugins.module_utils._xml.tables import Rules

SCRATCH = "converge-corpus"
SCRATCH_PATH = "/var/lib/libvirt/converge-corpus"


class Handler:
    """One object at a time: made, read and removed again."""

    noun = ""
    rules: Rules
    redefines = True
    """Whether libvirt can be asked to define the object again."""

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

    def remember(self, desired: t.Any, current: t.Any) -> Record | None:
        """Write down what libvirt made of a document, as the road does it; None where there is no place for that."""
        return None

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

    def remember(self, desired: t.Any, current: t.Any) -> Record | None:
        left = overlay(desired, current, self.rules).differences
        record = remembered(desired, current, self.rules, left)
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
    """A volume in a folder of its own. libvirt cannot define one again: any difference counts as a change."""

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
        self.found = self.pool.createXML(document, 0)

    def remove(self) -> None:
        if self.found is not None:
            self.found.delete(0)
            self.found = None


class SecretHandler(Handler):
    """A secret, which never gets a value."""

    noun = "secret"
    rules = secret.RULES

    def define(self, document: str) -> None:
        self.found = self.connection.secretDefineXML(document, 0)


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


KINDS: dict[str, type[Handler]] = {
    handler.noun: handler
    for handler in (
        DomainHandler,
        NetworkHandler,
        PoolHandler,
        VolumeHandler,
        SecretHandler,
        NwfilterHandler,
        InterfaceHandler,
    )
}


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
