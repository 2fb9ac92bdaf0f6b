# SPDX-License-Identifier: GPL-3.0-or-later

"""A stack goes down the road: each object by itself, after those that it needs, on one look at the host."""

from __future__ import annotations

import fnmatch
import queue
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from .._kind import Kind
from .._plan import HalfDone, Refused
from .._result import Module, run
from .._road import Trip, travel
from .._session import Session, SessionError
from .entries import Entry, Sort, entries, removal
from .order import KINDS, Node, in_order, needs

#: A queue of nodes and their results.
Done = Any


def stack(sorts: Mapping[str, Sort], argument_spec: dict[str, Any]) -> None:
    """The module virt_stack. Ends the process. sorts: by the option that lists them."""
    module = StackModule(sorts, argument_spec)
    run(module, lambda session: Stack(module, session, sorts).result())


class StackModule(Module):
    """A module whose entries may hold XML, which never leaves it unmasked."""

    def __init__(self, sorts: Mapping[str, Sort], argument_spec: dict[str, Any]) -> None:
        self._sorts = sorts
        self.said: set[str] = set()
        super().__init__(sorts[KINDS[-1]].kind.rules, argument_spec)

    def warn(self, warning: str, **more: Any) -> None:
        # What is planned again for a connection of its own says the same again.
        if warning not in self.said:
            self.said.add(warning)
            super().warn(warning, **more)

    def documents(self) -> list[tuple[dict[str, Any], Any]]:
        return [
            (entry, self._sorts[kind].kind.rules)
            for kind in KINDS
            for entry in [*(self.params[kind] or ()), (self.params["defaults"] or {}).get(kind) or {}]
        ]


