# SPDX-License-Identifier: GPL-3.0-or-later

"""Node devices: the devices of the host. Two kinds of them can be made: mediated devices and virtual HBAs."""

from __future__ import annotations

import re
from typing import Any

from .._kind import Defined, Observed
from .._plan import Plan, Refused
from .._session import libvirt
from .._xml.document import find_all, parse, value
from .._xml.overlay import Overlay
from .._xml.rules.nodedev import RULES

#: Capabilities whose flag is not called like them.
FLAGS = {"pci": "PCI_DEV", "usb_device": "USB_DEV", "usb": "USB_INTERFACE", "ccw": "CCW_DEV", "css": "CSS_DEV"}

#: What libvirt makes of a document: a mediated device is defined, and started; a virtual HBA is there or not.
MDEV = "mediated device"
VHBA = "virtual HBA"


class Nodedev(Defined):
    noun = "device"
    rules = RULES
    resting = "inactive"
    runs = False
    lookup_name = "nodeDeviceLookupByName"
    list_all = "listAllDevices"
    missing = "VIR_ERR_NO_NODE_DEVICE"
    define = "nodeDeviceDefineXML"
    validating = "VIR_NODE_DEVICE_DEFINE_XML_VALIDATE"
    name_at = None
    uuid_at = "capability/uuid"

    def find(self, name: str | None, uuid: str | None) -> Any:
        """By name; a virtual HBA by WWNN:WWPN; and a mediated device by its UUID, whatever the document calls it."""
        if name is not None and re.fullmatch(r"[0-9a-f]{16}:[0-9a-f]{16}", name):
            return self._search("fc_host", lambda document: _wwns(document) == name)
        found = None if name is None else super().find(name, None)
        if found is None and uuid is not None:
            return self._search("mdev", lambda document: value(document, self.uuid_at) == uuid)
        return found

    def _search(self, capability: str, fits: Any) -> Any:
        """The first device with a capability whose document fits. A device may go while they are read."""
        for handle in self._listed(capability):
            what = f"read device '{handle.name()}'"
            xml = self.session.look_up(what, self.missing, handle.XMLDesc, 0)
            if xml is not None and fits(parse(xml)):
                return handle
        return None

    def everything(self) -> list[Any]:
        return self._listed(self.params["capability"])

    def _listed(self, capability: str | None) -> list[Any]:
        flag = 0
        if capability is not None:
            suffix = FLAGS.get(capability, capability.upper())
            flag = getattr(libvirt, f"VIR_CONNECT_LIST_NODE_DEVICES_CAP_{suffix}")
        return list(self.session.slow("list the devices", self.session.connection.listAllDevices, flag))

    def observe(self) -> Observed:
        device, stored = self.handle, self.stored()
        what = f"read the state of device '{device.name()}'"
        active = self.session.optional(what, device.isActive) != 0
        mediated = _made(stored) == MDEV
        autostart = self.session.optional(what, device.autostart) if mediated else None
        return Observed(
            stored=stored,
            state="active" if active else "inactive",
            active=active,
            autostart=None if autostart is None else bool(autostart),
            persistent=not mediated or self.session.optional(what, device.isPersistent) != 0,
        )

    def stored(self) -> Any:
        return self.document(0)

    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        if observed.exists and merged.differences:
            told = ", ".join(f"{one.path} from {one.before or '-'} to {one.after or '-'}" for one in merged.differences)
            raise Refused(
                f"device '{self.name}' exists and cannot be changed: {told}; remove it first (state absent) or leave "
                "that as it is"
            )
        kind = _made(merged.document)
        if kind is None:
            raise Refused(
                "xml describes a device that cannot be made: libvirt makes mediated devices (a capability of type mdev)"
                " and virtual HBAs (one of type fc_host in one of type scsi_host)"
            )
        if kind == MDEV and not value(merged.document, self.uuid_at):
            raise Refused("xml gives the mediated device no <uuid>: each run would make another one")
        if kind == VHBA:
            self.define, self.resting = "nodeDeviceCreateXML", "active"
            self.validating = "VIR_NODE_DEVICE_CREATE_XML_VALIDATE"
        super().store(observed, merged, plan)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        document = plan.document if plan.document is not None else observed.stored
        kind = None if document is None else _made(document)
        if self.params["autostart"] is not None and kind != MDEV:
            raise Refused(f"device '{self.name}' is no mediated device: libvirt starts only those by itself")
        if state == "present" or state == plan.state:
            return
        if kind != MDEV:
            raise Refused(
                f"device '{self.name}' is no mediated device: only those can be defined and not active; a virtual HBA "
                "is removed by state absent"
            )
        verb, call, flags = ("start", "create", (0,)) if state == "active" else ("stop", "destroy", ())
        what = f"{verb} device '{self.name}'"
        plan.add(what, lambda: self.session.slow(what, getattr(self.handle, call), *flags))
        plan.state, plan.fresh = state, True

    def remove(self, observed: Observed, plan: Plan) -> None:
        kind = _made(observed.stored)
        if kind is None:
            raise Refused(f"device '{self.name}' is neither a mediated device nor a virtual HBA: it is the host's own")
        if observed.active:
            what = f"{'stop' if kind == MDEV else 'remove'} device '{self.name}'"
            plan.add(what, lambda: self.session.slow(what, self.handle.destroy))
        if kind == MDEV and observed.persistent:
            self.undefine(plan)

    def facts(self, observed: Observed) -> dict[str, Any]:
        document = observed.stored
        return {
            "parent": document.findtext("parent"),
            "capabilities": [one.get("type") for one in document.iter("capability")],
            "driver": document.findtext("driver/name"),
            "uuid": value(document, self.uuid_at),
            "autostart": observed.autostart,
            "persistent": observed.persistent,
            "xml": self.text(document),
        }


def _made(document: Any) -> str | None:
    """Which of the two kinds of device that can be made a document is about; None for a device of the host."""
    kind = value(document, "capability@type")
    if kind == "mdev":
        return MDEV
    virtual = (document.findtext("parent") or "scsi_host").startswith("scsi_host")
    return VHBA if kind == "scsi_host" and virtual and _wwns(document) else None


def _wwns(document: Any) -> str | None:
    """The names of an HBA, as WWNN:WWPN."""
    for part in find_all(document, "capability/capability"):
        if part.get("type") == "fc_host":
            return f"{value(part, 'wwnn')}:{value(part, 'wwpn')}".lower()
    return None
