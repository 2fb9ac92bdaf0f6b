# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time the connection through the guest agent, as ratios: by a channel of its own, by the agent alone, and another's.

It starts a libvirt of its own, the bed `bench-connection`, with one tiny guest. `--peer FOLDER` names a folder with
ansible_collections/community/libvirt in it, as the package `ansible` brings it; without it the agent alone is what is
measured against. No figure makes it fail.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / ".cache"), str(REPOSITORY / "tests/bed")]

import libvirt
import yaml
from ansible.playbook.play_context import PlayContext
from converge_bed import documents
from converge_bed.basics import BedError
from converge_bed.running import RunningBed, bed_command
from converge_bed.state import Bed

from ansible_collections.converge.libvirt.plugins.connection import libvirt_qemu

BED = "bench-connection"
GUEST = "reached"
MEBIBYTE = 1024 * 1024
COMMANDS = 20
PEER = "ansible_collections/community/libvirt/plugins/connection/libvirt_qemu.py"


def main() -> int:
    """Measure everything, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", metavar="FOLDER", type=Path, help="where another collection is, to measure against")
    parser.add_argument("--size", metavar="MIB", type=int, default=16, help="of the file (default: 16)")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there as well")
    options = parser.parse_args()
    try:
        figures = measure(options.size * MEBIBYTE, options.peer)
    except BedError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    *_others, (against, base) = figures.items()
    print(f"{'':24}" + "".join(f"{what:>24}" for what in base))
    for who, row in figures.items():
        told = [f"{seconds:10.3f} s {base[what] / seconds:9.1f}x" for what, seconds in row.items()]
        print(f"{who:24}" + "".join(f"{text:>24}" for text in told))
    print(f"times as fast as {against}")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def measure(size: int, peer: Path | None) -> dict[str, dict[str, float]]:
    """Seconds of each work by each connection; what is measured against comes last."""
    files = Bed.named(BED)
    if files.init() is not None:
        raise BedError(f"The bed {BED} runs already: another run is measuring, or left it (bed.py stop {BED}).")
    bed_command("start", BED)
    try:
        bed = RunningBed(BED, files.uri, files.at("lib"))
        # Else it says on stderr that the agent is not there yet.
        libvirt.registerErrorHandler(lambda _context, _error: None, None)
        bed.await_agent(bed.connect().createXML(documents.guest_xml(GUEST, memory=256), 0))
        made: dict[str, Any] = {
            "by a channel": connection(libvirt_qemu, bed.uri, transfer_channel=True),
            "by the agent alone": connection(libvirt_qemu, bed.uri, transfer_channel=False),
        }
        if peer is not None:
            made["community.libvirt"] = connection(loaded(peer / PEER), bed.uri)
        figures = {who: work(there, size) for who, there in made.items()}
        bed.close()
        return figures
    finally:
        bed_command("stop", BED)


def loaded(path: Path) -> Any:
    """A plugin that is no part of this collection."""
    spec = importlib.util.spec_from_file_location("peer", path)
    if spec is None or spec.loader is None:
        raise BedError(f"There is no plugin {path}.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def connection(plugin: Any, uri: str, **options: Any) -> Any:
    """An open connection to the guest."""
    context = PlayContext()
    context.remote_addr = GUEST
    made = plugin.Connection(context, None)
    documented = yaml.safe_load(plugin.DOCUMENTATION)["options"]
    made._options = {name: option.get("default") for name, option in documented.items()}
    # Others call the URI otherwise.
    made._options.update({"remote_addr": GUEST, "uri": uri, "virt_uri": uri, **options})
    made._connect()
    return made


def work(there: Any, size: int) -> dict[str, float]:
    """Seconds to put a file, to fetch it, and to run a command that says a word."""
    with tempfile.TemporaryDirectory() as folder:
        given, back = Path(folder, "given"), Path(folder, "back")
        given.write_bytes(os.urandom(size))
        put = timed(lambda: there.put_file(str(given), "/tmp/bench"))
        fetch = timed(lambda: there.fetch_file("/tmp/bench", str(back)))
        if back.read_bytes() != given.read_bytes():
            raise BedError("A file did not come back as it went.")
    run = statistics.median(timed(lambda: there.exec_command("echo word")) for _number in range(COMMANDS))
    return {f"put {size // MEBIBYTE} MiB": put, f"fetch {size // MEBIBYTE} MiB": fetch, "run a command": run}


def timed(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    sys.exit(main())
