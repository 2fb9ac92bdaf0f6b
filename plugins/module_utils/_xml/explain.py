# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a document is not what libvirt's schema describes: the line, the element, and what was probably meant.

libxml2 decides whether it is valid, but often names only the root: the document is laid against the grammar, element by
element. An order that libxml2 does not like is no finding. Of RELAX NG, what libvirt 9.0 uses is understood.
"""

from __future__ import annotations

import copy
import dataclasses
import difflib
import os
import time
import typing as t

from .compare import Place, children, sized
from .document import Element, etree, join, tag_name
from .tables import Rules
from .values import size_bytes

#: How long a document is looked at; some hundred devices take a quarter of that.
SECONDS = 0.8
#: How many of the allowed values are listed, how much of a value is shown, and how long a regular expression may be.
SHOWN = 12
LONGEST = 60
LONGEST_FORM = 40
#: How much more a value that is not listed says against an alternative than one of a wrong form.
DISCRIMINATOR = 10

_RNG = "{http://relaxng.org/ns/structure/1.0}"


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that is not as the schema has it, without secrets.

    path: as in differences; empty for the root. fix: what was probably meant, or is allowed, where that is known.
    """

    line: int
    path: str
    problem: str
    fix: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.path}" if self.path else f"line {self.line}"
        return f"{where}: {self.problem}" + (f" ({self.fix})" if self.fix else "")


def explain(tree: Element, schema: Schema, rules: Rules) -> tuple[list[Finding], bool]:
    """What is wrong with a document, by line; and whether time was over before its end."""
    if schema.is_valid(tree):
        return [], False
    search = _Search(schema, rules)
    start = schema.content([schema.root], tree)
    if tree.tag in start.elements:
        search.element(tree, start.elements[tree.tag], Place())
    return sorted(search.found, key=lambda finding: finding.line), search.is_over()


class _Search:
    """A document laid against the grammar."""

    def __init__(self, schema: Schema, rules: Rules) -> None:
        self.schema = schema
        self.rules = rules
        self.found: list[Finding] = []
        self._end = time.monotonic() + SECONDS
        self._contents: dict[tuple[object, ...], Content] = {}
        self._nothing = etree.Element("nothing")

    def is_over(self) -> bool:
        return time.monotonic() > self._end

    def element(self, element: Element, patterns: list[Element], place: Place) -> None:
        """Find what is wrong in an element that is one of these patterns."""
        contents = [self._content(pattern, element) for pattern in patterns]
        told = [_Judgement(element, one, place, self.schema, self.rules).found for one in contents]
        least = min(told, key=len)
        self.found += least
        allowed = one_of([one for one, found in zip(contents, told) if len(found) == len(least)], element)
        for child, where in _placed(element, place, self.rules):
            if child.tag in allowed.elements and not self.is_over():
                self.element(child, allowed.elements[child.tag], where)

    def _content(self, pattern: Element, element: Element) -> Content:
        """What is allowed in an element. Where patterns take the same values, elements share the answer."""
        every = self._remembered((pattern,), pattern, self._nothing).attributes
        takes = (tuple(self.schema.takes(one, given) for one in every.get(name, ())) for name, given in element.items())
        return self._remembered((pattern, *element.keys(), *takes), pattern, element)

    def _remembered(self, key: tuple[object, ...], pattern: Element, element: Element) -> Content:
        if key not in self._contents:
            self._contents[key] = self.schema.content(pattern, element)
        return self._contents[key]


def _placed(element: Element, place: Place, rules: Rules) -> t.Iterator[tuple[Element, Place]]:
    for tag, found in children(element).items():
        for number, child in enumerate(found):
            yield child, place.child(child, join(place.tags, tag), rules, number, len(found) > 1)


