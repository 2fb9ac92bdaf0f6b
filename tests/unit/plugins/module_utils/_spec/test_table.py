# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._spec._table import Row, Table, Writer, rows
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules

RULES = Rules(root="lamp", keys={"lamp/bulb": "@name", "bulb/wire": "@end"}, discriminators={"bulb": ("@kind",)})

TABLE: Table = {
    "title": "title",
    "power": "plug@power on",
    "earthed": "plug@earthed yes_or_nothing",
    "weight": "weight size",
    "load": "load bytes",
    "dim": "dim flag",
    "place": "place attributes",
    "words": "word list",
    "feed": {
        "type": "feed@type",
        "mains": "feed@mains >feed@type=mains",
        "battery": "feed@battery >feed@type=battery",
        "cord": {"length": "feed/cord@length int", "key": "feed/cord@key plain", "pin": "feed/cord@pin secret"},
    },
    "bulbs": {
        "": "bulb since=9.1",
        "name": "@name required",
        "kind": "@kind led|neon",
        "watts": "watts int",
        "wires": {"": "wire", "end": "@end required", "colour": "@colour"},
        "labels": "label list",
    },
    "grids": {"": "rbd:grid/rbd:cell", "name": "@name"},
}
ROWS = {row.name: row for row in rows(TABLE)}


def row(name: str) -> Row:
    return ROWS[name]


def written(name: str, value: Any, into: str = "", current: str | None = None, union: bool = False) -> str:
    """The inside of the document, with one option laid over it."""
    tree = parse(f"<lamp>{into}</lamp>")
    stored = None if current is None else parse(f"<lamp>{current}</lamp>")
    Writer(RULES).option(tree, row(name), value, stored, union)
    text: str = compact(tree)
    return text.removeprefix("<lamp>").removesuffix("</lamp>").replace("<lamp/>", "").replace('"', "'")


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("title", {"type": "str"}),
        ("power", {"type": "bool"}),
        ("weight", {"type": "str"}),
        ("place", {"type": "dict"}),
        ("words", {"type": "list", "elements": "str"}),
        ("grids", {"type": "list", "elements": "dict", "options": {"name": {"type": "str"}}}),
    ],
)
def test_a_row_as_an_argument(name: str, argument: dict[str, Any]) -> None:
    assert row(name).argument() == argument


def test_the_words_of_a_line() -> None:
    bulb, cord = row("bulbs").argument()["options"], row("feed").argument()["options"]["cord"]["options"]
    assert bulb["name"] == {"type": "str", "required": True}
    assert bulb["kind"] == {"type": "str", "choices": ["led", "neon"]}
    assert (cord["key"]["no_log"], cord["pin"]["no_log"], "no_log" in cord["length"]) == (False, True, False)
    assert (row("bulbs").since, row("bulbs").path, row("feed").since) == ("9.1", "bulb", None)


@pytest.mark.parametrize(
    ("name", "given", "owned"),
    [
        ("title", "Hall", ["title@."]),
        ("power", True, ["plug@power"]),
        ("weight", "1GiB", ["weight@.", "weight@unit"]),
        ("dim", False, ["dim"]),
        ("words", [], ["word"]),
        ("bulbs", [], ["bulb"]),
        (
            "feed",
            {"mains": "230V", "battery": None, "cord": {"length": 2}},
            ["feed@mains", "feed@type", "feed/cord@length"],
        ),
    ],
)
def test_what_a_value_owns(name: str, given: Any, owned: list[str]) -> None:
    assert row(name).owns(given) == owned


def test_the_lists_of_a_row() -> None:
    assert (row("bulbs").lists(), row("bulbs").all_lists()) == (["bulb"], ["bulb", "bulb/wire", "bulb/label"])
    assert (row("words").lists(), row("words").all_lists(), row("feed").all_lists()) == ([], ["word"], [])


@pytest.mark.parametrize(
    ("name", "value", "into", "after"),
    [
        ("title", "Hall", "<title>Old</title>", "<title>Hall</title>"),
        ("title", "", "<title>Old</title>", ""),
        ("power", False, "<plug power='on'/>", "<plug power='off'/>"),
        ("earthed", True, "", "<plug earthed='yes'/>"),
        ("earthed", False, "<plug earthed='yes' power='on'/>", "<plug power='on'/>"),
        ("earthed", False, "", ""),
        ("weight", "2 KiB", "<weight unit='b'>7</weight>", "<weight unit='KiB'>2</weight>"),
        ("load", "2KiB", "", "<load>2048</load>"),
        ("dim", True, "", "<dim/>"),
        ("dim", False, "<dim/>", ""),
        ("place", {"bus": 1}, "<place bus='0' slot='2'/>", "<place bus='1'/>"),
        ("words", ["a", "b"], "<word>c</word>", "<word>a</word><word>b</word>"),
        ("words", [], "<word>c</word>", ""),
        ("grids", [{"name": "a"}], "", "<rbd:grid xmlns:rbd='http://libvirt.org/schemas/storagepool/rbd/1.0'>"
         "<rbd:cell name='a'/></rbd:grid>"),
    ],
)  # fmt: skip
def test_a_value_in_its_form(name: str, value: Any, into: str, after: str) -> None:
    assert written(name, value, into) == after


