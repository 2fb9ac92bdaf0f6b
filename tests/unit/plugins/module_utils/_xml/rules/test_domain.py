# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of guests: defaults by architecture, and what libvirt 9.0 reads past. Each was seen on a real libvirt."""

from __future__ import annotations

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, find_all, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import Overlay, overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.record import recall, remembered
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.domain import RULES


def guest(devices: str = "", arch: str = "x86_64", top: str = "", machine: str = "machine='m'") -> str:
    os = f"<os><type arch='{arch}' {machine}>hvm</type></os>"
    return f"<domain type='qemu'>{os}{top}<devices>{devices}</devices></domain>"


def laid(desired: str, stored: str) -> Overlay:
    return overlay(parse(desired), parse(stored), RULES)


def paths(desired: str, stored: str) -> list[str]:
    return [difference.path for difference in laid(desired, stored).differences]


def left(result: Overlay, path: str) -> list[str]:
    return [compact(element) for element in find_all(result.document, path)]


@pytest.mark.parametrize(
    ("arch", "model", "libvirts"),
    [
        ("x86_64", "rtl8139", True),
        ("x86_64", "virtio", False),
        ("ppc64", "rtl8139", True),
        ("mips", "rtl8139", True),
        ("mips", "virtio", False),
        ("aarch64", "virtio", True),
        ("aarch64", "rtl8139", False),
        ("riscv64", "virtio", True),
        ("armv7l", "lan9118", True),
        ("s390x", "lan9118", False),
    ],
)
def test_the_default_nic(arch: str, model: str, libvirts: bool) -> None:
    stored = guest(f"<interface type='user'><model type='{model}'/></interface>", arch)
    assert (paths(guest("<interface type='user'/>", arch), stored) == []) is libvirts


@pytest.mark.parametrize(("kind", "model", "libvirts"), [("vdpa", "virtio", True), ("hostdev", "rtl8139", False)])
def test_the_default_of_a_nic_that_is_no_ordinary_one(kind: str, model: str, libvirts: bool) -> None:
    stored = guest(f"<interface type='{kind}'><model type='{model}'/></interface>")
    assert (paths(guest(f"<interface type='{kind}'/>"), stored) == []) is libvirts


@pytest.mark.parametrize(
    ("arch", "model", "libvirts"),
    [
        ("x86_64", "piix3-uhci", True),
        ("x86_64", "qemu-xhci", False),
        ("mips", "piix3-uhci", True),
        ("mips", "qemu-xhci", False),
        ("ppc", "piix3-uhci", True),
        ("ppc64", "qemu-xhci", True),
        ("ppc64", "piix3-uhci", False),
        ("ppc64", "pci-ohci", True),
        ("aarch64", "qemu-xhci", True),
    ],
)
def test_the_default_model_of_a_usb_controller(arch: str, model: str, libvirts: bool) -> None:
    stored = guest(f"<controller type='usb' index='0' model='{model}'/>", arch)
    assert (paths(guest("<controller type='usb' index='0'/>", arch), stored) == []) is libvirts


@pytest.mark.parametrize(
    ("arch", "model", "libvirts"),
    [
        ("x86_64", "piix3-uhci", True),
        ("x86_64", "qemu-xhci", False),
        ("mips", "piix3-uhci", True),
        ("ppc64", "qemu-xhci", True),
        ("ppc64", "pci-ohci", True),
        ("ppc64", "ich9-ehci1", False),
        ("aarch64", "qemu-xhci", False),
    ],
)
def test_the_usb_controller_of_a_guest_that_names_none(arch: str, model: str, libvirts: bool) -> None:
    stored = guest(f"<controller type='usb' index='0' model='{model}'/>", arch)
    assert (paths(guest(arch=arch), stored) == []) is libvirts


@pytest.mark.parametrize(
    ("machine", "libvirts"), [("pseries", True), ("pseries-2.7", True), ("pseries-4.2", True), ("pseries-7.2", False)]
)
def test_the_usb_controller_of_an_older_power_guest(machine: str, libvirts: bool) -> None:
    machine = f"machine='{machine}'"
    stored = guest("<controller type='usb' index='0' model='pci-ohci'/>", "ppc64", machine=machine)
    assert (paths(guest(arch="ppc64", machine=machine), stored) == []) is libvirts


