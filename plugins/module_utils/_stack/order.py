# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a stack comes before what: from the names that documents hold, not from the order in a file. No libvirt."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .._plan import Refused
from .._xml.document import find_all, value

#: In the order in which they are made, where nothing else decides.
KINDS = ("secrets", "nwfilters", "networks", "pools", "volumes", "domains")

#: By kind: where a document names an object of another kind.
NAMES: dict[str, tuple[tuple[str, str], ...]] = {
    "nwfilters": (("filterref@filter", "nwfilters"),),
    "domains": (
        ("devices/interface/source@network", "networks"),
        ("devices/interface/filterref@filter", "nwfilters"),
        ("devices/disk/source@pool", "pools"),
        ("devices/filesystem/source@pool", "pools"),
    ),
}

#: By kind: where a document names a file, which may be a volume.
FILES: dict[str, tuple[str, ...]] = {
    "volumes": ("backingStore/path@.",),
    "domains": ("devices/disk/source@file", "devices/disk/source@dev", "devices/filesystem/source@file"),
}


@dataclass(frozen=True)
class Node:
    """One object of a stack. name: as people call it, of a volume with its pool: ``pool/volume``. document: what the
    task says of it, or what libvirt has; None where neither says anything. absent: whether it shall go.
    """

    kind: str
    name: str
    document: Any = None
    absent: bool = False

    def __str__(self) -> str:
        return f"{self.kind.rstrip('s')} '{self.name}'"


def needs(nodes: Iterable[Node]) -> dict[Node, set[Node]]:
    """What each object needs before it: the others of these that it names. What is to go waits for those that name
    it.
    """
    every = list(nodes)
    known = _Known(every)
    found: dict[Node, set[Node]] = {node: set() for node in every}
    for node in every:
        for other in known.named_by(node):
            if other is node:
                continue
            if node.absent and other.absent:
                found[other].add(node)
            elif not node.absent and not other.absent:
                found[node].add(other)
    return found


def in_order(graph: dict[Node, set[Node]]) -> list[Node]:
    """The nodes, each after those that it needs. Raises Refused for a circle, with its members."""
    try:
        return list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        circle = " needs ".join(str(node) for node in reversed(error.args[1]))
        raise Refused(f"the stack goes round in a circle: {circle}") from None


class _Known:
    """The objects of a stack by what others call them."""

    def __init__(self, nodes: list[Node]) -> None:
        self.names = {(node.kind, node.name): node for node in nodes}
        self.files: dict[str, Node] = {}
        self.secrets: dict[str, Node] = {}
        for node in nodes:
            if node.kind == "volumes":
                pool, _slash, name = node.name.partition("/")
                folder = self._folder(pool)
                if folder:
                    self.files[f"{folder.rstrip('/')}/{name}"] = node
            elif node.kind == "secrets":
                uuid = None if node.document is None else value(node.document, "uuid")
                self.secrets.update({each: node for each in (uuid, node.name.partition(" ")[2]) if each})

    def _folder(self, pool: str) -> str | None:
        node = self.names.get(("pools", pool))
        return None if node is None or node.document is None else value(node.document, "target/path")

    def named_by(self, node: Node) -> Iterable[Node]:
        """The others that an object names."""
        found = [self.names.get(("pools", node.name.partition("/")[0]))] if node.kind == "volumes" else []
        if node.document is not None:
            for path, kind in NAMES.get(node.kind, ()):
                found += [self.names.get((kind, name)) for name in _values(node.document, path)]
            for path in FILES.get(node.kind, ()):
                found += [self.files.get(file) for file in _values(node.document, path)]
            for disk in find_all(node.document, "devices/disk/source") if node.kind == "domains" else ():
                found.append(self.names.get(("volumes", f"{disk.get('pool')}/{disk.get('volume')}")))
            if node.kind != "secrets":
                for secret in node.document.iter("secret"):
                    found += [self.secrets.get(secret.get(name)) for name in ("uuid", "usage")]
        return [each for each in found if each is not None]


def _values(document: Any, path: str) -> list[str]:
    path, _at, name = path.partition("@")
    found = [(one.text or "").strip() if name == "." else one.get(name) for one in find_all(document, path)]
    return [each for each in found if each]
