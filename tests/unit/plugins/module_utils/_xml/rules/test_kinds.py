# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import typing as t

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import defining, etree, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import checkpoint, nodedev, secret, snapshot
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules


def paths(desired: t.Any, pair: t.Any) -> list[str]:
    return [difference.path for difference in overlay(desired, pair.dump, pair.rules).differences]


def with_text(tree: t.Any, path: str, content: str) -> t.Any:
    """A copy of a document with another text at a path, made where it is missing."""
    edited = copy.deepcopy(tree)
    found = edited.find(path)
    if found is None:
        found = etree.SubElement(edited, path)
    found.text = content
    return edited


@pytest.mark.parametrize(("kind", "name"), [("snapshot", "disks"), ("checkpoint", "disks")])
def test_what_is_desired_of_a_moment_in_a_guests_life(golden: t.Any, kind: str, name: str) -> None:
    pair = golden(kind, name)
    assert paths(with_text(pair.desired, "description", "Another"), pair) == ["description"]
    assert paths(with_text(pair.desired, "name", "another"), pair) == ["name"]
    other = copy.deepcopy(pair.desired)
    other.find("disks/disk").set(kind, "no")
    assert f"disks/disk[vda]/@{kind}" in paths(other, pair)
    gone = copy.deepcopy(pair.desired)
    gone.remove(gone.find("description"))
    assert paths(gone, pair) == ["description"]


@pytest.mark.parametrize(
    ("rules", "state"),
    [
        (snapshot.RULES, ["state", "creationTime", "parent", "active", "domain", "inactiveDomain", "cookie"]),
        (checkpoint.RULES, ["creationTime", "parent", "domain"]),
    ],
    ids=["snapshot", "checkpoint"],
)
def test_all_else_is_state(rules: Rules, state: list[str]) -> None:
    plain, told = (
        parse(f"<{rules.root}><name>s</name></{rules.root}>"),
        parse(f"<{rules.root}><name>s</name></{rules.root}>"),
    )
    for tag in state:
        etree.SubElement(told, tag).text = "5"
    assert overlay(plain, told, rules).differences == []
    assert overlay(told, plain, rules).differences == []
    assert [one.tag for one in defining(told, rules)] == ["name"]


@pytest.mark.parametrize(
    ("now", "wanted", "changes"),
    [
        ("private='no' ephemeral='no'", "", []),
        ("private='yes' ephemeral='no'", "", ["@private"]),
        ("private='no' ephemeral='yes'", "ephemeral='no'", ["@ephemeral"]),
    ],
)
def test_flags_of_a_secret(now: str, wanted: str, changes: list[str]) -> None:
    found = overlay(parse(f"<secret {wanted}/>"), parse(f"<secret {now}><uuid>x</uuid></secret>"), secret.RULES)
    assert [one.path for one in found.differences] == changes


def test_blanks_in_a_usage_count() -> None:
    now = "<secret><usage type='ceph'><name>a b</name></usage></secret>"
    found = overlay(parse(now.replace("a b", "a  b")), parse(now), secret.RULES)
    assert [one.path for one in found.differences] == ["usage/name"]


def test_what_libvirt_finds_out_of_a_device_is_no_wish(golden: t.Any) -> None:
    pair = golden("nodedev", "vhba")
    assert paths(with_text(pair.desired, "driver", ""), pair) == []
    assert paths(with_text(pair.desired, "parent", "scsi_host2"), pair) == ["parent"]
    by_wwns = copy.deepcopy(pair.desired)
    by_wwns.replace(by_wwns.find("parent"), parse("<parent wwnn='2000000012341234' wwpn='1000000012341234'/>"))
    assert paths(by_wwns, pair) == []


def test_attributes_of_a_mediated_device_are_in_order() -> None:
    body = "<parent>p</parent><capability type='mdev'><type id='t'/><uuid>u</uuid>{}</capability>"
    one, other = "<attr name='a' value='1'/>", "<attr name='b' value='2'/>"
    now = parse(f"<device><name>m</name>{body.format(one + other)}</device>")
    found = overlay(parse(f"<device>{body.format(other + one)}</device>"), now, nodedev.RULES)
    assert [difference.path for difference in found.differences] == ["capability/attr"]
    assert overlay(parse(f"<device>{body.format(one + other)}</device>"), now, nodedev.RULES).differences == []
