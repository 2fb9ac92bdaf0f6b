# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role that makes a guest from an image: once, unchanged again, and away with what was its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from converge_bed.documents import network_xml

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host

POOL = f"{documents.IMAGES}/role"


def changed(host: Host, *words: str, **given: Any) -> int:
    """Run the role; how many tasks changed something."""
    role: dict[str, Any] = {
        "name": "Run the role",
        "ansible.builtin.include_role": {"name": "converge.libvirt.guest"},
        "vars": {"guest_name": "web", "guest_pool": "images", **given},
    }
    done = host.playbook([role], *words)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"changed=(\d+)", done.stdout)
    assert found is not None
    return int(found[1])


def test_from_an_image_to_a_guest_and_away(host: Host, tmp_path: Path) -> None:
    host.make_pool("images", POOL)
    host.connection.networkDefineXML(network_xml("lan")).create()
    image = tmp_path / "system.img"
    image.write_bytes(b"\0" * (1 << 20))
    task: dict[str, Any] = {
        # It boots nothing, so there is nothing to wait for.
        "guest_image": {"name": "system.img", "src": str(image)},
        "guest_disk_size": "2MiB",
        "guest_memory": "64MiB",
        "guest_interfaces": [{"source": {"network": "lan"}}],
        "guest_users": [{"name": "ops", "ssh_authorized_keys": ["ssh-ed25519 AAAA ops"]}],
        "guest_tags": ["web"],
        "guest_wait_for": [],
    }
    assert changed(host, "--check", **task) == 3
    assert changed(host, **task) == 3
    assert host.connection.lookupByName("web").isActive()
    assert changed(host, **task) == 0
    assert len(list(host.bed.outside(POOL).glob("web*"))) == 2, "its disk and its seed"

    # What boots nothing does not hear the power button either.
    assert changed(host, guest_state="absent", guest_shutdown_timeout=1) == 1
    assert changed(host, guest_state="absent") == 0
    assert [path.name for path in host.bed.outside(POOL).iterdir()] == ["system.img"]
