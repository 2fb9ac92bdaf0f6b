# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._domain.defaults import complete, finish, platform
from ansible_collections.converge.libvirt.plugins.module_utils._domain.host import Facts, abilities, host_facts
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain import DOMAIN
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, parse, serialise


def _guest(arch: str, machine: str, *types: str, os_type: str = "hvm") -> str:
    kinds = "".join(f"<domain type='{one}'/>" for one in types)
    machines = f"<machine>{machine}-7.2</machine><machine canonical='{machine}-7.2'>{machine}</machine>"
    return f"<guest><os_type>{os_type}</os_type><arch name='{arch}'>{machines if machine else ''}{kinds}</arch></guest>"


def host(*guests: str) -> Facts:
    return host_facts(
        parse(f"<capabilities><host><cpu><arch>x86_64</arch></cpu></host>{''.join(guests)}</capabilities>")
    )


PC = _guest("x86_64", "q35", "qemu", "kvm").replace("<machine", "<machine>pc</machine><machine", 1)
ARM = _guest("aarch64", "virt", "qemu")


def _enum(name: str, *values: str) -> str:
    return f"<enum name='{name}'>{''.join(f'<value>{one}</value>' for one in values)}</enum>"


MODES = "".join(f"<mode name='{one}' supported='yes'/>" for one in ("host-passthrough", "maximum"))
CAN = abilities(
    parse(f"""<domainCapabilities>
<os supported='yes'>{_enum("firmware", "efi")}<loader supported='yes'>{_enum("secure", "yes", "no")}</loader></os>
<cpu>{MODES}<mode name='host-model' supported='no'/></cpu>
<devices>
  <disk supported='yes'>{_enum("bus", "virtio", "scsi", "sata", "usb")}</disk>
  <video supported='yes'>{_enum("modelType", "vga", "virtio")}</video>
  <tpm supported='yes'>{_enum("model", "tpm-tis", "tpm-crb")}{_enum("backendModel", "emulator")}</tpm>
</devices>
<features><hyperv supported='yes'>{_enum("features", "relaxed", "spinlocks", "stimer", "vendor_id")}</hyperv></features>
</domainCapabilities>""")
)


HOST = Facts(can=CAN)


def made(facts: Facts = HOST, guests: tuple[str, ...] = (PC, ARM), **said: Any) -> Any:
    """The document of a new guest with these options."""
    params = {**dict.fromkeys(DOMAIN.argument_spec()), "name": "g", "memory": "1GiB", "disks": [], **said}
    tree = DOMAIN.desired(params, DOMAIN.identity(params), None).tree
    before = serialise(tree)
    whole = complete(platform(tree, params, host(*guests)), params, facts)
    assert serialise(tree) == before, "the document of the task was changed"
    return whole


def all_of(tree: Any, path: str) -> list[str]:
    return [compact(one).replace('"', "'") for one in tree.findall(path)]


def one(tree: Any, path: str) -> str | None:
    found = all_of(tree, path)
    assert len(found) < 2
    return found[0] if found else None


def test_the_best_that_the_host_has() -> None:
    tree = made()
    assert tree.get("type") == "kvm"
    assert one(tree, "os/type") == "<type arch='x86_64' machine='q35'>hvm</type>"
    assert one(tree, "cpu") == "<cpu mode='host-passthrough'/>"
    assert all_of(tree, "features/*") == ["<acpi/>", "<apic/>"]
    assert tree.find("os").get("firmware") is None


def test_what_is_emulated_gets_a_cpu_that_systems_run_on() -> None:
    assert one(made(type="qemu"), "cpu") == "<cpu mode='maximum'/>"
    assert one(made(arch="aarch64"), "cpu") == "<cpu mode='maximum'/>"


def test_another_architecture_gets_what_boots_there() -> None:
    tree = made(arch="aarch64", graphics=[{"type": "vnc"}])
    assert (tree.get("type"), tree.find("os/type").get("machine")) == ("qemu", "virt")
    assert tree.find("os").get("firmware") == "efi"
    assert all_of(tree, "features/*") == ["<acpi/>"]
    assert tree.find("clock/timer") is None
    assert all_of(tree, "devices/input") == ["<input type='tablet' bus='usb'/>", "<input type='keyboard' bus='usb'/>"]
    assert all_of(tree, "devices/controller") == ["<controller type='usb' model='qemu-xhci'/>"]


def test_a_kernel_needs_no_firmware() -> None:
    assert made(arch="aarch64", kernel="/boot/vmlinuz").find("os").get("firmware") is None


@pytest.mark.parametrize(
    "said",
    [{"arch": "mips"}, {"type": "xen"}, {"arch": "aarch64", "machine": "q35"}, {"arch": "aarch64", "type": "kvm"}],
)
def test_what_the_host_does_not_run_is_one_sentence(said: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=f"^the host runs no guest of .*{said.get('arch', 'xen')}"):
        made(**said)


