# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Volumes whose content a server has: fetched once, verified, kept in a cache, and no password shown."""

from __future__ import annotations

import base64
import gzip
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration.host import Host
from ansible_collections.converge.libvirt.tests.integration.test_volume_content import (
    MIB,
    behind,
    holey,
    names,
    qcow2,
)

PASSWORD = "correct-horse"
SINCE = "Wed, 01 Jan 2025 00:00:00 GMT"


class Server(ThreadingHTTPServer):
    """Has files by their paths. asked: what it was asked for, path and status."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, int]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        wanted = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
        if path.startswith("/secret") and self.headers.get("Authorization") != f"Basic {wanted}":
            self._begin(path, 401, 0)
        elif path.startswith("/away"):
            # What a redirection leads to gets no password.
            self._begin(path, 302, 0, {"Location": path.replace("/away", "/open")})
        elif path.startswith("/open") and self.headers.get("Authorization"):
            self._begin(path, 400, 0)
        elif path not in self.server.files:
            self._begin(path, 404, 0)
        elif self.headers.get("If-Modified-Since") == SINCE:
            self._begin(path, 304, 0)
        else:
            content = self.server.files[path]
            self._begin(path, 200, len(content), {"Last-Modified": SINCE})
            self.wfile.write(content[: len(content) // 2] if path.startswith("/short") else content)

    def _begin(self, path: str, status: int, length: int, headers: dict[str, str] | None = None) -> None:
        self.server.asked.append((path, status))
        self.send_response(status)
        for name, text in {"Content-Length": str(length), **(headers or {})}.items():
            self.send_header(name, text)
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_url_is_fetched_and_verified(stocked: Host, server: Server, tmp_path: Path) -> None:
    raw = holey(tmp_path / "a.img")
    image = qcow2(tmp_path / "a.qcow2", raw).read_bytes()
    digest = hashlib.sha256(image).hexdigest()
    server.files = {
        "/a.qcow2": image,
        "/a.img.gz": gzip.compress(raw.read_bytes()),
        "/SUMS": f"{'1' * 64}  b.qcow2\n{digest} *./a.qcow2\n".encode(),
        "/SUMS.tag": f"SHA256 (a.qcow2) = {digest}\n".encode(),
    }
    task: dict[str, Any] = {"pool": "images", "url": server.url("/a.qcow2")}
    made = stocked.converge("virt_volume", name="a.qcow2", checksum=f"sha256:{digest}", **task)
    assert (made["volume"]["format"], made["volume"]["capacity"]) == ("qcow2", 8 * MIB)
    assert behind(stocked, "a.qcow2").read_bytes() == image
    # A volume that is there costs no fetch; neither does one that is compared with a checksum.
    server.asked.clear()
    stocked.unchanged("virt_volume", name="a.qcow2", compare="content", checksum=f"sha256:{digest}", **task)
    assert server.asked == []
    for number, sums in enumerate(("/SUMS", "/SUMS.tag")):
        stocked.converge("virt_volume", name=f"{number}.qcow2", checksum=f"sha256:{server.url(sums)}", **task)
    stocked.converge("virt_volume", pool="images", name="v.img", url=server.url("/a.img.gz"), capacity="8MiB")
    assert behind(stocked, "v.img").read_bytes() == raw.read_bytes()
    server.files["/SUMS"] = b"0" * 64
    failed = stocked.fails("virt_volume", name="x.qcow2", checksum=f"sha256:{server.url('/SUMS')}", **task)
    assert "the checksum of" in failed["msg"]
    assert "x.qcow2" not in names(stocked)


def test_what_a_server_does_not_give_is_told(stocked: Host, server: Server, tmp_path: Path) -> None:
    server.files["/short.img"] = holey(tmp_path / "a.img").read_bytes()
    for path, said in {"/no.img": "404", "/short.img": "of 8388608 bytes"}.items():
        failed = stocked.fails("virt_volume", pool="images", name="v.img", url=server.url(path))
        assert said in failed["msg"]
        assert failed.result.get("changed", False) is False
    assert names(stocked) == []
    assert "url begins with none of" in stocked.refuses("virt_volume", pool="images", name="v.img", url="file:///etc/x")


def test_a_cache_is_asked_first(stocked: Host, server: Server, tmp_path: Path) -> None:
    content = holey(tmp_path / "a.img").read_bytes()
    server.files["/a.img"] = content
    cache = tmp_path / "cache"
    task: dict[str, Any] = {"pool": "images", "url": server.url("/a.img"), "cache": str(cache)}
    stocked.check("virt_volume", name="1.img", **task)
    assert not cache.exists()
    for name in ("1.img", "2.img"):
        stocked.run("virt_volume", name=name, **task)
        assert behind(stocked, name).read_bytes() == content
    assert [status for _path, status in server.asked][1:] == [200, 304]
    server.asked.clear()
    checksum = f"sha256:{hashlib.sha256(content).hexdigest()}"
    stocked.run("virt_volume", name="3.img", checksum=checksum, **task)
    assert server.asked == []
    # What is in the cache and wrong is fetched again.
    (kept,) = cache.iterdir()
    kept.write_bytes(b"rotten")
    stocked.run("virt_volume", name="4.img", checksum=checksum, **task)
    assert behind(stocked, "4.img").read_bytes() == content
    assert server.asked == [("/a.img", 200)]
    assert [kept] == list(cache.iterdir())


def test_a_password_is_never_shown(stocked: Host, server: Server) -> None:
    server.files = {"/secret.img": b"x" * 512, "/open.img": b"y" * 512}
    login: dict[str, Any] = {"pool": "images", "url_username": "me", "url_password": PASSWORD}
    done = stocked.run("virt_volume", name="v.img", url=server.url("/secret.img?token=abcdef"), **login)
    assert PASSWORD not in done.everything
    assert "abcdef" not in str(done["actions"])
    stocked.run("virt_volume", name="w.img", url=server.url("/away.img"), **login)
    failed = stocked.fails("virt_volume", name="x.img", url=server.url("/secret.img"), pool="images", url_username="me")
    assert "401" in failed["msg"]
    inside = server.url("/secret.img").replace("//", f"//me:{PASSWORD}@")
    refused = stocked.fails("virt_volume", pool="images", name="x.img", url=inside)
    assert "url_password" in refused["msg"]
    assert PASSWORD not in refused.everything
