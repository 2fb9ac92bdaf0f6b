# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of the documentation is run as a play of its own module, for real."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from converge_bed.documents import guest_xml, network_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, ansible, play

MODULES = sorted((Path(__file__).parents[2] / "plugins/modules").glob("*.yml"))
#: Places that the examples name, and where they are on the host of the tests.
PLACES = {"/srv/images": f"{documents.IMAGES}/srv", "/srv/vm": f"{documents.IMAGES}/vm"}
#: What the host of the tests does not have, and has instead.
INSTEAD = {"type: kvm": "type: qemu"}


def examples(module: Path, folder: Path) -> str:
    """The text of EXAMPLES, with places of the host of the tests. folder: where a module may write files."""
    text = str(yaml.safe_load(module.read_text())["EXAMPLES"])
    for named, real in {**PLACES, **INSTEAD, "/srv/backup": str(folder)}.items():
        text = text.replace(named, real)
    return text


def web(host: Host) -> str:
    """The document of the guest that the examples call web, with a disk and a network."""
    host.run("virt_net", xml=network_xml("lan"), state="active")
    host.run("virt_pool", xml=documents.pool("images", folder=PLACES["/srv/images"]), state="active")
    host.run("virt_volume", pool="images", name="web.img", capacity="1MiB", format="raw")
    return guest_xml("web", "lan", devices=documents.disk(f"{PLACES['/srv/images']}/web.img"))


def prepare_domain(host: Host, folder: Path) -> None:
    (folder / "web.xml.j2").write_text(web(host))
    host.run("virt_domain", xml=web(host), state="running")
    host.run("virt_volume", pool="images", name="db.qcow2", capacity="1GiB", format="qcow2")
    guests.booted(host, "web")  # one of them asks the agent


def prepare_domain_info(host: Host, _folder: Path) -> None:
    host.run("virt_domain", xml=web(host), state="running")


def prepare_volume(host: Host, folder: Path) -> None:
    (folder / "installer.iso").write_bytes(b"installer" * 1024)
    host.run("virt_pool", xml=documents.pool("images", folder=PLACES["/srv/images"]), state="active")
    host.run("virt_volume", pool="images", name="debian-12.qcow2", capacity="1GiB", format="qcow2")


def prepare_record(host: Host, _folder: Path) -> None:
    host.run("virt_net", xml=network_xml("web", "192.168.150"), state="active")


def prepare_guest(host: Host, _folder: Path) -> None:
    document = guest_xml("web", memory=128, devices="<video><model type='vga'/></video>")
    host.run("virt_domain", xml=document, state="running")
    guests.booted(host, "web")
    # Another run may have taken the picture.
    Path("/tmp/web.png").unlink(missing_ok=True)


def prepare_booting(host: Host, _folder: Path) -> None:
    host.run("virt_domain", xml=guest_xml("web", memory=128), state="running")


#: What a module's examples need beforehand.
PREPARE: dict[str, Callable[[Host, Path], None]] = {
    "virt_domain": prepare_domain,
    "virt_domain_info": prepare_domain_info,
    "virt_console_log": prepare_booting,
    "virt_guest_agent": prepare_guest,
    "virt_guest_agent_info": prepare_guest,
    "virt_stats_info": prepare_domain_info,
    "virt_net_record": prepare_record,
    "virt_screenshot": prepare_guest,
    "virt_send_key": prepare_guest,
    "virt_pool_info": prepare_volume,
    "virt_volume": prepare_volume,
    "virt_volume_info": prepare_volume,
}


#: Whose examples no bed can run: libvirt's test driver does, which forgets everything between two tasks.
DRIVER = {"virt_interface": "test:///default", "virt_nodedev": "test:///default"}
#: Examples that need what neither has.
UNTRIED = {"A virtual GPU that is there after every start of the host"}


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp())
    yield path
    shutil.rmtree(path)


@pytest.mark.parametrize("module", MODULES, ids=[module.stem for module in MODULES])
def test_the_examples_of(host: Host, folder: Path, module: Path) -> None:
    tasks = yaml.safe_load(examples(module, folder))
    assert all(task["name"] for task in tasks)
    assert any(f"converge.libvirt.{module.stem}" in task for task in tasks)
    if module.stem in PREPARE:
        PREPARE[module.stem](host, folder)
    tasks = [task for task in tasks if task["name"] not in UNTRIED]
    uri = DRIVER.get(module.stem, host.bed.uri)
    (folder / "play.yml").write_text(yaml.safe_dump([play(uri, tasks)], sort_keys=False))
    done = ansible("ansible-playbook", str(folder / "play.yml"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[WARNING]" not in done.stdout + done.stderr
    assert re.search(rf"ok={len(tasks)}\b", done.stdout), "an example was skipped"
    if module.stem == "virt_domain":
        assert guests.state(host, "web") == "absent"
