# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of a stack: each with the options of its kind's own module, checked as that module checks them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._kind import Kind
from .._plan import Refused
from .._result import with_fallbacks
from .order import KINDS, Node

#: What the stack says once for all of its entries.
COMMON = ("uri", "username", "password", "timeout", "wait_timeout")


@dataclass(frozen=True)
class Sort:
    """One kind of object in a stack. spec: a Spec of _spec, that of the kind's own module."""

    kind: type[Kind]
    spec: Any

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        """The options of an entry."""
        spec = self.spec.argument_spec()
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


def entries(sorts: Mapping[str, Sort], params: dict[str, Any], module: Any) -> list[Entry]:
    """Every entry of the stack, in the order of the file. Raises Refused with the place of what is wrong."""
    found = []
    for kind in KINDS:
        check = _validator(sorts[kind])
        for number, given in enumerate(params[kind] or ()):
            where = f"{kind}[{number}]"
            merged = {**((params["defaults"] or {}).get(kind) or {}), **given}
            if params["state"] == "absent":
                merged["state"] = "absent"
            checked = check.validate(merged)
            # Secrets of an entry are as secret as those of a task.
            module.no_log_values.update(checked._no_log_values)
            if checked.error_messages:
                raise Refused(f"{where}: {'; '.join(checked.error_messages)}")
            found.append(_entry(where, kind, sorts[kind], {**checked.validated_parameters, **_common(params)}))
    _refuse_twins(found)
    return found


def _validator(sort: Sort) -> ArgumentSpecValidator:
    constraints = {
        name: [[one for one in rule if one != "names"] for rule in rules if rule[0] != "names"]
        for name, rules in sort.spec.constraints.items()
    }
    return ArgumentSpecValidator(with_fallbacks(sort.argument_spec()), **constraints)


def _common(params: dict[str, Any]) -> dict[str, Any]:
    return {**{name: params[name] for name in COMMON}, "names": None}


def _entry(where: str, kind: str, sort: Sort, params: dict[str, Any]) -> Entry:
    if params.get("src") is not None and not params["remote_src"]:
        raise Refused(f"{where}: src is read where the stack runs: say remote_src: true, or use virt_volume before it")
    try:
        asked = sort.spec.identity(params)
        document = sort.spec.rendered(params)
    except Refused as error:
        raise Refused(f"{where}: {error}") from None
    name = asked.name or asked.uuid
    called = f"{params['pool']}/{name}" if kind == "volumes" else name
    return Entry(Node(kind, called, document, params["state"] == "absent"), sort, params, asked)


def _refuse_twins(found: list[Entry]) -> None:
    seen: dict[tuple[str, str], Entry] = {}
    for entry in found:
        key = entry.node.kind, entry.node.name
        if key in seen:
            raise Refused(f"the stack names {entry.node} twice")
        seen[key] = entry


def removal(sort: Sort, kind: str, name: str, params: dict[str, Any], document: Any) -> Entry:
    """An entry that makes an object absent, by the defaults of its kind. Raises Refused."""
    pool, _slash, volume = name.partition("/") if kind == "volumes" else ("", "", name)
    own: dict[str, Any] = {"pool": pool} if kind == "volumes" else {}
    if kind == "secrets":
        usage, _blank, what = name.partition(" ")
        own, volume = {"usage": {"type": usage, "id": what}}, ""
    named = {"name": volume} if volume else {}
    defaults = copy.deepcopy((params["defaults"] or {}).get(kind) or {})
    kept = {key: value for key, value in defaults.items() if key.startswith(("remove_", "discard_", "shutdown"))}
    checked = _validator(sort).validate({**kept, **own, **named, "state": "absent"})
    if checked.error_messages:
        raise Refused(f"defaults of {kind}: {'; '.join(checked.error_messages)}")
    whole = {**checked.validated_parameters, **_common(params)}
    return Entry(Node(kind, name, document, True), sort, whole, sort.spec.identity(whole))
