# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One record of a network is put in, changed and taken out, and nothing else of the network."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration.host import Host

pytestmark = pytest.mark.long

MODULE = "virt_net_record"
MAC = "52:54:00:00:00:aa"
NETWORK = """\
<network>
  <name>n</name>
  <dns>
    <txt name='kept.lan' value='kept'/>
    <host ip='192.168.78.9'><hostname>kept.lan</hostname></host>
    <srv service='ldap' protocol='tcp' domain='lan' target='kept.lan' port='389'/>
  </dns>
  <ip family='ipv6' address='fd00:78::1' prefix='64'/>
  <ip address='192.168.78.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.78.100' end='192.168.78.199'/>
      <host mac='52:54:00:00:00:99' name='kept' ip='192.168.78.9'/>
    </dhcp>
  </ip>
</network>
"""


@pytest.fixture
def active(host: Host) -> Host:
    """A host with an active network that has a record of each kind."""
    host.run("virt_net", xml=NETWORK, state="active")
    return host


def texts(host: Host) -> tuple[str, str]:
    """The running and the stored document of the network."""
    return host.virsh("net-dumpxml", "n"), host.virsh("net-dumpxml", "--inactive", "n")


#: A record, the same with another value, what names it, and a text of it in the document first and then.
RECORDS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str, str]] = {
    "a DHCP host": (
        {"dhcp_host": {"mac": MAC, "ip": "192.168.78.5", "name": "a"}},
        {"dhcp_host": {"mac": MAC.upper(), "ip": "192.168.78.6", "name": "a"}},
        {"dhcp_host": {"mac": MAC}},
        "192.168.78.5",
        "192.168.78.6",
    ),
    "a DHCP host of the other family": (
        {"dhcp_host": {"id": "0:3:0:1:52:54:0:0:0:1", "ip": "FD00:78:0::5", "name": "b"}},
        {"dhcp_host": {"id": "0:3:0:1:52:54:0:0:0:1", "ip": "fd00:78::6", "name": "b"}},
        {"dhcp_host": {"ip": "fd00:78::6"}},
        "fd00:78::5",
        "fd00:78::6",
    ),
    "a name": (
        {"dns_host": {"ip": "192.168.78.5", "hostnames": ["a.lan", "kept.lan"]}},
        {"dns_host": {"ip": "192.168.78.5", "hostnames": ["kept.lan", "b.lan"]}},
        {"dns_host": {"ip": "192.168.78.5"}},
        "a.lan",
        "b.lan",
    ),
    "a text": (
        {"dns_txt": {"name": "t.lan", "value": "one"}},
        {"dns_txt": {"name": "t.lan", "value": "two"}},
        {"dns_txt": {"name": "t.lan"}},
        "'one'",
        "'two'",
    ),
    "a service": (
        {"dns_srv": {"service": "ldap", "protocol": "tcp", "domain": "lan", "target": "dir.lan", "port": 389}},
        {"dns_srv": {"service": "ldap", "protocol": "tcp", "domain": "lan", "target": "dir.lan", "port": 636}},
        {"dns_srv": {"service": "ldap", "protocol": "tcp", "target": "dir.lan"}},
        "target='dir.lan' port='389'",
        "target='dir.lan' port='636'",
    ),
}


@pytest.mark.parametrize("what", RECORDS)
def test_a_record_is_put_in_changed_and_taken_out(active: Host, what: str) -> None:
    first, second, name, text, other = RECORDS[what]
    before = texts(active)
    added = active.converge(MODULE, network="n", **first)
    assert ([one["how"] for one in added["changes"]], added["pending"], added["side_effects"]) == (["live"], [], [])
    assert all(text in document for document in texts(active))
    changed = active.converge(MODULE, network="n", **second)
    assert {one["how"] for one in changed["changes"]} == {"live"}
    assert all(other in document and text not in document for document in texts(active))
    gone = active.converge(MODULE, network="n", state="absent", **name)
    assert [(one["how"], one["after"]) for one in gone["changes"]] == [("live", None)]
    assert texts(active) == before


def test_a_guest_with_a_new_nic_keeps_its_address(active: Host) -> None:
    done = active.converge(MODULE, network="n", dhcp_host={"mac": MAC, "ip": "192.168.78.9", "name": "kept"})
    assert [(one["before"], one["after"]) for one in done["changes"]] == [("52:54:00:00:00:99", MAC)]
    assert all("52:54:00:00:00:99" not in document for document in texts(active))


def test_some_names_of_an_address_go(active: Host) -> None:
    active.run(MODULE, network="n", dns_host={"ip": "192.168.78.5", "hostnames": ["a.lan", "b.lan"]})
    one = {"network": "n", "state": "absent", "dns_host": {"ip": "192.168.78.5", "hostnames": ["a.lan", "z.lan"]}}
    active.converge(MODULE, **one)
    assert all("a.lan" not in document and "b.lan" in document for document in texts(active))
    active.converge(MODULE, **{**one, "dns_host": {"ip": "192.168.78.5", "hostnames": ["b.lan"]}})
    assert all("192.168.78.5" not in document for document in texts(active))


