# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Volumes that are filled: from files, URLs and other volumes, whole or not at all; and given out again."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host

FOLDER = f"{documents.IMAGES}/pool"
MIB = 1024 * 1024


def holey(path: Path, size: int = 8 * MIB) -> Path:
    """A file of random bytes, each second MiB of it a hole."""
    with path.open("wb") as file:
        for at in range(0, size, 2 * MIB):
            file.seek(at)
            file.write(os.urandom(MIB))
        file.truncate(size)
    return path


def qcow2(path: Path, of: Path) -> Path:
    subprocess.run(["qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", of, path], check=True)
    return path


def behind(host: Host, volume: str) -> Path:
    """The file of a volume."""
    return host.bed.outside(f"{FOLDER}/{volume}")


def names(host: Host) -> list[str]:
    return sorted(one.split()[0] for one in host.virsh("vol-list", "images").splitlines())


def test_a_file_becomes_a_volume_and_its_holes_stay_holes(stocked: Host, tmp_path: Path) -> None:
    source = holey(tmp_path / "a.img")
    made = stocked.converge("virt_volume", pool="images", name="v.img", src=str(source))
    assert made["actions"] == [f"create volume 'v.img' in pool 'images' with the content of {source}"]
    assert (made["volume"]["format"], made["volume"]["capacity"]) == ("raw", 8 * MIB)
    volume = behind(stocked, "v.img")
    assert volume.read_bytes() == source.read_bytes()
    assert volume.stat().st_blocks <= source.stat().st_blocks
    assert names(stocked) == ["v.img"]


def test_an_image_is_converted_grown_and_given_out_again(stocked: Host, tmp_path: Path) -> None:
    raw = holey(tmp_path / "a.img")
    image = qcow2(tmp_path / "a.qcow2", raw)
    kept = stocked.converge("virt_volume", pool="images", name="same.qcow2", src=str(image))
    assert (kept["volume"]["format"], kept["volume"]["capacity"]) == ("qcow2", 8 * MIB)
    assert behind(stocked, "same.qcow2").read_bytes() == image.read_bytes()
    larger = stocked.converge("virt_volume", pool="images", name="more.qcow2", src=str(image), capacity="1GiB")
    assert (larger["volume"]["format"], larger["volume"]["capacity"]) == ("qcow2", 1024 * MIB)
    stocked.converge("virt_volume", pool="images", name="v.img", src=str(image), format="raw")
    assert behind(stocked, "v.img").read_bytes() == raw.read_bytes()
    stocked.converge("virt_volume", pool="images", name="w.qcow2", src=str(raw), format="qcow2", capacity="16MiB")
    assert names(stocked) == ["more.qcow2", "same.qcow2", "v.img", "w.qcow2"]
    out = tmp_path / "out.img"
    stocked.converge("virt_volume", pool="images", name="v.img", dest=str(out))
    assert out.read_bytes() == raw.read_bytes()
    assert out.stat().st_blocks <= raw.stat().st_blocks
    out.write_bytes(b"else")
    stocked.converge("virt_volume", pool="images", name="v.img", dest=str(out))
    assert out.read_bytes() == raw.read_bytes()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zst": lambda data: subprocess.run(["zstd", "-qc"], input=data, check=True, capture_output=True).stdout,
}


@pytest.mark.parametrize("packer", PACKERS)
def test_what_is_packed_is_unpacked(stocked: Host, tmp_path: Path, packer: str) -> None:
    raw = holey(tmp_path / "a.img")
    packed = tmp_path / f"a.img.{packer}"
    # A file may hold several streams, one after the other.
    content = raw.read_bytes()
    packed.write_bytes(PACKERS[packer](content[:MIB]) + PACKERS[packer](content[MIB:]))
    stocked.converge("virt_volume", pool="images", name="v.img", src=str(packed), capacity="8MiB")
    assert behind(stocked, "v.img").read_bytes() == content
    assert behind(stocked, "v.img").stat().st_blocks <= raw.stat().st_blocks
    packed.write_bytes(packed.read_bytes()[:-100])
    said = stocked.fails("virt_volume", pool="images", name="half.img", src=str(packed))
    assert f"cannot read {packed}" in said["msg"]
    assert "what was made of it is removed again" in said["msg"]
    assert said["changed"] is False
    assert names(stocked) == ["v.img"]


