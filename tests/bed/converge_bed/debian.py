# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks with a Debian on them, for guests: built once a machine, from the machine's own sources.  Only Debian can."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .basics import BedError, is_root, progress, run

DISK, KERNEL, INITRD = "disk.qcow2", "vmlinuz", "initrd"
SIZE = "1G"

#: Units that only cost boot time.
SILENT = (
    *("apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer"),
    *("dpkg-db-backup.timer", "systemd-networkd-wait-online.service", "getty@tty1.service"),
)

#: What a root needs of every guest at the end.
LAST = """\
: >"$1/etc/machine-id"
rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1/etc/resolv.conf"
"""


@dataclass(frozen=True)
class Recipe:
    """What is on a disk.

    Args:
        name: of the guest; a label of its file system as well.
        packages: beside the essential ones.
        customize: a shell script that gets the finished root as ``$1``.
        setup: the same, before the packages are there.
        boots: whether kernel and initrd lie beside the disk.
    """

    name: str
    packages: tuple[str, ...]
    customize: str
    setup: str = ":\n"
    boots: bool = False


def cached_or_built(recipe: Recipe) -> Path:
    """Return the folder of the files, which are not to be written to; the first call takes a minute or two.

    Raises BedError where it cannot be built.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "converge-libvirt"
    final = cache / f"{recipe.name}-guest-{_digest(recipe)}"
    if not final.is_dir():
        lacking = [name for name in ("mmdebstrap", "mke2fs", "qemu-img") if shutil.which(name) is None]
        if lacking or not is_root():
            needed = " and ".join(lacking or ["mmdebstrap"])
            raise BedError(f"The {recipe.name} guest takes root and {needed} to build.")
        progress(f"building the {recipe.name} guest")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{recipe.name}-guest-", dir=cache) as scratch:
            built = Path(scratch, "built")
            _build(recipe, Path(scratch), built)
            # A folder appears whole or not at all; where someone else was faster, theirs is as good.
            with contextlib.suppress(OSError):
                built.rename(final)
    return final


def _digest(recipe: Recipe) -> str:
    """Return a short digest of all that decides what is built."""
    decides = repr(recipe).encode() + Path(__file__).read_bytes() + Path("/etc/os-release").read_bytes()
    return hashlib.sha256(decides).hexdigest()[:12]


def _build(recipe: Recipe, scratch: Path, target: Path) -> None:
    scratch.chmod(0o755)
    for name, text in (("setup", recipe.setup), ("customize", recipe.customize + LAST)):
        (scratch / name).write_text(f"#!/bin/sh\nset -e\n{text}")
        (scratch / name).chmod(0o755)
    # A machine with settings of its own for apt (a wrong clock, a proxy) needs them in the new root as well.
    kept = [line for line in run("apt-config", "dump").splitlines() if line.startswith("Acquire::")]
    settings = scratch / "apt.conf"
    settings.write_text("\n".join([*(line for line in kept if "::Languages" not in line), ""]))
    root = scratch / "root"
    run(
        "mmdebstrap",
        *("--mode=root", "--variant=minbase", "--quiet", f"--include={','.join(recipe.packages)}"),
        *(f"--aptopt={settings}", '--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Languages "none"'),
        *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("man", "locale", "doc")),
        *(f'--essential-hook={scratch / "setup"} "$1"', f'--customize-hook={scratch / "customize"} "$1"'),
        _suite(),
        root,
        _sources(scratch),
        timeout=1200,
    )
    target.mkdir()
    for name, pattern in ((KERNEL, "vmlinuz-*"), (INITRD, "initrd.img-*")) if recipe.boots else ():
        (found,) = (root / "boot").glob(pattern)
        shutil.move(found, target / name)
        (target / name).chmod(0o644)
    raw = scratch / "disk.raw"
    run("mke2fs", "-q", "-t", "ext4", "-L", f"{recipe.name}root", "-m", "0", "-d", root, raw, SIZE, timeout=300)
    run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, target / DISK, timeout=300)


def _suite() -> str:
    for line in Path("/etc/os-release").read_text().splitlines():
        name, _equals, value = line.partition("=")
        if name == "VERSION_CODENAME":
            return value.strip('"')
    raise BedError("/etc/os-release names no suite of Debian.")


def _sources(scratch: Path) -> Path:
    """Return a list of the machine's own sources of its suite."""
    told = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Identifier: Packages")
    rows = sorted({tuple(line.split()) for line in told.splitlines()})
    lines = [f"deb {uri} {release} {part}" for uri, release, part in rows if release.startswith(_suite())]
    if not lines:
        raise BedError(f"apt knows no source of {_suite()}: run apt-get update first.")
    (scratch / "sources.list").write_text("\n".join([*lines, ""]))
    return scratch / "sources.list"
