# Copyright (c) 2026, converge.libvirt contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options declared once: how an option is written in a task, which paths it owns, and its way into XML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable

from .._plan import Refused
from .._xml.document import DocumentError, parse, value
from .._xml.overlay import WHOLE, Scope

#: The scope of a task that says nothing of the definition.
NOTHING = Scope.of(())

#: Connection options, the same in every module.
CONNECTION: dict[str, dict[str, Any]] = {
    "uri": {"type": "str", "default": "qemu:///system", "fallback": ("env", "LIBVIRT_DEFAULT_URI")},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "timeout": {"type": "float", "default": 30},
    "wait_timeout": {"type": "float", "default": 300},
}

#: What becomes of the running object, the same for every kind that can be changed while it runs.
APPLY: dict[str, dict[str, Any]] = {
    "apply": {"type": "str", "choices": ["auto", "stored", "live"], "default": "auto"},
    "restart": {"type": "str", "choices": ["never", "when_needed"], "default": "never"},
}

#: What becomes of what libvirt does not know, the same in every module that converges.
VALIDATE: dict[str, dict[str, Any]] = {
    "validate": {"type": "str", "choices": ["off", "warn", "strict"], "default": "warn"},
}

#: What names an object and says how it shall be, the same in every module that converges.
OBJECT: dict[str, dict[str, Any]] = {
    "name": {"type": "str"},
    "uuid": {"type": "str"},
    "xml": {"type": "str"},
    "autostart": {"type": "bool"},
}


@dataclass(frozen=True)
class Option:
    """One typed option.

    argument: its entry in the argument spec. owns: the table paths it manages, relative to the root.
    write: lays the value over a document; takes (document, value, current document or None).
    """

    name: str
    argument: dict[str, Any]
    owns: tuple[str, ...]
    write: Callable[[Any, Any, Any], None]


@dataclass(frozen=True)
class Desired:
    """What a task asks of one object.

    name, uuid: which one (either may be None, not both). tree: the desired document, None where the task says
    nothing of the definition. scope: what of it the task owns, which then is nothing.
    """

    name: str | None
    uuid: str | None
    tree: Any = None
    scope: Scope = NOTHING

    @property
    def complete(self) -> bool:
        """Whether the document says enough to make the object."""
        return self.tree is not None and self.scope.owned is None


