# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pictures, the console and the keyboard, without a guest."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._domain import console, keys
from ansible_collections.converge.libvirt.plugins.module_utils._domain.picture import SIGNATURE, from_pixmap
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused
from ansible_collections.converge.libvirt.plugins.module_utils._session import SessionError
from ansible_collections.converge.libvirt.tests.unit.in_process import Runner

#: Two lines of three points: red, green, blue; black, white, grey.
POINTS = bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 9, 9, 9])


def parts(png: bytes) -> dict[bytes, bytes]:
    """The parts of a PNG, their sums checked."""
    assert png.startswith(SIGNATURE)
    found, rest = {}, png[8:]
    while rest:
        (length,) = struct.unpack(">I", rest[:4])
        kind, content = rest[4:8], rest[8 : 8 + length]
        assert struct.unpack(">I", rest[8 + length : 12 + length]) == (zlib.crc32(kind + content),)
        found[kind], rest = content, rest[12 + length :]
    return found


@pytest.mark.parametrize("head", [b"P6\n3 2\n255\n", b"P6\n# made by QEMU\n3 2\n255\n", b"P6 3 2 255 "])
def test_a_pixmap_becomes_a_png(head: bytes) -> None:
    found = parts(from_pixmap(head + POINTS))
    assert struct.unpack(">IIBBBBB", found[b"IHDR"]) == (3, 2, 8, 2, 0, 0, 0)
    assert zlib.decompress(found[b"IDAT"]) == b"\0" + POINTS[:9] + b"\0" + POINTS[9:]
    assert list(found) == [b"IHDR", b"IDAT", b"IEND"]


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(SessionError, match="image/webp"):
        from_pixmap(b"RIFF....", "image/webp")
    with pytest.raises(SessionError, match="ends in the middle"):
        from_pixmap(b"P6\n3 2\n255\n" + POINTS[:-1])


def test_a_picture_of_the_test_driver(run: Runner) -> None:
    taken = run("virt_screenshot", name="test", dest="/nowhere")
    assert not taken["changed"]
    assert taken["screenshot"]["size"] == len(base64.b64decode(taken["content"]))


@pytest.mark.parametrize(
    ("words", "codes"),
    [("ctrl-alt-delete", [29, 56, 111]), ("KEY_LEFTCTRL+KEY_C", [29, 46]), ("f12", [88]), ("Enter", [28]), ("q", [16])],
)
def test_keys_have_the_numbers_of_linux(words: str, codes: list[int]) -> None:
    assert keys._combination(words) == codes


def test_a_text_is_typed_on_a_us_keyboard() -> None:
    assert [keys._character(one) for one in "aZ1!~ \n"] == [[30], [42, 44], [2], [42, 2], [42, 41], [57], [28]]
    every = "".join(map(chr, range(32, 127)))
    assert all(keys._character(one) for one in every)
    for wrong in "äß€\x07":
        with pytest.raises(Refused, match="there is no key for"):
            keys._character(wrong)


@pytest.mark.parametrize("words", ["ctrl-nokey", "", "-".join("abcdefghijklmnopq")])
def test_a_combination_that_nobody_can_press_is_refused(words: str) -> None:
    with pytest.raises(Refused, match="keys: "):
        keys._combination(words)


def test_the_end_of_a_log_is_told(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"first\n" * 1000 + b"last\n")
    reader = console._Log(tmp_path / "log")
    assert console._follow(reader, None, 5, 11) == ("first\nlast\n", False)
    assert reader.read == 6005
    reader.close()


def test_a_log_is_followed_until_it_says_what_is_awaited(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"booting\n")
    reader = console._Log(log)

    class Growing:
        source, read = "log", 0

        def more(self, most: int) -> bytes:
            data = reader.more(most)
            with log.open("ab") as file:
                file.write(b"log")
            return data

    text, found = console._follow(Growing(), re.compile("loglog"), 5, 100)
    assert found
    assert text.startswith("booting\nloglog")
    assert console._follow(reader, re.compile("never"), 0.2, 100)[1] is False
    reader.close()


def test_a_guest_without_a_log_says_so(run: Runner) -> None:
    assert "has no <log> in its serial port" in run.refused("virt_console_log", name="test", source="log")
    assert "is no regular expression" in run.refused("virt_console_log", name="test", wait_for="(")


def test_the_file_of_a_log_is_the_one_of_the_device(libvirt: Any) -> None:  # noqa: ARG001 - lxml
    from lxml import etree

    document = etree.fromstring(
        "<domain><devices><serial type='pty'><alias name='serial0'/></serial>"
        "<serial type='pty'><log file='/a.log'/><alias name='serial1'/></serial>"
        "<serial type='file'><source path='/b.log'/><alias name='serial2'/></serial></devices></domain>"
    )
    assert [console._log(document, device) for device in (None, "serial0", "serial1", "serial2")] == [
        Path("/a.log"),
        None,
        Path("/a.log"),
        Path("/b.log"),
    ]
