# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""libvirtd dies, or the connection does, at each step of a plan: a sentence in time, and the next run does the rest."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from converge_bed.documents import guest_xml, network_xml
from converge_bed.proxy import WRITES, Fault

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, one_sentence

IMAGES = "/var/lib/libvirt/images"
USB = "<controller type='usb' model='qemu-xhci'/>"
DISKS = [
    documents.disk(f"{IMAGES}/{name}.img").replace("dev='vda' bus='virtio'", f"dev='sd{name}' bus='usb'")
    for name in "bc"
]
#: Seconds that a task may take to say that libvirt is gone.
IN_TIME = 30


@dataclass(frozen=True)
class Plan:
    """A task of several steps. begin: makes the host what it was before. steps: how many writes it takes at least."""

    module: str
    options: dict[str, Any]
    steps: int
    begin: Callable[[Host], None]


def nothing(host: Host) -> None:
    """No such guest and no such pool, whatever the run before left."""
    host.run("virt_domain", name="g", state="absent", shutdown={"timeout": 0.1, "force": True})
    host.run("virt_pool", name="p", state="absent")
    host.run("virt_pool", name="p", state="absent")


def running_guest(host: Host) -> None:
    """A running guest without disks, that is not started by itself."""
    nothing(host)
    for name in "bc":
        host.write(f"{name}.img", "0" * 1024 * 1024)
    host.run("virt_domain", xml=guest_xml("g", devices=USB), state="running")


PLANS = {
    "a new guest": Plan(
        "virt_domain", {"xml": guest_xml("g"), "state": "running", "autostart": True}, steps=3, begin=nothing
    ),
    "a new pool": Plan(
        "virt_pool", {"xml": documents.pool("p"), "state": "active", "autostart": True}, steps=4, begin=nothing
    ),
    "a change of a running guest": Plan(
        "virt_domain",
        {"xml": guest_xml("g", devices="".join([USB, *DISKS])), "title": "New", "autostart": True, "memory": "96MiB"},
        steps=5,
        begin=running_guest,
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("action", ["kill", "cut"])
@pytest.mark.parametrize("name", PLANS)
def test_at_each_step(host: Host, name: str, action: Literal["kill", "cut"]) -> None:
    plan = PLANS[name]
    for step in itertools.count(1):
        moment: Literal["before", "after"] = "before" if step % 2 else "after"
        plan.begin(host)
        begin = time.monotonic()
        with host.bed.proxy(Fault(action, step, moment, of=WRITES)) as proxy:
            outcome = host.attempt(plan.module, uri=proxy.uri, timeout=10, **plan.options)
            if not proxy.happened:
                assert step > plan.steps, f"the plan has only {step - 1} writes"
                assert outcome.rc == 0
                return
        assert time.monotonic() - begin < IN_TIME
        host.connection = host.bed.connect()
        if outcome.rc:
            said = one_sentence(outcome)
            assert f"{plan.module.partition('_')[2].replace('domain', 'guest')} '" in said
            told = [*outcome.result.get("applied", []), *outcome.result.get("not_applied", [])]
            assert told, said
        # The next run converges, whatever came of this one, and the one after that has nothing to do.
        host.run(plan.module, **plan.options)
        host.unchanged(plan.module, **plan.options)


@pytest.mark.long
def test_a_call_that_gets_no_answer_ends_in_time(host: Host) -> None:
    for step in (1, 2):
        nothing(host)
        with host.bed.proxy(Fault("hang", step, of=WRITES)) as proxy:
            begin = time.monotonic()
            task: dict[str, Any] = {"uri": proxy.uri, "timeout": 2, "wait_timeout": 3, "autostart": True}
            outcome = host.fails("virt_domain", xml=guest_xml("g"), **task)
            assert time.monotonic() - begin < IN_TIME
        assert "no answer within" in outcome["msg"]
        host.run("virt_domain", xml=guest_xml("g"), autostart=True)


@pytest.mark.long
def test_a_frozen_agent_holds_up_no_shutdown_for_ever(host: Host) -> None:
    host.run("virt_net", xml=network_xml("lan"), state="active")
    host.run("virt_domain", xml=guest_xml("g", "lan", arguments="bed.noagent"), state="running")
    guests.up(host, "g")
    begin = time.monotonic()
    said = host.fails("virt_domain", name="g", state="stopped", shutdown={"mode": "agent", "timeout": 5})["msg"]
    assert time.monotonic() - begin < IN_TIME
    assert "guest 'g'" in said
    assert guests.state(host, "g") == "running"


def test_a_full_disk_is_told_and_the_next_run_makes_the_volume(host: Host) -> None:
    folder = f"{IMAGES}/small"
    host.bed.exec("mkdir", "-p", folder)
    host.bed.exec("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder)
    try:
        host.connection.storagePoolDefineXML(documents.pool("small", folder=folder)).create()
        volume = "<volume><name>v</name><capacity unit='MiB'>8</capacity><allocation unit='MiB'>8</allocation></volume>"
        said = host.fails("virt_volume", pool="small", xml=volume)["msg"]
        assert "cannot create volume 'v' in pool 'small'" in said
        assert host.virsh("vol-list", "small").split() == []
        host.bed.exec("mount", "-o", "remount,size=32m", folder)
        host.run("virt_volume", pool="small", xml=volume)
        host.unchanged("virt_volume", pool="small", xml=volume)
        host.run("virt_pool", name="small", state="absent")
    finally:
        host.bed.exec("umount", folder)
