# SPDX-License-Identifier: GPL-3.0-or-later

"""The content of volumes through libvirt's streams, into them and out of them, with holes."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from typing import Any, Callable

from .._plan import Refused
from .._session import DeadlineError, Session, failure, libvirt
from .volume_pieces import CHUNK, Piece, first_difference, write
from .volume_source import Source

#: Names the file in which the action plugin reads how far a transfer is, and how often that is written, in seconds.
PROGRESS = "CONVERGE_LIBVIRT_PROGRESS"
EVERY = 0.5

#: Bytes of a volume that are read by one stream, and at most, where there was nothing but a hole.
PART, MOST_PART = 16 * 1024 * 1024, 256 * 1024 * 1024

#: Bytes to ask for where a hole may come: the Python bindings (seen with 9.0) never free the buffer of such a call.
PROBE = 512

#: Seconds between looks whether a transfer moves.
LOOK_EVERY = 0.5


class Beat:
    """How a transfer tells that something moves. ended: that nobody waits for it any more."""

    def __init__(self) -> None:
        self.count = 0
        self.ended = False

    def tick(self) -> None:
        """Something has moved. Raises DeadlineError where nobody waits for it."""
        self.count += 1
        if self.ended:
            raise DeadlineError("the transfer was given up")


def _watch(watch: Callable[[], Any], beat: Beat) -> None:
    seen = None
    while not beat.ended:
        with contextlib.suppress(libvirt.libvirtError):
            now = watch()
            if now != seen:
                seen = now
                beat.count += 1
        time.sleep(LOOK_EVERY)


def transfer(session: Session, what: str, work: Callable[[Beat], Any], watch: Callable[[], Any] | None = None) -> Any:
    """What work returns, which may take as long as something moves: at the latest in every wait_timeout seconds.

    Args: work: takes the Beat to tell so, and may raise what it likes. watch: is asked now and then, and returns
    something else where something has moved.
    """
    trying = f"cannot {what} on {session.uri}"
    limit = max(session.endpoint.wait_timeout, session.endpoint.timeout)
    beat, seen, end = Beat(), -1, 0.0
    job = session.begin(trying, work, beat)
    # A watch that blocks must not hold up this loop.
    watcher = None if watch is None else threading.Thread(target=_watch, args=(watch, beat), daemon=True)
    if watcher is not None:
        watcher.start()
    try:
        while not concurrent.futures.wait([job], LOOK_EVERY).done:
            if beat.count != seen:
                seen, end = beat.count, time.monotonic() + limit
            elif time.monotonic() > end:
                session.stuck = True
                raise DeadlineError(f"{trying}: nothing has moved for {limit:g} s; is libvirtd there and healthy?")
        return job.result()
    except libvirt.libvirtError as error:
        raise failure(trying, error) from None
    finally:
        beat.ended = True


def upload(session: Session, what: str, volume: Any, source: Source) -> int:
    """Write a source's content into a volume that has none; its length."""

    def work(beat: Beat) -> int:
        stream, length = session.connection.newStream(0), 0
        volume.upload(stream, 0, 0, libvirt.VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM)
        with _aborting(stream):
            for piece in _told(source.pieces(), beat, what, source):
                if isinstance(piece, int):
                    stream.sendHole(piece, 0)
                    length += piece
                else:
                    _send(stream, piece)
                    length += len(piece)
            stream.finish()
        return length

    return int(transfer(session, what, work))


def difference(session: Session, what: str, ours: Iterable[Piece], volume: Any, ends: bool) -> int | None:
    """Where the content of a volume differs from ours, as first_difference() tells it."""

    def work(beat: Beat) -> int | None:
        with contextlib.closing(pieces(session, volume)) as there:
            return first_difference(ours, _told(there, beat, what), ends)

    found: int | None = transfer(session, what, work)
    return found


def save(session: Session, what: str, volume: Any, path: str) -> None:
    """Write the content of a volume into a file, which is the old one until all is there."""

    def work(beat: Beat) -> None:
        file, partial = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".partial-")
        try:
            with os.fdopen(file, "wb") as out, contextlib.closing(pieces(session, volume)) as there:
                write(_told(there, beat, what), out)
                out.flush()
                os.fsync(out.fileno())
            if os.path.exists(path):
                os.chmod(partial, os.stat(path).st_mode & 0o7777)
            os.replace(partial, path)
        except OSError as error:
            raise Refused(f"cannot {what}: {error.strerror}") from None
        finally:
            if os.path.exists(partial):
                os.unlink(partial)

    transfer(session, what, work)


def pieces(session: Session, volume: Any) -> Generator[Piece, None, None]:
    """The content of a volume; only within the work of a transfer."""
    start, asked = 0, PART
    # What nobody has taken yet libvirt keeps in memory, so it is asked for a part at a time; holes take none.
    while True:
        held, holes = 0, 0
        with contextlib.closing(_part(session, volume, start, asked)) as part:
            for piece in part:
                if isinstance(piece, int):
                    holes += piece
                else:
                    held += len(piece)
                yield piece
        start += held + holes
        if held + holes < asked:
            return
        asked = PART if held else min(2 * asked, MOST_PART)


def _part(session: Session, volume: Any, start: int, length: int) -> Generator[Piece, None, None]:
    stream = session.connection.newStream(0)
    volume.download(stream, start, length, libvirt.VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM)
    with _aborting(stream):
        size = PROBE
        while True:
            piece = stream.recvFlags(size, libvirt.VIR_STREAM_RECV_STOP_AT_HOLE)
            if not piece:
                break
            hole = piece == -3
            yield stream.recvHole(0) if hole else piece
            # A hole comes where a message ends, and so does less than was asked for.
            size = PROBE if hole or len(piece) < size else CHUNK
        stream.finish()


def _send(stream: Any, piece: bytes) -> None:
    sent = stream.send(piece)
    while sent < len(piece):
        piece = piece[sent:]
        sent = stream.send(piece)


@contextlib.contextmanager
def _aborting(stream: Any) -> Iterator[None]:
    """Tell libvirt where a transfer ends before its end."""
    try:
        yield
    except BaseException:
        # The stream may have failed itself, and what failed first is what people need to hear.
        with contextlib.suppress(libvirt.libvirtError):
            stream.abort()
        raise


def _told(stream: Iterable[Piece], beat: Beat, what: str, source: Source | None = None) -> Iterator[Piece]:
    """The same pieces; tells whoever waits how far it is."""
    path, done, then = os.environ.get(PROGRESS), 0, 0.0
    for piece in stream:
        yield piece
        beat.tick()
        done += piece if isinstance(piece, int) else len(piece)
        if path and time.monotonic() > then:
            then = time.monotonic() + EVERY
            whole = None if source is None or source.packed else source.size
            with contextlib.suppress(OSError), open(path, "w", encoding="utf-8") as out:
                json.dump({"what": what, "done": done, "whole": whole}, out)
