# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a running guest can be changed, and by which call. Data; what is not here waits for a restart.

Conditions are XPath expressions seen from the device, as it is stored, or as it runs where it is only there; an empty
one always holds. Variables are facts of the host. Seen with libvirt 9.0 and QEMU 7.2, but for what needs newer ones.
"""

from __future__ import annotations

from .._domain.live import Classes

#: The facts: libvirt's function, and what it is told of the guest. A version is a number: 9001002 is 9.1.2.
FACTS = {
    "driver": ("getType",),
    "libvirt": ("getLibVersion",),
    "hypervisor": ("getVersion",),
    "capabilities": ("getDomainCapabilities", "devices/emulator"),
}

#: Devices that can be plugged in.
PLUG = {
    "devices/controller": "@type='scsi'",
    "devices/disk": "(target/@bus='virtio' or target/@bus='scsi' or target/@bus='usb')"
    " and (not(@device='cdrom') or source or $libvirt >= 9010000)",
    "devices/interface": "",
    "devices/hostdev": "@mode='subsystem' and (not(@type='pci' or @type='mdev')"
    " or $capabilities/devices/hostdev/enum[@name='pciBackend']/value='vfio')",
    "devices/redirdev": "",
    "devices/rng": "",
    "devices/shmem": "",
    "devices/lease": "",
    "devices/vsock": "",
    "devices/filesystem": "driver/@type='virtiofs'",
    "devices/memory": "",
    "devices/watchdog": "@model='i6300esb'",
    "devices/input": "@bus='usb' or @bus='virtio' or (@type='evdev' and $libvirt >= 10004000)",
    "devices/channel": "target/@type='virtio' or target/@type='guestfwd'",
    "devices/console": "target/@type='virtio'",
    "devices/serial": "target/@type='usb-serial' or target/@type='pci-serial'",
}

#: Devices that can be taken out, once the guest lets them go.
UNPLUG = {
    **PLUG,
    "devices/disk": "target/@bus='virtio' or target/@bus='scsi' or target/@bus='usb'",
    "devices/hostdev": "@mode='subsystem'",
    "devices/memory": "not(starts-with(@model,'virtio-'))"
    " or (target/requested=0 and target/current=0 and $hypervisor >= 8001000)",
}

#: Those that are taken out only where the task says `unplug: true`: the guest may be using them.
ASKED_FOR = frozenset({"devices/disk", "devices/interface", "devices/hostdev", "devices/filesystem"})

_MEDIUM = "update if @device='cdrom' or @device='floppy'"
_VLAN = "update if virtualport/@type='openvswitch' or (@type='bridge' and $libvirt >= 11001000)"

#: What can be changed in a device that stays: the call by the path of what differs. "update" is the general one.
CHANGE = {
    "devices/disk/source": _MEDIUM,
    **{f"devices/disk/source@{name}": _MEDIUM for name in ("file", "dev", "dir", "pool", "volume", "protocol", "name")},
    "devices/disk@type": _MEDIUM,
    "devices/disk/iotune": "iotune",
    "devices/disk/iotune/*": "iotune",
    "devices/disk/source@startupPolicy": "update",
    "devices/interface/source@network": "update",
    "devices/interface/source@bridge": "update",
    "devices/interface/vlan": _VLAN,
    "devices/interface/vlan/**": _VLAN,
    "devices/interface/virtualport": "update if @type='bridge' and $libvirt >= 10008000",
    "devices/interface@trustGuestRxFilters": "update if model/@type='virtio' and $libvirt >= 10000000",
    **{
        f"devices/interface/{part}{inside}": "update"
        for part in ("link", "bandwidth", "filterref", "coalesce", "port")
        for inside in ("", "@*", "/**", "/**@*")
    },
    "devices/interface@type": "update if @type='network' or @type='bridge'",
    **{f"devices/graphics@{name}": "update" for name in ("passwd", "passwdValidTo", "connected")},
    "devices/memory/target/requested": "update if @model='virtio-mem'",
    "devices/memballoon/stats": "balloon_period",
    "devices/memballoon/stats@period": "balloon_period",
}

#: What can be changed of the guest as a whole: the call by the path of what differs.
TUNE = {
    "title": "title",
    "description": "description",
    "metadata/*": "metadata",
    "vcpu@current": "vcpus",
    "vcpus": "vcpus",
    "vcpus/**": "vcpus",
    "vcpus/**@*": "vcpus",
    "iothreads": "iothreads",
    "iothreadids": "iothreads",
    "iothreadids/iothread": "iothreads",
    "on_poweroff": "lifecycle",
    "on_reboot": "lifecycle",
    "on_crash": "lifecycle",
    "cputune/vcpupin": "pins",
    "cputune/vcpupin@cpuset": "pins",
    "cputune/emulatorpin": "pins",
    "cputune/emulatorpin@cpuset": "pins",
    "cputune/iothreadpin": "pins",
    "cputune/iothreadpin@cpuset": "pins",
    "perf/event": "perf",
    "perf/event@enabled": "perf",
    "numatune/memory@nodeset": "numa",
}

#: Parameters that libvirt sets by name, beside TUNE: libvirt's function and its name for the parameter.
PARAMETERS = {
    "cputune/shares": ("setSchedulerParametersFlags", "cpu_shares"),
    "cputune/period": ("setSchedulerParametersFlags", "vcpu_period"),
    "cputune/quota": ("setSchedulerParametersFlags", "vcpu_quota"),
    **{
        f"cputune/{whose}_{what}": ("setSchedulerParametersFlags", f"{whose}_{what}")
        for whose in ("global", "emulator", "iothread")
        for what in ("period", "quota")
    },
    "memtune/hard_limit": ("setMemoryParameters", "hard_limit"),
    "memtune/soft_limit": ("setMemoryParameters", "soft_limit"),
    "memtune/swap_hard_limit": ("setMemoryParameters", "swap_hard_limit"),
    "blkiotune/weight": ("setBlkioParameters", "weight"),
}

_OLD_NIC = "(model/@type='e1000' or model/@type='rtl8139' or model/@type='ne2k_pci' or model/@type='pcnet')"

#: Devices that take a slot of the machine's PCI bus.
PCI = {
    "devices/controller": "@type='scsi' and starts-with(@model,'virtio-')",
    "devices/disk": "target/@bus='virtio'",
    "devices/interface": f"not({_OLD_NIC} or starts-with(model/@type,'usb-'))",
    "devices/hostdev": "@type='pci' or @type='mdev'",
    "devices/rng": "",
    "devices/vsock": "",
    "devices/filesystem": "",
    "devices/memory": "starts-with(@model,'virtio-')",
    "devices/input": "@bus='virtio'",
}

#: Devices that take a slot of an old bus, which a PCI Express machine has behind a bridge only.
OLD_PCI = {
    "devices/controller": "@type='scsi' and not(starts-with(@model,'virtio-'))",
    "devices/interface": _OLD_NIC,
    "devices/watchdog": "",
    "devices/shmem": "",
    "devices/serial": "target/@type='pci-serial'",
}

_ALL = ("title", "description", "metadata/*", "currentMemory")
_LIMITS = ("memtune/*", "blkiotune/weight")

#: What each driver does of all this; another one does nothing.
DRIVERS = {
    "QEMU": ("**", "**@*"),
    "LXC": (*_ALL, *_LIMITS, "cputune/shares", "cputune/period", "cputune/quota"),
    "Xen": (*_ALL, "vcpu@current", "cputune/vcpupin", "cputune/vcpupin@cpuset"),
    "TEST": (*_ALL, *_LIMITS, "vcpu@current", "on_poweroff", "on_reboot", "on_crash"),
}

CLASSES = Classes(PLUG, UNPLUG, ASKED_FOR, CHANGE, TUNE, PARAMETERS, (PCI, OLD_PCI), DRIVERS)