class _Judgement:
    """What is wrong with one element itself."""

    def __init__(self, element: Element, allowed: Content, place: Place, schema: Schema, rules: Rules) -> None:
        self.element = element
        self.allowed = allowed
        self.place = place
        self.schema = schema
        self.rules = rules
        self.tag = f"<{tag_name(element.tag)}>"
        self.found: list[Finding] = []
        # There, or meant to be.
        self.seen = {f"@{name}" for name in element.attrib}
        for name, given in element.attrib.items():
            self._attribute(name, given)
        # Where a wrong value tells what the element is, the rest would be judged by what it is not.
        if not any(cost >= DISCRIMINATOR for cost in allowed.misfits.values()):
            self._inside()

    def _tell(self, place: Place, problem: str, fix: str = "", element: Element = None) -> None:
        line = (self.element if element is None else element).sourceline or 0
        self.found.append(Finding(line, place.words, problem, fix))

    def _attribute(self, name: str, given: str) -> None:
        where = self.place.attribute(tag_name(name))
        if name in self.allowed.attributes:
            self._value(where, given, self.allowed.attributes[name], where.tags)
            if not self.found and name in self.allowed.misfits:
                self._tell(where, f"its value does not go with the other attributes of {self.tag}")
        elif not self.allowed.anything:
            fix = self._meant(name, self.allowed.attributes, self.allowed.elements, "attributes")
            self._tell(where, f"{self.tag} has no attribute {tag_name(name)}", fix)

    def _value(self, where: Place, given: str, patterns: list[Element], tags: str) -> None:
        if any(self.schema.takes(pattern, given) for pattern in patterns):
            return
        leaves = [leaf for pattern in patterns for leaf in self.schema.leaves(pattern)]
        listed = [said(leaf) for leaf in leaves if leaf.tag.endswith("}value")]
        allowed = _list([*listed, *(form(leaf) for leaf in leaves if leaf.tag.endswith("}data"))])
        if self.rules.is_secret(tags):
            self._tell(where, "the value is not allowed", allowed)
            return
        near = closest(given, listed)
        shown = given if len(given) <= LONGEST else f"{given[:LONGEST]}..."
        self._tell(where, f"'{shown}' is not allowed", f"did you mean '{near}'? {allowed}" if near else allowed)

    def _inside(self) -> None:
        allowed, text = self.allowed, (self.element.text or "").strip()
        if allowed.anything:
            return
        for child, where in _placed(self.element, self.place, self.rules):
            if child.tag not in allowed.elements:
                fix = self._meant(child.tag, allowed.elements, allowed.attributes, "elements")
                self._tell(where, f"{self.tag} has no element <{tag_name(child.tag)}>", fix, child)
            elif child.tag in self.seen and child.tag not in allowed.many:
                self._tell(where, f"{self.tag} has only one <{tag_name(child.tag)}>", "", child)
            self.seen.add(child.tag)
        if text and not allowed.texts:
            self._tell(self.place, f"{self.tag} holds no text")
        elif text and not len(self.element):
            self._value(self.place, text, allowed.texts, f"{self.place.tags}@.")
        for name in sorted(allowed.required - self.seen) if not self.rules.partial else ():
            what = f"attribute {name[1:]}" if name[0] == "@" else f"<{tag_name(name)}>"
            self._tell(self.place, f"{self.tag} lacks its {what}")

    def _meant(self, name: str, here: dict[str, t.Any], other: dict[str, t.Any], kind: str) -> str:
        """What a name is likely to be: misspelt, or in the wrong place."""
        near = closest(name, here)
        if near:
            self.seen.add(near if kind == "elements" else f"@{near}")
            return f"did you mean {tag_name(near)}?"
        if name in other:
            return f"{name} is an {'element' if kind == 'attributes' else 'attribute'} of it"
        nothing = etree.Element("nothing")
        for tag, patterns in self.allowed.elements.items():
            if any(name in getattr(self.schema.content(pattern, nothing), kind) for pattern in patterns):
                return f"it belongs into <{tag_name(tag)}>"
        return _list(here)


def closest(name: str, allowed: t.Iterable[str]) -> str | None:
    """The allowed name that is like this one, if any."""
    names = {one.lower(): one for one in allowed}
    near = difflib.get_close_matches(name.lower(), names, 1, 0.6 if len(name) < 5 else 0.75)
    return names[near[0]] if near else None


def _list(names: t.Iterable[str]) -> str:
    told = [tag_name(name) if name else "''" for name in dict.fromkeys(names)]
    return f"allowed: {', '.join(told[:SHOWN])}{', ...' if len(told) > SHOWN else ''}" if told else ""


def refuse_sizes(tree: Element | None, rules: Rules) -> None:
    """Raise ValueError, with the line, for a size without a number or a known unit."""
    if tree is not None:
        _refuse_sizes(tree, "", rules)


