# SPDX-License-Identifier: GPL-3.0-or-later

"""Options declared once: in the task, in the paths they own, into XML and back."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any, Callable

from .._plan import Refused
from .._result import CONNECTION
from .._xml.compare import compare
from .._xml.document import DocumentError, below, etree, mask, parse, serialise, value
from .._xml.overlay import WHOLE, Scope
from .._xml.tables import Rules
from ._table import Reader, Row, Table, Writer, rows

#: The scope of a task that says nothing of the definition.
NOTHING = Scope.of(())

APPLY: dict[str, dict[str, Any]] = {
    "apply": {"type": "str", "choices": ["auto", "stored", "live"], "default": "auto"},
    "restart": {"type": "str", "choices": ["never", "when_needed"], "default": "never"},
}

VALIDATE: dict[str, dict[str, Any]] = {
    "validate": {"type": "str", "choices": ["off", "warn", "strict"], "default": "warn"},
}

UNMANAGED: dict[str, dict[str, Any]] = {
    "unmanaged": {"type": "str", "choices": ["remove", "keep"], "default": "remove"},
    "keep": {"type": "list", "elements": "str", "default": []},
}

#: States that need no libvirt: options as a document, and a document as options.
OFFLINE = ("rendered", "parsed")

#: What names an object and says how it shall be.
OBJECT: dict[str, dict[str, Any]] = {
    "name": {"type": "str"},
    "uuid": {"type": "str"},
    "xml": {"type": "str"},
    "autostart": {"type": "bool"},
}


@dataclass(frozen=True)
class Option:
    """One typed option; docs/dev/option_tables.md says what the fields are."""

    name: str
    argument: dict[str, Any]
    owns: Callable[[Any], list[str]]
    write: Callable[[Any, Any, Any, bool], None]
    read: Callable[[Any], Any]
    paths: tuple[str, ...]
    lists: tuple[str, ...] = ()
    row: Row | None = None

    def concerns(self, tags: str) -> bool:
        """Whether a tag path is one of the option's, or below or above it."""
        return any(below(tags, path) or below(path, tags) for path in self.paths)


def from_table(table: Table, rules: Rules) -> tuple[Option, ...]:
    return tuple(_from_row(row, rules) for row in rows(table))


def _from_row(row: Row, rules: Rules) -> Option:
    return Option(
        row.name,
        row.argument(),
        row.owns,
        lambda tree, given, current, union: Writer(rules).option(tree, row, given, current, union),
        lambda tree: Reader(rules).take(tree, row),
        tuple(row.places()),
        tuple(row.all_lists()),
        row,
    )


@dataclass(frozen=True)
class Desired:
    """What a task asks of one object. tree: the desired document, None where it asks none."""

    name: str | None
    uuid: str | None
    tree: Any = None
    scope: Scope = NOTHING

    @property
    def complete(self) -> bool:
        return self.tree is not None and self.scope.owned is None


