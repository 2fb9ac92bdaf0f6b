# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a storage volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._plan import Refused
from .._xml.document import parse
from .._xml.overlay import WHOLE
from .._xml.rules.volume import RULES
from ._option import Desired, Spec, from_table
from ._storage import ENCRYPTION, PERMISSIONS
from ._table import Table

TABLE: Table = {
    "capacity": "capacity size",
    "allocation": "allocation size",
    "format": "target/format@type",
    "backing": {"path": "backingStore/path required", "format": "backingStore/format@type required"},
    "permissions": PERMISSIONS,
    "compat": "target/compat",
    "cluster_size": "target/clusterSize size",
    "lazy_refcounts": "target/features/lazy_refcounts flag",
    "extended_l2": "target/features/extended_l2 flag",
    "nocow": "target/nocow flag",
    "encryption": {name: line.format("target/encryption") for name, line in ENCRYPTION.items()},
}

#: Ways to wipe a volume, by libvirt's names.
WIPING = ("zero", "nnsa", "dod", "bsi", "gutmann", "schneier", "pfitzner7", "pfitzner33", "random", "trim")

#: Where the content may come from.
SOURCES = ("src", "url", "clone", "_source")

#: What an option says nothing without: option -> the others.
ONLY_WITH: dict[str, tuple[str, ...]] = {
    "checksum": ("src", "url", "_source"),
    "headers": ("url",),
    "url_username": ("url",),
    "cache": ("url",),
    "remote_src": ("src",),
}


@dataclass(frozen=True)
class VolumeSpec(Spec):
    """A volume may be made of nothing but a source."""

    def identity(self, params: dict[str, Any]) -> Desired:
        for option, others in ONLY_WITH.items():
            if params[option] and not any(params[other] is not None for other in others):
                raise Refused(f"{option} is for a task with {' or '.join(others[:2])}, which this is not")
        if not _has_source(params) and (
            params["compare"] == "content" or params["overwrite"] in ("safely", "in_place")
        ):
            raise Refused("compare and overwrite are for a task with src, url or clone, which this is not")
        if params["state"] == "absent" and (params["dest"] is not None or _has_source(params)):
            raise Refused("state: absent takes neither a source nor a dest")
        if params["state"] != "absent" and params["wipe"] is not None:
            raise Refused("wipe is for state: absent, which deletes the volume after it")
        return super().identity(params)

    def desired(self, params: dict[str, Any], asked: Desired, current: Any) -> Desired:
        desired = super().desired(params, asked, current)
        if desired.tree is not None or current is not None or not _has_source(params):
            return desired
        tree = parse(f"<{self.rules.root}/>")
        self.put_identity(tree, asked)
        return Desired(asked.name, asked.uuid, tree, WHOLE)


def _has_source(params: dict[str, Any]) -> bool:
    return any(params[source] is not None for source in SOURCES)


VOLUME = VolumeSpec(
    noun="volume",
    rules=RULES,
    states=("present", "absent"),
    common={"name": {"type": "str"}, "xml": {"type": "str"}},
    options=from_table(TABLE, RULES),
    arguments={
        "pool": {"type": "str", "required": True},
        "src": {"type": "path"},
        "remote_src": {"type": "bool", "default": False},
        "url": {"type": "str"},
        "url_username": {"type": "str"},
        "url_password": {"type": "str", "no_log": True},
        "headers": {"type": "dict", "no_log": True},
        "validate_certs": {"type": "bool", "default": True},
        "checksum": {"type": "str"},
        "cache": {"type": "path"},
        "clone": {"type": "dict", "options": {"pool": {"type": "str"}, "volume": {"type": "str", "required": True}}},
        "compare": {"type": "str", "choices": ["exists", "content"], "default": "exists"},
        "overwrite": {"type": "str", "choices": ["never", "safely", "in_place"], "default": "never"},
        "shrink": {"type": "bool", "default": False},
        "wipe": {"type": "str", "choices": list(WIPING)},
        "dest": {"type": "path"},
        # What the action plugin tells of a src on the controller.
        "_source": {"type": "dict"},
    },
    constraints={"required_one_of": [("name", "xml")], "mutually_exclusive": [("src", "url", "clone", "_source")]},
    from_options=True,
)