def test_audio_follows_the_display() -> None:
    none, spice = ("<audio id='1' type='none'/>", "<audio id='1' type='spice'/>")
    display = "<graphics type='spice' autoport='yes'/>"
    assert paths(guest(display), guest(display + spice)) == []
    assert paths(guest(), guest(display + spice)) == ["devices/graphics[spice]", "devices/audio[1]"]
    assert paths(guest(display), guest(none)) == ["devices/graphics[spice]", "devices/audio[1]"]


@pytest.mark.parametrize(
    ("module", "stored", "same"),
    [
        ("<memory model='dimm'>{}</memory>", "786432", True),
        ("<memory model='dimm'>{}</memory>", "1048576", False),
        ("<memory model='nvdimm'>{}</memory>", "524416", True),
        ("<memory model='nvdimm'>{}</memory>", "786432", False),
    ],
)
def test_a_memory_module_on_power_has_whole_blocks(module: str, stored: str, same: bool) -> None:
    target = module.format("<target><size unit='KiB'>{}</size><label><size unit='KiB'>128</size></label></target>")
    given, now = (guest(target.format(size), "ppc64") for size in ("550000", stored))
    assert (paths(given, now) == []) is same
    assert paths(given, now.replace("ppc64", "x86_64").replace(stored, "550000")) == ["os/type/@arch"]


@pytest.mark.parametrize(
    ("arch", "model", "libvirts"),
    [
        ("x86_64", "cirrus", True),
        ("x86_64", "vga", False),
        ("ppc", "cirrus", True),
        ("ppc64", "vga", True),
        ("ppc64", "cirrus", False),
        ("s390x", "virtio", True),
    ],
)
def test_the_default_display_adapter(arch: str, model: str, libvirts: bool) -> None:
    stored = guest(f"<video><model type='{model}'/></video>", arch)
    assert (paths(guest("<video/>", arch), stored) == []) is libvirts


@pytest.mark.parametrize(
    ("arch", "machine", "libvirts"),
    [
        ("aarch64", "integratorcp", True),
        ("armv7l", "integratorcp", True),
        ("x86_64", "isapc", False),
        ("ppc", "g3beige", True),
        ("ppc64", "g3beige", False),
    ],
)
def test_the_default_machine(arch: str, machine: str, libvirts: bool) -> None:
    assert (paths(guest(arch=arch, machine=""), guest(arch=arch, machine=f"machine='{machine}'")) == []) is libvirts


@pytest.mark.parametrize(
    ("audio", "graphics", "kept"),
    [
        ("<audio id='1' type='none'/>", "", True),
        ("<audio id='1' type='alsa'/>", "<graphics type='vnc'/>", True),
        ("<audio id='1' type='alsa'/>", "<graphics type='spice'/>", False),
        ("<audio id='1' type='alsa' timerPeriod='50'/>", "", False),
        ("<audio id='1' type='alsa'><input mixingEngine='no'/></audio>", "", False),
        ("<audio id='2' type='alsa'/>", "", False),
        ("<audio id='1' type='file'/>", "", False),
    ],
)
def test_an_audio_backend_that_the_host_may_have_chosen(audio: str, graphics: str, kept: bool) -> None:
    gone = [path for path in paths(guest(graphics), guest(graphics + audio)) if path.startswith("devices/audio")]
    assert (gone == []) is kept


def test_an_audio_backend_that_was_named_is_the_users() -> None:
    stored = parse(guest("<audio id='1' type='alsa'/>"))
    record = remembered(stored, stored, RULES)
    assert [one.path for one in recall(parse(guest()), stored, RULES, record).differences] == ["devices/audio[1]"]


@pytest.mark.parametrize("name", ["acpi", "pmu", "pvspinlock", "smm", "vmcoreinfo", "vmport", "kvm"])
def test_a_feature_is_on_where_nothing_else_is_said(name: str) -> None:
    wanted = guest(top=f"<features><{name}/></features>")
    assert paths(wanted, guest()) == ["features"]
    assert paths(wanted, guest(top=f"<features><{name} state='on'/></features>")) == []
    assert paths(guest(), guest(top=f"<features><{name} state='on'/></features>")) == ["features"]


