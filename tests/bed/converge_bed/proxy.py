# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A socket in front of a bed's libvirtd, which counts what clients ask and can fail at any one of those calls.

::

    with bed.proxy(Fault("kill", 3, of=WRITES)) as proxy:
        host.attempt("virt_domain", uri=proxy.uri, ...)  # libvirtd dies at its third write
        host.run("virt_domain", uri=proxy.uri, ...)  # and is there again for the next run

A fault happens once; before and after it the proxy only passes on.  It speaks as much of libvirt's wire protocol as it
takes to see where a call begins and which reply is its own (https://libvirt.org/kbase/internals/rpc.html): a message is
a length of 4 bytes, itself included, then program, version, procedure, type, serial and status of 4 bytes each, all
big-endian, and data.  File descriptors are not handed on: no call of the modules has any.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import struct
import tempfile
import threading
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal


class Write(enum.IntEnum):
    """Numbers of libvirt's remote protocol: what changes something on the host."""

    DOMAIN_CREATE = 9
    DOMAIN_CREATE_XML = 10
    DOMAIN_DEFINE_XML = 11
    DOMAIN_DESTROY = 12
    DOMAIN_REBOOT = 27
    DOMAIN_RESUME = 28
    DOMAIN_SET_AUTOSTART = 29
    DOMAIN_SHUTDOWN = 33
    DOMAIN_SUSPEND = 34
    DOMAIN_UNDEFINE = 35
    NETWORK_CREATE = 39
    NETWORK_DEFINE_XML = 41
    NETWORK_DESTROY = 42
    NETWORK_SET_AUTOSTART = 48
    NETWORK_UNDEFINE = 49
    STORAGE_POOL_DEFINE_XML = 77
    STORAGE_POOL_CREATE = 78
    STORAGE_POOL_BUILD = 79
    STORAGE_POOL_DESTROY = 80
    STORAGE_POOL_DELETE = 81
    STORAGE_POOL_UNDEFINE = 82
    STORAGE_POOL_REFRESH = 83
    STORAGE_POOL_SET_AUTOSTART = 90
    STORAGE_VOL_CREATE_XML = 93
    STORAGE_VOL_DELETE = 94
    NODE_DEVICE_CREATE_XML = 123
    NODE_DEVICE_DESTROY = 124
    STORAGE_VOL_CREATE_XML_FROM = 125
    INTERFACE_DEFINE_XML = 131
    INTERFACE_UNDEFINE = 132
    INTERFACE_CREATE = 133
    INTERFACE_DESTROY = 134
    SECRET_DEFINE_XML = 142
    SECRET_SET_VALUE = 144
    SECRET_UNDEFINE = 146
    DOMAIN_ATTACH_DEVICE_FLAGS = 160
    DOMAIN_DETACH_DEVICE_FLAGS = 161
    DOMAIN_UPDATE_DEVICE_FLAGS = 174
    NWFILTER_DEFINE_XML = 180
    NWFILTER_UNDEFINE = 181
    DOMAIN_MANAGED_SAVE = 182
    DOMAIN_MANAGED_SAVE_REMOVE = 184
    DOMAIN_SNAPSHOT_CREATE_XML = 185
    DOMAIN_REVERT_TO_SNAPSHOT = 192
    DOMAIN_SNAPSHOT_DELETE = 193
    DOMAIN_CREATE_WITH_FLAGS = 196
    DOMAIN_SET_MEMORY_PARAMETERS = 197
    DOMAIN_SET_VCPUS_FLAGS = 199
    DOMAIN_SET_MEMORY_FLAGS = 204
    DOMAIN_SET_BLKIO_PARAMETERS = 205
    STORAGE_VOL_UPLOAD = 208
    DOMAIN_SET_SCHEDULER_PARAMETERS_FLAGS = 219
    DOMAIN_PIN_VCPU_FLAGS = 225
    DOMAIN_UNDEFINE_FLAGS = 231
    DOMAIN_DESTROY_FLAGS = 234
    DOMAIN_RESET = 245
    DOMAIN_BLOCK_RESIZE = 251
    DOMAIN_SET_BLOCK_IO_TUNE = 252
    DOMAIN_SET_NUMA_PARAMETERS = 254
    DOMAIN_SET_INTERFACE_PARAMETERS = 256
    DOMAIN_SHUTDOWN_FLAGS = 258
    STORAGE_VOL_RESIZE = 260
    DOMAIN_SET_METADATA = 264
    DOMAIN_PIN_EMULATOR = 279
    NETWORK_UPDATE = 291
    DOMAIN_SET_MEMORY_STATS_PERIOD = 308
    DOMAIN_DEFINE_XML_FLAGS = 350
    DOMAIN_PIN_IOTHREAD = 352
    DOMAIN_ADD_IOTHREAD = 355
    DOMAIN_DEL_IOTHREAD = 356
    DOMAIN_RENAME = 358
    DOMAIN_SET_PERF_EVENTS = 366
    DOMAIN_SET_GUEST_VCPUS = 372
    DOMAIN_SET_VCPU = 384
    DOMAIN_SET_LIFECYCLE_ACTION = 390
    DOMAIN_DETACH_DEVICE_ALIAS = 392
    DOMAIN_SET_IOTHREAD_PARAMS = 402
    NODE_DEVICE_DEFINE_XML = 428
    NODE_DEVICE_UNDEFINE = 429
    NODE_DEVICE_CREATE = 430
    NWFILTER_DEFINE_XML_FLAGS = 431
    NETWORK_DEFINE_XML_FLAGS = 432
    NODE_DEVICE_SET_AUTOSTART = 434


WRITES = frozenset(Write)

REMOTE, KEEPALIVE = 0x20008086, 0x6B656570
CALL, REPLY = 0, 1
#: A command for the guest's agent, which is a procedure of the program for QEMU, as ``Proxy.calls`` tells it.
ASK_AGENT = -3
#: Numbers of the remote protocol: what opens and closes a connection.
CONNECT_OPEN, CONNECT_CLOSE, SUPPORTS_FEATURE, AUTH_LIST = 1, 2, 60, 66
OPENING = (CONNECT_OPEN, SUPPORTS_FEATURE, AUTH_LIST)
HEADER = struct.Struct(">7I")
#: The longest message of libvirt's (VIR_NET_MESSAGE_MAX).
LONGEST = 33554432


@dataclass(frozen=True)
class Fault:
    """What goes wrong at which call.

    ``kill`` ends libvirtd with SIGKILL and starts it again at once; ``cut`` closes the connection; ``hang`` passes
    nothing on any more, in either direction.  It happens at the ``number``-th of the calls that count, from 1: those
    whose procedure is in ``of``, else all but the ones that open and close a connection.
    ``before``: libvirtd never hears of that call.  ``after``: libvirtd has carried it out, and the client never hears
    of that.
    """

    action: Literal["kill", "cut", "hang"]
    number: int
    moment: Literal["before", "after"] = "before"
    of: Collection[int] | None = None


@dataclass(frozen=True)
class Message:
    """One message, as it travels."""

    raw: bytes
    program: int
    procedure: int
    kind: int
    serial: int

    @classmethod
    def parse(cls, raw: bytes) -> Message:
        """Read the header of a whole message."""
        _length, program, _version, procedure, kind, serial, _status = HEADER.unpack_from(raw)
        return cls(raw, program, procedure, kind, serial)

    @property
    def number(self) -> int:
        """Return the procedure; a negative number where it is not one of the remote protocol's own."""
        return self.procedure if self.program == REMOTE else -self.procedure


async def read_message(reader: asyncio.StreamReader) -> Message:
    """Read one message; raises IncompleteReadError where the other side is gone."""
    start = await reader.readexactly(4)
    (length,) = struct.unpack(">I", start)
    if not HEADER.size <= length <= LONGEST:
        raise ValueError(f"A message of libvirt's cannot be {length} bytes long.")
    return Message.parse(start + await reader.readexactly(length - 4))


@dataclass
class _Connection:
    """What is known of one client's connection."""

    state: Literal["open", "hangs", "cut"] = "open"
    #: Its calls so far, but those that open and close it.
    asked: list[int] = field(default_factory=list)
    #: The serial of the call whose reply the client must not see.
    withheld: int | None = None

    def counts(self, message: Message) -> bool:
        """Tell whether a client's message is a call, and no part of opening or closing the connection.

        Opening asks ``OPENING`` before and after CONNECT_OPEN; another call is asked only when that is through.
        """
        if message.kind != CALL or message.program == KEEPALIVE:
            return False
        if message.program == REMOTE and message.procedure == CONNECT_CLOSE:
            return False
        return bool(self.asked) or message.program != REMOTE or message.procedure not in OPENING


class Proxy:
    """Listens on a socket of its own for as long as the ``with`` block lasts; ``RunningBed.proxy`` makes one.

    ``libvirtd`` is the socket it leads to, ``restart`` a function that kills libvirtd and starts it again.
    ``delay`` is how many seconds a message is on its way, in either direction.
    ``happened`` tells whether the fault has come to pass.
    """

    def __init__(
        self, libvirtd: Path, restart: Callable[[], None], fault: Fault | None = None, delay: float = 0
    ) -> None:
        self._libvirtd = libvirtd
        self._restart = restart
        self._fault = fault
        self._delay = delay
        self._counted = 0
        self._connections: list[_Connection] = []
        self._serving: set[asyncio.Task[None]] = set()
        self._restarting: asyncio.Task[None] | None = None
        self._errors: list[ValueError] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="libvirt proxy", daemon=True)
        self.happened = False

    def __enter__(self) -> Proxy:
        self._folder = Path(tempfile.mkdtemp(prefix="converge-proxy-", dir="/tmp"))  # short: a socket lives in it
        self._thread.start()
        self._server = self._in_loop(asyncio.start_unix_server(self._serve, self.socket))
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close everything.  Waits for a libvirtd that is being restarted, and raises what went wrong there."""
        try:
            self._in_loop(self._end())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self.socket.unlink(missing_ok=True)
            self._folder.rmdir()

    @property
    def socket(self) -> Path:
        """Return the socket that leads through the proxy."""
        return self._folder / "libvirt-sock"

    @property
    def uri(self) -> str:
        """Return the URI that leads through the proxy."""
        return f"qemu+unix:///system?socket={self.socket}"

    @property
    def calls(self) -> list[int]:
        """Return the procedures asked for so far, without opening, closing and keep-alive; one client after another."""
        return [procedure for connection in list(self._connections) for procedure in list(connection.asked)]

    @property
    def writes(self) -> list[Write]:
        """Return those of the calls that change something."""
        return [Write(procedure) for procedure in self.calls if procedure in WRITES]

    def _in_loop(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _end(self) -> None:
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        if self._restarting is not None:
            await self._restarting
        for error in self._errors:
            raise error

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one client's connection until either side ends it."""
        serving = asyncio.current_task()
        assert serving is not None
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)
        if self._restarting is not None:
            # Who connects meanwhile waits, as where a service manager holds the socket of a daemon that starts.
            await asyncio.wait([self._restarting])
        try:
            libvirtd_reader, libvirtd_writer = await asyncio.open_unix_connection(self._libvirtd)
        except OSError:  # it does not run, which the client learns from the end of its connection
            writer.close()
            return
        connection = _Connection()
        self._connections.append(connection)
        ways = [
            asyncio.ensure_future(self._pass_on(connection, self._hear, reader, libvirtd_writer)),
            asyncio.ensure_future(self._pass_on(connection, self._reply, libvirtd_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            writer.close()
            libvirtd_writer.close()
            ended = await asyncio.gather(*ways, return_exceptions=True)
            self._errors += [error for error in ended if isinstance(error, ValueError)]

    async def _pass_on(
        self,
        connection: _Connection,
        look: Callable[[_Connection, Message], None],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Carry one direction; ``look`` sees each message first, and may change the connection's state."""
        on_its_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.ensure_future(self._arrive(on_its_way, writer)) if self._delay else None
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):  # either side is gone
                while connection.state != "cut":
                    message = await read_message(reader)
                    look(connection, message)
                    if connection.state != "open":
                        continue
                    if arriving is not None:
                        on_its_way.put_nowait((self._loop.time() + self._delay, message.raw))
                    else:
                        writer.write(message.raw)
                        await writer.drain()
        finally:
            if arriving is not None:
                arriving.cancel()

    async def _arrive(self, on_its_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        """Hand over each message when its time has come; meanwhile others are on their way."""
        with contextlib.suppress(ConnectionError):
            while True:
                when, raw = await on_its_way.get()
                await asyncio.sleep(max(when - self._loop.time(), 0))
                writer.write(raw)
                await writer.drain()

    def _hear(self, connection: _Connection, message: Message) -> None:
        """Look at what a client says."""
        if not connection.counts(message):
            return
        connection.asked.append(message.number)
        fault = self._fault
        if fault is None or (fault.of is not None and message.number not in fault.of):
            return
        self._counted += 1
        if self._counted == fault.number:
            if fault.moment == "before":
                self._strike(connection, fault)
            else:
                connection.withheld = message.serial

    def _reply(self, connection: _Connection, message: Message) -> None:
        """Look at what libvirtd says."""
        if self._fault is not None and message.kind == REPLY and message.serial == connection.withheld:
            self._strike(connection, self._fault)

    def _strike(self, connection: _Connection, fault: Fault) -> None:
        """Let the fault happen.  One that kills stops what is on its way first: the daemon takes a moment to die."""
        self.happened = True
        connection.state = "cut" if fault.action == "cut" else "hangs"
        if fault.action == "kill":
            self._restarting = asyncio.ensure_future(asyncio.to_thread(self._restart))
