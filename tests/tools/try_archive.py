# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the collection's archive, let the importer of Galaxy judge it, and use it as nobody's checkout.

What is called by its full name may only need meta, plugins, roles and playbooks: everything else is deleted from the
installed copy before it is tried. Exits with a sentence where something does not hold.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import stage
import yaml

SHIPPED = {"meta", "plugins", "roles", "playbooks"}
IMPORTER_CONFIG = Path(__file__).with_name("galaxy-importer.cfg")
DIST = stage.CACHE / "dist"


def run(*command: str | Path, environment: dict[str, str] | None = None) -> str:
    """Run a command in the folder of archives; its output, or the end of this program with that output."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=DIST,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\n{' '.join(map(str, command))} ended with {done.returncode}")
    return done.stdout


def build() -> Path:
    """Build from a clean copy: an archive made in a checkout would carry every untracked cache."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    run("ansible-galaxy", "collection", "build", "--output-path", DIST, stage.copy("build"))
    (archive,) = DIST.glob("*.tar.gz")
    return archive


def judge(archive: Path) -> None:
    """Run galaxy-importer; what it logs as an error or a warning is a failure, whatever it exits with."""
    command = (sys.executable, "-m", "galaxy_importer.main", archive)
    output = run(*command, environment={"GALAXY_IMPORTER_CONFIG": str(IMPORTER_CONFIG)})
    complaints = [line for line in output.splitlines() if line.startswith(("ERROR", "WARNING"))]
    if complaints:
        sys.exit("galaxy-importer complains:\n" + "\n".join(complaints))


def alone(collections: Path) -> dict[str, str]:
    """Environment in which Ansible sees no other copy of the collection than the installed one."""
    return {"ANSIBLE_COLLECTIONS_PATH": str(collections), "PYTHONPATH": ""}


def install(archive: Path) -> Path:
    """Install into an empty path and delete what Ansible does not ship with a plugin; the collections path."""
    collections = DIST / "installed"
    galaxy = ("ansible-galaxy", "collection")
    run(*galaxy, "install", "--offline", "--collections-path", collections, archive, environment=alone(collections))
    run(*galaxy, "verify", "--offline", "converge.libvirt", environment=alone(collections))
    for entry in (collections / stage.INSIDE).iterdir():
        if entry.name not in SHIPPED:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    return collections


def use(collections: Path) -> list[str]:
    """Document every module of the action group and run one against libvirt's own test driver; the modules' names."""
    environment = alone(collections)
    runtime = yaml.safe_load((collections / stage.INSIDE / "meta/runtime.yml").read_text(encoding="utf-8"))
    names = [f"converge.libvirt.{name}" for name in runtime["action_groups"]["libvirt"]]
    documented = json.loads(run("ansible-doc", "--json", *names, environment=environment))
    missing = [name for name in names if not documented.get(name, {}).get("doc")]
    if missing:
        sys.exit(f"no documentation in the installed collection for {', '.join(missing)}")
    interpreter = "ansible_python_interpreter=/usr/bin/python3"
    task = ("-m", "converge.libvirt.virt_domain_info", "-a", "uri=test:///default")
    if bindings_at_hand():
        run("ansible", "localhost", "-c", "local", "-e", interpreter, *task, environment=environment)
    else:
        print("virt_domain_info was not run: the distribution's python3-libvirt or python3-lxml is missing")
    return names


def bindings_at_hand() -> bool:
    """Whether the distribution's Python has the two libraries that modules need."""
    return subprocess.run(["/usr/bin/python3", "-c", "import libvirt, lxml"], check=False).returncode == 0


if __name__ == "__main__":
    built = build()
    judge(built)
    tried = use(install(built))
    print(f"{built.name}: {built.stat().st_size // 1024} KiB, imports cleanly, {len(tried)} modules work on their own")
