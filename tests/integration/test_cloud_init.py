# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a guest reads at its first boot: the seed's content, its volume, its drive, and what happens when it changes."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
from converge_bed.agent import shell
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host

POOL = f"{documents.IMAGES}/seeds"
SECRET = "correct-horse-battery"
DATA = {"hostname": "first", "password": SECRET, "chpasswd": {"expire": False}}


def seed(**more: Any) -> dict[str, Any]:
    return {"pool": "seeds", "user_data": DATA, **more}


@pytest.fixture
def pool(host: Host) -> Host:
    host.make_pool("seeds", POOL)
    return host


def volumes(host: Host) -> list[str]:
    """The seeds on the host."""
    return sorted(path.name for path in host.bed.outside(POOL).iterdir())


def drives(host: Host, name: str = "web") -> list[dict[str, str | None]]:
    """The drives of seeds that a guest has by its stored definition."""
    found = []
    for disk in guests.stored(host, name).iterfind("devices/disk"):
        alias, source, target = disk.find("alias"), disk.find("source"), disk.find("target")
        if alias is not None:
            assert target is not None
            said = None if source is None else source.get("file")
            found.append({"alias": alias.get("name"), "file": said, **target.attrib})
    return found


def test_a_seed_is_made_once(pool: Host) -> None:
    outcome = pool.converge("virt_domain", xml=documents.domain("web"), cloud_init=seed())
    assert outcome.paths == ["/"]
    (volume,) = volumes(pool)
    assert re.fullmatch(r"web-cidata-[0-9a-f]{16}\.iso", volume)
    assert drives(pool) == [{"alias": "ua-cloud-init", "file": f"{POOL}/{volume}", "dev": "sda", "bus": "scsi"}]
    assert pool.bed.outside(f"{POOL}/{volume}").stat().st_mode & 0o077 == 0
    assert SECRET not in outcome.everything


def test_changed_data_is_another_seed_and_the_old_one_goes(pool: Host) -> None:
    pool.run("virt_domain", xml=documents.domain("web"), cloud_init=seed())
    (old,) = volumes(pool)
    changed = seed(user_data={**DATA, "hostname": "second"})
    outcome = pool.converge("virt_domain", name="web", cloud_init=changed)
    (new,) = volumes(pool)
    assert new != old
    (told,) = (change for change in outcome["changes"] if change["path"] == "cloud_init")
    assert (told["before"], told["after"]) == (old[-20:-4], new[-20:-4])
    assert drives(pool)[0]["file"] == f"{POOL}/{new}"
    assert SECRET not in outcome.everything


def test_a_seed_is_no_extra_of_the_disks_nor_of_a_whole_document(pool: Host) -> None:
    pool.make_volume("seeds", "root.img")
    disk = {"target": "vda", "bus": "virtio", "source": {"file": f"{POOL}/root.img"}}
    task = {"name": "web", "type": "qemu", "memory": "64MiB", "os_type": "hvm", "disks": [disk]}
    pool.converge("virt_domain", **task, cloud_init=seed())
    first = drives(pool)
    assert first
    pool.unchanged("virt_domain", **task)
    pool.unchanged("virt_domain", name="web", cloud_init=seed())
    outcome = pool.converge("virt_domain", xml=documents.domain("web", documents.disk(f"{POOL}/root.img")))
    assert [path for path in outcome.paths if "sda" in path or "scsi" in path] == []
    assert drives(pool) == first


def test_it_is_taken_away_when_asked(pool: Host) -> None:
    pool.run("virt_domain", xml=documents.domain("web"), cloud_init=seed())
    pool.converge("virt_domain", name="web", cloud_init=seed(attach="never"))
    assert drives(pool) == []
    assert volumes(pool) == []


def test_it_goes_with_the_guest(pool: Host) -> None:
    pool.run("virt_domain", xml=documents.domain("web"), cloud_init=seed())
    pool.run("virt_domain", xml=documents.domain("web2"), cloud_init=seed())
    pool.converge("virt_domain", name="web", state="absent")
    assert [name.partition("-")[0] for name in volumes(pool)] == ["web2"]


def test_a_running_guest_finds_the_new_seed_in_its_drive(pool: Host) -> None:
    xml = guest_xml("web", devices="<controller type='scsi' model='virtio-scsi'/>")
    pool.converge("virt_domain", xml=xml, cloud_init=seed(), state="running")
    guest = guests.booted(pool, "web")
    assert "first" in shell(guest, "grep -a '\"hostname\"' /dev/sr0")
    assert shell(guest, "dd if=/dev/sr0 bs=1 skip=32808 count=6 2>/dev/null") == "cidata"
    outcome = pool.converge("virt_domain", xml=xml, cloud_init=seed(user_data={"hostname": "second"}), state="running")
    assert outcome["pending"] == []
    assert "second" in shell(guest, "grep -a '\"hostname\"' /dev/sr0")
    assert len(volumes(pool)) == 1


