# SPDX-License-Identifier: GPL-3.0-or-later

"""A stack goes down the road: each object after those that it needs, on one look at the host."""

from __future__ import annotations

import graphlib
import queue
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from typing import Any

from .._kind import Kind
from .._plan import HalfDone, Refused
from .._result import Module, run
from .._road import Trip, travel
from .._session import Session, SessionError
from .._xml.document import value
from .._xml.tables import Rules
from .entries import Entry, Reader, Sort, refuse_twins, renamed, secrets_in
from .look import called, everything, glimpses, glimpses_of_pool, seen
from .order import FOLDER, KINDS, NOUNS, Graph, Node, matches, needs, refuse_circles

#: How many failures a sentence quotes.
QUOTED = 5
LOST = "not tried, since the connection to libvirt was lost"


def stack(sorts: Mapping[str, Sort], argument_spec: dict[str, Any]) -> None:
    """The module virt_stack. Ends the process. sorts: by the option that lists them."""
    module = StackModule(sorts, argument_spec)
    run(module, lambda session: Stack(module, session, sorts).result())


class StackModule(Module):
    """A module whose entries may hold secrets."""

    def __init__(self, sorts: Mapping[str, Sort], argument_spec: dict[str, Any]) -> None:
        self._sorts = sorts
        self.said: set[str] = set()
        super().__init__(sorts[KINDS[-1]].kind.rules, argument_spec)

    def warn(self, warning: str, **more: Any) -> None:
        # What is planned again for a connection of its own says the same again.
        if warning not in self.said:
            self.said.add(warning)
            super().warn(warning, **more)

    def documents(self) -> list[tuple[dict[str, Any], Rules]]:
        return [(entry, self._sorts[kind].kind.rules) for kind, entry in self._given()]

    def _given(self) -> list[tuple[str, dict[str, Any]]]:
        """The entries and the defaults, by kind; of bad input as well."""
        found = []
        for kind in KINDS:
            entries, defaults = self.params.get(kind), self.params.get("defaults")
            several = [*(entries if isinstance(entries, list) else ())]
            several.append(defaults.get(kind) if isinstance(defaults, dict) else None)
            found += [(kind, each) for each in several if isinstance(each, dict)]
        return found

    def _invocation(self) -> dict[str, Any]:
        # Ansible knows nothing of the options of entries, so it is told what of them to hide.
        specs = {kind: sort.argument_spec() for kind, sort in self._sorts.items()}
        for kind, entry in self._given():
            self.no_log_values.update(secrets_in(specs[kind], entry))
        return super()._invocation()


