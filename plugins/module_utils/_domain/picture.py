# SPDX-License-Identifier: GPL-3.0-or-later

"""What a guest shows on its screen, as a PNG."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from typing import Any

from .._result import Module
from .._session import Session, SessionError
from .find import by_name_or_uuid

SIGNATURE = b"\x89PNG\r\n\x1a\n"

#: The head of a picture as QEMU made it before it could write PNG: format, width, height, the largest value.
PIXMAP = re.compile(rb"P6\s+(?:#[^\n]*\n\s*)*(\d+)\s+(\d+)\s+255\s")

#: Bytes of a picture that are read at most: a screen of 8192 by 8192 points is less.
MOST = 256 * 1024 * 1024


def take(session: Session, module: Module) -> dict[str, Any]:
    """The result of a picture taken: "content" has it in Base64."""
    name, screen = module.params["name"], module.params["screen"]
    session.open()
    domain = by_name_or_uuid(session, name)
    stream = session.call("make a stream", session.connection.newStream, 0)
    kind = session.slow(f"take a picture of guest {name!r}", domain.screenshot, stream, screen, 0)
    data = bytearray()
    while True:
        piece = session.slow(f"receive the picture of guest {name!r}", stream.recv, 262_120)
        if not piece:
            break
        data += piece
        if len(data) > MOST:
            raise SessionError(f"the picture of guest {name!r} on {session.uri} has no end")
    session.call("end the picture", stream.finish)
    png = bytes(data) if data.startswith(SIGNATURE) else from_pixmap(bytes(data), kind)
    width, height = struct.unpack(">II", png[16:24])
    told = {"width": width, "height": height, "size": len(png)}
    return {"changed": False, "screenshot": told, "content": base64.b64encode(png).decode()}


def from_pixmap(data: bytes, kind: str = "") -> bytes:
    """A PNG of a picture in the format PPM. Raises SessionError where it is something else, kind by name."""
    head = PIXMAP.match(data)
    if head is None:
        raise SessionError(f"libvirt gave a picture of a kind that is not known here: {kind or 'no name'}")
    width, height = int(head[1]), int(head[2])
    line = 3 * width
    points = memoryview(data)[head.end() :]
    if len(points) < line * height:
        raise SessionError("libvirt gave a picture that ends in the middle")
    # Each line is stored as it is, which a byte before it says.
    lines = b"".join(b"\0" + bytes(points[line * row : line * (row + 1)]) for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return SIGNATURE + b"".join(_part(kind, content) for kind, content in parts)


def _part(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