def test_a_lost_volume_is_made_again(pool: Host) -> None:
    pool.run("virt_domain", xml=documents.domain("web"), cloud_init=seed())
    (name,) = volumes(pool)
    pool.virsh("vol-delete", "--pool", "seeds", name)
    assert pool.converge("virt_domain", name="web", cloud_init=seed()).paths == ["cloud_init"]
    assert volumes(pool) == [name]


def test_a_volume_that_was_not_written_to_its_end_is_made_again(pool: Host) -> None:
    pool.run("virt_domain", xml=documents.domain("web"), cloud_init=seed())
    (name,) = volumes(pool)
    path = pool.bed.outside(f"{POOL}/{name}")
    whole = path.read_bytes()
    path.write_bytes(whole[:32768].ljust(len(whole), b"\0"))
    pool.converge("virt_domain", name="web", cloud_init=seed())
    assert b"cidata" in path.read_bytes()


@pytest.mark.parametrize("by", ["pycdlib", "program"])
def test_the_files_are_those_of_nocloud(pool: Host, by: str) -> None:
    env = {} if by == "pycdlib" else {"CONVERGE_BLOCKED_IMPORTS": "pycdlib"}
    network = {"network": {"version": 2, "ethernets": {"eth0": {"dhcp4": True}}}}
    options = seed(network_config=network, vendor_data="#!/bin/sh\n", meta_data={"local-hostname": "other"})
    pool.run("virt_domain", env=env, xml=documents.domain("web"), cloud_init=options)
    (name,) = volumes(pool)
    files = extracted(pool.bed.outside(f"{POOL}/{name}"))
    assert files.keys() == {"user-data", "meta-data", "network-config", "vendor-data"}
    assert files["user-data"].startswith("#cloud-config\n")
    assert files["vendor-data"] == "#!/bin/sh\n"
    assert '"instance-id": "web"' in files["meta-data"]
    assert '"local-hostname": "other"' in files["meta-data"]
    assert files["network-config"].startswith('{\n  "ethernets"')


def extracted(image: Any) -> dict[str, str]:
    """The files of an image, by another program than those that the module uses."""
    command = ["xorriso", "-indev", str(image), "-osirrox", "on", "-find", "/", "-type", "f", "-exec", "lsdl", "--"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = {}
    for name in re.findall(r"'/([^']+)'", listed):
        target = image.with_name("extracted")
        target.unlink(missing_ok=True)
        words = ["xorriso", "-indev", str(image), "-osirrox", "on", "-extract", f"/{name}", str(target)]
        subprocess.run(words, check=True, capture_output=True)
        found[name] = target.read_text()
        target.unlink()
    return found


def test_another_instance_only_when_asked(pool: Host) -> None:
    identities = []
    for more in ({}, {"rerun": True}, {"rerun": True, "user_data": {"hostname": "x"}}):
        pool.run("virt_domain", xml=documents.domain("web"), cloud_init=seed(**more))
        (name,) = volumes(pool)
        meta = extracted(pool.bed.outside(f"{POOL}/{name}"))["meta-data"]
        identities += re.findall(r'"instance-id": "(.*)"', meta)
    assert identities[0] == "web"
    assert len(set(identities)) == 3


def test_nothing_that_makes_images(pool: Host) -> None:
    env = {"CONVERGE_BLOCKED_IMPORTS": "pycdlib", "PATH": "/nonexistent"}
    said = pool.attempt("virt_domain", env=env, xml=documents.domain("web"), cloud_init=seed())["msg"]
    assert "xorriso" in said
    assert pool.connection.listAllDomains() == []


def test_a_missing_pool(host: Host) -> None:
    said = host.forbids("virt_domain", xml=documents.domain("web"), cloud_init=seed())
    assert "pool 'seeds'" in said


def test_a_disk_in_the_place_of_the_seed(pool: Host) -> None:
    pool.run("virt_domain", xml=documents.domain("web"), cloud_init=seed())
    said = pool.refuses(
        "virt_domain", name="web", disks=[{"target": "sda", "device": "cdrom", "bus": "scsi"}], cloud_init=seed()
    )
    assert "cloud_init.target" in said


def test_a_network_configuration_without_a_version(pool: Host) -> None:
    said = pool.refuses("virt_domain", xml=documents.domain("web"), cloud_init=seed(network_config={"ethernets": {}}))
    assert "version" in said
