# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time a plan against the number of devices, and draw it: the cost has to grow with the number and not faster.

It needs lxml and nothing that runs. The plot is an SVG file; 1 is returned where a plan takes longer than it may.
"""

from __future__ import annotations

import argparse
import sys
import time
import typing as t
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from plugins.module_utils._xml.document import parse
from plugins.module_utils._xml.overlay import overlay
from plugins.module_utils._xml.rules.domain import RULES

COUNTS = (10, 20, 40, 60, 100, 150, 200, 300, 400, 500)
LOOPS = 15
USUAL, USUAL_LIMIT = 60, 0.015
"""A large guest, and the seconds that its plan may take."""
GROWTH = 1.6
"""A device among the most may cost this much more than one of USUAL: what is quadratic costs eight times as much."""


def guest(count: int, cache: str = "none") -> str:
    """A guest with disks, NICs, channels and PCI ports in equal parts, as libvirt writes it."""
    devices = []
    for number in range(count // 4):
        slot = f"<address type='pci' domain='0x0000' bus='0x{number % 255 + 1:02x}' slot='0x00' function='0x0'/>"
        devices += [
            f"<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='{cache}'/>"
            f"<source file='/images/{number}.qcow2'/><target dev='vd{number}' bus='virtio'/>{slot}</disk>",
            f"<interface type='network'><mac address='52:54:00:00:{number // 256:02x}:{number % 256:02x}'/>"
            f"<source network='default'/><model type='virtio'/>{slot}</interface>",
            f"<channel type='unix'><target type='virtio' name='org.example.{number}'/>"
            f"<address type='virtio-serial' controller='0' bus='0' port='{number + 1}'/></channel>",
            f"<controller type='pci' index='{number + 1}' model='pcie-root-port'>"
            f"<model name='pcie-root-port'/><target chassis='{number + 1}' port='0x10'/></controller>",
        ]
    return (
        "<domain type='qemu'><name>bench</name><memory unit='KiB'>1048576</memory><vcpu>2</vcpu>"
        f"<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><devices>{''.join(devices)}</devices></domain>"
    )


def seconds(count: int) -> float:
    """The best time to parse both documents and to plan a change of every disk: what else a machine does only adds."""
    desired, stored, times = guest(count, "writeback"), guest(count), []
    for _loop in range(LOOPS):
        started = time.perf_counter()
        overlay(parse(desired), parse(stored), RULES)
        times.append(time.perf_counter() - started)
    return min(times)


def plot(times: t.Mapping[int, float], what: str, shown: int) -> str:
    """The times as SVG, beside a straight line through the last of them. what: is counted. shown: the least count whose
    time is written at its point.
    """
    width, height, edge = 640, 400, 50
    most, longest = max(times), max(times.values()) * 1000
    points = {
        count: (edge + count / most * (width - 2 * edge), height - edge - taken * 1000 / longest * (height - 2 * edge))
        for count, taken in times.items()
    }
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points.values())
    dots = "".join(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3'/>" for x, y in points.values())
    words = "".join(
        f"<text x='{x:.1f}' y='{y - 8:.1f}' text-anchor='end'>{count}: {times[count] * 1000:.1f} ms</text>"
        for count, (x, y) in points.items()
        if count >= shown
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' font-size='11'>"
        f"<rect width='{width}' height='{height}' fill='white'/>"
        f"<path d='M{edge} {edge}V{height - edge}H{width - edge}' fill='none' stroke='black'/>"
        f"<path d='M{edge} {height - edge}L{width - edge} {edge}' stroke='silver' stroke-dasharray='4'/>"
        f"<polyline points='{line}' fill='none' stroke='steelblue'/>{dots}{words}"
        f"<text x='{width / 2}' y='{height - 15}' text-anchor='middle'>{what}</text></svg>\n"
    )


def main() -> int:
    """Print the times, write the plot, and judge both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plot", type=Path, default=REPOSITORY / ".cache/bench/devices.svg", metavar="FILE")
    options = parser.parse_args()
    seconds(COUNTS[0])  # compiles the tables
    times = {count: seconds(count) for count in COUNTS}
    for count, taken in times.items():
        print(f"{count:4} devices: {taken * 1000:7.2f} ms, {taken * 1e6 / count:6.1f} µs each")
    options.plot.parent.mkdir(parents=True, exist_ok=True)
    options.plot.write_text(plot(times, "devices of the guest", USUAL), encoding="utf-8")
    print(f"plot: {options.plot}")
    growth = (times[COUNTS[-1]] / COUNTS[-1]) / (times[USUAL] / USUAL)
    faults = []
    if times[USUAL] > USUAL_LIMIT:
        faults.append(f"a plan for {USUAL} devices took {times[USUAL] * 1000:.1f} ms: {USUAL_LIMIT * 1000:.0f} may be")
    if growth > GROWTH:
        faults.append(f"one of {COUNTS[-1]} devices cost {growth:.1f} times as much as one of {USUAL}")
    for fault in faults:
        print(f"not good enough: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
