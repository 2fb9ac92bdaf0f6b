# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Equalities of libvirt that are wider than one element (see ``domain_rewrites``), in networks."""

from __future__ import annotations

from ..document import Element, etree, find


def forward_interface(desired: Element, stored: Element) -> None:
    """``forward@dev`` and the first ``<interface>`` in it are one thing: each stands for the other."""
    forward = find(desired, "forward")
    if forward is None:
        return
    first = find(forward, "interface")
    if first is not None and first.get("dev") and not forward.get("dev"):
        forward.set("dev", first.get("dev"))
    elif first is None and forward.get("dev"):
        etree.SubElement(forward, "interface").set("dev", forward.get("dev"))
