# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.converge.libvirt.plugins.module_utils._xml.compare import label, pairs
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import domain
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules

RULES = Rules("r", keys={"r/item": "!@id | @kind ?@place | #", "r/ordered": "= | #"})


def matched(left: str, right: str, path: str, rules: Rules = RULES) -> list[tuple[t.Any, t.Any]]:
    found = pairs(list(parse(f"<r>{left}</r>")), list(parse(f"<r>{right}</r>")), path, rules)
    return [
        (None if pair.left is None else pair.left.get("n"), None if pair.right is None else pair.right.get("n"))
        for pair in found
    ]


def test_identity_comes_first_and_nothing_softer_may_take_its_place() -> None:
    stored = "<item n='a' id='1' kind='x'/><item n='b' id='2' kind='x'/>"
    assert matched(stored, "<item n='c' id='2' kind='x'/>", "item") == [("b", "c"), ("a", None)]
    assert matched(stored, "<item n='c' id='3' kind='x'/>", "item") == [("a", None), ("b", None), (None, "c")]


def test_without_an_identity_the_softer_keys_match_in_order() -> None:
    stored = "<item n='a' id='1' kind='x'/><item n='b' id='2' kind='y'/><item n='c' id='3' kind='x'/>"
    assert matched(stored, "<item n='d' kind='y'/><item n='e' kind='x'/>", "item") == [
        ("b", "d"),
        ("a", "e"),
        ("c", None),
    ]


def test_the_last_resort_is_the_position_among_what_is_left() -> None:
    assert matched("<item n='a' kind='x'/>", "<item n='b' kind='z'/>", "item") == [("a", "b")]


def test_a_key_may_demand_the_same_number_on_both_sides() -> None:
    rules = Rules("r", keys={"r/item": "~ @kind ?@place | @kind | #"})
    stored = "<item n='a' kind='x' place='1'/><item n='b' kind='x' place='1'/>"
    assert matched(stored, "<item n='c' kind='x' place='2'/><item n='d' kind='x' place='1'/>", "item", rules) == [
        ("a", "c"),
        ("b", "d"),
    ]
    other = "<item n='a' kind='x' place='1'/><item n='b' kind='x' place='2'/>"
    assert matched(other, "<item n='c' kind='x' place='2'/>", "item", rules) == [("b", "c"), ("a", None)]


def test_only_a_match_among_different_numbers_of_candidates_is_ambiguous() -> None:
    two, one = parse("<r><item kind='x'/><item kind='x'/></r>"), parse("<r><item kind='x'/></r>")
    assert [pair.ambiguous for pair in pairs(list(two), list(one), "item", RULES)] == [True, False]
    assert [pair.ambiguous for pair in pairs(list(two), list(two), "item", RULES)] == [False, False]


def test_elements_without_a_key_are_told_by_content_then_by_position() -> None:
    assert matched("<x n='a'/><x n='b'/>", "<x n='b'/><x n='a'/>", "x") == [("b", "b"), ("a", "a")]
    assert matched("<x n='a'/>", "<x n='b'/>", "x") == [("a", "b")]


def test_a_label_is_the_first_key_that_says_something() -> None:
    disk = parse("<disk><target dev='vda'/></disk>")
    nic = parse("<interface type='network'><source network='lan'/></interface>")
    assert label(disk, "devices/disk", domain.RULES, 0, several=False) == "vda"
    assert label(nic, "devices/interface", domain.RULES, 0, several=False) == "network,lan"
    assert label(parse("<video/>"), "devices/video", domain.RULES, 1, several=True) == "2"
    assert label(parse("<video/>"), "devices/video", domain.RULES, 0, several=False) == ""
    assert label(parse("<memory/>"), "memory", domain.RULES, 0, several=False) == ""
