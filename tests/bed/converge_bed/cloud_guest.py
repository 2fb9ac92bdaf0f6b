# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud guest: a Debian as cloud images have it, with its own cloud kernel, cloud-init, sshd and the guest agent.

Made for the tests are only the list of data sources, so that it does not look for a cloud on the network, and what a
small system lacks (locales, keys that take long to make).
It takes a minute to build, once, and half a minute to boot under TCG.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import debian
from .guest_packages import DEBIAN_KERNELS

DISK, KERNEL, INITRD = debian.DISK, debian.KERNEL, debian.INITRD

#: What its kernel is told.
CMDLINE = "root=LABEL=cloudroot ro console=ttyS0 quiet"

# An initramfs that only has to find the root disk; it would look at the machine that builds it otherwise.
SETUP = """\
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
chroot "$1" systemctl mask {" ".join(debian.SILENT)} systemd-pstore.service >/dev/null 2>&1
rm -rf "$1"/etc/ssh/ssh_host_*
"""

RECIPE = debian.Recipe(
    "cloud",
    (
        *(DEBIAN_KERNELS[0], "systemd-sysv", "udev", "dbus", "kmod", "iproute2", "netbase", "zstd", "login", "sudo"),
        *("cloud-init", "qemu-guest-agent", "openssh-server"),
    ),
    CUSTOMIZE,
    SETUP,
    boots=True,
)


@dataclass(frozen=True)
class Files:
    """Where it lies; the disk is not to be written to."""

    disk: Path
    kernel: Path
    initrd: Path


def cached_or_built() -> Files:
    """Return its files: the first call on a machine takes a minute or two."""
    folder = debian.cached_or_built(RECIPE)
    return Files(folder / DISK, folder / KERNEL, folder / INITRD)