def _refuse_sizes(element: Element, path: str, rules: Rules) -> None:
    for name in sized(element, path, rules):
        tags = f"{path}@{name}" if name else path
        number = (element.get(name, "") if name else element.text or "").strip()
        default, _rounding = rules.size(tags) or ("bytes", "bytes")
        try:
            size_bytes(number, element.get("unit"), default)
        except ValueError as error:
            raise ValueError(f"line {element.sourceline}: {path}: {error}") from None
    for tag, found in children(element).items():
        for child in found:
            _refuse_sizes(child, join(path, tag), rules)


class SchemaError(Exception):
    """The schema cannot be used."""


@dataclasses.dataclass
class Content:
    """What is allowed in one element, in view of its attributes: patterns (elements of the schema) by name.

    required: names, with an @ in front of an attribute's. many: elements that may stand several times. anything:
    whether any name will do. misfits: the attributes whose values speak against this, and how much.
    """

    attributes: dict[str, list[Element]] = dataclasses.field(default_factory=dict)
    elements: dict[str, list[Element]] = dataclasses.field(default_factory=dict)
    texts: list[Element] = dataclasses.field(default_factory=list)
    required: set[str] = dataclasses.field(default_factory=set)
    many: set[str] = dataclasses.field(default_factory=set)
    anything: bool = False
    misfits: dict[str, int] = dataclasses.field(default_factory=dict)

    def add(self, other: Content) -> None:
        for mine, theirs in ((self.attributes, other.attributes), (self.elements, other.elements)):
            for name, patterns in theirs.items():
                mine[name] = mine.get(name, []) + patterns
        self.texts += other.texts
        self.required |= other.required
        self.many |= other.many
        self.anything |= other.anything
        self.misfits.update(other.misfits)


def one_of(contents: list[Content], element: Element) -> Content:
    """What the alternatives allow against which the least speaks: an attribute's value, or that they do not have it."""
    known = {name for content in contents for name in content.attributes if name in element.attrib}
    costs = [sum(content.misfits.values()) + 2 * len(known - content.attributes.keys()) for content in contents]
    fitting = [content for content, cost in zip(contents, costs) if cost == min(costs)]
    merged = Content()
    for content in fitting:
        merged.add(content)
    merged.required = set.intersection(*(content.required for content in fitting))
    return merged


class Schema:
    """A schema, of plain files of one folder. Raises SchemaError."""

    def __init__(self, folder: str, name: str) -> None:
        self.root = _read(folder, name)
        self._defines: dict[Element, dict[str, list[Element]]] = {}
        self._checkers: dict[Element, t.Any] = {}
        try:
            self._compiled = etree.RelaxNG(self.root)
        except etree.RelaxNGParseError as error:
            raise SchemaError(f"{name}: {error}") from None

    def is_valid(self, tree: Element) -> bool:
        return bool(self._compiled.validate(tree))

    def content(self, patterns: t.Iterable[Element], element: Element) -> Content:
        """What patterns allow together in an element."""
        found = Content()
        for pattern in patterns:
            other = self._content(pattern, element)
            found.many |= found.elements.keys() & other.elements.keys()
            found.add(other)
        return found

    def _content(self, pattern: Element, element: Element) -> Content:
        kind, name, found = _kind(pattern), _name(pattern), Content()
        if kind in ("element", "attribute") and not name:
            found.anything = True
        elif kind == "element":
            found.elements[name] = [pattern]
            found.required.add(name)
        elif kind == "attribute":
            found.attributes[name] = [pattern]
            found.required.add(f"@{name}")
            if name in element.attrib and not self.takes(pattern, element.get(name, "")):
                listed = all(_kind(leaf) == "value" for leaf in self.leaves(pattern))
                found.misfits[name] = DISCRIMINATOR if listed else 1
        elif kind in ("value", "data", "text"):
            found.texts.append(pattern)
        elif kind == "choice":
            found = one_of([self._content(part, element) for part in pattern], element)
        elif kind in ("ref", "grammar"):
            found = one_of([self.content(define, element) for define in self._behind(pattern)], element)
        else:
            found = self.content(pattern, element)
        if kind in ("optional", "zeroOrMore"):
            found.required.clear()
        if kind in ("oneOrMore", "zeroOrMore"):
            found.many.update(found.elements)
        return found

    def _behind(self, reference: Element) -> list[Element]:
        """What a reference refers to, or a grammar starts with; several are alternatives."""
        grammar = reference if _kind(reference) == "grammar" else next(reference.iterancestors(f"{_RNG}grammar"))
        if grammar not in self._defines:
            self._defines[grammar] = {}
            # An included file is a div now. What starts has no name.
            for child in grammar.iterfind(f".//{_RNG}*"):
                if _kind(child) in ("define", "start") and next(child.iterancestors(f"{_RNG}grammar")) is grammar:
                    self._defines[grammar].setdefault(child.get("name", ""), []).append(child)
        return self._defines[grammar].get(reference.get("name", ""), [])

    def takes(self, pattern: Element, text: str) -> bool:
        kind = _kind(pattern)
        if kind == "value":
            return " ".join(text.split()) == said(pattern)
        if kind == "data":
            return self._is_of_type(pattern, text)
        if kind in ("empty", "optional") and not text.strip():
            return True
        parts = self._behind(pattern) if kind == "ref" else list(pattern)
        return kind == "text" or (kind == "attribute" and not parts) or any(self.takes(part, text) for part in parts)

    def _is_of_type(self, pattern: Element, text: str) -> bool:
        """libxml2, which knows the types, is asked about this one alone."""
        if pattern not in self._checkers:
            checker = etree.Element(f"{_RNG}element", name="value")
            checker.append(copy.deepcopy(pattern))
            self._checkers[pattern] = etree.RelaxNG(checker)
        value = etree.Element("value")
        value.text = text
        return bool(self._checkers[pattern].validate(value))

    def leaves(self, pattern: Element) -> t.Iterator[Element]:
        """The patterns ``value``, ``data`` and ``text`` in a pattern."""
        if _kind(pattern) in ("value", "data", "text"):
            yield pattern
        else:
            for part in self._behind(pattern) if _kind(pattern) == "ref" else pattern:
                yield from self.leaves(part)


