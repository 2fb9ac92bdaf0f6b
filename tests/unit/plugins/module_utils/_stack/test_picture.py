# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A topology as text: each object once, each need an arrow, and no name that breaks it."""

from __future__ import annotations

import shutil
import subprocess

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._stack.order import KINDS, Graph, Node
from ansible_collections.converge.libvirt.plugins.module_utils._stack.picture import SHAPES, dot, mermaid

#: Names that libvirt allows, and that neither language would read as they stand.
HARD = ('say "hi"', "back\\slash", "Größe", "a#b;", "{x}")


def graph() -> Graph:
    guest, lan, pool = Node("domains", "web"), Node("networks", "lan"), Node("pools", "images")
    volume = Node("volumes", "images/web.qcow2")
    return {guest: {lan, volume}, volume: {pool}, pool: set(), lan: set()}


def test_mermaid() -> None:
    assert mermaid(graph()).splitlines() == [
        "flowchart LR",
        '  n0(["lan"])',
        '  n1[("images")]',
        '  n2["images/web.qcow2"]',
        '  n3[["web"]]',
        "  n2 --> n1",
        "  n3 --> n0",
        "  n3 --> n2",
    ]


def test_dot() -> None:
    assert dot(graph()).splitlines() == [
        "digraph libvirt {",
        "  rankdir=LR;",
        '  n0 [shape=ellipse, label="lan"];',
        '  n1 [shape=cylinder, label="images"];',
        '  n2 [shape=note, label="images/web.qcow2"];',
        '  n3 [shape=box, label="web"];',
        "  n2 -> n1;",
        "  n3 -> n0;",
        "  n3 -> n2;",
        "}",
    ]


def test_hard_names() -> None:
    drawn = mermaid({Node("networks", name): set() for name in HARD})
    assert drawn.splitlines()[1:] == [
        '  n0(["Größe"])',
        '  n1(["a#35;b;"])',
        '  n2(["back\\slash"])',
        '  n3(["say #quot;hi#quot;"])',
        '  n4(["{x}"])',
    ]
    drawn = dot({Node("networks", name): set() for name in HARD})
    assert 'label="say \\"hi\\""' in drawn
    assert 'label="back\\\\slash"' in drawn


def test_every_kind_has_a_shape() -> None:
    assert SHAPES.keys() == set(KINDS)


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
def test_graphviz_reads_it() -> None:
    every: Graph = {Node(kind, name): set() for kind in KINDS for name in HARD}
    done = subprocess.run(["dot", "-Tsvg"], input=dot(every), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "say &quot;hi&quot;" in done.stdout
