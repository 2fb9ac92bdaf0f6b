# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a document is not what libvirt's schema describes: docs/dev/engine.md tells how."""

from __future__ import annotations

import copy
import difflib
import time
from typing import Any

from .compare import Place, children, said, sized
from .document import Element, etree, join, tag_name
from .tables import Rules, size_bytes

#: How long a document is looked at, and how many allowed names are told.
SECONDS = 0.8
SHOWN = 12

_RNG = "{http://relaxng.org/ns/structure/1.0}"


def explain(tree: Element, folder: str, rules: Rules) -> tuple[list[str], bool]:
    """What is wrong, by line; whether time was over. Raises OSError, LxmlError: no schema."""
    search, over = _Search(copy.deepcopy(tree), folder, rules), False
    try:
        search.run()
    except TimeoutError:
        over = True
    return [told for _line, told in sorted(search.found)], over


class _Search:
    def __init__(self, tree: Element, folder: str, rules: Rules) -> None:
        self.tree, self.rules = tree, rules
        self.found: list[tuple[int, str]] = []
        self.known: dict[Element, Any] = {}
        self.names: dict[str, Any] = {}
        # What references refer to, by name; no file is from elsewhere.
        self.behind: dict[str, list[Element]] = {}
        files = [rules.schema]
        while files:
            name = files.pop()
            root = etree.parse(f"{folder}/{name}", etree.XMLParser(remove_comments=True, remove_pis=True)).getroot()
            self.behind[name] = [root]
            for part in root.iter(f"{_RNG}*"):
                if part.tag == f"{_RNG}define":
                    self.behind.setdefault(part.get("name"), []).append(part)
                if part.get("href", name) not in [*self.behind, *files]:
                    files.append(part.get("href"))
        self.schema = etree.RelaxNG(file=f"{folder}/{rules.schema}")
        self.end = time.monotonic() + SECONDS

    def run(self) -> None:
        if not self.schema.validate(self.tree):
            start = self.within("/", self.behind[self.rules.schema])
            self.look(self.tree, start.get(self.tree.tag, []), Place())
            if not self.rules.partial and not self.found:
                self.blame(self.tree)

    def hurry(self) -> None:
        if time.monotonic() > self.end:
            raise TimeoutError

    def is_valid(self) -> bool:
        self.hurry()
        return bool(self.schema.validate(self.tree))

    def within(self, tags: str, patterns: list[Element]) -> Any:
        """The patterns at a tag path: by tag, @attribute, . for a text, * for any tag."""
        if tags not in self.names:
            self.names[tags] = {} if patterns else {"*": []}
            for pattern in patterns:
                self.collect(pattern, self.names[tags])
        return self.names[tags]

    def collect(self, pattern: Element, found: Any) -> None:
        for part in pattern:
            kind, name = part.tag[len(_RNG) :], part.get("name", "*")
            mark = {"element": "", "attribute": "@", "value": ".", "data": ".", "text": "."}.get(kind)
            if mark is not None:
                found.setdefault("." if mark == "." else mark + name, []).append(part)
            elif kind != "define":
                for one in self.behind[part.get("href", name)] if kind in ("ref", "include") else [part]:
                    self.collect(one, found)

    def tell(self, element: Element, place: Place, problem: str, name: str = "", allowed: Any = ()) -> None:
        near = difflib.get_close_matches(name, allowed, 1, 0.65)
        listed = [one or "''" for one in dict.fromkeys(allowed)]
        if near:
            problem += f" (did you mean {near[0]}?)"
        elif listed:
            problem += f" (allowed: {', '.join(listed[:SHOWN] + ['...'][: len(listed) // (SHOWN + 1)])})"
        line = element.sourceline or 0
        self.found.append((line, f"line {line}{place.words and ', '}{place.words}: {problem}"))
        self.hurry()

    def look(self, element: Element, patterns: list[Element], place: Place) -> None:
        names, tag = self.within(place.tags, patterns), f"<{tag_name(element.tag)}>"
        self.known[element] = place, list(names)
        if not len(element):
            self.value(element, element.text or "", names, place)
        for name, given in element.items():
            where = place.attribute(tag_name(name))
            if f"@{name}" in names:
                self.value(element, given, self.within(where.tags, names[f"@{name}"]), where)
            elif not {"*", "@*"} & {*names}:
                allowed = [one[1:] for one in names if one[0] == "@"]
                self.tell(element, where, f"{tag} has no attribute {tag_name(name)}", name, allowed)
        for kind, found in children(element).items():
            for number, child in enumerate(found):
                where = place.child(child, join(place.tags, kind), self.rules, number, len(found) > 1)
                name = etree.QName(child).localname
                if name in names or "*" in names:
                    self.hurry()
                    self.look(child, names.get(name, []), where)
                else:
                    allowed = [one for one in names if one[0] not in "@."]
                    self.tell(child, where, f"{tag} has no element <{kind}>", name, allowed)

    def value(self, element: Element, given: str, names: Any, place: Place) -> None:
        leaves = names.get(".", [])
        allowed = [leaf.text for leaf in leaves if leaf.tag == f"{_RNG}value"]
        if given.strip() and given not in allowed and 0 < len(leaves) == len(allowed):
            secret = self.rules.is_secret(place.value_tags)
            self.tell(element, place, f"{'the value' if secret else repr(given[:60])} is not allowed", "", allowed)

    def blame(self, element: Element) -> bool:
        """Tell what in an element is wrong, and take it out; False where it is the element."""
        place, names = self.known[element]
        inside = list(element)
        element[:] = sorted(inside, key=lambda child: [*names, child.tag].index(child.tag))
        if self.is_valid():
            return True  # Order is no fault.
        # The first alone, or all but one.
        for kept in (inside[:n] + inside[n + gap :] for gap in (len(inside), 1) for n in range(len(inside))):
            element[:] = kept
            if self.is_valid():
                break
        else:
            element[:] = inside
            self.tell(element, place, f"<{tag_name(element.tag)}> does not fit here, or lacks something")
            return False
        good = set(kept)
        for child in inside:
            element[:] = [one for one in inside if one in good or one is child]
            if self.is_valid() or self.blame(child):
                good.add(child)
        element[:] = [one for one in inside if one in good]
        return True


def refuse_sizes(tree: Element | None, rules: Rules, path: str = "") -> None:
    """Raise ValueError, with the line, for a size without a number or a known unit."""
    if tree is None:
        return
    for name in sized(tree, path, rules):
        default = rules.size(f"{path}@{name}" if name else path) or ("bytes",)
        try:
            size_bytes((said(tree, name) or "").strip(), tree.get("unit"), default[0])
        except ValueError as error:
            raise ValueError(f"line {tree.sourceline}: {path}: {error}") from None
    for child in tree:
        refuse_sizes(child, rules, join(path, tag_name(child.tag)))
