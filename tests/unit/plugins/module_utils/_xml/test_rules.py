# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import etree, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import (
    checkpoint,
    domain,
    interface,
    network,
    nodedev,
    nwfilter,
    pool,
    secret,
    snapshot,
    volume,
)
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import NORMAL, Patterns, Rules, unit_bytes

ALL = [
    kind.RULES
    for kind in (
        domain,
        network,
        pool,
        volume,
        secret,
        nwfilter,
        nodedev,
        interface,
        snapshot,
        checkpoint,
    )
]


def test_patterns_find_a_path_by_itself_by_one_tag_and_by_any_depth() -> None:
    table = Patterns({"a/b@c": 1, "a/*@c": 2, "**/b@*": 3, "**/x": 4, "a/b": 5})
    assert table.all("a/b@c") == [1, 2, 3]
    assert table.first("a/z@c") == 2
    assert table.all("b@q") == [3]
    assert table.all("a/b@.") == []
    assert table.first("x") == 4
    assert table.first("a/b/x") == 4
    assert table.first("a/xx") is None
    assert table.first("a/b") == 5


def test_any_depth_at_the_end_of_a_pattern_is_any_depth_below_what_stands_before_it() -> None:
    table = Patterns({"a/b/**": 1, "a/b/**@*": 2, "a/*": 3})
    found: dict[str, int | None] = {"a/b/c": 1, "a/b/c/d": 1, "a/b/c@d": 2, "a/b/c/d@e": 2, "a/b": 3, "a/c": 3}
    found.update(dict.fromkeys(("a/b@c", "a/c@d", "x/b/c", "a@b", "b/c", "a/bc/d"), None))
    assert {path: table.first(path) for path in found} == found
    everything = Patterns({"**": True, "**@*": True})
    assert all(everything.first(path) for path in (*found, "a"))


def test_a_row_has_a_test_and_a_guard() -> None:
    rules = Rules("d", auto={"a@b": ("1|2 if not(@c)", "3"), "e": "@f='g' and @h if i"})
    free, guarded = parse("<a/>"), parse("<a c='1'/>")
    rows = rules.rows("auto", "a@b")
    assert [row.fits_text("2") and row.holds(free) for row in rows] == [True, False]
    assert [row.fits_text("2") and row.holds(guarded) for row in rows] == [False, False]
    assert [row.fits_text("3") and row.holds(guarded) for row in rows] == [False, True]
    assert [row.fits_text("22") for row in rows] == [False, False]
    element = rules.rows("auto", "e")[0]
    assert element.names == {"f", "h"}
    assert element.fits_element(parse("<e f='g' h='1'/>"))
    assert not element.fits_element(parse("<e f='g'/>"))
    assert element.holds(parse("<d><i/></d>"))


def test_keys_belong_to_the_tail_of_a_path_and_to_the_root() -> None:
    assert domain.RULES.key("devices/disk") == domain.RULES.key("a/devices/disk")
    assert domain.RULES.key("seclabel") is not None
    assert domain.RULES.key("memory") is None


@pytest.mark.parametrize("rules", ALL, ids=lambda rules: rules.root)
def test_every_row_of_every_table_compiles(rules: Rules) -> None:
    for table in ("auto", "drop", "loose", "live_only", "expanded"):
        for path in getattr(rules, table):
            assert not path.startswith(("/", rules.root + "/")), path
            for row in rules.rows(table, path.replace("**/", "x/").replace("*", "x")):
                etree.XPath(row.guard or "true()")
                if "@" in path:
                    row.fits_text("")
                else:
                    row.fits_element(parse("<x/>"))


@pytest.mark.parametrize("rules", ALL, ids=lambda rules: rules.root)
def test_tables_name_only_what_the_engine_has(rules: Rules) -> None:
    assert set(rules.values.values()) <= set(NORMAL) | set(rules.forms)
    assert not set(NORMAL) & set(rules.forms)
    for row in rules.sizes.values():
        unit, _blank, rounding = row.partition(" ")
        assert unit_bytes(unit)
        assert rounding.isdigit() or not rounding or unit_bytes(rounding)
    assert {field.name for field in dataclasses.fields(rules)} >= {"auto", "drop", "loose"}
