# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time a stack of 200 objects, as a task of ansible-playbook: beside a `ping`, and beside the same as loops over the
modules of community.libvirt, where --incumbent names a folder that holds ansible_collections with these. With --linear,
stacks of up to 2000 objects are timed, too, and drawn: the cost has to grow with their number and not faster.

It needs ansible-core, libvirt-python and lxml, and starts and stops a libvirt of its own, the bed `bench`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / ".cache"), str(REPOSITORY / "tests/bed")]

from converge_bed.basics import BedError
from converge_bed.running import RunningBed

from ansible_collections.converge.libvirt.tests.bench.devices import plot
from ansible_collections.converge.libvirt.tests.bench.run import own_bed

GUESTS = 99
FOLDER = "/var/lib/libvirt/images/bench"
#: How often what is short is done.
LOOPS = 5
#: What the task may take beyond a ping, in seconds; questions to libvirt for an object that is as it should be; how
#: many times less a stack takes than the loops, when nothing is to be done and when all is made.
BEYOND_PING, QUESTIONS, IDLE_RATIO, MAKING_RATIO = 1.0, 3, 35, 12
#: By how many guests, each with a volume; and how many times as much one of the most may cost as one of the fewest.
LINEAR = (100, 250, 500, 1000)
GROWTH = 1.3


def stack(count: int, **more: Any) -> dict[str, Any]:
    """A network, a pool, and so many volumes and guests."""
    return {
        "networks": [{"name": "bench", "bridge": {"name": "conv-bench"}}],
        "pools": [{"name": "bench", "type": "dir", "target": {"path": FOLDER}, "state": "active"}],
        "volumes": [{"name": f"n{number}.qcow2"} for number in range(count)],
        "domains": [
            {
                "name": f"n{number}",
                "disks": [
                    {
                        "target": "vda",
                        "bus": "virtio",
                        "source": {"pool": "bench", "volume": f"n{number}.qcow2"},
                        "driver": {"type": "qcow2"},
                    }
                ],
                "interfaces": [{"source": {"network": "bench"}, "model": "virtio", "mac": mac(number)}],
            }
            for number in range(count)
        ],
        "defaults": {
            "volumes": {"pool": "bench", "format": "qcow2", "capacity": "1GiB"},
            "domains": {
                "type": "qemu",
                "os_type": "hvm",
                "machine": "q35",
                "memory": "256MiB",
                "vcpus": 1,
                "features": {"acpi": True},
            },
        },
        **more,
    }


def mac(number: int) -> str:
    return f"52:54:00:00:{number // 256:02x}:{number % 256:02x}"


def loops(uri: str, count: int) -> list[dict[str, Any]]:
    """The same as tasks for the modules of community.libvirt."""
    network = "<network><name>bench</name><bridge name='conv-bench'/></network>"
    pool = f"<pool type='dir'><name>bench</name><target><path>{FOLDER}</path></target></pool>"
    volume = (
        "<volume><name>{{ item }}.qcow2</name><capacity unit='GiB'>1</capacity>"
        "<target><format type='qcow2'/></target></volume>"
    )
    guest = (
        "<domain type='qemu'><name>{{ item }}</name><memory unit='MiB'>256</memory><vcpu>1</vcpu>"
        "<os><type machine='q35'>hvm</type></os><features><acpi/></features><devices>"
        "<disk type='volume' device='disk'><driver name='qemu' type='qcow2'/>"
        "<source pool='bench' volume='{{ item }}.qcow2'/><target dev='vda' bus='virtio'/></disk>"
        "<interface type='network'><mac address='{{ macs[item] }}'/><source network='bench'/><model type='virtio'/>"
        "</interface></devices></domain>"
    )
    names = [f"n{number}" for number in range(count)]
    their = "community.libvirt.virt"
    return [
        {f"{their}_net": {"uri": uri, "command": "define", "name": "bench", "xml": network}},
        {f"{their}_pool": {"uri": uri, "command": "define", "name": "bench", "xml": pool}},
        {f"{their}_pool": {"uri": uri, "command": "build", "name": "bench"}, "ignore_errors": True},
        {f"{their}_pool": {"uri": uri, "state": "active", "name": "bench"}},
        {f"{their}_volume": {"uri": uri, "pool": "bench", "state": "present", "xml": volume}, "loop": names},
        {
            their: {"uri": uri, "command": "define", "xml": guest},
            "loop": names,
            "vars": {"macs": {name: mac(number) for number, name in enumerate(names)}},
        },
    ]


