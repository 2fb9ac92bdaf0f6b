# SPDX-License-Identifier: GPL-3.0-or-later

"""Content on its way, in pieces: each is either bytes or, as an int, the length of a hole, which reads as zeros."""

from __future__ import annotations

import bz2
import errno
import lzma
import os
import shutil
import subprocess
import threading
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Callable, Union

from .._plan import Refused

Piece = Union[bytes, int]

#: Bytes of a piece at most: what fits into one message of libvirt's, and how fine zeros are told from data.
CHUNK = 128 * 1024
ZEROS = bytes(CHUNK)

#: Bytes of zeros at most before a hole is told: who waits sees that something moves.
HOLE = 16 * 1024 * 1024


def sparse(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same in pieces of CHUNK, with holes for those that are all zeros."""
    hole = 0
    for piece in _cut(pieces):
        data = None if isinstance(piece, int) or piece == ZEROS[: len(piece)] else piece
        if data is None:
            hole += piece if isinstance(piece, int) else len(piece)
        if hole and (data is not None or hole >= HOLE):
            yield hole
            hole = 0
        if data is not None:
            yield data
    if hole:
        yield hole


def _cut(pieces: Iterable[Piece]) -> Iterator[Piece]:
    left = b""
    for piece in pieces:
        if isinstance(piece, int):
            if left:
                yield left
            yield piece
            left = b""
            continue
        left = left + piece if left else piece
        whole = len(left) - len(left) % CHUNK
        for at in range(0, whole, CHUNK):
            yield left[at : at + CHUNK]
        left = left[whole:]
    if left:
        yield left


def segments(file: int, size: int) -> Iterator[Piece]:
    """An open file, with its holes where the file system tells them."""
    at = 0
    while at < size:
        try:
            data = os.lseek(file, at, os.SEEK_DATA)
            hole = os.lseek(file, data, os.SEEK_HOLE)
        except OSError as error:
            # Nothing but a hole is left, or nobody knows of holes here.
            data, hole = (size, size) if error.errno == errno.ENXIO else (at, size)
        if data > at:
            yield data - at
        at = os.lseek(file, data, os.SEEK_SET)
        while at < hole:
            piece = os.read(file, min(CHUNK, hole - at))
            if not piece:
                raise OSError(errno.EIO, "it became shorter while it was read")
            at += len(piece)
            yield piece


def plain(piece: Piece) -> Iterator[bytes]:
    """A piece as bytes."""
    if isinstance(piece, bytes):
        yield piece
        return
    for at in range(0, piece, CHUNK):
        yield ZEROS[: min(CHUNK, piece - at)]


def write(pieces: Iterable[Piece], out: BinaryIO) -> None:
    """Write into a new file, holes as holes."""
    for piece in pieces:
        if isinstance(piece, int):
            out.seek(piece, os.SEEK_CUR)
        else:
            out.write(piece)
    out.truncate()


def first_difference(left: Iterable[Piece], right: Iterable[Piece], ends: bool = True) -> int | None:
    """Where two contents differ first, None where they do not. What only one of them has must be zeros; unless ends,
    what only right has does not count.
    """
    one, other, at = _Reader(left), _Reader(right), 0
    while True:
        here, there = one.fill(), other.fill()
        if not here and (not there or not ends):
            return None
        length = min(has for has in (here, there) if has)
        if not _same(one.take(length) if here else length, other.take(length) if there else length):
            return at
        at += length


def _same(one: Piece, other: Piece) -> bool:
    if isinstance(one, int):
        one, other = other, one
    if isinstance(one, int):
        return True
    return one == (ZEROS[: len(one)] if isinstance(other, int) else other)


class _Reader:
    """Pieces, to be taken in any lengths."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = iter(pieces)
        self._left: Piece = 0

    def fill(self) -> int:
        """How much there is to take at once, 0 at the end."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        return self._left if isinstance(self._left, int) else len(self._left)

    def take(self, length: int) -> Piece:
        left = self._left
        if isinstance(left, int):
            self._left = left - length
            return length
        self._left = left[length:]
        return left[:length]


class _Gzip:
    """zlib with the manners of the other decompressors."""

    def __init__(self) -> None:
        self._machine = zlib.decompressobj(wbits=31)

    def decompress(self, data: bytes, most: int) -> bytes:
        return self._machine.decompress(self._machine.unconsumed_tail + data, most)

    @property
    def eof(self) -> bool:
        return self._machine.eof

    @property
    def needs_input(self) -> bool:
        return not self._machine.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._machine.unused_data


def _by_library(make: Callable[[], Any]) -> Callable[[Iterator[Piece]], Iterator[bytes]]:
    """An unpacker by a decompressor of the standard library; one file may hold several streams."""

    def unpack(pieces: Iterator[Piece]) -> Iterator[bytes]:
        machine = make()
        for part in (part for piece in pieces for part in plain(piece)):
            data = part
            while data or not (machine.eof or machine.needs_input):
                if machine.eof:
                    if not data.strip(b"\0"):
                        break
                    machine = make()
                yield machine.decompress(data, CHUNK)
                data = machine.unused_data if machine.eof else b""
        if not machine.eof:
            raise EOFError("it ends too early")

    return unpack


def _by_program(*command: str) -> Callable[[Iterator[Piece]], Iterator[bytes]]:
    """An unpacker by a program."""

    def unpack(pieces: Iterator[Piece]) -> Iterator[bytes]:
        if shutil.which(command[0]) is None:
            raise EOFError(f"{command[0]} is not installed here")
        failed: list[BaseException] = []
        # run_command would hold all of it in memory.
        with subprocess.Popen(  # pylint: disable=ansible-bad-function
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as running:
            feeder = threading.Thread(target=_feed, args=(pieces, running.stdin, failed), daemon=True)
            feeder.start()
            # There is a pipe, which the types cannot know.
            unpacked: Any = running.stdout
            try:
                yield from iter(lambda: unpacked.read(CHUNK), b"")
            finally:
                unpacked.close()
                feeder.join()
        if failed:
            raise failed[0]
        if running.returncode:
            raise EOFError(f"{command[0]} could not unpack it")

    return unpack


def _feed(pieces: Iterator[Piece], into: Any, failed: list[BaseException]) -> None:
    try:
        with into:
            for piece in pieces:
                for part in plain(piece):
                    into.write(part)
    except BrokenPipeError:
        # The program has ended, and says so itself.
        pass
    except (OSError, Refused) as error:
        failed.append(error)


#: How packed files begin, and what unpacks them.
PACKED: dict[bytes, Callable[[Iterator[Piece]], Iterator[bytes]]] = {
    b"\x1f\x8b\x08": _by_library(_Gzip),
    b"\xfd7zXZ\0": _by_library(lzma.LZMADecompressor),
    b"BZh": _by_library(bz2.BZ2Decompressor),
    b"\x28\xb5\x2f\xfd": _by_program("zstd", "-dcq"),
}
#: What an unpacker may raise over what is no packed file, or half of one.
UNPACKING = (EOFError, zlib.error, lzma.LZMAError, OSError)
