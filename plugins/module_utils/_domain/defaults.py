# SPDX-License-Identifier: GPL-3.0-or-later

"""What a new guest gets that its task does not say: a chain of small steps over its document, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .._plan import Refused
from .._xml.document import add, ensure, etree, find, find_all, parse, value
from .host import X86, Choice, Facts
from .systems import system_of

#: The hypervisors of QEMU, best first.
TYPES = ("kvm", "hvf", "qemu")
#: libvirt's other words for the type of an operating system.
ALIASES = {"linux": "xen"}
#: By architecture; libvirt chooses for the others.
MACHINES = {
    **dict.fromkeys(X86, "q35"),
    **dict.fromkeys(("aarch64", "armv7l", "riscv64", "loongarch64"), "virt"),
    "s390x": "s390-ccw-virtio",
    **dict.fromkeys(("ppc64", "ppc64le"), "pseries"),
}
#: Where nothing else boots from a disk.
NEED_EFI = ("aarch64", "riscv64", "loongarch64")
#: Where QEMU emulates, unless it is told, a CPU that today's systems do not run on.
MAXIMUM = (*X86, "aarch64", "armv7l")
#: Machines that have PCI Express, which free ports are kept of.
EXPRESS, PORTS = re.compile(r"(pc-)?q35|virt\b"), 4
TIMERS: tuple[dict[str, str], ...] = (
    {"name": "rtc", "tickpolicy": "catchup"},
    {"name": "pit", "tickpolicy": "delay"},
    {"name": "hpet", "present": "no"},
)
ENLIGHTENMENTS = ("relaxed", "vapic", "spinlocks", "vpindex", "runtime", "synic", "stimer", "frequencies")

#: What a guest has unless the task says one of the options: the device, and whether virtio has to drive it.
DEVICES: tuple[tuple[tuple[str, ...], str, bool], ...] = (
    (("serials", "consoles"), "<console type='pty'/>", False),
    (("channels",), "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>", True),
    (("rngs",), "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>", True),
)


class Draft:
    """The document of a new guest. said: the options of its task."""

    def __init__(self, tree: Any, said: Mapping[str, Any], facts: Facts) -> None:
        self.tree, self.said, self.facts = tree, said, facts
        self.system = system_of(tree)

    def leaves(self, option: str) -> bool:
        """Whether the task does not say an option, such as ``cpu.mode``."""
        found: Any = self.said
        for name in option.split("."):
            found = (found or {}).get(name)
        return found is None

    def put(self, option: str, place: str, text: str | None) -> None:
        """Give an attribute or an element a text, where neither the task nor the document says one."""
        if text and self.leaves(option) and not value(self.tree, place):
            path, _at, name = place.partition("@")
            if name:
                ensure(self.tree, path).set(name, text)
            else:
                ensure(self.tree, path).text = text

    def add(self, xml: str) -> None:
        ensure(self.tree, "devices").append(parse(xml))

    def best(self, place: str, *wanted: str) -> str | None:
        """The first of these that libvirt offers there."""
        return next((one for one in wanted if one in self.facts.can.get(place, ())), None)

    def has(self, path: str) -> bool:
        return find(self.tree, path) is not None

    @property
    def type(self) -> str:
        return self.tree.get("type") or ""

    @property
    def arch(self) -> str:
        return value(self.tree, "os/type@arch") or ""

    @property
    def is_x86(self) -> bool:
        return self.arch in X86

    @property
    def choices(self) -> list[Choice]:
        """What the host offers for what the document says so far."""
        os_type, machine = value(self.tree, "os/type"), value(self.tree, "os/type@machine")
        return [
            one
            for one in self.facts.choices
            if one.arch == (self.arch or one.arch)
            and one.os_type == (ALIASES.get(os_type or "", os_type) or one.os_type)
            and (not self.type or self.type in one.types)
            and (not machine or not one.machines or machine in one.machines)
        ]


def has_express(tree: Any) -> bool:
    """Whether devices of a guest sit on PCI Express."""
    return EXPRESS.match(value(tree, "os/type@machine") or "") is not None


# What a guest is; what libvirt says of that decides about the rest.


def _arch(draft: Draft) -> None:
    offered = [one.arch for one in draft.choices]
    draft.put("arch", "os/type@arch", draft.facts.arch if draft.facts.arch in offered else next(iter(offered), None))


def _os_type(draft: Draft) -> None:
    offered = [one.os_type for one in draft.choices] or ["hvm"]
    draft.put("os_type", "os/type", "hvm" if "hvm" in offered else offered[0])


def _type(draft: Draft) -> None:
    offered = [one for choice in draft.choices for one in choice.types]
    draft.put("type", "@type", next((one for one in (*TYPES, *offered) if one in offered), None))


def _machine(draft: Draft) -> None:
    wanted = draft.system.machine or MACHINES.get(draft.arch)
    if any(wanted in one.machines for one in draft.choices):
        draft.put("machine", "os/type@machine", wanted)


# Its parts that are no devices.


def _firmware(draft: Draft) -> None:
    if draft.has("os/loader") or draft.has("os/kernel"):
        return
    secure = draft.system.secure and "yes" in draft.facts.can.get("os/loader@secure", ())
    if secure or draft.arch in NEED_EFI:
        draft.put("firmware", "os@firmware", draft.best("os@firmware", "efi"))
    if secure and value(draft.tree, "os@firmware") == "efi" and draft.leaves("firmware_features"):
        for name in ("enrolled-keys", "secure-boot"):
            etree.SubElement(ensure(draft.tree, "os/firmware"), "feature", enabled="yes", name=name)


def _built_in_bios(draft: Draft) -> None:
    """QEMU's own BIOS needs no name, and where no package describes one it has none."""
    offered = draft.facts.can.get("os@firmware")
    if draft.is_x86 and offered is not None and "bios" not in offered and value(draft.tree, "os@firmware") == "bios":
        del draft.tree.find("os").attrib["firmware"]


