# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused
from ansible_collections.converge.libvirt.plugins.module_utils._result import CONNECTION
from ansible_collections.converge.libvirt.plugins.module_utils._spec._option import (
    Desired,
    Option,
    Scope,
    Spec,
    agreed,
    from_table,
    normal_uuid,
)
from ansible_collections.converge.libvirt.plugins.module_utils._spec._survey import Survey
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import WHOLE
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules

UUID = "6695eb01-f6a4-8304-79aa-97f2502e193f"
OTHER = "00000000-f6a4-8304-79aa-97f2502e193f"
RULES = Rules(root="lamp")
OPTIONS = from_table({"title": "title"}, RULES)
LAMP = Spec("lamp", RULES, ("present", "absent"), options=OPTIONS)


def params(**given: Any) -> dict[str, Any]:
    return {"name": None, "uuid": None, "xml": None, "title": None, "state": "present", **given}


def lamp(inner: str) -> str:
    return f"<lamp>{inner}</lamp>"


@pytest.mark.parametrize(
    ("given", "name", "uuid"),
    [
        ({"name": "a"}, "a", None),
        ({"xml": lamp("<name> a </name>")}, "a", None),
        ({"name": "a", "xml": lamp("<name>a</name>")}, "a", None),
        ({"name": "a", "xml": lamp("<name/>")}, "a", None),
        ({"uuid": UUID.upper().replace("-", "")}, None, UUID),
        ({"uuid": UUID, "xml": lamp(f"<uuid>{UUID.upper()}</uuid>")}, None, UUID),
        ({"name": "a", "xml": lamp(f"<uuid>{UUID}</uuid>")}, "a", UUID),
    ],
)
def test_the_ways_to_name_an_object(given: dict[str, Any], name: str | None, uuid: str | None) -> None:
    asked = LAMP.identity(params(**given))
    assert (asked.name, asked.uuid) == (name, uuid)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "name the lamp: by name, by uuid or by a <name> in xml"),
        ({"xml": lamp("<name/>")}, "name the lamp"),
        ({"name": " "}, "name is empty"),
        ({"name": "a", "xml": lamp("<name>b</name>")}, "name says 'a' but xml says 'b'"),
        ({"uuid": UUID, "xml": lamp(f"<uuid>{OTHER}</uuid>")}, f"uuid says '{UUID}' but xml says '{OTHER}'"),
        ({"uuid": "lamp-1"}, "uuid 'lamp-1' is not a UUID"),
        ({"xml": "<domain/>"}, "xml: this is a <domain> document, a <lamp> is needed"),
        ({"xml": "<lamp>"}, "xml: line 1: "),
    ],
)
def test_an_identity_that_does_not_agree_is_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        LAMP.identity(params(**given))
    assert sentence in str(caught.value)


def test_agreement_of_one_value() -> None:
    assert (agreed("name", None, None, "lamp"), agreed("name", "a", None, "lamp")) == (None, "a")
    assert normal_uuid(None) is None


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("", "Hall", "<title>Hall</title>"),
        ("<title>Old</title>", "Hall", "<title>Hall</title>"),
        ("<title>Old</title>", "", ""),
        ("", "", ""),
    ],
)
def test_a_text_option_in_xml_and_an_empty_one_removes(before: str, value: str, after: str) -> None:
    given = params(xml=lamp("<name>a</name>" + before), title=value)
    desired = LAMP.desired(given, LAMP.identity(given), None)
    assert compact(desired.tree) == (lamp("<name>a</name>" + after))


def test_an_option_alone_owns_its_paths_and_cannot_make_an_object() -> None:
    given = params(name="a", title="Hall")
    desired = LAMP.desired(given, LAMP.identity(given), parse(lamp("<name>a</name>")))
    assert compact(desired.tree) == lamp("<title>Hall</title>")
    assert (desired.scope, desired.complete) == (Scope.of(["title@."]), False)


def test_a_task_that_says_nothing_of_the_definition_has_none() -> None:
    given = params(name="a")
    desired = LAMP.desired(given, LAMP.identity(given), parse(lamp("")))
    assert (desired.tree, desired.complete) == (None, False)


def test_xml_owns_the_document_and_gets_the_names_that_it_lacks() -> None:
    given = params(name="a", uuid=UUID, xml=lamp("<watts>5</watts>"), title="Hall")
    asked = LAMP.identity(given)
    desired = LAMP.desired(given, asked, None)
    assert compact(desired.tree) == lamp(f"<name>a</name><uuid>{UUID}</uuid><watts>5</watts><title>Hall</title>")
    assert (desired.scope, desired.complete) == (WHOLE, True)
    assert compact(asked.tree) == lamp("<watts>5</watts>"), "what was asked stays as it was"


def test_xml_gets_its_names_as_they_are_looked_up() -> None:
    given = params(xml=lamp(f"<name>\n  a\n</name><uuid> {UUID.upper()} </uuid><watts>5</watts>"))
    desired = LAMP.desired(given, LAMP.identity(given), None)
    assert compact(desired.tree) == lamp(f"<name>a</name><uuid>{UUID}</uuid><watts>5</watts>")


def test_options_alone_make_an_object_where_the_kind_allows_it() -> None:
    spec = Spec("lamp", RULES, ("present",), options=OPTIONS, from_options=True)
    given = params(name="a", title="Hall")
    made = spec.desired(given, spec.identity(given), None)
    assert (compact(made.tree), made.complete) == (lamp("<name>a</name><title>Hall</title>"), True)
    changed = spec.desired(given, spec.identity(given), made.tree)
    assert (compact(changed.tree), changed.complete) == (lamp("<title>Hall</title>"), False)


def test_a_document_that_owns_only_a_part_is_not_complete() -> None:
    tree = parse(lamp("<title>Hall</title>"))
    assert Desired("a", None, tree, WHOLE).complete
    assert not Desired("a", None, tree, Scope.of(["title"])).complete
    assert not Desired("a", None).complete


def test_an_option_that_refuses_its_value_is_named() -> None:
    def refuse(_tree: Any, _value: Any, _current: Any, _union: bool) -> None:
        raise ValueError("no lamp has that")

    option = Option("title", {"type": "str"}, lambda _value: ["title"], refuse, lambda _tree: None, ("title",))
    spec = Spec("lamp", RULES, ("present",), options=(option,))
    given = params(name="a", title="Hall")
    with pytest.raises(Refused, match=r"^title: no lamp has that$"):
        spec.desired(given, spec.identity(given), None)


def test_every_module_takes_the_connection_options() -> None:
    for spec in (LAMP.argument_spec(), Survey("lamps").argument_spec()):
        assert {name: spec[name] for name in CONNECTION} == CONNECTION
    assert LAMP.argument_spec()["state"]["choices"] == ["present", "absent", "rendered", "parsed"]
    assert LAMP.argument_spec()["title"] == {"type": "str"}
