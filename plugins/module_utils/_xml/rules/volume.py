# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables for storage ``<volume>`` documents, seen with libvirt 9.0."""

from __future__ import annotations

from ..tables import Rules

# Facts of the file, not wishes for it: libvirt reads them nowhere, or only while it creates the volume.
_STATE = {
    "@type": "*",
    "key": "*",
    "allocation": "*",
    "physical": "*",
    "source": "*",
    "target/path": "*",
    "target/timestamps": "*",
    "target/nocow": "*",
    "target/permissions/label": "*",
    "backingStore/timestamps": "*",
    "backingStore/permissions": "*",
}

RULES = Rules(
    root="volume",
    schema="storagevol.rng",
    auto={
        # Without one, it is that of the image behind.
        "capacity": "* if backingStore/path",
        "target/format@type": "raw",
        "target/compat@.": "*",
        "target/permissions": "*",
        "target/permissions/*": "*",
        "target/clusterSize": "*",
        "target/features": "* if not(features)",
        "backingStore/format@type": "raw",
        "**/encryption@engine": "qemu",
    },
    drop={"target/permissions/owner@.": "-1|4294967295", "target/permissions/group@.": "-1|4294967295"},
    loose={
        **_STATE,
        # Minus one, read as unsigned: whatever the pool gives it.
        "target/permissions/owner@.": "(-1|4294967295) > .*",
        "target/permissions/group@.": "(-1|4294967295) > .*",
        # Looking at a pool libvirt calls raw content by what it finds in it.
        "target/format@type": "raw > iso",
        # An image without a size of its own is as large as its header.
        "capacity@.": "0 .* > [0-9]{1,6} bytes",
    },
    values={
        "target/permissions/*@.": "octal",
        "backingStore/path@.": "path",
    },
    # libvirt asks qemu-img for whole KiB.
    sizes={"capacity": "bytes 1024", "allocation": "bytes", "physical": "bytes", "target/clusterSize": "bytes"},
    flags=frozenset({"target/nocow", "target/features/*"}),
    measured=frozenset({"allocation", "physical", "target/timestamps", "backingStore/timestamps"}),
    secrets=frozenset({"**/*@passwd"}),
)
