# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils import _result
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Change
from ansible_collections.converge.libvirt.plugins.module_utils._result import (
    HIDDEN,
    Module,
    diff_header,
    diff_side,
    masked_text,
    rendered,
)
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.domain import RULES
from ansible_collections.converge.libvirt.tests.unit.in_process import result_of, task

SECRET = "swordfish"


def screen(password: str = SECRET) -> str:
    return f"<domain><name>web</name><devices><graphics type='vnc' passwd='{password}'/></devices></domain>"


def module(**options: Any) -> Module:
    """A module of this collection that got these options."""
    with task(**options):
        return Module(RULES, {"xml": {"type": "str"}, "uri": {"type": "str", "fallback": ("env", "LIBVIRT_URI_HERE")}})


@pytest.mark.parametrize("ends", ["exit_json", "fail_json"])
def test_the_invocation_is_told_without_the_secrets(ends: str) -> None:
    def main() -> None:
        made = Module(RULES, {"xml": {"type": "str"}})
        getattr(made, ends)(**({"msg": f"no {SECRET}"} if ends == "fail_json" else {"changed": False}))

    result = result_of(main, xml=screen())
    assert SECRET not in json.dumps(result)
    assert f'passwd="{HIDDEN}"' in result["invocation"]["module_args"]["xml"]
    assert "<name>web</name>" in result["invocation"]["module_args"]["xml"]


@pytest.mark.parametrize("broken", [screen() + "<", screen().replace("</domain>", ""), f"passwd='{SECRET}'"])
def test_xml_that_cannot_be_read_is_hidden_whole(broken: str) -> None:
    assert masked_text(broken, RULES) == HIDDEN


def test_without_lxml_it_is_hidden_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_result, "LXML_ERROR", "Traceback ...")
    assert masked_text(screen(), RULES) == HIDDEN
    assert module(xml=screen()).without_secrets("a sentence") == "a sentence"


@pytest.mark.parametrize(
    ("password", "said", "told"),
    [
        (SECRET, f"invalid value {SECRET} here", f"invalid value {HIDDEN} here"),
        (SECRET, f"invalid value '{SECRET}'", f"invalid value '{HIDDEN}'"),
        (SECRET, f'passwd="{SECRET}"', f'passwd="{HIDDEN}"'),
        (SECRET, f"the {SECRET}es are free", f"the {SECRET}es are free"),
        ("a", "a guest has a value 'a'", f"a guest has a value '{HIDDEN}'"),
        ("web", "guest web: '*' is no web", "guest web: '*' is no web"),
        ("s(r+t", "it says s(r+t.", f"it says {HIDDEN}."),
    ],
)
def test_a_secret_in_a_sentence_is_hidden_and_words_are_left_alone(password: str, said: str, told: str) -> None:
    assert module(xml=screen(password)).without_secrets(said) == told


def test_a_sentence_is_left_alone_without_xml_to_take_secrets_from() -> None:
    assert module().without_secrets(f"it says '{SECRET}'") == f"it says '{SECRET}'"


@pytest.fixture
def uri_in_environment(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LIBVIRT_URI_HERE", "test:///elsewhere")
    return "test:///elsewhere"


def test_an_option_may_come_from_the_environment(uri_in_environment: str) -> None:
    assert module().params["uri"] == uri_in_environment
    assert module(uri="test:///default").params["uri"] == "test:///default"


def test_one_side_of_a_diff_has_first_what_is_not_in_the_xml() -> None:
    document = parse("<domain><name>web</name></domain>")
    assert diff_side(document, {"state": "running", "autostart": "true"}, RULES) == (
        "state: running\nautostart: true\n<domain>\n  <name>web</name>\n</domain>\n"
    )
    beside = {"state": "present", "autostart": None}
    assert diff_side(document, beside, RULES).startswith("state: present\n<domain>")
    assert diff_side(None, {"state": "absent"}, RULES) == ""


def test_a_new_secret_shows_as_a_difference_and_not_as_itself() -> None:
    old, new = parse(screen()), parse(screen("trout12345"))
    sides = [diff_side(old, {}, RULES), diff_side(new, {}, RULES, old)]
    assert sides[0] != sides[1]
    assert not any(secret in side for side in sides for secret in (SECRET, "trout12345"))
    assert sides[0] == diff_side(old, {}, RULES, old), "an old secret is no difference"


@pytest.mark.parametrize(
    ("paths", "header"),
    [
        (["memory", "state"], "guest 'web'"),
        (["/"], "guest 'web'"),
        (["memory", "devices/disk[vdb]/driver/@cache"], "guest 'web': devices/disk[vdb]/driver/@cache"),
        ([f"rule[{n}]" for n in range(7)], "guest 'web': rule[0], rule[1], rule[2], rule[3], rule[4], 2 more"),
    ],
)
def test_the_header_of_a_diff_says_which_of_several_has_changed(paths: list[str], header: str) -> None:
    assert diff_header("guest 'web'", [Change(path, "a", "b") for path in paths]) == header


def test_a_document_that_is_not_there_renders_as_nothing() -> None:
    assert rendered(None, RULES) == ""
