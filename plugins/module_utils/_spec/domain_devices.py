# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a guest's devices: a list for each kind of device, named after libvirt's element."""

from __future__ import annotations

from typing import Any

from ._net import BANDWIDTH, VIRTUALPORT, VLAN
from ._storage import AUTH, ENCRYPTION
from ._table import Table


def _same(path: str, form: str, *names: str) -> dict[str, str]:
    """Options that are called as their attributes."""
    return {name: f"{path}@{name} {form}" for name in names}


#: What every device has that has a place in the guest.
_PLACE = {"address": "address attributes", "alias": "alias@name"}


def _devices(tag: str, options: Table) -> Table:
    return {**options, "": f"devices/{tag} {options.get('', '')}", **({} if tag in _NOWHERE else _PLACE)}


#: How every virtio device may be driven.
_VIRTIO = _same("driver", "on", "iommu", "ats", "packed", "page_per_vq")
_ROM = {"bar": "rom@bar on", "file": "rom@file", "enabled": "rom@enabled yes"}
_BOOT = {"boot_order": "boot@order int"}

_AUTH = {
    **{name: line.format("source/auth") for name, line in AUTH.items()},
    "secret_type": "source/auth/secret@type ceph|iscsi",
}
_HOSTS = {"": "source/host", "name": "@name", "port": "@port int", "transport": "@transport", "socket": "@socket"}

#: Devices without one.
_NOWHERE = ("graphics", "audio", "lease")

DISK: Table = {
    "type": "@type file|block|dir|network|volume|nvme|vhostuser|vhostvdpa|ctl",
    "device": "@device disk|cdrom|floppy|lun",
    "target": "target@dev required",
    "bus": "target@bus",
    "source": {
        "file": "source@file >@type=file",
        "dev": "source@dev >@type=block",
        "dir": "source@dir >@type=dir",
        "pool": "source@pool >@type=volume",
        "volume": "source@volume",
        "protocol": "source@protocol >@type=network",
        "name": "source@name",
        "query": "source@query",
        "hosts": _HOSTS,
        "snapshot": "source/snapshot@name",
        "config": "source/config@file",
        "initiator": "source/initiator/iqn@name",
        "tls": "source@tls yes",
        "tls_hostname": "source@tlsHostname",
        "ssl_verify": "source/ssl@verify yes",
        "mode": "source@mode host|direct",
        "startup_policy": "source@startupPolicy mandatory|requisite|optional",
        "auth": _AUTH,
        "encryption": {name: line.format("source/encryption") for name, line in ENCRYPTION.items()},
    },
    "driver": {
        **_same(
            "driver", "", "name", "type", "cache", "io", "error_policy", "rerror_policy", "discard", "detect_zeroes"
        ),
        **_same("driver", "on", "ioeventfd", "event_idx", "copy_on_read"),
        "discard_no_unref": "driver@discard_no_unref on since=9.5",
        **_same("driver", "int", "iothread", "queues", "queue_size"),
        **_VIRTIO,
    },
    "readonly": "readonly flag",
    "shareable": "shareable flag",
    "transient": "transient flag",
    "serial": "serial",
    "wwn": "wwn",
    "vendor": "vendor",
    "product": "product",
    "snapshot": "@snapshot internal|external|no|manual",
    "rawio": "@rawio yes",
    "sgio": "@sgio filtered|unfiltered",
    "removable": "target@removable on",
    "tray": "target@tray open|closed",
    "rotation_rate": "target@rotation_rate int",
    "iotune": {
        **{
            f"{what}{most}": f"iotune/{what}{most} {form}"
            for unit, form in (("bytes_sec", "bytes"), ("iops_sec", "int"))
            for what in (f"total_{unit}", f"read_{unit}", f"write_{unit}")
            for most in ("", "_max")
        },
        **{
            name: f"iotune/{name} int"
            for name in (
                "size_iops_sec",
                *(
                    f"{whose}_{unit}_max_length"
                    for unit in ("bytes_sec", "iops_sec")
                    for whose in ("total", "read", "write")
                ),
            )
        },
        "group_name": "iotune/group_name",
    },
    "geometry": "geometry attributes",
    "blockio": "blockio attributes",
    **_BOOT,
}

_ADDRESSES = {"": "ip", **_same("", "", "address", "family", "peer"), "prefix": "@prefix int"}

