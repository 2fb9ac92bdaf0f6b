# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.domain import RULES
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.domain_rewrites import (
    expand_set,
    mask_text,
    set_mask,
)


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        ("devices/redirfilter/usbdev@version", "9.40", "9.4"),
        ("devices/video/model@vram", "9000", "16384"),
        ("vcpu@cpuset", "0-3,^2", "0,1,3"),
    ],
)
def test_two_spellings_of_one_value_have_one_normal_form(path: str, one: str, other: str) -> None:
    assert RULES.normal(path, one) == RULES.normal(path, other)


@pytest.mark.parametrize("path", ["devices/redirfilter/usbdev@version", "devices/video/model@vram", "vcpu@cpuset"])
@pytest.mark.parametrize("text", ["9" * 5000, "0x" + "f" * 5000, "-" + "9" * 5000])
def test_a_number_of_thousands_of_digits_is_a_text(path: str, text: str) -> None:
    assert RULES.normal(path, text) == text


@pytest.mark.parametrize(("one", "other"), [("0-3", "0-2"), ("${VARIABLE}", "0")])
def test_different_sets_stay_different(one: str, other: str) -> None:
    assert RULES.normal("vcpu@cpuset", one) != RULES.normal("vcpu@cpuset", other)


def test_a_huge_or_odd_set_is_not_expanded() -> None:
    assert expand_set("0-9999999999") is None
    assert expand_set("0-x") is None
    assert expand_set("0-16384") is None
    assert expand_set("3,1-2") == (1, 2, 3)
    assert expand_set("3-1") == ()


@pytest.mark.parametrize("text", ["", "0", "5", "0-3", "1,3,5-7", "0-16383", "16383", "0,2-3,100-163"])
def test_the_normal_form_of_a_set_is_its_shortest_spelling(text: str) -> None:
    assert RULES.normal("vcpu@cpuset", text) == text
    assert mask_text(set_mask(text) or 0) == text
