# SPDX-License-Identifier: GPL-3.0-or-later

"""What a merged pool needs as a whole before libvirt gets it (see ``domain_rewrites``)."""

from __future__ import annotations

from ..compare import Difference
from ..document import Element, find, value
from ..overlay import Kept, Removed


def group_folder(document: Element, desired: Element, kept: Kept, differences: list[Difference]) -> Removed:
    """The folder of a logical or a ZFS pool is named after the group of the source, which is called like the pool
    where it has no name; libvirt reads no other."""
    parent = {"logical": "/dev", "zfs": "/dev/zvol"}.get(document.get("type"))
    name, path = value(document, "source/name") or value(document, "name"), find(document, "target/path")
    if parent and name and path is not None:
        path.text = f"{parent}/{name}"
    return []
