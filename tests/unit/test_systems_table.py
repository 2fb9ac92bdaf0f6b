# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guide says of operating systems is what a new guest gets."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("lxml", reason="needs lxml")

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import systems_table


def test_the_guide_has_the_table_that_the_data_makes() -> None:
    text = systems_table.GUIDE.read_text(encoding="utf-8")
    assert systems_table.written(text) == text, "run python tests/tools/systems_table.py"
