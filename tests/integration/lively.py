# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A running guest that has a bit of everything, and what a change of it must leave behind."""

from __future__ import annotations

import re
from typing import Any

from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome

NAME = "lively"
MAC = "52:54:00:00:00:01"
DISK, SPARE, MEDIUM = (f"/var/lib/libvirt/images/{name}.img" for name in ("disk", "spare", "medium"))
DEVICES = f"""
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/><source file='{DISK}'/><target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'>
      <driver name='qemu' type='raw'/><target dev='sdb' bus='scsi'/><readonly/>
    </disk>
    <interface type='network'>
      <mac address='{MAC}'/><source network='lan'/><model type='virtio'/>
    </interface>
    <graphics type='vnc' port='-1' autoport='yes' passwd='first-pw'/>
    <video><model type='vga'/></video>
    <memballoon model='virtio'/>
"""


def guest(*plugged: str, change: tuple[str, str] = ("", "")) -> str:
    """The document of the guest. plugged: further devices; change: a text to replace in it, and by what."""
    whole = guest_xml(NAME, devices="".join([DEVICES, *plugged]), room=True)
    # Another serial port shall not be taken for the first one.
    whole = whole.replace(" append='on'/></serial>", " append='on'/><target port='0'/></serial>")
    before, after = change
    assert before in whole, f"{before} is not in the document"
    return whole.replace(before, after, 1) if before else whole


known: dict[str, tuple[str, str]] = {}
"""The documents of a guest as it was when it was made."""


def documents(host: Host) -> tuple[str, str]:
    """The stored and the running document of the guest, the latter without what moves by itself."""
    import libvirt

    domain = host.connection.lookupByName(NAME)
    live = re.sub(
        r"<currentMemory.*?>.*?<|<source network=[^>]*>|<source index=[^>]*>| tray='open'", "", domain.XMLDesc(0)
    )
    return domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE), live


def is_itself(host: Host) -> bool:
    """Whether the guest runs, and is as it was when it was made."""
    return NAME in known and guests.state(host, NAME) == "running" and documents(host) == known[NAME]


def sums_up(host: Host, outcome: Outcome, name: str = NAME) -> None:
    """What is stored is what runs, but for what is told to be pending and what is told to be live only.

    The engine finds in the two documents, read afresh, just what was told. Without asking it: every disk, NIC and
    channel that only one of them has was told.
    """
    import libvirt

    from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse
    from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import pending
    from ansible_collections.converge.libvirt.plugins.module_utils._xml.record import take
    from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.domain import RULES

    domain = host.connection.lookupByName(name)
    secure = libvirt.VIR_DOMAIN_XML_SECURE
    stored, live = parse(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE | secure)), parse(domain.XMLDesc(secure))
    take(stored), take(live)
    told = [one["path"] for one in [*outcome["pending"], *outcome["live_only"]]]
    assert sorted(told) == sorted(each.path for each in pending(stored, live, RULES))
    ours, theirs = _devices(stored), _devices(live)
    for device in set(ours) ^ set(theirs):
        tag, key = device
        assert any(path.startswith(f"devices/{tag}[") and key in path for path in told), f"{device} is not told: {told}"


def _devices(document: Any) -> set[tuple[str, str]]:
    """The devices that have a name of their own, by it."""
    found = set()
    for tag, path in (("disk", "target/@dev"), ("interface", "mac/@address"), ("channel", "target/@name")):
        found |= {(tag, str(name)) for name in document.xpath(f"devices/{tag}/{path}")}
    return found
