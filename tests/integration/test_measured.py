# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine on real documents: applied twice, and changed at random with a fresh define as the oracle.

The documents are the golden ones of the unit tests, as given and as stored. ``tests/corpus`` measures the same on any
folder of them; here a few changes of each stand for that, always the same ones.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from converge_bed.running import RunningBed

REPOSITORY = Path(__file__).resolve().parents[2]
GOLDEN = REPOSITORY / "tests/unit/plugins/module_utils/_xml/data"
MUTANTS, SEED = 16, 1
FOREIGN = ("aarch64.*", "s390x.*")
"""Documents of which not every machine has the emulator."""
CHANGING = ("domain", "network", "pool", "volume", "secret", "nwfilter", "interface")
"""The kinds of which a task may want another one than is there."""
MADE_ONCE = ("nodedev", "snapshot", "checkpoint")


@pytest.fixture(scope="module")
def measured(bed: RunningBed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the corpus runner says of the golden documents."""
    folder = tmp_path_factory.mktemp("measured")
    said, documents = folder / "outcomes.json", folder / "documents"
    shutil.copytree(GOLDEN, documents, ignore=shutil.ignore_patterns(*FOREIGN))
    words = [str(documents), "--uri", bed.uri, "--mutants", str(MUTANTS), "--seed", str(SEED), "--json", str(said)]
    runner = str(REPOSITORY / "tests/corpus/run.py")
    done = subprocess.run([sys.executable, runner, *words], capture_output=True, text=True, check=False)
    assert said.exists(), done.stdout + done.stderr
    outcomes: dict[str, Any] = json.loads(said.read_text())
    return outcomes


@pytest.mark.parametrize("kind", [*CHANGING, *MADE_ONCE])
def test_a_second_apply_changes_nothing_and_its_check_says_so(measured: dict[str, Any], kind: str) -> None:
    defined = [outcome for outcome in measured[kind] if outcome["defined"]]
    assert defined
    assert [(one["file"], one["changed"], one["alarm"]) for one in defined if one["changed"] or one["alarm"]] == []


@pytest.mark.parametrize("kind", CHANGING)
def test_a_random_change_is_noticed_and_made_and_moves_nothing(measured: dict[str, Any], kind: str) -> None:
    tally = measured["mutants"][kind]["realistic"]
    assert tally["real"] >= 4
    assert {name: tally[name] for name in ("missed", "not_reached", "moved", "changed", "killed")} == {
        "missed": [],
        "not_reached": [],
        "moved": [],
        "changed": [],
        "killed": [],
    }


@pytest.mark.parametrize("kind", CHANGING)
def test_what_libvirt_then_stores_was_predicted(measured: dict[str, Any], kind: str) -> None:
    tally = measured["mutants"][kind]["realistic"]
    assert tally["wrong"] == []
    assert tally["predictions"].get("exact", 0) >= tally["predictions"].get("additions", 0)
