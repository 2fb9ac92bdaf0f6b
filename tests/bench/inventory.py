# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time the inventory beside the one of community.libvirt, in one run on one libvirt, addresses included.

It starts and stops a libvirt of its own, the bed `bench`, and needs ansible-core, libvirt-python and lxml. The other
collection is read from the folder --peer, or is fetched with pip for the time of the run: the package `ansible` has it.
Each figure is the best of rounds that take turns, each in a process of its own, since what disturbs one only makes it
slower. "plugin" is what the plugin itself takes, "command" all of `ansible-inventory --list`, most of which is
the start of Ansible and its output.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import libvirt

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / "tests/bed")]

from converge_bed import agent, documents
from converge_bed.basics import BedError
from converge_bed.running import RunningBed, bed_command
from converge_bed.state import Bed

BED = os.environ.get("CONVERGE_BED", "bench")
OURS, THEIRS = "converge.libvirt.libvirt", "community.libvirt.libvirt"
#: Half of a round trip of 10 ms.
DELAY = 0.005
AGENT_TIMEOUT = 4
#: Seconds after which the other plugin is given up on.
PATIENCE = 60
GUEST = """\
<domain type='qemu'><name>{name}</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/var/lib/libvirt/images/{name}.qcow2'/>
<target dev='vda' bus='virtio'/></disk>
<interface type='network'><source network='lan'/><model type='virtio'/></interface>
<console type='pty'/></devices></domain>"""

#: What a fresh process does: the source and the plugin are its arguments.
PARSE = """\
import sys, time
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, inventory_loader
init_plugin_loader([])
plugin, data = inventory_loader.get(sys.argv[2]), InventoryData()
begin = time.perf_counter()
plugin.parse(data, DataLoader(), sys.argv[1], cache=False)
print(time.perf_counter() - begin, len(data.hosts))
"""


@dataclass(frozen=True)
class Figure:
    """One row: seconds of both. theirs: None where they had no answer in PATIENCE."""

    what: str
    measure: str
    ours: float
    theirs: float | None
    our_calls: int | None = None
    their_calls: int | None = None

    @property
    def ratio(self) -> str:
        return f"{self.theirs / self.ours:6.1f}x" if self.theirs else f"  >{PATIENCE / self.ours:4.0f}x"


