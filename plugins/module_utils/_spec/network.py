# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a network."""

from __future__ import annotations

from .._xml.rules.network import RULES
from ._net import BANDWIDTH, VIRTUALPORT, VLAN
from ._option import APPLY, UNMANAGED, Spec, from_table
from ._table import Table

_LEASE = {"expiry": "lease@expiry int", "unit": "lease@unit seconds|minutes|hours"}

TABLE: Table = {
    "title": "title since=9.7",
    "description": "description since=9.7",
    "forward": {
        "mode": "forward@mode nat|route|open|bridge|private|vepa|passthrough|hostdev",
        "dev": "forward@dev",
        "managed": "forward@managed yes",
        "driver": "forward/driver@name",
        "interfaces": "forward/interface@dev list",
        "pf": "forward/pf@dev",
        "addresses": {
            "": "forward/address",
            **{name: f"@{name}" for name in ("type", "domain", "bus", "slot", "function")},
        },
        "nat": {
            "ipv6": "forward/nat@ipv6 yes",
            "address": {name: f"forward/nat/address@{name}" for name in ("start", "end")},
            "port": {name: f"forward/nat/port@{name} int" for name in ("start", "end")},
        },
    },
    "bridge": {
        "name": "bridge@name",
        "stp": "bridge@stp on",
        "delay": "bridge@delay int",
        "zone": "bridge@zone",
        "mac_table_manager": "bridge@macTableManager kernel|libvirt",
    },
    "mac": "mac@address",
    "mtu": "mtu@size int",
    "domain": {
        "name": "domain@name",
        "local_only": "domain@localOnly yes",
        "register": "domain@register yes since=10.1",
    },
    "ips": {
        "": "ip",
        "address": "@address",
        "prefix": "@prefix int",
        "netmask": "@netmask",
        "family": "@family ipv4|ipv6",
        "local_ptr": "@localPtr yes",
        "tftp_root": "tftp@root",
        "dhcp": {
            "ranges": {"": "dhcp/range", "start": "@start required", "end": "@end required", "lease": _LEASE},
            "hosts": {"": "dhcp/host", **{name: f"@{name}" for name in ("mac", "id", "name", "ip")}, "lease": _LEASE},
            "bootp": {"file": "dhcp/bootp@file", "server": "dhcp/bootp@server"},
        },
    },
    "routes": {
        "": "route",
        "address": "@address required",
        "prefix": "@prefix int",
        "netmask": "@netmask",
        "family": "@family ipv4|ipv6",
        "gateway": "@gateway required",
        "metric": "@metric int",
    },
    "dns": {
        "enable": "dns@enable yes",
        "forward_plain_names": "dns@forwardPlainNames yes",
        "forwarders": {"": "dns/forwarder", "domain": "@domain", "addr": "@addr", "port": "@port int since=12.0"},
        "hosts": {"": "dns/host", "ip": "@ip required", "hostnames": "hostname list"},
        "txts": {"": "dns/txt", "name": "@name required", "value": "@value"},
        "srvs": {
            "": "dns/srv",
            **{name: f"@{name} required" for name in ("service", "protocol")},
            **{name: f"@{name}" for name in ("domain", "target")},
            **{name: f"@{name} int" for name in ("port", "priority", "weight")},
        },
    },
    "portgroups": {
        "": "portgroup",
        "name": "@name required",
        "default": "@default yes",
        "trust_guest_rx_filters": "@trustGuestRxFilters yes",
        "bandwidth": BANDWIDTH,
        "vlan": VLAN,
        "virtualport": VIRTUALPORT,
    },
    "bandwidth": BANDWIDTH,
    "vlan": VLAN,
    "virtualport": VIRTUALPORT,
    "isolated_ports": "port@isolated yes",
    "ipv6": "@ipv6 yes",
    "trust_guest_rx_filters": "@trustGuestRxFilters yes",
}

NETWORK = Spec(
    noun="network",
    rules=RULES,
    states=("present", "active", "inactive", "absent"),
    options=from_table(TABLE, RULES),
    arguments={**UNMANAGED, **APPLY},
    constraints={"required_one_of": [("name", "uuid", "xml")]},
    from_options=True,
)
