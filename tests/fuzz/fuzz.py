# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fuzz the XML engine, guided by coverage: raw bytes, broken documents, and changed real ones laid over each other.

    fuzz.py [--dir DIR] [--seconds 60] [--findings FOLDER] [libFuzzer options]

Nothing but a DocumentError may come out of parsing, and nothing at all out of the rest; no input may take longer than
TIMEOUT or more than MEMORY. DIR holds documents anywhere below it (the golden ones of the unit tests where none is
named). A finding is written to a file, and given that file alone the target runs it again.
"""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import random
import sys
import typing as t

import atheris

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = REPOSITORY / "tests/unit/plugins/module_utils/_xml/data"
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests/corpus")]

with atheris.instrument_imports(include=["plugins.module_utils._xml"]):
    from plugins.module_utils._xml import document, explain
    from plugins.module_utils._xml.compare import compare, pending
    from plugins.module_utils._xml.overlay import Scope, overlay
    from plugins.module_utils._xml.record import recall, remembered
    from plugins.module_utils._xml.rules import (
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
    from plugins.module_utils._xml.tables import Rules

from garden import Garden

KINDS: dict[str, Rules] = {
    one.root: one
    for one in (
        domain.RULES,
        network.RULES,
        pool.RULES,
        volume.RULES,
        secret.RULES,
        nwfilter.RULES,
        interface.RULES,
        nodedev.RULES,
        snapshot.RULES,
        checkpoint.RULES,
    )
}
FOLDERS = (
    "domain",
    "network",
    "pool",
    "volume",
    "secret",
    "nwfilter",
    "interface",
    "nodedev",
    "snapshot",
    "checkpoint",
)
TIMEOUT = 10
"""Seconds for one input, on a machine that does other things as well."""
MEMORY = 1024
"""MiB."""
LARGEST = 65536
"""Bytes of an input; larger documents are left to the unit tests."""
RAW, TEXT, CHANGED = range(3)


class Target:
    """What is done with an input: its first byte says how the rest is meant."""

    def __init__(self, files: list[pathlib.Path]) -> None:
        self.texts = [file.read_bytes() for file in files]
        trees = [(tree, KINDS[tree.tag]) for tree in map(_parsed, self.texts) if tree is not None and tree.tag in KINDS]
        self.trees = trees
        self.gardens = {kind: Garden(tree for tree, rules in trees if rules.root == kind) for kind in KINDS}

    def __call__(self, data: bytes) -> None:
        """Try one input."""
        given = atheris.FuzzedDataProvider(data)
        way = given.ConsumeIntInRange(RAW, CHANGED)
        if way == RAW:
            self.raw(given.ConsumeBytes(LARGEST))
        elif way == TEXT:
            self.text(given)
        else:
            self.changed(given)

    def raw(self, data: bytes) -> None:
        """Bytes as they come."""
        tree = _parsed(data)
        if tree is not None:
            rules = KINDS.get(tree.tag, domain.RULES)
            laws(tree, tree, rules)

    def text(self, given: t.Any) -> None:
        """A document with some of its bytes replaced, over itself."""
        data = bytearray(self.texts[given.ConsumeIntInRange(0, len(self.texts) - 1)])
        for _change in range(given.ConsumeIntInRange(1, 4)):
            at = given.ConsumeIntInRange(0, len(data))
            data[at : at + given.ConsumeIntInRange(0, 16)] = given.ConsumeBytes(16)
        tree = _parsed(bytes(data))
        if tree is not None:
            rules = KINDS.get(tree.tag, domain.RULES)
            other = _parsed(self.texts[given.ConsumeIntInRange(0, len(self.texts) - 1)])
            laws(tree, tree if other is None else other, rules)

    def changed(self, given: t.Any) -> None:
        """A document with some things changed, over another one; values may be garbage."""
        tree, rules = self.trees[given.ConsumeIntInRange(0, len(self.trees) - 1)]
        other, _rules = self.trees[given.ConsumeIntInRange(0, len(self.trees) - 1)]
        chance = random.Random(given.ConsumeInt(4))
        for _change in range(given.ConsumeIntInRange(1, 5)):
            tree, _what = self.gardens[rules.root].mutate(tree, chance)
        for _change in range(given.ConsumeIntInRange(0, 3)):
            _spoil(tree, given, chance)
        laws(tree, other, rules)


def _parsed(data: bytes) -> t.Any:
    try:
        return document.parse(data)
    except document.DocumentError:
        return None


def _spoil(tree: t.Any, given: t.Any, chance: random.Random) -> None:
    """Put any text into an attribute or an element. What XML cannot hold is left out."""
    garbage = "".join(
        one
        for one in given.ConsumeUnicodeNoSurrogates(24)
        if one in "\t\n" or (one >= " " and one not in "\ufffe\uffff")
    )
    element = chance.choice(list(tree.iter()))
    if element.attrib and chance.random() < 0.7:
        element.set(chance.choice(list(element.attrib)), garbage)
    else:
        element.text = garbage or None


def laws(tree: t.Any, other: t.Any, rules: Rules) -> None:
    """What holds for any two documents."""
    before = document.serialise(tree), document.serialise(other)
    again = document.serialise(document.parse(before[0]))
    assert again == before[0], (again, before[0])
    for one, two in ((tree, other), (other, tree)):
        merged = overlay(one, two, rules)
        document.serialise(merged.document)
        record = remembered(one, two, rules, merged.differences)
        left = recall(one, two, rules, record).differences
        assert all(difference.secret for difference in left), left
        recall(two, one, rules, record)
        compare(one, two, rules)
        pending(one, two, rules)
    scope = Scope.of({"devices/disk", "memory", "ip"}, at_least={"devices/disk"}, keep={"ip/dhcp"})
    document.serialise(overlay(tree, other, rules, scope).document)
    masked = document.mask(tree, rules)
    assert set(document.secret_values(masked, rules)) <= {document.MASK}
    with contextlib.suppress(ValueError):
        explain.refuse_sizes(tree, rules)
    differences = compare(tree, tree, rules)
    assert not differences, differences
    assert before == (document.serialise(tree), document.serialise(other)), "a document was modified"


def main() -> None:
    """Read the options and run until the time is up or something is found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dir", type=pathlib.Path, default=GOLDEN, metavar="DIR")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--findings", type=pathlib.Path, default=REPOSITORY / ".cache/fuzz")
    options, rest = parser.parse_known_args()
    files = sorted(file for folder in FOLDERS for file in (options.dir / folder).rglob("*.xml"))
    if not files:
        raise SystemExit(f"{options.dir} holds no documents in folders named {', '.join(FOLDERS)}")
    options.findings.mkdir(parents=True, exist_ok=True)
    limits = [f"-max_total_time={options.seconds}", f"-timeout={TIMEOUT}", f"-rss_limit_mb={MEMORY}"]
    arguments = [sys.argv[0], *limits, f"-max_len={LARGEST}", f"-artifact_prefix={options.findings}/", *rest]
    atheris.Setup(arguments, Target(files))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
