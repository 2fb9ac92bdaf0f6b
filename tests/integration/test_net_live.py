# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of an active network are changed while guests are on it, in what runs and in what is stored; the rest waits,
and a restart that the task allows brings the guests back.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from converge_bed import host as sweeping
from converge_bed.documents import guest_xml
from converge_bed.running import RunningBed

from ansible_collections.converge.libvirt.tests.integration import guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome

pytestmark = pytest.mark.long

GUEST, NET = "g", "lan"
HOST = "<host mac='52:54:00:00:00:aa' name='a' ip='192.168.77.5'/>"


@pytest.fixture(scope="module")
def house(bed: RunningBed) -> Iterator[Host]:
    """A host with an active network and a running guest on it, which has its address."""

    def sweep() -> None:
        with bed.connection() as connection:
            sweeping.sweep(connection, bed.path / "images")

    def snapshot() -> dict[str, str]:
        with bed.connection() as connection:
            return sweeping.snapshot(connection)

    sweep()
    host = Host(bed, snapshot)
    console = bed.outside(f"/var/log/libvirt/qemu/{GUEST}-console.log")
    console.unlink(missing_ok=True)
    host.run("virt_net", xml=network(), state="active")
    host.run("virt_domain", xml=guest_xml(GUEST, network=NET), state="running")
    guests.up(host, GUEST)
    yield host
    sweep()


@pytest.fixture
def active(house: Host) -> Host:
    """The same, with the network as it was made."""
    if known.get(NET) != texts(house):
        made = house.run("virt_net", xml=network(), state="active", restart="when_needed")
        assert (made["pending"], made["live_only"]) == ([], [])
        known[NET] = texts(house)
    return house


known: dict[str, tuple[str, ...]] = {}
"""The documents of the network as it was when it was made."""


def texts(host: Host) -> tuple[str, ...]:
    """The running and the stored document of the network, without what moves by itself."""
    return tuple(
        re.sub(r" connections='\d+'", "", host.virsh("net-dumpxml", *words, NET)) for words in ((), ("--inactive",))
    )


def network(
    dhcp: str = "<range start='192.168.77.10' end='192.168.77.199'/>",
    dns: str = "",
    forward: str = "<forward mode='nat'/>",
    more: str = "",
) -> str:
    """The network. dhcp, dns: XML inside these elements; more: XML below the root."""
    dns = f"<dns>{dns}</dns>" if dns else ""
    dhcp = f"<dhcp>{dhcp}</dhcp>" if dhcp else ""
    return f"""\
<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
  <name>{NET}</name>
  {forward}
  <bridge name='virbr77' stp='off' delay='0'/>
  {dns}
  <ip address='192.168.77.1' netmask='255.255.255.0'>{dhcp}</ip>
  <ip family='ipv6' address='fd00:77::1' prefix='64'/>
  {more}
  <dnsmasq:options><dnsmasq:option value='no-ping'/></dnsmasq:options>
</network>
"""


