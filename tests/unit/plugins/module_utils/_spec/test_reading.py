# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._spec._option import Spec, from_table
from ansible_collections.converge.libvirt.plugins.module_utils._spec._table import Reader, Table, rows
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules

RULES = Rules(root="lamp", keys={"lamp/bulb": "@name"}, sizes={"weight": "KiB"})

TABLE: Table = {
    "title": "title",
    "power": "plug@power on",
    "colour": "glass@colour red|green",
    "weight": "weight size",
    "dim": "dim flag",
    "place": "place attributes",
    "words": "word list",
    "feed": {"type": "feed@type", "mains": "feed@mains >feed@type=mains"},
    "bulbs": {"": "bulb", "name": "@name required", "watts": "watts int", "labels": "label list"},
}
ROWS = {row.name: row for row in rows(TABLE)}
LAMP = Spec("lamp", RULES, ("present",), options=from_table(TABLE, RULES), from_options=True)


def read(name: str, inner: str) -> tuple[Any, str]:
    """The value of an option, and what is left of the document."""
    tree = parse(f"<lamp>{inner}</lamp>")
    found = Reader(RULES).take(tree, ROWS[name])
    return found, compact(tree).removeprefix("<lamp>").removesuffix("</lamp>").replace("<lamp/>", "").replace('"', "'")


@pytest.mark.parametrize(
    ("name", "inner", "value", "left"),
    [
        ("title", "<title> Hall </title>", "Hall", ""),
        ("power", "<plug power='off'/>", False, ""),
        # What an option does not cover stays, with the element that it is in.
        ("power", "<plug power='on' fuse='16'/>", True, "<plug fuse='16'/>"),
        ("colour", "<glass colour='green'><etched/></glass>", "green", "<glass><etched/></glass>"),
        ("weight", "<weight unit='MiB'>1024</weight>", "1GiB", ""),
        ("weight", "<weight>4</weight>", "4KiB", ""),
        ("dim", "<dim/>", True, ""),
        ("place", "<place bus='0' slot='2'/>", {"bus": "0", "slot": "2"}, ""),
        ("words", "<word>a</word><word>b</word>", ["a", "b"], ""),
        # What an option stands for is taken with it; what it does not is told.
        ("feed", "<feed type='mains' mains='230V'/>", {"mains": "230V"}, ""),
        ("feed", "<feed type='grid' mains='230V'/>", {"type": "grid", "mains": "230V"}, ""),
        ("feed", "<feed mains='230V'/>", {"mains": "230V"}, ""),
        ("bulbs", "<bulb name='a'><watts>5</watts></bulb>", [{"name": "a", "watts": 5}], ""),
    ],
)
def test_what_an_option_takes(name: str, inner: str, value: Any, left: str) -> None:
    assert read(name, inner) == (value, left)


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("title", ""),
        ("title", "<title/>"),
        ("title", "<title>Hall</title><title>Room</title>"),
        ("title", "<title>Hall<b/></title>"),
        ("power", "<plug power='maybe'/>"),
        ("colour", "<glass colour='blue'/>"),
        ("weight", "<weight>much</weight>"),
        ("dim", "<dim level='3'/>"),
        ("place", "<place><room/></place>"),
        ("words", "<word>a</word><word lang='de'>b</word>"),
        ("bulbs", "<bulb><watts>5</watts></bulb>"),
        ("bulbs", "<bulb name='a' shape='pear'/>"),
        ("bulbs", "<bulb name='a'><watts>many</watts></bulb>"),
    ],
)
def test_what_an_option_cannot_say_stays(name: str, inner: str) -> None:
    assert read(name, inner) == (None, inner)


def test_entries_that_are_not_covered_stay_whole_beside_those_that_are() -> None:
    odd = "<bulb name='b' shape='pear'><watts>7</watts></bulb>"
    assert read("bulbs", f"<bulb name='a'/>{odd}<bulb name='c'><label>x</label></bulb>") == (
        [{"name": "a"}, {"name": "c", "labels": ["x"]}],
        odd,
    )


def parsed(xml: str) -> dict[str, Any]:
    given = {**dict.fromkeys(LAMP.argument_spec()), "state": "parsed", "xml": xml}
    return dict(LAMP.offline(given)["parsed"])


def test_a_document_is_told_by_options_and_the_rest_in_xml() -> None:
    assert parsed("<lamp><name>hall</name><plug power='on' fuse='16'/><bulb name='a'/><shade/></lamp>") == {
        "name": "hall",
        "power": True,
        "bulbs": [{"name": "a"}],
        "xml": '<lamp>\n  <plug fuse="16"/>\n  <shade/>\n</lamp>\n',
    }


def test_a_document_that_options_cover_has_no_xml() -> None:
    assert parsed("<lamp><name>hall</name><title>Hall</title></lamp>") == {"name": "hall", "title": "Hall"}


def test_what_would_come_back_different_stays_in_xml() -> None:
    """Whole numbers of an element twice: an option says one of them."""
    assert parsed("<lamp><name>hall</name><title>Hall</title><title>Room</title></lamp>") == {
        "name": "hall",
        "xml": "<lamp>\n  <title>Hall</title>\n  <title>Room</title>\n</lamp>\n",
    }
