# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ignition's configuration reaches the guest by firmware, or on a disk, and is noticed when it changes."""

from __future__ import annotations

from typing import Any

import pytest
from converge_bed.agent import shell
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host

POOL = f"{documents.IMAGES}/seeds"
SECRET = "correct-horse-battery"
FW_CFG = "/sys/firmware/qemu_fw_cfg/by_name/opt/com.coreos/config/raw"


def config(name: str) -> dict[str, Any]:
    user = {"name": name, "passwordHash": SECRET}
    return {"ignition": {"version": "3.4.0"}, "passwd": {"users": [user]}}


def ignition(name: str = "core", **more: Any) -> dict[str, Any]:
    return {"pool": "seeds", "config": config(name), **more}


@pytest.fixture
def pool(host: Host) -> Host:
    host.make_pool("seeds", POOL)
    return host


def volumes(host: Host) -> list[str]:
    return sorted(path.name for path in host.bed.outside(POOL).iterdir())


def test_by_firmware(pool: Host) -> None:
    outcome = pool.converge("virt_domain", xml=documents.domain("web"), ignition=ignition())
    assert SECRET not in outcome.everything
    (old,) = volumes(pool)
    entry = guests.stored(pool, "web").find("sysinfo[@type='fwcfg']/entry")
    assert entry is not None
    assert entry.attrib == {"name": "opt/com.coreos/config", "file": f"{POOL}/{old}"}
    outcome = pool.converge("virt_domain", name="web", ignition=ignition("other"))
    assert "ignition" in outcome.paths
    (new,) = volumes(pool)
    assert new != old
    pool.unchanged("virt_domain", xml=documents.domain("web"))
    pool.converge("virt_domain", name="web", ignition=ignition(attach="never"))
    assert guests.stored(pool, "web").find("sysinfo") is None
    assert volumes(pool) == []


def test_beside_other_entries(pool: Host) -> None:
    other = pool.write("other", "text")
    xml = documents.domain("web", more=f"<sysinfo type='fwcfg'><entry name='opt/other' file='{other}'/></sysinfo>")
    pool.run("virt_domain", xml=xml)
    pool.converge("virt_domain", name="web", ignition=ignition())
    pool.unchanged("virt_domain", xml=xml)
    entries = [{"type": "fwcfg", "entries": [{"name": "opt/other", "file": other}]}]
    pool.unchanged("virt_domain", name="web", sysinfo=entries)
    pool.converge("virt_domain", name="web", ignition=ignition(attach="never"))
    (entry,) = guests.stored(pool, "web").findall("sysinfo/entry")
    assert entry.get("name") == "opt/other"


def test_a_guest_can_read_it(pool: Host) -> None:
    pool.converge("virt_domain", xml=guest_xml("web"), ignition=ignition(by="disk"), state="running")
    guest = guests.booted(pool, "web")
    assert "passwordHash" in shell(guest, "grep -l ignition /sys/block/*/serial >/dev/null && cat /dev/vda")
    pool.run("virt_domain", name="web", ignition=ignition(), state="restarted", shutdown={"force": True})
    assert [disk.get("device") for disk in guests.stored(pool, "web").iterfind("devices/disk")] == []
    log = pool.bed.outside("/var/log/libvirt/qemu/web.log").read_text()
    assert "name=opt/com.coreos/config,file=" in log
