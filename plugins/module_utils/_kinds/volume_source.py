# SPDX-License-Identifier: GPL-3.0-or-later

"""What a volume gets its content from: a file of this machine, or parts of one; perhaps packed. It knows no libvirt."""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
import struct
from collections.abc import Iterator
from typing import Any

from .._plan import Refused
from .volume_pieces import PACKED, UNPACKING, Piece, plain, segments, sparse

#: How a format begins, by the names that libvirt has for formats. What begins otherwise is raw.
FORMATS = {
    b"QFI\xfb": "qcow2",
    b"QED\0": "qed",
    b"KDMV": "vmdk",
    b"COWD": "vmdk",
    b"conectix": "vpc",
    b"<<< ": "vdi",
}

#: Bytes at the beginning that tell the format.
HEAD = 4096


class Source:
    """One source. title: for people. checksum: name:hex of the file as it is, or None.

    Known after open(): size, of the file as it is, and capacity, both None where unknown; format; packed. All that
    reads may raise Refused.
    """

    def __init__(self, title: str, checksum: str | None = None) -> None:
        self.title = title
        self.checksum = checksum
        self.size: int | None = None
        self.capacity: int | None = None
        self.format = "raw"
        self.packed = False
        self.head = b""
        self._begun: Iterator[Piece] | None = None

    def read(self) -> Iterator[Piece]:
        """The file as it is. May raise OSError."""
        raise NotImplementedError

    def open(self) -> None:
        """Look how it begins."""
        pieces = self._unpacked()
        taken, self.head = _head(pieces, HEAD)
        self._begun = itertools.chain(taken, pieces)
        self._judge()

    def pieces(self) -> Iterator[Piece]:
        """What a volume gets: unpacked, and verified when it ends."""
        begun, self._begun = self._begun, None
        return self._unpacked() if begun is None else begun

    def _unpacked(self) -> Iterator[Piece]:
        pieces = self.verified()
        try:
            taken, head = _head(pieces, 8)
            whole: Iterator[Piece] = itertools.chain(taken, pieces)
            for begin, unpack in PACKED.items():
                if head.startswith(begin):
                    self.packed = True
                    whole = iter(unpack(whole))
            yield from sparse(whole)
        except UNPACKING as error:
            raise Refused(f"cannot read {self.title}: {getattr(error, 'strerror', None) or error}") from None

    def _judge(self) -> None:
        head = self.head
        self.format = next((name for begin, name in FORMATS.items() if head.startswith(begin)), "raw")
        if self.format == "raw":
            self.capacity = None if self.packed else self.size
        elif self.format == "qcow2" and len(head) >= 80:
            version, backing = struct.unpack_from(">IQ", head, 4)
            (self.capacity,) = struct.unpack_from(">Q", head, 24)
            (features,) = struct.unpack_from(">Q", head, 72)
            if backing or (version > 2 and features & 4):
                # A file of that name on the hypervisor would be read as a part of the image.
                raise Refused(
                    f"{self.title} needs another file beside it (a backing or data file), which a source cannot have: "
                    "make one image of both first, with qemu-img convert"
                )

    def verified(self) -> Iterator[Piece]:
        """As read(). Raises Refused at the end where the checksum is another."""
        if self.checksum is None:
            yield from self.read()
            return
        name, _colon, wanted = self.checksum.partition(":")
        hashed = hashing(name)
        for piece in self.read():
            add_to(hashed, piece)
            yield piece
        if hashed.hexdigest() != wanted.lower():
            raise Refused(f"the checksum of {self.title} is {name}:{hashed.hexdigest()}, and not {self.checksum}")


class File(Source):
    """A file, or a block device, of this machine."""

    def __init__(self, path: str, checksum: str | None = None, title: str | None = None) -> None:
        super().__init__(title or path, checksum)
        self.path = path

    def read(self) -> Iterator[Piece]:
        with open(self.path, "rb", buffering=0) as file:
            self.size = file.seek(0, os.SEEK_END)
            yield from segments(file.fileno(), self.size)


class Parts(Source):
    """A file of the controller: what the action plugin tells of it, and has brought, which is all but its holes."""

    def __init__(self, told: dict[str, Any], checksum: str | None) -> None:
        super().__init__(told["title"], checksum)
        self.told = told

    def open(self) -> None:
        self.size, self.packed = self.told["size"], self.told["packed"]
        self.head = base64.b64decode(self.told["head"])
        self._judge()

    def read(self) -> Iterator[Piece]:
        at = 0
        for begin, path in self.told["parts"]:
            if begin > at:
                yield begin - at
            yield from File(path).read()
            at = begin + os.path.getsize(path)
        if self.told["size"] > at:
            yield self.told["size"] - at


def hashing(name: str) -> Any:
    """A hash by its name. Raises Refused."""
    try:
        return hashlib.new(name)
    except ValueError:
        raise Refused(f"checksum: there is no hash named '{name}' here; sha256 is") from None


def add_to(hashed: Any, piece: Piece) -> None:
    for part in plain(piece):
        hashed.update(part)


def _head(pieces: Iterator[Piece], most: int) -> tuple[list[Piece], bytes]:
    """The first pieces, taken, and the first bytes in them."""
    taken: list[Piece] = []
    head = b""
    while len(head) < most:
        piece = next(pieces, None)
        if piece is None:
            break
        taken.append(piece)
        head += next(plain(piece), b"")[:most]
    return taken, head[:most]
