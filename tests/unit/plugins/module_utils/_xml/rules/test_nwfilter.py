# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml.compare import compare
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse, tag_name
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.nwfilter import RULES
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.nwfilter_values import FORMS


def stored(body: str, attributes: str = "chain='root'") -> t.Any:
    return parse(f"<filter name='web' {attributes}><uuid>6b1f0b0a-4b32-4a52-9c3c-7e8d7e0f6a11</uuid>{body}</filter>")


def rule(port: int, priority: str = "priority='500'") -> str:
    return f"<rule action='accept' direction='in' {priority}><tcp dstportstart='{port}'/></rule>"


def paths(desired: t.Any, current: t.Any) -> list[str]:
    return [difference.path for difference in overlay(desired, current, RULES).differences]


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("value", "0x50", "80", True),
        ("value", "-05", "-5", True),
        ("value", "$A[ @0 ]", "$A", True),
        ("value", "$A[ 1 ]", "$A[1]", True),
        ("value", "$A[1]", "$A[@1]", False),
        ("value", "$A[1]", "$A", False),
        ("address or variable", "FE80::0:1", "fe80::1", True),
        ("address or variable", "10.0.0.1", "10.0.0.2", False),
        ("address or variable", "$IP", "$IPV6", False),
        ("mask", "255.255.128.0", "17", True),
        ("mask", "ffff:ffff::", "32", True),
        ("mask", "0.0.0.0", "0", True),
        ("mask", "255.0.255.0", "16", False),
        ("mac or variable", "1:2:3:4:5:A", "01:02:03:04:05:0a", True),
        ("mac or variable", "$MAC", "$MAC[@0]", True),
        ("protocol", "UDP", "0x11", True),
        ("protocol", "udp", "6", False),
        ("ethernet protocol", "arp", "2054", True),
        ("opcode", "request", "0x1", True),
        ("truth", "TRUE", "1", True),
        ("truth", "0", "true", False),
        ("states", "RELATED,new", "NEW,RELATED", True),
        ("states", "NEW", "NEW,RELATED", False),
        ("tcp flags", "ack,syn/SYN", "SYN,ACK/SYN", True),
        ("tcp flags", "SYN/ACK", "ACK/SYN", False),
    ],
)
def test_spellings(kind: str, one: str, other: str, same: bool) -> None:
    assert (FORMS[kind](one) == FORMS[kind](other)) is same


def test_a_rule_in_front_is_one_change_and_leaves_the_others() -> None:
    desired = parse(f"<filter name='web'>{rule(22, '')}{rule(80, '')}{rule(443, '')}</filter>")
    result = overlay(desired, stored(rule(80) + rule(443)), RULES)
    assert [(one.before is None, one.path.split("[")[0]) for one in result.differences] == [(True, "rule")]
    assert [one.get("dstportstart") for one in result.document.iter("tcp")] == ["22", "80", "443"]


def test_rules_that_change_places_are_a_change() -> None:
    desired = parse(f"<filter name='web'>{rule(443)}{rule(80)}</filter>")
    current = stored(rule(80) + rule(443))
    result = overlay(desired, current, RULES)
    assert [one.path for one in result.differences] == ["rule"]
    assert [one.get("dstportstart") for one in result.document.iter("tcp")] == ["443", "80"]
    assert compare(current, result.document, RULES)


def test_a_rule_that_passes_a_reference_is_a_change() -> None:
    current = stored(f"<filterref filter='a'/>{rule(80)}<filterref filter='b'/>")
    desired = parse(f"<filter name='web'><filterref filter='a'/><filterref filter='b'/>{rule(80)}</filter>")
    result = overlay(desired, current, RULES)
    assert [(one.path, one.before, one.after) for one in result.differences] == [
        ("filterref+rule", "filterref, rule, filterref", "filterref, filterref, rule")
    ]
    assert [tag_name(one.tag) for one in result.document][1:] == ["filterref", "filterref", "rule"]
    assert [one.path for one in compare(current, result.document, RULES)] == ["filterref+rule"]
    assert paths(desired, result.document) == []


def test_something_new_stands_where_it_was_asked_for() -> None:
    current = stored(f"<filterref filter='a'/>{rule(80)}")
    desired = parse(f"<filter name='web'><filterref filter='a'/>{rule(80)}<filterref filter='b'/>{rule(443)}</filter>")
    result = overlay(desired, current, RULES)
    assert len(result.differences) == 2
    assert [tag_name(one.tag) for one in result.document][1:] == ["filterref", "rule", "filterref", "rule"]
    assert paths(desired, result.document) == []


@pytest.mark.parametrize(
    ("now", "wanted", "changes"),
    [
        ("chain='ipv4' priority='-700'", "chain='ipv4'", []),
        ("chain='ipv4' priority='-650'", "chain='ipv4'", ["@priority"]),
        ("chain='ipv4' priority='-700'", "chain='arp'", ["@chain", "@priority"]),
        ("chain='root'", "priority='-5'", []),
        ("chain='root'", "chain='root' priority='-5'", ["@priority"]),
        ("chain='root' priority='-5'", "chain='root' priority='0'", ["@priority"]),
        ("chain='ipv4' priority='-700'", "", ["@chain", "@priority"]),
        ("chain='stp'", "chain='stp' priority='0'", []),
    ],
)
def test_the_priority_of_a_chain(now: str, wanted: str, changes: list[str]) -> None:
    assert paths(parse(f"<filter name='web' {wanted}/>"), stored("", now)) == changes


@pytest.mark.parametrize(
    ("now", "wanted", "changed"),
    [
        ("", "statematch='yes'", False),
        ("", "statematch='0'", True),
        ("statematch='false'", "", True),
        ("statematch='false'", "statematch='FALSE'", False),
    ],
)
def test_state_matching(now: str, wanted: str, changed: bool) -> None:
    desired = parse(f"<filter name='web'>{rule(80, wanted)}</filter>")
    assert bool(paths(desired, stored(rule(80, f"priority='500' {now}")))) is changed


def test_values_of_a_variable_keep_their_order() -> None:
    def reference(*values: str) -> str:
        return (
            "<filterref filter='a'>"
            + "".join(f"<parameter name='IP' value='{one}'/>" for one in values)
            + "</filterref>"
        )

    current = stored(reference("1.1.1.1", "2.2.2.2"))
    assert paths(parse(f"<filter name='web'>{reference('1.1.1.1', '2.2.2.2')}</filter>"), current) == []
    assert paths(parse(f"<filter name='web'>{reference('2.2.2.2', '1.1.1.1')}</filter>"), current) != []
    assert paths(parse(f"<filter name='web'>{reference('1.1.1.1')}</filter>"), current) != []