def test_a_record_with_other_values_is_not_the_one_that_goes(active: Host) -> None:
    active.unchanged(MODULE, network="n", state="absent", dns_txt={"name": "kept.lan", "value": "other"})
    active.unchanged(MODULE, network="n", state="absent", dhcp_host={"mac": "52:54:00:00:00:99", "ip": "192.168.78.8"})


def test_what_is_only_live_of_others_stays_and_is_told(active: Host) -> None:
    by_hand = "<host ip='192.168.78.7'><hostname>by-hand.lan</hostname></host>"
    active.virsh("net-update", "n", "add", "dns-host", by_hand, "--live")
    active.virsh("net-update", "n", "add", "dns-txt", "<txt name='waits' value='v'/>", "--config")
    for state in ("present", "absent"):
        done = active.converge(MODULE, network="n", state=state, dns_host={"ip": "192.168.78.5", "hostnames": ["a"]})
        assert [one["path"] for one in done["live_only"]] == ["dns/host[192.168.78.7]"]
        assert [one["path"] for one in done["pending"]] == ["dns/txt[waits]"]
    gone = active.converge(MODULE, network="n", state="absent", dns_host={"ip": "192.168.78.7"})
    assert ([one["how"] for one in gone["changes"]], gone["live_only"]) == (["live"], [])


def test_one_side_only(active: Host) -> None:
    text = {"name": "t", "value": "v"}
    active.converge(MODULE, network="n", dns_txt=text, apply="live")
    assert ["'t'" in document for document in texts(active)] == [True, False]
    active.converge(MODULE, network="n", state="absent", dns_txt=text, apply="live")
    active.converge(MODULE, network="n", dns_txt=text, apply="stored")
    assert ["'t'" in document for document in texts(active)] == [False, True]


def test_an_inactive_network_stores_it(host: Host) -> None:
    host.run("virt_net", xml=NETWORK)
    done = host.converge(MODULE, network="n", dns_txt={"name": "t", "value": "v"})
    assert [one["how"] for one in done["changes"]] == ["stored"]


def test_what_is_refused(active: Host) -> None:
    said = active.refuses(MODULE, network="n", dhcp_host={"mac": MAC, "ip": "10.0.0.1"})
    assert said == "dhcp_host: ip 10.0.0.1 is not of the network, which has fd00:78::/64, 192.168.78.0/24"
    assert "is not an address" in active.refuses(MODULE, network="n", dns_host={"ip": "a.lan", "hostnames": ["a"]})
    assert "hostnames is empty" in active.refuses(MODULE, network="n", dns_host={"ip": "192.168.78.5", "hostnames": []})
    assert "dhcp_host needs one of mac, id, ip, name" in active.refuses(MODULE, network="n", dhcp_host={})
    said = active.refuses(MODULE, network="n", dhcp_host={"mac": MAC}, dns_txt={"name": "t"})
    assert "mutually exclusive" in said
    assert "hostnames is missing" in active.refuses(MODULE, network="n", dns_host={"ip": "192.168.78.5"})
    assert "there is no network 'm'" in active.forbids(MODULE, network="m", dns_txt={"name": "t", "value": "v"})
    active.run(MODULE, network="m", state="absent", dns_txt={"name": "t"})


def test_a_record_that_two_others_stand_in_the_way_of_changes_none(active: Host) -> None:
    active.run(MODULE, network="n", dhcp_host={"mac": MAC, "ip": "192.168.78.5", "name": "a"})
    before = texts(active)
    wanted = {"mac": "52:54:00:00:00:bb", "ip": "192.168.78.5", "name": "kept"}
    outcome = active.fails(MODULE, network="n", dhcp_host=wanted)
    assert "there is an existing dhcp host entry" in outcome["msg"]
    assert texts(active) == before


def test_a_transient_network_has_no_record_to_store(host: Host) -> None:
    host.connection.networkCreateXML(NETWORK)
    assert "is transient" in host.refuses(MODULE, network="n", dns_txt={"name": "t", "value": "v"})
    host.converge(MODULE, network="n", dns_txt={"name": "t", "value": "v"}, apply="live")


def test_ten_runs_at_once_lose_no_record(active: Host) -> None:
    hosts = [{"mac": f"52:54:00:00:01:0{n}", "ip": f"192.168.78.2{n}", "name": f"h{n}"} for n in range(9)]
    with ThreadPoolExecutor() as threads:
        # The last one twice: of two runs that do the same, one does it.
        runs = [threads.submit(active.attempt, MODULE, network="n", dhcp_host=one) for one in [*hosts, hosts[-1]]]
        outcomes = [run.result(120) for run in runs]
    assert [outcome.result.get("msg") for outcome in outcomes if outcome.rc != 0] == []
    for document in texts(active):
        assert all(f"mac='{one['mac']}' name='{one['name']}' ip='{one['ip']}'" in document for one in hosts)
        assert document.count("<host mac=") == len(hosts) + 1
    assert active.run("virt_net", name="n")["pending"] == []
