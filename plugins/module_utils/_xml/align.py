# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the converge.libvirt collection: it may change at any time.

"""Which element of one document is which of another: by identity, then by softer keys, then by content or position."""

from __future__ import annotations

import typing as t

from .document import Element, join, tag_name, value
from .tables import Rules

Key = tuple[t.Optional[str], ...]

POSITION = "#"
CONTENT = "="
SAME_NUMBER = "~"
_UNKEYED = (("=",), ("#",))


class Pair(t.NamedTuple):
    """One element in both documents, or in one of them (then the other is None)."""

    left: Element | None
    right: Element | None
    ambiguous: bool = False
    """The two were taken for the same only because they come in this order."""


def children(element: Element) -> dict[str, list[Element]]:
    """The children by tag, in document order."""
    groups: dict[str, list[Element]] = {}
    for child in element:
        groups.setdefault(tag_name(child.tag), []).append(child)
    return groups


def pairs(left: list[Element], right: list[Element], path: str, rules: Rules) -> list[Pair]:
    """Match the elements at one tag path: first what is in both, in the order of ``right``, then left only, right only.

    ``left`` is the stored side and ``right`` the desired one, where it matters: an identity that the right element
    gives is never matched by anything softer.
    """
    if len(left) == 1 and len(right) == 1 and rules.key(path) is None:
        return [Pair(left[0], right[0])]
    matched: dict[int, tuple[Element, bool]] = {}
    free = list(left)
    # What lacks its key is at least the same as what says the same.
    for alternative in (*(rules.key(path) or _UNKEYED), (CONTENT,)):
        wanting = [(number, element) for number, element in enumerate(right) if number not in matched]
        if not free or not wanting:
            break
        found = _matches(free, wanting, alternative, path, rules)
        matched.update({number: (element, ambiguous) for number, element, ambiguous in found})
        taken = {id(element) for _number, element, _ambiguous in found}
        free = [other for other in free if id(other) not in taken]
    both = [Pair(matched[number][0], right[number], matched[number][1]) for number in sorted(matched)]
    gone = [Pair(element, None) for element in free]
    new = [Pair(None, element) for number, element in enumerate(right) if number not in matched]
    return both + gone + new


def _matches(
    free: list[Element], wanting: list[tuple[int, Element]], alternative: tuple[str, ...], path: str, rules: Rules
) -> list[tuple[int, Element, bool]]:
    """What one alternative matches, in order: number on the right, element on the left, and whether order decided."""
    have: dict[Key, list[Element]] = {}
    want: dict[Key, list[int]] = {}
    for position, element in enumerate(free):
        key = _key(element, position, alternative, path, rules)
        if key is not None:
            have.setdefault(key, []).append(element)
    for position, (number, element) in enumerate(wanting):
        key = _key(element, position, alternative, path, rules)
        if key is not None and not _identified(element, alternative, path, rules):
            want.setdefault(key, []).append(number)
    found = []
    for key, numbers in want.items():
        elements = have.get(key, [])
        same = len(elements) == len(numbers)
        if same or SAME_NUMBER not in alternative:
            ambiguous = not same and alternative != (CONTENT,)
            found += [(number, element, ambiguous) for number, element in zip(numbers, elements)]
    return found


def _identified(element: Element, alternative: tuple[str, ...], path: str, rules: Rules) -> bool:
    """Whether the element gives an identity that belongs to another alternative than this one."""
    return any(
        part[0] == "!" and part not in alternative and value(element, part[1:]) is not None
        for other in rules.key(path) or ()
        for part in other
    )


def _key(element: Element, position: int, alternative: tuple[str, ...], path: str, rules: Rules) -> Key | None:
    """What one alternative says of an element; None where it says nothing."""
    if alternative == (POSITION,):
        return (str(position),)
    if alternative == (CONTENT,):
        return (content(element, path, rules),)
    key: list[str | None] = []
    for part in alternative:
        if part == SAME_NUMBER:
            continue
        name = part.lstrip("?!")
        found = value(element, name)
        if found is None and part[0] != "?":
            return None
        key.append(None if found is None else rules.normal(key_path(path, name), found))
    return tuple(key)


def key_path(path: str, part: str) -> str:
    """The tag path of a part of a key."""
    if part.startswith(("@", ".")):
        return path + ("@." if part == "." else part)
    return join(path, part) + ("" if "@" in part else "@.")


def content(element: Element, path: str, rules: Rules) -> str:
    """All that an element says, in normal form: equal for two elements that say the same in the same order."""
    parts = [tag_name(element.tag)]
    parts += sorted(f"@{name}={rules.normal(f'{path}@{name}', found)}" for name, found in element.attrib.items())
    if (element.text or "").strip():
        parts.append(rules.normal(f"{path}@.", element.text))
    parts += [content(child, join(path, tag_name(child.tag)), rules) for child in element]
    return "(" + " ".join(parts) + ")"


def sequence(parent: Element, path: str, rules: Rules) -> list[Element]:
    """The children whose order counts across tags, in document order; empty where there are none of that kind."""
    tags = rules.mixed.get(path, ())
    return [child for child in parent if tag_name(child.tag) in tags]


def label(element: Element, path: str, rules: Rules, position: int, several: bool) -> str:
    """What a person calls this one of several: the words between the brackets of a path; empty where it needs none."""
    alternatives = rules.key(path)
    if alternatives is None:
        return str(position + 1) if several else ""
    for alternative in alternatives:
        if alternative in ((POSITION,), (CONTENT,)):
            continue
        # What may be missing beside an identity tells apart those that share it, and is no part of the name.
        has_identity = any(part[0] == "!" for part in alternative)
        named = tuple(part for part in alternative if part[0] != "?" or not has_identity)
        key = _key(element, position, named, path, rules)
        words = [word for word in key or () if word]
        if words:
            return ",".join(words)
    return str(position + 1) if several else ""
