# SPDX-License-Identifier: GPL-3.0-or-later

"""The only door to libvirt: connections, deadlines, errors as sentences. No Ansible."""

from __future__ import annotations

import concurrent.futures
import os
import queue
import random
import socket
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import parse_qs, urlsplit

try:
    import libvirt

    LIBVIRT_ERROR: str | None = None
except ImportError:
    libvirt = None
    LIBVIRT_ERROR = traceback.format_exc()

try:
    import libvirt_qemu  # pylint: disable=unused-import
except ImportError:
    libvirt_qemu = None

try:
    import libvirt_lxc  # pylint: disable=unused-import
except ImportError:
    libvirt_lxc = None

KEEPALIVE_INTERVAL = 5
KEEPALIVE_COUNT = 3

#: What helps, by words of libvirt or its ssh, or by an error's name.
HINTS = {
    "verify peer's certificate": "check cacert.pem, and that the certificate has the name in the URI",
    "read TLS confirmation": "libvirtd may refuse this client's certificate; its log says why",
    "Host key verification failed": "put the host's key into known_hosts",
    "Permission denied (": "ssh needs a key that the host takes",
    ": File exists": "if a start that was cut short left it, remove it",
    "VIR_ERR_AUTH_FAILED": "check username and password, or the rights of this user on the libvirt socket",
    "VIR_ERR_AUTH_CANCELLED": "check the rights of this user on the libvirt socket",
    "VIR_ERR_NO_CONNECT": "check the driver name at the start of the URI",
    "VIR_ERR_OPERATION_DENIED": "the connection is read-only or the access policy forbids it",
    "VIR_ERR_OPERATION_TIMEOUT": "another job may hold the object; try again",
    "VIR_ERR_NO_SUPPORT": "this libvirt driver has no such function",
    "VIR_ERR_AGENT_UNRESPONSIVE": "check that qemu-guest-agent runs in the guest",
}

#: What libvirt 9.0 says where another job holds an object for a while.
BUSY = (
    ("VIR_ERR_INTERNAL_ERROR", "has asynchronous jobs running"),
    ("VIR_ERR_OPERATION_INVALID", "is still being allocated"),
    ("VIR_ERR_OPERATION_INVALID", "is still in use"),
    ("VIR_ERR_OPERATION_TIMEOUT", "cannot acquire state change lock"),
)

#: Seconds until an object that is busy is asked again.
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0


class SessionError(Exception):
    def __init__(self, sentence: str, code: int | None = None, said: str = "") -> None:
        super().__init__(sentence)
        #: libvirt's error number, and its own words: None and empty where it never answered.
        self.code = code
        self.said = said


class DeadlineError(SessionError):
    """libvirt did not answer, and is asked nothing more."""


@dataclass(frozen=True)
class Endpoint:
    """Times in seconds."""

    uri: str
    username: str | None = None
    password: str | None = None
    timeout: float = 30
    wait_timeout: float = 300
    readonly: bool = False


def prepared_uri(uri: str) -> str:
    """The URI with no_tty=1 for ssh: there is no terminal to ask."""
    parts = urlsplit(uri)
    if not parts.scheme.endswith("+ssh") or "no_tty" in parse_qs(parts.query, keep_blank_values=True):
        return uri
    return f"{uri}{'&' if parts.query else '?'}no_tty=1"


def error_name(code: int) -> str:
    for name in dir(libvirt):
        if name.startswith("VIR_ERR_") and getattr(libvirt, name) == code:
            return name
    return f"libvirt error {code}"


class _EventLoop:
    """libvirt's, from before the first connection."""

    #: The process that has the thread: a fork has only the loop.
    _process: int | None = None
    _lock = threading.Lock()

    @classmethod
    def start(cls) -> None:
        with cls._lock:
            if cls._process == os.getpid():
                return
            if cls._process is None:
                libvirt.registerErrorHandler(_be_silent, None)
                libvirt.virEventRegisterDefaultImpl()
            threading.Thread(target=cls._run, name="libvirt-events", daemon=True).start()
            cls._process = os.getpid()

    @staticmethod
    def _run() -> None:
        while True:
            libvirt.virEventRunDefaultImpl()


def _be_silent(_context: Any, _error: Any) -> None:
    """Else libvirt prints errors."""


def _is_busy(error: Any) -> bool:
    said = str(error.get_error_message())
    return any(error.get_error_code() == getattr(libvirt, name) and text in said for name, text in BUSY)


def failure(trying: str, error: Any) -> SessionError:
    """What was tried, what libvirt said, what usually helps."""
    code = error.get_error_code()
    name = "no error code" if code is None else error_name(code)
    # A program may have printed several lines.
    said = " ".join((error.get_error_message() or str(error)).split()).rstrip(".")
    sentence = f"{trying}: libvirt said: {said} ({name})"
    hint = next((hint for words, hint in HINTS.items() if words in said or words == name), None)
    return SessionError(f"{sentence}; {hint}" if hint else sentence, code, said)


