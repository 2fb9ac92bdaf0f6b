# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What in ``<pool>`` documents is wider than one element. Seen with libvirt 9.0."""

from __future__ import annotations

from ..compare import Difference
from ..document import Element, find
from ..overlay import Kept, Removed


def group_folder(document: Element, desired: Element, kept: Kept, differences: list[Difference]) -> Removed:
    """The folder of a logical or a ZFS pool is named after the group of the source; libvirt reads no other."""
    parent = {"logical": "/dev", "zfs": "/dev/zvol"}.get(document.get("type"))
    name, path = find(document, "source/name"), find(document, "target/path")
    if parent and name is not None and path is not None and name.text:
        path.text = f"{parent}/{name.text.strip()}"
    return []
