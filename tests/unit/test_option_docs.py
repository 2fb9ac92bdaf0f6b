# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation says of typed options is what the modules take, and each option has its sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("lxml", reason="needs lxml")
pytest.importorskip("yaml", reason="needs PyYAML")

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/tools"))

import option_docs

from ansible_collections.converge.libvirt.plugins.module_utils._spec._option import Spec, from_table
from ansible_collections.converge.libvirt.plugins.module_utils._spec._table import Table, rows
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules

MADE = option_docs.fragments(option_docs.SOURCES)

LAMP: Table = {
    "colour": "glass@colour red|green since=9.2",
    "file": "source@file >@type=file",
    "bulbs": {"": "socket/bulb", "watts": "@watts int required", "tags": "tag list", "place": "place attributes"},
}
SAID = """\
colour: What it shines in.
file: Where it is.
bulbs:
  _: What shines.
  _like: bulb
  place: Where it is.
"""
SHARED = "bulb:\n  watts: How bright.\n  tags: Words.\n"


def lamp(folder: Path, said: str = SAID, shared: str = SHARED) -> str:
    """The fragment of options that this test makes up."""
    (folder / "lamp.yml").write_text(said, encoding="utf-8")
    (folder / "shared.yml").write_text(shared, encoding="utf-8")
    rules = Rules(root="lamp")
    spec = Spec("lamp", rules, ("present",), options=from_table(LAMP, rules))
    source = option_docs.Source("Options of a lamp", spec, {row.name: row for row in rows(LAMP)}, tuple(LAMP))
    (text,) = option_docs.fragments({"lamp": source}, folder).values()
    return text


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.stem)
def test_a_fragment_is_what_the_rows_and_the_sentences_make(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == MADE[path], "run python tests/tools/option_docs.py"


def test_no_fragment_is_left_over() -> None:
    assert set(option_docs.FRAGMENTS.glob("_options_*.py")) == set(MADE)


def test_what_is_written_of_an_option(tmp_path: Path) -> None:
    written = lamp(tmp_path).rpartition('r"""\n')[2]
    assert (
        written
        == '''\
options:
  colour:
    description:
      - What it shines in.
      - "In libvirt's XML: C(glass@colour); needs libvirt 9.2."
    type: str
    choices:
      - red
      - green
  file:
    description:
      - Where it is.
      - "In libvirt's XML: C(source@file), with C(@type=file)."
    type: str
  bulbs:
    description:
      - What shines.
      - "In libvirt's XML: C(socket/bulb)."
    type: list
    elements: dict
    suboptions:
      watts:
        description:
          - How bright.
          - "In libvirt's XML: C(socket/bulb@watts)."
        type: int
        required: true
      tags:
        description:
          - Words.
          - "In libvirt's XML: C(socket/bulb/tag)."
        type: list
        elements: str
      place:
        description:
          - Where it is.
          - "In libvirt's XML: C(socket/bulb/place@*)."
        type: dict
"""
'''
    )


@pytest.mark.parametrize(
    ("said", "shared", "wrong"),
    [
        (SAID.replace("colour: What it shines in.\n", ""), SHARED, "lamp.yml: colour: nothing is said of it"),
        (SAID.replace("  place: Where it is.\n", ""), SHARED, "lamp.yml: bulbs.place: nothing is said of it"),
        (SAID.replace("  _: What shines.\n", ""), SHARED, "lamp.yml: bulbs: nothing is said of it"),
        (SAID + "cord: Its length.\n", SHARED, "lamp.yml: cord: there is no such option"),
        (SAID + "  volts: How strong.\n", SHARED, "lamp.yml: bulbs.volts: there is no such option"),
        (SAID, SHARED + "  lumen: How bright.\n", "lamp.yml: bulbs.lumen: there is no such option"),
        (SAID.replace("_like: bulb", "_like: candle"), SHARED, "lamp.yml: bulbs: there is no shared block 'candle'"),
        (SAID, SHARED + "cord: {length: Its length.}\n", "shared.yml: cord: nothing refers to it"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, said: str, shared: str, wrong: str) -> None:
    with pytest.raises(option_docs.Wrong) as caught:
        lamp(tmp_path, said, shared)
    assert wrong in str(caught.value)