def test_only_tcp_has_a_protocol() -> None:
    text = "<serial type='{}'><protocol type='telnet'/><target type='isa-serial' port='0'/></serial>"
    assert left(laid(guest(text.format("pty")), guest(text.format("tcp"))), "devices/serial/protocol") == []
    assert left(laid(guest(text.format("tcp")), guest()), "devices/serial/protocol") == ['<protocol type="telnet"/>']


def test_a_device_may_say_nothing_and_be_one() -> None:
    result = laid(guest("<panic/>"), guest())
    assert [(one.path, one.after) for one in result.differences] == [("devices/panic", "<panic/>")]


@pytest.mark.parametrize("mode", ["host-passthrough", "maximum"])
def test_a_model_of_what_the_host_decides_is_read_past(mode: str) -> None:
    model = "<model fallback='forbid'>qemu64</model>"
    stored = f"<cpu mode='custom' match='exact'>{model}</cpu>"
    result = laid(guest(top=f"<cpu mode='{mode}'>{model}</cpu>"), guest(top=stored))
    assert left(result, "cpu") == [f'<cpu mode="{mode}"/>']
    assert paths(guest(top=f"<cpu mode='{mode}'>{model}</cpu>"), guest(top=f"<cpu mode='{mode}'/>")) == []
    host_model = f"<cpu mode='host-model'>{model}</cpu>"
    assert paths(guest(top=host_model), guest(top="<cpu mode='host-model'/>")) == ["cpu/model"]


def test_the_fallback_of_a_model_that_nobody_names() -> None:
    text = "<cpu mode='custom' match='exact' check='none'><model fallback='{}'>qemu64</model></cpu>"
    assert paths(guest(), guest(top=text.format("forbid"))) == []
    assert paths(guest(), guest(top=text.format("allow"))) == ["cpu"]
    assert paths(guest(top="<cpu/>"), guest(top=text.format("allow"))) == ["cpu/model"]


@pytest.mark.parametrize(("number", "changed"), [("1", ["cputune"]), ("2", []), ("9", [])])
def test_a_pin_of_a_cpu_that_the_guest_does_not_have_is_read_past(number: str, changed: list[str]) -> None:
    pin = f"<vcpu>2</vcpu><cputune><vcpupin vcpu='{number}' cpuset='0'/></cputune>"
    assert paths(guest(top=pin), guest(top="<vcpu>2</vcpu>")) == changed


def test_the_first_entry_of_a_name_is_read() -> None:
    text = "<sysinfo type='smbios'><chassis>{}</chassis></sysinfo>"
    one, other = "<entry name='sku'>1</entry>", "<entry name='sku'>2</entry>"
    assert paths(guest(top=text.format(one + other)), guest(top=text.format(one))) == []
    assert paths(guest(top=text.format(other + one)), guest(top=text.format(one))) == [
        "sysinfo[smbios]/chassis/entry[sku]"
    ]


def test_cpus_that_no_cell_names_are_in_the_first() -> None:
    cells = "<cell id='0' {}memory='1'/><cell id='1' cpus='3' memory='1'/>"
    text = f"<memory>2</memory><currentMemory>2</currentMemory><vcpu>8</vcpu><cpu><numa>{cells}</numa></cpu>"
    assert paths(guest(top=text.format("")), guest(top=text.format("cpus='0-2,4-7' "))) == []
    assert paths(guest(top=text.format("cpus='1' ")), guest(top=text.format("cpus='0-2,4-7' "))) == []
    assert paths(guest(top=text.format("")), guest(top=text.format("cpus='0-2' "))) == ["cpu/numa/cell[0]/@cpus"]


@pytest.mark.parametrize(
    ("kind", "source", "kept"),
    [
        ("stdio", "mode='bind' host='::' service='1'", ""),
        ("file", "mode='connect' path='/a' append='on'", 'path="/a" append="on"'),
        ("unix", "mode='bind' path='/a' service='1'", 'mode="bind" path="/a"'),
        ("tcp", "mode='bind' host='::' service='1' tls='no'", 'mode="bind" host="::" service="1" tls="no"'),
        ("dbus", "channel='a' path='/a'", 'channel="a"'),
    ],
)
def test_a_character_device_has_the_source_of_its_type(kind: str, source: str, kept: str) -> None:
    text = "<serial type='{0}'>{1}<target type='isa-serial' port='0'/></serial>"
    given = text.format(kind, f"<source {source}/>")
    stored = guest(text.format(kind, f"<source {kept}/>" if kept else ""))
    assert paths(guest(given), stored) == []
    result = laid(guest(given), guest(text.format("pty", "")))
    assert left(result, "devices/serial/source") == ([f"<source {kept}/>"] if kept else [])


