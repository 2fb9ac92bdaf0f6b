# SPDX-License-Identifier: GPL-3.0-or-later

"""Large files to and from a guest through a channel of their own, plugged in for as long as it takes.

The agent reads each of its messages letter by letter: 2 MiB a second where a channel beside it carries 10 and more. The
agent still starts what reads and writes the channel in the guest; where that cannot be had, it carries the data itself.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from .._session import SessionError, libvirt
from .agent import Agent, AgentError

#: Bytes from which a file is worth a channel, which takes about a quarter of a second.
LEAST = 1024 * 1024

#: Bytes that libvirt takes at once from every client, old ones included.
PIECE = 256_000

#: An alias that begins otherwise, or has a dot, libvirt drops without a word (seen with 9.0).
XML = "<channel type='unix'><target type='virtio' name='{name}'/><alias name='ua-{name}'/></channel>"

#: $1 the channel's name. Prints its device in the guest, unless the guest's dd cannot count bytes. A guest without udev
#: has no /dev/virtio-ports.
FIND = """\
dd if=/dev/null count=1 iflag=count_bytes,fullblock 2>/dev/null || exit 1
tries=0
while [ $tries -lt 100 ]; do
    for port in /sys/class/virtio-ports/*; do
        if [ "$(cat "$port/name" 2>/dev/null)" = "$1" ] && [ -c "/dev/${port##*/}" ]; then
            echo "/dev/${port##*/}"
            exit
        fi
    done
    tries=$((tries + 1))
    sleep 0.05
done
exit 1
"""

#: $1 the channel's device, $2 bytes, $3 a file. busybox's head would read letter by letter.
PUT = """\
dd if="$1" of="$3" bs=65536 count="$2" iflag=count_bytes,fullblock 2>/dev/null
[ "$(stat -L -c %s "$3")" = "$2" ]
"""
FETCH = 'dd if="$3" of="$1" bs=65536 count="$2" iflag=count_bytes,fullblock 2>/dev/null'
#: busybox's wc would read it letter by letter.
SIZE = '[ -f "$1" ] && stat -L -c %s "$1"'


def write(agent: Agent, path: str, pieces: Iterable[bytes], size: int, by_channel: bool = True) -> None:
    """Make a file of the guest hold that, the fastest way there is. size: of all pieces."""
    if by_channel and size >= LEAST:
        # The agent says why a file cannot be written, and makes it.
        agent.write(path, [])
        with _channel(agent) as channel:
            if channel is not None:
                channel.send(pieces, size, path)
                return
    agent.write(path, pieces)


def read(agent: Agent, path: str, by_channel: bool = True) -> Iterator[bytes]:
    """The content of a file of the guest in pieces, the fastest way there is. Raises MissingError."""
    size = _size(agent, path) if by_channel else 0
    if size >= LEAST:
        with _channel(agent) as channel:
            if channel is not None:
                yield from channel.receive(size, path)
                return
    yield from agent.read(path)


def _size(agent: Agent, path: str) -> int:
    """Bytes in a file; 0 where there is no such file, or nobody to ask."""
    try:
        told = agent.run("/bin/sh", ["-c", SIZE, "sh", path])
        return int(told.stdout) if told.rc == 0 else 0
    except (AgentError, ValueError):
        return 0


class _Channel:
    """An open channel. device: its device in the guest."""

    def __init__(self, agent: Agent, stream: Any, device: str) -> None:
        self.agent = agent
        self.stream = stream
        self.device = device

    def send(self, pieces: Iterable[bytes], size: int, path: str) -> None:
        pid = self.agent.start("/bin/sh", ["-c", PUT, "sh", self.device, str(size), path])
        for piece in pieces:
            for start in range(0, len(piece), PIECE):
                self._send(piece[start : start + PIECE])
        self._finish(pid, f"write {path}")

    def _send(self, data: bytes) -> None:
        while data:
            taken = self.agent.session.call("send to the guest", self.stream.send, data, seconds=self.agent.seconds)
            data = data[taken:]

    def receive(self, size: int, path: str) -> Iterator[bytes]:
        pid = self.agent.start("/bin/sh", ["-c", FETCH, "sh", self.device, str(size), path])
        while size:
            call = self.agent.session.call
            data = call("receive from the guest", self.stream.recv, min(size, PIECE), seconds=self.agent.seconds)
            if not data:
                raise AgentError(f"guest {self.agent.name!r} closed the channel in the middle of {path}")
            size -= len(data)
            yield data
        self._finish(pid, f"read {path}")

    def _finish(self, pid: int, what: str) -> None:
        ended = self.agent.result(pid, self.agent.seconds)
        if ended.rc:
            said = ended.stderr.decode(errors="replace").strip() or f"status {ended.rc}"
            raise AgentError(f"guest {self.agent.name!r} could not {what}: {said}")


@contextlib.contextmanager
def _channel(agent: Agent) -> Iterator[_Channel | None]:
    """A channel for the time of the block; None where libvirt or the guest has none for us."""
    session = agent.session
    name = f"converge-{secrets.token_hex(6)}"
    live = libvirt.VIR_DOMAIN_AFFECT_LIVE
    plug = agent.domain.attachDeviceFlags
    stream = None
    plugged = False
    try:
        try:
            session.call("plug in a channel", plug, XML.format(name=name), live)
            plugged = True
            opened = session.call("make a stream", session.connection.newStream, 0)
            # Before the guest reads: it takes a channel that nobody has opened for one that has ended.
            session.call("open the channel", agent.domain.openChannel, name, opened, 0)
            stream = opened
            found = agent.run("/bin/sh", ["-c", FIND, "sh", name])
        except SessionError:
            found = None
        if session.stuck:
            raise SessionError(f"guest {agent.name!r} on {session.uri} stopped answering")
        device = "" if found is None else found.stdout.decode(errors="replace").strip()
        yield _Channel(agent, stream, device) if device else None
    finally:
        with contextlib.suppress(SessionError):
            if stream is not None and not session.stuck:
                session.call("close the channel", stream.abort)
        with contextlib.suppress(SessionError):
            if plugged and not session.stuck:
                session.call("unplug the channel", agent.domain.detachDeviceAlias, f"ua-{name}", live)