def _kind(pattern: Element) -> str:
    return str(pattern.tag[len(_RNG) :])


def _name(pattern: Element) -> str:
    """A name as lxml writes it; empty where any will do."""
    name, space = pattern.get("name", ""), pattern.get("ns")
    if space is None and _kind(pattern) == "element":
        space = next((above.get("ns") for above in pattern.iterancestors() if "ns" in above.attrib), None)
    return f"{{{space}}}{name}" if space else name


def said(pattern: Element) -> str:
    """The one text that a ``value`` allows."""
    return " ".join((pattern.text or "").split())


def form(pattern: Element) -> str:
    """What a ``data`` allows: a range, or its name and the regular expression."""
    rows = {row.get("name"): row.text or "" for row in pattern.iter(f"{_RNG}param")}
    if "minInclusive" in rows or "maxInclusive" in rows:
        return f"{rows.get('minInclusive', '...')} to {rows.get('maxInclusive', '...')}"
    owner = next(pattern.iterancestors(*(f"{_RNG}{kind}" for kind in ("define", "element", "attribute"))))
    name = owner.get("name") if _kind(owner) == "define" else pattern.get("type")
    regex = rows.get("pattern", "")
    return f"{name} {regex}" if regex and len(regex) <= LONGEST_FORM else str(name)


def _read(folder: str, name: str) -> Element:
    """The grammar of a file, with what it includes in place."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False, remove_comments=True, remove_pis=True)
    try:
        # Never anywhere else, whatever a schema says.
        root = etree.parse(os.path.join(folder, os.path.basename(name)), parser).getroot()
    except (OSError, etree.XMLSyntaxError) as error:
        raise SchemaError(f"{name}: {error}") from None
    if next(root.iter(f"{_RNG}externalRef", f"{_RNG}parentRef"), None) is not None:
        raise SchemaError(f"{name} refers to other schemas")
    for data in root.iter(f"{_RNG}data"):
        # libxml2 dissolves a div before it asks which library a type is from.
        library = next((one for above in data.iterancestors() for one in [above.get("datatypeLibrary")] if one), "")
        data.set("datatypeLibrary", data.get("datatypeLibrary", library))
    for include in list(root.iter(f"{_RNG}include")):
        included = _read(folder, include.get("href", ""))
        included.tag = f"{_RNG}div"
        include.getparent().replace(include, included)
    return root