INTERFACE: Table = {
    "type": (
        "@type network|bridge|direct|user|ethernet|vhostuser|server|client|mcast|udp|internal|hostdev|vdpa|vds|null"
    ),
    "mac": "mac@address",
    "mac_type": "mac@type generated|static",
    "source": {
        "network": "source@network >@type=network",
        "portgroup": "source@portgroup",
        "bridge": "source@bridge >@type=bridge",
        "dev": "source@dev >@type=direct",
        "mode": "source@mode",
        "name": "source@name >@type=internal",
        "path": "source@path >@type=vhostuser",
        "socket": "source@type",
        "address": "source/address attributes >@type=hostdev",
        "host": "source@address",
        "port": "source@port int",
    },
    "model": "model@type",
    "managed": "@managed yes",
    "target": "target@dev",
    "target_managed": "target@managed yes",
    "link": "link@state up|down",
    "mtu": "mtu@size int",
    "driver": {
        **_same("driver", "", "name", "txmode"),
        **_same("driver", "int", "queues", "rx_queue_size", "tx_queue_size"),
        **_same("driver", "on", "ioeventfd", "event_idx"),
        **_same("driver", "on since=8.3", "rss", "rss_hash_report"),
        **_VIRTIO,
    },
    "backend": {
        **_same("backend", "", "tap", "vhost"),
        "type": "backend@type since=9.0",
        "log_file": "backend@logFile since=9.0",
    },
    "port_forwards": {
        "": "portForward since=9.0",
        "proto": "@proto tcp|udp",
        **_same("", "", "address", "dev"),
        "ranges": {"": "range", **_same("", "int", "start", "end", "to"), "exclude": "@exclude yes"},
    },
    "vlan": VLAN,
    "virtualport": VIRTUALPORT,
    "bandwidth": BANDWIDTH,
    "filterref": {
        "filter": "filterref@filter",
        "parameters": {"": "filterref/parameter", "name": "@name required", "value": "@value required"},
    },
    "isolated": "port@isolated yes",
    "trust_guest_rx_filters": "@trustGuestRxFilters yes",
    "rx_coalesce": "coalesce/rx/frames@max int",
    "sndbuf": "tune/sndbuf int",
    "script": "script@path",
    "ips": _ADDRESSES,
    "routes": {
        "": "route",
        **_same("", "", "address", "family", "netmask", "gateway"),
        **_same("", "int", "prefix", "metric"),
    },
    "guest": {"dev": "guest@dev", "actual": "guest@actual"},
    "teaming": {"type": "teaming@type persistent|transient", "persistent": "teaming@persistent"},
    "rom": _ROM,
    "acpi_index": "acpi@index int",
    **_BOOT,
}

GRAPHICS: Table = {
    "type": "@type vnc|spice|sdl|rdp|desktop|egl-headless|dbus required",
    "port": "@port int",
    "tls_port": "@tlsPort int",
    "autoport": "@autoport yes",
    "websocket": "@websocket int",
    "listen": "@listen",
    "listens": {
        "": "listen",
        "type": "@type address|network|socket|none",
        **_same("", "", "address", "network", "socket"),
    },
    "passwd": "@passwd secret",
    "passwd_valid_to": "@passwdValidTo plain",
    "connected": "@connected",
    "keymap": "@keymap plain",
    "share_policy": "@sharePolicy",
    "default_mode": "@defaultMode",
    **_same("", "", "display", "socket", "xauth"),
    "fullscreen": "@fullscreen yes",
    "gl": {"enable": "gl@enable yes", "rendernode": "gl@rendernode"},
    "channels": {"": "channel", "name": "@name required", "mode": "@mode"},
    "image": "image@compression",
    "jpeg": "jpeg@compression",
    "zlib": "zlib@compression",
    "playback": "playback@compression on",
    "streaming": "streaming@mode",
    "mouse": "mouse@mode",
    "clipboard": "clipboard@copypaste yes",
    "file_transfer": "filetransfer@enable yes",
    "audio": "audio@id int",
}

VIDEO: Table = {
    "model": "model@type",
    **_same("model", "int", "heads", "ram", "vram", "vram64", "vgamem"),
    "primary": "model@primary yes",
    "blob": "model@blob on since=9.2",
    "acceleration": {
        **_same("model/acceleration", "yes", "accel2d", "accel3d"),
        "rendernode": "model/acceleration@rendernode",
    },
    "resolution": _same("model/resolution", "int", "x", "y"),
    "driver": {"name": "driver@name", "vgaconf": "driver@vgaconf", **_VIRTIO},
}


