# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a storage pool."""

from __future__ import annotations

from .._xml.rules.pool import RULES
from ._option import UNMANAGED, Spec, from_table
from ._storage import AUTH, PERMISSIONS
from ._table import Table

TABLE: Table = {
    "type": "@type",
    "source": {
        "hosts": {"": "source/host", "name": "@name required", "port": "@port int"},
        "devices": {"": "source/device", "path": "@path required", "part_separator": "@part_separator yes"},
        "dir": "source/dir@path",
        "name": "source/name",
        "format": "source/format@type",
        "auth": {
            "type": "source/auth@type chap|ceph",
            **{name: line.format("source/auth") for name, line in AUTH.items()},
        },
        "initiator": "source/initiator/iqn@name",
        "protocol_version": "source/protocol@ver",
        "adapter": {
            **{name: f"source/adapter@{name}" for name in ("type", "name", "parent", "wwnn", "wwpn")},
            "managed": "source/adapter@managed yes",
        },
        "vendor": "source/vendor@name",
        "product": "source/product@name",
    },
    "target": {"path": "target/path", "permissions": PERMISSIONS},
    "cow": "features/cow@state yes",
    "mount_options": "fs:mount_opts/fs:option@name list",
    "rbd_options": {"": "rbd:config_opts/rbd:option", "name": "@name required", "value": "@value required"},
}

POOL = Spec(
    noun="pool",
    rules=RULES,
    states=("present", "active", "inactive", "absent"),
    options=from_table(TABLE, RULES),
    arguments={
        **UNMANAGED,
        "build": {"type": "str", "choices": ["never", "missing", "overwrite"], "default": "missing"},
        "delete_contents": {"type": "bool", "default": False},
        "refresh": {"type": "bool", "default": False},
    },
    constraints={"required_one_of": [("name", "uuid", "xml")]},
    from_options=True,
)
