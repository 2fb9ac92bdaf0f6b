# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What needs what is read from documents: every kind of reference, circles, and removal the other way round."""

from __future__ import annotations

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused
from ansible_collections.converge.libvirt.plugins.module_utils._spec.stack import LISTS
from ansible_collections.converge.libvirt.plugins.module_utils._stack.order import (
    KINDS,
    Node,
    matches,
    needs,
    refuse_circles,
)
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse

UUID = "11111111-2222-3333-4444-555555555555"
OTHERS = (
    ("secrets", "ceph lab", f"<secret><uuid>{UUID}</uuid><usage type='ceph'><name>lab</name></usage></secret>"),
    ("nwfilters", "clean", "<filter name='clean'/>"),
    ("networks", "lan", "<network><name>lan</name></network>"),
    ("pools", "images", "<pool type='dir'><name>images</name><target><path>/srv/images/</path></target></pool>"),
    ("volumes", "images/base.qcow2", "<volume><name>base.qcow2</name></volume>"),
    ("domains", "web", "<domain><name>web</name></domain>"),
)


def nodes(*more: tuple[str, str, str | None], absent: bool = False) -> list[Node]:
    """The objects that others name, in an order that helps nobody, and more of them."""
    return [
        Node(kind, name, None if xml is None else parse(xml), absent) for kind, name, xml in (*more, *reversed(OTHERS))
    ]


def needed(kind: str, name: str, xml: str, absent: bool = False) -> set[str]:
    """What an object needs of the others; where all of it goes, what waits for it."""
    graph = needs(nodes((kind, name, xml), absent=absent))
    (mine,) = [node for node in graph if (node.kind, node.name) == (kind, name)]
    found = [other for other in graph if mine in graph[other]] if absent else graph[mine]
    return {f"{other.kind}/{other.name}" for other in found}


def guest(devices: str = "", system: str = "") -> str:
    return f"<domain><name>g</name><os>{system}</os><devices>{devices}</devices></domain>"


REFERENCES = [
    pytest.param("domains", guest(device), {wanted}, id=f"{wanted}-{number}")
    for number, (device, wanted) in enumerate(
        (
            ("<interface type='network'><source network='lan'/></interface>", "networks/lan"),
            ("<hostdev><source network='lan'/></hostdev>", "networks/lan"),
            ("<interface><filterref filter='clean'/></interface>", "nwfilters/clean"),
            ("<disk type='file'><source file='/srv/images/base.qcow2'/></disk>", "volumes/images/base.qcow2"),
            ("<disk type='block'><source dev='/srv/images/base.qcow2'/></disk>", "volumes/images/base.qcow2"),
            (
                "<disk><backingStore><source file='/srv/images/base.qcow2'/></backingStore></disk>",
                "volumes/images/base.qcow2",
            ),
            (f"<disk><source><encryption><secret uuid='{UUID}'/></encryption></source></disk>", "secrets/ceph lab"),
            ("<disk><source><auth><secret type='ceph' usage='lab'/></auth></source></disk>", "secrets/ceph lab"),
            (f"<tpm><backend type='emulator'><encryption secret='{UUID}'/></backend></tpm>", "secrets/ceph lab"),
        )
    )
] + [
    pytest.param(
        "domains",
        guest("<disk type='volume'><source pool='images' volume='base.qcow2'/></disk>"),
        {"pools/images", "volumes/images/base.qcow2"},
        id="a volume by its pool",
    ),
    pytest.param(
        "domains",
        guest(system="<kernel>/srv/images/base.qcow2</kernel>"),
        {"volumes/images/base.qcow2"},
        id="a kernel",
    ),
    pytest.param(
        "nwfilters", "<filter name='a'><filterref filter='clean'/></filter>", {"nwfilters/clean"}, id="filter"
    ),
    pytest.param(
        "pools",
        f"<pool><source><auth><secret uuid='{UUID}'/></auth></source></pool>",
        {"secrets/ceph lab"},
        id="the secret of a pool",
    ),
    pytest.param("domains", guest("<disk><source file='/srv/images/other'/></disk>"), set(), id="a file of nobody"),
    pytest.param("domains", guest("<interface><source bridge='lan'/></interface>"), set(), id="a bridge of that name"),
]


