# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What libvirt answers becomes facts: documents, leases, addresses, states."""

from __future__ import annotations

import typing as t

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._fleet import facts
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse

MAC = "52:54:00:00:00:01"


def guest(
    devices: str = "", more: str = "", os: str = "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"
) -> t.Any:
    return parse(f"<domain type='kvm'><name>g</name>{os}{more}<devices>{devices}</devices></domain>")


def told(devices: str = "", more: str = "", pools: dict[str, str] | None = None, **parts: str) -> dict[str, t.Any]:
    return facts.definition(guest(devices, more, **parts), pools or {})


@pytest.mark.parametrize(
    ("stats", "saved", "state", "reason", "active"),
    [
        ({"state.state": 1, "state.reason": 1}, False, "running", "booted", True),
        ({"state.state": 3, "state.reason": 5}, False, "paused", "ioerror", True),
        ({"state.state": 5, "state.reason": 0}, False, "stopped", "unknown", False),
        ({"state.state": 5, "state.reason": 5}, True, "saved", "saved", False),
        ({"state.state": 6, "state.reason": 1}, False, "crashed", "panicked", True),
        # A driver without statistics tells no reason, and a newer libvirt may have words that we do not.
        ({"state.state": 5}, False, "stopped", "unknown", False),
        ({"state.state": 1, "state.reason": 99}, False, "running", "unknown", True),
        ({"state.state": 99}, False, "running", "unknown", True),
    ],
)
def test_a_state_in_words(stats: dict[str, int], saved: bool, state: str, reason: str, active: bool) -> None:
    found = facts.census("g", "u", -1, stats, saved)
    assert (found["state"], found["state_reason"], found["active"]) == (state, reason, active)


def test_sizes_are_bytes_and_what_is_not_told_is_null() -> None:
    stats = {"state.state": 1, "balloon.maximum": 2048, "balloon.current": 1024, "vcpu.maximum": 4, "vcpu.current": 2}
    found = facts.census("g", "u", 7, stats, False)
    assert [found[key] for key in ("id", "memory", "memory_current", "vcpus", "vcpus_current")] == [
        7,
        2 << 20,
        1 << 20,
        4,
        2,
    ]
    bare = facts.census("g", "u", -1, {"state.state": 5}, False)
    assert [bare[key] for key in ("id", "memory", "memory_current", "vcpus", "vcpus_current")] == [None] * 5


def test_tags_items_and_system_come_from_metadata() -> None:
    found = told(
        more="""<title>Web</title><description>Behind the balancer</description><metadata>
        <converge:guest xmlns:converge="https://converge.libvirt/guest/1">
          <converge:tag>web</converge:tag><converge:tag> blue </converge:tag><converge:tag/>
          <converge:item key="owner">ops</converge:item><converge:item key="cost"/><converge:item>lost</converge:item>
        </converge:guest>
        <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
          <libosinfo:os id="http://debian.org/debian/12"/>
        </libosinfo:libosinfo>
        <other:thing xmlns:other="urn:other"><other:tag>no</other:tag></other:thing></metadata>"""
    )
    assert found["tags"] == ["web", "blue"]
    assert found["metadata"] == {"owner": "ops", "cost": ""}
    assert (found["os"], found["os_id"]) == ("debian-12", "http://debian.org/debian/12")
    assert (found["title"], found["description"]) == ("Web", "Behind the balancer")


def test_a_plain_guest_has_empty_lists_and_nulls() -> None:
    found = told()
    assert [found[key] for key in ("tags", "interfaces", "disks", "networks", "pools")] == [[], [], [], [], []]
    assert [found[key] for key in ("title", "description", "os", "os_id")] == [None] * 4
    assert (found["metadata"], found["agent_connected"]) == ({}, False)
    assert [found[key] for key in ("type", "arch", "machine", "firmware")] == ["kvm", "x86_64", "pc-q35-7.2", "bios"]


def test_a_container_has_no_machine() -> None:
    assert told(os="<os><type>exe</type><init>/bin/sh</init></os>")["machine"] is None