class Stack:
    """One run. results: of nodes, once known."""

    def __init__(self, module: Module, session: Session, sorts: Mapping[str, Sort]) -> None:
        self.module = module
        self.session = session
        self.sorts = sorts
        self.results: dict[Node, dict[str, Any]] = {}
        #: By kind and name, as Kind.glimpse.
        self.glimpses: dict[str, dict[str, Any]] = {}
        #: By kind and UUID, the names of objects.
        self.uuids: dict[str, dict[str | None, str]] = {}
        self.brought: set[tuple[str, str]] = set()
        self.removed: set[tuple[str, str]] = set()
        self.looks: dict[str, Any] = {}
        self.wiped: set[str] = set()
        self.idle: queue.SimpleQueue[Session] = queue.SimpleQueue()
        self.stuck = False

    def result(self) -> dict[str, Any]:
        """Plan and, outside check mode, apply. Raises Refused before anything is written."""
        if self.module.params["parallel"] < 1:
            raise Refused("parallel: at least one object has to be changed at a time")
        reader = Reader(self.sorts, self.module.params)
        wanted = reader.entries()
        refuse_circles(needs(entry.node for entry in wanted))
        self.session.open()
        wanted = self._met(wanted)
        wanted += self._pruned(reader, wanted)
        graph = needs((entry.node for entry in wanted), self._folders(wanted))
        refuse_circles(graph)
        by_node = {entry.node: entry for entry in wanted}
        self.wiped = {node.name for node, entry in by_node.items() if node.absent and entry.params.get("wipe")}
        try:
            # What goes makes room for what comes.
            for goes in (True, False):
                self._travel(by_node, {node: graph[node] for node in graph if node.absent is goes})
        finally:
            while not self.idle.empty():
                with suppress(SessionError):
                    self.idle.get().close()
            # A thread may wait for libvirt for ever.
            self.session.stuck = self.session.stuck or self.stuck
        return self._report(wanted)

    # the look at the host

    def _kind(self, kind: str, **params: Any) -> Kind:
        return self.sorts[kind].kind(self.session, {**self.module.params, **params}, self.module.check_mode)

    def _met(self, wanted: list[Entry]) -> list[Entry]:
        """The entries, each with what lists tell of its object."""
        pools = sorted(_pools_of(wanted))
        for kind in {*(entry.node.kind for entry in wanted), *(["pools"] if pools else ())}:
            self.glimpses[kind] = {} if kind == "volumes" else glimpses(kind, self._kind(kind))
        for pool in pools:
            told = glimpses_of_pool(self._kind("volumes", pool=pool))
            self.glimpses["volumes"].update({f"{pool}/{name}": glimpse for name, glimpse in told.items()})
        for kind, told in self.glimpses.items():
            self.uuids[kind] = {_uuid(handle): name for name, (handle, _glance) in told.items()}
        found = [self._recognised(entry) for entry in wanted]
        refuse_twins(found)
        return found

    def _recognised(self, entry: Entry) -> Entry:
        node, known = entry.node, self.glimpses[entry.node.kind]
        name = node.name
        if entry.asked.name is None:
            # Whoever is named by uuid has a name, by which the others know it.
            name = self.uuids[node.kind].get(node.uuid, name)
        if name not in known:
            return entry
        handle = known[name][0]
        document = self._document(node.kind, handle) if node.absent else node.document
        return renamed(entry, name=name, uuid=_uuid(handle), document=document)

    def _document(self, kind: str, handle: Any) -> Any:
        observed = seen(self._kind(kind, pool=None), handle)
        return None if observed is None else observed.stored

    def _folders(self, wanted: list[Entry]) -> dict[str, str]:
        """The folders of pools whose volumes are in the stack, but whose entries do not tell."""
        pools = [entry.node for entry in wanted if entry.node.kind == "pools" and entry.node.document is not None]
        told = {node.name for node in pools if value(node.document, FOLDER)}
        folders = {}
        for pool in _pools_of(wanted) - told:
            handle = self.glimpses.get("pools", {}).get(pool, (None,))[0]
            document = None if handle is None else self._document("pools", handle)
            folder = None if document is None else value(document, FOLDER)
            if folder:
                folders[pool] = folder
        return folders

    def _pruned(self, reader: Reader, wanted: list[Entry]) -> list[Entry]:
        """What matches a pattern of prune and no entry names, as entries that remove it."""
        found = []
        named = {(entry.node.kind, called) for entry in wanted for called in (entry.node.name, entry.node.uuid)}
        for kind, patterns in (self.module.params["prune"] or {}).items():
            one = self._kind(kind, pool=None)
            for name, handle in everything(kind, one) if patterns else ():
                if (kind, name) in named or (kind, _uuid(handle) or name) in named or not matches(kind, name, patterns):
                    continue
                observed = seen(one, handle)
                if observed is not None:
                    found.append(reader.removal(kind, name, handle, observed.stored))
        return found

    # the work

    def _travel(self, by_node: dict[Node, Entry], graph: Graph) -> None:
        """Each after what it needs. What has nothing to do is told at once; the rest goes side by side, but never two
        volumes of one pool, since libvirt refuses a second job of a pool.
        """
        line: graphlib.TopologicalSorter[Node] = graphlib.TopologicalSorter(graph)
        line.prepare()
        running: dict[Future[dict[str, Any]], Node] = {}
        #: By the pool of a volume that is worked on: the volumes after it.
        queues: dict[str, deque[Node]] = {}
        with ThreadPoolExecutor(self.module.params["parallel"]) as threads:

            def start(node: Node) -> None:
                running[threads.submit(self._one, by_node[node])] = node

            while line.is_active():
                ready = line.get_ready()
                for node in ready:
                    pool = by_node[node].pool
                    if self._told_at_once(by_node[node], graph[node]):
                        line.done(node)
                    elif pool in queues:
                        queues[pool].append(node)
                    else:
                        if pool is not None:
                            queues[pool] = deque()
                        start(node)
                if ready:
                    # What was told at once may have been all that others waited for.
                    continue
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    node = running.pop(future)
                    self._settle(node, future.result())
                    line.done(node)
                    pool = by_node[node].pool
                    if pool is not None:
                        if queues[pool]:
                            start(queues[pool].popleft())
                        else:
                            del queues[pool]

    def _settle(self, node: Node, outcome: dict[str, Any]) -> None:
        self.results[node] = outcome
        if not outcome["failed"]:
            (self.removed if node.absent else self.brought).add((node.kind, node.name))
        if node.kind == "domains" and not node.absent and outcome["changed"]:
            # Who uses what is another question now.
            self.looks.clear()

    def _told_at_once(self, entry: Entry, needed: set[Node]) -> bool:
        """Whether an object's result is known: nothing is to be done, or only to be predicted."""
        lacking = sorted(str(other) for other in needed if self.results[other]["failed"])
        try:
            if lacking:
                outcome = _failed(f"not tried, since it needs {', '.join(lacking)}", tried=False)
            elif not self.session.is_alive():
                outcome = _failed(LOST, tried=False)
            else:
                trip = self._trip(entry, self.session, look=True)
                foretold = trip.foretold()
                along = {name for each in trip.plan.along if (name := called(self.session, each))}
                for name in sorted(along & self.wiped):
                    raise Refused(f"remove_storage would delete {name} unwiped: leave it to its entry")
                if foretold is None:
                    return False
                self.removed.update(("volumes", name) for name in along)
                outcome = {"failed": False, **foretold}
        except (Refused, SessionError) as error:
            outcome = _failed(error) if self.session.is_alive() else _failed(LOST, tried=False)
        self._settle(entry.node, outcome)
        return True

    def _trip(self, entry: Entry, session: Session, look: bool) -> Trip:
        kind = entry.sort.kind(session, entry.params, self.module.check_mode)
        kind.brought, kind.removed, kind.looks = self.brought, self.removed, self.looks
        if look and entry.asked.name is not None:
            kind.glimpse = self.glimpses.get(entry.node.kind, {}).get(entry.node.name)
        return Trip(kind, entry.sort.spec, entry.asked, self.module)

    def _one(self, entry: Entry) -> dict[str, Any]:
        """Do what is to be done for an object, on a connection that nobody else uses meanwhile."""
        if not self.session.is_alive():
            return _failed(LOST, tried=False)
        try:
            with self._own_session() as own:
                try:
                    return {"failed": False, **travel(lambda: self._trip(entry, own, look=False))}
                except HalfDone as error:
                    told = {**_failed(error), "changed": bool(error.done), "applied": error.done}
                    told["not_applied"] = error.left
                    if error.left and not own.is_alive():
                        told["unknown"] = error.left[0]
                        told["msg"] += f"; whether it did '{error.left[0]}' is not known"
                    return told
        except (Refused, SessionError) as error:
            return _failed(error)

    @contextmanager
    def _own_session(self) -> Iterator[Session]:
        """A connection for one object, kept for the next one where it still works."""
        try:
            own = self.idle.get_nowait()
        except queue.Empty:
            own = Session(self.session.endpoint).open()
        try:
            yield own
        finally:
            if own.is_alive():
                self.idle.put(own)
            else:
                self.stuck = self.stuck or own.stuck
                with suppress(SessionError):
                    own.close()

    def _report(self, wanted: list[Entry]) -> dict[str, Any]:
        told = [
            {"kind": entry.node.kind, "name": entry.node.name, **self.results[entry.node]}
            for entry in sorted(wanted, key=lambda entry: (KINDS.index(entry.node.kind), entry.node.name))
        ]
        outcome: dict[str, Any] = {
            "changed": any(one["changed"] for one in told),
            "diff": [diff for one in told if (diff := one.pop("diff", None)) and one["changed"]],
            "objects": told,
        }
        failed = [one for one in told if one["failed"]]
        if failed:
            outcome["msg"] = _summary(failed, len(told))
        return outcome


def _pools_of(wanted: list[Entry]) -> set[str]:
    return {entry.params["pool"] for entry in wanted if entry.node.kind == "volumes"}


def _uuid(handle: Any) -> str | None:
    """The UUID of libvirt's object; volumes have none."""
    return handle.UUIDString() if hasattr(handle, "UUIDString") else None


def _failed(why: Exception | str, tried: bool = True) -> dict[str, Any]:
    return {"failed": True, "tried": tried, "changed": False, "msg": str(why)}


def _summary(failed: list[dict[str, Any]], of: int) -> str:
    """What failed, as one sentence that can still be read."""
    tried = [one for one in failed if one["tried"]]
    lost = sum(one["msg"] == LOST for one in failed)
    needing = len(failed) - len(tried) - lost
    said = [f"{NOUNS[one['kind']]} '{one['name']}': {one['msg']}" for one in tried[:QUOTED]]
    if len(tried) > QUOTED:
        said.append(f"and {len(tried) - QUOTED} more, see objects")
    if needing:
        said.append(f"{needing} more that need these were not tried")
    if lost:
        said.append(f"{lost} more were {LOST}")
    return f"{len(tried)} of {of} objects failed: {'; '.join(said)}"
