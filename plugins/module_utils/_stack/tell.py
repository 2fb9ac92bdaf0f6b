# SPDX-License-Identifier: GPL-3.0-or-later

"""A part of a host told as a stack, and drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._result import Module, run
from .._session import Session, SessionError, libvirt
from .look import everything, seen
from .order import KINDS, Graph, Node, matches, needs
from .picture import dot, mermaid

#: The states that a stack says; in the others there is nothing to lead to.
STATES = ("active", "running")

PICTURES = {"mermaid": mermaid, "dot": dot}


def tell(sorts: Mapping[str, Any], argument_spec: dict[str, Any]) -> None:
    """The module virt_stack_info. Ends the process. sorts: by kind, its class and the Survey of its info module."""
    module = Module(sorts[KINDS[-1]][0].rules, argument_spec)
    run(module, lambda session: _told(module, session.open(), sorts), readonly=True)


def _told(module: Module, session: Session, sorts: Mapping[str, Any]) -> dict[str, Any]:
    params = module.params
    found = {}
    for kind in KINDS:
        found.update(_of_kind(kind, sorts[kind], session, params))
    graph = needs(found)
    chosen = _chosen(graph, params)
    told: dict[str, Any] = {
        kind: [found[node] for node in graph if node.kind == kind and node in chosen]
        for kind in KINDS
        if any(node.kind == kind for node in chosen)
    }
    part = {node: others & chosen for node, others in graph.items() if node in chosen}
    drawn = PICTURES[params["picture"]](part) if params["picture"] else None
    return {"changed": False, "stack": told, "picture": drawn}


def _of_kind(kind: str, sort: Any, session: Session, params: dict[str, Any]) -> dict[Node, dict[str, Any]]:
    """Every object of a kind, and the entry that leaves it unchanged."""
    kind_class, survey = sort
    one = kind_class(session, {**params, "pool": None}, False, secure=False)
    typed = survey.spec is not None and params["output"] == "options"
    found = {}
    for name, handle in _listed(kind, one, params[kind] is not None):
        observed = seen(one, handle)
        if observed is None:
            continue
        entry = survey.told(observed.stored) if typed else {"xml": one.text(observed.stored)}
        if kind == "volumes":
            entry = {"pool": name.partition("/")[0], **entry}
        if observed.state in STATES:
            entry["state"] = observed.state
        if observed.autostart:
            entry["autostart"] = True
        found[Node(kind, name, observed.stored)] = entry
    return dict(sorted(found.items(), key=lambda both: both[0].name))


def _listed(kind: str, one: Any, asked: bool) -> list[tuple[str, Any]]:
    """Every object of a kind; none where the driver knows no such thing, and nobody has asked for it."""
    try:
        return list(everything(kind, one))
    except SessionError as error:
        if asked or error.code != libvirt.VIR_ERR_NO_SUPPORT:
            raise
        return []


def _chosen(graph: Graph, params: dict[str, Any]) -> set[Node]:
    """What the patterns name, or everything; with what that needs, where the task says so."""
    if all(params[kind] is None for kind in KINDS):
        return set(graph)
    chosen = {node for node in graph if matches(node.kind, node.name, params[node.kind] or ())}
    todo = list(chosen) if params["with_needs"] else []
    while todo:
        more = graph[todo.pop()] - chosen
        chosen |= more
        todo += more
    return chosen
