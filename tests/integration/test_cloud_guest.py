# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real cloud image with cloud-init, from first task to ssh: what the task says is what the guest has become."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from converge_bed import cloud_guest
from converge_bed.agent import shell
from converge_bed.basics import BedError
from converge_bed.documents import network_xml

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host

POOL = documents.IMAGES
MAC = "52:54:00:c1:0d:01"
#: Software emulation on a machine that does other things too.
SECONDS = 1200
DISK = "cloudy.img"


def key(folder: Path) -> str:
    """A new ssh key; its public half."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "someone", "-f", str(folder / "key")]
    subprocess.run(command, check=True)
    return (folder / "key.pub").read_text().strip()


def task(public: str, motto: str) -> dict[str, Any]:
    """From a disk image to a guest with a host name, a user, a key and an address of its own."""
    return {
        "name": "cloudy",
        "timeout": 120,
        "state": "running",
        "type": "qemu",
        "os_type": "hvm",
        "arch": "x86_64",
        "machine": "q35",
        "memory": "512MiB",
        "vcpus": 1,
        "kernel": f"{POOL}/{cloud_guest.KERNEL}",
        "initrd": f"{POOL}/{cloud_guest.INITRD}",
        "cmdline": cloud_guest.CMDLINE,
        "features": {"acpi": True, "tb_cache": "128MiB"},
        "cpu": {"mode": "custom", "match": "exact", "check": "none", "model": "qemu64"},
        "disks": [
            {
                "target": "vda",
                "bus": "virtio",
                "driver": {"type": "raw", "cache": "unsafe"},
                "source": {"file": f"{POOL}/{DISK}"},
            }
        ],
        "interfaces": [{"source": {"network": "lan"}, "model": "virtio", "mac": MAC}],
        "channels": [{"type": "unix", "target": {"type": "virtio", "name": "org.qemu.guest_agent.0"}}],
        "cloud_init": {
            "pool": "images",
            "user_data": {
                "hostname": "rainy",
                "users": [{"name": "amy", "ssh_authorized_keys": [public], "shell": "/bin/bash", "lock_passwd": True}],
                "write_files": [{"path": "/etc/motto", "content": motto}],
            },
            "network_config": {
                "version": 2,
                "ethernets": {
                    "lan": {"match": {"macaddress": MAC}, "set-name": "lan0", "addresses": ["192.168.77.250/24"]}
                },
            },
        },
        "wait_for": [
            {"for": "address", "network": "lan", "timeout": SECONDS},
            {"for": "cloud_init", "timeout": SECONDS},
        ],
    }


@pytest.fixture
def images(host: Host) -> Host:
    try:
        built = cloud_guest.cached_or_built()
    except BedError as error:
        pytest.fail(str(error))
    folder = host.bed.outside(POOL)
    for path in (built.kernel, built.initrd):
        shutil.copyfile(path, folder / path.name)
    # Its size stays, whatever the guest writes.
    subprocess.run(["qemu-img", "convert", "-O", "raw", built.disk, folder / DISK], check=True)
    host.make_pool("images", POOL)
    host.connection.networkDefineXML(network_xml("lan")).create()
    return host


@pytest.mark.long
def test_a_cloud_image_becomes_what_the_task_says(images: Host, tmp_path: Path) -> None:
    host, public = images, key(tmp_path)
    host.patience = 3 * SECONDS
    first = task(public, "one")
    outcome = host.run("virt_domain", **first)
    assert outcome["changed"] is True
    (interface,) = outcome["domain"]["interfaces"]
    assert {"address": "192.168.77.250", "prefix": 24, "source": "agent"} in interface["addresses"]
    host.unchanged("virt_domain", **first)

    guest = host.connection.lookupByName("cloudy")
    assert shell(guest, "hostname").strip() == "rainy"
    assert shell(guest, "cat /home/amy/.ssh/authorized_keys").strip() == public
    assert shell(guest, "stat -c %U /home/amy").strip() == "amy"
    assert shell(guest, "cat /etc/motto") == "one"
    assert "192.168.77.250/24" in shell(guest, "ip -brief address show lan0")
    assert shell(guest, "cat /var/lib/cloud/data/instance-id").strip() == "cloudy"
    known = f"UserKnownHostsFile={tmp_path / 'known'}"
    options = ["StrictHostKeyChecking=no", "BatchMode=yes", "ConnectTimeout=60", known]
    words = [word for option in options for word in ("-o", option)]
    asked = host.bed.exec("ssh", "-i", tmp_path / "key", *words, "amy@192.168.77.250", "id", "-un")
    assert asked.stdout.strip() == "amy"

    # Other data: noticed, in the drive at once, and the guest is left alone.
    second = task(public, "two")
    noticed = host.check("virt_domain", **second)
    changed = host.run("virt_domain", **second)
    assert "cloud_init" in changed.paths
    assert changed["changes"] == noticed["changes"]
    assert changed["pending"] == []
    assert shell(guest, "cat /etc/motto") == "one"
    host.unchanged("virt_domain", **second)

    # As a new instance it is applied at the next boot.
    second["cloud_init"]["rerun"] = True
    second["state"] = "restarted"
    second["shutdown"] = {"mode": "agent", "timeout": SECONDS}
    host.run("virt_domain", **second)
    guest = host.connection.lookupByName("cloudy")
    assert shell(guest, "cat /etc/motto") == "two"
