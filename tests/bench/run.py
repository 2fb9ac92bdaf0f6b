# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time the work, as ratios: each figure stands beside one of the same run, since machines differ and are shared.

It needs ansible-core, libvirt-python and lxml, and starts and stops a libvirt of its own, the bed `bench`. No figure
makes it fail: it is for people who compare two versions on one machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / ".cache"), str(REPOSITORY / "tests/bed")]

from converge_bed.basics import BedError
from converge_bed.running import RunningBed, bed_command
from converge_bed.state import Bed

from ansible_collections.converge.libvirt.plugins.module_utils._session import Endpoint, Session, libvirt
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse, serialise
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.domain import RULES

BED = "bench"
LOOPS = 20
DISKS = 100
GUESTS = 200
#: A figure in this process is the best of so many: what disturbs it only ever makes it slower.
ROUNDS = 7


@dataclass(frozen=True)
class Figure:
    """One row: seconds of our work and of what it is measured against."""

    what: str
    ours: float
    against: str
    theirs: float

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def main() -> int:
    """Measure everything, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there as well")
    options = parser.parse_args()
    try:
        with own_bed() as bed:
            figures = [task(bed), *plan(bed), again(bed)]
    except BedError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    width = max(len(figure.what) for figure in figures)
    print(f"{'':{width}}  {'ours':>10}  {'ratio':>7}  against")
    for figure in figures:
        print(
            f"{figure.what:{width}}  {milliseconds(figure.ours)}  {figure.ratio:6.2f}x  "
            f"{figure.against}, {milliseconds(figure.theirs).strip()}"
        )
    if options.json is not None:
        told = [{**asdict(figure), "ratio": figure.ratio} for figure in figures]
        options.json.write_text(json.dumps(told, indent=2) + "\n")
    return 0


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:7.1f} ms"


@contextmanager
def own_bed() -> Iterator[RunningBed]:
    """A libvirt that nobody else uses, gone afterwards."""
    files = Bed.named(BED)
    if files.init() is not None:
        raise BedError(f"The bed {BED} runs already: another run is measuring, or left it (bed.py stop {BED}).")
    bed_command("start", "--no-guest", BED)
    try:
        yield RunningBed(BED, files.uri, files.at("lib"))
    finally:
        bed_command("stop", BED)


def guest(name: str, disks: int = 1) -> str:
    """A guest with that many disks, in pools' volumes that need not be there while it is off."""
    devices = "".join(
        f"<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/>"
        f"<source file='/var/lib/libvirt/images/{name}-{number}.qcow2'/><target dev='{target(number)}' bus='virtio'/>"
        "</disk>"
        for number in range(disks)
    )
    return (
        f"<domain type='qemu'><name>{name}</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>"
        f"<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>{devices}"
        "<interface type='network'><source network='default'/><model type='virtio'/></interface>"
        "<console type='pty'/></devices></domain>"
    )


def target(number: int) -> str:
    """The name of a disk: vda to vdz, vdaa, ..."""
    letters = ""
    while number >= 0:
        number, letter = divmod(number, 26)
        letters = chr(ord("a") + letter) + letters
        number -= 1
    return f"vd{letters}"


# -- a task as people run it ----------------------------------------------------------------------------------------

#: Each module runs once before its clock: the first run packs what is sent.
PLAYBOOK = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - converge.libvirt.virt_domain: &guest
        uri: "{{ libvirt }}"
        xml: "{{ document }}"
    - ansible.builtin.ping:
    - ansible.builtin.set_fact:
        begin: "{{ now().timestamp() }}"
    - ansible.builtin.ping:
      loop: "{{ range(loops) | list }}"
    - ansible.builtin.set_fact:
        between: "{{ now().timestamp() }}"
    - converge.libvirt.virt_domain: *guest
      loop: "{{ range(loops) | list }}"
      register: done
      failed_when: done is changed
    - ansible.builtin.set_fact:
        end: "{{ now().timestamp() }}"
    - ansible.builtin.copy:
        content: "{{ [begin, between, end] | map('float') | to_json }}"
        dest: "{{ clock }}"
        mode: "0600"
"""


def task(bed: RunningBed) -> Figure:
    """A task that finds nothing to do, beside one that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        playbook, clock = Path(folder, "bench.yml"), Path(folder, "clock.json")
        playbook.write_text(PLAYBOOK)
        given = {"libvirt": bed.uri, "document": guest("task"), "loops": LOOPS, "clock": str(clock)}
        told = json.dumps({**given, "ansible_python_interpreter": sys.executable})
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "playbook", playbook, "-i", "localhost,", "-c", "local", "-e", told],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "LIBVIRT_"))},
                "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / ".cache"),
                "ANSIBLE_HOME": str(REPOSITORY / ".cache/ansible"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BedError(f"The playbook failed:\n{done.stdout}{done.stderr}")
        begin, between, end = json.loads(clock.read_text())
    return Figure("a virt_domain task that changes nothing", (end - between) / LOOPS, "ping", (between - begin) / LOOPS)


# -- the engine -----------------------------------------------------------------------------------------------------


def best(work: Callable[[], Any]) -> float:
    """Seconds that the work takes, undisturbed."""
    taken = []
    for _round in range(ROUNDS):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def plan(bed: RunningBed) -> list[Figure]:
    """Laying a large document over what libvirt has of it, with nothing and with something to change."""
    given = guest("large", DISKS)
    with bed.connection() as connection:
        stored_text = connection.defineXML(given).XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    stored, same = parse(stored_text), parse(given)
    changed = parse(given.replace("cache='none'", "cache='writeback'"))
    parsing = best(lambda: parse(stored_text))
    return [
        Figure(
            f"the plan for {DISKS} disks, {told}",
            best(lambda desired=desired: overlay(desired, stored, RULES)),  # type: ignore[misc]
            "parsing the stored document",
            parsing,
        )
        for told, desired in (("nothing to change", same), ("all of them to change", changed))
    ]


def again(bed: RunningBed) -> Figure:
    """The second apply of many guests: reading and comparing, beside defining them all again."""
    documents = {f"guest{number}": guest(f"guest{number}", 3) for number in range(GUESTS)}
    session = Session(Endpoint(bed.uri)).open()
    connection = session.connection
    for xml in documents.values():
        connection.defineXML(xml)
    read = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE
    ours, theirs = [], []
    for name, xml in documents.items():
        begin = time.perf_counter()
        stored = session.call("read it", session.call("find it", connection.lookupByName, name).XMLDesc, read)
        merged = overlay(parse(xml), parse(stored), RULES)
        between = time.perf_counter()
        session.call("define it", connection.defineXML, serialise(merged.document))
        ours.append(between - begin)
        theirs.append(time.perf_counter() - between)
        if merged.differences:
            raise BedError(f"The second apply of {name} would change {merged.differences[0].path}.")
    session.close()
    return Figure(
        f"the second apply of a guest, median of {GUESTS}",
        statistics.median(ours),
        "its define",
        statistics.median(theirs),
    )


if __name__ == "__main__":
    sys.exit(main())
