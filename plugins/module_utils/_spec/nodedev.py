# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a node device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._xml.document import find_all, value
from .._xml.rules.nodedev import RULES
from ._option import OBJECT, Desired, Spec

#: What a device can be asked for, as libvirt's XML names it.
CAPABILITIES = (
    "ap_card",
    "ap_matrix",
    "ap_queue",
    "ccw",
    "css",
    "drm",
    "fc_host",
    "mdev",
    "mdev_types",
    "net",
    "pci",
    "scsi",
    "scsi_generic",
    "scsi_host",
    "scsi_target",
    "storage",
    "system",
    "usb",
    "usb_device",
    "vdpa",
    "vpd",
    "vports",
)


@dataclass(frozen=True)
class NodedevSpec(Spec):
    """libvirt names a device itself, and reads past the name in a document: a virtual HBA is told by its WWNs."""

    def name(self, params: dict[str, Any], tree: Any) -> str | None:
        wwns = None if tree is None else _wwns_in(tree)
        return params["name"] or wwns if wwns else super().name(params, tree)

    def put_identity(self, tree: Any, asked: Desired) -> None:
        """Nothing: a document without the UUID or the WWNs of its device makes a new one each time."""


def _wwns_in(tree: Any) -> str | None:
    """The names of a virtual HBA, as WWNN:WWPN."""
    for part in find_all(tree, "capability/capability"):
        names = [(value(part, tag) or "").lower() for tag in ("wwnn", "wwpn")]
        if part.get("type") == "fc_host" and all(names):
            return ":".join(names)
    return None


NODEDEV = NodedevSpec(
    noun="device",
    rules=RULES,
    states=("present", "active", "inactive", "absent"),
    common=OBJECT,
    constraints={"required_one_of": [("name", "uuid", "xml")]},
    uuid_at="capability/uuid",
    naming="by name, by uuid, or in xml by a <uuid> (mediated devices) or by <wwnn> and <wwpn> (virtual HBAs)",
)
