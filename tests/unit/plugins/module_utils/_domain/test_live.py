# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a running guest is asked for, where no guest of the test bed can show it: by the calls that are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._domain.live import (
    Hotplug,
    Live,
    free_slots,
    lacking_slots,
)
from ansible_collections.converge.libvirt.plugins.module_utils._domain.tuning import Running, Tuning
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.domain_live import CLASSES
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Plan, Step
from ansible_collections.converge.libvirt.plugins.module_utils._session import Endpoint, Session
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import compare, pending
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.domain import RULES

pytestmark = pytest.mark.usefixtures("libvirt")

PORT = "<controller type='pci' index='{0}' model='pcie-root-port'/>"
PORTS = "<controller type='pci' index='0' model='pcie-root'/>" + "".join(PORT.format(number) for number in (1, 2))


class Domain:
    """A domain that notes what it is asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments: self.calls.append((name, *arguments))


def guest(devices: str = "", more: str = "", vcpu: str = "<vcpu current='1'>4</vcpu>") -> str:
    return (
        f"<domain type='kvm'><name>g</name>{more}{vcpu}<memory unit='KiB'>262144</memory>"
        f"<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><devices>{PORTS}{devices}</devices></domain>"
    )


CAN = "<domainCapabilities><devices><hostdev supported='yes'>{}</hostdev></devices></domainCapabilities>"
VFIO = parse(CAN.format("<enum name='pciBackend'><value>default</value><value>vfio</value></enum>"))
NO_VFIO = parse(CAN.format("<enum name='pciBackend'/>"))

#: The host of the test bed, but that it could give devices away.
HOST = {"driver": "QEMU", "libvirt": 9000000, "hypervisor": 7002000, "capabilities": VFIO}


def asked(
    stored: str, live: str, unplug: bool = False, **facts: Any
) -> tuple[list[Step], list[tuple[Any, ...]], list[str]]:
    """The steps that a running guest takes to what is stored, the calls that they make, and what people are told."""
    domain, plan = Domain(), Plan()
    steps = planned(stored, live, domain, plan, facts={**HOST, **facts}, unplug=unplug)
    for step in steps:
        if not step.sentence.startswith("take "):
            step.run()
    return steps, domain.calls, plan.warnings


def planned(
    stored: str, live: str, domain: Domain, plan: Plan, *, facts: dict[str, Any], unplug: bool = False
) -> list[Step]:
    """The steps that a running guest takes to what is stored, on a host of which no other facts are known."""
    mine, theirs = parse(stored), parse(live)
    session = Session(Endpoint("test:///default"))
    running = Running(session, "g", lambda: domain, lambda _flags: theirs, lambda _document: None)
    changes = Live(CLASSES, facts.__getitem__, Hotplug(running, RULES), Tuning(running), unplug)
    return changes.steps(mine, theirs, pending(mine, theirs, RULES), plan)


NIC = "<interface type='{0}'><mac address='52:54:00:00:00:01'/><source {0}='{1}'/>{2}<model type='virtio'/></interface>"
LIVE_NIC = NIC.format("bridge", "br0", "")
DISK = "<disk type='file' device='disk'><source file='/a'{0}/><target dev='sda' bus='scsi'/></disk>"
SCREEN = "<graphics type='vnc' port='5900' autoport='no'{0}/>"
HOSTDEV = """<hostdev mode='subsystem' type='pci' managed='yes'>
  <source><address domain='0' bus='5' slot='0' function='0'/></source></hostdev>"""
MDEV = """<hostdev mode='subsystem' type='mdev' model='vfio-pci'>
  <source><address uuid='53764d0e-85a0-42b4-af5c-2046b460b1dd'/></source></hostdev>"""
VSOCK = "<vsock model='virtio'><cid auto='no' address='5'/></vsock>"

#: By path: what is stored, what runs, libvirt's function, and what it gets.
CHANGES = {
    "devices/hostdev": (guest(HOSTDEV), guest(), "attachDeviceFlags", "<hostdev"),
    "devices/vsock": (guest(VSOCK), guest(), "attachDeviceFlags", "<vsock"),
    "devices/disk/source@startupPolicy": (
        guest(DISK.format(" startupPolicy='optional'")),
        guest(DISK.format("")),
        "updateDeviceFlags",
        "optional",
    ),
    "devices/graphics@connected": (
        guest(SCREEN.format(" passwd='a' connected='keep'")),
        guest(SCREEN.format(" passwd='a'")),
        "updateDeviceFlags",
        "keep",
    ),
    "devices/graphics@passwdValidTo": (
        guest(SCREEN.format(" passwd='a' passwdValidTo='2030-01-01T00:00:00'")),
        guest(SCREEN.format(" passwd='a'")),
        "updateDeviceFlags",
        "2030",
    ),
    "devices/interface/bandwidth": (
        guest(NIC.format("bridge", "br0", "<bandwidth><inbound average='1000'/></bandwidth>")),
        guest(LIVE_NIC),
        "updateDeviceFlags",
        "1000",
    ),
    "devices/interface/source@bridge": (
        guest(NIC.format("bridge", "br1", "")),
        guest(LIVE_NIC),
        "updateDeviceFlags",
        "br1",
    ),
    "devices/interface/vlan": (
        guest(NIC.format("bridge", "br0", "<virtualport type='openvswitch'/><vlan><tag id='7'/></vlan>")),
        guest(NIC.format("bridge", "br0", "<virtualport type='openvswitch'/><vlan><tag id='6'/></vlan>")),
        "updateDeviceFlags",
        '<tag id="7"/>',
    ),
    "devices/interface@type": (
        guest(NIC.format("network", "lan", "")),
        guest(LIVE_NIC),
        "updateDeviceFlags",
        'type="network"',
    ),
    "cputune/iothreadpin": (
        guest(more="<cputune><iothreadpin iothread='1' cpuset='1'/></cputune>"),
        guest(),
        "pinIOThread",
        (False, True),
    ),
    "memtune/hard_limit": (
        guest(more="<memtune><hard_limit unit='KiB'>500000</hard_limit></memtune>"),
        guest(),
        "setMemoryParameters",
        {"hard_limit": 500000},
    ),
    "memtune/swap_hard_limit": (
        guest(more="<memtune><swap_hard_limit unit='MiB'>600</swap_hard_limit></memtune>"),
        guest(),
        "setMemoryParameters",
        {"swap_hard_limit": 614400},
    ),
    "numatune/memory@nodeset": (
        guest(more="<numatune><memory mode='preferred' nodeset='1'/></numatune>"),
        guest(more="<numatune><memory mode='preferred' nodeset='0'/></numatune>"),
        "setNumaParameters",
        {"numa_nodeset": "1"},
    ),
}


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_makes_its_call_upon_what_runs(path: str, libvirt: Any) -> None:
    stored, live, function, said = CHANGES[path]
    steps, calls, warnings = asked(stored, live)
    assert (len(steps), len(calls), warnings) == (1, 1, [])
    name, *arguments = calls[0]
    assert (name, arguments[-1]) == (function, libvirt.VIR_DOMAIN_AFFECT_LIVE)
    assert any(said == one or (isinstance(said, str) and said in str(one)) for one in arguments)
    assert {each.path for each in steps[0].ends} == {each.path for each in pending(parse(stored), parse(live), RULES)}


CDROM = "<disk type='file' device='cdrom'><target dev='sda' bus='scsi'/></disk>"
EVDEV = "<input type='evdev'><source dev='/dev/input/event1'/></input>"
OVS = "<virtualport type='openvswitch'/>"
EMPTY_MODULE = """<memory model='virtio-mem'><target><size unit='KiB'>131072</size><node>0</node>
  <requested unit='KiB'>0</requested><current unit='KiB'>0</current></target></memory>"""
BIGGER = "<memory unit='KiB'>393216</memory>"

#: By path and what is done: what is stored, what runs, the facts of a host that can do it, and of one that cannot.
CONDITIONAL: dict[tuple[str, str], tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    ("devices/disk", "plug in"): (guest(CDROM), guest(), {"libvirt": 9010000}, {"libvirt": 9009000}),
    ("devices/hostdev", "plug in"): (guest(HOSTDEV), guest(), {"capabilities": VFIO}, {"capabilities": NO_VFIO}),
    ("devices/input", "plug in"): (guest(EVDEV), guest(), {"libvirt": 10004000}, {"libvirt": 10003000}),
    ("devices/input", "take out"): (guest(), guest(EVDEV), {"libvirt": 10004000}, {"libvirt": 10003000}),
    ("devices/memory", "take out"): (
        guest(),
        guest(EMPTY_MODULE).replace("<memory unit='KiB'>262144</memory>", BIGGER),
        {"hypervisor": 8001000},
        {"hypervisor": 8000002},
    ),
    ("devices/interface/vlan", "change"): (
        guest(NIC.format("bridge", "br0", "<vlan><tag id='7'/></vlan>")),
        guest(NIC.format("bridge", "br0", "<vlan><tag id='6'/></vlan>")),
        {"libvirt": 11001000},
        {"libvirt": 11000000},
    ),
    ("devices/interface/virtualport", "change"): (
        guest(NIC.format("bridge", "br0", OVS)),
        guest(LIVE_NIC),
        {"libvirt": 10008000},
        {"libvirt": 10007000},
    ),
    ("devices/interface@trustGuestRxFilters", "change"): (
        guest(LIVE_NIC.replace("type='bridge'", "type='bridge' trustGuestRxFilters='yes'")),
        guest(LIVE_NIC),
        {"libvirt": 10000000},
        {"libvirt": 9010000},
    ),
}


@pytest.mark.parametrize(("path", "does"), CONDITIONAL)
def test_what_a_host_can_do_is_done_and_waits_on_others(path: str, does: str) -> None:
    _shows(CONDITIONAL[path, does], {"plug in": "plug", "take out": "take", "change": "change"}[does])


def test_what_a_mediated_device_needs_is_what_any_host_device_needs() -> None:
    _shows((guest(MDEV), guest(), {"capabilities": VFIO}, {"capabilities": NO_VFIO}), "plug")


def _shows(conditional: tuple[str, str, dict[str, Any], dict[str, Any]], verb: str) -> None:
    """Such a change is made on the first of the hosts only."""
    stored, live, able, unable = conditional
    steps, _calls, warnings = asked(stored, live, **able)
    assert ([step.sentence.partition(" ")[0] for step in steps], warnings) == ([verb], [])
    waiting = {each.path for each in pending(parse(stored), parse(live), RULES)}
    assert {each.path for each in steps[0].ends} == waiting
    # An older host, one whose facts are not to be known, and one where nothing of the kind is known of the driver.
    for facts in (unable, dict.fromkeys(able, ()), {**able, "driver": "LXC"}, {**able, "driver": "bhyve"}):
        assert asked(stored, live, **facts)[::2] == ([], [])


def test_a_virtio_module_that_the_guest_still_uses_is_not_taken_out() -> None:
    for part in ("requested", "current"):
        used = EMPTY_MODULE.replace(f"<{part} unit='KiB'>0<", f"<{part} unit='KiB'>2048<")
        assert asked(guest(), guest(used), hypervisor=8001000)[0] == []


def test_facts_are_asked_for_only_where_a_condition_names_them() -> None:
    stored = guest(LIVE_NIC, more="<title>t</title>")
    # Any other fact would be a KeyError.
    steps = planned(stored, guest("<rng model='virtio'/>"), Domain(), Plan(), facts={"driver": "QEMU"}, unplug=True)
    assert len(steps) == 3


TITLED = guest(more="<title>t</title>")
CAPPED = guest(more="<cputune><shares>500</shares><vcpupin vcpu='0' cpuset='1'/></cputune>")


@pytest.mark.parametrize(
    ("driver", "stored", "functions"),
    [
        ("QEMU", CAPPED, {"setSchedulerParametersFlags", "pinVcpuFlags"}),
        ("LXC", CAPPED, {"setSchedulerParametersFlags"}),
        ("Xen", CAPPED, {"pinVcpuFlags"}),
        ("TEST", CAPPED, set()),
        ("CH", CAPPED, set()),
        ("LXC", TITLED, {"setMetadata"}),
        ("TEST", TITLED, {"setMetadata"}),
        ("CH", TITLED, set()),
    ],
)
def test_of_another_driver_only_what_it_does_is_asked(driver: str, stored: str, functions: set[str]) -> None:
    _steps, calls, _warnings = asked(stored, guest(), driver=driver)
    assert {call[0] for call in calls} == functions


@pytest.mark.parametrize(("driver", "moves"), [("QEMU", 1), ("LXC", 1), ("Xen", 1), ("TEST", 1), ("CH", 0)])
def test_the_balloon_moves_where_the_driver_has_one(driver: str, moves: int) -> None:
    before, after = (guest(more=f"<currentMemory unit='KiB'>{size}</currentMemory>") for size in (262144, 131072))
    plan = Plan()
    plan.stores = compare(parse(before), parse(after), RULES)
    assert len(planned(after, before, Domain(), plan, facts={**HOST, "driver": driver})) == moves


@pytest.mark.parametrize("device", [HOSTDEV, LIVE_NIC, DISK.format("")])
def test_what_the_guest_may_be_using_is_taken_out_only_where_that_is_allowed(device: str) -> None:
    steps, _calls, warnings = asked(guest(), guest(device))
    assert steps == []
    assert any("unplug: true takes it out at once" in warning for warning in warnings)
    steps, _calls, warnings = asked(guest(), guest(device), unplug=True)
    assert [step.sentence.partition(" ")[0] for step in steps] == ["take"]
    assert warnings == []


def test_virtual_cpus_go_only_where_they_came_while_it_ran() -> None:
    pluggable = "<vcpu current='2'>4</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/>"
    pluggable += "<vcpu id='1' enabled='yes' hotpluggable='yes'/></vcpus>"
    _steps, calls, _warnings = asked(guest(), guest(vcpu=pluggable))
    assert [call[:2] for call in calls] == [("setVcpusFlags", 1)]
    assert asked(guest(), guest(vcpu="<vcpu current='2'>4</vcpu>"))[0] == []


@pytest.mark.parametrize(
    ("stored", "live"),
    [
        pytest.param(
            guest(NIC.format("bridge", "br0", "<mtu size='1400'/><link state='down'/>")), guest(LIVE_NIC), id="MTU"
        ),
        pytest.param(
            guest(NIC.format("bridge", "br0", "<vlan><tag id='7'/></vlan><link state='down'/>")),
            guest(LIVE_NIC),
            id="VLAN of a bridge of the kernel",
        ),
    ],
)
def test_of_a_device_the_parts_that_can_be_changed_are(stored: str, live: str) -> None:
    steps, calls, _warnings = asked(stored, live)
    assert [call[0] for call in calls] == ["updateDeviceFlags"]
    assert [each.path for each in steps[0].ends] == ["devices/interface[52:54:00:00:00:01]/link"]
    assert 'state="down"' in calls[0][1]
    assert "mtu" not in calls[0][1]
    assert "vlan" not in calls[0][1]


@pytest.mark.parametrize(
    ("stored", "live"),
    [
        (guest(more="<memtune/>"), guest(more="<memtune><soft_limit unit='KiB'>500000</soft_limit></memtune>")),
        (
            guest(more="<numatune><memory mode='strict' nodeset='1'/></numatune>"),
            guest(more="<numatune><memory mode='strict' nodeset='0'/></numatune>"),
        ),
        (guest(more="<cputune/>"), guest(more="<cputune><vcpupin vcpu='0' cpuset='1'/></cputune>")),
        (guest("<sound model='ich9'/>"), guest()),
        (guest(), guest("<memory model='virtio-mem'><target><size unit='KiB'>131072</size></target></memory>")),
        (guest(vcpu="<vcpu>4</vcpu>"), guest(vcpu="<vcpu>2</vcpu>")),
    ],
    ids=["a limit that goes", "a strict node", "a pin that goes", "a sound card", "virtio memory", "more CPUs"],
)
def test_the_rest_waits(stored: str, live: str) -> None:
    assert asked(stored, live, unplug=True)[0] == []


def test_devices_that_leave_make_room_for_those_that_come() -> None:
    place = "<address type='pci' domain='0' bus='{0}' slot='0' function='0'/>"
    there = [LIVE_NIC.replace("00:01", f"00:0{bus}").replace("<model", place.format(bus) + "<model") for bus in (1, 2)]
    new = LIVE_NIC.replace("00:01", "00:03")
    steps, _calls, warnings = asked(guest(there[1] + new), guest("".join(there)), unplug=True)
    assert ([step.sentence.partition(" ")[0] for step in steps], warnings) == (["take", "plug"], [])
    steps, _calls, warnings = asked(guest("".join(there) + new), guest("".join(there)))
    assert steps == []
    assert any("has no free PCI slot" in warning for warning in warnings)


def test_slots_are_counted_by_the_kind_of_bus() -> None:
    express, old = free_slots(parse(guest()), [])
    assert (express.places, old.places) == ({(1, 0), (2, 0)}, set())
    bridged = guest("<controller type='pci' index='3' model='pcie-to-pci-bridge'/>")
    assert len(free_slots(parse(bridged), [])[1].places or ()) == 31
    pc = guest().replace(PORTS, "<controller type='pci' index='0' model='pci-root'/>")
    express, old = free_slots(parse(pc), [])
    assert express is old
    assert len(old.places or ()) == 31
    assert lacking_slots(parse(guest()), 5) == 3
    assert lacking_slots(parse(pc), 5) == 0
    # A machine without PCI has no such limit.
    assert free_slots(parse("<domain><devices/></domain>"), [])[0].places is None


SCSI = "<controller type='scsi' index='0' model='virtio-scsi'/>"
ON_SCSI = DISK.format("").replace(
    "</disk>", "<address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>"
)
ON_VIRTIO = DISK.format("").replace("dev='sda' bus='scsi'", "dev='vda' bus='virtio'")


def test_a_controller_goes_only_with_all_that_is_on_it() -> None:
    assert [step.sentence for step in asked(guest(), guest(SCSI))[0]] == [
        "take controller[scsi,0,virtio-scsi] out of running guest 'g'"
    ]
    assert asked(guest(ON_SCSI), guest(SCSI + ON_SCSI))[0] == []
    assert asked(guest(), guest(SCSI + ON_SCSI))[0] == []
    gone = asked(guest(), guest(SCSI + ON_SCSI), unplug=True)[0]
    assert [step.sentence.split()[1] for step in gone] == ["disk[sda]", "controller[scsi,0,virtio-scsi]"]


def test_a_disk_waits_where_another_one_that_stays_has_its_image() -> None:
    steps, _calls, warnings = asked(guest(SCSI + ON_VIRTIO), guest(SCSI + ON_SCSI))
    assert steps == []
    assert any("still has its image in another disk" in warning for warning in warnings)
    both = asked(guest(SCSI + ON_VIRTIO), guest(SCSI + ON_SCSI), unplug=True)[0]
    assert [step.sentence.partition(" ")[0] for step in both] == ["take", "plug"]
    # Those of which several disks may have one image, and another image.
    for part in ("<shareable/>", "<readonly/>"):
        two = [disk.replace("</disk>", f"{part}</disk>") for disk in (ON_VIRTIO, ON_SCSI)]
        assert len(asked(guest(SCSI + "".join(two)), guest(SCSI + two[1]))[0]) == 1
    other = ON_VIRTIO.replace("'/a'", "'/b'")
    assert len(asked(guest(SCSI + ON_SCSI + other), guest(SCSI + ON_SCSI))[0]) == 1


@pytest.mark.parametrize(
    ("tag", "before", "calls"), [("on_crash", "preserve", 1), ("on_reboot", "destroy", 1), ("on_crash", "destroy", 0)]
)
def test_what_happens_at_the_end_becomes_what_it_is_unsaid(tag: str, before: str, calls: int) -> None:
    assert len(asked(guest(), guest(more=f"<{tag}>{before}</{tag}>"))[1]) == calls


#: By what is changed, one of each: what no row of the tables has, in what is stored and in what runs.
WAITING = {
    "an attribute of a part of a device": (
        guest(DISK.format("").replace("<target", "<driver name='qemu' cache='none'/><target")),
        guest(DISK.format("").replace("<target", "<driver name='qemu' cache='unsafe'/><target")),
    ),
    "an attribute of a device": (
        guest("<watchdog model='i6300esb' action='none'/>"),
        guest("<watchdog model='i6300esb' action='reset'/>"),
    ),
    "the model of a NIC": (guest(LIVE_NIC.replace("'virtio'", "'e1000'")), guest(LIVE_NIC)),
    "a part of a part": (
        guest(DISK.format("").replace("<target", "<source><slices/></source><target")),
        guest(DISK.format("").replace("<target", "<source/><target")),
    ),
    "an attribute of the guest": (
        guest(more="<cpu mode='host-model'/>"),
        guest(more="<cpu mode='maximum'/>"),
    ),
    "an attribute of a part of the guest": (
        guest(more="<features><hyperv><relaxed state='on'/></hyperv></features>"),
        guest(more="<features><hyperv><relaxed state='off'/></hyperv></features>"),
    ),
}


@pytest.mark.parametrize("what", WAITING)
def test_what_no_row_has_waits(what: str) -> None:
    stored, live = WAITING[what]
    assert pending(parse(stored), parse(live), RULES)
    assert asked(stored, live, unplug=True)[::2] == ([], [])
