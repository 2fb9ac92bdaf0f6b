# SPDX-License-Identifier: GPL-3.0-or-later

"""Storage pools."""

from __future__ import annotations

from typing import Any

from .._domain.storage import in_use
from .._kind import Defined, Observed
from .._plan import Plan, Refused
from .._session import SessionError, libvirt
from .._xml.overlay import Overlay
from .._xml.rules.pool import RULES
from .._xml.tables import size_bytes

#: What building means per pool type; a type that is not here has nothing to build (libvirt 9.0 storage backends).
#: "directory" makes a directory; "device" writes a file system, label or volume group, and takes the flags that
#: make libvirt look first.
BUILDS = {
    "dir": "directory",
    "netfs": "directory",
    "vstorage": "directory",
    "fs": "device",
    "disk": "device",
    "logical": "device",
    "zfs": "pool",
}


class Pool(Defined):
    noun = "pool"
    needs = "options or xml to define it"
    rules = RULES
    resting = "inactive"
    lookup_name = "storagePoolLookupByName"
    lookup_uuid = "storagePoolLookupByUUIDString"
    list_all = "listAllStoragePools"
    missing = "VIR_ERR_NO_STORAGE_POOL"
    define = "storagePoolDefineXML"
    validating = "VIR_STORAGE_POOL_DEFINE_VALIDATE"

    def observe(self) -> Observed:
        glance = self.look()
        return Observed.of(glance, self.stored(), self.document(0) if glance.active else None)

    def stored(self) -> Any:
        return self.document(libvirt.VIR_STORAGE_XML_INACTIVE)

    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        super().store(observed, merged, plan)
        kind = merged.document.get("type")
        if self.params["build"] == "overwrite" and kind not in BUILDS:
            raise Refused(
                f"pool '{self.name}' is of type {kind}, which has nothing to build (libvirt builds "
                f"{', '.join(BUILDS)}): leave build: overwrite out"
            )
        if not observed.exists and self.params["build"] != "never" and kind in BUILDS:
            plan.add(f"build pool '{self.name}'", lambda: self._build(kind))

    def _build(self, kind: str) -> None:
        overwrite = self.params["build"] == "overwrite"
        flags = 0
        if BUILDS[kind] == "device":
            flags = libvirt.VIR_STORAGE_POOL_BUILD_NO_OVERWRITE
            if overwrite:
                flags = libvirt.VIR_STORAGE_POOL_BUILD_OVERWRITE
        try:
            self.session.slow(f"build pool '{self.name}'", self.handle.build, flags)
        except SessionError as error:
            # "missing" is about what is not there: what libvirt finds in place is not built again.
            if overwrite or error.code != libvirt.VIR_ERR_STORAGE_POOL_BUILT:
                raise

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        if state == "active" and plan.state != "active":
            plan.add(f"start pool '{self.name}'", lambda: self._start(observed, plan))
            plan.state, plan.fresh = state, True
        elif state == "inactive" and plan.state == "active":
            self._plan_stop(plan)
        if self.params["refresh"]:
            if plan.state != "active":
                raise Refused(f"pool '{self.name}' is not active: refresh needs state active")
            what = f"refresh pool '{self.name}'"
            plan.add(what, lambda: self.session.slow(what, self.handle.refresh))

    def _start(self, observed: Observed, plan: Plan) -> None:
        """Start; a pool that was there before and does not start is built once, where the task allows it."""
        what = f"start pool '{self.name}'"
        try:
            self.switch(what, self.handle.create, True)
        except SessionError:
            kind = None if observed.stored is None else observed.stored.get("type")
            if self.session.stuck or self.params["build"] == "never" or kind not in BUILDS:
                raise
            self._build(kind)
            plan.done.append(f"build pool '{self.name}', which did not start")
            self.session.slow(what, self.handle.create)

    def _plan_stop(self, plan: Plan) -> None:
        what = f"stop pool '{self.name}'"
        plan.add(what, lambda: self.switch(what, self.handle.destroy, False))
        plan.state, plan.fresh = "inactive", True

    def remove(self, observed: Observed, plan: Plan) -> None:
        contents = self.params["delete_contents"]
        if contents:
            self._plan_contents(observed, plan)
        if observed.active:
            self._plan_stop(plan)
        if contents and observed.stored.get("type") in BUILDS:
            what = f"delete the storage of pool '{self.name}'"
            plan.add(what, lambda: self.session.slow(what, self.handle.delete, 0))
        if observed.persistent:
            self.undefine(plan)

    def _plan_contents(self, observed: Observed, plan: Plan) -> None:
        if not observed.active:
            raise Refused(
                f"pool '{self.name}' is inactive and shows no volumes: delete_contents needs it active, so make it "
                "active first, or leave delete_contents out"
            )
        volumes = self.session.slow(f"list the volumes of pool '{self.name}'", self.handle.listAllVolumes)
        doing = f"delete the contents of pool '{self.name}'"
        used = in_use(self.session, volumes, doing, besides=self.removed, looks=self.looks)
        if used is not None:
            self.need(used)
        for volume in sorted(volumes, key=lambda one: one.name()):
            if ("volumes", f"{self.name}/{volume.name()}") not in self.removed:
                self._plan_volume(volume, plan)

    def _plan_volume(self, volume: Any, plan: Plan) -> None:
        what = f"delete volume '{volume.name()}' of pool '{self.name}'"
        plan.add(what, lambda: self.session.slow(what, volume.delete, 0))

    def facts(self, observed: Observed) -> dict[str, Any]:
        document = observed.stored if observed.live is None else observed.live
        return {
            "uuid": document.findtext("uuid"),
            "autostart": observed.autostart,
            "persistent": observed.persistent,
            "type": document.get("type"),
            "path": document.findtext("target/path"),
            **{tag: _bytes(document, tag) if observed.active else None for tag in SIZES},
            "xml": self.text(observed.stored),
        }


#: What an active pool says of its space.
SIZES = ("capacity", "allocation", "available")


def _bytes(document: Any, tag: str) -> int | None:
    found = document.find(tag)
    return None if found is None else size_bytes(found.text, found.get("unit"), "bytes")
