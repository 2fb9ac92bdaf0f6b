# SPDX-License-Identifier: GPL-3.0-or-later

"""The content of a volume: what it shall be, whether it is, and the plan that leads there."""

from __future__ import annotations

import contextlib
import os
import time
from typing import Any

from .._domain.storage import users_of
from .._plan import Change, Plan, Refused
from .._session import Session
from .volume import SOURCES, size
from .volume_maker import INCOMING, Maker, Volumes, form_of, set_capacity, under
from .volume_source import File, Parts, Source, add_to, hashing
from .volume_stream import LOOK_EVERY, Beat, difference, pieces, save, transfer

#: What libvirt writes into the document of a volume that only this volume has.
OWN = ("key", "allocation", "physical", "source", "backingStore", "target/path", "target/timestamps")
#: And what its content says of itself.
LAYOUT = ("target/compat", "target/features", "target/clusterSize")


class Content:
    """The content of the volume of one task. kind: the Volume."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.params = kind.params
        self.session: Session = kind.session
        #: Whether a run that was to fill the volume has not come to its end.
        self.unfinished = False
        self._looked = False
        self.maker = Maker(kind, self._await_again)

    @property
    def is_asked_for(self) -> bool:
        return any(self.params.get(one) is not None for one in SOURCES)

    def await_others(self, name: str) -> bool:
        """Wait for another run that fills the volume, as long as something moves; whether there was one."""
        if self._looked or not self.is_asked_for or self.params["state"] == "absent":
            return False
        self._looked = True
        seen, end = None, 0.0
        while True:
            found = self.maker.find(name + INCOMING)
            if found is None:
                return seen is not None
            volume = self.maker.find(name)
            now = [volume and self.maker.size_now(volume), self.maker.size_now(found)]
            if now != seen:
                seen, end = now, time.monotonic() + self.session.endpoint.timeout
            elif time.monotonic() > end:
                self.unfinished = True
                return True
            time.sleep(LOOK_EVERY)

    def _await_again(self) -> None:
        self._looked = False
        self.await_others(self.kind.name)

    # plan

    def plan_new(self, document: Any, plan: Plan) -> None:
        """Add the steps that make the volume; what the source tells goes into its document."""
        self._plan_leftover(plan)
        # In a check an earlier task would have made the pool.
        source = self._opened() if self.kind.pool is not None else None
        what = f"create volume '{self.kind.name}' in pool '{self.params['pool']}' with the content of "
        if source is None:
            plan.add(f"{what}its source", lambda: None)
            return
        self._fit(document, source)
        plan.add(what + source.title, lambda: self.maker.fill(what + source.title, document, source))

    def plan_known(self, observed: Any, plan: Plan) -> None:
        """Add the steps that give an existing volume the content of the task, where that is to be compared."""
        if not self.is_asked_for or not (self.unfinished or self.params["compare"] == "content"):
            return
        name, overwrite = self.kind.name, self.params["overwrite"]
        source = self._made()
        if source is None:
            return
        if self.unfinished:
            differs = "half-written by another run, that is at work still or has not come to its end"
        else:
            at = self._difference(source, observed.stored)
            if at is None:
                return
            differs = at
        if overwrite == "never":
            raise Refused(
                f"volume '{name}' is not as {source.title}, but {differs}; it is replaced only where overwrite says so"
            )
        self.kind.need_unused(f"replace the content of volume '{name}'")
        plan.changes.append(Change("content", differs, source.title))
        self._plan_leftover(plan)
        self._plan_replacement(observed, source, plan)

    def plan_file(self, exists: bool, plan: Plan) -> None:
        """Add the step that writes the content into a file."""
        path = self.params["dest"]
        if path is None:
            return
        name = self.kind.name
        what = f"download volume '{name}' to {path}"
        folder = os.path.dirname(os.path.abspath(path))
        if not os.path.isdir(folder):
            self.kind.need(f"cannot {what}: there is no folder {folder}")
        if exists and not any(change.path == "content" for change in plan.changes):
            self._need_still(self.kind.handle, what)
            if os.path.exists(path) and self._is_in(what, path):
                return
        plan.changes.append(Change("dest", None, path))
        plan.add(what, lambda: save(self.session, what, self.kind.handle, path))

    def _is_in(self, what: str, path: str) -> bool:
        """Whether a file has the content of the volume."""
        try:
            return difference(self.session, what, File(path).read(), self.kind.handle, ends=True) is None
        except OSError as error:
            raise Refused(f"cannot {what}: {error.strerror}") from None

    def _made(self) -> Source | None:
        """The source, not looked into; None in a check whose earlier task would have made it."""
        params, session = self.params, self.session
        if params["_source"] is not None:
            return Parts(params["_source"], params["checksum"])
        if params["src"] is not None:
            source: Source = File(params["src"], params["checksum"])
            if os.path.exists(params["src"]):
                return source
            self.kind.need(f"there is no file {params['src']} on the machine that runs the module")
            return None
        if params["url"] is not None:
            if not session.is_here():
                raise Refused(
                    f"url is fetched by the hypervisor, and this machine is not that of {session.uri}: run the "
                    "task there, or fetch the file first (ansible.builtin.get_url) and give it as src"
                )
            # What fetches takes long to load, and few tasks need it.
            from .volume_url import Url

            return Url(params, session.endpoint.timeout, keeps=not self.kind.check)
        return self._origin(params["clone"])

    def _opened(self) -> Source | None:
        source = self._made()
        if source is not None:
            source.open()
        return source

    def _origin(self, clone: dict[str, Any]) -> Source | None:
        pool, session = self.kind.pool, self.session
        named = clone["pool"] or self.params["pool"]
        title = f"volume '{clone['volume']}' of pool '{named}'"
        if clone["pool"] is not None:
            look_up = session.connection.storagePoolLookupByName
            pool = session.look_up(f"look up pool '{named}'", "VIR_ERR_NO_STORAGE_POOL", look_up, named)
        found = None if pool is None else self.maker.find(clone["volume"], pool)
        if found is None:
            self.kind.need(f"there is no {title} on {session.uri} to clone")
            return None
        self._need_still(found, f"clone {title}")
        return Volumes(session, title, found)

    def _need_still(self, volume: Any, doing: str) -> None:
        writer = next((user for user in users_of(self.session, volume) if not user.readonly), None)
        if writer is not None:
            self.kind.need(f"cannot {doing}: the running guest '{writer.guest}' may write to it meanwhile")

    def _fit(self, document: Any, source: Source) -> None:
        """Write into the document of a new volume what only the source tells."""
        form = under(under(document, "target"), "format")
        if form.get("type") is None:
            form.set("type", source.format if self.maker.is_of_files() else "raw")
        if not self.maker.is_of_files() and source.format != "raw":
            raise Refused(
                f"{source.title} is {source.format}, and volumes of pool '{self.params['pool']}' are raw: bring it "
                "into a pool of files first, with format raw, and clone that"
            )
        if document.find("backingStore/path") is not None:
            raise Refused("backing and a source exclude each other: what builds upon an image has its content there")
        wanted = size(document, "capacity")
        if wanted is None and source.capacity is not None:
            set_capacity(document, source.capacity)
        elif wanted is not None and source.capacity is not None and wanted < source.capacity:
            raise Refused(f"capacity is {wanted} bytes, and {source.title} has {source.capacity}")
        if self.maker.is_of_files() and document.find("allocation") is None:
            # Else libvirt fills up a raw file before anything is in it.
            under(document, "allocation").text = "0"

    def _difference(self, source: Source, stored: Any) -> str | None:
        """How the volume differs from a source, None where it does not."""
        kind, what = self.kind, f"compare volume '{self.kind.name}' with {source.title}"
        if source.checksum is not None and self._digest(what, source.checksum, None) is None:
            # What it is to be has not to be fetched to know that.
            return None
        source.open()
        has, capacity = form_of(stored), size(stored, "capacity")
        if has != source.format or (has != "raw" and (isinstance(source, Volumes) or capacity != source.capacity)):
            raise Refused(
                f"compare: content compares bytes, which says nothing of volume '{kind.name}' ({has}, {capacity} "
                f"bytes) and {source.title} ({source.format}, {source.capacity} bytes): it was converted, cloned or "
                "resized"
            )
        if isinstance(source, Parts):
            return self._digest(what, source.told["digest"], source.told["length"])
        at = difference(self.session, what, source.pieces(), kind.handle, ends=has == "raw")
        return None if at is None else f"other from byte {at} on"

    def _digest(self, what: str, wanted: str, length: int | None) -> str | None:
        """The digest of the first bytes of the volume, or all, where it is another one than wanted."""
        hashed, kind = hashing(wanted.partition(":")[0]), self.kind

        def work(beat: Beat) -> None:
            left = length
            with contextlib.closing(pieces(self.session, kind.handle)) as there:
                for piece in there:
                    beat.tick()
                    has = piece if isinstance(piece, int) else len(piece)
                    used = has if left is None else min(has, left)
                    add_to(hashed, used if isinstance(piece, int) else piece[:used])
                    left = None if left is None else left - used

        transfer(self.session, what, work)
        if hashed.hexdigest() == wanted.partition(":")[2].lower():
            return None
        return f"{hashed.name}:{hashed.hexdigest()}"

    def _plan_leftover(self, plan: Plan) -> None:
        """Add the step that removes what a run has left that did not come to its end."""
        if not self.unfinished:
            return
        name = self.kind.name + INCOMING
        if self.params["overwrite"] == "never":
            raise Refused(
                f"another run was to fill volume '{self.kind.name}' and has left volume '{name}', or is at work still: "
                "when it is not, remove both (state absent), or let overwrite say that this run may"
            )
        what = f"delete volume '{name}', which another run has left"
        plan.add(what, lambda: self.maker.delete(what, name))

    def _plan_replacement(self, observed: Any, source: Source, plan: Plan) -> None:
        name, pool = self.kind.name, self.params["pool"]
        if isinstance(source, Parts) and source.told["parts"] is None and not self.kind.check:
            raise Refused(f"{source.title} was not brought here")
        source.open()
        document = (plan.document if plan.document is not None else observed.stored).__deepcopy__({})
        for tag in (*OWN, *LAYOUT) if form_of(document) == source.format else OWN:
            for found in document.findall(tag):
                found.getparent().remove(found)
        now = size(document, "capacity") or 0
        if source.capacity is not None and source.capacity > now:
            plan.changes.append(Change("capacity", f"{now} bytes", f"{source.capacity} bytes"))
            set_capacity(document, source.capacity)
        self._fit(document, source)
        away, anew = f"delete volume '{name}'", f"create volume '{name}' in pool '{pool}' with the content of "
        if isinstance(source, Volumes) or self.params["overwrite"] == "in_place":
            if self.params["url"] is not None and self.params["cache"] is None:
                raise Refused("overwrite: in_place with url needs cache: all of it has to be here before the old goes")
            if source.checksum is not None:
                plan.add(f"verify the checksum of {source.title}", lambda: _verify(source))
            plan.add(away, lambda: self.maker.delete(away, name))
            plan.add(anew + source.title, lambda: self.maker.fill(anew + source.title, document, source))
            return
        beside = name + INCOMING
        bring, away_beside = f"create volume '{beside}' with the content of {source.title}", f"delete volume '{beside}'"
        plan.add(bring, lambda: self.maker.bring(bring, source))
        plan.add(away, lambda: self.maker.delete(away, name))
        plan.add(f"{anew}volume '{beside}'", lambda: self.maker.swap(f"{anew}volume '{beside}'", document))
        plan.add(away_beside, lambda: self.maker.delete(away_beside, beside))


def _verify(source: Source) -> None:
    for _piece in source.pieces():
        pass