def test_a_volume_is_cloned(stocked: Host, tmp_path: Path) -> None:
    raw = holey(tmp_path / "a.img")
    stocked.run("virt_volume", pool="images", name="base.img", src=str(raw))
    task: dict[str, Any] = {"pool": "images", "clone": {"volume": "base.img"}}
    cloned = stocked.converge("virt_volume", name="v.img", **task)
    assert "the content of volume 'base.img' of pool 'images'" in cloned["actions"][0]
    assert behind(stocked, "v.img").read_bytes() == raw.read_bytes()
    assert (
        stocked.converge("virt_volume", name="w.qcow2", format="qcow2", capacity="1GiB", **task)["volume"]["capacity"]
        == 1024 * MIB
    )
    assert "capacity is" in stocked.refuses("virt_volume", name="x.img", capacity="1MiB", **task)
    said = stocked.forbids("virt_volume", pool="images", name="x.img", clone={"volume": "nothing"})
    assert "no volume 'nothing' of pool 'images'" in said


def test_a_changed_source_is_noticed_where_that_is_asked_for(stocked: Host, tmp_path: Path) -> None:
    source = holey(tmp_path / "a.img")
    task: dict[str, Any] = {"pool": "images", "name": "v.img", "src": str(source)}
    stocked.run("virt_volume", **task)
    stocked.unchanged("virt_volume", compare="content", **task)
    content = bytearray(source.read_bytes())
    content[5 * MIB] = 1
    source.write_bytes(content)
    stocked.unchanged("virt_volume", **task)
    said = stocked.refuses("virt_volume", compare="content", **task)
    assert "other from byte 5242880 on" in said
    for overwrite in ("safely", "in_place"):
        content[6 * MIB] += 1
        source.write_bytes(content)
        replaced = stocked.converge("virt_volume", compare="content", overwrite=overwrite, **task)
        assert [change["path"] for change in replaced["changes"]] == ["content"]
        assert behind(stocked, "v.img").read_bytes() == content
    assert names(stocked) == ["v.img"]


def test_a_changed_image_is_noticed_and_replaced_as_it_is(stocked: Host, tmp_path: Path) -> None:
    raw = holey(tmp_path / "a.img")
    image = qcow2(tmp_path / "a.qcow2", raw)
    task: dict[str, Any] = {"pool": "images", "name": "v.qcow2", "src": str(image), "compare": "content"}
    stocked.converge("virt_volume", **task)
    for overwrite in ("safely", "in_place"):
        qcow2(image, holey(raw))
        replaced = stocked.converge("virt_volume", overwrite=overwrite, **task)
        assert [change["path"] for change in replaced["changes"]] == ["content"]
        assert behind(stocked, "v.qcow2").read_bytes() == image.read_bytes()
    assert names(stocked) == ["v.qcow2"]


def test_a_check_of_an_empty_host_foresees_it(host: Host, tmp_path: Path) -> None:
    for source in ({"src": str(tmp_path / "later.img")}, {"clone": {"volume": "later.img"}}):
        assert host.check("virt_volume", pool="later", name="v.img", **source)["changed"] is True
    host.make_pool("images", FOLDER)
    for source in ({"src": str(tmp_path / "later.img")}, {"clone": {"volume": "later.img"}}):
        assert host.check("virt_volume", pool="images", name="v.img", **source)["changed"] is True


def test_a_packed_file_is_given_out_packed(stocked: Host, tmp_path: Path) -> None:
    """What a volume holds is never unpacked, only a source is."""
    packed = gzip.compress(os.urandom(MIB))
    packed += bytes(-len(packed) % 512)
    (tmp_path / "twice.gz").write_bytes(gzip.compress(packed))
    stocked.run("virt_volume", pool="images", name="v.gz", src=str(tmp_path / "twice.gz"))
    stocked.converge("virt_volume", pool="images", name="v.gz", dest=str(tmp_path / "out.gz"))
    assert (tmp_path / "out.gz").read_bytes() == packed
    stocked.converge(
        "virt_volume", pool="images", name="w.gz", clone={"volume": "v.gz"}, compare="content", overwrite="safely"
    )


def test_an_installer_is_raw_whatever_libvirt_calls_it(stocked: Host, tmp_path: Path) -> None:
    source = holey(tmp_path / "a.iso")
    with source.open("r+b") as file:
        file.seek(0x8001)
        file.write(b"CD001")
    task: dict[str, Any] = {"pool": "images", "name": "a.iso", "src": str(source), "format": "raw"}
    stocked.run("virt_volume", **task)
    stocked.virsh("pool-refresh", "images")
    assert "type='iso'" in stocked.virsh("vol-dumpxml", "--pool", "images", "a.iso")
    stocked.unchanged("virt_volume", compare="content", **task)
    stocked.converge("virt_volume", pool="images", name="b.iso", clone={"volume": "a.iso"}, compare="content")
    assert behind(stocked, "b.iso").read_bytes() == source.read_bytes()
