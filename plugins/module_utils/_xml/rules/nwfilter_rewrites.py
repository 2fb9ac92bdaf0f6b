# SPDX-License-Identifier: GPL-3.0-or-later

"""Equalities of libvirt that are wider than one element (see ``domain_rewrites``), in network filters."""

from __future__ import annotations

from ..document import Element, find_all


def rule_priorities(desired: Element, stored: Element) -> None:
    """A rule of a network filter has the priority 500 where it gives none."""
    for rule in find_all(desired, "rule"):
        if not rule.get("priority"):
            rule.set("priority", "500")


def sorted_parameters(desired: Element, stored: Element) -> None:
    """libvirt writes the variables of a filter reference by their names; the values of one keep their order."""
    for reference in find_all(desired, "filterref"):
        for parameter in sorted(find_all(reference, "parameter"), key=lambda one: one.get("name") or ""):
            reference.append(parameter)
