# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of pools, volumes and disks."""

from __future__ import annotations

PERMISSIONS = {name: f"target/permissions/{name}" for name in ("mode", "owner", "group", "label")}

#: With a place for the path of the element.
AUTH = {
    "username": "{}@username",
    "secret_uuid": "{}/secret@uuid plain",
    "secret_usage": "{}/secret@usage plain",
}

ENCRYPTION = {
    "format": "{}@format default|luks|luks2|luks-any|qcow",
    "engine": "{}@engine qemu|librbd",
    "secret_uuid": "{0}/secret@uuid plain >{0}/secret@type=passphrase",
    "secret_usage": "{0}/secret@usage plain >{0}/secret@type=passphrase",
}
