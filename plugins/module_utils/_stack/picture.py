# SPDX-License-Identifier: GPL-3.0-or-later

"""A topology as text of Mermaid or Graphviz."""

from __future__ import annotations

from .order import KINDS, Graph, Node

#: By kind: how Mermaid and Graphviz draw it.
SHAPES = {
    "secrets": ("{{{{{}}}}}", "hexagon"),
    "nwfilters": ("[/{}/]", "parallelogram"),
    "networks": ("([{}])", "ellipse"),
    "pools": ("[({})]", "cylinder"),
    "volumes": ("[{}]", "note"),
    "domains": ("[[{}]]", "box"),
}

#: How each writes, between quotes, what would end or change them.
MERMAID = str.maketrans({'"': "#quot;", "#": "#35;"})
DOT = str.maketrans({'"': '\\"', "\\": "\\\\"})


def mermaid(graph: Graph) -> str:
    """The objects and what they need, as a Mermaid flowchart."""
    names = _numbered(graph)
    lines = ["flowchart LR"]
    lines += [f"  {names[node]}{SHAPES[node.kind][0].format(_quoted(node, MERMAID))}" for node in names]
    lines += [f"  {names[node]} --> {names[other]}" for node, other in _edges(graph)]
    return "\n".join(lines) + "\n"


def dot(graph: Graph) -> str:
    """The same for Graphviz."""
    names = _numbered(graph)
    lines = ["digraph libvirt {", "  rankdir=LR;"]
    lines += [f"  {names[node]} [shape={SHAPES[node.kind][1]}, label={_quoted(node, DOT)}];" for node in names]
    lines += [f"  {names[node]} -> {names[other]};" for node, other in _edges(graph)]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(node: Node, escapes: dict[int, str]) -> str:
    return '"' + node.name.translate(escapes) + '"'


def _numbered(graph: Graph) -> dict[Node, str]:
    ordered = sorted(graph, key=lambda node: (KINDS.index(node.kind), node.name))
    return {node: f"n{number}" for number, node in enumerate(ordered)}


def _edges(graph: Graph) -> list[tuple[Node, Node]]:
    names = _numbered(graph)
    found = [(node, other) for node, others in graph.items() for other in others]
    return sorted(found, key=lambda both: (int(names[both[0]][1:]), int(names[both[1]][1:])))