RANGE = "<range start='192.168.77.10' end='192.168.77.199'/>"
SRV = "<srv service='ldap' protocol='tcp' domain='lan' target='dir.lan' port='389' priority='1' weight='2'/>"
#: What is put into the network, then changed to; and the path of the entry.
ENTRIES = {
    "a DHCP host": (
        {"dhcp": RANGE + HOST},
        {"dhcp": RANGE + HOST.replace("77.5", "77.6")},
        "ip[192.168.77.1]/dhcp/host[52:54:00:00:00:aa]",
    ),
    "a DHCP host whose NIC is replaced": (
        {"dhcp": RANGE + HOST},
        {"dhcp": RANGE + HOST.replace(":aa", ":ab")},
        "ip[192.168.77.1]/dhcp/host[52:54:00:00:00:a",
    ),
    "DHCP hosts that take each other's address": (
        {"dhcp": RANGE + HOST + HOST.replace(":aa", ":bb").replace("'a'", "'b'").replace("77.5", "77.6")},
        {"dhcp": RANGE + HOST.replace("77.5", "77.6") + HOST.replace(":aa", ":bb").replace("'a'", "'b'")},
        "ip[192.168.77.1]/dhcp/host[52:54:00:00:00:bb]",
    ),
    "a DHCP range": (
        {"dhcp": RANGE + "<range start='192.168.77.210' end='192.168.77.219'/>"},
        {"dhcp": RANGE + "<range start='192.168.77.210' end='192.168.77.229'/>"},
        "ip[192.168.77.1]/dhcp/range[192.168.77.210,192.168.77.2",
    ),
    "a name": (
        {"dns": "<host ip='192.168.77.5'><hostname>a.lan</hostname></host>"},
        {"dns": "<host ip='192.168.77.5'><hostname>a.lan</hostname><hostname>b.lan</hostname></host>"},
        "dns/host[192.168.77.5]",
    ),
    "a name with an address of each family": (
        {"dns": "<host ip='192.168.77.5'><hostname>a.lan</hostname></host>"},
        {
            "dns": "<host ip='192.168.77.5'><hostname>a.lan</hostname></host>"
            "<host ip='fd00:77::5'><hostname>a.lan</hostname></host>"
        },
        "dns/host[fd00:77::5]",
    ),
    "a text": (
        {"dns": "<txt name='t.lan' value='one'/>"},
        {"dns": "<txt name='t.lan' value='two'/>"},
        "dns/txt[t.lan]",
    ),
    "a service": ({"dns": SRV}, {"dns": SRV.replace("389", "636")}, "dns/srv[ldap,tcp,dir.lan"),
    "a port group": (
        {"more": "<portgroup name='one' default='yes'/><portgroup name='two'/>"},
        {"more": "<portgroup name='one'/><portgroup name='two' default='yes'/>"},
        "portgroup[two]",
    ),
    "an interface to forward to": (
        {"forward": "<forward mode='nat'><interface dev='lo'/></forward>"},
        {"forward": "<forward mode='nat'><interface dev='eth9'/></forward>"},
        "forward/interface[eth9]",
    ),
}


@pytest.mark.parametrize("what", ENTRIES)
def test_an_entry_is_added_changed_and_removed_while_the_network_is_active(active: Host, what: str) -> None:
    first, second, path = ENTRIES[what]
    for task, parts in ((active.run, first), (active.converge, second), (active.run, {})):
        changed = task("virt_net", xml=network(**parts))
        assert {change["how"] for change in changed["changes"]} == {"live"}
        is_quiet(changed)
        is_same(active)
        if parts is second:
            assert any(path in change["path"] for change in changed["changes"])
    assert plugged(active), "the guest was taken off the network"


def test_a_network_gets_and_loses_its_dhcp(active: Host) -> None:
    without = network(dhcp="")
    for xml in (without, network(dhcp=HOST), without):
        is_quiet(active.converge("virt_net", xml=xml))
        is_same(active)


def test_what_cannot_be_changed_waits_and_a_restart_brings_the_guest_back(active: Host) -> None:
    waiting = network(dns="<forwarder addr='192.0.2.1'/><txt name='t' value='v'/>", more="<domain name='lan.test'/>")
    changed = active.converge("virt_net", xml=waiting)
    assert {change["path"]: change["how"] for change in changed["changes"]} == {"dns": "restart", "domain": "restart"}
    assert sorted(one["path"] for one in changed["pending"]) == ["dns/forwarder[192.0.2.1]", "domain"]
    assert plugged(active)

    done = active.converge("virt_net", xml=waiting, restart="when_needed")
    assert done["actions"][:2] == [f"stop network '{NET}'", f"start network '{NET}'"]
    assert "back into network" in done["actions"][2]
    assert {change["how"] for change in done["changes"]} == {"restart"}
    assert [f"the running guest '{GUEST}'" in str(one) for one in done["warnings"]] == [True]
    is_quiet(done, warned=True)
    is_same(active)
    assert plugged(active)
    assert answers(active)


def test_a_restart_is_not_made_where_nothing_waits(active: Host) -> None:
    done = active.converge("virt_net", xml=network(dhcp=RANGE + HOST), restart="when_needed")
    assert not any("stop" in action for action in done["actions"])
    assert done.result.get("warnings", []) == []


