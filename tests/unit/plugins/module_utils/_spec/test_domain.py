# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain import DOMAIN
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, parse


def written(current: str | None = None, xml: str | None = None, **given: Any) -> str:
    """The inside of the desired document for these options, over a stored document where there is one."""
    params = {
        "name": "web",
        "uuid": None,
        "xml": xml and f"<domain>{xml}</domain>",
        **{option.name: None for option in DOMAIN.options},
        **given,
    }
    stored = None if current is None else parse(f"<domain>{current}</domain>")
    text: str = compact(DOMAIN.desired(params, DOMAIN.identity(params), stored).tree)
    return text.removeprefix("<domain>").removesuffix("</domain>").replace('"', "'")


def kib(memory: int, now: int | None = None) -> str:
    now = memory if now is None else now
    return f"<memory unit='KiB'>{memory}</memory><currentMemory unit='KiB'>{now}</currentMemory>"


@pytest.mark.parametrize(
    ("value", "kilobytes"),
    [("1GiB", 1 << 20), ("512 MiB", 512 << 10), ("1G", 1 << 20), ("1GB", 976563), ("1025B", 2)],
)
def test_memory_is_written_in_whole_kib(value: str, kilobytes: int) -> None:
    assert written("<name>web</name>", memory=value) == kib(kilobytes)


@pytest.mark.parametrize(
    ("stored", "after"),
    [
        (kib(2048), kib(4096)),
        (kib(2048, 1024), kib(4096, 1024)),
        (kib(8192, 6144), kib(4096)),
        (kib(8192, 4096), kib(4096)),
        ("<memory>2048</memory>", kib(4096)),
        (None, "<name>web</name><memory unit='KiB'>4096</memory>"),
    ],
    ids=[
        "was all of it",
        "a smaller balloon stays",
        "a balloon that no longer fits",
        "one that just fits",
        "none",
        "new",
    ],
)
def test_memory_keeps_a_balloon_that_someone_made_smaller(stored: str | None, after: str) -> None:
    assert written(stored, memory="4MiB") == after


@pytest.mark.parametrize("value", ["1024", "1 lot", "-1GiB", "0KiB", "GiB", "", "1.5.2GiB"])
def test_memory_without_a_unit_or_without_sense_is_refused(value: str) -> None:
    with pytest.raises(Refused, match=r"^memory: "):
        written(memory=value)


@pytest.mark.parametrize(
    ("stored", "xml", "after"),
    [
        ("<vcpu>2</vcpu>", None, "<vcpu>4</vcpu>"),
        ("<vcpu current='2'>8</vcpu>", None, "<vcpu current='2'>4</vcpu>"),
        ("<vcpu current='4'>8</vcpu>", None, "<vcpu>4</vcpu>"),
        ("<vcpu current='6'>8</vcpu>", None, "<vcpu>4</vcpu>"),
        (None, None, "<name>web</name><vcpu>4</vcpu>"),
        (None, "<name>web</name><vcpu current='1'>2</vcpu>", "<name>web</name><vcpu current='1'>4</vcpu>"),
        (
            "<vcpu current='3'>8</vcpu>",
            "<name>web</name><vcpu placement='static' current='1'>2</vcpu>",
            "<name>web</name><vcpu placement='static' current='1'>4</vcpu>",
        ),
    ],
)
def test_vcpus_is_the_maximum_and_keeps_a_smaller_current(stored: str | None, xml: str | None, after: str) -> None:
    assert written(stored, xml, vcpus=4) == after


@pytest.mark.parametrize("value", [0, -1])
def test_a_guest_has_one_vcpu_or_more(value: int) -> None:
    with pytest.raises(Refused, match=f"^vcpus: {value} is not a number of virtual CPUs"):
        written(vcpus=value)


@pytest.mark.parametrize("option", ["title", "description"])
def test_texts(option: str) -> None:
    assert written("", **{option: "Web & more"}) == f"<{option}>Web &amp; more</{option}>"
    assert written(xml=f"<name>web</name><{option}>x</{option}>", **{option: ""}) == "<name>web</name>"


def test_an_option_owns_what_it_writes_and_nothing_else() -> None:
    params = {"name": "web", "uuid": None, "xml": None, **{option.name: None for option in DOMAIN.options}}
    owned: dict[str, Any] = {}
    for option, value in (("memory", "1GiB"), ("vcpus", 2), ("title", "x"), ("description", "x")):
        given = {**params, option: value}
        owned[option] = DOMAIN.desired(given, DOMAIN.identity(given), parse("<domain/>")).scope.owned
    assert owned == {
        "memory": {"memory", "currentMemory"},
        "vcpus": {"vcpu@.", "vcpu@current"},
        "title": {"title@."},
        "description": {"description@."},
    }
