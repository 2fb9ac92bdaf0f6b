# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which process is the first of a container."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.converge.libvirt.plugins.plugin_utils import _namespaces
from ansible_collections.converge.libvirt.plugins.plugin_utils._namespaces import first_process


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A controller of container box, which libvirtd knows as 7, and its child 101."""
    process(tmp_path, "libvirt_lxc", 1, "100\t7", "--name\0box\0")
    process(tmp_path, "sh", 100, "101\t8\t1", "-c\0true\0")
    (tmp_path / "102").mkdir()  # It has just ended.
    (tmp_path / "meminfo").write_text("MemTotal: 1 kB\n")
    return tmp_path


def process(proc: Path, name: str, parent: int, inner: str, arguments: str) -> None:
    """inner: its number, and those within each process id namespace."""
    number = inner.split(maxsplit=1)[0]
    (proc / number).mkdir()
    (proc / number / "status").write_text(f"Name:\t{name}\nPPid:\t{parent}\nNSpid:\t{inner}\n")
    (proc / number / "cmdline").write_text(f"/usr/libexec/{name}\0{arguments}")


def test_the_child_of_its_controller(proc: Path) -> None:
    assert first_process("box", 7, proc) == proc / "101"


@pytest.mark.parametrize(("name", "number"), [("box", 100), ("box", 8), ("bo", 7), ("box2", 7)])
def test_another_name_and_another_number_are_another_container(proc: Path, name: str, number: int) -> None:
    assert first_process(name, number, proc) is None


def test_two_that_it_could_be_are_none(proc: Path) -> None:
    process(proc, "libvirt_lxc", 1, "200\t7", "--name\0box\0")
    process(proc, "sh", 200, "201\t8\t1", "-c\0true\0")
    assert first_process("box", 7, proc) is None


def test_a_controller_with_two_children_is_not_certain(proc: Path) -> None:
    process(proc, "sh", 100, "103\t9\t1", "-c\0true\0")
    assert first_process("box", 7, proc) is None


def test_a_controller_that_has_started_none_yet(proc: Path) -> None:
    (proc / "101" / "status").unlink()
    assert first_process("box", 7, proc) is None


def test_a_process_that_ends_meanwhile_has_no_namespaces_and_leaves_no_file_open(proc: Path) -> None:
    (proc / "101/ns").mkdir()
    for kind in list(_namespaces.NAMESPACES)[:3]:
        (proc / "101/ns" / kind).touch()
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert _namespaces._open(proc / "101") == []
    assert len(list(Path("/proc/self/fd").iterdir())) == before