def test_a_network_that_is_stopped_names_its_guests_and_takes_them_back_when_it_starts(active: Host) -> None:
    for options in ({"state": "inactive"}, {"state": "absent"}):
        predicted = active.check("virt_net", name=NET, **options)
        assert any(f"cuts off the running guest '{GUEST}'" in str(one) for one in predicted["warnings"])
    active.run("virt_net", name=NET, state="inactive")
    assert not plugged(active)
    active.converge("virt_net", name=NET, state="active")
    assert plugged(active)
    assert answers(active)


def test_apply_decides_which_document_is_changed(active: Host) -> None:
    xml = network(dhcp=RANGE + HOST)
    live = active.converge("virt_net", xml=xml, apply="live")
    assert [change["how"] for change in live["changes"]] == ["live"]
    assert "52:54:00:00:00:aa" in active.virsh("net-dumpxml", NET)
    assert "52:54:00:00:00:aa" not in active.virsh("net-dumpxml", "--inactive", NET)
    stored = active.converge("virt_net", xml=network(dns="<txt name='t' value='v'/>"), apply="stored")
    assert [change["how"] for change in stored["changes"]] == ["restart"]
    assert sorted(one["path"] for one in stored["pending"]) == [
        "dns/txt[t]",
        "ip[192.168.77.1]/dhcp/host[52:54:00:00:00:aa]",
    ]
    said = active.refuses("virt_net", xml=network(more="<domain name='lan.test'/>"), apply="live")
    assert "cannot be changed while it is active in domain" in said


def test_what_the_running_network_refuses_is_taken_back(active: Host) -> None:
    before = active.virsh("net-dumpxml", "--inactive", NET)
    # libvirt stores a second host of the same name, and refuses to add one to what runs.
    twice = RANGE + HOST + HOST.replace(":aa", ":bb").replace("77.5", "77.6")
    outcome = active.fails("virt_net", xml=network(dhcp=twice))
    assert "there is an existing dhcp host entry" in outcome["msg"]
    stored = active.virsh("net-dumpxml", "--inactive", NET)
    assert stored.count("<host ") == 1
    assert active.run("virt_net", name=NET)["pending"] == []
    assert before != stored


def test_leases_are_listed_where_asked(active: Host) -> None:
    (lease,) = active.run("virt_net_info", names=[NET], leases=True)["networks"][0]["leases"]
    mac = guests.live(active, GUEST).find("devices/interface/mac")
    assert mac is not None
    assert (lease["mac"], lease["prefix"]) == (mac.get("address"), 24)
    assert lease["address"].startswith("192.168.77.")
    assert lease["expires"] > time.time()
    assert active.run("virt_net_info", names=[NET])["networks"][0]["leases"] is None


def is_quiet(outcome: Outcome, warned: bool = False) -> None:
    assert (outcome["pending"], outcome["live_only"], outcome["side_effects"]) == ([], [], [])
    assert warned or outcome.result.get("warnings", []) == []


def is_same(host: Host) -> None:
    """What runs is what is stored, told without the engine: line by line, whatever their order."""
    live, stored = (sorted(text.split("\n")) for text in texts(host))
    assert [line for line in live if not NAT.search(line)] == [line for line in stored if not NAT.search(line)]


#: What libvirt says of the ports of NAT, in the running document only.
NAT = re.compile(r"</?nat>|<port start='1024' end='65535'/>|<forward mode='nat'/?>|</forward>")


def plugged(host: Host) -> bool:
    """Whether the guest hangs on the bridge of the network, as the kernel says."""
    nic = guests.live(host, GUEST).find("devices/interface/target")
    assert nic is not None
    return "master virbr77" in host.bed.exec("ip", "link", "show", str(nic.get("dev"))).stdout


def answers(host: Host, seconds: float = 10) -> bool:
    """Whether the guest can be reached at its address from the host: it refuses a connection, instead of nobody."""
    lease = host.connection.networkLookupByName(NET).DHCPLeases()
    assert lease, "the guest has no lease"
    knock = f"import socket; socket.create_connection(({lease[0]['ipaddr']!r}, 9), 2)"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if "ConnectionRefusedError" in host.bed.exec("/usr/bin/python3", "-c", knock, check=False).stderr:
            return True
    return False
