# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Building a pool on a device: what is on it stays, unless the task says otherwise."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from ansible_collections.converge.libvirt.tests.integration.host import Host


@pytest.fixture
def device(host: Host) -> Iterator[str]:
    """A block device of 64 MiB with nothing on it, of the machine's own loop devices."""
    image = host.bed.path / "images" / "device.img"
    with image.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    found = subprocess.run(["losetup", "--find", "--show", str(image)], check=False, capture_output=True, text=True)
    if found.returncode != 0:
        pytest.skip(f"this machine has no free loop device: {found.stderr.strip()}")
    yield found.stdout.strip()
    subprocess.run(["losetup", "--detach", found.stdout.strip()], check=True)


def pool(device: str) -> str:
    return (
        f"<pool type='fs'><name>disk</name><source><device path='{device}'/><format type='ext4'/></source>"
        "<target><path>/var/lib/libvirt/images/disk</path></target></pool>"
    )


def test_a_file_system_is_made_once_and_never_again(host: Host, device: str) -> None:
    host.converge("virt_pool", xml=pool(device), state="active")
    host.make_volume("disk", "kept.raw")
    host.converge("virt_pool", name="disk", state="absent")
    assert host.converge("virt_pool", xml=pool(device), state="active")["changed"]
    assert "kept.raw" in host.virsh("vol-list", "disk")


def test_a_file_system_is_written_over_only_on_demand(host: Host, device: str) -> None:
    host.run("virt_pool", xml=pool(device), state="active")
    host.make_volume("disk", "gone.raw")
    host.run("virt_pool", name="disk", state="absent")
    host.run("virt_pool", xml=pool(device), state="active", build="overwrite")
    assert "gone.raw" not in host.virsh("vol-list", "disk")


def test_never_builds_nothing(host: Host, device: str) -> None:
    failed = host.fails("virt_pool", xml=pool(device), state="active", build="never")
    assert failed["applied"] == ["define pool 'disk'"]
    assert "start pool 'disk'" in failed["not_applied"]