def test_a_clipboard_belongs_to_an_agent() -> None:
    text = "<channel type='{}'><source><clipboard copypaste='yes'/></source><target type='virtio' name='a'/></channel>"
    result = laid(guest(text.format("unix")), guest(text.format("qemu-vdagent")))
    assert left(result, "devices/channel/source") == []
    assert left(laid(guest(text.format("qemu-vdagent")), guest()), "devices/channel/source") != []


@pytest.mark.parametrize(
    ("path", "libvirts"),
    [
        ("/var/lib/libvirt/qemu/channel/target/domain-a/org.qemu.guest_agent.0", True),
        ("/run/libvirt/qemu/channel/3-a/org.qemu.guest_agent.0", True),
        ("/srv/channel/a/org.qemu.guest_agent.0", False),
        ("/srv/agent.sock", False),
    ],
)
def test_a_socket_of_libvirts_own_is_not_stored(path: str, libvirts: bool) -> None:
    text = "<channel type='unix'>{}<target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
    given, bare = guest(text.format(f"<source mode='bind' path='{path}'/>")), guest(text.format(""))
    assert (paths(given, bare) == []) is libvirts
    assert (paths(bare, given) == []) is libvirts


def test_a_socket_is_the_attribute_of_vnc_only() -> None:
    spice = "<graphics type='spice' socket='/a'/>"
    assert paths(guest(spice), guest("<graphics type='spice'><listen type='none'/></graphics>")) == []


def test_spice_without_a_port_listens_nowhere() -> None:
    text = "<graphics type='spice'{}><listen type='{}'/></graphics>"
    assert paths(guest(text.format("", "address")), guest(text.format("", "none"))) == []
    auto = " autoport='yes'"
    assert paths(guest(text.format(auto, "address")), guest(text.format(auto, "none"))) == [
        "devices/graphics[spice]/listen[none]/@type"
    ]


def test_an_image_without_a_type_ends_the_chain() -> None:
    disk = "<disk type='file' device='disk'><source file='/a'/>{}<target dev='vda' bus='virtio'/></disk>"
    image = "<backingStore{}><format type='qcow2'/><source file='/b'/></backingStore>"
    assert paths(guest(disk.format(image.format(""))), guest(disk.format("<backingStore/>"))) == []
    assert paths(guest(disk.format(image.format(" type='file'"))), guest(disk.format("<backingStore/>"))) != []


def test_an_iscsi_name_means_its_first_unit() -> None:
    disk = (
        "<disk type='network' device='disk'><source protocol='{0}' name='{1}'><host name='h' port='1'/></source>"
        "<target dev='vda' bus='virtio'/></disk>"
    )
    assert paths(guest(disk.format("iscsi", "iqn.a")), guest(disk.format("iscsi", "iqn.a/0"))) == []
    assert paths(guest(disk.format("iscsi", "iqn.a/1")), guest(disk.format("iscsi", "iqn.a/0"))) != []
    assert 'name="iqn.a/0"' in left(laid(guest(disk.format("iscsi", "iqn.a")), guest()), "devices/disk/source")[0]
    assert paths(guest(disk.format("gluster", "a")), guest(disk.format("gluster", "a/0"))) != []


def test_a_port_of_an_emulated_firmware_store_has_a_default() -> None:
    text = (
        "<os><type arch='x86_64' machine='m'>hvm</type><loader type='pflash'>/f</loader><nvram type='network'>"
        "<source protocol='iscsi' name='iqn.a/0'><host name='h'{}/></source></nvram></os>"
    )
    given, stored = (f"<domain>{text.format(port)}<devices/></domain>" for port in ("", " port='3260'"))
    assert paths(given, stored) == []


@pytest.mark.parametrize(
    ("gone", "device"),
    [
        ("devices/sound/codec", "<sound model='usb'><codec type='micro'/></sound>"),
        ("devices/memory/uuid", "<memory model='dimm'><uuid>a</uuid><target><size>1</size></target></memory>"),
        (
            "devices/controller/address",
            "<controller type='usb' index='0' model='none'><address type='pci'/></controller>",
        ),
    ],
)
def test_what_a_model_does_not_have_is_read_past(gone: str, device: str) -> None:
    assert left(laid(guest(device), guest()), gone) == []