class Stack:
    """One run. states of a node: its result once it is known."""

    def __init__(self, module: Module, session: Session, sorts: Mapping[str, Sort]) -> None:
        self.module = module
        self.session = session
        self.sorts = sorts
        self.results: dict[Node, dict[str, Any]] = {}
        self.glimpses: dict[str, dict[str, Any]] = {}
        #: What is there by now, and what is not any more, by list and name.
        self.brought: set[tuple[str, str]] = set()
        self.removed: set[tuple[str, str]] = set()

    def result(self) -> dict[str, Any]:
        """Plan and, outside check mode, apply. Raises Refused before anything is written."""
        wanted = entries(self.sorts, self.module.params, self.module)
        in_order(needs(entry.node for entry in wanted))
        self.session.open()
        wanted += self._pruned(wanted)
        self._glimpse({entry.node.kind for entry in wanted})
        graph = needs(entry.node for entry in wanted)
        self._travel(wanted, graph)
        return self._report(wanted)

    def _pruned(self, wanted: list[Entry]) -> list[Entry]:
        """What matches a pattern of prune and no entry names, as entries that remove it."""
        found = []
        patterns = {kind: each for kind, each in (self.module.params["prune"] or {}).items() if each}
        named = {(entry.node.kind, entry.node.name) for entry in wanted}
        for kind, globs in patterns.items():
            for name, document in self._everything(kind, globs):
                if (kind, name) not in named:
                    found.append(removal(self.sorts[kind], kind, name, self.module.params, document))
        return found

    def _everything(self, kind: str, globs: list[str]) -> list[tuple[str, Any]]:
        """The objects of a kind whose names match: name and document."""
        one = self._kind(kind, {"pool": None}, self.session)
        found = []
        for handle in one.everything():
            one.handle = handle
            name = one.title(handle)
            if kind == "volumes":
                pool = self.session.call(f"look up the pool of volume '{name}'", handle.storagePoolLookupByVolume)
                name = f"{pool.name()}/{name}"
            if any(fnmatch.fnmatchcase(name, glob) for glob in globs):
                found.append((name, one.observe().stored))
        return found

    def _kind(self, kind: str, params: dict[str, Any], session: Session) -> Kind:
        return self.sorts[kind].kind(session, {**self.module.params, **params}, self.module.check_mode)

    def _glimpse(self, kinds: set[str]) -> None:
        """What lists tell of every object, so that it need not be asked of each."""
        for kind in kinds:
            self.glimpses[kind] = self._kind(kind, {}, self.session).glimpses()

    def _travel(self, wanted: list[Entry], graph: dict[Node, set[Node]]) -> None:
        """Each after what it needs. What has nothing to do is told at once; the rest goes side by side."""
        by_node = {entry.node: entry for entry in wanted}
        # What goes makes room for what comes.
        waiting = dict.fromkeys(sorted(in_order(graph), key=lambda node: not node.absent))
        running: set[Node] = set()
        done: Done = queue.Queue()
        with ThreadPoolExecutor(max(1, self.module.params["parallel"])) as pool:
            while waiting or running:
                for node in list(waiting):
                    if not self._is_ready(node, graph, waiting, running, by_node):
                        continue
                    del waiting[node]
                    lacking = [other for other in graph[node] if self.results[other]["failed"]]
                    if lacking:
                        self._settle(node, _not_tried(lacking))
                    elif not self._told_at_once(by_node[node]):
                        running.add(node)
                        pool.submit(self._finish, by_node[node], done)
                if running:
                    node, outcome = done.get()
                    running.remove(node)
                    self._settle(node, outcome)

    def _settle(self, node: Node, outcome: dict[str, Any]) -> None:
        self.results[node] = outcome
        if not outcome["failed"]:
            (self.removed if node.absent else self.brought).add((node.kind, node.name))

    def _finish(self, entry: Entry, done: Done) -> None:
        done.put((entry.node, self._one(entry)))

    def _is_ready(
        self,
        node: Node,
        graph: dict[Node, set[Node]],
        waiting: Collection[Node],
        running: set[Node],
        by_node: dict[Node, Entry],
    ) -> bool:
        """Whether all that must come before it is done, and nothing runs that it must not meet."""
        if any(other not in self.results for other in graph[node]):
            return False
        # Those that are to go are first in line.
        if not node.absent and any(other.absent for other in (*islice(waiting, 1), *running)):
            return False
        pool = by_node[node].pool
        # libvirt refuses a second job of one pool.
        return pool is None or all(by_node[other].pool != pool for other in running)

    def _trip(self, entry: Entry, session: Session, look: bool) -> Trip:
        kind = entry.sort.kind(session, entry.params, self.module.check_mode)
        kind.brought, kind.removed = self.brought, self.removed
        if look and entry.asked.name is not None:
            kind.glimpse = self.glimpses[entry.node.kind].get(entry.asked.name, kind.glimpse)
        return Trip(kind, entry.sort.spec, entry.asked, self.module)

    def _told_at_once(self, entry: Entry) -> bool:
        """Whether nothing is to be done for an object, or only to be predicted: its result is known then."""
        try:
            trip = self._trip(entry, self.session, look=True)
            outcome = trip.foretold()
        except (Refused, SessionError) as error:
            self._settle(entry.node, _failed(error))
            return True
        if outcome is None:
            return False
        self._settle(entry.node, {"failed": False, **outcome})
        return True

    def _one(self, entry: Entry) -> dict[str, Any]:
        """Do what is to be done for an object, on a connection of its own."""
        own = Session(self.session.endpoint)
        try:
            own.open()
            made = travel(lambda: self._trip(entry, own, look=False))
            return {"failed": False, **made}
        except HalfDone as error:
            return {**_failed(error), "changed": bool(error.done), "applied": error.done, "not_applied": error.left}
        except (Refused, SessionError) as error:
            return _failed(error)
        finally:
            self.session.stuck = self.session.stuck or own.stuck
            own.close()

    def _report(self, wanted: list[Entry]) -> dict[str, Any]:
        told = [
            {"kind": entry.node.kind, "name": entry.node.name, **self.results[entry.node]}
            for entry in sorted(wanted, key=lambda entry: (KINDS.index(entry.node.kind), entry.node.name))
        ]
        failed = [one for one in told if one["failed"]]
        outcome: dict[str, Any] = {
            "changed": any(one["changed"] for one in told),
            "diff": [one.pop("diff") for one in told if one["changed"] and "diff" in one],
            "objects": told,
        }
        for one in told:
            one.pop("diff", None)
        if failed:
            tried = [one for one in failed if one["tried"]]
            sentences = "; ".join(f"{one['kind'].rstrip('s')} '{one['name']}': {one['msg']}" for one in tried)
            left = len(failed) - len(tried)
            after = f"; {left} more that need these were not tried" if left else ""
            outcome["msg"] = f"{len(tried)} of {len(told)} objects failed: {sentences}{after}"
        return outcome


def _failed(error: Exception) -> dict[str, Any]:
    return {"failed": True, "tried": True, "changed": False, "msg": str(error)}


def _not_tried(lacking: list[Node]) -> dict[str, Any]:
    which = ", ".join(sorted(str(node) for node in lacking))
    return {"failed": True, "tried": False, "changed": False, "msg": f"not tried, since it needs {which}"}
