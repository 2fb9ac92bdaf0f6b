# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A libvirt host and the modules run against it: the words that the tests are written in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from converge_bed.running import RunningBed

RUNNER = Path(__file__).with_name("run_module.py")
#: The tree in which Python and Ansible find this collection.
COLLECTIONS = next(
    folder for folder in map(Path, sys.path) if (folder / "ansible_collections/converge/libvirt/galaxy.yml").is_file()
).resolve()
#: What a result always has, whether or not anything changed.
ALWAYS = {"changed", "diff", "changes", "side_effects", "actions", "pending", "live_only", "uri"}
NOUNS = {
    "virt_domain": "domain",
    "virt_net": "network",
    "virt_net_record": "network",
    "virt_pool": "pool",
    "virt_volume": "volume",
    "virt_secret": "secret",
    "virt_nwfilter": "filter",
    "virt_guest_agent": "agent",
    "virt_send_key": "pressed",
    "virt_nodedev": "device",
    "virt_interface": "interface",
}


@dataclass(frozen=True)
class Outcome:
    """What a run of a module came to. result: the parsed JSON, empty where there was none."""

    rc: int
    stdout: str
    stderr: str
    result: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.result[key]

    @property
    def paths(self) -> list[str]:
        """The paths of `changes`."""
        return [change["path"] for change in self["changes"]]

    @property
    def everything(self) -> str:
        """All that the process said, for tests of what must not be said."""
        return self.stdout + self.stderr


def environment(**more: str) -> dict[str, str]:
    """The environment of a module or of Ansible: this collection, and nothing of the person's own set-up."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "LIBVIRT_", "CONVERGE_B"))
    }
    return {
        **kept,
        "PYTHONPATH": str(COLLECTIONS),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_HOME": str(COLLECTIONS / "ansible"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        **more,
    }


def run_module(
    module: str,
    options: dict[str, Any],
    env: dict[str, str] | None = None,
    launcher: tuple[str, ...] = (),
    timeout: float = 300,
) -> Outcome:
    """Run a module as a process of its own. launcher: words before the command. timeout: seconds, a guard."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = Path(folder, "arguments.json")
        arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
        done = subprocess.run(
            [*launcher, sys.executable, str(RUNNER), module, str(arguments)],
            check=False,
            capture_output=True,
            env=environment(**(env or {})),
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=timeout,
        )
    try:
        result = json.loads(done.stdout)
    except json.JSONDecodeError:
        result = {}
    return Outcome(done.returncode, done.stdout, done.stderr, result)


