# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Python interpreters are at hand, and which ansible-core each of them can run.

A version manager may leave an executable on PATH that is only a shim and fails when it is called, so every candidate is
executed and asked for its version and its real path before it counts.
"""

from __future__ import annotations

import functools
import os
import subprocess
from pathlib import Path

VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")

# ansible-core minor -> the Pythons that its controller side runs on, oldest core first.
CORES: dict[str, tuple[str, ...]] = {
    "2.17": ("3.10", "3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}

ASK = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"


def _folders() -> list[Path]:
    """Where to look: the distribution's folder, CONVERGE_PYTHONS, PATH, and where version managers keep theirs."""
    home = Path.home()
    named = [Path(entry) for entry in os.environ.get("CONVERGE_PYTHONS", "").split(os.pathsep) if entry]
    on_path = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    managed: list[Path] = []
    for root in (
        Path(os.environ.get("PYENV_ROOT", home / ".pyenv")) / "versions",
        Path(os.environ.get("UV_PYTHON_INSTALL_DIR", home / ".local/share/uv/python")),
        home / ".asdf/installs/python",
    ):
        if os.access(root, os.R_OK | os.X_OK):
            managed += sorted(root.glob("*/bin"), reverse=True)
    return [Path("/usr/bin"), *named, *on_path, *managed]


def _ask(candidate: Path) -> tuple[str, Path] | None:
    """Execute a candidate; its version and real path, or None where it does not run (a shim, a broken install)."""
    try:
        answer = subprocess.run([candidate, "-c", ASK], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    version, executable = answer.stdout.strip().split(" ", 1)
    return version, Path(executable)


@functools.cache
def at_hand() -> dict[str, Path]:
    """Version ("3.11") -> interpreter, the distribution's own before any other."""
    found: dict[str, Path] = {}
    for version in VERSIONS:
        for folder in _folders():
            candidate = folder / f"python{version}"
            if not os.access(candidate, os.X_OK):
                continue
            answer = _ask(candidate)
            # A virtual environment's python would bring along whatever is installed there.
            if answer and answer[0] == version and not (answer[1].parent.parent / "pyvenv.cfg").exists():
                found[version] = answer[1]
                break
    return found


@functools.cache
def distribution() -> tuple[str, Path] | None:
    """Version and path of the distribution's python3, which sees the distribution's libvirt and lxml; or None."""
    candidate = Path("/usr/bin/python3")
    return _ask(candidate) if candidate.exists() else None


def version_for(core: str) -> str | None:
    """The Python to run an ansible-core minor on: the distribution's where it fits, else the newest that fits."""
    own = distribution()
    fitting = [version for version in CORES[core] if version in at_hand()]
    if own and own[0] in fitting:
        return own[0]
    return fitting[-1] if fitting else None


def python_for(core: str) -> Path | None:
    """The interpreter for an ansible-core minor, or None where there is none."""
    version = version_for(core)
    return at_hand()[version] if version else None


def cores_at_hand() -> list[str]:
    """The ansible-core minors that have an interpreter here, oldest first."""
    return [core for core in CORES if python_for(core)]
