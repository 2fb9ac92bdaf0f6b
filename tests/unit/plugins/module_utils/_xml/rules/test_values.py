# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import normal, size_bytes


def test_a_size_in_xml_has_a_default_unit() -> None:
    assert size_bytes("4", None, "KiB") == 4096
    assert size_bytes(" 4 ", "MB", "KiB") == 4_000_000
    with pytest.raises(ValueError, match="not a whole number"):
        size_bytes("many", None, "KiB")
    with pytest.raises(ValueError, match="'XiB' is not a unit"):
        size_bytes("4", "XiB", "KiB")


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("plain", "0x10", "16"),
        ("number", "0x06", "6"),
        ("number", "006", "6"),
        ("mac", "52:54:0:AA:BB:1", "52-54-00-aa-bb-01"),
        ("uuid", "C7A5FDBDEDAF9455926AD65C16DB1809", "c7a5fdbd-edaf-9455-926a-d65c16db1809"),
        ("address", "2001:DB8:0:0::0010", "2001:db8::10"),
        ("octal", "0755", "755"),
        ("path", "/srv//images/", "/srv/images"),
        ("any case", "VirtIO", "virtio"),
        ("plain", " a ", "a"),
    ],
)
def test_two_spellings_of_one_value_have_one_normal_form(kind: str, one: str, other: str) -> None:
    assert normal(kind, one) == normal(kind, other)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("plain", "007", "7"),
        ("exact", " a ", "a"),
        ("mac", "52:54:00:00:00:01", "52:54:00:00:00:02"),
        ("uuid", "no uuid", "none"),
        ("address", "no address", "none"),
        ("address", "192.0.2.1", "192.0.2.10"),
        ("octal", "0", "1"),
        ("path", "/", "/srv"),
    ],
)
def test_different_values_stay_different(kind: str, one: str, other: str) -> None:
    assert normal(kind, one) != normal(kind, other)


@pytest.mark.parametrize("kind", ["plain", "number"])
@pytest.mark.parametrize("text", ["9" * 5000, "0x" + "f" * 5000, "-" + "9" * 5000])
def test_a_number_of_thousands_of_digits_is_a_text(kind: str, text: str) -> None:
    assert normal(kind, text) == text
