# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each typed option stands where libvirt's own schema has it, and offers what that allows, unless it is newer."""

from __future__ import annotations

import functools
import pathlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from lxml import etree

from ansible_collections.converge.libvirt.plugins.module_utils._spec import domain, network, pool, secret, volume
from ansible_collections.converge.libvirt.plugins.module_utils._spec._table import Row, rows
from ansible_collections.converge.libvirt.plugins.module_utils._xml import explain
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import join

INSTALLED = pathlib.Path("/usr/share/libvirt/schemas")
MODULES = {"domain": domain, "network": network, "pool": pool, "volume": volume, "secret": secret}
RNG = "{http://relaxng.org/ns/structure/1.0}"

#: What libvirt 9.0 reads and keeps although its schema does not know it, as `virsh -c test:///default define` shows.
UNKNOWN = {"filesystems.source.pool", "filesystems.source.volume", "smartcards.alias"}
#: Choices that only the schema of a newer libvirt has, or, as above, none.
NEWER = {
    ("disks.type", "ctl"),  # 12.0
    ("disks.type", "vhostvdpa"),  # 9.8
    ("disks.source.encryption.format", "luks-any"),  # 9.3
    ("encryption.format", "luks-any"),
    ("features.hyperv.mode", "host-model"),  # 11.9
    ("filesystems.type", "volume"),
    ("launch_security.type", "sev-snp"),  # 10.5
    ("launch_security.type", "tdx"),  # 11.6
}


class Schema(explain._Search):
    """The names and values that libvirt's schema has at a path."""

    def __init__(self, rules: Any) -> None:
        super().__init__(etree.Element(rules.root), str(INSTALLED), rules)
        start = self.within("/", self.behind[rules.schema])
        self.start = start[rules.root]

    def hurry(self) -> None:
        """It may take as long as it does."""

    def at(self, path: str) -> Any:
        """What may stand in the element at a tag path; None where there is none."""
        patterns, tags = self.start, self.rules.root
        for tag in path.split("/") if path else ():
            names = self.within(tags, patterns)
            name = tag.rpartition(":")[2]
            if name not in names:
                return None
            patterns, tags = names[name], f"{tags}/{name}"
        return self.within(tags, patterns)

    def values(self, path: str, attribute: str) -> tuple[set[str], bool]:
        """The values that are listed for an attribute or a text, and whether others are allowed."""
        names = self.at(path) or {}
        if attribute:
            names = self.within(f"{self.rules.root}/{path}@{attribute}", names.get(f"@{attribute}", []))
        leaves = names.get(".", [])
        listed = {one.text or "" for one in leaves if one.tag == f"{RNG}value"}
        return listed, len(leaves) == 0 or any(one.tag != f"{RNG}value" for one in leaves)


@functools.cache
def schema(kind: str) -> Schema:
    if not INSTALLED.is_dir():
        pytest.skip(f"needs libvirt's schemas in {INSTALLED}")
    return Schema(MODULES[kind].RULES)


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


@functools.cache
def installed_version() -> tuple[int, ...]:
    """Of the libvirt whose schemas are here."""
    done = subprocess.run(["libvirtd", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)\.(\d+)\.\d+", done.stdout)
    return (9, 0) if found is None else (int(found[1]), int(found[2]))


def is_newer(row: Row) -> bool:
    """Whether the libvirt whose schemas are here does not have it yet."""
    return row.since is not None and version(row.since) > installed_version()


def leaves(options: tuple[Row, ...], base: str = "", name: str = "", since: str | None = None) -> Iterator[Any]:
    """Name, path and row of what stands in a document."""
    for row in options:
        called = f"{name}.{row.name}" if name else row.name
        path = join(base, row.path) if row.path else base
        newer = row.since or since
        if row.rows and not row.several:
            yield from leaves(row.rows, base, called, newer)
            continue
        yield called, path, replace(row, since=newer)
        yield from leaves(row.rows, path, called, newer)


@pytest.mark.parametrize("kind", MODULES)
def test_an_option_stands_where_the_schema_has_it(kind: str) -> None:
    lost = []
    for name, path, row in leaves(rows(MODULES[kind].TABLE)):
        found = schema(kind).at(path)
        known = found is not None and (not row.attribute or bool({f"@{row.attribute}", "@*"} & set(found)))
        if not known and name not in UNKNOWN and not is_newer(row):
            lost.append(f"{name}: no {path}@{row.attribute}, but {sorted(found or ())}")
    assert not lost


@pytest.mark.parametrize("kind", MODULES)
def test_an_option_offers_what_the_schema_allows(kind: str) -> None:
    wrong = []
    for name, path, row in leaves(rows(MODULES[kind].TABLE)):
        offered = set(row.choices)
        if row.form.type == "bool" and not row.form.whole:
            offered = {text for text in (row.form.text(True), row.form.text(False)) if text is not None}
        if not offered or is_newer(row):
            continue
        listed, any_other = schema(kind).values(path, row.attribute)
        missing, more = listed - offered, {one for one in offered - listed if (name, one) not in NEWER}
        if missing or (more and not any_other):
            wrong.append(f"{name}: lacks {sorted(missing)}, and {sorted(more)} is not in the schema")
    assert not wrong


def test_no_exception_is_left_over() -> None:
    found = [(name, row) for module in MODULES.values() for name, _path, row in leaves(rows(module.TABLE))]
    assert {name for name, _row in found} >= UNKNOWN
    assert {(name, choice) for name, row in found for choice in row.choices} >= set(NEWER)
