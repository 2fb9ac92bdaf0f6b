# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Content in pieces: the same bytes whatever the pieces, holes for zeros, and where two differ first."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.volume_pieces import (
    CHUNK,
    PACKED,
    Piece,
    first_difference,
    segments,
    sparse,
    write,
)


def pieces_of(content: bytes, dice: random.Random, longest: int = CHUNK) -> Iterator[Piece]:
    """The same content cut at random, with holes for some of its zeros."""
    at = 0
    while at < len(content):
        part = content[at : at + dice.randint(1, longest)]
        yield len(part) if not part.strip(b"\0") and dice.random() < 0.7 else part
        at += len(part)


def whole(pieces: Iterator[Piece]) -> bytes:
    return b"".join(bytes(piece) if isinstance(piece, int) else piece for piece in pieces)


def content_of(dice: random.Random, parts: int = 6) -> bytes:
    return dice.randbytes(1) + b"".join(
        bytes(dice.randint(1, 3 * CHUNK)) + b"x" if dice.random() < 0.5 else dice.randbytes(dice.randint(1, CHUNK))
        for _part in range(parts)
    )


@pytest.mark.parametrize("seed", range(20))
def test_content_is_the_same_whatever_its_pieces(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    content = content_of(dice)
    made = list(sparse(pieces_of(content, dice)))
    assert whole(iter(made)) == content
    assert all(isinstance(piece, int) or 0 < len(piece) <= CHUNK for piece in made)
    assert not any(isinstance(piece, bytes) and not piece.strip(b"\0") for piece in made)
    with (tmp_path / "out").open("wb") as out:
        write(made, out)
    assert (tmp_path / "out").read_bytes() == content


@pytest.mark.parametrize("seed", range(20))
def test_the_first_difference_is_found(seed: int) -> None:
    dice = random.Random(seed)
    content = content_of(dice, 3)
    longer = content + bytes(dice.randint(0, CHUNK))

    def compare(other: bytes, ends: bool = True) -> int | None:
        return first_difference(sparse(pieces_of(content, dice)), sparse(pieces_of(other, dice)), ends)

    assert compare(longer) is None
    at = dice.randrange(len(content))
    changed = content[:at] + bytes([content[at] ^ 1]) + longer[at + 1 :]
    found = compare(changed)
    assert found is not None
    # It is told to the piece.
    assert at - CHUNK < found <= at
    # What only one has counts where it is no zeros, and not at all where the other may go on.
    assert compare(content + b"x") is not None
    assert compare(content + b"x", ends=False) is None
    assert compare(content.rstrip(b"\0")[:-1]) is not None


def test_the_holes_of_a_file_are_holes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.seek(1024 * 1024)
        file.write(b"x" * 4096)
        file.truncate(8 * 1024 * 1024)
    with path.open("rb") as file:
        made = list(segments(file.fileno(), path.stat().st_size))
    assert made == [1024 * 1024, b"x" * 4096, 7 * 1024 * 1024 - 4096]
    path.write_bytes(b"")
    with path.open("rb") as file:
        assert list(segments(file.fileno(), 0)) == []


def test_what_is_packed_is_unpacked_in_small_pieces() -> None:
    """However much a few bytes may unpack to."""
    unpack = PACKED[b"\x1f\x8b\x08"]
    length = 64 * CHUNK
    packed = gzip.compress(bytes(length))
    assert len(packed) < CHUNK
    pieces = list(unpack(iter([packed])))
    assert max(map(len, pieces)) <= CHUNK
    assert sum(map(len, pieces)) == length
    # Zeros after the end are padding; half a file is an error.
    assert b"".join(unpack(iter([gzip.compress(b"a"), gzip.compress(b"b"), bytes(100)]))) == b"ab"
    with pytest.raises(EOFError):
        list(unpack(iter([packed[:-5]])))


@pytest.mark.parametrize("cut", [1, 7, 4096])
def test_a_packed_file_may_come_in_any_pieces(cut: int) -> None:
    content = os.urandom(10000)
    packed = gzip.compress(content) * 2
    pieces = [packed[at : at + cut] for at in range(0, len(packed), cut)]
    assert b"".join(PACKED[b"\x1f\x8b\x08"](iter(pieces))) == content * 2