@pytest.mark.parametrize(
    "os",
    [
        "<os firmware='efi'><type>hvm</type></os>",
        "<os><type>hvm</type><loader readonly='yes' type='pflash'>/OVMF.fd</loader></os>",
    ],
)
def test_uefi_is_seen_both_ways(os: str) -> None:
    assert told(os=os)["firmware"] == "efi"


def test_interfaces_of_every_kind() -> None:
    found = told(
        f"""<interface type='network'><mac address='{MAC.upper()}'/><source network='lan' bridge='virbr0'/>
              <target dev='vnet0'/><model type='virtio'/></interface>
            <interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='br0'/></interface>
            <interface type='direct'><source dev='eth0' mode='bridge'/></interface>
            <interface type='user'/>"""
    )
    assert [(one["type"], one["source"], one["network"]) for one in found["interfaces"]] == [
        ("network", "lan", "lan"),
        ("bridge", "br0", None),
        ("direct", "eth0", None),
        ("user", None, None),
    ]
    first = found["interfaces"][0]
    assert (first["mac"], first["device"], first["model"], first["addresses"]) == (MAC, "vnet0", "virtio", [])
    assert found["networks"] == ["lan"]


def test_disks_know_their_pool_by_name_or_by_folder() -> None:
    found = told(
        """<disk type='volume' device='disk'><driver type='qcow2'/><source pool='named' volume='a.img'/>
             <target dev='vda' bus='virtio'/></disk>
           <disk type='file' device='cdrom'><source file='/images/iso/x.iso'/>
             <target dev='sda' bus='sata'/><readonly/></disk>
           <disk type='file'><source file='/images/b.img'/><target dev='vdb'/></disk>
           <disk type='file'><source file='/imagesque/c.img'/><target dev='vdc'/></disk>
           <disk type='block'><source dev='/dev/vg/d'/><target dev='vdd'/></disk>
           <disk type='network'><source protocol='rbd' name='rbd/e'/><target dev='vde'/></disk>
           <disk type='file' device='cdrom'><target dev='sdb'/></disk>""",
        pools={"images": "/images", "iso": "/images/iso", "vg": "/dev/vg"},
    )
    seen = [(disk["target"], disk["source"], disk["pool"]) for disk in found["disks"]]
    assert seen == [
        ("vda", "a.img", "named"),
        ("sda", "/images/iso/x.iso", "iso"),
        ("vdb", "/images/b.img", "images"),
        ("vdc", "/imagesque/c.img", None),
        ("vdd", "/dev/vg/d", "vg"),
        ("vde", "rbd/e", None),
        ("sdb", None, None),
    ]
    assert found["pools"] == ["named", "iso", "images", "vg"]
    assert [found["disks"][0]["format"], found["disks"][1]["readonly"], found["disks"][1]["device"]] == [
        "qcow2",
        True,
        "cdrom",
    ]


def test_the_folder_of_a_pool() -> None:
    assert facts.pool_folder(parse("<pool><target><path>/images/</path></target></pool>")) == "/images"
    assert facts.pool_folder(parse("<pool type='rbd'><source/></pool>")) is None


@pytest.mark.parametrize(("state", "connected"), [("connected", True), ("disconnected", False)])
def test_an_agent_is_connected_or_not(state: str, connected: bool) -> None:
    channel = f"<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='{state}'/></channel>"
    assert told(channel)["agent_connected"] is connected


# -- addresses --------------------------------------------------------------------------------------------------------

NIC = f"<interface type='network'><mac address='{MAC}'/><source network='lan'/></interface>"


def lease(
    address: str, mac: str | None = MAC, expires: int = 100, prefix: int = 24, hostname: str | None = None
) -> dict[str, t.Any]:
    return {"mac": mac, "ipaddr": address, "prefix": prefix, "hostname": hostname, "expirytime": expires}


def located(*leases: dict[str, t.Any], devices: str = NIC, network: str = "lan") -> dict[str, t.Any]:
    found = {**told(devices), "addresses": [], "address": None, "address_source": None, "hostname": None}
    facts.give_addresses(found, facts.leases(network, list(leases)), "lease")
    return found


