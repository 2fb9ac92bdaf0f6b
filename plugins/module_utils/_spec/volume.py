# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a storage volume."""

from __future__ import annotations

from .._xml.rules.volume import RULES
from ._option import Spec, from_table
from ._shared import ENCRYPTION, PERMISSIONS
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

VOLUME = Spec(
    noun="volume",
    rules=RULES,
    states=("present", "absent"),
    common={"name": {"type": "str"}, "xml": {"type": "str"}},
    options=from_table(TABLE, RULES),
    arguments={"pool": {"type": "str", "required": True}},
    constraints={"required_one_of": [("name", "xml")]},
    from_options=True,
)
