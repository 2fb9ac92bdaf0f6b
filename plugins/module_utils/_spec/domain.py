# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a domain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .._plan import Refused
from .._xml.document import ensure, find_all, value
from .._xml.rules.domain import RULES
from .._xml.tables import size_bytes
from ._option import APPLY, NOTHING, UNMANAGED, Desired, Option, Spec, from_table
from ._table import Table, parse_size, size_text
from .domain_devices import DEVICES
from .domain_labels import LABELS
from .domain_seed import SEEDS, WAIT

SHUTDOWN = {
    "mode": {"type": "str", "choices": ["auto", "acpi", "agent"], "default": "auto"},
    "timeout": {"type": "float", "default": 120},
    "force": {"type": "bool", "default": False},
}

_LIFECYCLE = "destroy|restart|preserve|rename-restart"


def _states(path: str, *names: str) -> dict[str, str]:
    """Features that are on or off."""
    return {name: f"{path}/{name}@state on" for name in names}


_ENTRY = {"name": "@name required", "value": ". required"}

TABLE: Table = {
    "title": "title",
    "description": "description",
    "type": "@type",
    "os_type": "os/type",
    "arch": "os/type@arch",
    "machine": "os/type@machine",
    "firmware": "os@firmware bios|efi",
    "firmware_features": {"": "os/firmware/feature", "name": "@name required", "enabled": "@enabled yes required"},
    "loader": {
        "path": "os/loader",
        "type": "os/loader@type rom|pflash",
        **{name: f"os/loader@{name} yes" for name in ("readonly", "secure")},
        "stateless": "os/loader@stateless yes since=8.6",
        "format": "os/loader@format raw|qcow2 since=9.2",
    },
    "nvram": {"path": "os/nvram", "template": "os/nvram@template", "format": "os/nvram@format raw|qcow2 since=9.2"},
    "kernel": "os/kernel",
    "initrd": "os/initrd",
    "cmdline": "os/cmdline",
    "dtb": "os/dtb",
    "boot": "os/boot@dev list fd|hd|cdrom|network",
    "boot_menu": {"enable": "os/bootmenu@enable yes", "timeout": "os/bootmenu@timeout int"},
    "bios": {"use_serial": "os/bios@useserial yes", "reboot_timeout": "os/bios@rebootTimeout int"},
    "smbios": "os/smbios@mode emulate|host|sysinfo",
    "bootloader": "bootloader",
    "bootloader_args": "bootloader_args",
    "init": "os/init",
    "init_args": "os/initarg list whole",
    "init_env": {"": "os/initenv", "name": "@name required", "value": "."},
    "init_dir": "os/initdir",
    "init_user": "os/inituser",
    "init_group": "os/initgroup",
    "current_memory": "currentMemory size",
    "max_memory": {"size": "maxMemory size", "slots": "maxMemory@slots int"},
    "memory_backing": {
        "hugepages": "memoryBacking/hugepages flag",
        "pages": {"": "memoryBacking/hugepages/page", "size": "@size size", "nodeset": "@nodeset"},
        **{name: f"memoryBacking/{name} flag" for name in ("locked", "nosharepages", "discard")},
        "source": "memoryBacking/source@type file|anonymous|memfd",
        "access": "memoryBacking/access@mode shared|private",
        "allocation": "memoryBacking/allocation@mode immediate|ondemand",
        "allocation_threads": "memoryBacking/allocation@threads int since=8.2",
    },
    "current_vcpus": "vcpu@current int",
    "vcpu_placement": "vcpu@placement static|auto",
    "vcpu_cpuset": "vcpu@cpuset",
    "vcpu_hotplug": {
        "": "vcpus/vcpu",
        "id": "@id int required",
        "enabled": "@enabled yes",
        "hotpluggable": "@hotpluggable yes",
        "order": "@order int",
    },
    "iothreads": "iothreads int",
    "iothread_ids": {
        "": "iothreadids/iothread",
        "id": "@id int required",
        "thread_pool_min": "@thread_pool_min int since=8.5",
        "thread_pool_max": "@thread_pool_max int since=8.5",
    },
    "cputune": {
        **{
            name: f"cputune/{name} int"
            for name in (
                "shares",
                *(
                    f"{whose}{part}"
                    for whose in ("", "global_", "emulator_", "iothread_")
                    for part in ("period", "quota")
                ),
            )
        },
        "vcpupin": {"": "cputune/vcpupin", "vcpu": "@vcpu int required", "cpuset": "@cpuset required"},
        "emulatorpin": "cputune/emulatorpin@cpuset",
        "iothreadpin": {"": "cputune/iothreadpin", "iothread": "@iothread int required", "cpuset": "@cpuset required"},
        "vcpusched": {
            "": "cputune/vcpusched",
            "vcpus": "@vcpus",
            "scheduler": "@scheduler",
            "priority": "@priority int",
        },
        "iothreadsched": {
            "": "cputune/iothreadsched",
            "iothreads": "@iothreads",
            "scheduler": "@scheduler",
            "priority": "@priority int",
        },
        "emulatorsched": {
            "scheduler": "cputune/emulatorsched@scheduler",
            "priority": "cputune/emulatorsched@priority int",
        },
    },
    "numatune": {
        "memory": {name: f"numatune/memory@{name}" for name in ("mode", "nodeset", "placement")},
        "memnodes": {"": "numatune/memnode", "cellid": "@cellid int required", "mode": "@mode", "nodeset": "@nodeset"},
    },
    "memtune": {
        name: f"memtune/{name} size" for name in ("hard_limit", "soft_limit", "swap_hard_limit", "min_guarantee")
    },
    "blkiotune": {
        "weight": "blkiotune/weight int",
        "devices": {
            "": "blkiotune/device",
            "path": "path required",
            "weight": "weight int",
            **{f"{way}_bytes_sec": f"{way}_bytes_sec bytes" for way in ("read", "write")},
            **{f"{way}_iops_sec": f"{way}_iops_sec int" for way in ("read", "write")},
        },
    },
    "partition": "resource/partition",
    "cpu": {
        "mode": "cpu@mode custom|host-model|host-passthrough|maximum",
        "match": "cpu@match minimum|exact|strict",
        "check": "cpu@check none|partial|full",
        "migratable": "cpu@migratable on",
        "model": "cpu/model",
        "fallback": "cpu/model@fallback allow|forbid",
        "vendor_id": "cpu/model@vendor_id",
        "vendor": "cpu/vendor",
        "topology": {
            **{name: f"cpu/topology@{name} int" for name in ("sockets", "dies", "cores", "threads")},
            "clusters": "cpu/topology@clusters int since=10.1",
        },
        "cache": {"mode": "cpu/cache@mode emulate|passthrough|disable", "level": "cpu/cache@level int"},
        "maxphysaddr": {
            "mode": "cpu/maxphysaddr@mode emulate|passthrough since=8.7",
            "bits": "cpu/maxphysaddr@bits int since=8.7",
        },
        "features": {
            "": "cpu/feature",
            "name": "@name required",
            "policy": "@policy force|require|optional|disable|forbid",
        },
        "cells": {
            "": "cpu/numa/cell",
            "id": "@id int",
            "cpus": "@cpus",
            "memory": "@memory size",
            "memory_access": "@memAccess shared|private",
            "discard": "@discard yes",
            "distances": {"": "distances/sibling", "id": "@id int required", "value": "@value int required"},
        },
    },
    "features": {
        **{name: f"features/{name} flag" for name in ("acpi", "apic", "pae", "privnet", "viridian")},
        **_states("features", "hap", "pmu", "pvspinlock", "vmport", "smm", "vmcoreinfo", "htm"),
        "nested_hv": "features/nested-hv@state on",
        "ccf_assist": "features/ccf-assist@state on",
        "cfpc": "features/cfpc@value broken|workaround|fixed",
        "sbbc": "features/sbbc@value broken|workaround|fixed",
        "ibs": "features/ibs@value broken|workaround|fixed-ibs|fixed-ccd|fixed-na",
        "tseg": "features/smm/tseg size",
        "gic": "features/gic@version",
        "ioapic": "features/ioapic@driver kvm|qemu",
        "hpt": "features/hpt@resizing enabled|disabled|required",
        "tb_cache": "features/tcg/tb-cache size",
        "kvm": {
            **_states("features/kvm", "hidden"),
            "hint_dedicated": "features/kvm/hint-dedicated@state on",
            "poll_control": "features/kvm/poll-control@state on",
            "pv_ipi": "features/kvm/pv-ipi@state on",
        },
        "xen": {"e820_host": "features/xen/e820_host@state on", "passthrough": "features/xen/passthrough@state on"},
        "hyperv": {
            "mode": "features/hyperv@mode custom|passthrough|host-model",
            **_states(
                "features/hyperv",
                *("relaxed", "vapic", "spinlocks", "vpindex", "runtime", "synic", "stimer", "reset", "vendor_id"),
                *("frequencies", "reenlightenment", "tlbflush", "ipi", "evmcs"),
            ),
            "avic": "features/hyperv/avic@state on since=8.10",
            "emsr_bitmap": "features/hyperv/emsr_bitmap@state on since=10.7",
            "xmm_input": "features/hyperv/xmm_input@state on since=10.7",
            "spinlocks_retries": "features/hyperv/spinlocks@retries int",
            "stimer_direct": "features/hyperv/stimer/direct@state on",
            "vendor_id_value": "features/hyperv/vendor_id@value",
        },
        "capabilities": "features/capabilities@policy default|allow|deny",
    },
    "clock": {
        "offset": "clock@offset utc|localtime|timezone|variable|absolute",
        "timezone": "clock@timezone",
        "basis": "clock@basis utc|localtime",
        "adjustment": "clock@adjustment",
        "start": "clock@start int",
        "timers": {
            "": "clock/timer",
            "name": "@name required",
            "present": "@present yes",
            **{name: f"@{name}" for name in ("tickpolicy", "track", "mode")},
            "frequency": "@frequency int",
            "catchup": {name: f"catchup@{name} int" for name in ("threshold", "slew", "limit")},
        },
    },
    "on_poweroff": f"on_poweroff {_LIFECYCLE}",
    "on_reboot": f"on_reboot {_LIFECYCLE}",
    "on_crash": f"on_crash {_LIFECYCLE}|coredump-destroy|coredump-restart",
    "on_lockfailure": "on_lockfailure poweroff|restart|pause|ignore",
    "pm": {"suspend_to_mem": "pm/suspend-to-mem@enabled yes", "suspend_to_disk": "pm/suspend-to-disk@enabled yes"},
    "perf": {"": "perf/event", "name": "@name required", "enabled": "@enabled yes required"},
    "genid": "genid",
    "seclabels": {
        "": "seclabel",
        "type": "@type dynamic|static|none",
        "model": "@model",
        "relabel": "@relabel yes",
        **{name: name for name in ("label", "baselabel")},
    },
    "sysinfo": {
        "": "sysinfo",
        "type": "@type smbios|fwcfg required",
        **{part: {"": f"{part}/entry", **_ENTRY} for part in ("bios", "system", "chassis")},
        "base_boards": {"": "baseBoard", "entries": {"": "entry", **_ENTRY}},
        "oem_strings": "oemStrings/entry list",
        "entries": {"": "entry", "name": "@name required", "file": "@file", "value": "."},
    },
    "launch_security": {
        "type": "launchSecurity@type sev|sev-snp|s390-pv|tdx",
        "kernel_hashes": "launchSecurity@kernelHashes yes",
        "policy": "launchSecurity/policy",
        "cbitpos": "launchSecurity/cbitpos int",
        "reduced_phys_bits": "launchSecurity/reducedPhysBits int",
        "dh_cert": "launchSecurity/dhCert",
        "session": "launchSecurity/session secret",
    },
    "idmap": {
        side: {"": f"idmap/{tag}", **{name: f"@{name} int required" for name in ("start", "target", "count")}}
        for side, tag in (("uids", "uid"), ("gids", "gid"))
    },
    **DEVICES,
}


