# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of what changes while a guest runs and a network is active, in docs/docsite/rst/guide_live.rst, from the
collection's own data.

`python tests/tools/live_table.py` writes them; tests/unit/test_live_table.py fails where one is not up to date, and
where a row has no proof.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / ".cache"))

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.domain_live import CLASSES
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.network import SECTIONS

GUIDE = REPOSITORY / "docs/docsite/rst/guide_live.rst"
BEGIN, END = ".. the table of {} begins\n", ".. the table of {} ends\n"


@dataclass(frozen=True)
class Proof:
    """How a row is known to be right. mark: verified, mocked or untried. by: words of the test that shows it, or the
    reason why no guest of the test bed can.
    """

    mark: str
    by: str


def verified(by: str) -> Proof:
    return Proof("verified", by)


def mocked(by: str) -> Proof:
    return Proof("mocked", by)


#: By path: plugging in and out, changing a device that stays, and tuning the guest.
PLUGGED = {
    "devices/channel": verified("a channel"),
    "devices/console": verified("a virtio console"),
    "devices/controller": verified("a SCSI controller"),
    "devices/disk": verified("a virtio disk"),
    "devices/filesystem": verified("a shared folder"),
    "devices/hostdev": mocked("no host device can be given away on the test bed"),
    "devices/input": verified("a tablet"),
    "devices/interface": verified("a NIC"),
    "devices/lease": verified("a lease"),
    "devices/memory": verified("memory"),
    "devices/redirdev": verified("a redirected USB device"),
    "devices/rng": verified("randomness"),
    "devices/serial": verified("a USB serial port"),
    "devices/shmem": verified("shared memory"),
    "devices/vsock": mocked("the test bed has no vhost-vsock"),
    "devices/watchdog": verified("a watchdog"),
}
CHANGED = {
    "devices/disk/source": verified("the disc in a CD drive"),
    "devices/disk@type": verified("the disc in a CD drive"),
    "devices/disk/iotune": verified("the limits of a disk"),
    "devices/disk/source@startupPolicy": mocked("the test bed shows that libvirt takes it"),
    "devices/graphics@connected": mocked("what libvirt takes depends on the kind of screen"),
    "devices/graphics@passwd": verified("the password of a screen"),
    "devices/graphics@passwdValidTo": mocked("as the password"),
    "devices/interface/bandwidth": mocked("the kernel of the test bed lacks the queueing that libvirt uses"),
    "devices/interface/coalesce": verified("the coalescing of a NIC"),
    "devices/interface/filterref": verified("the filter of a NIC"),
    "devices/interface/link": verified("the link of a NIC"),
    "devices/interface/port": verified("the isolation of a NIC"),
    "devices/interface/source@bridge": mocked("as the network"),
    "devices/interface/source@network": verified("the network of a NIC"),
    "devices/interface/virtualport": mocked("libvirt on the test bed is older"),
    "devices/interface/vlan": mocked("the test bed has no Open vSwitch"),
    "devices/interface@trustGuestRxFilters": mocked("libvirt on the test bed is older"),
    "devices/interface@type": mocked("as the network"),
    "devices/memballoon/stats": verified("the statistics of the balloon"),
    "devices/memory/target/requested": verified("memory_of_a_virtio_module"),
}
TUNED = {
    "blkiotune/weight": verified("may_take_of_its_host"),
    "cputune/emulator_period": verified("may_take_of_its_host"),
    "cputune/emulator_quota": verified("may_take_of_its_host"),
    "cputune/emulatorpin": verified("may_take_of_its_host"),
    "cputune/global_period": verified("may_take_of_its_host"),
    "cputune/global_quota": verified("may_take_of_its_host"),
    "cputune/iothread_period": verified("may_take_of_its_host"),
    "cputune/iothread_quota": verified("may_take_of_its_host"),
    "cputune/iothreadpin": mocked("as the pins of virtual CPUs"),
    "cputune/period": verified("may_take_of_its_host"),
    "cputune/quota": verified("may_take_of_its_host"),
    "cputune/shares": verified("may_take_of_its_host"),
    "cputune/vcpupin": verified("may_take_of_its_host"),
    "currentMemory": verified("the_balloon_follows"),
    "description": verified("the description"),
    "iothreadids": verified("I/O threads"),
    "iothreadids/iothread": verified("I/O threads"),
    "iothreads": verified("I/O threads"),
    "memtune/hard_limit": mocked("a guest with one cannot be started again on the test bed"),
    "memtune/soft_limit": verified("may_take_of_its_host"),
    "memtune/swap_hard_limit": mocked("it needs a hard limit"),
    "metadata": verified("what another tool wrote"),
    "numatune/memory@nodeset": mocked("the test bed has one node"),
    "on_crash": verified("what happens at a crash"),
    "on_poweroff": verified("what happens at power-off and reboot"),
    "on_reboot": verified("what happens at power-off and reboot"),
    "perf/event": verified("may_take_of_its_host"),
    "title": verified("the title"),
    "vcpu@current": verified("the virtual CPUs"),
    "vcpus": verified("the virtual CPUs"),
}
#: Entries of a network: what people call them, and words of the test that changes them.
ENTRIES = {
    "ip/dhcp/host": ("addresses of single guests", "a DHCP host"),
    "ip/dhcp/range": ("ranges of addresses", "a DHCP range"),
    "dns/host": ("names of addresses", "a name"),
    "dns/txt": ("texts in the DNS", "a text"),
    "dns/srv": ("services in the DNS", "a service"),
    "portgroup": ("port groups", "a port group"),
    "forward/interface": ("interfaces to forward to", "an interface to forward to"),
}
#: Drivers beside QEMU's, by their names at libvirt: what people call them.
NAMES = {"LXC": "LXC", "Xen": "Xen", "TEST": "libvirt's test driver"}
#: What people should know of a row.
NOTES = {
    "vcpu@current": "fewer only of those that came while it runs, which an emulated guest never gives back",
    "currentMemory": "only a change of the definition moves the balloon",
    "devices/memory": "a virtio module grows and shrinks, and goes once the guest has given back all of it",
    "devices/disk@type": "with the medium",
    "cputune/vcpupin": "a pin that is no longer named waits",
    "devices/filesystem": "needs shared memory",
}


