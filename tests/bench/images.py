# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time how an image of 1 GiB in 2 GiB becomes a volume, against the plain tools: the transfer alone, in the same run.

A ratio of 1 is as fast as the tool, 0.5 takes twice as long. Ours and theirs take turns, and the best of each counts,
for what disturbs a machine only ever makes it slower. It needs what `make bench` needs, curl, and room for 10 GiB.
"""

from __future__ import annotations

import argparse
import json
import os
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
from converge_bed.running import RunningBed

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.volume_filled import FilledVolume
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Plan
from ansible_collections.converge.libvirt.plugins.module_utils._session import Endpoint, Session
from ansible_collections.converge.libvirt.plugins.module_utils._spec.volume import VOLUME
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse
from ansible_collections.converge.libvirt.tests.bench.run import own_bed

MIB = 1024 * 1024
#: What an image is slower than may be so much of the speed of the tool.
WANTED = 0.8


@dataclass
class Figure:
    """Seconds of our work and of what it is measured against."""

    what: str
    against: str
    ours: float = float("inf")
    theirs: float = float("inf")

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours


class Place:
    """A libvirt with a pool, and beside it a folder of the same file system for the tools."""

    def __init__(self, bed: RunningBed, folder: Path) -> None:
        self.session = Session(Endpoint(bed.uri)).open()
        self.uri = bed.uri
        self.folder = folder
        (bed.path / "images/bench").mkdir()
        xml = "<pool type='dir'><name>bench</name><target><path>/var/lib/libvirt/images/bench</path></target></pool>"
        self.pool = self.session.connection.storagePoolDefineXML(xml)
        self.pool.create()

    def fill(self, name: str, **options: Any) -> float:
        """Make a volume anew as a task does; the seconds of the step that gives it its content."""
        for volume in self.pool.listAllVolumes():
            if volume.name() == name:
                volume.delete(0)
        defaults = {one: argument.get("default") for one, argument in VOLUME.argument_spec().items()}
        kind = FilledVolume(self.session, {**defaults, "pool": "bench", "name": name, **options}, check=False)
        plan, kind.name = Plan(), name
        kind.find(name, None)
        assert kind.content is not None
        kind.content.plan_new(parse(f"<volume><name>{name}</name></volume>"), plan)
        begin = time.monotonic()
        for step in plan.steps:
            step.run()
        return time.monotonic() - begin

    def run(self, *words: str | Path) -> Callable[[], object]:
        return lambda: subprocess.run(list(map(str, words)), check=True, cwd=self.folder)


def seconds(work: Callable[[], object]) -> float:
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


def make(folder: Path, data: int) -> dict[str, Path]:
    """An image with as much data as holes, raw and qcow2. data: MiB."""
    raw, other = folder / "image.img", folder / "image.qcow2"
    with raw.open("wb") as file:
        for at in range(0, 2 * data, 8):
            file.seek(at * MIB)
            file.write(os.urandom(4 * MIB))
        file.truncate(2 * data * MIB)
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, other], check=True)
    return {"raw": raw, "qcow2": other}


def measure(place: Place, images: dict[str, Path], rounds: int, port: int) -> list[Figure]:
    figures: list[Figure] = []
    for form, image in images.items():
        clone = Figure(f"clone, {form}", "cp --sparse=always")
        upload = Figure(f"upload, {form}", "virsh vol-upload --sparse")
        fetch = Figure(f"fetch and verify, {form}", "curl, then sha256sum")
        figures += [clone, upload, fetch]
        url = f"http://127.0.0.1:{port}/{image.name}"
        digest = subprocess.run(["sha256sum", image], check=True, capture_output=True, text=True).stdout.split()[0]
        checksum = f"sha256:{digest}"
        place.fill("base", src=str(image))
        xml = (
            f"<volume><name>theirs</name><capacity>{2 * MIB}</capacity><allocation>0</allocation>"
            f"<target><format type='{form}'/></target></volume>"
        )
        for _round in range(rounds):
            clone.ours = min(clone.ours, place.fill("ours", clone={"pool": None, "volume": "base"}))
            clone.theirs = min(clone.theirs, seconds(place.run("cp", "--sparse=always", image, "copy")))
            upload.ours = min(upload.ours, place.fill("ours", src=str(image)))
            theirs = place.pool.createXML(xml, 0)
            words = ("vol-upload", "--sparse", "--pool", "bench", "theirs", image)
            upload.theirs = min(upload.theirs, seconds(place.run("virsh", "-q", "-c", place.uri, *words)))
            theirs.delete(0)
            fetch.ours = min(fetch.ours, place.fill("ours", url=url, checksum=checksum))
            with_sum = f"curl -sS -o fetched {url} && echo '{digest}  fetched' | sha256sum --quiet -c"
            fetch.theirs = min(fetch.theirs, seconds(place.run("sh", "-c", with_sum)))
            for name in ("copy", "fetched"):
                (place.folder / name).unlink()
    return figures


@contextmanager
def serving(folder: str) -> Iterator[int]:
    """A web server of a folder; its port."""
    command = [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline().split(" port ")[1].split()[0])
        finally:
            server.terminate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=int, default=1024, metavar="MIB", help="data in the image (1024)")
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args()
    try:
        with own_bed() as bed, tempfile.TemporaryDirectory(dir=bed.path) as name, serving(name) as port:
            folder = Path(name)
            figures = measure(Place(bed, folder), make(folder, options.data), options.rounds, port)
    except BedError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps([{**asdict(figure), "ratio": figure.ratio} for figure in figures], indent=1))
        return 0
    for figure in figures:
        verdict = "" if figure.ratio >= WANTED else f"  below {WANTED}"
        print(
            f"{figure.what:24} {figure.ours:6.2f} s   {figure.against:26} {figure.theirs:6.2f} s   "
            f"{figure.ratio:5.2f} of its speed{verdict}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
