# SPDX-License-Identifier: GPL-3.0-or-later

"""A file that a server has, as the content of a volume; and checksums that a server has."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import re
import ssl
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.utils import formatdate, parsedate_to_datetime
from typing import Any

from .._plan import Refused
from .volume_pieces import CHUNK, Piece, sparse, write
from .volume_source import File, Source

SCHEMES = ("http", "https", "ftp")

#: The longest file of checksums.
LONGEST = 4 * 1024 * 1024


class Url(Source):
    """params: the options of the task. timeout: seconds without a byte. keeps: whether the cache may be written."""

    def __init__(self, params: dict[str, Any], timeout: float, keeps: bool) -> None:
        self.url: str = params["url"]
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise Refused(f"url begins with none of {', '.join(f'{scheme}://' for scheme in SCHEMES)}")
        if parts.password is not None:
            raise Refused("url has a password in it: give url_username and url_password, which are never shown")
        # A query may hold a token.
        super().__init__(urllib.parse.urlunsplit(parts._replace(query="", fragment="")))
        self.timeout = timeout
        self.keeps = keeps
        self.headers: dict[str, str] = dict(params["headers"] or {})
        if params["url_username"] is not None:
            pair = f"{params['url_username']}:{params['url_password'] or ''}"
            self.headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        self.certified: bool = params["validate_certs"]
        file = parts.path.rpartition("/")[2]
        self.checksum = None if params["checksum"] is None else self._checksum(params["checksum"], file)
        self.kept: str | None = None
        if params["cache"] is not None:
            name = hashlib.sha256(self.url.encode()).hexdigest()[:16]
            self.kept = os.path.join(params["cache"], f"{name}-{re.sub(r'[^A-Za-z0-9._-]', '_', file)[-80:]}")

    def _checksum(self, given: str, file: str) -> str:
        name, _colon, digest = given.partition(":")
        if not digest.startswith(tuple(f"{scheme}://" for scheme in SCHEMES)):
            return given
        with self._answer(digest, {}) as answer:
            return f"{name}:{find_digest(answer.read(LONGEST).decode(errors='replace'), file, digest)}"

    def read(self) -> Iterator[Piece]:
        if self.kept is None or not self._keep(self.kept):
            yield from self._fetched({})
            return
        file = File(self.kept)
        for piece in file.read():
            self.size = file.size
            yield piece

    def _keep(self, path: str) -> bool:
        """Have the file in the cache, as it is when its checksum is right, else as the server has it; whether it is."""
        asked = {}
        if os.path.exists(path) and self.checksum is None:
            asked = {"If-Modified-Since": formatdate(os.stat(path).st_mtime, usegmt=True)}
        elif os.path.exists(path) and _is_right(File(path, self.checksum)):
            return True
        if not self.keeps:
            return False
        folder = os.path.dirname(path)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        file, partial = tempfile.mkstemp(dir=folder, prefix=".partial-")
        try:
            with os.fdopen(file, "wb") as out:
                write(sparse(self._fetched(asked)), out)
            if self.modified is None:
                return True
            os.utime(partial, (self.modified, self.modified))
            if self.checksum is not None:
                for _piece in File(partial, self.checksum, self.title).verified():
                    pass
            os.replace(partial, path)
        finally:
            if os.path.exists(partial):
                os.unlink(partial)
        return True

    #: When the fetched file was changed on its server, None where it was not fetched, for it was not changed.
    modified: float | None = None

    def _fetched(self, asked: dict[str, str]) -> Iterator[Piece]:
        self.modified = None
        answer = self._answer(self.url, asked)
        if answer is None:
            return
        with answer:
            said = answer.headers.get("Last-Modified")
            self.modified = parsedate_to_datetime(said).timestamp() if said else 0.0
            length = answer.headers.get("Content-Length") or ""
            self.size = int(length) if length.isdigit() else None
            got = 0
            while True:
                try:
                    piece = answer.read(CHUNK)
                except (OSError, http.client.HTTPException) as error:
                    raise Refused(f"cannot fetch {self.title}: after {got} bytes, {error}") from None
                if not piece:
                    break
                got += len(piece)
                yield piece
            if self.size is not None and got != self.size:
                raise Refused(f"cannot fetch {self.title}: it ended after {got} of {self.size} bytes")

    def _answer(self, url: str, asked: dict[str, str]) -> Any:
        """The server's answer; None where what was asked for was not modified."""
        request = urllib.request.Request(url)
        for name, text in {**self.headers, **asked}.items():
            # Not sent to where a redirection leads.
            request.add_unredirected_header(name, str(text))
        context = ssl.create_default_context()
        if not self.certified:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            secured = urllib.request.HTTPSHandler(context=context)
            return urllib.request.build_opener(secured).open(request, timeout=self.timeout)
        except urllib.error.HTTPError as error:
            if error.code == http.client.NOT_MODIFIED and asked:
                return None
            said = f"{error.code} {error.reason}"
        except (OSError, http.client.HTTPException, ValueError) as error:
            said = str(getattr(error, "reason", error))
        raise Refused(f"cannot fetch {url.partition('?')[0]}: {said}")


def find_digest(text: str, name: str, where: str) -> str:
    """The digest of a file in a file of checksums, as sha256sum writes it, plain or with --tag. Raises Refused."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        plainly = re.fullmatch(r"\\?([0-9a-fA-F]{32,}) [ *](?:.*/)?(.+)", line)
        tagged = re.fullmatch(r"[\w-]+ ?\((?:.*/)?(.+)\) ?= ?([0-9a-fA-F]{32,})", line)
        if plainly and plainly[2] == name:
            return plainly[1]
        if tagged and tagged[1] == name:
            return tagged[2]
    if len(lines) == 1 and re.fullmatch(r"[0-9a-fA-F]{32,}", lines[0]):
        return lines[0]
    raise Refused(f"checksum: {where.partition('?')[0]} has none of '{name}'")


def _is_right(file: File) -> bool:
    try:
        for _piece in file.verified():
            pass
    except (Refused, OSError):
        return False
    return True