def _features(draft: Draft) -> None:
    efi = value(draft.tree, "os@firmware") == "efi" or draft.has("os/loader")
    for name, wanted in (("acpi", draft.is_x86 or (efi and draft.arch == "aarch64")), ("apic", draft.is_x86)):
        if wanted and draft.leaves(f"features.{name}"):
            ensure(draft.tree, f"features/{name}")


def _cpu(draft: Draft) -> None:
    if not draft.has("cpu/model") and draft.leaves("cpu.model"):
        wanted = "host-passthrough" if draft.type != "qemu" else "maximum" if draft.arch in MAXIMUM else ""
        draft.put("cpu.mode", "cpu@mode", draft.best("cpu@mode", wanted))


def _hyperv(draft: Draft) -> None:
    if draft.system.hyperv and draft.type == "kvm" and draft.leaves("features.hyperv"):
        for name in ENLIGHTENMENTS:
            if draft.best("features/hyperv@features", name):
                ensure(draft.tree, f"features/hyperv/{name}").set("state", "on")
        if draft.has("features/hyperv/spinlocks"):
            ensure(draft.tree, "features/hyperv/spinlocks").set("retries", "8191")


def _clock(draft: Draft) -> None:
    draft.put("clock.offset", "clock@offset", draft.system.clock)
    if not draft.is_x86 or not draft.leaves("clock.timers"):
        return
    # The synthetic timers count in it.
    by_hyperv = [{"name": "hypervclock", "present": "yes"}] if draft.has("features/hyperv/stimer") else []
    for timer in (*TIMERS, *by_hyperv):
        etree.SubElement(ensure(draft.tree, "clock"), "timer", timer)


def _power_management(draft: Draft) -> None:
    if draft.is_x86 and draft.leaves("pm"):
        for name in ("suspend-to-mem", "suspend-to-disk"):
            ensure(draft.tree, f"pm/{name}").set("enabled", "no")


def _shared_memory(draft: Draft) -> None:
    """virtiofs works in the guest's own memory."""
    if any(one.get("type") == "virtiofs" for one in find_all(draft.tree, "devices/filesystem/driver")):
        draft.put("memory_backing.source", "memoryBacking/source@type", "memfd")
        draft.put("memory_backing.access", "memoryBacking/access@mode", "shared")


# Devices.


def _given(draft: Draft) -> None:
    for path, step in GIVEN.items():
        for each in find_all(draft.tree, path):
            step(draft, each)


def _disk(draft: Draft, disk: Any) -> None:
    target = disk.find("target")
    name, device = target.get("dev", ""), disk.get("device", "disk")
    if target.get("bus") is None and device in ("disk", "cdrom"):
        letters, system = name[:2], draft.system
        wanted = system.cdrom if device == "cdrom" else system.sd if letters == "sd" else ("ide", "sata")
        if device == "cdrom" and not draft.is_x86:
            wanted = ("scsi",)
        bus = draft.best("devices/disk@bus", *(("virtio",) if letters == "vd" and device == "disk" else wanted))
        if bus:
            target.set("bus", bus)
    if disk.get("type") in ("dir", "vhostuser", "vhostvdpa"):
        return
    driver = ensure(disk, "driver")
    for key, text in (("name", "qemu"), ("type", draft.facts.formats.get(name, "raw"))):
        if driver.get(key) is None:
            driver.set(key, text)