@dataclass(frozen=True)
class Spec:
    """The options of one module; docs/dev/option_tables.md says what the fields are."""

    noun: str
    rules: Rules
    states: tuple[str, ...]
    options: tuple[Option, ...] = ()
    common: dict[str, dict[str, Any]] = field(default_factory=lambda: OBJECT)
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    constraints: dict[str, Any] = field(default_factory=dict)
    from_options: bool = False
    name_at: str = "name"
    uuid_at: str = "uuid"
    naming: str = "by name, by uuid or by a <name> in xml"

    @property
    def offline_states(self) -> tuple[str, ...]:
        return OFFLINE if self.options else ()

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        """As AnsibleModule takes it, but for the fallbacks."""
        states = [*self.states, *self.offline_states]
        state = {"type": "str", "choices": states, "default": "present"}
        typed = {option.name: option.argument for option in self.options}
        return {**self.common, "state": state, **typed, **self.arguments, **VALIDATE, **CONNECTION}

    def identity(self, params: dict[str, Any]) -> Desired:
        """The object a task is about. Raises Refused where name, uuid and XML disagree."""
        for path in params.get("keep") or ():
            if set("[*") & set(path):
                raise Refused(f"keep: '{path}' is no path of tags, such as ip/dhcp/host")
        tree = self._parsed(params["xml"])
        name = self.name(params, tree)
        given = normal_uuid(params.get("uuid"))
        uuid = agreed("uuid", given, normal_uuid(_at(tree, self.uuid_at)), self.noun)
        if name is None and uuid is None:
            raise Refused(f"name the {self.noun}: {self.naming}")
        return Desired(name, uuid, tree, NOTHING if tree is None else WHOLE)

    def state(self, params: dict[str, Any]) -> str:
        state: str = params["state"]
        return state

    def name(self, params: dict[str, Any], tree: Any) -> str | None:
        return agreed("name", params["name"], _at(tree, self.name_at), self.noun)

    def put_identity(self, tree: Any, asked: Desired) -> None:
        for at, text in ((self.uuid_at, asked.uuid), (self.name_at, asked.name)):
            if text is None:
                continue
            if at.startswith("@"):
                tree.set(at[1:], text)
                continue
            found = tree.find(at)
            if found is None:
                found = tree.makeelement(at)
                tree.insert(0, found)
            found.text = text  # without blanks

    def desired(self, params: dict[str, Any], asked: Desired, current: Any) -> Desired:
        """The desired document and its scope: the given options laid over xml, or alone without it.

        current: the stored document or None.
        """
        given = [option for option in self.options if params[option.name] is not None]
        if asked.tree is None and not given:
            return asked
        whole = asked.tree is not None
        tree = copy.deepcopy(asked.tree) if whole else self._empty()
        for option in given:
            try:
                option.write(tree, params[option.name], current, whole)
            except ValueError as error:
                raise Refused(f"{option.name}: {error}") from None
        if whole or (current is None and self.from_options):
            self.put_identity(tree, asked)
        return Desired(asked.name, asked.uuid, tree, self._scope(params, given, tree, whole, current))

    def _scope(self, params: dict[str, Any], given: list[Option], tree: Any, whole: bool, current: Any) -> Scope:
        others, keep = params.get("unmanaged") == "keep", [path.replace("/@", "@") for path in params.get("keep") or ()]
        if current is None and (whole or self.from_options):
            return WHOLE
        if whole and not others:
            return Scope(keep=frozenset(keep))
        if whole:
            return Scope.naming(tree, self.rules, keep)
        owned = [path for option in given for path in option.owns(params[option.name])]
        return Scope.of(owned, [path for option in given for path in option.lists] if others else (), keep)

    def offline(self, params: dict[str, Any]) -> dict[str, Any]:
        """The answer of a state that needs no libvirt, secrets hidden."""
        if params["state"] == "parsed":
            if params["xml"] is None:
                raise Refused("state parsed reads xml: give it")
            return {"parsed": self.options_of(mask(self._parsed(params["xml"]), self.rules))}
        return {"rendered": serialise(mask(self.rendered(params), self.rules))}

    def options_of(self, document: Any) -> dict[str, Any]:
        """A document as the options of a task; what they do not cover is in ``xml``."""
        covered = list(self.options)
        while True:
            rest, found = copy.deepcopy(document), {}
            for at, name in ((self.name_at, "name"), (self.uuid_at, "uuid")):
                text = _at(rest, at) if name in self.common else None
                if text is not None:
                    found[name] = text
                    _take_away(rest, at)
            for option in covered:
                given = option.read(rest)
                if given is not None:
                    found[option.name] = given
            if rest.attrib or len(rest):
                found["xml"] = serialise(rest)
            missed = compare(document, self.rendered(found), self.rules)
            left = [one for one in covered if not any(one.concerns(each.tags) for each in missed)]
            if not missed or not covered:
                return found
            # What comes back different is told as it stands.
            covered = left if len(left) < len(covered) else []

    def rendered(self, given: dict[str, Any]) -> Any:
        """The document that options make, without what libvirt or a host would add."""
        params = {**dict.fromkeys(self.argument_spec()), "state": "present", **given}
        tree = self._parsed(params["xml"])
        asked = Desired(self.name(params, tree), normal_uuid(params.get("uuid")), tree)
        made = self.desired({**params, "state": "present"}, asked, None).tree
        if made is None:
            made = self._empty()
            self.put_identity(made, asked)
        return made

    def _empty(self) -> Any:
        return etree.Element(self.rules.root)

    def _parsed(self, xml: str | None) -> Any:
        if xml is None:
            return None
        try:
            return parse(xml, self.rules.root)
        except DocumentError as error:
            raise Refused(f"xml: {error}") from None


def agreed(what: str, option: str | None, element: str | None, noun: str) -> str | None:
    """The one value of an option and an element. Raises Refused where they differ."""
    if option is not None and not option.strip():
        raise Refused(f"{what} is empty: give the {noun} a {what}")
    if option is not None and element is not None and option != element:
        raise Refused(f"{what} says '{option}' but xml says '{element}': make them equal or leave one out")
    return option if option is not None else element


def normal_uuid(text: str | None) -> str | None:
    if text is None:
        return None
    digits = text.strip().replace("-", "").lower()
    if len(digits) != 32 or any(digit not in "0123456789abcdef" for digit in digits):
        raise Refused(f"uuid '{text}' is not a UUID: 32 hexadecimal digits, with or without dashes")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _at(tree: Any, path: str) -> str | None:
    found = None if tree is None else value(tree, path)
    return (found or "").strip() or None


def _take_away(tree: Any, path: str) -> None:
    if path.startswith("@"):
        del tree.attrib[path[1:]]
    else:
        for found in tree.findall(path):
            tree.remove(found)
