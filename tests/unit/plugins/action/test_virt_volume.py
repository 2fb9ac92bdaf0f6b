# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller does for virt_volume: a file in parts, without its holes, and a line about a long transfer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.action import virt_volume

MIB = 1024 * 1024


def test_a_file_is_brought_in_parts_without_its_holes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virt_volume, "PART", 2 * MIB)
    path = tmp_path / "a"
    with path.open("wb") as file:
        for at, length in ((MIB, 5 * MIB), (7 * MIB, 1000), (20 * MIB, 10)):
            file.seek(at)
            file.write(os.urandom(length))
        file.truncate(64 * MIB)
    rebuilt, taken = bytearray(64 * MIB), 0
    for begin, part in virt_volume.parts(str(path)):
        content = Path(part).read_bytes()
        assert len(content) <= 3 * MIB
        taken += len(content)
        rebuilt[begin : begin + len(content)] = content
    assert bytes(rebuilt) == path.read_bytes()
    assert taken < 8 * MIB
    path.write_bytes(b"")
    assert list(virt_volume.parts(str(path))) == []


def test_a_long_transfer_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    now = [0.0]
    monkeypatch.setattr(virt_volume.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(virt_volume.display, "display", lambda line, **_more: said.append(line))
    says = virt_volume.Says()
    for second in range(12):
        now[0] = float(second)
        says.progress("upload", second * 10 * MIB, 200 * MIB)
    assert said == [
        "upload: 50 MiB of 200 MiB (25 %), 10 MiB/s, 15 s left",
        "upload: 100 MiB of 200 MiB (50 %), 10 MiB/s, 10 s left",
    ]
    now[0] = 20.0
    says.progress("upload", 300 * MIB, None)
    assert said[-1] == "upload: 300 MiB, 15 MiB/s"


@pytest.mark.parametrize("digested", [False, True])
def test_a_file_is_described(tmp_path: Path, digested: bool) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 1000)
    told: dict[str, Any] = virt_volume.describe(str(path), digested)
    assert (told["size"], told["packed"], told["parts"]) == (1000, False, None)
    assert (told["length"], told["digest"] is not None) == ((1000, True) if digested else (None, False))
