# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the bed that need neither root nor libvirt."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from converge_bed import cgroups, documents, guest, host, packages, state
from converge_bed.basics import BedError

HYBRID = """\
29 23 0:25 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
30 29 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
31 29 0:27 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,release_agent=/bin/x,name=systemd
32 29 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
33 23 0:29 / /mnt/other rw,relatime - cgroup2 cgroup2 rw
"""
UNIFIED = "30 23 0:26 / /sys/fs/cgroup rw,nosuid,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


def test_control_groups_of_a_machine_with_both_versions() -> None:
    top = Path("/sys/fs/cgroup")
    assert cgroups.hierarchies(HYBRID) == [
        cgroups.Hierarchy(1, top / "cpu,cpuacct", "cpu,cpuacct"),
        cgroups.Hierarchy(1, top / "systemd", "none,name=systemd"),
        cgroups.Hierarchy(2, top / "unified", ""),
    ]


def test_control_groups_of_a_machine_with_version_2() -> None:
    assert cgroups.hierarchies(UNIFIED) == [cgroups.Hierarchy(2, Path("/sys/fs/cgroup"), "")]


@pytest.mark.parametrize("name", ["", "-a", "Upper", "a/b", "..", "a" * 32])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(BedError, match="is no name for a bed"):
        state.Bed.named(name)


@pytest.mark.parametrize(
    ("folder", "words"), [("/run/beds", "hidden"), ("beds", "absolute"), ("/tmp/" + "x" * 90, "too long")]
)
def test_a_folder_that_cannot_hold_beds_is_refused(monkeypatch: pytest.MonkeyPatch, folder: str, words: str) -> None:
    monkeypatch.setenv("CONVERGE_BED_DIR", folder)
    with pytest.raises(BedError, match=words):
        state.Bed.named("test")


def test_beds_of_one_name_in_two_folders_have_two_control_groups() -> None:
    assert state.Bed("a", Path("/tmp/x/a")).cgroup != state.Bed("a", Path("/tmp/y/a")).cgroup


def test_a_process_is_told_from_a_later_one_with_its_id() -> None:
    own = state.Process.find(os.getpid())
    assert own is not None
    assert own.alive()
    assert not state.Process(own.pid, own.started + 1).alive()


def test_a_stale_record_is_no_running_bed(tmp_path: Path) -> None:
    bed = state.Bed("a", tmp_path)
    bed.record.write_text('{"init": [1, 1], "parent": [1, 1]}')
    assert bed.init() is None


def test_the_archive_is_what_cpio_reads(tmp_path: Path) -> None:
    if not Path("/bin/busybox").exists():
        pytest.skip("needs busybox, which comes with the bed's packages")
    source = tmp_path / "source"
    (source / "etc").mkdir(parents=True)
    (source / "etc/odd").write_bytes(b"12345")
    (source / "run.sh").write_text("#!/bin/sh\n")
    (source / "run.sh").chmod(0o755)
    (source / "link").symlink_to("etc/odd")
    target = tmp_path / "target"
    target.mkdir()
    subprocess.run(
        ["/bin/busybox", "cpio", "-i"], cwd=target, input=guest.cpio(source), check=True, capture_output=True
    )
    assert (target / "etc/odd").read_bytes() == b"12345"
    assert (target / "run.sh").stat().st_mode & 0o777 == 0o755
    assert os.readlink(target / "link") == "etc/odd"


def test_the_libraries_of_a_program() -> None:
    named = guest.needed(Path("/bin/sh").resolve())
    assert any(re.fullmatch(r"libc\.so\.6|ld-linux.*", name) for name in named)


def test_what_changes_by_itself_is_no_difference() -> None:
    pool = (
        "<pool type='dir'><name>a</name><available unit='bytes'>{}</available><target><path>/x</path></target></pool>"
    )
    assert host.canonical(pool.format(1)) == host.canonical(pool.format(2))
    channel = "<domain><devices><channel><target state='{}' name='a'/></channel></devices></domain>"
    assert host.canonical(channel.format("connected")) == host.canonical(channel.format("disconnected"))
    assert host.canonical("<domain><memory>1</memory></domain>") != host.canonical(
        "<domain><memory>2</memory></domain>"
    )


def test_names_in_documents_are_escaped() -> None:
    assert "<name>a&lt;b</name>" in documents.guest_xml("a<b")
    assert "<name>a&amp;b</name>" in documents.network_xml("a&b")


def test_no_package_is_named_twice() -> None:
    for family in (packages.DEBIAN, packages.FEDORA):
        names = family.core + family.split + family.foreign
        assert len(names) == len(set(names))
