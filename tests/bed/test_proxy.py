# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The socket in front of libvirtd: what it counts, and that its faults happen where they should, for real."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from converge_bed import documents
from converge_bed.proxy import REMOTE, WRITES, Fault, Write
from converge_bed.running import RunningBed

if TYPE_CHECKING:
    import libvirt

pytest_plugins = ["ansible_collections.converge.libvirt.tests.bed.fixtures"]

#: Where libvirt's package lists the names of its procedures (for SystemTap).
NAMES = Path("/usr/share/systemtap/tapset/libvirt_functions.stp")


def opened(uri: str) -> libvirt.virConnect:
    """Connect to whatever listens there."""
    import libvirt

    return libvirt.open(uri)


def networks(bed: RunningBed) -> list[str]:
    with bed.connection() as connection:
        return sorted(network.name() for network in connection.listAllNetworks())


def define(uri: str, *names: str) -> list[str]:
    """Define networks one after the other, on one connection; the names of those that libvirt said yes to."""
    import libvirt

    done = []
    try:
        connection = opened(uri)
        for number, name in enumerate(names):
            connection.networkDefineXML(documents.network_xml(name, prefix=f"192.168.{80 + number}"))
            done.append(name)
    except libvirt.libvirtError:
        pass
    return done


def test_the_numbers_are_libvirts_own(bed_ready: None) -> None:  # noqa: ARG001 - a fixture
    if not NAMES.exists():
        pytest.skip(f"this distribution does not bring {NAMES}")
    remote = NAMES.read_text().rpartition(f"program == {REMOTE})")[2]
    known = {name: int(number) for number, name in re.findall(r'proc == (\d+)\) \{\s*procstr = "(\w+)"', remote)}
    assert {write.name.lower(): write.value for write in Write}.items() <= known.items()


def test_calls_are_counted_without_opening_and_closing(clean_bed: RunningBed) -> None:
    with clean_bed.proxy() as proxy:
        connection = opened(proxy.uri)
        assert proxy.calls == []
        network = connection.networkDefineXML(documents.network_xml("lan"))
        network.setAutostart(1)
        assert network.isActive() == 0
        connection.close()
        other = opened(proxy.uri)
        other.networkLookupByName("lan").undefine()
        assert len(proxy.calls) == 5
        assert proxy.writes == [Write.NETWORK_DEFINE_XML, Write.NETWORK_SET_AUTOSTART, Write.NETWORK_UNDEFINE]
        assert not proxy.happened
        other.close()


@pytest.mark.parametrize("action", ["cut", "kill"])
@pytest.mark.parametrize(("moment", "kept"), [("before", ["a"]), ("after", ["a", "b"])])
def test_a_fault_at_the_second_write(
    clean_bed: RunningBed, action: Literal["cut", "kill"], moment: Literal["before", "after"], kept: list[str]
) -> None:
    with clean_bed.proxy(Fault(action, 2, moment, of=WRITES)) as proxy:
        assert define(proxy.uri, "a", "b", "c") == ["a"]
        assert proxy.happened
        # The same proxy serves whoever comes next, and it happens once.
        assert define(proxy.uri, "d") == ["d"]
    assert networks(clean_bed) == [*kept, "d"]


def test_a_libvirtd_that_was_killed_is_another_one(clean_bed: RunningBed) -> None:
    def pid() -> str:
        return clean_bed.exec("cat", "/run/libvirtd.pid").stdout

    domain = clean_bed.connect().createXML(documents.guest_xml("survivor"))
    before, guest = pid(), domain.ID()
    with clean_bed.proxy(Fault("kill", 1)) as proxy:
        define(proxy.uri, "a")
    assert pid() != before
    with clean_bed.connection() as connection:
        assert connection.lookupByName("survivor").ID() == guest


@pytest.mark.parametrize(("moment", "kept"), [("before", []), ("after", ["a"])])
def test_a_connection_that_hangs(clean_bed: RunningBed, moment: Literal["before", "after"], kept: list[str]) -> None:
    import libvirt

    with clean_bed.proxy(Fault("hang", 1, moment, of={Write.NETWORK_DEFINE_XML})) as proxy:
        connection = opened(proxy.uri)
        # libvirt notices that nobody answers: after 2 s of silence it asks, and waits as long for each of 2 answers.
        connection.setKeepAlive(2, 2)
        begin = time.monotonic()
        with pytest.raises(libvirt.libvirtError):
            connection.networkDefineXML(documents.network_xml("a"))
        assert time.monotonic() - begin > 2
        assert networks(clean_bed) == kept  # libvirtd itself is well


def test_only_the_calls_that_are_named_count(clean_bed: RunningBed) -> None:
    with clean_bed.proxy(Fault("cut", 1, of={Write.NETWORK_CREATE})) as proxy:
        assert define(proxy.uri, "a") == ["a"]
        assert not proxy.happened
    with clean_bed.proxy(Fault("cut", 3)) as proxy:
        assert define(proxy.uri, "b", "c", "d") == ["b", "c"]
        assert proxy.happened