@pytest.mark.parametrize(
    ("chassis", "changed"), [("3", []), ("30", ["devices/controller[pci,3,pcie-root-port]/target"])]
)
def test_the_number_that_libvirt_gives_a_port_is_its_index(chassis: str, changed: list[str]) -> None:
    port = "<controller type='pci' index='3' model='pcie-root-port'>{}</controller>"
    stored = guest(port.format(f"<target chassis='{chassis}' port='0x8'/>"))
    assert paths(guest(port.format("")), stored) == changed


VERSION = "machine='pc-q35-4.0'"


@pytest.mark.parametrize("now", ["", "machine='q35'"])
def test_a_machine_that_was_named_in_full_is_no_alias_of_what_is_named_now(now: str) -> None:
    stored = parse(guest(machine=VERSION))
    record = remembered(parse(guest(machine=VERSION)), stored, RULES)
    assert [one.path for one in recall(parse(guest(machine=now)), stored, RULES, record).differences] == [
        "os/type/@machine"
    ]


def test_a_q35_guest_gets_a_faster_usb_controller() -> None:
    controller = "<controller type='usb' index='0' model='qemu-xhci'/>"
    assert paths(guest(machine=VERSION), guest(controller, machine=VERSION)) == []


def test_what_libvirt_does_not_store_takes_away_what_it_has() -> None:
    disk = "<disk type='file' device='disk'><driver name='qemu' cache='{}'/><target dev='vda' bus='virtio'/></disk>"
    result = laid(guest(disk.format("default")), guest(disk.format("none")))
    assert [(one.path, one.before, one.after) for one in result.differences] == [
        ("devices/disk[vda]/driver/@cache", "none", "default")
    ]
    assert left(result, "devices/disk/driver") == ['<driver name="qemu"/>']


def test_a_disk_without_a_type_is_a_file_and_keeps_its_source() -> None:
    disk = "<disk{} device='disk'><source file='/a'/><target dev='vda' bus='virtio'/></disk>"
    result = laid(guest("<sound model='ich6'/>" + disk.format("")), guest(disk.format(" type='file'")))
    assert [one.path for one in result.differences] == ["devices/sound[ich6]"]
    assert left(result, "devices/disk/source") == ['<source file="/a"/>']


@pytest.mark.parametrize(("arch", "kept"), [("x86_64", False), ("aarch64", True)])
def test_a_driver_belongs_to_a_virtio_nic(arch: str, kept: bool) -> None:
    nic = "<interface type='user'><driver queues='4'/></interface>"
    assert bool(left(laid(guest(nic, arch), guest(arch=arch)), "devices/interface/driver")) is kept


def test_what_libvirt_has_written_stays_whatever_a_table_says_until_something_changes() -> None:
    nic = "<interface type='user'><mac address='52:54:00:00:00:01'/>{}<driver queues='4'/></interface>"
    model = "<model type='rtl8139'/>"
    result = laid(guest("<sound model='ich6'/>" + nic.format(model)), guest(nic.format(model)))
    assert left(result, "devices/interface/driver") == ['<driver queues="4"/>']
    turned = laid(guest(nic.format(model)), guest(nic.format("<model type='virtio'/>")))
    assert left(turned, "devices/interface/driver") == []


