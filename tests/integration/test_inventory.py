# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory of real hypervisors with real guests: addresses, agents that hang, and how often libvirt is asked."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from converge_bed import agent
from converge_bed.basics import ENTRY
from converge_bed.documents import guest_xml, network_xml
from converge_bed.proxy import ASK_AGENT, Fault
from converge_bed.running import bed_command
from converge_bed.state import Bed

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, ansible

#: Numbers of the remote protocol.
GET_XML = 14
#: States, sizes, driver, and the lists of those that start by themselves, are transient, and have a saved image.
ALL_GUESTS = 6


def inventory(*words: str, **options: Any) -> tuple[dict[str, dict[str, Any]], dict[str, list[str]], str, float]:
    """Hosts, groups, what was said on stderr, and the seconds that it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "hosts.libvirt.yml")
        path.write_text(yaml.safe_dump({"plugin": "converge.libvirt.libvirt", **options}))
        begin = time.monotonic()
        done = ansible("ansible-inventory", "-i", str(path), *(words or ["--list"]))
        taken = time.monotonic() - begin
    assert done.returncode == 0, done.stderr
    told = plain(json.loads(done.stdout))
    groups = {name: sorted(group.get("hosts", [])) for name, group in told.items() if name != "_meta"}
    return told["_meta"].get("hostvars", {}), groups, " ".join(done.stderr.split()), taken


def plain(value: Any) -> Any:
    """Since ansible-core 2.19 what is no template says so in this output."""
    if isinstance(value, dict):
        unsafe = value.get("__ansible_unsafe")
        return {key: plain(one) for key, one in value.items()} if unsafe is None else unsafe
    return [plain(one) for one in value] if isinstance(value, list) else value


def hosts(**options: Any) -> dict[str, dict[str, Any]]:
    """The hosts of an inventory that is read without a word."""
    found, _groups, said, _taken = inventory(**options)
    assert said == ""
    return found


def asked(host: Host, **options: Any) -> tuple[Counter[int], dict[str, dict[str, Any]]]:
    """How often each procedure was asked for, after open, and what came of it."""
    with host.bed.proxy() as proxy:
        found = hosts(uri=proxy.uri, **options)
    return Counter(proxy.calls), found


def run_guest(host: Host, name: str, arguments: str = "") -> None:
    host.connection.defineXML(guest_xml(name, "lan", arguments)).create()


def define(host: Host, count: int) -> None:
    for number in range(count):
        host.connection.defineXML(documents.domain(f"off{number}"))


@pytest.fixture
def lan(host: Host) -> Host:
    """A host with a network that has a DHCP server."""
    host.connection.networkDefineXML(network_xml("lan")).create()
    return host


def await_lease(host: Host, count: int) -> None:
    network = host.connection.networkLookupByName("lan")
    end = time.monotonic() + 60
    while len(network.DHCPLeases()) < count:
        assert time.monotonic() < end, "no lease"
        time.sleep(0.1)


# -- how often libvirt is asked ----------------------------------------------------------------------------------------


def test_what_is_asked_does_not_grow_with_the_guests(lan: Host) -> None:
    define(lan, 10)
    few, found = asked(lan)
    assert len(found) == 10
    assert few.total() == ALL_GUESTS
    for number in range(10, 210):
        lan.connection.defineXML(documents.domain(f"off{number}"))
    many, found = asked(lan)
    assert len(found) == 210
    assert many == few


def test_filters_spare_the_questions_about_single_guests(lan: Host) -> None:
    define(lan, 5)
    calls, found = asked(lan, names=["off1", "off2"], facts=["definition"])
    assert set(found) == {"off1", "off2"}
    # And the list of the pools, of which there are none.
    assert calls.total() == ALL_GUESTS + 2 + 1
    calls, found = asked(lan, states=["running"], facts=["definition", "pending", "agent"], addresses=["lease", "arp"])
    assert found == {}
    assert calls.total() == ALL_GUESTS


def test_a_guest_that_runs_costs_a_question_or_two(lan: Host) -> None:
    run_guest(lan, "g")
    define(lan, 3)
    await_lease(lan, 1)
    calls, found = asked(lan)
    assert found["g"]["ansible_host"].startswith("192.168.77.")
    # Its definition; the networks, and the leases of the only one.
    assert calls[GET_XML] == 1
    assert calls.total() == ALL_GUESTS + 1 + 2
    pending, _found = asked(lan, facts=["pending"])
    assert pending - calls == Counter({GET_XML: 1})
    defined, found = asked(lan, group_by=["network", "os", "tag"])
    assert defined - calls == Counter({GET_XML: 3})
    assert found["off0"]["libvirt_state"] == "stopped"


def test_an_agent_costs_a_question_for_each_thing_that_it_tells(lan: Host) -> None:
    run_guest(lan, "g")
    guests.booted(lan, "g")
    await_lease(lan, 1)
    without, _found = asked(lan, addresses=[], facts=["definition"])
    calls, found = asked(lan, addresses=["agent"], facts=["definition"])
    # One more lists the guests on the connection that may write.
    assert (calls[ASK_AGENT], (calls - without).total()) == (1, 2)
    assert (found["g"]["libvirt_address_source"], "libvirt_guest" in found["g"]) == ("agent", False)
    leased, _found = asked(lan)
    calls, found = asked(lan, facts=["agent"])
    assert (calls[ASK_AGENT], (calls - leased).total()) == (2, 3)
    assert found["g"]["libvirt_guest"]["hostname"] == found["g"]["libvirt_hostname"] == "bedguest"


def test_a_slow_link_is_no_reason_to_wait(lan: Host) -> None:
    define(lan, 100)
    with lan.bed.proxy(delay=0.05) as proxy:
        found, _groups, said, slow = inventory(uri=proxy.uri, facts=["definition"])
    assert (len(found), said) == (100, "")
    _found, _groups, _said, quick = inventory(uri=lan.bed.uri, facts=["definition"])
    # A hundred round trips one after the other would be ten seconds.
    assert slow - quick < 4


# -- addresses and agents ----------------------------------------------------------------------------------------------


def test_addresses_by_preference(lan: Host) -> None:
    run_guest(lan, "g")
    guests.booted(lan, "g")
    await_lease(lan, 1)
    by_lease = hosts(uri=lan.bed.uri)["g"]
    by_agent = hosts(uri=lan.bed.uri, addresses=["agent", "lease"])["g"]
    assert (by_lease["libvirt_address_source"], by_agent["libvirt_address_source"]) == ("lease", "agent")
    assert by_lease["ansible_host"] == by_agent["ansible_host"] == by_lease["libvirt_address"]
    (nic,) = by_agent["libvirt_interfaces"]
    assert [one["address"] for one in nic["addresses"]] == by_agent["libvirt_addresses"]
    # Agents are asked only for what leases do not tell.
    with lan.bed.proxy() as proxy:
        assert hosts(uri=proxy.uri, addresses=["lease", "agent"])["g"]["libvirt_address_source"] == "lease"
    assert ASK_AGENT not in proxy.calls
    assert hosts(uri=lan.bed.uri, addresses=[])["g"].get("ansible_host") is None


def test_a_guest_without_agent_takes_no_time(lan: Host) -> None:
    run_guest(lan, "g", "bed.noagent")
    guests.up(lan, "g")
    found, _groups, said, taken = inventory(uri=lan.bed.uri, addresses=["agent"], facts=["agent"], agent_timeout=30)
    assert (found["g"]["libvirt_agent_connected"], found["g"]["libvirt_address"], said) == (False, None, "")
    assert "libvirt_guest" not in found["g"]
    assert taken < 20


def test_an_agent_that_hangs_costs_no_more_than_its_time_out(lan: Host) -> None:
    for name in ("good", "stuck"):
        run_guest(lan, name)
    for name in ("good", "stuck"):
        guests.booted(lan, name)
    define(lan, 3)
    stuck = lan.connection.lookupByName("stuck")
    agent.shell(stuck, "(sleep 0.3; kill -STOP $(pidof qemu-ga)) >/dev/null 2>&1 &")
    time.sleep(1)
    _found, _groups, _said, without = inventory(uri=lan.bed.uri)
    with lan.bed.proxy() as proxy:
        found, _groups, said, taken = inventory(uri=proxy.uri, addresses=["agent", "lease"], agent_timeout=4)
    assert taken < without + 4 + 1
    assert "agents of these guests did not answer (agent_timeout: 4): stuck" in said
    assert len(found) == 5
    assert found["good"]["libvirt_address_source"] == "agent"
    assert found["stuck"]["libvirt_address_source"] == "lease"
    assert Counter(proxy.calls)[ASK_AGENT] == 2


def test_a_connection_that_may_not_write_asks_no_agent(lan: Host) -> None:
    run_guest(lan, "g")
    guests.booted(lan, "g")
    await_lease(lan, 1)
    readonly = lan.bed.uri.replace("libvirt-sock", "libvirt-sock-ro")
    found, _groups, said, _taken = inventory(uri=readonly, facts=["agent"])
    assert found["g"]["libvirt_address_source"] == "lease"
    assert "cannot ask the agent of guest 'g'" in said
    assert "VIR_ERR_OPERATION_DENIED" in said


def test_a_qemu_that_is_stuck_holds_up_nothing(lan: Host) -> None:
    for name in ("good", "stuck"):
        run_guest(lan, name, "bed.noagent")
    await_lease(lan, 2)
    with guests.stuck(lan, "stuck"):
        found, _groups, said, taken = inventory(uri=lan.bed.uri, facts=["pending"], timeout=10)
        assert (set(found), said) == ({"good", "stuck"}, "")
        assert found["stuck"]["libvirt_memory"] == found["good"]["libvirt_memory"] == 96 << 20
        assert found["stuck"]["libvirt_address"]
    assert taken < 10


def test_what_waits_for_a_restart(lan: Host) -> None:
    for name in ("changed", "same"):
        run_guest(lan, name, "bed.noagent")
    changed = guest_xml("changed", "lan", "bed.noagent", memory=128)
    uuid = lan.connection.lookupByName("changed").UUIDString()
    lan.connection.defineXML(changed.replace("<name>", f"<uuid>{uuid}</uuid><name>"))
    found, groups, _said, _taken = inventory(uri=lan.bed.uri, group_by=["pending"])
    assert groups["libvirt_pending"] == ["changed"]
    assert "memory" in [one["path"] for one in found["changed"]["libvirt_pending"]]
    assert found["same"]["libvirt_pending"] == []


def test_states_pools_tags_and_autostart(lan: Host) -> None:
    lan.make_pool("images", "/var/lib/libvirt/images/p")
    disk = documents.disk("/var/lib/libvirt/images/p/a.img")
    tagged = documents.domain("tagged", disk).replace(
        "<devices>",
        "<metadata><converge:guest xmlns:converge='https://converge.libvirt/guest/1'><converge:tag>web</converge:tag>"
        "</converge:guest></metadata><devices>",
        1,
    )
    lan.connection.defineXML(tagged).setAutostart(1)
    for name in ("paused", "saved"):
        run_guest(lan, name, "bed.noagent")
    lan.connection.lookupByName("paused").suspend()
    lan.connection.lookupByName("saved").managedSave()
    lan.connection.createXML(documents.domain("passing"))
    found, groups, said, _taken = inventory(uri=lan.bed.uri, group_by=["state", "pool", "tag", "autostart", "network"])
    assert said == ""
    assert {name: state["libvirt_state"] for name, state in found.items()} == {
        "tagged": "stopped",
        "paused": "paused",
        "saved": "saved",
        "passing": "running",
    }
    assert [found[name]["libvirt_persistent"] for name in ("tagged", "passing")] == [True, False]
    assert groups["libvirt_pool_images"] == groups["libvirt_tag_web"] == groups["libvirt_autostart"] == ["tagged"]
    assert groups["libvirt_network_lan"] == ["paused", "saved"]
    assert found["tagged"]["libvirt_memory"] == lan.connection.lookupByName("tagged").maxMemory() * 1024


def test_a_way_in_through_the_agent(lan: Host) -> None:
    define(lan, 1)
    found = hosts(uri=lan.bed.uri, connection="agent", hostnames=["'guest-' ~ libvirt_name"])["guest-off0"]
    assert {key: value for key, value in found.items() if key.startswith("ansible_")} == {
        "ansible_connection": "converge.libvirt.libvirt_qemu",
        "ansible_host": "off0",
        "ansible_libvirt_uri": lan.bed.uri,
    }


def test_a_command_gets_into_a_guest_through_its_agent(lan: Host, tmp_path: Path) -> None:
    run_guest(lan, "g")
    guests.booted(lan, "g")
    define(lan, 1)
    source = tmp_path / "hosts.libvirt.yml"
    options = {"uri": lan.bed.uri, "connection": "agent", "hostnames": ["'guest-' ~ libvirt_name"]}
    source.write_text(yaml.safe_dump({"plugin": "converge.libvirt.libvirt", **options}))
    words = ["libvirt_state_running", "-m", "ansible.builtin.raw", "-a", "echo it is $(hostname)"]
    done = ansible("ansible", "-i", str(source), *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "it is bedguest" in done.stdout
    assert "guest-off0" not in done.stdout


def test_a_job_as_awx_runs_it(lan: Host, tmp_path: Path) -> None:
    run_guest(lan, "g")
    guests.booted(lan, "g")
    define(lan, 1)
    options = {"uri": lan.bed.uri, "connection": "agent", "compose": {"asked": "libvirt_name"}}
    (tmp_path / "inventory").mkdir()
    source = tmp_path / "inventory/hosts.libvirt.yml"
    source.write_text(yaml.safe_dump({"plugin": "converge.libvirt.libvirt", **options}))
    tasks = [
        {"name": "In the guest", "ansible.builtin.raw": "hostname"},
        {
            "name": "On its hypervisor",
            "converge.libvirt.virt_domain_info": {"uri": "{{ libvirt_uri }}", "names": ["{{ asked }}"]},
            "delegate_to": "localhost",
            "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        },
    ]
    (tmp_path / "project").mkdir()
    job = [{"name": "Job", "hosts": "libvirt_state_running", "gather_facts": False, "tasks": tasks}]
    (tmp_path / "project/job.yml").write_text(yaml.safe_dump(job, sort_keys=False))
    done = ansible("ansible-runner", "run", str(tmp_path), "--playbook", "job.yml", "--ident", "job")
    assert done.returncode == 0, done.stdout + done.stderr
    events = [json.loads(path.read_text()) for path in (tmp_path / "artifacts/job/job_events").glob("*.json")]
    ended = {event["event_data"]["task"]: event for event in events if event["event"] == "runner_on_ok"}
    assert {event["event_data"]["host"] for event in ended.values()} == {"g"}
    assert ended["In the guest"]["event_data"]["res"]["stdout"].strip() == "bedguest"
    (told,) = ended["On its hypervisor"]["event_data"]["res"]["domains"]
    assert (told["name"], told["state"]) == ("g", "running")


# -- several hypervisors, and what may happen to one -------------------------------------------------------------------


@contextlib.contextmanager
def relay(path: Path) -> Iterator[int]:
    """A TCP port that leads to a socket of libvirtd's."""

    class Relay(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.socket(socket.AF_UNIX) as libvirtd:
                libvirtd.connect(str(path))
                back = threading.Thread(target=copy, args=(libvirtd, self.request), daemon=True)
                back.start()
                copy(self.request, libvirtd)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def second() -> Iterator[Bed]:
    """Another host, with a guest of its own and one of a name that may be elsewhere."""
    import libvirt

    bed = Bed.named("inventory-2")
    bed_command("start", "--no-install", "--no-guest", bed.name)
    try:
        connection = libvirt.open(bed.uri)
        for name in ("off0", "other"):
            connection.defineXML(documents.domain(name))
        connection.close()
        yield bed
    finally:
        bed_command("stop", bed.name)


def test_hypervisors_over_every_transport_at_once(host: Host, second: Bed, tmp_path: Path) -> None:
    define(host, 2)
    # What libvirt takes for ssh runs the command on the other host, through its namespaces instead of a network.
    program = tmp_path / "ssh"
    program.write_text(
        f'#!/bin/sh\nfor last; do :; done\nexec {sys.executable} {ENTRY} exec {second.name} sh -c "$last"\n'
    )
    program.chmod(0o755)
    with relay(second.socket) as port:
        uris = [
            {"name": "here", "uri": host.bed.uri},
            {"name": "tcp", "uri": f"qemu+tcp://127.0.0.1:{port}/system"},
            {"name": "ssh", "uri": f"qemu+ssh://root@second/system?command={program}"},
            {"name": "gone", "uri": "qemu+unix:///system?socket=/no/such/socket"},
        ]
        found, groups, said, _taken = inventory(uris=uris)
    assert groups["libvirt_host_here"] == ["off0@here", "off1"]
    assert groups["libvirt_host_tcp"] == ["off0@tcp", "other@tcp"]
    assert groups["libvirt_host_ssh"] == ["off0@ssh", "other@ssh"]
    assert found["off0@ssh"]["libvirt_uuid"] == found["off0@tcp"]["libvirt_uuid"] != found["off0@here"]["libvirt_uuid"]
    assert "gone: cannot connect to qemu+unix:///system?socket=/no/such/socket" in said


@pytest.mark.parametrize("number", range(1, 9))
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_hypervisor_that_goes_silent_at_any_question(lan: Host, number: int, moment: Any) -> None:
    run_guest(lan, "g", "bed.noagent")
    _found, _groups, _said, usual = inventory(uri=lan.bed.uri)
    with lan.bed.proxy(Fault("hang", number, moment)) as proxy:
        uris = [{"name": "silent", "uri": proxy.uri, "timeout": 2}, {"name": "good", "uri": lan.bed.uri}]
        found, _groups, said, taken = inventory(uris=uris)
    assert proxy.happened
    assert taken < usual + 2 + 2
    assert [name for name in found if found[name]["libvirt_host"] == "good"] in (["g"], ["g@good"])
    assert "has not answered within 2 s" in said


def test_a_libvirtd_that_dies_is_a_sentence(lan: Host) -> None:
    define(lan, 3)
    with lan.bed.proxy(Fault("cut", 2)) as proxy:
        found, _groups, said, _taken = inventory(uri=proxy.uri)
    assert found == {}
    assert "localhost: cannot" in said
    assert "Traceback" not in said


def test_a_cached_run_makes_no_call(lan: Host, tmp_path: Path) -> None:
    define(lan, 3)
    options = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path)}
    with lan.bed.proxy() as proxy, tempfile.TemporaryDirectory() as folder:
        # A cache belongs to the file.
        path = Path(folder, "hosts.libvirt.yml")
        path.write_text(yaml.safe_dump({"plugin": "converge.libvirt.libvirt", "uri": proxy.uri, **options}))
        first = ansible("ansible-inventory", "-i", str(path), "--list").stdout
        assert len(proxy.calls) == ALL_GUESTS
        assert ansible("ansible-inventory", "-i", str(path), "--list").stdout == first
        assert "off2" in ansible("ansible-inventory", "-i", str(path), "--graph").stdout
        assert len(proxy.calls) == ALL_GUESTS
    assert "off2" in first