def base(path: str) -> str:
    """A path of the tables as people read it: the element or attribute that is changed as one."""
    path = re.sub(r"(/\*\*)?(@\*|/\*)?$", "", path.removesuffix("/**"))
    return re.sub(
        r"^(devices/disk/source)@(?!startup).*|^(devices/memballoon/stats).*|^(.*pin)@.*|^(.*event)@.*",
        lambda match: next(one for one in match.groups() if one),
        path,
    )


def rows() -> list[tuple[str, str, str, Proof | None]]:
    """Path, what libvirt does, on which condition, and the proof."""
    found: dict[tuple[str, str], tuple[str, str, str, Proof | None]] = {}

    def add(path: str, does: str, condition: str, proofs: dict[str, Proof]) -> None:
        found.setdefault((path, does), (path, does, condition, proofs.get(path)))

    for path in sorted({*CLASSES.plug, *CLASSES.unplug}):
        add(path, "plug in", CLASSES.plug[path], PLUGGED)
        asked = "take out, with ``unplug``" if path in CLASSES.asked_for else "take out"
        add(path, asked, CLASSES.unplug[path], PLUGGED)
    for path in sorted(CLASSES.change):
        add(base(path), "change", CLASSES.change[path].partition(" if ")[2], CHANGED)
    for path in sorted([*CLASSES.tune, *CLASSES.parameters, "currentMemory"]):
        add(base(path), "set", "", TUNED)
    return list(found.values())


def table(widths: str, rows: Iterable[tuple[str, ...]]) -> str:
    """A table, as reStructuredText; the first row is its head."""
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", ""]
    for cells in rows:
        lines += [f"   {'* -' if number == 0 else '  -'} {cell}".rstrip() for number, cell in enumerate(cells)]
    return "\n".join(lines) + "\n"


def people(condition: str) -> str:
    """A condition with libvirt's numbers of versions as people write them."""

    def version(number: re.Match[str]) -> str:
        major, rest = divmod(int(number[0]), 1_000_000)
        return f"{major}.{rest // 1000}"

    return re.sub(r"(?<=>= )\d{7,}", version, condition)


def classes() -> str:
    """What changes while a guest runs."""
    return table("30 18 32 20", [("what", "while it runs", "where", "shown by"), *(_cells(*row) for row in rows())])


def drivers() -> str:
    """What changes while a guest of another driver runs."""
    found = [("driver", "set while a guest runs")]
    for driver, paths in CLASSES.drivers.items():
        if driver not in NAMES:
            continue
        known = dict.fromkeys(base(path) for path in paths)
        found.append((NAMES[driver], ", ".join(f"``{path}``" for path in known)))
    return table("25 75", found)


def entries() -> str:
    """What changes while a network is active."""
    found = [("entries", "what they are", "one that differs", "shown by")]
    for path, section in SECTIONS.items():
        differs = "is changed in place" if section.keys else "is taken out and put in anew"
        found.append((f"``{path}``", ENTRIES[path][0], differs, "verified"))
    return table("25 30 30 15", found)


def _cells(path: str, does: str, condition: str, proof: Proof | None) -> tuple[str, ...]:
    where = [f"``{people(condition)}``"] if condition else []
    where += [NOTES[path]] if path in NOTES else []
    shown = "" if proof is None else "verified" if proof.mark == "verified" else f"{proof.mark}: {proof.by}"
    if "$" in condition and shown == "verified":
        shown = "verified; mocked: other hosts"
    return f"``{path}``", does, "; ".join(where), shown


def written(text: str) -> str:
    """The text of the guide with the tables in their places."""
    for name, made in (("classes", classes()), ("drivers", drivers()), ("entries", entries())):
        before, _begin, rest = text.partition(BEGIN.format(name))
        _old, _end, after = rest.partition(END.format(name))
        text = f"{before}{BEGIN.format(name)}\n{made}\n{END.format(name)}{after}"
    return text


if __name__ == "__main__":
    GUIDE.write_text(written(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