@pytest.mark.parametrize(("kind", "xml", "wanted"), REFERENCES)
def test_a_document_names_what_it_needs_and_goes_before_that(kind: str, xml: str, wanted: set[str]) -> None:
    assert needed(kind, "mine", xml) == wanted
    assert needed(kind, "mine", xml, absent=True) == wanted


def test_a_volume_needs_its_pool_and_what_it_builds_upon() -> None:
    xml = "<volume><backingStore><path>/srv/images/base.qcow2</path></backingStore></volume>"
    assert needed("volumes", "images/top.qcow2", xml) == {"pools/images", "volumes/images/base.qcow2"}
    assert needed("volumes", "elsewhere/top.qcow2", "<volume/>") == set()


def test_a_volume_is_known_by_its_file_where_the_pool_is_not_in_the_stack() -> None:
    volume = Node("volumes", "other/disk", parse("<volume><name>disk</name></volume>"))
    web = Node("domains", "g", parse(guest("<disk><source file='/srv/other/disk'/></disk>")))
    assert needs([web, volume])[web] == set()
    assert needs([web, volume], {"other": "/srv/other"})[web] == {volume}


def test_a_secret_is_known_by_the_uuid_that_libvirt_gave_it() -> None:
    secret = Node("secrets", "ceph x", parse("<secret/>"), uuid=UUID)
    web = Node("domains", "g", parse(guest(f"<disk><auth><secret uuid='{UUID}'/></auth></disk>")))
    assert needs([web, secret])[web] == {secret}


def test_what_comes_waits_for_nothing_that_goes() -> None:
    lan = Node("networks", "lan", None, absent=True)
    web = Node("domains", "g", parse(guest("<interface><source network='lan'/></interface>")))
    assert needs([web, lan]) == {web: set(), lan: set()}


def test_a_circle_is_refused_with_its_members_and_nobody_else() -> None:
    filters = [
        (f"<filter name='{name}'><filterref filter='{other}'/></filter>", name) for name, other in ("ab", "bc", "ca")
    ]
    outside = ("nwfilters", "d", "<filter name='d'><filterref filter='a'/></filter>")
    graph = needs(nodes(outside, *(("nwfilters", name, xml) for xml, name in filters)))
    with pytest.raises(Refused) as refused:
        refuse_circles(graph)
    said = str(refused.value)
    assert said.startswith("the stack goes round in a circle: network filter '")
    assert all(f"network filter '{name}'" in said for name in "abc")
    assert "'d'" not in said
    # Each is said to need the one after it.
    members = said.partition(": ")[2].split(" needs ")
    assert members[0] == members[-1]
    assert {f"{one[-2]}{other[-2]}" for one, other in zip(members, members[1:])} == {"ab", "bc", "ca"}


def test_what_needs_itself_is_no_circle() -> None:
    itself = Node("nwfilters", "a", parse("<filter name='a'><filterref filter='a'/></filter>"))
    refuse_circles(needs([itself]))


@pytest.mark.parametrize(
    ("kind", "name", "pattern", "wanted"),
    [
        ("domains", "web-1", "web-*", True),
        ("domains", "Web-1", "web-*", False),
        ("domains", "web", "we", False),
        ("secrets", "ceph lab a", "ceph lab*", True),
        ("volumes", "lab/web-1", "lab/web-*", True),
        ("volumes", "lab/web-1", "*/web-*", True),
        ("volumes", "lab2/web-1", "lab/*", False),
        # A star ends at the slash: what is called like a pool says nothing of the volumes in it.
        ("volumes", "web/data", "web*/web*", False),
    ],
)
def test_patterns(kind: str, name: str, pattern: str, wanted: bool) -> None:
    assert matches(kind, name, ["nosuch/x" if kind == "volumes" else "nosuch", pattern]) is wanted


def test_a_pattern_of_volumes_names_the_pool() -> None:
    with pytest.raises(Refused, match=r"the pattern 'web-\*' of volumes names no pool"):
        matches("volumes", "web-1/data", ["web-*"])


def test_both_know_the_same_lists() -> None:
    assert KINDS == LISTS
