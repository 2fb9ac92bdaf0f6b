# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A src on the controller: brought to where the module runs, when it is needed, and without its holes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.converge.libvirt.tests.integration.host import Host, environment, play
from ansible_collections.converge.libvirt.tests.integration.test_volume_content import (
    MIB,
    behind,
    holey,
    names,
)

CONNECTIONS = Path(__file__).with_name("connections")


def run(host: Host, folder: Path, task: dict[str, Any], *words: str, connection: str = "elsewhere") -> Any:
    """Run a task of virt_volume by ansible-playbook; what it came to, and the process."""
    task = {"converge.libvirt.virt_volume": {"pool": "images", **task}}
    made = {**play(host.bed.uri, [task]), "connection": connection}
    (folder / "play.yml").write_text(yaml.safe_dump([made], sort_keys=False))
    (folder / "remote").mkdir(exist_ok=True)
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ansible-playbook")), str(folder / "play.yml"), *words],
        check=False,
        capture_output=True,
        env=environment(
            ANSIBLE_CONNECTION_PLUGINS=str(CONNECTIONS),
            ANSIBLE_STDOUT_CALLBACK="ansible.builtin.minimal",
            ANSIBLE_REMOTE_TMP=str(folder / "remote"),
        ),
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=300,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    told, _end = json.JSONDecoder().raw_decode(done.stdout.partition("=> ")[2])
    assert not list((folder / "remote").iterdir()), "something is left in the remote temporary folder"
    return told, done


@pytest.mark.parametrize("connection", ["elsewhere", "local"])
def test_a_file_of_the_controller_becomes_a_volume(stocked: Host, tmp_path: Path, connection: str) -> None:
    (tmp_path / "files").mkdir()
    # More than one part, and a hole between.
    source = holey(tmp_path / "files/a.img", 96 * MIB)
    with source.open("r+b") as file:
        file.truncate(128 * MIB)
    task: dict[str, Any] = {"name": "v.img", "src": "a.img", "compare": "content", "overwrite": "safely"}
    checked, _done = run(stocked, tmp_path, task, "--check", connection=connection)
    assert checked["changed"] is True
    assert names(stocked) == []
    made, _done = run(stocked, tmp_path, task, connection=connection)
    assert made["changed"] is True
    assert made["changes"] == checked["changes"]
    assert behind(stocked, "v.img").read_bytes() == source.read_bytes()
    assert behind(stocked, "v.img").stat().st_blocks <= source.stat().st_blocks
    for words in ((), ("--check",)):
        again, _done = run(stocked, tmp_path, task, *words, connection=connection)
        assert again["changed"] is False
    with source.open("r+b") as file:
        file.seek(70 * MIB + 5)
        file.write(b"changed")
    changed, _done = run(stocked, tmp_path, task, connection=connection)
    assert [change["path"] for change in changed["changes"]] == ["content"]
    assert behind(stocked, "v.img").read_bytes() == source.read_bytes()


def test_a_file_of_the_other_machine_is_not_brought(stocked: Host, tmp_path: Path) -> None:
    source = holey(tmp_path / "a.img")
    made, _done = run(stocked, tmp_path, {"name": "v.img", "src": str(source), "remote_src": True})
    assert made["changed"] is True
    assert behind(stocked, "v.img").read_bytes() == source.read_bytes()


def test_a_file_that_is_not_there_is_told(stocked: Host, tmp_path: Path) -> None:
    task = {"name": "v.img", "src": str(tmp_path / "nothing.img")}
    failed, _done = run(stocked, tmp_path, task)
    assert "there is no file" in failed["msg"]
    checked, done = run(stocked, tmp_path, task, "--check")
    assert checked["changed"] is True
    assert "there is no file" in done.stdout + done.stderr


def test_a_task_without_a_source_is_as_before(stocked: Host, tmp_path: Path) -> None:
    made, done = run(stocked, tmp_path, {"name": "v.img", "capacity": "1MiB"})
    assert made["changed"] is True
    assert done.stderr == ""
