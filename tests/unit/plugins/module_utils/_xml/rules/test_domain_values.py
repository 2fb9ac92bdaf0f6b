# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.domain import RULES


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        ("devices/redirfilter/usbdev@version", "9.40", "9.4"),
        ("devices/video/model@vram", "9000", "16384"),
    ],
)
def test_two_spellings_of_one_value_have_one_normal_form(path: str, one: str, other: str) -> None:
    assert RULES.normal(path, one) == RULES.normal(path, other)


@pytest.mark.parametrize("path", ["devices/redirfilter/usbdev@version", "devices/video/model@vram"])
@pytest.mark.parametrize("text", ["9" * 5000, "0x" + "f" * 5000, "-" + "9" * 5000])
def test_a_number_of_thousands_of_digits_is_a_text(path: str, text: str) -> None:
    assert RULES.normal(path, text) == text
