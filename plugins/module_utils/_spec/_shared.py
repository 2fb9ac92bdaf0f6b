# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows that documents of several kinds have in common."""

from __future__ import annotations

_RATE = {"average": "int", "peak": "int", "burst": "int"}

BANDWIDTH = {
    "inbound": {name: f"bandwidth/inbound@{name} {form}" for name, form in {**_RATE, "floor": "int"}.items()},
    "outbound": {name: f"bandwidth/outbound@{name} {form}" for name, form in _RATE.items()},
}

VLAN = {
    "trunk": "vlan@trunk yes_or_nothing",
    "tags": {"": "vlan/tag", "id": "@id int required", "native_mode": "@nativeMode tagged|untagged"},
}

VIRTUALPORT = {
    "type": "virtualport@type",
    **{
        name: f"virtualport/parameters@{parameter}"
        for name, parameter in {
            "interface_id": "interfaceid",
            "profile_id": "profileid",
            "manager_id": "managerid",
            "type_id": "typeid",
            "type_id_version": "typeidversion",
            "instance_id": "instanceid",
        }.items()
    },
}

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
