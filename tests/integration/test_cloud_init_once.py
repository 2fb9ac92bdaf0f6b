# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A seed that a guest gets once: it goes when it was read, stays known, and comes back when its data changes."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from converge_bed.agent import shell
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host

POOL = f"{documents.IMAGES}/seeds"
#: What cloud-init does in a guest, as far as it matters here.
READ = """
mkdir -p /run/cloud-init
echo "{\\"ds\\": {\\"meta_data\\": {$(grep -a -o '"converge-seed": "[0-9a-f]*"' /dev/sr0)}}}" \\
    >/run/cloud-init/instance-data.json
echo '{"v1": {"errors": []}}' >/run/cloud-init/result.json
"""


@pytest.fixture
def pool(host: Host) -> Host:
    host.make_pool("seeds", POOL)
    return host


def task(name: str) -> dict[str, Any]:
    return {
        "xml": guest_xml("web", devices="<controller type='scsi' model='virtio-scsi'/>"),
        "state": "running",
        "cloud_init": {"pool": "seeds", "attach": "once", "user_data": {"hostname": name}},
        "wait_for": ["cloud_init"],
    }


def medium(host: Host) -> str | None:
    """What is in the drive of the guest, by its stored definition and its running one."""
    found = set()
    for document in (guests.stored(host, "web"), guests.live(host, "web")):
        drive = document.find("devices/disk[@device='cdrom']")
        assert drive is not None
        source = drive.find("source")
        found.add(None if source is None else source.get("file"))
    (one,) = found
    return one


def sizes(host: Host) -> list[int]:
    return [path.stat().st_size for path in host.bed.outside(POOL).iterdir()]


def read_when_it_is_up(host: Host) -> threading.Thread:
    def read() -> None:
        while guests.state(host, "web") != "running":
            time.sleep(0.2)
        shell(guests.booted(host, "web"), READ)

    thread = threading.Thread(target=read)
    thread.start()
    return thread


def test_it_goes_when_it_was_read_and_comes_when_it_changes(pool: Host) -> None:
    predicted = pool.check("virt_domain", **task("one"))
    guest = read_when_it_is_up(pool)
    outcome = pool.run("virt_domain", **task("one"))
    guest.join()
    assert outcome["changes"] == predicted["changes"]
    assert outcome["actions"] == predicted["actions"]
    assert outcome["pending"] == []
    assert medium(pool) is None
    assert max(sizes(pool)) < 100
    pool.unchanged("virt_domain", **task("one"))

    # Other data waits in the drive for the next boot.
    assert "cloud_init" in pool.converge("virt_domain", **task("two")).paths
    assert medium(pool) is not None
    assert [size > 100 for size in sizes(pool)] == [True]
    shell(guests.booted(pool, "web"), READ)
    pool.converge("virt_domain", **task("two"))
    assert medium(pool) is None
    pool.unchanged("virt_domain", **task("two"))

    # Another guest of the same name has read nothing.
    pool.run("virt_domain", name="web", state="absent", shutdown={"force": True, "timeout": 60})
    guest = read_when_it_is_up(pool)
    made = pool.run("virt_domain", **task("two"))
    guest.join()
    assert any(action.startswith("store cloud_init") for action in made["actions"])


def test_somebody_has_to_see_that_it_was_read(pool: Host) -> None:
    options = {**task("one"), "wait_for": ["agent"]}
    assert "add cloud_init to wait_for" in pool.refuses("virt_domain", **options)