class Playbook:
    """Tasks, and clocks between them."""

    def __init__(self, bed: RunningBed, collections: list[str]) -> None:
        self.bed = bed
        self.collections = collections
        self.tasks: list[dict[str, Any]] = []
        self.clocks: list[str] = []

    def timed(self, name: str, *tasks: dict[str, Any]) -> None:
        self._clock(f"{name} begins")
        self.tasks += tasks
        self._clock(f"{name} ends")

    def _clock(self, name: str) -> None:
        self.clocks.append(name)
        self.tasks.append({"ansible.builtin.set_fact": {f"clock{len(self.clocks)}": "{{ now().timestamp() }}"}})

    def play(self) -> dict[str, float]:
        """The seconds that each name took."""
        with tempfile.TemporaryDirectory() as folder:
            playbook, clock = Path(folder, "bench.yml"), Path(folder, "clock.json")
            times = ", ".join(f"clock{number}" for number in range(1, len(self.clocks) + 1))
            write = {"content": f"{{{{ [{times}] | map('float') | to_json }}}}", "dest": str(clock), "mode": "0600"}
            tasks = [*self.tasks, {"ansible.builtin.copy": write}]
            playbook.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
            told = json.dumps({"ansible_python_interpreter": sys.executable})
            done = subprocess.run(
                [sys.executable, "-m", "ansible", "playbook", playbook, "-i", "localhost,", "-c", "local", "-e", told],
                env={
                    **{key: had for key, had in os.environ.items() if not key.startswith(("ANSIBLE_", "LIBVIRT_"))},
                    "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(self.collections),
                    "ANSIBLE_HOME": str(REPOSITORY / ".cache/ansible"),
                },
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise BedError(f"The playbook failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
            at = dict(zip(self.clocks, json.loads(clock.read_text())))
        names = [name.removesuffix(" begins") for name in self.clocks if name.endswith(" begins")]
        return {name: at[f"{name} ends"] - at[f"{name} begins"] for name in names}


def tasks(bed: RunningBed, incumbent: str | None) -> dict[str, float]:
    """Seconds of the task, of a ping and of the loops, in one run."""
    made = Playbook(bed, [str(REPOSITORY / ".cache"), *([incumbent] if incumbent else [])])
    ours = {"converge.libvirt.virt_stack": {"uri": bed.uri, **stack(GUESTS)}}
    idle = {**ours, "register": "done", "failed_when": "done is failed or done is changed"}
    ping: dict[str, Any] = {"ansible.builtin.ping": {}}
    gone = {"converge.libvirt.virt_stack": {"uri": bed.uri, **stack(GUESTS, state="absent")}}
    if incumbent:
        theirs = loops(bed.uri, GUESTS)
        made.timed("loops make it", *theirs)
        made.timed("loops leave it", *theirs[:2], *theirs[3:])
    # The first run packs what is sent.
    made.tasks += [ping, gone]
    made.timed("stack makes it", ours)
    for number in range(LOOPS):
        made.timed(f"ping {number}", ping)
        made.timed(f"stack leaves it {number}", idle)
    taken = made.play()
    # What disturbs a run only ever makes it slower.
    for name in ("ping", "stack leaves it"):
        taken[name] = min(taken.pop(f"{name} {number}") for number in range(LOOPS))
    return taken


def module(uri: str, **options: Any) -> dict[str, Any]:
    """What the module answers, run as a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = Path(folder, "arguments.json")
        arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {"uri": uri, **options}}))
        done = subprocess.run(
            [sys.executable, REPOSITORY / "tests/integration/run_module.py", "virt_stack", arguments],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY / ".cache")},
            capture_output=True,
            text=True,
            check=False,
        )
    told: dict[str, Any] = json.loads(done.stdout)
    if done.returncode != 0:
        raise BedError(f"The stack failed: {told['msg']}")
    return told


def processor_time(work: Callable[[], Any]) -> float:
    """Seconds of processor time that the processes of the work took: others on the machine do not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def linear(bed: RunningBed, folder: Path) -> list[str]:
    """Draw the cost of stacks that have nothing to do, and of what made them; what is not good enough."""
    faults = []
    nothing = min(processor_time(lambda: module(bed.uri)) for _loop in range(3))
    idle: dict[int, float] = {}
    for count in LINEAR:
        objects, options = 2 * count + 2, stack(count)
        module(bed.uri, **options)
        idle[objects] = min(
            processor_time(lambda given=options: module(bed.uri, **given)) - nothing  # type: ignore[misc]
            for _loop in range(3)
        )
        print(f"{objects:5} objects: {idle[objects]:6.2f} s of processor time where nothing is to be done")
    gone = processor_time(lambda: module(bed.uri, **stack(LINEAR[-1], state="absent"))) - nothing
    print(f"{max(idle):5} objects: {gone:6.2f} s of processor time to remove them")
    folder.mkdir(parents=True, exist_ok=True)
    drawing = folder / "stack.svg"
    drawing.write_text(plot(idle, "objects of the stack", 0), encoding="utf-8")
    print(f"plot: {drawing}")
    least, most = min(idle), max(idle)
    growth = (idle[most] / most) / (idle[least] / least)
    if growth > GROWTH:
        faults.append(f"an object of {most} cost {growth:.1f} times as much as one of {least}")
    return faults


def questions(bed: RunningBed) -> float:
    """The calls for each object of a stack that is as it should be."""
    with bed.proxy() as proxy:
        told = module(proxy.uri, **stack(GUESTS))
        if told["changed"]:
            raise BedError("The stack was not as it should be.")
        return len(proxy.calls) / len(told["objects"])


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incumbent", metavar="FOLDER", help="where ansible_collections/community/libvirt is")
    parser.add_argument("--linear", action="store_true", help="time and draw stacks of up to 2000 objects as well")
    options = parser.parse_args()
    faults = []
    try:
        with own_bed() as bed:
            # A libvirt that has just begun looks at all its emulators, once, for whoever asks first.
            bed.connect().getCapabilities()
            taken = tasks(bed, options.incumbent)
            asked = questions(bed)
            if options.linear:
                module(bed.uri, **stack(GUESTS, state="absent"))
                faults += linear(bed, REPOSITORY / ".cache/bench")
    except BedError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    for name, seconds in taken.items():
        print(f"{name:20} {seconds:7.2f} s")
    beyond = taken["stack leaves it"] - taken["ping"]
    print(f"beyond a ping        {beyond:7.2f} s; {asked:.2f} calls an object")
    if beyond > BEYOND_PING:
        faults.append(f"a stack that leaves all as it is took {beyond:.2f} s beyond a ping: {BEYOND_PING} may be")
    if asked > QUESTIONS:
        faults.append(f"{asked:.2f} calls for each object: {QUESTIONS} may be")
    for which, least in (("leave", IDLE_RATIO), ("make", MAKING_RATIO)) if options.incumbent else ():
        ratio = taken[f"loops {which} it"] / taken[f"stack {which}s it"]
        print(f"loops {which} it in      {ratio:7.1f} times the time of the stack")
        if ratio < least:
            faults.append(f"the stack {which}s it only {ratio:.1f} times as fast as the loops: {least} was the aim")
    for fault in faults:
        print(f"not good enough: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