def _character(target: Table) -> Table:
    """A character device: where it ends on the host, and in the guest."""
    return {
        "type": "@type",
        "source": {**_same("source", "", "path", "mode", "host", "service", "channel"), "append": "source@append on"},
        "protocol": "protocol@type",
        "log": {"file": "log@file", "append": "log@append on"},
        "target": target,
    }


_PORT = {"type": "target@type", "port": "target@port int"}

MEMORY: Table = {
    "model": "@model required",
    "access": "@access shared|private",
    "discard": "@discard yes",
    "uuid": "uuid",
    "source": {
        "path": "source/path",
        "nodemask": "source/nodemask",
        "page_size": "source/pagesize size",
        "align_size": "source/alignsize size",
        "pmem": "source/pmem flag",
    },
    "target": {
        **{name: f"target/{name} size" for name in ("size", "block", "requested")},
        "node": "target/node int",
        "label_size": "target/label/size size",
        "readonly": "target/readonly flag",
        "address": "target/address@base since=9.4",
    },
}

FILESYSTEM: Table = {
    "type": "@type mount|template|file|block|ram|bind|volume",
    "accessmode": "@accessmode",
    **_same("", "", "fmode", "dmode", "multidevs"),
    "source": {
        **_same("source", "", "dir", "socket"),
        "file": "source@file >@type=file",
        "dev": "source@dev >@type=block",
        "name": "source@name >@type=template",
        "pool": "source@pool >@type=volume",
        "volume": "source@volume",
        "usage": "source@usage int >@type=ram",
        "units": "source@units",
    },
    "target": "target@dir required",
    "driver": {**_same("driver", "", "type", "format", "wrpolicy"), "queue": "driver@queue int", **_VIRTIO},
    "binary": {
        "path": "binary@path",
        "xattr": "binary@xattr on",
        "cache": "binary/cache@mode",
        "sandbox": "binary/sandbox@mode",
        "thread_pool_size": "binary/thread_pool@size int since=8.5",
        **_same("binary/lock", "on", "posix", "flock"),
    },
    "readonly": "readonly flag",
    "space_hard_limit": "space_hard_limit size",
    "space_soft_limit": "space_soft_limit size",
}

HOSTDEV: Table = {
    "mode": "@mode subsystem|capabilities",
    "type": "@type",
    "managed": "@managed yes",
    "source": {
        "address": "source/address attributes",
        "vendor": "source/vendor@id",
        "product": "source/product@id",
        "adapter": "source/adapter@name",
        **{name: f"source/{name}" for name in ("block", "char", "interface")},
        **_same("source", "", "protocol", "name", "wwpn"),
        "hosts": {"": "source/host", "name": "@name", "port": "@port int"},
        "initiator": "source/initiator/iqn@name",
        "auth": _AUTH,
        "startup_policy": "source@startupPolicy",
        "guest_reset": "source@guestReset",
        "write_filtering": "source@writeFiltering yes",
    },
    "model": "@model",
    **_same("", "on", "display", "ramfb"),
    "rawio": "@rawio yes",
    "sgio": "@sgio filtered|unfiltered",
    "driver": "driver@name",
    "readonly": "readonly flag",
    "shareable": "shareable flag",
    "teaming": {"type": "teaming@type persistent|transient", "persistent": "teaming@persistent"},
    "rom": _ROM,
    **_BOOT,
}

CONTROLLER: Table = {
    "type": "@type required",
    "index": "@index int",
    "model": "@model",
    **_same("", "int", "ports", "vectors"),
    "model_name": "model@name",
    "driver": {
        **_same("driver", "int", "queues", "cmd_per_lun", "max_sectors", "iothread"),
        "ioeventfd": "driver@ioeventfd on",
        **_VIRTIO,
    },
    "target": {
        **_same("target", "int", "chassis", "index"),
        "chassis_nr": "target@chassisNr int",
        "bus_nr": "target@busNr int",
        "port": "target@port",
        "hotplug": "target@hotplug on",
        "node": "target/node int",
    },
    "pcihole64": "pcihole64 size",
    "master": "master@startport int",
}