class _Caller:
    """A thread, since a call may block in C. Unlike an executor's it lets the process end."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, function: Callable[..., Any], *arguments: Any) -> concurrent.futures.Future[Any]:
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()

        def work() -> None:
            try:
                future.set_result(function(*arguments))
            except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
                future.set_exception(error)

        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="libvirt-calls", daemon=True)
            self._thread.start()
        self._calls.put(work)
        return future

    def end(self) -> None:
        self._calls.put(None)

    def _run(self) -> None:
        for work in iter(self._calls.get, None):
            work()


class Session:
    """A connection to one libvirt. Every call has a deadline, and may raise SessionError or DeadlineError."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.uri = endpoint.uri
        #: Whether a call was given up on: its thread is still blocked.
        self.stuck = False
        #: What is asked once.
        self.known: dict[Any, Any] = {}
        self._caller = _Caller()
        self.connection: Any = None

    def open(self) -> Session:
        _EventLoop.start()
        self.connection = self.call("connect", self._open, place="to")
        return self

    def _open(self) -> Any:
        flags = libvirt.VIR_CONNECT_RO if self.endpoint.readonly else 0
        asked = [
            libvirt.VIR_CRED_AUTHNAME,
            libvirt.VIR_CRED_ECHOPROMPT,
            libvirt.VIR_CRED_PASSPHRASE,
            libvirt.VIR_CRED_NOECHOPROMPT,
        ]
        wanted = asked if self.endpoint.username is not None or self.endpoint.password is not None else []
        connection = libvirt.openAuth(prepared_uri(self.uri), [wanted, self._credentials, None], flags)
        try:
            connection.setKeepAlive(KEEPALIVE_INTERVAL, KEEPALIVE_COUNT)
        except libvirt.libvirtError as error:
            # Drivers in this process have nothing to keep alive.
            if error.get_error_code() != libvirt.VIR_ERR_NO_SUPPORT:
                raise
        return connection

    def _credentials(self, credentials: list[Any], _data: Any) -> int:
        named = (libvirt.VIR_CRED_AUTHNAME, libvirt.VIR_CRED_ECHOPROMPT)
        for credential in credentials:
            credential[4] = self.endpoint.username if credential[0] in named else self.endpoint.password
            if credential[4] is None:
                return -1
        return 0

    def is_alive(self) -> bool:
        """Whether the connection still stands, as far as this side knows."""
        if self.connection is None or self.stuck:
            return False
        try:
            return bool(self.connection.isAlive())
        except libvirt.libvirtError as error:
            # There is no connection that could end.
            return bool(error.get_error_code() == libvirt.VIR_ERR_NO_SUPPORT)

    def close(self) -> None:
        if self.connection is not None and not self.stuck:
            self.call("close the connection", self.connection.close)
        self.connection = None
        self._caller.end()

    def is_here(self) -> bool:
        """Whether libvirt runs on this machine."""
        # The URI of the task may be an alias.
        uri = self.call("read the connection's URI", self.connection.getURI)
        if not urlsplit(uri).hostname:
            return True
        name = self.optional("read the name of the host", self.connection.getHostname)
        return name is not None and name.split(".")[0] == socket.gethostname().split(".")[0] != "localhost"

    def call(
        self,
        what: str,
        function: Callable[..., Any],
        *arguments: Any,
        seconds: float | None = None,
        place: str = "on",
    ) -> Any:
        """What a libvirt function returns, under a deadline; asked again while another job holds the object.

        what: as it stands after "cannot" ("define guest 'web1'"). seconds: else the endpoint's timeout.
        """
        trying = f"cannot {what} {place} {self.uri}"
        limit = self.endpoint.timeout if seconds is None else seconds
        pause, end, lost = FIRST_PAUSE, 0.0, False
        while True:
            try:
                return self.begin(trying, function, *arguments).result(limit)
            except concurrent.futures.TimeoutError:
                self.stuck = True
                raise DeadlineError(f"{trying}: no answer within {limit:g} s; is libvirtd there and healthy?") from None
            except libvirt.libvirtError as error:
                if error.get_error_code() is None and not lost:
                    # Freeing another object just then has cleared the error.
                    lost = True
                    continue
                end = end or time.monotonic() + self.endpoint.timeout
                if not _is_busy(error) or time.monotonic() + pause > end:
                    raise failure(trying, error) from None
            # Not all runs come back at once.
            time.sleep(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, LONGEST_PAUSE)

    def begin(self, trying: str, function: Callable[..., Any], *arguments: Any) -> concurrent.futures.Future[Any]:
        """Have it called. Whoever gives it up says that it is stuck."""
        if self.stuck:
            raise DeadlineError(f"{trying}: an earlier call got no answer")
        return self._caller.submit(function, *arguments)

    def slow(self, what: str, function: Callable[..., Any], *arguments: Any) -> Any:
        limit = max(self.endpoint.wait_timeout, self.endpoint.timeout)
        return self.call(what, function, *arguments, seconds=limit)

    def look_up(self, what: str, missing: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """As call(), but None for the error named missing."""
        try:
            return self.call(what, function, *arguments)
        except SessionError as error:
            if error.code == getattr(libvirt, missing):
                return None
            raise

    def optional(self, what: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """As call(), but None where the driver lacks the function."""
        return self.look_up(what, "VIR_ERR_NO_SUPPORT", function, *arguments)


def leave(status: int) -> None:
    """End the process although a thread is blocked."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