def test_the_lease_that_ends_last_is_the_address() -> None:
    found = located(
        lease("10.0.0.1", expires=1), lease("10.0.0.2", expires=9, hostname="web"), lease("10.0.0.3", mac=None)
    )
    assert (found["address"], found["addresses"], found["hostname"]) == ("10.0.0.2", ["10.0.0.2", "10.0.0.1"], "web")
    assert found["address_source"] == "lease"
    best = {"address": "10.0.0.2", "prefix": 24, "family": "ipv4", "source": "lease"}
    assert found["interfaces"][0]["addresses"][0] == best


def test_a_lease_without_end_is_the_best() -> None:
    assert located(lease("10.0.0.1", expires=9), lease("10.0.0.2", expires=0))["address"] == "10.0.0.2"


def test_ipv4_is_preferred_and_ipv6_will_do() -> None:
    assert located(lease("fd00::1", expires=9), lease("10.0.0.1"))["address"] == "10.0.0.1"
    assert located(lease("fd00::1"))["address"] == "fd00::1"


def test_addresses_that_nobody_else_can_reach_are_none() -> None:
    found = located(lease("fe80::1"), lease("127.0.0.1"), lease("0.0.0.0"), lease("no address"))
    assert (found["address"], found["addresses"]) == (None, [])


def test_a_lease_on_another_network_with_the_same_mac_is_not_this_guest() -> None:
    assert located(lease("10.0.0.1"), network="dmz")["address"] is None


def test_what_the_agent_says_counts_only_for_interfaces_of_the_guest() -> None:
    answer: list[dict[str, t.Any]] = [
        {
            "name": "docker0",
            "hardware-address": "02:42:00:00:00:01",
            "ip-addresses": [{"ip-address-type": "ipv4", "ip-address": "172.17.0.1", "prefix": 16}],
        },
        {
            "name": "eth0",
            "hardware-address": MAC.upper(),
            "ip-addresses": [
                {"ip-address-type": "ipv4", "ip-address": "10.0.0.9", "prefix": 8},
                {"ip-address-type": "ipv6", "ip-address": "fe80::1", "prefix": 64},
            ],
        },
        {"name": "sit0"},
    ]
    found = {**told(NIC), "hostname": None}
    facts.give_addresses(found, facts.agent_addresses(answer), "agent")
    assert (found["addresses"], found["address_source"]) == (["10.0.0.9"], "agent")


def test_what_the_agent_says_of_its_system() -> None:
    said = facts.agent_says({"host-name": "inside"}, {"pretty-name": "Debian 12"})
    assert (said["hostname"], said["os_name"], said["kernel"]) == ("inside", "Debian 12", None)
    assert facts.agent_says(None, {})["hostname"] is None


@pytest.mark.parametrize(
    "answer",
    [
        None,
        5,
        "eth0",
        {"return": []},
        [5, None],
        [{"hardware-address": {}, "ip-addresses": 5}],
        [{"hardware-address": MAC, "ip-addresses": [5, {}, {"ip-address": ["10.0.0.9"], "prefix": 8}]}],
        [{"hardware-address": MAC, "ip-addresses": [{"ip-address": "10.0.0.9", "prefix": "8"}]}],
        [{"hardware-address": MAC, "ip-addresses": [{"ip-address": "nowhere", "prefix": 8}]}],
    ],
)
def test_a_guest_that_says_anything_says_nothing_of_itself_and_harms_no_other(answer: t.Any) -> None:
    found = {**told(NIC), "hostname": None}
    facts.give_addresses(found, facts.agent_addresses(answer), "agent")
    assert found["addresses"] == []
    assert set(facts.agent_says(answer, {"id": ["debian"], "machine": answer}).values()) <= {None, "eth0"}


def test_what_the_hypervisor_has_heard_of() -> None:
    found = {**told(NIC), "hostname": None}
    answer = {
        "vnet0": {"hwaddr": MAC, "addrs": [{"addr": "10.0.0.4", "prefix": 0, "type": 0}]},
        "vnet1": {"hwaddr": MAC, "addrs": None},
    }
    facts.give_addresses(found, facts.seen({"vnet0": answer["vnet0"]}), "arp")
    assert found["address"] == "10.0.0.4"
    assert facts.seen(None) == {}
    assert facts.seen({"vnet1": answer["vnet1"]}) == {MAC: []}
