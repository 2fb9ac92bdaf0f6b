# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud guest: a Debian as cloud images have it, with its own cloud kernel, cloud-init, sshd and the guest agent.

Made for the tests are only the list of data sources, so that it does not look for a cloud on the network, and what a
small system lacks (locales, keys that take long to make).
It takes a minute to build, once, and half a minute to boot under TCG.  Only Debian can build it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .basics import BedError, is_root, progress, run
from .guest_packages import DEBIAN_KERNELS

DISK, KERNEL, INITRD = "cloud.qcow2", "vmlinuz", "initrd"
SIZE = "1G"

#: What its kernel is told.
CMDLINE = "root=LABEL=cloudroot ro console=ttyS0 quiet"

PACKAGES = (
    *("systemd-sysv", "udev", "dbus", "kmod", "iproute2", "netbase", "zstd", "login", "sudo"),
    *("cloud-init", "qemu-guest-agent", "openssh-server"),
)

# What only costs boot time.
SILENT = (
    *("apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer"),
    *("dpkg-db-backup.timer", "systemd-networkd-wait-online.service", "systemd-pstore.service", "getty@tty1.service"),
)

# An initramfs that only has to find the root disk; it would look at the machine that builds it otherwise.
SETUP = """\
#!/bin/sh
set -e
mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/etc/initramfs-tools/hooks"
printf 'MODULES=list\\nCOMPRESS=zstd\\nFSTYPE=ext4\\n' >"$1/etc/initramfs-tools/conf.d/bed"
cat >"$1/etc/initramfs-tools/hooks/bed" <<'END'
#!/bin/sh
[ "$1" = prereqs ] && exit 0
. /usr/share/initramfs-tools/hook-functions
manual_add_modules virtio_pci virtio_blk ext4
END
chmod 755 "$1/etc/initramfs-tools/hooks/bed"
"""

CUSTOMIZE = f"""\
#!/bin/sh
set -e
echo image >"$1/etc/hostname"
echo "127.0.0.1 localhost" >"$1/etc/hosts"
echo "LABEL=cloudroot / ext4 defaults 0 1" >"$1/etc/fstab"
cat >"$1/etc/cloud/cloud.cfg.d/90-bed.cfg" <<'END'
datasource_list: [ NoCloud, None ]
system_info: {{ network: {{ renderers: [ networkd ] }} }}
apt_preserve_sources_list: true
ssh_genkeytypes: [ ed25519 ]
locale: false
END
chroot "$1" systemctl enable systemd-networkd >/dev/null 2>&1
chroot "$1" systemctl mask {" ".join(SILENT)} >/dev/null 2>&1
: >"$1/etc/machine-id"
rm -rf "$1"/etc/ssh/ssh_host_* "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1/etc/resolv.conf"
"""


@dataclass(frozen=True)
class Files:
    """Where it lies; the disk is not to be written to."""

    disk: Path
    kernel: Path
    initrd: Path


def cached_or_built() -> Files:
    """Return its files: the first call on a machine takes a minute or two."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "converge-libvirt"
    final = cache / f"cloud-guest-{_recipe()}"
    if not final.is_dir():
        lacking = [name for name in ("mmdebstrap", "mke2fs", "qemu-img") if shutil.which(name) is None]
        if lacking or not is_root():
            raise BedError(f"The cloud guest takes root and {' and '.join(lacking or ['mmdebstrap'])} to build.")
        progress("building the cloud guest")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".cloud-guest-", dir=cache) as scratch:
            built = Path(scratch, "built")
            _build(Path(scratch), built)
            # A folder appears whole or not at all; where someone else was faster, theirs is as good.
            with contextlib.suppress(OSError):
                built.rename(final)
    return Files(final / DISK, final / KERNEL, final / INITRD)


def _recipe() -> str:
    """Return a short digest of all that decides what is built."""
    return hashlib.sha256(Path(__file__).read_bytes() + Path("/etc/os-release").read_bytes()).hexdigest()[:12]


def _build(scratch: Path, target: Path) -> None:
    scratch.chmod(0o755)
    for name, text in (("setup", SETUP), ("customize", CUSTOMIZE)):
        (scratch / name).write_text(text)
        (scratch / name).chmod(0o755)
    # A machine with settings of its own for apt (a wrong clock, a proxy) needs them in the new root as well.
    kept = [line for line in run("apt-config", "dump").splitlines() if line.startswith("Acquire::")]
    settings = scratch / "apt.conf"
    settings.write_text("\n".join([*(line for line in kept if "::Languages" not in line), ""]))
    root = scratch / "root"
    run(
        "mmdebstrap",
        *("--mode=root", "--variant=minbase", "--quiet"),
        f"--include={','.join([DEBIAN_KERNELS[0], *PACKAGES])}",
        *(f"--aptopt={settings}", '--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Languages "none"'),
        *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("man", "locale", "doc")),
        *(f'--essential-hook={scratch / "setup"} "$1"', f'--customize-hook={scratch / "customize"} "$1"'),
        _suite(),
        root,
        _sources(scratch),
        timeout=1200,
    )
    target.mkdir()
    for name, pattern in ((KERNEL, "vmlinuz-*"), (INITRD, "initrd.img-*")):
        (found,) = (root / "boot").glob(pattern)
        shutil.move(found, target / name)
        (target / name).chmod(0o644)
    raw = scratch / "disk.raw"
    run("mke2fs", "-q", "-t", "ext4", "-L", "cloudroot", "-m", "0", "-d", root, raw, SIZE, timeout=300)
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
