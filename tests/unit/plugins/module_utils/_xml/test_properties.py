# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every document: the golden ones with random changes, and garbage.

The same examples in every run; ``--hypothesis-profile=default`` looks for others.
"""

from __future__ import annotations

import contextlib
import copy
import typing as t

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.converge.libvirt.plugins.module_utils._xml.compare import compare, pending
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import (
    MASK,
    DocumentError,
    find_all,
    mask,
    parse,
    secret_values,
    serialise,
)
from ansible_collections.converge.libvirt.plugins.module_utils._xml.explain import refuse_sizes
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import Scope, overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import domain
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules

from .conftest import PAIRS

settings.register_profile(
    "same", derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same")

# XML holds no control characters; what is not XML is for the parser's own test.
GARBAGE = st.text(st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cn")), max_size=12) | st.sampled_from(
    ["0", "-1", "0x", "1-", "1,^1", "0x10000000000000000", "yes", "99999999999999999999", "٣", " 1 "]
)


class Case(t.NamedTuple):
    """A document with some random changes, what libvirt stored for it before them, and its tables."""

    name: str
    tree: t.Any
    stored: t.Any
    rules: Rules


@st.composite
def cases(draw: st.DrawFn, most: int = 4) -> Case:
    """A golden document, as given or as stored, in which up to ``most`` things are removed, spoilt or doubled."""
    pair = draw(st.sampled_from(PAIRS))
    tree = copy.deepcopy(draw(st.sampled_from([pair.desired, pair.dump])))
    for _change in range(draw(st.integers(0, most))):
        elements = list(tree.iter())
        element = elements[draw(st.integers(0, len(elements) - 1))]
        parent, names = element.getparent(), sorted(element.attrib)
        how = draw(st.sampled_from(["remove", "double", "text", "attribute", "drop"]))
        if how == "remove" and parent is not None:
            parent.remove(element)
        elif how == "double" and parent is not None:
            parent.append(copy.deepcopy(element))
        elif how == "text" and not len(element):
            element.text = draw(GARBAGE)
        elif how == "attribute" and names:
            element.set(draw(st.sampled_from(names)), draw(GARBAGE))
        elif how == "drop" and names:
            del element.attrib[draw(st.sampled_from(names))]
    return Case(pair.name, tree, pair.dump, pair.rules)


@given(cases())
def test_a_document_over_itself_changes_nothing(case: Case) -> None:
    assert compare(case.tree, case.tree, case.rules) == []
    assert pending(case.tree, case.tree, case.rules) == []


@given(cases(most=0))
def test_what_libvirt_stored_over_itself_changes_nothing(case: Case) -> None:
    assert overlay(case.stored, case.stored, case.rules).differences == []
    assert overlay(case.tree, case.stored, case.rules).differences == []


@given(cases())
def test_garbage_is_compared_and_not_stumbled_over(case: Case) -> None:
    for one, two in ((case.tree, case.stored), (case.stored, case.tree)):
        merged = overlay(one, two, case.rules).document
        assert parse(serialise(merged)).tag == case.rules.root
        pending(one, two, case.rules)
    with contextlib.suppress(ValueError):
        refuse_sizes(case.tree, case.rules)


@given(cases())
def test_a_comparison_finds_something_from_both_sides_or_from_none(case: Case) -> None:
    there, back = compare(case.stored, case.tree, case.rules), compare(case.tree, case.stored, case.rules)
    assert bool(there) == bool(back)


@given(cases(), st.sampled_from(["memory", "devices/disk", "devices/interface", "cpu", "ip", "target/permissions"]))
def test_nothing_outside_of_the_scope_changes(case: Case, owned: str) -> None:
    result = overlay(case.tree, case.stored, case.rules, Scope.of({owned}))
    # What follows from what is owned is no part of this law: a balloon follows the memory.
    allowed = (owned, "currentMemory", "devices/controller")
    assert [one.path for one in result.differences if not one.tags.startswith(allowed)] == []


@given(cases())
def test_a_list_of_which_some_are_named_loses_none(case: Case) -> None:
    lists = {"devices/disk", "devices/interface", "ip", "dns/host"}
    result = overlay(case.tree, case.stored, case.rules, Scope(at_least=frozenset(lists)))
    assert [one.path for one in result.differences if one.after is None and one.tags in lists] == []


@given(cases())
def test_what_is_kept_stays_as_it_is(case: Case) -> None:
    kept = {"devices/disk", "devices/interface", "ip/dhcp", "target"}
    result = overlay(case.tree, case.stored, case.rules, Scope(keep=frozenset(kept)))
    assert [one.path for one in result.differences if any(one.tags.startswith(path) for path in kept)] == []


@given(st.lists(st.text("abcdefghijklmnop0123", min_size=1, max_size=10), min_size=1, max_size=4))
def test_a_mask_hides_every_secret(secrets: list[str]) -> None:
    graphics = "".join(f"<graphics type='vnc' passwd='{secret}'/>" for secret in secrets)
    tree = parse(f"<domain><name>x</name><devices>{graphics}</devices></domain>")
    assert secret_values(tree, domain.RULES) == list(dict.fromkeys(secrets))
    masked = mask(tree, domain.RULES)
    assert secret_values(masked, domain.RULES) == [MASK]
    assert {one.get("passwd") for one in find_all(masked, "devices/graphics")} == {MASK}
    told = overlay(tree, parse("<domain><devices/></domain>"), domain.RULES).differences
    assert all(MASK in str(one.after) and one.secret for one in told if one.tags == "devices/graphics")


@given(st.binary(max_size=200) | st.text(max_size=200) | st.sampled_from(["<domain>", "<a b='&#0;'/>", "\ufeff<a/>"]))
def test_nothing_but_a_sentence_comes_out_of_what_is_no_document(data: str | bytes) -> None:
    with contextlib.suppress(DocumentError):
        parse(data)
