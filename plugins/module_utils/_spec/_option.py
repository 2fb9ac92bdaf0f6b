# SPDX-License-Identifier: GPL-3.0-or-later

"""Options declared once: in the task, in the paths they own, on their way into XML."""

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

#: What becomes of the running object.
APPLY: dict[str, dict[str, Any]] = {
    "apply": {"type": "str", "choices": ["auto", "stored", "live"], "default": "auto"},
    "restart": {"type": "str", "choices": ["never", "when_needed"], "default": "never"},
}

#: What becomes of what libvirt does not know.
VALIDATE: dict[str, dict[str, Any]] = {
    "validate": {"type": "str", "choices": ["off", "warn", "strict"], "default": "warn"},
}

#: What names an object and says how it shall be.
OBJECT: dict[str, dict[str, Any]] = {
    "name": {"type": "str"},
    "uuid": {"type": "str"},
    "xml": {"type": "str"},
    "autostart": {"type": "bool"},
}


@dataclass(frozen=True)
class Option:
    """One typed option.

    argument: in the argument spec. owns: the tag paths it manages. write: lays the value over a document; takes
    (document, value, current document or None), may raise ValueError.
    """

    name: str
    argument: dict[str, Any]
    owns: tuple[str, ...]
    write: Callable[[Any, Any, Any], None]


@dataclass(frozen=True)
class Desired:
    """What a task asks of one object.

    name, uuid: one may be None. tree: the desired document, None where the definition is not the task's. scope: what of
    it is.
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
    """The options of one module.

    noun: in sentences. root: tag of its documents. options: the typed ones. common: what names an object. arguments:
    the others. constraints: of AnsibleModule. from_options: whether the typed options can make an object without xml.
    name_at, uuid_at: where a document names its object, as `value` reads it. naming: the ways to do so, in words.
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
        """As AnsibleModule takes it, but for the fallbacks."""
        state = {"type": "str", "choices": list(self.states), "default": "present"}
        typed = {option.name: option.argument for option in self.options}
        return {**self.common, "state": state, **typed, **self.arguments, **VALIDATE, **CONNECTION}

    def identity(self, params: dict[str, Any]) -> Desired:
        """The object a task is about, its XML parsed. Raises Refused where name, uuid and XML disagree."""
        tree = self._parsed(params["xml"])
        name = self.name(params, tree)
        given = normal_uuid(params.get("uuid"))
        uuid = agreed("uuid", given, normal_uuid(_at(tree, self.uuid_at)), self.noun)
        if name is None and uuid is None:
            raise Refused(f"name the {self.noun}: {self.naming}")
        return Desired(name, uuid, tree, NOTHING if tree is None else WHOLE)

    def state(self, params: dict[str, Any]) -> str:
        """The state in which the object shall be."""
        state: str = params["state"]
        return state

    def name(self, params: dict[str, Any], tree: Any) -> str | None:
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
        """The desired document and its scope: the given options laid over xml, or alone without it.

        current: the stored document or None.
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
    """The options of one info module. plural: the key of its result."""

    plural: str
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        """As AnsibleModule takes it, but for the fallbacks."""
        return {"names": {"type": "list", "elements": "str"}, **self.arguments, **CONNECTION}


def agreed(what: str, option: str | None, element: str | None, noun: str) -> str | None:
    """The one value of an option and an element. Raises Refused where they differ."""
    if option is not None and not option.strip():
        raise Refused(f"{what} is empty: give the {noun} a {what}")
    if option is not None and element is not None and option != element:
        raise Refused(f"{what} says '{option}' but xml says '{element}': make them equal or leave one out")
    return option if option is not None else element


def normal_uuid(text: str | None) -> str | None:
    """A UUID as libvirt writes it. Raises Refused for what is none."""
    if text is None:
        return None
    digits = text.strip().replace("-", "").lower()
    if len(digits) != 32 or any(digit not in "0123456789abcdef" for digit in digits):
        raise Refused(f"uuid '{text}' is not a UUID: 32 hexadecimal digits, with or without dashes")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _at(tree: Any, path: str) -> str | None:
    found = None if tree is None else value(tree, path)
    return (found or "").strip() or None


def _copy(tree: Any) -> Any:
    return tree.__deepcopy__({})
