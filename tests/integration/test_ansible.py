# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is seen through Ansible: whole playbooks, --check, --diff, the action group, ad-hoc runs."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

from converge_bed.documents import guest_xml, network_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, ansible

POOL = documents.pool("images")
TOPOLOGY: list[dict[str, Any]] = [
    {"converge.libvirt.virt_net": {"xml": network_xml("lan"), "state": "active", "autostart": True}},
    {"converge.libvirt.virt_pool": {"xml": POOL, "state": "active", "autostart": True}},
    {"converge.libvirt.virt_volume": {"pool": "images", "name": "g.img", "capacity": "1MiB", "format": "raw"}},
    {
        "converge.libvirt.virt_domain": {
            "xml": guest_xml("g", "lan", devices=documents.disk(f"{documents.IMAGES}/images/g.img")),
            "state": "running",
            "autostart": True,
        }
    },
    {"converge.libvirt.virt_domain": {"name": "g", "memory": "128MiB"}},
    {"converge.libvirt.virt_domain_info": {"names": ["g"]}},
]


def recap(done: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """The counts of a successful run's last line."""
    assert done.returncode == 0, done.stdout + done.stderr
    line = done.stdout.strip().splitlines()[-1]
    return {key: int(number) for key, number in re.findall(r"(\w+)=(\d+)", line)}


def test_a_playbook_is_checked_on_an_empty_host_and_then_comes_true(host: Host) -> None:
    before = host.known()
    checked = recap(host.playbook(TOPOLOGY, "--check", "--diff"))
    assert host.known() == before
    assert checked["changed"] == 4
    assert recap(host.playbook(TOPOLOGY, "--diff"))["changed"] == 5
    assert guests.state(host, "g") == "running"
    again = [*TOPOLOGY[:3], TOPOLOGY[4]]
    assert recap(host.playbook(again))["changed"] == 0
    assert recap(host.playbook(again, "--check"))["changed"] == 0


def test_diff_shows_lines_that_a_person_can_read(host: Host) -> None:
    host.run("virt_net", xml=documents.network("n"))
    task = {"converge.libvirt.virt_net": {"xml": documents.network("n", end="50"), "autostart": True}}
    shown = host.playbook([task], "--diff").stdout.splitlines()
    assert any(line.startswith("---") and "network 'n'" in line for line in shown)
    assert "-autostart: false" in shown
    assert "+autostart: true" in shown
    assert any(line.startswith("+++") and ": ip[192.168.78.1]/dhcp/range[" in line for line in shown)
    changed = [line for line in shown if line[:1] in "+-" and "<range" in line]
    assert [("78.99" in line, "78.50" in line) for line in changed] == [(True, False), (False, True)]
    assert not any(line[:1] in "+-" and "bridge" in line for line in shown)


def test_an_unchanged_task_shows_no_diff(host: Host) -> None:
    task = {"converge.libvirt.virt_net": {"xml": documents.network("n")}}
    host.playbook([task])
    shown = host.playbook([task], "--diff")
    assert recap(shown)["changed"] == 0
    assert "@@" not in shown.stdout


def test_every_module_takes_the_defaults_of_the_action_group(host: Host) -> None:
    kinds = {"domain": {}, "net": {}, "pool": {}, "volume": {"pool": "nowhere"}}
    tasks: list[dict[str, Any]] = []
    for kind, options in kinds.items():
        tasks.append({f"converge.libvirt.virt_{kind}": {"name": "nobody", "state": "absent", **options}})
        tasks.append({f"converge.libvirt.virt_{kind}_info": {}})
    # The playbook names the uri in module_defaults only, and nothing answers at the default one.
    assert recap(host.playbook(tasks))["ok"] == len(tasks)


def test_an_error_is_a_sentence_without_traceback(host: Host) -> None:
    done = host.playbook([{"converge.libvirt.virt_net": {"name": "n", "state": "active"}}], "-vvv")
    assert done.returncode != 0
    assert "there is no network 'n'" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_an_ad_hoc_run(host: Host) -> None:
    host.run("virt_net", xml=documents.network("n"))
    done = ansible(
        "ansible",
        "localhost",
        "-m",
        "converge.libvirt.virt_net_info",
        "-a",
        f"uri={host.bed.uri}",
        "-e",
        "ansible_python_interpreter={{ ansible_playbook_python }}",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.partition("=>")[2])
    assert [network["name"] for network in told["networks"]] == ["n"]
    assert told["changed"] is False