def _write_memory(tree: Any, given: str, current: Any, _union: bool) -> None:
    """The size becomes the maximum, and what the guest has now follows where it was the maximum until now."""
    size = parse_size(given)
    if size <= 0:
        raise ValueError("a guest needs more than no memory")
    now = ["currentMemory"] if current is not None or tree.find("currentMemory") is not None else []
    for tag in ("memory", *now):
        found = ensure(tree, tag)
        found.text, found.attrib["unit"] = str(-(-size // 1024)), "KiB"
    if current is not None and _ballooned(current, size):
        balloon, now = ensure(tree, "currentMemory"), current.find("currentMemory")
        balloon.text, balloon.attrib["unit"] = now.text, now.get("unit", "KiB")


def _ballooned(current: Any, size: int) -> bool:
    """Whether someone gave the guest less than its maximum, and that still fits. Stored sizes are in KiB."""
    memory, now = current.findtext("memory"), current.findtext("currentMemory")
    return now is not None and memory is not None and now != memory and int(now) * 1024 <= size


def _read_memory(tree: Any) -> str | None:
    found = tree.find("memory")
    if found is None or not (found.text or "").strip().isdigit() or not set(found.attrib) <= {"unit"}:
        return None
    tree.remove(found)
    return size_text(size_bytes(found.text, found.get("unit"), "KiB"))


def _write_vcpus(tree: Any, given: int, current: Any, _union: bool) -> None:
    """The maximum number of virtual CPUs; a stored or named smaller `current` stays while it fits."""
    if given < 1:
        raise ValueError(f"{given} is not a number of virtual CPUs: 1 or more")
    found = ensure(tree, "vcpu")
    found.text = str(given)
    stored = None if current is None else current.find("vcpu")
    online = found.get("current") or (None if stored is None else stored.get("current"))
    found.attrib.pop("current", None)
    if online is not None and int(online) < given:
        found.attrib["current"] = online


def _read_vcpus(tree: Any) -> int | None:
    found = tree.find("vcpu")
    if found is None or not (found.text or "").strip().isdigit():
        return None
    number = int(found.text)
    found.text = None
    if not found.attrib:
        tree.remove(found)
    return number


#: Before the others: what says something of the same elements outright wins.
OPTIONS = (
    Option(
        "memory",
        {"type": "str"},
        lambda _given: ["memory", "currentMemory"],
        _write_memory,
        _read_memory,
        ("memory", "currentMemory"),
    ),
    Option("vcpus", {"type": "int"}, lambda _given: ["vcpu@.", "vcpu@current"], _write_vcpus, _read_vcpus, ("vcpu",)),
    *from_table(TABLE, RULES),
    *LABELS,
)


@dataclass(frozen=True)
class DomainSpec(Spec):
    """A guest that a typo would make is none: a new one says its memory and its disks."""

    def offline(self, params: dict[str, Any]) -> dict[str, Any]:
        for name in (*SEEDS, *WAIT):
            if params[name] is not None:
                raise Refused(f"{name} takes a libvirt, and state {params['state']} asks none: leave {name} out")
        return super().offline(params)

    def desired(self, params: dict[str, Any], asked: Desired, current: Any) -> Desired:
        made = super().desired(params, asked, current)
        if asked.tree is not None or made.tree is None:
            return made
        if current is None and any(params[name] is None for name in ("memory", "disks")):
            return replace(made, scope=NOTHING)
        for name, path in (("disks", "devices/disk"), ("interfaces", "devices/interface")):
            if current is not None and params[name] == [] and find_all(current, path) and not params["unplug"]:
                raise Refused(f"{name} is empty and guest '{asked.name}' has some: unplug: true says that all shall go")
        if current is None or params["firmware"] != "bios" or value(current, "os@firmware") == "bios":
            return made
        # QEMU has a BIOS of its own, which needs no name; what UEFI needs goes.
        del made.tree.find("os").attrib["firmware"]
        gone = {"os/loader", "os/nvram", "os/firmware"}
        return replace(made, scope=replace(made.scope, owned=frozenset(gone.union(made.scope.owned or ()))))


DOMAIN = DomainSpec(
    noun="guest",
    rules=RULES,
    states=("present", "running", "paused", "stopped", "saved", "restarted", "absent"),
    options=OPTIONS,
    arguments={
        "names": {"type": "list", "elements": "str"},
        **SEEDS,
        **WAIT,
        "shutdown": {"type": "dict", "options": SHUTDOWN, "apply_defaults": True},
        **UNMANAGED,
        **APPLY,
        "unplug": {"type": "bool", "default": False},
        "hotplug_slots": {"type": "int"},
        "remember": {"type": "bool", "default": True},
        "discard_saved": {"type": "bool", "default": False},
        "reset_nvram": {"type": "bool", "default": False},
        "reset_tpm": {"type": "bool", "default": False},
        "remove_storage": {"type": "list", "elements": "str", "default": []},
        "remove_nvram": {"type": "bool", "default": False},
        "remove_tpm": {"type": "bool", "default": False},
        "remove_snapshots": {"type": "bool", "default": False},
    },
    constraints={
        "required_one_of": [("name", "names", "uuid", "xml")],
        "mutually_exclusive": [
            ("names", one)
            for one in ("name", "uuid", "xml", "hotplug_slots", *SEEDS, *(option.name for option in OPTIONS))
        ],
    },
    from_options=True,
)
