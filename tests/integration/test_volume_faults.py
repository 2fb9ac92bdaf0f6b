# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A transfer that does not come to its end: nothing half-written is left, or the next run knows of it."""

from __future__ import annotations

import filecmp
import sys
import threading
import time
from pathlib import Path
from typing import Any, Literal

import pytest
from converge_bed.proxy import WRITES, Fault, Write

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host, one_sentence
from ansible_collections.converge.libvirt.tests.integration.test_volume_content import (
    MIB,
    behind,
    holey,
    names,
    qcow2,
)

IMAGES = documents.IMAGES


@pytest.mark.parametrize("action", ["cut", "kill"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_interrupted_upload_leaves_nothing(
    stocked: Host,
    tmp_path: Path,
    action: Literal["cut", "kill"],
    moment: Literal["before", "after"],
) -> None:
    source = holey(tmp_path / "a.img")
    task: dict[str, Any] = {"pool": "images", "name": "v.img", "src": str(source)}
    for number in (1, 2, 3, 4):
        # The volume beside, the volume, its content, and the volume beside again, which goes.
        with stocked.bed.proxy(Fault(action, number, moment, of=WRITES)) as proxy:
            outcome = stocked.attempt("virt_volume", uri=proxy.uri, timeout=10, **task)
            assert proxy.happened, number
        stocked.connection = stocked.bed.connect()
        assert "removed again" in one_sentence(outcome)
        assert outcome["changed"] is False
        assert names(stocked) == [], (number, outcome["msg"])
    stocked.converge("virt_volume", **task)


def test_a_stalled_upload_ends_in_time(stocked: Host, tmp_path: Path) -> None:
    source = holey(tmp_path / "a.img", 64 * MIB)
    with stocked.bed.proxy(Fault("hang", 1, "before", of=[Write.STORAGE_VOL_UPLOAD])) as proxy:
        begin = time.monotonic()
        outcome = stocked.fails(
            "virt_volume", uri=proxy.uri, timeout=2, wait_timeout=3, pool="images", name="v.img", src=str(source)
        )
        assert time.monotonic() - begin < 30
        assert proxy.happened
    assert "nothing has moved for 3 s" in outcome["msg"]
    assert "removed again" in outcome["msg"]
    assert names(stocked) == []


def test_a_full_disk_is_told_and_nothing_is_left(host: Host, tmp_path: Path) -> None:
    folder = f"{IMAGES}/small"
    host.bed.exec("mkdir", "-p", folder)
    host.bed.exec("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder)
    try:
        host.connection.storagePoolDefineXML(documents.pool("small", folder=folder)).create()
        raw = holey(tmp_path / "a.img", 16 * MIB)
        image = qcow2(tmp_path / "a.qcow2", raw)
        for task in ({"src": str(raw)}, {"src": str(image)}, {"src": str(image), "format": "raw"}):
            said = host.fails("virt_volume", pool="small", name="v", **task)["msg"]
            assert "No space left" in said
            assert "removed again" in said
            assert host.virsh("vol-list", "small").split() == []
        host.bed.exec("mount", "-o", "remount,size=64m", folder)
        host.converge("virt_volume", pool="small", name="v", src=str(raw))
        host.run("virt_pool", name="small", state="absent")
    finally:
        host.bed.exec("umount", folder)


def test_two_runs_fill_a_volume_once(stocked: Host, tmp_path: Path) -> None:
    source = holey(tmp_path / "a.img", 256 * MIB)
    task: dict[str, Any] = {"pool": "images", "name": "v.img", "src": str(source)}
    outcomes: list[Any] = []
    runs = [threading.Thread(target=lambda: outcomes.append(stocked.run("virt_volume", **task))) for _each in "abc"]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(one["changed"] for one in outcomes) == [False, False, True]
    assert names(stocked) == ["v.img"]
    assert behind(stocked, "v.img").read_bytes() == source.read_bytes()


def test_what_a_killed_run_left_is_no_volume(stocked: Host, tmp_path: Path) -> None:
    source = holey(tmp_path / "a.img")
    task: dict[str, Any] = {"pool": "images", "name": "v.img", "src": str(source), "timeout": 2}
    stocked.make_volume("images", "v.img")
    stocked.make_volume("images", "v.img.incoming")
    said = stocked.refuses("virt_volume", **task)
    assert "half-written by another run" in said
    assert "overwrite" in said
    made = stocked.converge("virt_volume", overwrite="in_place", **task)
    assert made["changes"][0]["path"] == "content"
    assert behind(stocked, "v.img").read_bytes() == source.read_bytes()
    assert names(stocked) == ["v.img"]
    stocked.virsh("vol-delete", "--pool", "images", "v.img")
    stocked.make_volume("images", "v.img.incoming")
    assert "v.img.incoming" in stocked.refuses("virt_volume", **task)
    stocked.converge("virt_volume", overwrite="safely", **task)
    assert names(stocked) == ["v.img"]


def test_a_wrong_checksum_replaces_nothing(stocked: Host, tmp_path: Path) -> None:
    source = holey(tmp_path / "a.img")
    task: dict[str, Any] = {"pool": "images", "name": "v.img", "src": str(source)}
    wrong = f"sha256:{'0' * 64}"
    said = stocked.fails("virt_volume", checksum=wrong, **task)["msg"]
    assert "the checksum of" in said
    assert "removed again" in said
    assert names(stocked) == []
    stocked.run("virt_volume", **task)
    before = behind(stocked, "v.img").read_bytes()
    holey(source)
    for overwrite in ("safely", "in_place"):
        failed = stocked.fails("virt_volume", checksum=wrong, compare="content", overwrite=overwrite, **task)
        assert failed["changed"] is False
        assert names(stocked) == ["v.img"]
        assert behind(stocked, "v.img").read_bytes() == before


#: Runs a command and writes into a file how much memory it took, in KiB: of one command, whatever ran before.
MEASURING = """\
import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as most:
    most.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)
"""


def test_a_large_file_takes_no_more_memory(stocked: Host, tmp_path: Path) -> None:
    most = tmp_path / "most"
    stocked.launcher = (sys.executable, "-c", MEASURING, str(most))
    sizes: list[list[int]] = []
    for mib in (8, 1024):
        source = holey(tmp_path / f"{mib}.img", mib * MIB)
        sizes.append([])
        for option, path in (("src", source), ("dest", f"{source}.out")):
            task: dict[str, Any] = {"pool": "images", "name": f"{mib}.img", option: str(path)}
            stocked.run("virt_volume", **task)
            sizes[-1].append(int(most.read_text()))
        assert filecmp.cmp(source, f"{source}.out", shallow=False)
    for small, large in zip(*sizes):
        assert large - small < 32 * 1024
