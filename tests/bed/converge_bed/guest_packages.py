# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the parts of the test guest come from: distribution packages, fetched and unpacked without installing them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from .basics import BedError, is_root, run
from .packages import DEBIAN, distribution, refresh_index

# Smallest first: a kernel made for guests is a tenth of a general one.
DEBIAN_KERNELS = ("linux-image-cloud-amd64", "linux-image-virtual")

# Libraries that are no dependency of a program of ours, only of the packages' scripts.
SCRIPTING = re.compile(r"perl")


@dataclass(frozen=True)
class Unpacked:
    """The parts: the kernel, its folder of modules (named by its version), and where programs and libraries lie."""

    kernel: Path
    modules: Path
    roots: tuple[Path, ...]

    def find(self, name: str) -> Path:
        """Return the program or library of that name."""
        for root in self.roots:
            for path in sorted(root.rglob(name)):
                if path.is_file() and path.parent.name not in ("doc", "bash-completion", "completions"):
                    return path
        raise BedError(f"No package of the test guest has a file {name}.")


def unpack(scratch: Path) -> Unpacked:
    """Fetch what the guest is made of into ``scratch`` and unpack it there."""
    if distribution() is DEBIAN:
        return _from_debs(scratch)
    return _from_rpms(scratch)


def _from_debs(scratch: Path) -> Unpacked:
    kernel = _deb_kernel()
    if kernel is None:
        refresh_index()
        kernel = _deb_kernel()
    if kernel is None:
        raise BedError(f"None of the packages {', '.join(DEBIAN_KERNELS)} is known to apt.")
    root = fetch_debs(scratch, [*kernel, "busybox-static", "qemu-guest-agent", *_deb_libraries("qemu-guest-agent")])
    (image,) = (root / "boot").glob("vmlinuz-*")
    version = image.name.partition("-")[2]
    (modules,) = (path for path in root.rglob(version) if (path / "modules.order").exists())
    return Unpacked(image, modules, (root,))


def fetch_debs(scratch: Path, names: list[str]) -> Path:
    """Fetch packages of Debian's into ``scratch``, and return the folder there in which they are unpacked."""
    fetched = scratch / "packages"
    fetched.mkdir()
    # apt's own user could not write into a cache below a home folder.
    command = ("apt-get", "-q", *(["-o", "APT::Sandbox::User=root"] if is_root() else []), "download", *names)
    try:
        run(*command, cwd=fetched)
    except BedError:  # the index may name versions that are no longer served
        refresh_index()
        run(*command, cwd=fetched)
    root = scratch / "unpacked"
    for package in sorted(fetched.glob("*.deb")):
        run("dpkg-deb", "-x", package, root)
    return root


def _dependencies(package: str, *options: str) -> list[str]:
    """Return the lines of apt's list of what a package depends on; empty when it is not known."""
    quiet = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    try:
        return run("apt-cache", "depends", *options, *(f"--no-{kind}" for kind in quiet), package).splitlines()
    except BedError:
        return []


def _deb_kernel() -> list[str] | None:
    """Return the packages of the current kernel: a meta package names it, and it changes with every update."""
    for meta in DEBIAN_KERNELS:
        for line in _dependencies(meta):
            found = re.fullmatch(r" *Depends: (linux-image-([0-9].*))", line)
            if found:
                modules = f"linux-modules-{found[2]}"  # Ubuntu keeps them in a package of their own
                wanted = any(modules in line for line in _dependencies(found[1]))
                return [found[1], *([modules] if wanted else [])]
    return None


def _deb_libraries(package: str) -> list[str]:
    """Return the library packages among all that a package depends on."""
    names = [line for line in _dependencies(package, "--recurse") if re.match(r"lib\w", line)]
    return [name for name in names if not SCRIPTING.search(name)]


def _from_rpms(scratch: Path) -> Unpacked:
    """Fetch the parts on Fedora.  Written from its package lists; not yet tried on one.

    Libraries are the installed ones: QEMU, which a bed needs, brings all that the guest agent uses.
    """
    fetched = scratch / "packages"
    run(
        "dnf",
        "-q",
        "download",
        "--destdir",
        fetched,
        "kernel-core",
        "kernel-modules-core",
        "busybox",
        "qemu-guest-agent",
    )
    root = scratch / "unpacked"
    root.mkdir()
    for package in sorted(fetched.glob("*.x86_64.rpm")):
        run("sh", "-c", 'rpm2cpio "$1" | cpio -idmu --quiet', "sh", package, cwd=root)
    images = sorted((root / "lib/modules").glob("*/vmlinuz"), key=os.path.getmtime)
    if not images:
        raise BedError("The kernel package of this distribution has no lib/modules/*/vmlinuz.")
    return Unpacked(images[-1], images[-1].parent, (root, Path("/usr/lib64"), Path("/lib64")))
