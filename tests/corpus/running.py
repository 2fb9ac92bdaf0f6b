# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Change one thing at random in what runs, a guest or a network, and judge what its module does and tells.

DIR is as for ``run.py``: what its documents of the kind hold at a place is the material of the changes
(``garden.py``). The guest has something of everything, and no system in it; so has the network, and nobody on it. Each
change is predicted, applied and applied again. Of each is asked:

- libvirt may refuse to store it; nothing else may fail, and then nothing may be left behind,
- check mode has predicted the same,
- the same guest runs as before, or the network,
- what is told to run does so, what is told to wait waits, and nothing else does; with --restart nothing waits, and a
  guest is restarted only where something would have waited, or was asked for in vain,
- the second run changes nothing and tells the same to be waiting.
"""

from __future__ import annotations

import abc
import argparse
import collections
import json
import pathlib
import random
import re
import sys
import time
import typing as t

import libvirt
from garden import Garden
from host import Host, bed, opened
from judge import Schema
from lxml import etree
from run import columns

from ansible_collections.converge.libvirt.plugins.modules import virt_domain, virt_net
from ansible_collections.converge.libvirt.tests.unit.in_process import result_of

IMAGES = "/var/lib/libvirt/images"
NAME = "everything"
NETWORK = "<network><name>{name}</name><ip address='192.168.{number}.1' prefix='24'/></network>"
NETWORKS = {"lan": 77, "lab": 79}
DISKS = ("a", "b", "c", "d")
GUEST = f"""\
<domain type='qemu'>
  <name>{NAME}</name>
  <title>Something of everything</title>
  <memory unit='MiB'>96</memory>
  <vcpu placement='static' current='2'>4</vcpu>
  <iothreads>2</iothreads>
  <cputune><shares>1024</shares><vcpupin vcpu='0' cpuset='0'/><emulatorpin cpuset='0-1'/></cputune>
  <memtune><soft_limit unit='GiB'>2</soft_limit></memtune>
  <sysinfo type='smbios'><system><entry name='manufacturer'>converge</entry></system></sysinfo>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <boot dev='hd'/>
    <bootmenu enable='yes' timeout='3000'/>
    <smbios mode='sysinfo'/>
  </os>
  <features><acpi/><apic/><pae/></features>
  <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>
  <clock offset='utc'><timer name='rtc' tickpolicy='catchup'/><timer name='hpet' present='no'/></clock>
  <on_crash>restart</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='none' io='threads'/><source file='{IMAGES}/a.img'/>
      <target dev='vda' bus='virtio'/><iotune><total_iops_sec>500</total_iops_sec></iotune>
    </disk>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/><source file='{IMAGES}/b.img'/><target dev='sda' bus='scsi'/><serial>b</serial>
    </disk>
    <disk type='file' device='cdrom'>
      <driver name='qemu' type='raw'/><source file='{IMAGES}/c.img'/><target dev='sdb' bus='sata'/><readonly/>
    </disk>
    <controller type='scsi' model='virtio-scsi'/>
    <controller type='usb' model='qemu-xhci'/>
    <controller type='virtio-serial'/>
    <interface type='network'>
      <mac address='52:54:00:00:00:01'/><source network='lan'/><model type='virtio'/><driver queues='2'/>
    </interface>
    <interface type='network'>
      <mac address='52:54:00:00:00:02'/><source network='lab'/><model type='e1000e'/><link state='down'/>
    </interface>
    <interface type='user'><mac address='52:54:00:00:00:03'/><model type='e1000'/></interface>
    <serial type='pty'/>
    <serial type='file'><source path='{IMAGES}/serial.log'/><target port='1'/></serial>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <input type='tablet' bus='usb'/>
    <graphics type='vnc' autoport='yes' listen='127.0.0.1' passwd='secret'/>
    <video><model type='vga' vram='16384'/></video>
    <watchdog model='i6300esb' action='reset'/>
    <memballoon model='virtio'><stats period='5'/></memballoon>
    <rng model='virtio'><rate bytes='1024' period='1000'/><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>