def test_a_host_without_machines_gets_nothing_of_qemu() -> None:
    tree = made(Facts(), (_guest("x86_64", "", "lxc", os_type="exe"),))
    assert compact(tree).replace('"', "'") == (
        "<domain type='lxc'><name>g</name><memory unit='KiB'>1048576</memory><devices/>"
        "<os><type arch='x86_64'>exe</type></os></domain>"
    )


def test_what_libvirt_does_not_tell_is_left_to_it() -> None:
    tree = made(Facts(), disks=[{"target": "sda", "source": {"file": "/a"}}], graphics=[{"type": "vnc"}])
    assert tree.find("cpu") is None
    assert tree.find("devices/disk/target").get("bus") is None
    assert tree.find("devices/video") is None


def test_the_usual_devices() -> None:
    tree = made()
    assert [device.tag for device in tree.find("devices")] == ["console", "channel", "rng"]


@pytest.mark.parametrize(
    ("option", "value", "path"),
    [
        ("consoles", [], "devices/console"),
        ("serials", [], "devices/console"),
        ("channels", [], "devices/channel"),
        ("rngs", [], "devices/rng"),
        ("features", {"acpi": False}, "features/acpi"),
        ("pm", {"suspend_to_mem": True}, "pm/suspend-to-disk"),
        ("clock", {"timers": []}, "clock/timer"),
        ("machine", "", "os/type[@machine]"),
    ],
)
def test_what_the_task_does_without_stays_away(option: str, value: Any, path: str) -> None:
    assert made(**{option: value}).find(path) is None


def test_what_the_task_says_stays_exactly_as_it_is() -> None:
    said: dict[str, Any] = {
        "type": "qemu",
        "machine": "pc",
        "cpu": {"mode": "custom", "model": "qemu64"},
        "clock": {"offset": "localtime", "timers": [{"name": "hpet", "present": True}]},
        "disks": [
            {"target": "vda", "bus": "sata", "source": {"file": "/a"}, "driver": {"name": "qemu", "type": "vmdk"}}
        ],
        "interfaces": [{"source": {"network": "lan"}, "model": "rtl8139"}],
        "graphics": [{"type": "vnc"}],
        "videos": [{"model": "cirrus"}],
        "inputs": [{"type": "mouse", "bus": "ps2"}],
        "consoles": [{"type": "pty"}],
        "channels": [{"type": "unix", "target": {"type": "virtio", "name": "mine"}}],
        "rngs": [{"model": "virtio", "backend": {"model": "builtin"}}],
        "tpms": [{"model": "tpm-tis", "backend": {"type": "emulator", "version": "1.2"}}],
    }
    params = {**dict.fromkeys(DOMAIN.argument_spec()), "name": "g", "memory": "1GiB", **said}
    asked = DOMAIN.desired(params, DOMAIN.identity(params), None).tree
    tree = made(**said)
    for path in (
        "cpu",
        "clock",
        *(f"devices/{each}" for each in ("disk", "interface", "video", "input", "tpm", "rng")),
    ):
        assert all_of(tree, path) == all_of(asked, path), path
    assert all_of(tree, "devices/channel") == all_of(asked, "devices/channel")


@pytest.mark.parametrize(
    ("disk", "bus"),
    [
        ({"target": "vda"}, "virtio"),
        ({"target": "sda"}, "scsi"),
        ({"target": "hda"}, "sata"),
        ({"target": "sda", "device": "cdrom"}, "sata"),
        ({"target": "vda", "device": "cdrom"}, "sata"),
        ({"target": "fda", "device": "floppy"}, None),
        ({"target": "sda", "device": "lun"}, None),
    ],
)
def test_the_bus_of_a_disk(disk: dict[str, Any], bus: str | None) -> None:
    tree = made(disks=[{"source": {"file": "/a"}, **disk}])
    assert tree.find("devices/disk/target").get("bus") == bus
    controllers = ["<controller type='scsi' model='virtio-scsi'/>"] if bus == "scsi" else []
    assert all_of(tree, "devices/controller") == controllers


def test_the_format_of_a_disk_is_that_of_its_volume() -> None:
    disks = [{"target": name, "source": {"pool": "p", "volume": name}} for name in ("vda", "vdb")]
    tree = made(Facts(can=CAN, formats={"vdb": "qcow2"}), disks=disks)
    assert [each.get("type") for each in tree.findall("devices/disk/driver")] == ["raw", "qcow2"]


def test_windows() -> None:
    tree = made(
        os="win2k22", disks=[{"target": "sda", "source": {"file": "/a"}}], interfaces=[{"source": {"network": "lan"}}]
    )
    assert tree.find("devices/disk/target").get("bus") == "sata"
    assert one(tree, "devices/interface/model") == "<model type='e1000e'/>"
    assert tree.find("clock").get("offset") == "localtime"
    assert all_of(tree, "features/hyperv/*") == [
        "<relaxed state='on'/>",
        "<spinlocks state='on' retries='8191'/>",
        "<stimer state='on'/>",
    ]
    assert one(tree, "clock/timer[@name='hypervclock']") == "<timer name='hypervclock' present='yes'/>"
    assert tree.find("os").get("firmware") is None


