# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a stack comes before what, from the names that documents hold. No libvirt."""

from __future__ import annotations

import fnmatch
import graphlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._plan import Refused
from .._xml.document import value

#: By list: what people call one of it. In the order in which results tell them.
NOUNS = {
    "secrets": "secret",
    "nwfilters": "network filter",
    "networks": "network",
    "pools": "pool",
    "volumes": "volume",
    "domains": "guest",
}

KINDS = tuple(NOUNS)

#: By kind: the elements whose attribute (or text) names an object of another kind.
NAMES: dict[str, tuple[tuple[str, str], ...]] = {
    "nwfilters": (("filterref@filter", "nwfilters"),),
    "domains": (
        ("source@network", "networks"),
        ("filterref@filter", "nwfilters"),
        ("source@pool", "pools"),
    ),
}

#: By kind: those that name a file, which may be a volume.
FILES: dict[str, tuple[str, ...]] = {
    "volumes": ("path@",),
    "domains": ("source@file", "source@dev", "kernel@", "initrd@", "loader@", "nvram@"),
}

#: Where the document of a pool says which folder it is.
FOLDER = "target/path"

#: Those that name a secret, by UUID or by what it is for.
SECRETS = ("secret@uuid", "secret@usage", "encryption@secret")


@dataclass(frozen=True, eq=False)
class Node:
    """One object of a stack. name: as people call it, of a volume with its pool: ``pool/volume``. document: what the
    task says of it, of one that shall go what libvirt has; None where neither says anything. absent: whether it shall
    go. uuid: where libvirt has it.
    """

    kind: str
    name: str
    document: Any = None
    absent: bool = False
    uuid: str | None = None

    def __str__(self) -> str:
        return f"{NOUNS[self.kind]} '{self.name}'"


Graph = dict[Node, set[Node]]


def matches(kind: str, name: str, patterns: Iterable[str]) -> bool:
    """Whether a name matches one of the patterns; of a volume its pool and its own name do, each its part."""
    return any(_matches(kind, name, pattern) for pattern in patterns)


def _matches(kind: str, name: str, pattern: str) -> bool:
    if kind != "volumes":
        return fnmatch.fnmatchcase(name, pattern)
    pool, slash, volume = pattern.partition("/")
    if not slash:
        raise Refused(f"the pattern '{pattern}' of volumes names no pool: '*/{pattern}' means those of every pool")
    its_pool, _slash, its_name = name.partition("/")
    return fnmatch.fnmatchcase(its_pool, pool) and fnmatch.fnmatchcase(its_name, volume)


def needs(nodes: Iterable[Node], folders: Mapping[str, str] | None = None) -> Graph:
    """What each object needs before it: the others of these that it names. What is to go waits for those that name
    it. folders: of pools whose nodes do not tell, or that are not among these.
    """
    every = list(nodes)
    known = _Known(every, folders or {})
    found: Graph = {node: set() for node in every}
    for node in every:
        for other in known.named_by(node):
            if other is node:
                continue
            if node.absent and other.absent:
                found[other].add(node)
            elif not node.absent and not other.absent:
                found[node].add(other)
    return found


def refuse_circles(graph: Graph) -> None:
    """Raises Refused for a circle, with its members."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = " needs ".join(str(node) for node in reversed(error.args[1]))
        raise Refused(f"the stack goes round in a circle: {circle}") from None


class _Known:
    """The objects of a stack by what others call them."""

    def __init__(self, nodes: list[Node], folders: Mapping[str, str]) -> None:
        self.names = {(node.kind, node.name): node for node in nodes}
        told = {node.name: _at(node, FOLDER) for node in nodes if node.kind == "pools"}
        self.folders = {**folders, **{name: folder for name, folder in told.items() if folder}}
        self.files: dict[str, Node] = {}
        self.secrets: dict[str, list[Node]] = {}
        for node in nodes:
            if node.kind == "volumes":
                pool, _slash, name = node.name.partition("/")
                if pool in self.folders:
                    self.files[f"{self.folders[pool].rstrip('/')}/{name}"] = node
            elif node.kind == "secrets":
                for called in (node.uuid, _at(node, "uuid"), node.name.partition(" ")[2]):
                    if called:
                        self.secrets.setdefault(called, []).append(node)

    def named_by(self, node: Node) -> Iterator[Node]:
        """The others that an object names."""
        found = [self.names.get(("pools", node.name.partition("/")[0]))] if node.kind == "volumes" else []
        for at, kind in NAMES.get(node.kind, ()):
            found += [self.names.get((kind, name)) for name in _values(node, at)]
        for at in FILES.get(node.kind, ()):
            found += [self.files.get(file) for file in _values(node, at)]
        if node.kind == "domains" and node.document is not None:
            for source in node.document.iter("source"):
                found.append(self.names.get(("volumes", f"{source.get('pool')}/{source.get('volume')}")))
        if node.kind != "secrets":
            for at in SECRETS:
                for called in _values(node, at):
                    found += self.secrets.get(called, ())
        return (each for each in found if each is not None)


def _at(node: Node, path: str) -> str | None:
    return None if node.document is None else value(node.document, path)


def _values(node: Node, at: str) -> list[str]:
    """What the elements of a tag say in an attribute, or as their text."""
    if node.document is None:
        return []
    tag, _at, attribute = at.partition("@")
    found = [each.get(attribute) if attribute else (each.text or "").strip() for each in node.document.iter(tag)]
    return [each for each in found if each]
