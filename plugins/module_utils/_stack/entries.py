# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of a stack, with the options of their kinds' own modules, checked as there."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._kind import Kind
from .._plan import Refused
from .._result import with_fallbacks
from .._xml.explain import refuse_sizes
from .order import KINDS, Node

#: What the stack says once for all of its entries.
COMMON = ("uri", "username", "password", "timeout", "wait_timeout")

#: What an option has that counts although nobody gives it.
IMPLICIT = {"default", "required", "apply_defaults", "fallback"}

#: The options of removal that hold for pruning, too, by how they start.
OF_REMOVAL = ("remove_", "discard_", "shutdown")


@dataclass(frozen=True)
class Sort:
    """One kind of object in a stack. spec: a Spec of _spec, that of the kind's own module."""

    kind: type[Kind]
    spec: Any

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        """The options of an entry: not all of its module's."""
        spec = self.spec.argument_spec()
        spec["state"] = {**spec["state"], "choices": list(self.spec.states)}
        return {name: argument for name, argument in spec.items() if name not in (*COMMON, "names")}


@dataclass(frozen=True)
class Entry:
    """One object as the stack wants it. params: as its own module would have them. asked: who it is."""

    node: Node
    sort: Sort
    params: dict[str, Any]
    asked: Any

    @property
    def pool(self) -> str | None:
        """The pool whose jobs it must not meet."""
        return self.params["pool"] if self.node.kind == "volumes" else None


class Reader:
    """Reads the entries of a task. params: those of the task."""

    def __init__(self, sorts: Mapping[str, Sort], params: dict[str, Any]) -> None:
        self.sorts = sorts
        self.params = params
        self.common = {**{name: params[name] for name in COMMON}, "names": None}
        self._options = functools.cache(lambda kind: sorts[kind].argument_spec())
        self._validator = functools.cache(self._validator_of)

    def entries(self) -> list[Entry]:
        """Every entry of the stack, in the order of the file. Raises Refused with the place of what is wrong."""
        found = []
        for kind in KINDS:
            for number, given in enumerate(self.params[kind] or ()):
                merged = {**self._defaults(kind), **given}
                if self.params["state"] == "absent":
                    merged["state"] = "absent"
                try:
                    found.append(self._entry(kind, merged))
                except Refused as error:
                    raise Refused(f"{kind}[{number}]: {error}") from None
        refuse_twins(found)
        return found

    def removal(self, kind: str, name: str, handle: Any, document: Any) -> Entry:
        """An entry that makes an object of libvirt's absent, by the defaults of its kind. Raises Refused."""
        if kind == "volumes":
            pool, _slash, volume = name.partition("/")
            who = {"pool": pool, "name": volume}
        elif kind == "secrets":
            who = {"uuid": handle.UUIDString()}
        else:
            who = {"name": name}
        kept = {key: value for key, value in self._defaults(kind).items() if key.startswith(OF_REMOVAL)}
        try:
            params = self._checked(kind, {**kept, **who, "state": "absent"})
        except Refused as error:
            raise Refused(f"defaults of {kind}: {error}") from None
        sort = self.sorts[kind]
        return Entry(Node(kind, name, document, True), sort, params, sort.spec.identity(params))

    def _defaults(self, kind: str) -> dict[str, Any]:
        return (self.params["defaults"] or {}).get(kind) or {}

    def _checked(self, kind: str, given: dict[str, Any]) -> dict[str, Any]:
        options = self._options(kind)
        # Only what is given, or counts without that, is looked at.
        asked = given.keys() if given.keys() <= options.keys() else options.keys()
        checked = self._validator(kind, frozenset(asked)).validate(given)
        if checked.error_messages:
            raise Refused("; ".join(checked.error_messages))
        return {**dict.fromkeys(options), **checked.validated_parameters, **self.common}

    def _validator_of(self, kind: str, asked: frozenset[str]) -> ArgumentSpecValidator:
        options = {
            name: argument
            for name, argument in self._options(kind).items()
            if name in asked or IMPLICIT & argument.keys()
        }
        constraints = {
            name: [[one for one in rule if one != "names"] for rule in rules if rule[0] != "names"]
            for name, rules in self.sorts[kind].spec.constraints.items()
        }
        return ArgumentSpecValidator(with_fallbacks(options), **constraints)

    def _entry(self, kind: str, given: dict[str, Any]) -> Entry:
        sort, params = self.sorts[kind], self._checked(kind, given)
        if params.get("src") is not None and not params["remote_src"]:
            raise Refused("src is read where the stack runs: say remote_src: true, or use virt_volume before it")
        asked = sort.spec.identity(params)
        try:
            refuse_sizes(asked.tree, sort.kind.rules)
        except ValueError as error:
            raise Refused(f"xml: {error}") from None
        name = asked.name or asked.uuid
        called = f"{params['pool']}/{name}" if kind == "volumes" else name
        absent = params["state"] == "absent"
        # What goes is ordered by what libvirt has of it.
        document = None if absent else sort.spec.rendered(params)
        return Entry(Node(kind, called, document, absent, asked.uuid), sort, params, asked)


def renamed(entry: Entry, **changes: Any) -> Entry:
    """The same entry for a node that is known better."""
    return replace(entry, node=replace(entry.node, **changes))


def refuse_twins(found: Iterable[Entry]) -> None:
    """Raises Refused where two entries are about one object."""
    seen = set()
    for entry in found:
        for called in {entry.node.name, entry.node.uuid} - {None}:
            if (entry.node.kind, called) in seen:
                raise Refused(f"the stack names {entry.node} twice")
            seen.add((entry.node.kind, called))


def secrets_in(spec: Mapping[str, Any], given: Any) -> Iterator[str]:
    """The values of options that are secret."""
    for name, value in given.items() if isinstance(given, dict) else ():
        argument = spec.get(name, {})
        if argument.get("no_log") and value:
            yield str(value)
        for one in value if isinstance(value, list) else [value]:
            yield from secrets_in(argument.get("options", {}), one)
