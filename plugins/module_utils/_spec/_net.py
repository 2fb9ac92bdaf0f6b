# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of networks and of what is on them."""

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