def _interface(draft: Draft, interface: Any) -> None:
    model = "e1000" if draft.system.nic == "e1000e" and not has_express(draft.tree) else draft.system.nic
    if interface.get("type") not in ("hostdev", "vdpa") and value(interface, "model@type") is None:
        ensure(interface, "model").set("type", model)


def _tpm(draft: Draft, tpm: Any) -> None:
    backend, model = ensure(tpm, "backend"), draft.best("devices/tpm@model", "tpm-crb", "tpm-spapr", "tpm-tis")
    if tpm.get("model") is None and model:
        tpm.set("model", model)
    if backend.get("type") is None:
        backend.set("type", "emulator")
    if backend.get("type") == "emulator" and backend.get("version") is None:
        backend.set("version", "2.0")


#: What completes a device that the task names, also one that it adds later.
GIVEN = {"devices/disk": _disk, "devices/interface": _interface, "devices/tpm": _tpm}


def _secure_tpm(draft: Draft) -> None:
    if draft.system.secure and draft.leaves("tpms") and draft.best("devices/tpm@backendModel", "emulator"):
        _tpm(draft, add(ensure(draft.tree, "devices"), "tpm"))


def _scsi(draft: Draft) -> None:
    """libvirt itself would take a controller that few systems drive."""
    on_scsi = any(one.get("bus") == "scsi" for one in find_all(draft.tree, "devices/disk/target"))
    has = any(one.get("type") == "scsi" for one in find_all(draft.tree, "devices/controller"))
    if on_scsi and not has and draft.system.virtio and draft.leaves("controllers"):
        draft.add("<controller type='scsi' model='virtio-scsi'/>")


def _usual(draft: Draft) -> None:
    for options, device, by_virtio in DEVICES:
        if all(draft.leaves(option) for option in options) and (draft.system.virtio or not by_virtio):
            draft.add(device)


def _usb(draft: Draft) -> None:
    """On a PC, libvirt gives one by itself."""
    if not draft.is_x86 and has_express(draft.tree) and draft.leaves("controllers"):
        draft.add("<controller type='usb' model='qemu-xhci'/>")


def _screen(draft: Draft) -> None:
    """A pointer that is where the viewer's is, and a keyboard where the machine has none."""
    if not draft.has("devices/graphics"):
        return
    model = draft.best("devices/video@modelType", draft.system.video, "vga", "virtio")
    if model and draft.leaves("videos"):
        draft.add(f"<video><model type='{model}'/></video>")
    if draft.leaves("inputs"):
        for kind in ("tablet",) if draft.is_x86 else ("tablet", "keyboard"):
            draft.add(f"<input type='{kind}' bus='{'virtio' if draft.arch == 's390x' else 'usb'}'/>")


PLATFORM = (_arch, _os_type, _type, _machine)
CHAIN = (
    _firmware,
    _built_in_bios,
    _features,
    _cpu,
    _hyperv,
    _clock,
    _power_management,
    _shared_memory,
    _given,
    _secure_tpm,
    _scsi,
    _usual,
    _usb,
    _screen,
)


def platform(tree: Any, said: Mapping[str, Any], facts: Facts) -> Any:
    """The document of a new guest, with what it is: type, architecture and machine. Raises Refused."""
    draft = Draft(tree.__deepcopy__({}), said, facts)
    if facts.choices and not draft.choices:
        asked = [f"{name} {said[name]}" for name in ("type", "os_type", "arch", "machine") if said[name]]
        raise Refused(f"the host runs no guest of {', '.join(asked)}")
    return _through(PLATFORM, draft)


def complete(tree: Any, said: Mapping[str, Any], facts: Facts) -> Any:
    """The document of a new guest, with all that the task leaves out; of QEMU's, for the others are libvirt's."""
    draft = Draft(tree.__deepcopy__({}), said, facts)
    return _through(CHAIN, draft) if draft.type in TYPES and value(tree, "os/type") == "hvm" else draft.tree


def _through(steps: Iterable[Any], draft: Draft) -> Any:
    for step in steps:
        step(draft)
    return draft.tree


def finish(devices: Iterable[tuple[str, Any]], tree: Any, facts: Facts) -> None:
    """Complete devices that a guest gets later, in place. devices: with their tag paths. tree: of the guest."""
    draft = Draft(tree, {}, facts)
    for path, device in devices:
        GIVEN[path](draft, device)
