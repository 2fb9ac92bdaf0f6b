# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All a bed's libvirt knows, as text to compare, and its removal.  Takes open connections; opens none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    import libvirt

# What changes by itself: (element that holds it, path below it).  Everything else stands for a write.
RESTLESS = (
    ("domain", "devices/channel/target/@state"),  # the agent came up
    ("pool", "capacity"),  # of the file system, which others use too
    ("pool", "allocation"),
    ("pool", "available"),
    ("volume", "allocation"),
    ("volume", "physical"),
    ("volume", "target/timestamps"),
)

# The machine's own filters come with every bed.
SHIPPED_FILTERS = Path("/etc/libvirt/nwfilter")


def canonical(xml: str) -> str:
    """Return a document without what changes by itself, in one spelling, a line per element."""
    root = ElementTree.fromstring(xml)
    for kind, path in RESTLESS:
        if root.tag != kind:
            continue
        *above, last = path.split("/")
        for parent in root.findall("/".join(above)) if above else [root]:
            if last.startswith("@"):
                parent.attrib.pop(last[1:], None)
            else:
                for found in parent.findall(last):
                    parent.remove(found)
    text = ElementTree.canonicalize(ElementTree.tostring(root, encoding="unicode"), strip_text=True)
    return text.replace("><", ">\n<")


def snapshot(connection: libvirt.virConnect) -> dict[str, str]:
    """Return every object of the host: ``kind/name/aspect`` to text.  Two equal ones mean that nothing was written."""
    found: dict[str, str] = {}
    for kind, describe in (
        ("domain", _domains),
        ("network", _networks),
        ("pool", _pools),
        ("secret", _secrets),
        ("nwfilter", _filters),
    ):
        for name, aspect, text in describe(connection):
            found[f"{kind}/{name}/{aspect}"] = text
    return found


def _domains(connection: libvirt.virConnect) -> Iterator[tuple[str, str, str]]:
    import libvirt

    secure = libvirt.VIR_DOMAIN_XML_SECURE
    for domain in connection.listAllDomains():
        name = domain.name()
        state, reason = domain.state()
        yield name, "state", f"{state} because of {reason}"
        yield name, "persistent", str(domain.isPersistent())
        yield name, "managed save", str(domain.hasManagedSaveImage())
        if domain.isPersistent():
            yield name, "autostart", str(domain.autostart())
            yield name, "stored", canonical(domain.XMLDesc(secure | libvirt.VIR_DOMAIN_XML_INACTIVE))
        if domain.isActive():
            yield name, "live", canonical(domain.XMLDesc(secure))
        for taken in domain.listAllSnapshots():
            yield (
                name,
                f"snapshot {taken.getName()}",
                canonical(taken.getXMLDesc(libvirt.VIR_DOMAIN_SNAPSHOT_XML_SECURE)),
            )
        for taken in domain.listAllCheckpoints():
            yield name, f"checkpoint {taken.getName()}", canonical(taken.getXMLDesc(0))


def _networks(connection: libvirt.virConnect) -> Iterator[tuple[str, str, str]]:
    import libvirt

    for network in connection.listAllNetworks():
        name = network.name()
        yield name, "persistent", str(network.isPersistent())
        if network.isPersistent():
            yield name, "autostart", str(network.autostart())
            yield name, "stored", canonical(network.XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE))
        if network.isActive():
            yield name, "live", canonical(network.XMLDesc(0))


def _pools(connection: libvirt.virConnect) -> Iterator[tuple[str, str, str]]:
    import libvirt

    for pool in connection.listAllStoragePools():
        name = pool.name()
        yield name, "persistent", str(pool.isPersistent())
        if pool.isPersistent():
            yield name, "autostart", str(pool.autostart())
            yield name, "stored", canonical(pool.XMLDesc(libvirt.VIR_STORAGE_XML_INACTIVE))
        if pool.isActive():
            yield name, "live", canonical(pool.XMLDesc(0))
            for volume in pool.listAllVolumes():
                yield name, f"volume {volume.name()}", canonical(volume.XMLDesc(0))


def _secrets(connection: libvirt.virConnect) -> Iterator[tuple[str, str, str]]:
    import libvirt

    for secret in connection.listAllSecrets():
        yield secret.UUIDString(), "stored", canonical(secret.XMLDesc(0))
        try:
            value = repr(secret.value())
        except libvirt.libvirtError as error:  # a private one, or none yet
            value = str(error)
        yield secret.UUIDString(), "value", value


def _filters(connection: libvirt.virConnect) -> Iterator[tuple[str, str, str]]:
    for nwfilter in connection.listAllNWFilters():
        yield nwfilter.name(), "stored", canonical(nwfilter.XMLDesc(0))


def sweep(connection: libvirt.virConnect, images: Path) -> None:
    """Remove every object of the host but the filters it came with, and all files in the images folder."""
    for domain in connection.listAllDomains():
        _remove_domain(domain)
    removable: list[Any] = [*connection.listAllNetworks(), *connection.listAllStoragePools()]
    for found in removable:
        kept = found.isPersistent()  # a transient one is gone once it is stopped
        if found.isActive():
            found.destroy()
        if kept:
            found.undefine()
    for secret in connection.listAllSecrets():
        # One that became ephemeral may have left its definition on the disk, which libvirt 9.0 would read at its start.
        connection.secretDefineXML(secret.XMLDesc(0).replace("ephemeral='yes'", "ephemeral='no'"), 0)
        secret.undefine()
    shipped = {path.stem for path in SHIPPED_FILTERS.glob("*.xml")}
    for nwfilter in connection.listAllNWFilters():
        if nwfilter.name() not in shipped:
            nwfilter.undefine()
    for entry in images.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _remove_domain(domain: libvirt.virDomain) -> None:
    import libvirt

    flags = (
        libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
        | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
        | libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
        | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
        | getattr(libvirt, "VIR_DOMAIN_UNDEFINE_TPM", 0)  # since libvirt 8.9
    )
    kept = domain.isPersistent()
    if domain.isActive():
        domain.destroy()
    if kept:
        domain.undefineFlags(flags)