@dataclass(frozen=True)
class Spec:
    """The options of one module: argument spec and the way into a desired document.

    noun: as in sentences. root: the document element. options: the typed ones. arguments: the others.
    common: what names an object of this kind. constraints: of AnsibleModule (required_one_of, ...).
    from_options: whether the typed options alone, without xml, can make an object.
    name_at, uuid_at: where a document names its object, as `value` reads it. naming: the ways to do it, in words.
    A kind whose objects are named otherwise has a subclass.
    """

    noun: str
    root: str
    states: tuple[str, ...]
    options: tuple[Option, ...] = ()
    common: dict[str, dict[str, Any]] = field(default_factory=lambda: OBJECT)
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    constraints: dict[str, Any] = field(default_factory=dict)
    from_options: bool = False
    name_at: str = "name"
    uuid_at: str = "uuid"
    naming: str = "by name, by uuid or by a <name> in xml"

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        """The whole argument spec of the module, in the form that AnsibleModule takes (but see env fallbacks)."""
        state = {"type": "str", "choices": list(self.states), "default": "present"}
        typed = {option.name: option.argument for option in self.options}
        return {**self.common, "state": state, **typed, **self.arguments, **VALIDATE, **CONNECTION}

    def identity(self, params: dict[str, Any]) -> Desired:
        """The object a task is about, with its XML parsed. Raises Refused where name, uuid and XML disagree."""
        tree = self._parsed(params["xml"])
        name = self.name(params, tree)
        given = normal_uuid(params.get("uuid"))
        uuid = agreed("uuid", given, normal_uuid(_at(tree, self.uuid_at)), self.noun)
        if name is None and uuid is None:
            raise Refused(f"name the {self.noun}: {self.naming}")
        return Desired(name, uuid, tree, NOTHING if tree is None else WHOLE)

    def name(self, params: dict[str, Any], tree: Any) -> str | None:
        """The name of the object, from the options or the document. Raises Refused where they disagree."""
        return agreed("name", params["name"], _at(tree, self.name_at), self.noun)

    def put_identity(self, tree: Any, asked: Desired) -> None:
        """Write into a document what only the options name."""
        for at, text in ((self.uuid_at, asked.uuid), (self.name_at, asked.name)):
            if text is None or _at(tree, at) is not None:
                continue
            if at.startswith("@"):
                tree.set(at[1:], text)
            else:
                for blank in tree.findall(at):
                    tree.remove(blank)
                tree.insert(0, tree.makeelement(at))
                tree[0].text = text

    def desired(self, params: dict[str, Any], asked: Desired, current: Any) -> Desired:
        """The desired document and its scope: xml, with the typed options that were given laid over it.

        current: the stored document or None. A pure function; without xml the document holds only what is owned.
        """
        given = [option for option in self.options if params[option.name] is not None]
        if asked.tree is None and not given:
            return asked
        tree = _copy(asked.tree) if asked.tree is not None else parse(f"<{self.root}/>")
        for option in given:
            try:
                option.write(tree, params[option.name], current)
            except ValueError as error:
                raise Refused(f"{option.name}: {error}") from None
        if asked.tree is not None or (current is None and self.from_options):
            self.put_identity(tree, asked)
            return Desired(asked.name, asked.uuid, tree, WHOLE)
        owned = [path for option in given for path in option.owns]
        return Desired(asked.name, asked.uuid, tree, Scope.of(owned))

    def _parsed(self, xml: str | None) -> Any:
        if xml is None:
            return None
        try:
            return parse(xml, self.root)
        except DocumentError as error:
            raise Refused(f"xml: {error}") from None


@dataclass(frozen=True)
class Survey:
    """The options of one info module. plural: the key of its result. arguments: beside names and the connection."""

    plural: str
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        """The whole argument spec of the module."""
        return {"names": {"type": "list", "elements": "str"}, **self.arguments, **CONNECTION}


def agreed(what: str, option: str | None, element: str | None, noun: str) -> str | None:
    """The one value of an option and an element that say the same thing. Raises Refused where they differ."""
    if option is not None and not option.strip():
        raise Refused(f"{what} is empty: give the {noun} a {what}")
    if option is not None and element is not None and option != element:
        raise Refused(f"{what} says '{option}' but xml says '{element}': make them equal or leave one out")
    return option if option is not None else element


def normal_uuid(text: str | None) -> str | None:
    """A UUID as libvirt writes it. Raises Refused on what is none."""
    if text is None:
        return None
    digits = text.strip().replace("-", "").lower()
    if len(digits) != 32 or any(digit not in "0123456789abcdef" for digit in digits):
        raise Refused(f"uuid '{text}' is not a UUID: 32 hexadecimal digits, with or without dashes")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def element(tree: Any, tag: str) -> Any:
    """The child element of that tag, made where there is none."""
    found = tree.find(tag)
    if found is None:
        found = tree.makeelement(tag)
        tree.append(found)
    return found


def write_text(tag: str) -> Callable[[Any, Any, Any], None]:
    """A writer that makes the option's value the text of a child element; an empty value removes the element."""

    def write(tree: Any, value: Any, _current: Any) -> None:
        if value == "":
            for found in tree.findall(tag):
                tree.remove(found)
        else:
            element(tree, tag).text = str(value)

    return write


def _at(tree: Any, path: str) -> str | None:
    """What a document says at a place, as `value` reads it; nothing where it is blank."""
    found = None if tree is None else value(tree, path)
    return (found or "").strip() or None


def _copy(tree: Any) -> Any:
    return tree.__deepcopy__({})