@pytest.mark.parametrize(
    ("given", "into", "after"),
    [
        ({"mains": "230V"}, "", "<feed type='mains' mains='230V'/>"),
        # What is said outright wins over what another option stands for, whichever comes first.
        ({"type": "grid", "mains": "230V"}, "", "<feed type='grid' mains='230V'/>"),
        ({"mains": "230V", "type": "grid"}, "", "<feed type='grid' mains='230V'/>"),
        # Options that say different things of one place exclude each other.
        ({"mains": "230V"}, "<feed type='battery' battery='AA'/>", "<feed type='mains' mains='230V'/>"),
        ({"mains": "230V"}, "<feed><cord key='1'/></feed>", "<feed type='mains' mains='230V'><cord key='1'/></feed>"),
        ({"cord": {"length": 2}}, "<feed type='battery' battery='AA'/>",
         "<feed type='battery' battery='AA'><cord length='2'/></feed>"),
    ],
)  # fmt: skip
def test_options_that_stand_for_more(given: dict[str, Any], into: str, after: str) -> None:
    assert written("feed", given, into) == after


BULBS = "<bulb name='a' kind='led'><watts>5</watts><socket/></bulb><bulb name='b'/>"


@pytest.mark.parametrize(
    ("given", "alone"),
    [
        # The whole list: what it does not name is gone.
        ([], ""),
        ([{"name": "b"}], "<bulb name='b'/>"),
        # An entry goes on with what is there, and its order is the task's.
        ([{"name": "b"}, {"name": "a", "watts": 9}],
         "<bulb name='b'/><bulb name='a' kind='led'><watts>9</watts><socket/></bulb>"),
        # Unless it has become another thing.
        ([{"name": "a", "kind": "neon"}], "<bulb name='a' kind='neon'/>"),
        ([{"name": "c"}], "<bulb name='c'/>"),
    ],
)  # fmt: skip
def test_a_list_over_what_is_stored(given: list[dict[str, Any]], alone: str) -> None:
    assert written("bulbs", given, current=BULBS) == alone


@pytest.mark.parametrize(
    ("given", "together"),
    [
        ([], BULBS),
        ([{"name": "b", "watts": 3}, {"name": "c"}],
         "<bulb name='a' kind='led'><watts>5</watts><socket/></bulb><bulb name='b'><watts>3</watts></bulb>"
         "<bulb name='c'/>"),
        ([{"name": "a", "kind": "neon"}], "<bulb name='a' kind='neon'/><bulb name='b'/>"),
    ],
)  # fmt: skip
def test_a_list_beside_a_document_of_its_own(given: list[dict[str, Any]], together: str) -> None:
    assert written("bulbs", given, into=BULBS, union=True) == together


WIRED = "<bulb name='a'><wire end='l' colour='red'/><wire end='n'/><label>x</label></bulb>"


def test_a_list_in_an_entry_is_whole_alone_and_a_part_beside_a_document() -> None:
    given = [{"name": "a", "wires": [{"end": "l"}, {"end": "pe"}]}]
    assert written("bulbs", given, current=WIRED) == (
        "<bulb name='a'><label>x</label><wire end='l' colour='red'/><wire end='pe'/></bulb>"
    )
    assert written("bulbs", given, into=WIRED, union=True) == (
        "<bulb name='a'><wire end='l' colour='red'/><wire end='n'/><label>x</label><wire end='pe'/></bulb>"
    )


def test_what_is_stored_stays_as_it_is() -> None:
    stored, tree = parse(f"<lamp>{BULBS}</lamp>"), parse("<lamp/>")
    Writer(RULES).option(tree, row("bulbs"), [{"name": "a", "watts": 1}], stored, False)
    assert compact(stored) == f"<lamp>{BULBS}</lamp>".replace("'", '"')


@pytest.mark.parametrize("value", ["1", "much", "1 XiB", "-1GiB"])
def test_a_size_without_sense_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="4GiB"):
        written("weight", value)
