# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The distribution packages a bed needs, and how they are installed: only what is missing, and no service started."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .basics import BedError, is_root, locked, progress, root_command, run


@dataclass(frozen=True)
class Distribution:
    """Package names of one family of distributions.

    ``core`` must be there; of ``split`` and ``foreign`` whatever the release knows (newer releases cut libvirt into
    more packages, older ones have other emulators).
    """

    core: tuple[str, ...]
    split: tuple[str, ...]
    foreign: tuple[str, ...]
    qemu_user: str


DEBIAN = Distribution(
    core=(
        "libvirt-daemon",
        "libvirt-daemon-system",
        "libvirt-daemon-driver-qemu",
        "libvirt-clients",
        "qemu-system-x86",
        "qemu-utils",
        "dnsmasq-base",
        "iptables",
        "iproute2",
        "util-linux",
        "python3-libvirt",
        "python3-lxml",
        "ovmf",
        "swtpm",
        "swtpm-tools",  # swtpm_setup, which libvirt calls
        "busybox-static",  # its depmod prepares the guest's modules; the guest itself is made of it
        "python3-pycdlib",  # both ways to make a seed of cloud-init
        "xorriso",
        "mmdebstrap",  # makes the cloud guest
        "e2fsprogs",
        "openssh-client",
    ),
    split=(
        "libvirt-daemon-config-nwfilter",
        "libvirt-daemon-log",
        "libvirt-daemon-driver-interface",
        "libvirt-daemon-driver-lxc",
        "libvirt-daemon-driver-network",
        "libvirt-daemon-driver-nodedev",
        "libvirt-daemon-driver-nwfilter",
        "libvirt-daemon-driver-secret",
        "libvirt-daemon-driver-storage",
    ),
    foreign=(
        "qemu-system-arm",
        "qemu-system-mips",
        "qemu-system-misc",
        "qemu-system-ppc",
        "qemu-system-riscv",
        "qemu-system-s390x",
        "qemu-system-sparc",
        "qemu-block-extra",
        "qemu-efi-aarch64",
        "seabios",
        "libvirt-daemon-driver-storage-disk",
        "libvirt-daemon-driver-storage-gluster",
        "libvirt-daemon-driver-storage-iscsi",
        "libvirt-daemon-driver-storage-iscsi-direct",
        "libvirt-daemon-driver-storage-logical",
        "libvirt-daemon-driver-storage-mpath",
        "libvirt-daemon-driver-storage-rbd",
        "libvirt-daemon-driver-storage-scsi",
        "libvirt-daemon-driver-storage-zfs",
    ),
    qemu_user="libvirt-qemu",
)

# Written from the package lists of Fedora; not yet tried on one.
FEDORA = Distribution(
    core=(
        "libvirt-daemon",
        "libvirt-daemon-log",
        "libvirt-daemon-driver-interface",
        "libvirt-daemon-driver-lxc",
        "libvirt-daemon-driver-network",
        "libvirt-daemon-driver-nodedev",
        "libvirt-daemon-driver-nwfilter",
        "libvirt-daemon-driver-qemu",
        "libvirt-daemon-driver-secret",
        "libvirt-daemon-driver-storage-core",
        "libvirt-daemon-config-nwfilter",
        "libvirt-client",
        "qemu-system-x86-core",
        "qemu-img",
        "dnsmasq",
        "edk2-ovmf",
        "swtpm",
        "swtpm-tools",
        "iproute",
        "util-linux",
        "python3-libvirt",
        "python3-lxml",
        "busybox",
        "cpio",
        "xz",
        "zstd",
        "python3-pycdlib",
        "xorriso",
        "openssh-clients",
    ),
    split=("iptables-nft", "nftables", "util-linux-core", "libvirt-daemon-common"),
    foreign=(
        "qemu-system-aarch64-core",
        "qemu-system-arm-core",
        "qemu-system-mips-core",
        "qemu-system-ppc-core",
        "qemu-system-riscv-core",
        "qemu-system-s390x-core",
        "qemu-system-sparc-core",
        "qemu-block-rbd",
        "edk2-aarch64",
        "libvirt-daemon-driver-storage",
    ),
    qemu_user="qemu",
)

POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_TEXT = "#!/bin/sh\n# Nothing may start from a package's installation.\nexit 101\n"

APT = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3")


def distribution() -> Distribution:
    """Return the family of this machine by the package tools it has."""
    if shutil.which("apt-get"):
        return DEBIAN
    if shutil.which("dnf"):
        return FEDORA
    raise BedError("The bed can be installed on Debian, Ubuntu and Fedora; this machine has neither apt-get nor dnf.")


def _installed(names: tuple[str, ...]) -> set[str]:
    """Return which of the packages are installed."""
    if distribution() is DEBIAN:
        query = ["dpkg-query", "-W", "-f", "${Package} ${Status}\n", *names]
        suffix = " install ok installed"
    else:
        query = ["rpm", "-q", "--qf", "%{NAME}\n", *names]
        suffix = ""
    # Both exit non-zero when one of the names is unknown to them, which is an answer here.
    lines = subprocess.run(query, check=False, capture_output=True, text=True).stdout.splitlines()
    found = {line[: len(line) - len(suffix)] for line in lines if line.endswith(suffix)}
    return found & set(names)


def _known(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the packages that this release can install."""
    if not names:
        return ()
    if distribution() is DEBIAN:
        found = set()
        for line in run("apt-cache", "policy", *names).splitlines():
            if not line.startswith(" "):
                package = line.rstrip(":")
            elif line.strip().startswith("Candidate:") and "(none)" not in line:
                found.add(package)
    else:
        found = set(run("dnf", "-q", "repoquery", "--qf", "%{name}\n", *names).split())
    return tuple(name for name in names if name in found)


def lacking(foreign: bool = False) -> tuple[str, ...]:
    """Return the required packages that are missing; quick, and it needs no package index."""
    family = distribution()
    present = _installed(family.core)
    missing = tuple(name for name in family.core if name not in present)
    # Which of the foreign ones exist depends on the release: the emulators alone tell whether they were installed.
    if foreign and not _installed(tuple(name for name in family.foreign if name.startswith("qemu-system-"))):
        missing += ("qemu-system-*",)
    return missing


def install(foreign: bool = False) -> None:
    """Install what is missing, through sudo when we are not root.  Prints one line when there is something to do."""
    if not is_root():
        if lacking(foreign):
            command = root_command(["install", *(["--foreign"] if foreign else [])], "install packages")
            if subprocess.run(command, check=False).returncode != 0:
                raise BedError("The packages of the bed could not be installed.")
        return
    family = distribution()
    with locked(Path("/run/lock")), _no_services():
        present = _installed(family.core + family.split + family.foreign)
        missing = tuple(name for name in family.core if name not in present)
        optional = tuple(name for name in family.split + (family.foreign if foreign else ()) if name not in present)
        if missing or (foreign and optional):
            if missing:
                refresh_index(only_when_empty=True)
            wanted = missing + _known(optional)
            if wanted:
                progress(f"installing {' '.join(wanted)}")
                _install(wanted)


def _install(names: tuple[str, ...]) -> None:
    if distribution() is FEDORA:
        run("dnf", "-y", "install", "--setopt=install_weak_deps=False", *names)
        return
    command = (*APT, "install", "--no-install-recommends", *names)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(*command, env=environment)
    except BedError:  # the index may name versions that are no longer served
        refresh_index()
        run(*command, env=environment)


def refresh_index(only_when_empty: bool = False) -> None:
    """Fetch the package index of a Debian or Ubuntu machine anew (dnf does so by itself)."""
    if distribution() is not DEBIAN or (only_when_empty and _known(DEBIAN.core[:1])):
        return
    if is_root():
        run(*APT, "update")
        return
    command = root_command(["install", "--refresh"], "fetch the package index")
    if subprocess.run(command, check=False).returncode != 0:
        raise BedError("The package index could not be fetched.")


@contextlib.contextmanager
def _no_services() -> Iterator[None]:
    """Keep Debian's packages from starting services: a bed starts its own, and the machine's owner did not ask."""
    if distribution() is not DEBIAN or POLICY.exists():
        yield
        return
    POLICY.write_text(POLICY_TEXT)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
