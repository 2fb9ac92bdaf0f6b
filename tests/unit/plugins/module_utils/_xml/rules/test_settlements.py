# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import find_all, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import domain


def at(tree: t.Any, path: str) -> t.Any:
    """The first element at a path, which is there."""
    return find_all(tree, path)[0]


def ports(count: int, **plugged: int) -> t.Any:
    """A q35 guest with this many root ports, and devices by target name in the port of that index."""
    controllers = "".join(f"<controller type='pci' index='{n}' model='pcie-root-port'/>" for n in range(1, count + 1))
    disks = "".join(
        f"<disk type='file' device='disk'><target dev='{name}' bus='virtio'/>"
        f"<address type='pci' domain='0x0000' bus='0x{bus:02x}' slot='0x00' function='0x0'/></disk>"
        for name, bus in plugged.items()
    )
    return parse(
        "<domain><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><devices>"
        f"<controller type='pci' index='0' model='pcie-root'/>{controllers}{disks}</devices></domain>"
    )


def removed(desired: t.Any, stored: t.Any) -> list[str]:
    result = overlay(desired, stored, domain.RULES)
    return [difference.path for difference in result.differences if difference.after is None]


def test_a_free_port_that_is_no_longer_named_goes() -> None:
    assert removed(ports(4, vda=1), ports(5, vda=1)) == ["devices/controller[pci,5,pcie-root-port]"]


def test_a_port_in_use_stays_and_so_do_those_before_it() -> None:
    assert removed(ports(2, vda=4), ports(4, vda=4)) == []


def test_one_free_port_stays_since_libvirt_would_add_it() -> None:
    assert removed(ports(1, vda=1), ports(2, vda=1)) == []


def test_ports_that_libvirt_has_made_all_by_itself_stay() -> None:
    assert removed(ports(0, vda=1), ports(4, vda=1)) == []


def test_the_console_follows_the_serial_port_that_it_stands_for(golden: t.Any) -> None:
    pc = golden("domain", "pc")
    desired = parse(
        "<domain><devices><serial type='tcp'><source mode='bind' host='::1' service='1'/></serial></devices></domain>"
    )
    result = overlay(desired, pc.dump, pc.rules)
    serial, console = at(result.document, "devices/serial"), at(result.document, "devices/console")
    assert console.get("type") == serial.get("type") == "tcp"
    assert console.find("source").get("host") == "::1"
    assert console.find("target").get("type") == "serial"
    assert len(find_all(result.document, "devices/console")) == 1


SERIAL = "<serial type='pty'><target type='isa-serial' port='{0}'/></serial>"
MIRROR = "<console type='pty'><target type='serial' port='{0}'/></console>"
VIRTIO = "<console type='pty'><target type='virtio' port='{0}'/></console>"


@pytest.mark.parametrize(
    ("stored", "ports"),
    [
        (VIRTIO.format(0) + VIRTIO.format(5), ["0", "1"]),
        (SERIAL.format(0) + MIRROR.format(0) + VIRTIO.format(0), ["0", "1"]),
        (SERIAL.format(3) + MIRROR.format(3) + VIRTIO.format(0), ["3", "1"]),
    ],
)
def test_the_port_of_a_console_is_its_place_among_all(stored: str, ports: list[str]) -> None:
    text = "<domain><title>{}</title><devices>{}</devices></domain>"
    result = overlay(parse(text.format("new", stored)), parse(text.format("old", stored)), domain.RULES)
    assert [one.path for one in result.differences] == ["title"]
    assert [one.get("port") for one in find_all(result.document, "devices/console/target")] == ports


@pytest.mark.parametrize("number", ["0x" + "f" * 5000, "9" * 5000, "\u0665", "-1"])
def test_a_bus_that_is_no_number_settles_nothing(number: str) -> None:
    stored = ports(5, vda=1)
    find_all(stored, "devices/disk/address")[0].set("bus", number)
    assert removed(ports(0), stored) == ["devices/disk[vda]"]
