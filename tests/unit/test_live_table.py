# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guide says of changes of a running guest and an active network is what the modules do, and each row of it is
shown by a test.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("lxml", reason="needs lxml")

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/tools"))

import live_table

REAL = (REPOSITORY / "tests/integration/test_live.py").read_text(encoding="utf-8")
NETWORKS = (REPOSITORY / "tests/integration/test_net_live.py").read_text(encoding="utf-8")
MOCKS = (REPOSITORY / "tests/unit/plugins/module_utils/_domain/test_live.py").read_text(encoding="utf-8")


def test_the_guide_has_the_tables_that_the_data_makes() -> None:
    text = live_table.GUIDE.read_text(encoding="utf-8")
    assert live_table.written(text) == text, "run python tests/tools/live_table.py"


@pytest.mark.parametrize(("path", "does", "condition", "proof"), live_table.rows())
def test_each_row_is_shown(path: str, does: str, condition: str, proof: live_table.Proof | None) -> None:
    assert proof is not None, f"{path} ({does}, {condition}) has no proof in tests/tools/live_table.py"
    if proof.mark == "verified":
        assert proof.by in REAL, f"no test of {path}: '{proof.by}' is not in tests/integration/test_live.py"
    else:
        assert f'"{path}"' in MOCKS, f"no mock of {path} in tests/unit/plugins/module_utils/_domain/test_live.py"


@pytest.mark.parametrize(("path", "does"), [row[:2] for row in live_table.rows() if "$" in row[2]])
def test_what_depends_on_the_host_has_a_mock_of_hosts(path: str, does: str) -> None:
    does = does.partition(",")[0]
    assert f'("{path}", "{does}"): (' in MOCKS, f"no mocked hosts of {path}, {does}, in the same file"


def test_every_other_driver_has_a_name() -> None:
    assert {"QEMU", *live_table.NAMES} == set(live_table.CLASSES.drivers)


def test_no_proof_is_left_over() -> None:
    known = {row[0] for row in live_table.rows()}
    assert {*live_table.PLUGGED, *live_table.CHANGED, *live_table.TUNED} == known


@pytest.mark.parametrize("path", live_table.SECTIONS)
def test_each_kind_of_entry_is_shown(path: str) -> None:
    _told, test = live_table.ENTRIES[path]
    assert f'"{test}": (' in NETWORKS, f"no test of {path}: '{test}' is not in tests/integration/test_net_live.py"