_TPM = {
    "model": "@model",
    "backend": {
        "type": "backend@type emulator|passthrough|external",
        "version": "backend@version 1.2|2.0",
        "device": "backend/device@path",
        "encryption": "backend/encryption@secret plain",
        "persistent_state": "backend@persistent_state yes",
        "active_pcr_banks": {
            name: f"backend/active_pcr_banks/{name} flag" for name in ("sha1", "sha256", "sha384", "sha512")
        },
    },
}

#: By the name of the option: libvirt's element, and the options of one device.
_KINDS: dict[str, tuple[str, Table]] = {
    "disks": ("disk", DISK),
    "interfaces": ("interface", INTERFACE),
    "graphics": ("graphics", GRAPHICS),
    "videos": ("video", VIDEO),
    "serials": ("serial", _character({**_PORT, "model": "target/model@name"})),
    "parallels": ("parallel", _character(_PORT)),
    "consoles": ("console", _character(_PORT)),
    "channels": (
        "channel",
        _character({**_PORT, **_same("target", "", "name", "address")}),
    ),
    "rngs": (
        "rng",
        {
            "model": "@model",
            "rate": _same("rate", "int", "bytes", "period"),
            "backend": {"model": "backend@model", "path": "backend"},
            "driver": _VIRTIO,
        },
    ),
    "tpms": ("tpm", _TPM),
    "watchdogs": ("watchdog", _same("", "", "model", "action")),
    "filesystems": ("filesystem", FILESYSTEM),
    "hostdevs": ("hostdev", HOSTDEV),
    "memory_devices": ("memory", MEMORY),
    "vsocks": (
        "vsock",
        {"model": "@model", "cid": {"auto": "cid@auto yes", "address": "cid@address int"}, "driver": _VIRTIO},
    ),
    "shmems": (
        "shmem",
        {
            "name": "@name required",
            "role": "@role master|peer",
            "model": "model@type",
            "size": "size size",
            "server": "server@path",
            "msi": {"vectors": "msi@vectors int", "ioeventfd": "msi@ioeventfd on"},
        },
    ),
    "sounds": (
        "sound",
        {
            "model": "@model",
            "codecs": "codec@type list whole",
            "audio": "audio@id int",
            "multichannel": "@multichannel yes since=9.4",
        },
    ),
    "audios": ("audio", {"id": "@id int", "type": "@type", "server": "@serverName", "path": "@path"}),
    "inputs": (
        "input",
        {
            "type": "@type required",
            **_same("", "", "bus", "model"),
            "source": {
                **_same("source", "", "evdev", "dev", "grab"),
                "grab_toggle": "source@grabToggle",
                "repeat": "source@repeat on",
            },
            "driver": _VIRTIO,
        },
    ),
    "panics": ("panic", {"model": "@model"}),
    "iommus": (
        "iommu",
        {
            "model": "@model",
            "driver": {
                **_same("driver", "on", "intremap", "caching_mode", "eim", "iotlb"),
                "aw_bits": "driver@aw_bits int",
            },
        },
    ),
    "controllers": ("controller", CONTROLLER),
    "balloons": (
        "memballoon",
        {
            "model": "@model",
            "autodeflate": "@autodeflate on",
            "free_page_reporting": "@freePageReporting on",
            "stats_period": "stats@period int",
            "driver": _VIRTIO,
        },
    ),
    "redirdevs": (
        "redirdev",
        {"type": "@type", "bus": "@bus", "source": _same("source", "", "mode", "host", "service", "path"), **_BOOT},
    ),
    "smartcards": (
        "smartcard",
        {"mode": "@mode", "type": "@type", "database": "database", "certificates": "certificate list whole"},
    ),
    "hubs": ("hub", {"type": "@type"}),
    "cryptos": (
        "crypto",
        {
            "": "since=9.1",
            "model": "@model",
            "type": "@type",
            "backend": {"model": "backend@model", "queues": "backend@queues int"},
        },
    ),
    "leases": (
        "lease",
        {
            "lockspace": "lockspace",
            "key": "key plain",
            "target": {"path": "target@path", "offset": "target@offset int"},
        },
    ),
}

DEVICES: dict[str, Any] = {
    "emulator": "devices/emulator",
    **{name: _devices(tag, options) for name, (tag, options) in _KINDS.items()},
}
