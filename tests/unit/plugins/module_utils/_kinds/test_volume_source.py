# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a source tells of itself before anything is written, and what is refused."""

from __future__ import annotations

import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.volume_content import Content
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.volume_source import File
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.volume_url import Url, find_digest
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused
from ansible_collections.converge.libvirt.plugins.module_utils._spec.volume import VOLUME

DIGEST = "ab" * 32


def params(**given: Any) -> dict[str, Any]:
    return {**{name: one.get("default") for name, one in VOLUME.argument_spec().items()}, "pool": "p", **given}


def qcow2(backing: int = 0, features: int = 0, version: int = 3, size: int = 1 << 30) -> bytes:
    header = b"QFI\xfb" + struct.pack(">IQIIQ", version, backing, 0, 16, size)
    return header.ljust(72, b"\0") + struct.pack(">Q", features) + bytes(432)


@pytest.mark.parametrize(
    ("content", "form", "capacity"),
    [
        (b"anything", "raw", 8),
        (b"", "raw", 0),
        (qcow2(), "qcow2", 1 << 30),
        (qcow2(version=2, features=4), "qcow2", 1 << 30),
        (b"KDMV" + bytes(512), "vmdk", None),
        (b"QFI\xfb", "qcow2", None),
    ],
)
def test_a_file_tells_its_format(tmp_path: Path, content: bytes, form: str, capacity: int | None) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    source = File(str(path))
    source.open()
    assert (source.format, source.capacity) == (form, capacity)
    assert b"".join(bytes(one) if isinstance(one, int) else one for one in source.pieces()) == content


@pytest.mark.parametrize("content", [qcow2(backing=512), qcow2(features=4)], ids=["backing", "data file"])
def test_an_image_that_names_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(Refused, match="needs another file"):
        File(str(path)).open()


def test_an_unknown_hash_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a")
    with pytest.raises(Refused, match="no hash named 'sha257'"):
        File(str(path), "sha257:00").open()


@pytest.mark.parametrize(
    "text",
    [
        f"{DIGEST}  a.img\n",
        f"{'0' * 64}  b.img\n{DIGEST} *./x/a.img\n",
        f"SHA256 (a.img) = {DIGEST}\n",
        f"{DIGEST}\n",
    ],
)
def test_a_file_of_checksums_is_read(text: str) -> None:
    assert find_digest(text, "a.img", "http://x/SUMS") == DIGEST


@pytest.mark.parametrize("text", ["", f"{DIGEST}  ba.img\n", f"{DIGEST}\n{DIGEST}\n", "<html>"])
def test_a_file_of_other_checksums_is_told(text: str) -> None:
    with pytest.raises(Refused, match=r"http://x/SUMS has none of 'a.img'"):
        find_digest(text, "a.img", "http://x/SUMS?token=1")


def test_a_url_shows_no_secret() -> None:
    source = Url(params(url="https://example.com/a.img?token=secret"), 1, keeps=False)
    assert source.title == "https://example.com/a.img"
    for url in ("file:///etc/passwd", "https:///a", "gopher://x/"):
        with pytest.raises(Refused, match="url begins with none of"):
            Url(params(url=url), 1, keeps=False)
    with pytest.raises(Refused, match="url_password") as refused:
        Url(params(url="https://me:secret@example.com/a.img"), 1, keeps=False)
    assert "secret" not in str(refused.value).replace("url_password", "")


def test_a_url_is_fetched_by_the_hypervisor_only() -> None:
    session = SimpleNamespace(is_here=lambda: False, uri="qemu+ssh://kvm1/system", endpoint=SimpleNamespace(timeout=1))
    given = params(url="https://example.com/a.img")
    kind = SimpleNamespace(params=given, session=session, check=False, pool=object(), name="v")
    content: Any = Content(kind)
    for plan in (lambda: content.plan_new(None, None), content._opened):
        with pytest.raises(Refused, match=r"fetched by the hypervisor.*get_url"):
            plan()
