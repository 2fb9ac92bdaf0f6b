# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Volumes that others use, become smaller, build upon others, or go: nothing is lost that nobody asked to lose."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host
from ansible_collections.converge.libvirt.tests.integration.test_volume_content import (
    FOLDER,
    MIB,
    behind,
    holey,
    names,
    qcow2,
)


def test_a_volume_shrinks_only_when_that_is_asked_for(stocked: Host) -> None:
    for name, form in (("v.img", "raw"), ("v.qcow2", "qcow2")):
        task: dict[str, Any] = {"pool": "images", "name": name, "format": form}
        stocked.run("virt_volume", capacity="8MiB", allocation="0B", **task)
        assert "shrink: true" in stocked.refuses("virt_volume", capacity="4MiB", **task)
        shrunk = stocked.converge("virt_volume", capacity="4MiB", shrink=True, **task)
        assert shrunk["volume"]["capacity"] == 4 * MIB
        grown = stocked.converge("virt_volume", capacity="6MiB", shrink=True, **task)
        assert grown["volume"]["capacity"] == 6 * MIB
    stocked.run("virt_volume", pool="images", name="full.img", capacity="8MiB")
    said = stocked.refuses("virt_volume", pool="images", name="full.img", capacity="4MiB", shrink=True)
    assert "libvirt makes none smaller than that" in said


def test_what_a_running_guest_uses_is_left_alone(stocked: Host, tmp_path: Path) -> None:
    source = holey(tmp_path / "a.img")
    task: dict[str, Any] = {"pool": "images", "name": "v.img"}
    stocked.run("virt_volume", src=str(source), **task)
    stocked.run("virt_domain", xml=guest_xml("g", devices=documents.disk(f"{FOLDER}/v.img")), state="paused")
    before = behind(stocked, "v.img").read_bytes()
    holey(source)
    for forbidden in (
        {"src": str(source), "compare": "content", "overwrite": "safely"},
        {"capacity": "6MiB", "shrink": True},
        {"dest": str(tmp_path / "out.img")},
        {"state": "absent", "wipe": "zero"},
        {"name": "w.img", "clone": {"volume": "v.img"}},
    ):
        assert "'g'" in stocked.forbids("virt_volume", **{**task, **forbidden})
    assert behind(stocked, "v.img").read_bytes() == before
    assert not (tmp_path / "out.img").exists()
    # Read-only, it cannot change while it is read.
    stocked.run("virt_domain", name="g", state="absent", shutdown={"timeout": 0.1, "force": True})
    only = documents.disk(f"{FOLDER}/v.img", more="<readonly/>")
    stocked.run("virt_domain", xml=guest_xml("g", devices=only), state="paused")
    stocked.converge("virt_volume", pool="images", name="w.img", clone={"volume": "v.img"})


def test_an_image_that_others_build_upon_keeps_its_content(stocked: Host, tmp_path: Path) -> None:
    raw = holey(tmp_path / "a.img")
    image = qcow2(tmp_path / "a.qcow2", raw)
    stocked.run("virt_volume", pool="images", name="base.qcow2", src=str(image))
    upon = {"path": f"{FOLDER}/base.qcow2", "format": "qcow2"}
    stocked.converge("virt_volume", pool="images", name="top.qcow2", format="qcow2", backing=upon)
    image = qcow2(image, holey(raw))
    task: dict[str, Any] = {"compare": "content", "overwrite": "safely", "src": str(image)}
    assert "top.qcow2" in stocked.forbids("virt_volume", pool="images", name="base.qcow2", **task)
    # An image that names another file is no source: the hypervisor would read whatever file has that name there.
    evil = tmp_path / "evil.qcow2"
    stocked.bed.exec("qemu-img", "create", "-q", "-f", "qcow2", "-b", "/etc/hostname", "-F", "raw", evil, "1M")
    for name in ("evil.qcow2", "evil.img"):
        assert "needs another file" in stocked.refuses("virt_volume", pool="images", name=name, src=str(evil))


def test_a_volume_is_wiped_before_it_goes(stocked: Host) -> None:
    stocked.run("virt_volume", pool="images", name="v.img", capacity="1MiB", format="raw")
    file = behind(stocked, "v.img")
    file.write_bytes(os.urandom(MIB))
    kept = file.with_name("link")
    os.link(file, kept)
    gone = stocked.converge("virt_volume", pool="images", name="v.img", state="absent", wipe="zero")
    assert gone["actions"][0] == "wipe volume 'v.img' (zero)"
    assert kept.read_bytes() == bytes(MIB)
    kept.unlink()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"checksum": "sha256:0"}, "checksum is for a task with src or url"),
        ({"compare": "content"}, "compare and overwrite are for a task with"),
        ({"wipe": "zero"}, "wipe is for state: absent"),
        ({"state": "absent", "dest": "/x"}, "neither a source nor a dest"),
        ({"src": "/x", "url": "http://x/"}, "mutually exclusive"),
        ({"cache": "/x", "src": "/y"}, "cache is for a task with url"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(stocked: Host, options: dict[str, Any], said: str) -> None:
    assert said in stocked.refuses("virt_volume", pool="images", name="v.img", **options)


def test_a_conversion_that_cannot_be_compared_is_told(stocked: Host, tmp_path: Path) -> None:
    source = holey(tmp_path / "a.img")
    task: dict[str, Any] = {"pool": "images", "name": "v.qcow2", "format": "qcow2", "src": str(source)}
    stocked.run("virt_volume", **task)
    assert "says nothing of" in stocked.refuses("virt_volume", compare="content", **task)
    grown = {"pool": "images", "name": "w.img", "src": str(source), "capacity": "16MiB", "compare": "content"}
    stocked.converge("virt_volume", **grown)
    assert names(stocked) == ["v.qcow2", "w.img"]
