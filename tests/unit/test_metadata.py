# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection says about itself holds for its files."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
RUNTIME = yaml.safe_load((REPOSITORY / "meta/runtime.yml").read_text(encoding="utf-8"))
MODULES = sorted(path for path in (REPOSITORY / "plugins/modules").glob("*.py") if path.stem != "__init__")


def documentation(path: Path) -> dict[str, t.Any]:
    """The DOCUMENTATION of a module, which lies beside it."""
    return dict(yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))["DOCUMENTATION"])


def test_the_action_group_lists_every_module_and_nothing_else() -> None:
    assert sorted(RUNTIME["action_groups"]["libvirt"]) == [path.stem for path in MODULES]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_documents_that_it_is_in_the_group(path: Path) -> None:
    assert "converge.libvirt._attributes.group" in documentation(path)["extends_documentation_fragment"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_is_no_program_of_its_own(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("#!/usr/bin/python\n")
    assert not path.stat().st_mode & 0o111, f"{path.name} is executable; Ansible packs modules, nobody starts them"


def test_supported_versions_are_said_once_and_alike() -> None:
    assert RUNTIME["requires_ansible"] == ">=2.17.0"
    config = yaml.safe_load((REPOSITORY / "tests/config.yml").read_text(encoding="utf-8"))
    assert config["modules"]["python_requires"] == ">=3.9"
