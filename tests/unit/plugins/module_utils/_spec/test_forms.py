# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._spec._table import parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("4GiB", 4 * 1024**3),
        ("10 GB", 10 * 1000**3),
        ("512MiB", 512 * 1024**2),
        ("100B", 100),
        ("100 bytes", 100),
        ("1 byte", 1),
        ("2k", 2048),
        ("2KB", 2000),
        ("3 T", 3 * 1024**4),
        ("1EiB", 1024**6),
    ],
)
def test_a_size_is_read_as_libvirt_reads_it(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["4", "4 XB", "GiB", "", "4.5GiB", "-1MiB", "4GiBs"])
def test_a_size_without_a_known_unit_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write a number with a unit, such as 4GiB"):
        parse_size(text)
