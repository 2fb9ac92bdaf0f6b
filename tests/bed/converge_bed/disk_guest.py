# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk guest: a Debian with systemd, Python, sudo and the guest agent, as far from the tiny guest as users' are.

Its disk has only a root file system; the tiny guest's kernel and image start it, by ``bed.root=/dev/vda``.  It takes
about a minute to build, once, and half a minute to boot under TCG.  Only Debian and what descends from it can build it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from .basics import BedError, is_root, progress, run

IMAGE = "disk-guest.qcow2"
SIZE = "1G"

PACKAGES = (
    *("systemd-sysv", "udev", "dbus", "iproute2", "procps", "login", "sudo", "qemu-guest-agent"),
    *("python3", "python3-apt"),
)

#: A user of the guest who may become root with a password, and root's own.
USER, PASSWORD, ROOT_PASSWORD = "worker", "correct horse", "battery staple"

# What a guest without a network and without anybody at its console does not need, and what only costs boot time.
SILENT = (
    *("apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer"),
    *(
        "dpkg-db-backup.timer",
        "systemd-networkd-wait-online.service",
        "systemd-timesyncd.service",
        "getty@tty1.service",
    ),
)

CUSTOMIZE = f"""\
#!/bin/sh
set -e
echo diskguest >"$1/etc/hostname"
echo "127.0.0.1 localhost diskguest" >"$1/etc/hosts"
echo "/dev/vda / ext4 defaults 0 1" >"$1/etc/fstab"
chroot "$1" useradd --create-home --shell /bin/bash --groups sudo {USER}
printf '%s\\n' '{USER}:{PASSWORD}' 'root:{ROOT_PASSWORD}' | chroot "$1" chpasswd
chroot "$1" systemctl mask {" ".join(SILENT)} >/dev/null 2>&1
: >"$1/etc/machine-id"
rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1/etc/resolv.conf"
"""


def cached_or_built() -> Path:
    """Return the image, which is not to be written to: the first call on a machine takes a minute or two."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "converge-libvirt"
    final = cache / f"disk-guest-{_recipe()}"
    if not final.is_dir():
        lacking = [name for name in ("mmdebstrap", "mke2fs", "qemu-img") if shutil.which(name) is None]
        if lacking or not is_root():
            raise BedError(f"The disk guest takes root and {' and '.join(lacking or ['mmdebstrap'])} to build.")
        progress("building the disk guest")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".disk-guest-", dir=cache) as scratch:
            built = Path(scratch, "built")
            _build(Path(scratch), built)
            # A folder appears whole or not at all; where someone else was faster, theirs is as good.
            with contextlib.suppress(OSError):
                built.rename(final)
    return final / IMAGE


def _recipe() -> str:
    """Return a short digest of all that decides what is built."""
    return hashlib.sha256(Path(__file__).read_bytes() + Path("/etc/os-release").read_bytes()).hexdigest()[:12]


def _build(scratch: Path, target: Path) -> None:
    scratch.chmod(0o755)
    hook = scratch / "customize.sh"
    hook.write_text(CUSTOMIZE)
    hook.chmod(0o755)
    settings = scratch / "apt.conf"
    # A machine with settings of its own for apt (a wrong clock, a proxy) needs them in the new root as well.
    kept = [
        line
        for line in run("apt-config", "dump").splitlines()
        if line.startswith(("Acquire::Check", "Acquire::http", "Acquire::https", "Acquire::Retries"))
    ]
    settings.write_text("\n".join([*kept, 'Acquire::Languages "none";', ""]))
    root = scratch / "root"
    run(
        "mmdebstrap",
        *("--mode=root", "--variant=minbase", "--quiet", f"--include={','.join(PACKAGES)}"),
        *(f"--aptopt={settings}", '--aptopt=APT::Install-Recommends "false"'),
        *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("man", "locale", "doc")),
        f"--customize-hook={hook}",
        _suite(),
        root,
        *_sources(scratch),
        timeout=900,
    )
    raw = scratch / "disk.raw"
    run("mke2fs", "-q", "-t", "ext4", "-m", "0", "-d", root, raw, SIZE, timeout=300)
    target.mkdir()
    run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, target / IMAGE, timeout=300)


def _suite() -> str:
    for line in Path("/etc/os-release").read_text().splitlines():
        name, _equals, value = line.partition("=")
        if name == "VERSION_CODENAME":
            return value.strip('"')
    raise BedError("/etc/os-release names no suite of Debian.")


def _sources(scratch: Path) -> list[Path]:
    """The machine's own sources of its suite, main component."""
    suite = _suite()
    wanted = (suite, f"{suite}-updates", f"{suite}-security")
    told = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Identifier: Packages")
    rows = sorted({tuple(line.split()) for line in told.splitlines()})
    lines = [f"deb {uri} {release} {part}" for uri, release, part in rows if release in wanted and part == "main"]
    if not lines:
        raise BedError(f"apt knows no source of {suite}: run apt-get update first.")
    listed = scratch / "sources.list"
    listed.write_text("\n".join([*lines, ""]))
    return [listed]