def test_windows_11_asks_for_secure_boot_and_a_tpm() -> None:
    tree = made(os="http://microsoft.com/win/11")
    assert tree.find("os").get("firmware") == "efi"
    assert [each.get("name") for each in tree.findall("os/firmware/feature")] == ["enrolled-keys", "secure-boot"]
    assert one(tree, "devices/tpm") == "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>"
    without = {
        **CAN,
        "os@firmware": frozenset(),
        "os/loader@secure": frozenset({"no"}),
        "devices/tpm@backendModel": frozenset(),
    }
    bare = made(Facts(can=without), os="win11")
    assert (bare.find("os").get("firmware"), bare.find("os/firmware"), bare.find("devices/tpm")) == (None, None, None)


def test_old_systems_get_old_hardware() -> None:
    can = {**CAN, "devices/disk@bus": frozenset({"ide", "virtio"})}
    tree = made(
        Facts(can=can),
        os="winxp",
        disks=[{"target": "sda", "source": {"file": "/a"}}, {"target": "sdb", "device": "cdrom"}],
        interfaces=[{"source": {"network": "lan"}}],
    )
    assert tree.find("os/type").get("machine") == "pc"
    assert [each.get("bus") for each in tree.findall("devices/disk/target")] == ["ide", "ide"]
    assert one(tree, "devices/interface/model") == "<model type='rtl8139'/>"
    assert [device.tag for device in tree.find("devices")][-1] == "console"


@pytest.mark.parametrize(
    ("name", "nic"),
    [
        ("debian12", "virtio"),
        ("debian4", "e1000"),
        ("ubuntu22.04", "virtio"),
        ("ubuntu7.10", "e1000"),
        ("rhel9.4", "virtio"),
        ("freebsd14.1", "virtio"),
        ("freebsd8.4", "e1000"),
        ("solaris11", "e1000"),
        ("win7", "e1000"),
        ("win10", "e1000e"),
        ("something of mine", "virtio"),
    ],
)
def test_systems(name: str, nic: str) -> None:
    assert one(made(os=name, interfaces=[{"source": {"network": "lan"}}]), "devices/interface/model") == (
        f"<model type='{nic}'/>"
    )


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("debian12", "http://debian.org/debian/12"),
        ("centos-stream9", "http://centos.org/centos-stream/9"),
        ("win2k22", "http://microsoft.com/win/2k22"),
        ("opensusetumbleweed", "http://opensuse.org/opensuse/tumbleweed"),
        ("http://debian.org/debian/12", "http://debian.org/debian/12"),
        ("debian", "debian"),
        ("our own", "our own"),
    ],
)
def test_a_short_name_becomes_the_id_that_other_tools_know(given: str, written: str) -> None:
    assert made(os=given).find("metadata/{*}libosinfo/{*}os").get("id") == written


def test_a_screen_brings_a_card_and_a_pointer() -> None:
    tree = made(graphics=[{"type": "vnc"}])
    assert one(tree, "devices/video") == "<video><model type='virtio'/></video>"
    assert all_of(tree, "devices/input") == ["<input type='tablet' bus='usb'/>"]
    assert made().find("devices/video") is None


def test_a_shared_folder_brings_shared_memory() -> None:
    folder = {"source": {"dir": "/srv"}, "target": "srv", "driver": {"type": "virtiofs"}}
    tree = made(filesystems=[folder])
    assert all_of(tree, "memoryBacking/*") == ["<source type='memfd'/>", "<access mode='shared'/>"]
    assert made(filesystems=[{**folder, "driver": None}]).find("memoryBacking") is None


def test_a_bios_that_no_package_describes_is_that_of_qemu() -> None:
    assert made(firmware="bios").find("os").get("firmware") is None
    described = replace(Facts(), can={**CAN, "os@firmware": frozenset({"bios", "efi"})})
    assert made(described, firmware="bios").find("os").get("firmware") == "bios"


def test_a_device_that_comes_later_is_completed_too() -> None:
    tree = parse("<domain type='kvm'><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os></domain>")
    disk, nic = parse("<disk><target dev='vdb'/></disk>"), parse("<interface type='network'/>")
    finish([("devices/disk", disk), ("devices/interface", nic)], tree, Facts(can=CAN, formats={"vdb": "qcow2"}))
    assert compact(disk).replace('"', "'") == (
        "<disk><target dev='vdb' bus='virtio'/><driver name='qemu' type='qcow2'/></disk>"
    )
    assert compact(nic).replace('"', "'") == "<interface type='network'><model type='virtio'/></interface>"
