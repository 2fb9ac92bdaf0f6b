# SPDX-License-Identifier: GPL-3.0-or-later

"""What is remembered of the last task that defined an object: an element of our own in its metadata.

No secret is in it, and no digest of one: in a digest a secret only counts as being there.
"""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import typing as t

from .compare import Difference, Place, children, placed, said, size_of, sized
from .document import MASK, Element, compact, etree, find, join, secret_values
from .overlay import LITERAL, Overlay, overlay
from .tables import Rules, round_up

URI = "https://converge.libvirt/record/1"
"""The number at its end changes with the form of the record: what another form says is not read."""
PREFIX = "converge"
_SPACE = f"{{{URI}}}"


@dataclasses.dataclass(frozen=True)
class Record:
    """What is known of an object. Paths are those of differences."""

    desired: str
    """Digest of what the task gave."""
    stored: str
    """Digest of what libvirt made of it."""
    ignored: tuple[tuple[str, str], ...] = ()
    """Differences that libvirt left when it was asked to end them: path and digest, sorted."""
    named: tuple[str, ...] = ()
    """What the task named and a table might take for libvirt's own: once it is no longer named, the user removed it."""

    def knows(self, difference: Difference) -> bool:
        """Whether libvirt was asked to end this very difference, and ignored it."""
        return (difference.path, _told(difference)) in self.ignored


def take(document: Element) -> Element | None:
    """Take the record out of a document, and return it."""
    metadata = find(document, "metadata")
    if metadata is None:
        return None
    found = metadata.find(_SPACE + "record")
    if found is not None:
        metadata.remove(found)
    if not len(metadata):
        # libvirt keeps an empty one where it has removed the last element, until the next define.
        document.remove(metadata)
    return found


def put(document: Element, record: Element | None) -> Element:
    """A copy of a document with this record element, if there is one."""
    if record is None:
        return document
    whole = copy.deepcopy(document)
    metadata = find(whole, "metadata")
    if metadata is None:
        metadata = etree.SubElement(whole, "metadata")
    metadata.append(copy.deepcopy(record))
    return whole


def read(element: Element | None) -> Record | None:
    if element is None:
        return None
    return Record(
        element.get("desired", ""),
        element.get("stored", ""),
        tuple(sorted((one.get("path", ""), one.get("difference", "")) for one in element.iterfind(_SPACE + "ignored"))),
        tuple(sorted(one.get("path", "") for one in element.iterfind(_SPACE + "named"))),
    )


def write(record: Record, space: str = _SPACE) -> Element:
    element = etree.Element(space + "record", nsmap={PREFIX: URI} if space else None)
    element.set("desired", record.desired)
    element.set("stored", record.stored)
    for path, told in record.ignored:
        etree.SubElement(element, space + "ignored", path=path, difference=told)
    for path in record.named:
        etree.SubElement(element, space + "named", path=path)
    return element


def bare(record: Record) -> str:
    """A record as libvirt's metadata function takes it: it puts every element into the namespace itself."""
    return compact(write(record, ""))


def recall(desired: Element, current: Element, rules: Rules, record: Record | None) -> Overlay:
    """The overlay of a whole document, with what is remembered: the tables are not asked what libvirt has answered."""
    if record is None:
        return overlay(desired, current, rules)
    same = record.desired == digest(desired, rules) and record.stored == digest(current, rules)
    if same and not secret_values(desired, rules) and not secret_values(current, rules):
        return Overlay(current, [], [])
    merged = overlay(desired, current, rules, named=frozenset(record.named))
    left = [each for each in merged.differences if not record.knows(each) and (each.secret or not same)]
    return dataclasses.replace(merged, differences=left)


def remembered(desired: Element, stored: Element, rules: Rules, ignored: t.Iterable[Difference] = ()) -> Record:
    """The record of a task: what it gave, what libvirt has made of it, and the differences that libvirt ignored.

    A secret that libvirt has in another form is not remembered: it is compared each time.
    """
    kept = {(each.path, _told(each)) for each in ignored if not each.secret or each.before is None}
    named = set(_named(desired, stored, Place(), rules))
    return Record(digest(desired, rules), digest(stored, rules), tuple(sorted(kept)), tuple(sorted(named)))


def digest(document: Element, rules: Rules) -> str:
    """What a document says, secrets aside, in 32 digits: equal for all its spellings, in any order without meaning."""
    return _digest(document, "", rules, False)[:32]


def _digest(element: Element, tags: str, rules: Rules, foreign: bool) -> str:
    values: list[t.Any] = []
    inside: list[str] = []
    sizes = sized(element, tags, rules)
    for name in sorted([*element.attrib, ""]):
        content = said(element, name) or ""
        if not content.strip() or (sizes and name == "unit"):
            continue
        where = f"{tags}@{name or '.'}"
        told = _normal(element, name, where, rules) if name in sizes else rules.normal(where, content)
        values.append([name, MASK if rules.is_secret(where) else told])
    foreign = foreign or rules.has("opaque", tags)
    for tag, found in sorted(children(element).items()):
        path = join(tags, tag)
        if rules.has("measured", path):
            continue
        each = [_digest(child, path, rules, foreign) for child in found]
        inside += each if foreign or rules.has("ordered", path) else sorted(each)
    return hashlib.sha256(json.dumps([element.tag, values, inside]).encode()).hexdigest()


def _normal(element: Element, name: str, where: str, rules: Rules) -> str:
    default, rounding = rules.size(where.removesuffix("@.")) or ("B", "B")
    size, shown = size_of(element, name, default)
    return shown if size is None else f"{round_up(size, rounding)} {rounding}"


def _told(difference: Difference) -> str:
    """What a difference says, in 16 digits, secrets aside."""
    return hashlib.sha256(json.dumps([difference.before, difference.after]).encode()).hexdigest()[:16]


def _named(desired: Element, stored: Element, place: Place, rules: Rules) -> t.Iterator[str]:
    """The paths of what both documents say and the tables could only guess who said it."""
    for name in [*desired.attrib, ""]:
        where, asked, content = place.attribute(name), said(desired, name), said(stored, name)
        if asked and content and rules.fit("guessed", where.value_tags, content, desired):
            yield where.words
            if asked == content and rules.rows("loose", where.value_tags):
                yield where.words + LITERAL
    if rules.has("opaque", place.tags):
        return
    ours, theirs = children(stored), children(desired)
    for tag, found in theirs.items():
        tags = join(place.tags, tag)
        for pair, where in placed(ours.get(tag, []), found, tags, place, rules):
            if pair.left is None or pair.right is None:
                continue
            if any(row.fits_element(pair.left) for row in rules.rows("guessed", tags)):
                yield where.words
            yield from _named(pair.right, pair.left, where, rules)
