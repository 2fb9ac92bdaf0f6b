# SPDX-License-Identifier: GPL-3.0-or-later

"""What a guest says on its serial console, from its log file or as it is said."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from .._plan import Refused
from .._result import Module
from .._session import Session, SessionError, libvirt
from .._xml.document import find_all, parse
from .find import by_name_or_uuid

#: Seconds between two looks.
PAUSE = 0.1


def tell(session: Session, module: Module) -> dict[str, Any]:
    """The result of an info module: at most so many bytes of text, the last ones."""
    params = module.params
    try:
        awaited = None if params["wait_for"] is None else re.compile(params["wait_for"])
    except re.error as error:
        raise Refused(f"wait_for is no regular expression: {error}") from None
    session.open()
    domain = by_name_or_uuid(session, params["name"])
    document = parse(session.call(f"read the document of guest {params['name']!r}", domain.XMLDesc, 0))
    log = _log(document, params["device"])
    reachable = log is not None and session.is_here() and log.is_file()
    source = params["source"]
    if source == "log" and not reachable:
        raise Refused(_unreachable(params["name"], log, session.uri))
    reader = _Log(log) if log is not None and reachable and source != "console" else _Console(session, domain, params)
    try:
        text, found = _follow(reader, awaited, params["seconds"], params["max_bytes"])
    finally:
        reader.close()
    if awaited is not None and not found:
        last = text.rstrip().rpartition("\n")[2]
        raise SessionError(
            f"guest {params['name']!r} on {session.uri} did not say {params['wait_for']!r} within "
            f"{params['seconds']:g} s; the last it said: {last!r}"
        )
    told = {"source": reader.source, "text": text, "truncated": reader.read > params["max_bytes"], "found": found}
    return {"changed": False, "console": told}


def _log(document: Any, device: str | None) -> Path | None:
    """Where libvirt writes what the guest says, on the hypervisor."""
    for path in ("devices/serial", "devices/console"):
        for element in find_all(document, path):
            alias = element.find("alias")
            if device is not None and (alias is None or alias.get("name") != device):
                continue
            log, source = element.find("log"), element.find("source")
            if log is not None and log.get("file"):
                return Path(log.get("file"))
            if element.get("type") == "file" and source is not None and source.get("path"):
                return Path(source.get("path"))
    return None


def _unreachable(name: str, log: Path | None, uri: str) -> str:
    if log is None:
        return f"guest {name!r} on {uri} has no <log> in its serial port, so that nothing is kept of what it says"
    return f"the log {log} of guest {name!r} is on the hypervisor of {uri}, and this module does not run there"


class _Log:
    """A log file. read: bytes taken from it."""

    source = "log"

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.read = 0

    def more(self, most: int) -> bytes:
        """What has come since, without what is too far from the end."""
        start = self._file.tell()
        size = self._file.seek(0, 2)
        self._file.seek(max(start, size - most))
        self.read += size - start
        return self._file.read()

    def close(self) -> None:
        self._file.close()


class _Console:
    """The console itself, which tells what is said from now on. Only one program may have it open."""

    source = "console"

    def __init__(self, session: Session, domain: Any, params: dict[str, Any]) -> None:
        self._session = session
        self.read = 0
        what = f"open the console of guest {params['name']!r}"
        flags = libvirt.VIR_STREAM_NONBLOCK
        self._stream = session.call("make a stream", session.connection.newStream, flags)
        # Without FORCE: whoever has it open keeps it.
        session.call(what, domain.openConsole, params["device"], self._stream, libvirt.VIR_DOMAIN_CONSOLE_SAFE)

    def more(self, _most: int) -> bytes:
        """What has come since."""
        data = self._session.call("read the console", self._stream.recv, 65536)
        # Nothing yet is told by a number.
        if not isinstance(data, bytes):
            return b""
        self.read += len(data)
        return data

    def close(self) -> None:
        if not self._session.stuck:
            self._session.call("close the console", self._stream.abort)


def _follow(reader: Any, awaited: re.Pattern[str] | None, seconds: float, most: int) -> tuple[str, bool]:
    """The last bytes of what is said within so many seconds, or until it is what is awaited."""
    end = time.monotonic() + seconds
    data = b""
    while True:
        data = (data + reader.more(most))[-most:]
        text = data.decode(errors="replace")
        if awaited is not None and awaited.search(text):
            return text, True
        # A log is all there: nobody waits for more of it but who awaits something.
        if time.monotonic() > end or (awaited is None and reader.source == "log"):
            return text, False
        time.sleep(PAUSE)