def main() -> int:
    """Measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", metavar="FOLDER", type=Path, help="where ansible_collections/community/libvirt is")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there as well")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--running", type=int, default=3, help="so many of the guests run")
    options = parser.parse_args()
    figures = []
    try:
        with tempfile.TemporaryDirectory() as folder, own_bed() as bed:
            bench = Bench(bed, Path(folder), options.peer or fetch(Path(folder)), options.rounds)
            bench.start_guests(options.running)
            for count in (10, 200, 1000, 5000):
                bench.define(count)
                figures += bench.locally(count)
                if count == 200:
                    figures += bench.far_away(count)
            figures += bench.frozen()
    except BedError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    show(figures)
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n")
    return 0


def show(figures: list[Figure]) -> None:
    width = max(len(figure.what) for figure in figures)
    print(f"{'':{width}}  {'':7}  {'ours':>9}  {'theirs':>9}  {'ratio':>7}  calls")
    for figure in figures:
        theirs = f"{figure.theirs:7.3f} s" if figure.theirs else f" >{PATIENCE:5} s"
        calls = "" if figure.our_calls is None else f"{figure.our_calls} / {figure.their_calls}"
        row = f"{figure.what:{width}}  {figure.measure:7}  {figure.ours:7.3f} s  {theirs}  {figure.ratio}  {calls}"
        print(row.rstrip())


def fetch(folder: Path) -> Path:
    """The other collection, from the package that has it."""
    words = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder / "wheel"), "ansible"]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    (wheel,) = (folder / "wheel").glob("ansible-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        ours = [name for name in archive.namelist() if name.startswith("ansible_collections/community/libvirt/")]
        archive.extractall(folder / "peer", ours)
    return folder / "peer"


@contextmanager
def own_bed() -> Iterator[RunningBed]:
    """A libvirt that nobody else uses, gone afterwards."""
    files = Bed.named(BED)
    if files.init() is not None:
        raise BedError(f"The bed {BED} runs already: another run is measuring, or left it (bed.py stop {BED}).")
    bed_command("start", BED)
    try:
        yield RunningBed(BED, files.uri, files.at("lib"))
    finally:
        bed_command("stop", BED)


class Bench:
    def __init__(self, bed: RunningBed, folder: Path, peer: Path, rounds: int) -> None:
        self.bed, self.folder, self.rounds = bed, folder, rounds
        self.connection = bed.connect()
        self.defined = 0
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "LIBVIRT_"))}
        self.env = {
            **kept,
            "ANSIBLE_COLLECTIONS_PATH": f"{REPOSITORY / '.cache'}:{peer}",
            "ANSIBLE_HOME": str(folder / "ansible"),
        }

    def start_guests(self, count: int) -> None:
        # Else it says on stderr that an agent is not there yet.
        libvirt.registerErrorHandler(lambda _context, _error: None, None)
        self.connection.networkDefineXML(documents.network_xml("lan")).create()
        self.running = [self.connection.defineXML(documents.guest_xml(f"on{number}", "lan")) for number in range(count)]
        for guest in self.running:
            guest.create()
        for guest in self.running:
            self.bed.await_agent(guest, 300)
        self.defined = count

    def define(self, count: int) -> None:
        for number in range(self.defined, count):
            self.connection.defineXML(GUEST.format(name=f"off{number}"))
        self.defined = count

    def source(self, plugin: str, uri: str, **more: Any) -> str:
        path = self.folder / f"{plugin.partition('.')[0]}.libvirt.yml"
        path.write_text(json.dumps({"plugin": plugin, "uri": uri, **more}))
        return str(path)

    def parse(self, plugin: str, source: str) -> float | None:
        """Seconds that the plugin takes."""
        try:
            done = subprocess.run(
                [sys.executable, "-c", PARSE, source, plugin],
                env=self.env,
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            return None
        if done.returncode != 0:
            raise BedError(f"{plugin} failed:\n{done.stderr}")
        seconds, hosts = done.stdout.split()
        if int(hosts) != self.defined:
            raise BedError(f"{plugin} found {hosts} guests of {self.defined}.")
        return float(seconds)

    def command(self, plugin: str, source: str) -> float | None:
        """Seconds that ansible-inventory takes."""
        begin = time.perf_counter()
        try:
            subprocess.run(
                [sys.executable, "-m", "ansible", "inventory", "-i", source, "--list"],
                env=self.env,
                capture_output=True,
                check=True,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            return None
        return time.perf_counter() - begin

    def both(self, measure: str, uri: str, rounds: int, **more: Any) -> tuple[float, float | None]:
        run = self.parse if measure == "plugin" else self.command
        sources = {OURS: self.source(OURS, uri, **more), THEIRS: self.source(THEIRS, uri)}
        taken: dict[str, list[float]] = {OURS: [], THEIRS: []}
        for _round in range(rounds):
            for plugin, source in sources.items():
                seconds = run(plugin, source)
                if seconds is not None:
                    taken[plugin].append(seconds)
        return min(taken[OURS]), min(taken[THEIRS]) if taken[THEIRS] else None

    def calls(self) -> tuple[int, int]:
        """How often each asks, after opening."""
        counted = []
        for plugin in (OURS, THEIRS):
            with self.bed.proxy() as proxy:
                self.parse(plugin, self.source(plugin, proxy.uri))
                counted.append(len(proxy.calls))
        return counted[0], counted[1]

    def locally(self, count: int) -> list[Figure]:
        what = f"{count} guests, {len(self.running)} of them running"
        rounds = self.rounds if count < 5000 else 3
        counted = self.calls()
        return [
            Figure(what, "plugin", *self.both("plugin", self.bed.uri, rounds), *counted),
            Figure(what, "command", *self.both("command", self.bed.uri, rounds)),
        ]

    def far_away(self, count: int) -> list[Figure]:
        what = f"{count} guests, {len(self.running)} of them running, 10 ms away"
        with self.bed.proxy(delay=DELAY) as proxy:
            return [Figure(what, measure, *self.both(measure, proxy.uri, 3)) for measure in ("plugin", "command")]

    def frozen(self) -> list[Figure]:
        """One agent that does not answer, and ours is asked for addresses by agents first, as the other always is.

        Ours goes first, and libvirt does not know yet that this agent is stuck: afterwards it gives up on it sooner.
        """
        agent.shell(self.running[-1], "(sleep 0.3; kill -STOP $(pidof qemu-ga)) >/dev/null 2>&1 &")
        time.sleep(1)
        what = f"{self.defined} guests, one agent of {len(self.running)} frozen, {AGENT_TIMEOUT} s for agents"
        asked = {"addresses": ["agent", "lease"], "agent_timeout": AGENT_TIMEOUT}
        return [Figure(what, "command", *self.both("command", self.bed.uri, 1, **asked))]


if __name__ == "__main__":
    sys.exit(main())
