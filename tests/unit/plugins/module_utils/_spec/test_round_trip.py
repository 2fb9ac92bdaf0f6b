# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever options say, a document made of them says the same options when it is read."""

from __future__ import annotations

import copy
from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")
hypothesis = pytest.importorskip("hypothesis", reason="needs hypothesis")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.converge.libvirt.plugins.module_utils._spec import domain, network, pool, secret, volume
from ansible_collections.converge.libvirt.plugins.module_utils._spec._table import (
    FORMS,
    Reader,
    Row,
    Writer,
    rows,
    size_text,
)
from ansible_collections.converge.libvirt.plugins.module_utils._xml.compare import compare
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, parse

KINDS = {"domain": domain, "network": network, "pool": pool, "volume": volume, "secret": secret}
OPTIONS = [(kind, row) for kind, module in KINDS.items() for row in rows(module.TABLE)]

TEXTS = st.text("abz09.:/-_ &<é", min_size=1, max_size=8).map(str.strip).filter(bool)
SIZES = st.integers(1, 2**40).map(size_text)


def values(row: Row) -> Any:
    """Values of an option that a document can say."""
    if row.rows:
        entries = dictionaries(row.rows)
        return st.lists(entries, min_size=1, max_size=3) if row.several else entries
    one = plain(row)
    return st.lists(one, min_size=1, max_size=3) if row.several else one


def plain(row: Row) -> Any:
    if row.choices:
        return st.sampled_from(row.choices)
    if row.form.whole and row.form.type == "dict":
        return st.dictionaries(st.sampled_from(["type", "bus", "slot", "unit"]), TEXTS, min_size=1)
    if row.form.whole or row.form is FORMS["yes_or_nothing"]:
        return st.just(True)  # What is false is not there.
    if row.form.unit or row.form is FORMS["bytes"]:
        return SIZES
    return {"bool": st.booleans(), "int": st.integers(-1, 2**31), "str": TEXTS}[row.form.type]


def dictionaries(options: tuple[Row, ...]) -> Any:
    """Some of the options in one, and of those that exclude each other one."""
    needed = [row for row in options if "required" in row.words]
    others = [row for row in options if "required" not in row.words]
    some = st.lists(st.sampled_from(others), max_size=6, unique=True) if others else st.just([])
    made = some.flatmap(lambda found: st.fixed_dictionaries({row.name: values(row) for row in [*needed, *found]}))
    return made.map(lambda found: without_rivals(found, options)).filter(bool)


def leaves_of(found: dict[str, Any], options: tuple[Row, ...]) -> list[tuple[dict[str, Any], Row]]:
    """The given options of the same element: the dictionary that each is in, and its row."""
    given_: list[tuple[dict[str, Any], Row]] = []
    for row in options:
        if row.name in found and row.rows and not row.several:
            given_ += leaves_of(found[row.name], row.rows)
        elif row.name in found:
            given_.append((found, row))
    return given_


def without_rivals(found: dict[str, Any], options: tuple[Row, ...]) -> dict[str, Any]:
    """Without what another option implies, or says differently, and without flags whose element has more in it."""
    found = copy.deepcopy(found)
    given_ = leaves_of(found, options)
    implied: dict[tuple[str, str], str] = {}
    for holder, row in given_:
        if row.implied is not None and implied.setdefault(row.implied[:2], row.implied[2]) != row.implied[2]:
            del holder[row.name]
    for holder, row in given_:
        more = any(other.path.startswith(row.path + "/") for _holder, other in given_)
        if (row.path, row.attribute) in implied or (row.form.whole and row.form.type == "bool" and more):
            holder.pop(row.name, None)
    return {name: value for name, value in found.items() if value != {}}


@pytest.mark.parametrize(("kind", "row"), OPTIONS, ids=[f"{kind}-{row.name}" for kind, row in OPTIONS])
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_option_is_read_as_it_was_written(kind: str, row: Row, data: Any) -> None:
    rules = KINDS[kind].RULES
    said = data.draw(values(row))
    tree = parse(f"<{rules.root}/>")
    Writer(rules).option(tree, row, said, None, False)
    document = compact(tree)
    assert Reader(rules).take(tree, row) == said, document
    assert compact(tree) == f"<{rules.root}/>", f"something of {document} was not read"


@pytest.mark.parametrize(("kind", "row"), OPTIONS, ids=[f"{kind}-{row.name}" for kind, row in OPTIONS])
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_option_that_is_written_again_changes_nothing(kind: str, row: Row, data: Any) -> None:
    rules = KINDS[kind].RULES
    said = data.draw(values(row))
    stored = parse(f"<{rules.root}/>")
    Writer(rules).option(stored, row, said, None, False)
    alone, beside = parse(f"<{rules.root}/>"), copy.deepcopy(stored)
    Writer(rules).option(alone, row, said, stored, False)
    assert compare(stored, alone, rules) == []
    Writer(rules).option(beside, row, said, None, True)
    assert compare(stored, beside, rules) == []


SPECS = [domain.DOMAIN, network.NETWORK, pool.POOL, volume.VOLUME, secret.SECRET]
NAMED = {"secret": {"usage": {"type": "tls", "id": "a"}}}
BESIDE_TABLE: dict[str, Any] = {
    "memory": SIZES.filter(lambda size: not size.endswith("B") or size.endswith("iB")),
    "vcpus": st.integers(1, 64),
    "tags": st.lists(TEXTS, min_size=1, unique=True),
    "metadata": st.dictionaries(TEXTS, TEXTS, min_size=1),
    "os": TEXTS,
}


@pytest.mark.parametrize("spec", SPECS, ids=[spec.noun for spec in SPECS])
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_parsed_renders_the_same_document(spec: Any, data: Any) -> None:
    table = {row.name: values(row) for row in rows(KINDS[spec.rules.root].TABLE)}
    known = {**table, **{name: made for name, made in BESIDE_TABLE.items() if spec is domain.DOMAIN}}
    names = data.draw(st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True))
    said = {**NAMED.get(spec.rules.root, {"name": "a"}), **{name: data.draw(known[name]) for name in names}}
    nothing = dict.fromkeys(spec.argument_spec())
    rendered = spec.offline({**nothing, **said, "state": "rendered"})["rendered"]
    parsed = spec.offline({**nothing, "xml": rendered, "state": "parsed"})["parsed"]
    again = spec.offline({**nothing, **parsed, "state": "rendered"})["rendered"]
    assert compare(parse(rendered), parse(again), spec.rules) == []
    # What tells two entries of a list apart may be the same in both: those are told in xml.
    assert "xml" in parsed or {name: parsed.get(name) for name in BESIDE_TABLE if name in said} == {
        name: said[name] for name in BESIDE_TABLE if name in said
    }
