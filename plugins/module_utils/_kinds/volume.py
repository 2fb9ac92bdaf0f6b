# SPDX-License-Identifier: GPL-3.0-or-later

"""Storage volumes."""

from __future__ import annotations

from typing import Any

from .._domain.storage import in_use, user_of, volumes_of
from .._kind import Kind, Observed
from .._plan import Plan, Refused
from .._session import SessionError, libvirt
from .._xml.document import parse, serialise
from .._xml.overlay import Overlay
from .._xml.rules.volume import RULES
from .._xml.tables import size_bytes

#: The options that say where the content comes from.
SOURCES = ("src", "url", "clone", "_source")

#: What helps where the pool is missing or inactive.
REMEDY = "virt_pool with state active makes it so"


class Volume(Kind):
    noun = "volume"
    rules = RULES
    missing = "VIR_ERR_NO_STORAGE_VOL"
    resting = "present"
    needs = "capacity, backing, src, url, clone or xml to create it"
    runs = False
    validating = "VIR_STORAGE_VOL_CREATE_VALIDATE"
    #: The pool that the task names, None in a check whose earlier task would have made or started it.
    pool: Any = None

    def find(self, name: str | None, uuid: str | None) -> Any:
        found = self._found(name)
        # What would go with a guest goes once.
        return None if self.check and ("volumes", f"{self.params['pool']}/{name}") in self.removed else found

    def _found(self, name: str | None) -> Any:
        if self.glimpse is not None:
            (found, _none), self.glimpse = self.glimpse, None
            return found
        pool, connection = self.params["pool"], self.session.connection
        self.pool = self.session.look_up(
            f"look up pool '{pool}'", "VIR_ERR_NO_STORAGE_POOL", connection.storagePoolLookupByName, pool
        )
        if self.pool is None:
            if self.params["state"] != "absent":
                self.need(f"there is no pool '{pool}' on {self.session.uri}", REMEDY, ("pools", pool))
            return None
        what = f"look up volume '{name}' of pool '{pool}'"
        try:
            return self.session.look_up(what, "VIR_ERR_NO_STORAGE_VOL", self.pool.storageVolLookupByName, name)
        except SessionError as error:
            if error.code != libvirt.VIR_ERR_OPERATION_INVALID:
                raise
        self.pool = None
        sentence = f"pool '{pool}' on {self.session.uri} is not active, and only an active pool has volumes"
        self.need(sentence, REMEDY, ("pools", pool))
        return None

    def need_unused(self, doing: str, guest: str | None = None) -> None:
        used = in_use(self.session, [self.handle], doing, besides=self.removed, user=guest, looks=self.looks)
        if used is not None:
            self.need(used)

    def everything(self) -> list[Any]:
        connection, name = self.session.connection, self.params["pool"]
        if name is None:
            active = libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE
            pools = self.session.slow("list the pools", connection.listAllStoragePools, active)
            return [volume for pool in pools for volume in volumes_of(self.session, pool)]
        look_up = connection.storagePoolLookupByName
        pool = self.session.look_up(f"look up pool '{name}'", "VIR_ERR_NO_STORAGE_POOL", look_up, name)
        if pool is None:
            raise Refused(f"there is no pool '{name}' on {self.session.uri}")
        return list(self.session.slow(f"list the volumes of pool '{name}'", pool.listAllVolumes))

    def observe(self) -> Observed:
        what = f"read volume '{self.handle.name()}'"
        return Observed(stored=parse(self.session.call(what, self.handle.XMLDesc, 0)), state="present")

    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        if not observed.exists:
            self.plan_creation(merged.document, plan)
            return
        fixed = [each for each in merged.differences if each.tags != "capacity"]
        if fixed:
            told = ", ".join(f"{one.path} from {one.before or 'nothing'} to {one.after or 'nothing'}" for one in fixed)
            raise Refused(
                f"volume '{self.name}' exists and libvirt cannot change {told}: remove it first (state absent) or "
                "leave that as it is"
            )
        self._plan_resize(observed.stored, _capacity(merged.document), plan)

    def plan_creation(self, document: Any, plan: Plan) -> None:
        if document.find("capacity") is None and document.find("backingStore/path") is None:
            raise Refused("capacity is missing: a new volume needs one, unless it has a backing to take it from")
        if document.find("backingStore/path") is None and not _capacity(document):
            raise Refused("capacity: a volume needs one above nothing")
        what = f"create volume '{self.name}' in pool '{self.params['pool']}'"

        def create() -> None:
            flags = getattr(libvirt, self.validating) if self.validates else 0
            self.handle = self.session.slow(what, self.pool.createXML, serialise(document), flags)

        plan.add(what, create)

    def _plan_resize(self, stored: Any, wanted: int, plan: Plan) -> None:
        now, taken = _capacity(stored), size(stored, "allocation") or 0
        what = f"resize volume '{self.name}' from {now} to {wanted} bytes"
        if wanted < now:
            if not self.params["shrink"]:
                raise Refused(
                    f"volume '{self.name}' has {now} bytes and would shrink to {wanted}: that cuts off data, and is "
                    "done only with shrink: true"
                )
            if wanted < taken:
                raise Refused(
                    f"volume '{self.name}' takes {taken} bytes, and libvirt makes none smaller than that, as {wanted} "
                    "bytes would be"
                )
            self.need_unused(f"shrink volume '{self.name}'")
            shrink = libvirt.VIR_STORAGE_VOL_RESIZE_SHRINK
            plan.add(what, lambda: self.session.slow(what, self.handle.resize, wanted, shrink))
            return
        user = user_of(self.session, self.handle)
        self.need_unused(f"resize volume '{self.name}'", None if user is None else user.guest)
        if user is not None:
            what += f" through disk {user.target} of the running guest '{user.guest}'"
        plan.add(what, lambda: self._grow(what, wanted))

    def _grow(self, what: str, wanted: int) -> None:
        """Grow the volume. Of one that a running guest uses the guest would not learn otherwise (libvirt 9.0), and its
        call shrinks without asking.
        """
        user = user_of(self.session, self.handle)
        if user is None:
            self.session.slow(what, self.handle.resize, wanted, 0)
            return
        capacity, _allocation, _physical = self.session.call(what, user.domain.blockInfo, user.target)
        if capacity < wanted:
            in_bytes = libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES
            self.session.slow(what, user.domain.blockResize, user.target, wanted, in_bytes)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        """A volume has no power: present is all there is."""

    def remove(self, observed: Observed, plan: Plan) -> None:
        self.need_unused(f"delete volume '{self.name}'")
        wipe = self.params["wipe"]
        if wipe is not None:
            number = getattr(libvirt, f"VIR_STORAGE_VOL_WIPE_ALG_{wipe.upper()}")
            wiped = f"wipe volume '{self.name}' ({wipe})"
            plan.add(wiped, lambda: self.session.slow(wiped, self.handle.wipePattern, number, 0))
        what = f"delete volume '{self.name}' of pool '{self.params['pool']}'"
        plan.add(what, lambda: self.session.slow(what, self.handle.delete, 0))

    def facts(self, observed: Observed) -> dict[str, Any]:
        document = observed.stored
        form = document.find("target/format")
        return {
            "pool": self._pool_name(),
            "type": document.get("type"),
            "path": document.findtext("target/path"),
            "key": document.findtext("key"),
            "format": None if form is None else form.get("type"),
            "capacity": size(document, "capacity"),
            "allocation": size(document, "allocation"),
            "backing": document.findtext("backingStore/path"),
            "xml": self.text(document),
        }

    def _pool_name(self) -> str:
        named: str | None = self.params["pool"]
        if named is not None:
            return named
        pool = self.session.call(f"look up the pool of volume '{self.name}'", self.handle.storagePoolLookupByVolume)
        return str(pool.name())


def size(document: Any, tag: str) -> int | None:
    """A size of a volume's document in bytes, None where it is not named."""
    found = document.find(tag)
    return None if found is None else size_bytes(found.text, found.get("unit"), "bytes")


def _capacity(document: Any) -> int:
    return size(document, "capacity") or 0
