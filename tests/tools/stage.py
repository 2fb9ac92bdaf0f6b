# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies and links of the repository that look like an installed collection.

ansible-test refuses a plain clone and resolves links, so it needs a copy; everything else is happy with a link. A copy
holds what git tracks or would track, and is a git repository of its own: tools that ask git which files there are would
otherwise hear from the real one that everything below `.cache` is ignored.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = REPOSITORY / ".cache"
INSIDE = Path("ansible_collections/converge/libvirt")


def link() -> Path:
    """Make `.cache/ansible_collections/converge/libvirt` a link to the repository; the collections path (`.cache`)."""
    target = CACHE / INSIDE
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_symlink():
        target.symlink_to(Path("../../.."))
    return CACHE


def files() -> list[Path]:
    """Every file that git tracks or would track, relative to the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [Path(name) for name in listed.split("\0") if name and (REPOSITORY / name).is_file()]


def copy(name: str) -> Path:
    """Copy those files to a fresh tree of that name; the collection's folder in it (`.../ansible_collections/...`)."""
    root = CACHE / "stage" / name
    shutil.rmtree(root, ignore_errors=True)
    for relative in files():
        destination = root / INSIDE / relative
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / relative, destination, follow_symlinks=False)
    subprocess.run(["git", "init", "--quiet"], cwd=root / INSIDE, check=True)
    return root / INSIDE