class Host:
    """A bed, and the modules run against it with its uri."""

    def __init__(self, bed: RunningBed, snapshot: Callable[[], dict[str, str]]) -> None:
        self.bed = bed
        self.connection = bed.connect()
        self._snapshot = snapshot
        #: Seconds that a module may take, a guard.
        self.patience = 300.0
        #: Words before the command of a module.
        self.launcher: tuple[str, ...] = ()

    def known(self) -> dict[str, str]:
        """Everything the host has: objects, their state and text, and the files of its images."""
        images = self.bed.path / "images"
        files = {f"file/{path.relative_to(images)}": str(path.stat().st_size) for path in images.rglob("*")}
        return {**self._snapshot(), **files}

    def attempt(self, module: str, check: bool = False, env: dict[str, str] | None = None, **options: Any) -> Outcome:
        """Run a module and return what came of it, whatever that is. uri=None leaves that option out."""
        options = {"uri": self.bed.uri, **options, "_ansible_check_mode": check, "_ansible_diff": True}
        if options["uri"] is None:
            del options["uri"]
        outcome = run_module(module, options, env, self.launcher, self.patience)
        assert outcome.result, f"no result of {module}: {outcome.stdout}\n{outcome.stderr}"
        assert "Traceback" not in outcome.everything, outcome.everything
        return outcome

    def run(self, module: str, env: dict[str, str] | None = None, **options: Any) -> Outcome:
        """Run a module for real, successfully."""
        return _sound(module, self.attempt(module, env=env, **options))

    def check(self, module: str, **options: Any) -> Outcome:
        """Run a module in check mode, successfully and without a trace on the host."""
        before = self.known()
        outcome = _sound(module, self.attempt(module, check=True, **options))
        assert self.known() == before, f"check mode of {module} wrote something"
        return outcome

    def converge(self, module: str, **options: Any) -> Outcome:
        """Check, run, and run again: the prediction comes true, and the second run changes nothing.

        Returns the outcome of the first real run.
        """
        predicted = self.check(module, **options)
        happened = self.run(module, **options)
        assert predicted["changed"] == happened["changed"]
        assert predicted["changes"] == happened["changes"]
        self.unchanged(module, **options)
        return happened

    def unchanged(self, module: str, **options: Any) -> Outcome:
        """Run a module in check mode and for real where there is nothing to do; the outcome of the real run."""
        before = self.known()
        outcomes = self._both(module, **options)
        for outcome in outcomes:
            _sound(module, outcome)
            assert outcome["changes"] == []
            assert outcome["side_effects"] == []
            assert outcome["changed"] is False
            assert outcome["diff"]["before"] == outcome["diff"]["after"]
        assert self.known() == before
        return outcomes[-1]

    def refuses(self, module: str, env: dict[str, str] | None = None, **options: Any) -> str:
        """Run a module for real and in check mode, which both fail with the same sentence, and return that.

        Nothing was written.
        """
        before = self.known()
        checked, happened = (one_sentence(outcome) for outcome in self._both(module, env=env, **options))
        assert checked == happened
        assert self.known() == before, f"{module} failed and yet wrote something"
        return happened

    def forbids(self, module: str, **options: Any) -> str:
        """As refuses(), for what an earlier task of the same check could put right: there, it is a warning."""
        before = self.known()
        checked, happened = self._both(module, **options)
        said = one_sentence(happened)
        assert any(said in str(warning) for warning in _sound(module, checked)["warnings"])
        assert self.known() == before, f"{module} failed and yet wrote something"
        return said

    def _both(self, module: str, **options: Any) -> list[Outcome]:
        """The outcomes of check mode and of a real run, at the same time: for tasks that write nothing."""
        with ThreadPoolExecutor() as threads:
            runs = [threads.submit(self.attempt, module, check=check, **options) for check in (True, False)]
            return [run.result() for run in runs]

    def fails(self, module: str, **options: Any) -> Outcome:
        """Run a module for real, which fails with one sentence, perhaps half-way."""
        outcome = self.attempt(module, **options)
        one_sentence(outcome)
        return outcome

    def virsh(self, *words: str | Path) -> str:
        """Run virsh, which is the other person who changes things on this host."""
        return self.bed.exec("virsh", "-q", *words).stdout.strip()

    def make_pool(self, name: str, folder: str) -> None:
        """Make an active pool on a folder of the host, without a module."""
        self.bed.outside(folder).mkdir(parents=True, exist_ok=True)
        xml = f"<pool type='dir'><name>{name}</name><target><path>{folder}</path></target></pool>"
        self.connection.storagePoolDefineXML(xml).create()

    def make_volume(self, pool: str, name: str, kind: str = "raw", backing: str = "") -> None:
        """Make a volume of 1 MiB, without a module. backing: the path of a qcow2 image that it builds upon."""
        below = f"<backingStore><path>{backing}</path><format type='qcow2'/></backingStore>" if backing else ""
        self.connection.storagePoolLookupByName(pool).createXML(
            f"<volume><name>{name}</name><capacity unit='MiB'>1</capacity>"
            f"<target><format type='{kind}'/></target>{below}</volume>"
        )

    def write(self, name: str, text: str) -> str:
        """Write a file among the host's images; return its path on the host."""
        (self.bed.path / "images" / name).write_text(text)
        return f"/var/lib/libvirt/images/{name}"

    def playbook(self, tasks: list[dict[str, Any]], *words: str) -> subprocess.CompletedProcess[str]:
        """Run tasks by ansible-playbook, successfully or not. words: its options."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "play.yml")
            path.write_text(yaml.safe_dump([play(self.bed.uri, tasks)], sort_keys=False))
            return ansible("ansible-playbook", str(path), *words)


def play(uri: str, tasks: list[dict[str, Any]]) -> dict[str, Any]:
    """A play that runs tasks here, by the Python of these tests and against that libvirt."""
    return {
        "name": "Test",
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "module_defaults": {"group/converge.libvirt.libvirt": {"uri": uri}},
        "tasks": tasks,
    }


def ansible(
    command: str, *words: str, launcher: tuple[str, ...] = (), timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run a command of the Ansible that belongs to the Python of these tests. launcher: words before it."""
    program = Path(sys.executable).with_name(command)
    return subprocess.run(
        [*launcher, str(program), *words],
        check=False,
        capture_output=True,
        # A command may start others of the same Ansible.
        env=environment(PATH=os.pathsep.join([str(program.parent), os.environ["PATH"]])),
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=timeout,
    )


def one_sentence(outcome: Outcome) -> str:
    """The error of a failed run: one line, without a traceback."""
    assert outcome["failed"] is True, outcome.stdout
    assert outcome.rc == 1
    assert "Traceback" not in outcome.everything
    said = outcome["msg"]
    assert isinstance(said, str)
    assert said.strip()
    assert "\n" not in said
    return said


def _sound(module: str, outcome: Outcome) -> Outcome:
    """A successful outcome in the form that every result has."""
    assert outcome.rc == 0, outcome.result.get("msg", outcome.everything)
    assert outcome.stderr == ""
    if module in NOUNS:
        assert outcome.result.keys() >= ALWAYS | {NOUNS[module]}
        assert outcome["changed"] is bool(outcome["changes"] or outcome["side_effects"])
    return outcome