"""


LAN = """\
<network>
  <name>everything</name>
  <forward mode='nat'><nat><port start='1024' end='60000'/></nat></forward>
  <bridge name='virbr7' stp='on' delay='0'/>
  <mac address='52:54:00:00:00:99'/>
  <domain name='lan.example' localOnly='yes'/>
  <dns>
    <forwarder addr='192.0.2.53'/>
    <txt name='a' value='b'/>
    <host ip='192.168.81.3'><hostname>three</hostname></host>
    <srv service='ldap' protocol='tcp' domain='lan.example' target='three' port='389'/>
  </dns>
  <ip address='192.168.81.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.81.100' end='192.168.81.200'><lease expiry='1' unit='hours'/></range>
      <host mac='52:54:00:00:00:11' name='eleven' ip='192.168.81.11'/>
    </dhcp>
  </ip>
  <ip family='ipv6' address='2001:db8:81::1' prefix='64'/>
  <route address='192.168.90.0' prefix='24' gateway='192.168.81.2'/>
  <portgroup name='free' default='yes'/>
  <portgroup name='tight' trustGuestRxFilters='yes'/>
</network>
"""


class Running(abc.ABC):
    """An object on a host, made anew after every change."""

    kind: str
    document: str
    state: str
    main: t.Callable[[], None]

    def __init__(self, host: Host) -> None:
        self.host = host

    def make(self) -> None:
        """Have it run as its document is."""
        if not self.host.alive():
            self.host.revive()
        self.remove()
        self.prepare()
        made = self.apply(self.document, state=self.state)
        if made.get("failed"):
            raise SystemExit(f"it does not start: {made['msg']}")

    @abc.abstractmethod
    def prepare(self) -> None:
        """Have what it needs."""

    def remove(self) -> None:
        """Take it away, whatever state it is in."""
        for one in self.everything():
            if one.isActive():
                one.destroy()
            if one.isPersistent():
                one.undefine()

    def apply(self, xml: str, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        """The result of a task with that document."""
        told = {"uri": self.host.uri, "xml": xml, "timeout": 20, "wait_timeout": 20, **options}
        return result_of(type(self).main, check, **told)

    @abc.abstractmethod
    def everything(self) -> list[t.Any]:
        """Every object of the kind."""

    @abc.abstractmethod
    def number(self) -> int:
        """Another one after each start, if the kind has any; 0 where it does not run."""

    @abc.abstractmethod
    def stored(self) -> str:
        """Its definition."""


class Guest(Running):
    """The guest."""

    kind, document, state, main = "domain", GUEST, "running", staticmethod(virt_domain.main)

    def prepare(self) -> None:
        """Networks and images."""
        here = {one.name(): one for one in self.host.connection.listAllNetworks()}
        for name, number in NETWORKS.items():
            network = here.get(name) or self.host.connection.networkDefineXML(NETWORK.format(name=name, number=number))
            if not network.isActive():
                network.create()
        images = pathlib.Path(bed("path", self.host.name).stdout.strip()) / "images"
        for name in DISKS:
            if not (images / f"{name}.img").exists():
                (images / f"{name}.img").write_bytes(b"\0" * 1024 * 1024)

    def everything(self) -> list[t.Any]:
        """Every guest."""
        return list(self.host.connection.listAllDomains())

    def number(self) -> int:
        """Its number."""
        return max(0, int(self.host.connection.lookupByName(NAME).ID()))

    def stored(self) -> str:
        """Its definition."""
        return str(self.host.connection.lookupByName(NAME).XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))


class Lan(Running):
    """The network."""

    kind, document, state, main = "network", LAN, "active", staticmethod(virt_net.main)

    def prepare(self) -> None:
        """It needs nothing."""

    def everything(self) -> list[t.Any]:
        """Every network."""
        return list(self.host.connection.listAllNetworks())

    def number(self) -> int:
        """Whether it is active."""
        return int(self.host.connection.networkLookupByName(NAME).isActive())

    def stored(self) -> str:
        """Its definition."""
        return str(self.host.connection.networkLookupByName(NAME).XMLDesc(libvirt.VIR_NETWORK_XML_INACTIVE))


KINDS: dict[str, type[Running]] = {one.kind: one for one in (Guest, Lan)}


RESTARTS = {"state": "running", "restart": "when_needed", "shutdown": {"timeout": 0.1, "force": True}}
"""The options that let a task restart a guest."""


def judged(guest: Running, mutant: str, restarts: bool = False) -> tuple[str, str]:
    """What came of a change: one word, and what is wrong with it."""
    number, stored = guest.number(), guest.stored()
    options: dict[str, t.Any] = RESTARTS if restarts else {}
    would = guest.apply(mutant, check=True) if restarts else {}
    predicted = guest.apply(mutant, check=True, **options)
    if predicted.get("failed"):
        real = guest.apply(mutant, **options)
        return ("refused", "") if real.get("msg") == predicted["msg"] else ("predicted failure", predicted["msg"])
    real = guest.apply(mutant, **options)
    if not guest.host.alive():
        return "killed", ""
    if real.get("failed"):
        if not real["applied"] and "cannot define" in real["msg"] and guest.stored() == stored:
            return "refused", ""
        if HOST.search(real["msg"]) and guest.stored() == stored:
            return "not on this host", ""
        left = "" if guest.stored() == stored else " (and the definition is another one)"
        return "failed", f"{real['msg']}{left}"
    again = guest.apply(mutant, check=True, **options)
    in_vain = restarts and guest.number() != number and any(step.startswith("take ") for step in real["actions"])
    if in_vain and not real["pending"] and not again.get("changed", True):
        return "restarted", ""
    if restarts and (real["pending"] or (guest.number() != number) != bool(would.get("pending"))):
        return "restarted otherwise", f"{brief(would.get('pending', []))} and left {brief(real['pending'])}"
    if guest.number() != number and not restarts:
        return "restarted unasked", ""
    if any("asked, not gone" in warning for warning in real["warnings"]):
        return "asked for", ""
    if predicted["changes"] != real["changes"]:
        return "predicted otherwise", f"{brief(predicted['changes'])} and did {brief(real['changes'])}"
    if again.get("failed") or again["changed"]:
        return "changed again", again.get("msg") or brief(again["changes"])
    if again["pending"] != real["pending"]:
        return "waits otherwise", f"{brief(real['pending'])} and later {brief(again['pending'])}"
    if guest.number() != number:
        return "restarted", ""
    waiting = [one["path"] for one in real["pending"]]
    told = {how: [one["path"] for one in real["changes"] if one["how"] == how] for how in ("live", "restart")}
    untrue = [path for path in told["live"] if path in waiting]
    untrue += [path for path in told["restart"] if not any(_related(path, one) for one in waiting)]
    if untrue:
        return "not so", f"{', '.join(untrue)}: {brief(real['changes'])} with pending {', '.join(waiting)}"
    if not real["changed"]:
        return "no change", ""
    return ("live" if not told["restart"] else "waiting" if not told["live"] else "both"), ""


def _related(one: str, other: str) -> bool:
    # libvirt may have given it a key that no plan knew.
    one, other = (re.sub(r"\[[^]]*\]", "", path) for path in (one, other))
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def brief(changes: list[dict[str, t.Any]]) -> str:
    """Changes in one line."""
    return "; ".join(f"{one['path']}: {one['before']} -> {one['after']} ({one['how']})" for one in changes)[:600]


GOOD = ("live", "waiting", "both", "restarted", "asked for", "no change", "refused", "not on this host", "killed")
"""What a change may come to. A guest without a system lets few devices go, and some documents kill libvirtd 9.0."""
HOST = re.compile("No such (file|device)|[Nn]o network with|Specified qdisc kind is unknown")
"""What libvirt says of what this host has not."""


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", metavar="DIR", type=pathlib.Path)
    parser.add_argument("--kind", choices=KINDS, default="domain")
    parser.add_argument("--restart", action="store_true", help="let the task restart a guest where something waits")
    parser.add_argument("--uri", help="a libvirt that the bed has started")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutants", type=int, default=10**6, help="changes to make (default: until the time is over)")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--report", type=pathlib.Path, help="a file for what went wrong, as JSON")
    return parser.parse_args()


def main() -> int:
    """Change the guest until the time is over; 1 where something was wrong."""
    asked = arguments()
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True, remove_pis=True)
    kind = KINDS[asked.kind]
    trees = []
    for file in sorted((asked.folder / asked.kind).rglob("*.xml")):
        tree = etree.parse(str(file), parser).getroot()
        trees += [tree] if tree.tag == asked.kind else []
    base = etree.fromstring(kind.document, parser)
    garden, schema, chance = Garden([*trees, base]), Schema(asked.kind), random.Random(asked.seed)
    counted: collections.Counter[str] = collections.Counter()
    wrong = []
    end = time.monotonic() + asked.minutes * 60
    with opened(asked.uri) as host:
        running = kind(host)
        running.make()
        while sum(counted.values()) < asked.mutants and time.monotonic() < end:
            mutant, what = garden.mutate(base, chance)
            if not schema.describes(mutant):
                continue
            word, why = judged(running, etree.tostring(mutant, encoding="unicode"), asked.restart)
            counted[word] += 1
            if word not in GOOD:
                wrong.append({"change": what, "came to": word, "why": why})
                print(f"{what}\n    {word}: {why}", flush=True)
            if word not in ("no change", "refused"):
                running.make()
        running.remove()
    print(columns([[word, str(count)] for word, count in counted.most_common()]))
    if asked.report:
        asked.report.write_text(json.dumps(wrong, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
