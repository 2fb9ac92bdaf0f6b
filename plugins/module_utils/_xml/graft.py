# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of one document put into another, to end some of the differences between them."""

from __future__ import annotations

import copy
import dataclasses
import typing as t

from .align import children, content, pairs
from .compare import Difference
from .document import Element, etree, join, tag_name
from .overlay import overlay
from .scope import Scope
from .tables import Rules


def taken_over(document: Element, source: Element, differences: t.Iterable[Difference], rules: Rules) -> Element:
    """A copy of ``document`` that says what ``source`` says where these differences, of ``pending()``, are.

    Each concerns one of the two documents and another state of the other one.
    """
    mine = list(differences)
    tags = {each.tags for each in mine if each.unit is None}
    # Values are taken as they stand: both documents are libvirt's own.
    plain = dataclasses.replace(rules, rewrites=(), settlements=())
    merged = overlay(source, document, plain, Scope.of(tags)).document if tags else copy.deepcopy(document)
    _take(merged, source, "", [each for each in mine if each.unit is not None], rules)
    return merged


def _take(document: Element, source: Element, path: str, differences: list[Difference], rules: Rules) -> None:
    ours, theirs = children(document), children(source)
    for tag in dict.fromkeys([*ours, *theirs]):
        tags = join(path, tag)
        here = [each for each in differences if each.tags == tags or each.tags.startswith((f"{tags}/", f"{tags}@"))]
        for pair in pairs(ours.get(tag, []), theirs.get(tag, []), tags, rules) if here else ():
            if rules.has("units", tags):
                _take_unit(document, pair.left, pair.right, [each for each in here if _meant(each, pair, rules)])
            elif pair.left is not None and pair.right is not None:
                _take(pair.left, pair.right, tags, here, rules)
            elif rules.has("groups", tags):
                mine = etree.SubElement(document, tag) if pair.left is None else pair.left
                _take(mine, etree.Element(tag) if pair.right is None else pair.right, tags, here, rules)
                if not len(mine) and not mine.attrib:
                    document.remove(mine)


def _meant(difference: Difference, pair: t.Any, rules: Rules) -> bool:
    """Whether the unit of a difference is one of these two elements."""
    unit = difference.unit
    if unit is None:
        return False
    sides = [content(one, unit.tags, rules) for one in pair[:2] if one is not None]
    return any(one is not None and content(one, unit.tags, rules) in sides for one in (unit.left, unit.right))


def _take_unit(parent: Element, mine: t.Any, theirs: t.Any, differences: list[Difference]) -> None:
    if not differences:
        return
    if mine is None:
        same = parent.findall(theirs.tag)
        added = copy.deepcopy(theirs)
        if same:
            same[-1].addnext(added)
        else:
            parent.append(added)
    elif theirs is None:
        parent.remove(mine)
    else:
        parent.replace(mine, grafted(mine, theirs, {part_of(each) for each in differences}))


def part_of(difference: Difference) -> str:
    """The part of its unit that a difference lies in: ``@attribute``, a child's tag, or empty for all."""
    inside = difference.tags[len(difference.unit.tags if difference.unit is not None else "") :]
    return inside if inside.startswith("@") else inside.lstrip("/").partition("/")[0].partition("@")[0]


def grafted(mine: Element, theirs: Element, parts: t.Collection[str]) -> Element:
    """A copy of ``mine`` with these parts as ``theirs`` has them; see ``part_of``."""
    if "" in parts:
        return copy.deepcopy(theirs)
    made = copy.deepcopy(mine)
    for part in sorted(parts):
        if part.startswith("@"):
            found = theirs.get(part[1:])
            if found is None:
                made.attrib.pop(part[1:], None)
            else:
                made.set(part[1:], found)
            continue
        for child in [one for one in made if tag_name(one.tag) == part]:
            made.remove(child)
        made.extend(copy.deepcopy(one) for one in theirs if tag_name(one.tag) == part)
    return made
