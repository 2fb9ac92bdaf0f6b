# SPDX-License-Identifier: GPL-3.0-or-later

"""A document without what libvirt puts in by itself: what a person would have had to write."""

from __future__ import annotations

import copy
import typing as t

from .document import Element, below, defining, join, tag_name
from .overlay import overlay
from .tables import Row, Rules


def concise(document: Element, rules: Rules, keep: t.Iterable[str] = ()) -> Element:
    """The least that, as a whole task, leaves an object with this document unchanged, as far as the tables tell.

    What is identity stays, such as a MAC address, but for the UUID of the object: it has a name. keep: tag paths that
    stay too.
    """
    needed = set(keep)
    while True:
        made = defining(document, rules)
        left = _strip(made, "", rules, needed)
        differing = {each.tags for each in overlay(made, document, rules).differences}
        wanted = {tags for tags in left if any(below(tags, other) or below(other, tags) for other in differing)}
        if not differing:
            return made
        if not wanted:
            return copy.deepcopy(document)
        needed |= wanted


def _strip(element: Element, path: str, rules: Rules, needed: set[str]) -> set[str]:
    """Take out what a row of the tables explains; the tag paths of what was taken."""
    taken = set()
    for name, text in list(element.attrib.items()):
        tags = f"{path}@{name}"
        if _may_go(tags, rules, needed) and any(row.fits_text(text) for row in _rows(tags, rules)):
            del element.attrib[name]
            taken.add(tags)
    for child in list(element):
        tags = join(path, tag_name(child.tag))
        if _may_go(tags, rules, needed) and any(row.fits_element(child) for row in _rows(tags, rules)):
            element.remove(child)
            taken.add(tags)
            continue
        taken |= _strip(child, tags, rules, needed)
        if not len(child) and not child.attrib and not (child.text or "").strip() and not rules.has("flags", tags):
            element.remove(child)
    return taken


def _rows(tags: str, rules: Rules) -> list[Row]:
    """What explains that something is there: libvirt puts it in, or nobody can ask for another."""
    return rules.rows("auto", tags) + [row for row in rules.rows("loose", tags) if row.test == "*"]


def _may_go(tags: str, rules: Rules, needed: set[str]) -> bool:
    return tags not in needed and (tags == "uuid" or not rules.has("sticky", tags))