def test_an_alias_that_is_no_longer_named_leaves_the_machine() -> None:
    stored = parse(guest(machine="machine='pc-i440fx-7.2'"))
    record = remembered(parse(guest(machine="machine='pc'")), stored, RULES)
    assert recall(parse(guest(machine="")), stored, RULES, record).differences == []


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("<graphics type='vnc'/>", "<graphics type='vnc' port='-1' autoport='yes'><listen type='address'/></graphics>"),
        (
            "<graphics type='vnc' port='-1' listen='::1'/>",
            "<graphics type='vnc' port='-1' autoport='yes' listen='::1'>"
            "<listen type='address' address='::1'/></graphics>",
        ),
        (
            "<graphics type='vnc' port='5901'/>",
            "<graphics type='vnc' port='5901' autoport='no'><listen type='address'/></graphics>",
        ),
        (
            "<graphics type='vnc' port='5901' autoport='yes'/>",
            "<graphics type='vnc' port='-1' autoport='yes'><listen type='address'/></graphics>",
        ),
        (
            "<graphics type='vnc'><listen type='address' address='::1'/></graphics>",
            "<graphics type='vnc' port='-1' autoport='yes' listen='::1'>"
            "<listen type='address' address='::1'/></graphics>",
        ),
        (
            "<graphics type='spice' tlsPort='-1' autoport='yes'/>",
            "<graphics type='spice' autoport='yes'><listen type='address'/></graphics>",
        ),
        (
            "<graphics type='vnc' socket='/a'/>",
            "<graphics type='vnc' socket='/a'><listen type='socket' socket='/a'/></graphics>",
        ),
    ],
)
def test_spellings_of_where_a_display_listens(given: str, stored: str) -> None:
    assert paths(guest(given), guest(stored)) == []
    assert paths(guest(stored), guest(stored)) == []


@pytest.mark.parametrize(
    ("arch", "target", "model"),
    [
        ("x86_64", "isa-serial", "isa-serial"),
        ("ppc64", "spapr-vio-serial", "spapr-vty"),
        ("s390x", "sclp-serial", "sclpconsole"),
        ("aarch64", "system-serial", "pl011"),
        ("riscv64", "system-serial", "16550a"),
    ],
)
def test_a_console_and_the_serial_port_that_it_stands_for(arch: str, target: str, model: str) -> None:
    target = f"<target type='{target}' port='0'><model name='{model}'/></target>"
    console = "<console type='pty'><target type='serial' port='0'/></console>"
    stored = guest(f"<serial type='pty'>{target}</serial>{console}", arch)
    for given in ("<serial type='pty'/>", "<console type='pty'/>", "<serial type='pty'/><console type='pty'/>"):
        assert paths(guest(given, arch), stored) == []
    assert paths(guest("", arch), stored) == ["devices/serial[0]", "devices/console[serial,0]"]
    old = "<serial type='pty'><target type='isa-serial' port='0'/></serial>"
    assert paths(guest(old, arch), stored) == []


def test_controllers_without_an_index_are_found_by_their_models() -> None:
    given = "<controller type='pci' model='pcie-root'/><controller type='pci' model='pcie-root-port'/>"
    stored = (
        "<controller type='pci' index='0' model='pcie-root'/>"
        "<controller type='pci' index='1' model='pcie-root-port'><model name='pcie-root-port'/>"
        "<target chassis='1' port='0x8'/><address type='pci' bus='0x00' slot='0x01' function='0x0'/></controller>"
    )
    assert paths(guest(given, machine=VERSION), guest(stored, machine=VERSION)) == []


FIRMWARE = "<domain><os firmware='efi'><type arch='x86_64' machine='pc-q35-7.2'>hvm</type>{}</os><devices/></domain>"
CHOSEN = (
    "<firmware><feature enabled='yes' name='enrolled-keys'/><feature enabled='yes' name='secure-boot'/></firmware>"
    "<loader readonly='yes' secure='yes' type='pflash' format='raw'>/usr/share/OVMF/CODE.fd</loader>"
    "<nvram template='/usr/share/OVMF/VARS.fd' format='raw'>/var/lib/libvirt/qemu/nvram/a_VARS.fd</nvram>"
)


def test_the_firmware_that_libvirt_has_chosen_stays() -> None:
    asked = "<firmware><feature enabled='yes' name='enrolled-keys'/></firmware>"
    assert paths(FIRMWARE.format(""), FIRMWARE.format(CHOSEN)) == []
    assert paths(FIRMWARE.format(asked), FIRMWARE.format(CHOSEN)) == []
    result = laid(FIRMWARE.format("").replace("<devices/>", "<title>t</title><devices/>"), FIRMWARE.format(CHOSEN))
    assert left(result, "os/nvram")[0].endswith("/var/lib/libvirt/qemu/nvram/a_VARS.fd</nvram>")
    bios = FIRMWARE.format("").replace(" firmware='efi'", "")
    assert "os/@firmware" in paths(bios, FIRMWARE.format(CHOSEN))
    assert left(laid(bios, FIRMWARE.format(CHOSEN)), "os/loader") == []


def test_the_variables_of_a_named_loader_stay_where_they_are() -> None:
    loader = "<loader readonly='yes' type='pflash'>/usr/share/OVMF/CODE.fd</loader>"
    text = "<domain><os><type arch='x86_64' machine='m'>hvm</type>{}</os><devices/></domain>"
    stored = text.format(loader + "<nvram>/var/lib/libvirt/qemu/nvram/a_VARS.fd</nvram>")
    assert paths(text.format(loader), stored) == []
    assert paths(text.format(""), stored) == ["os/loader", "os/nvram"]


def test_a_vector_length_brings_the_vectors() -> None:
    text = "<cpu mode='custom' match='exact'><model>max</model><feature policy='require' name='sve256'/>{}</cpu>"
    stored = text.format("<feature policy='require' name='sve'/>")
    assert paths(guest(arch="aarch64", top=text.format("")), guest(arch="aarch64", top=stored)) == []


def test_blanks_of_a_title_count() -> None:
    assert paths(guest(top="<title> a</title>"), guest(top="<title>a</title>")) == ["title"]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        pytest.param("<memtune><hard_limit unit='KiB'>9007199254740991</hard_limit></memtune>", "", id="no limit"),
        pytest.param("<features/><cputune></cputune><blkiotune/>", "", id="nothing in it"),
        pytest.param(
            "<devices><disk type='file' device='disk'><source file='/a' index='1'/><backingStore/><target dev='vda'"
            " bus='virtio' tray='closed'/><mirror type='file'/><alias name='virtio-disk0'/></disk></devices>",
            "<devices><disk type='file' device='disk'><source file='/a'/><backingStore/>"
            "<target dev='vda' bus='virtio'/></disk></devices>",
            id="what only runs of a disk",
        ),
        pytest.param(
            "<devices><interface type='network'><mac address='52:54:00:AA:00:01'/><source network='a' portid='x'/>"
            "<target dev='vnet3'/><model type='VIRTIO'/></interface></devices>",
            "<devices><interface type='network'><mac address='52:54:00:aa:00:01'/><source network='a'/>"
            "<model type='virtio'/></interface></devices>",
            id="what only runs of a NIC",
        ),
        pytest.param(
            "<devices><interface type='hostdev'><filterref filter='a'/></interface></devices>",
            "<devices><interface type='hostdev'/></devices>",
            id="a filter of a passed NIC",
        ),
        pytest.param(
            "<seclabel type='dynamic' model='selinux'><imagelabel>x</imagelabel></seclabel>",
            "<seclabel type='dynamic' model='selinux' relabel='yes'/>",
            id="the label of images",
        ),
        pytest.param(
            "<devices><disk type='block' device='cdrom'><target dev='hda' bus='ide'/></disk></devices>",
            "<devices><disk type='file' device='cdrom'><target dev='hda' bus='ide'/><readonly/></disk></devices>",
            id="an empty drive",
        ),
        pytest.param(
            "<memory unit='MiB'>1</memory><vcpu cpuset='0-3,^1'>1</vcpu>",
            "<memory unit='KiB'>1024</memory><currentMemory unit='KiB'>1024</currentMemory>"
            "<vcpu placement='static' cpuset='0,2-3'>1</vcpu>",
            id="other spellings",
        ),
        pytest.param(
            "<devices><video><model type='qxl' vram='9000'/></video></devices>",
            "<devices><video><model type='qxl' ram='65536' vram='16384' vgamem='16384' heads='1' primary='yes'/>"
            "</video></devices>",
            id="video memory",
        ),
        pytest.param(
            "<devices><redirfilter><usbdev version='9.40' allow='yes' class='-1'/></redirfilter></devices>",
            "<devices><redirfilter><usbdev version='9.4' allow='yes'/></redirfilter></devices>",
            id="the version of a USB device",
        ),
        pytest.param(
            "<metadata xmlns:a='urn:a'><a:b/><a:c/></metadata>",
            "<metadata xmlns:x='urn:a'><x:b/></metadata>",
            id="metadata of one namespace",
        ),
    ],
)
def test_what_libvirt_reads_past_or_spells_in_another_way(given: str, stored: str) -> None:
    text = "<domain id='3' type='qemu'><os><type arch='x86_64' machine='m'>hvm</type>{}</os>{}</domain>"
    assert paths(text.format("<init>/bin/sh</init><initarg>-c</initarg>", given), text.format("", stored)) == []
