# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk guest: a Debian with systemd, Python, sudo and the guest agent, as far from the tiny guest as users' are.

Its disk has only a root file system; the tiny guest's kernel and image start it, by ``bed.root=/dev/vda``.  It takes
about a minute to build, once, and half a minute to boot under TCG.
"""

from __future__ import annotations

from pathlib import Path

from . import debian

#: A user of the guest who may become root with a password, and root's own.
USER, PASSWORD, ROOT_PASSWORD = "worker", "correct horse", "battery staple"

CUSTOMIZE = f"""\
echo diskguest >"$1/etc/hostname"
echo "127.0.0.1 localhost diskguest" >"$1/etc/hosts"
echo "/dev/vda / ext4 defaults 0 1" >"$1/etc/fstab"
chroot "$1" useradd --create-home --shell /bin/bash --groups sudo {USER}
printf '%s\\n' '{USER}:{PASSWORD}' 'root:{ROOT_PASSWORD}' | chroot "$1" chpasswd
chroot "$1" systemctl mask {" ".join(debian.SILENT)} systemd-timesyncd.service >/dev/null 2>&1
"""

RECIPE = debian.Recipe(
    "disk",
    (
        *("systemd-sysv", "udev", "dbus", "iproute2", "procps", "login", "sudo", "qemu-guest-agent"),
        *("python3", "python3-apt"),
    ),
    CUSTOMIZE,
)


def cached_or_built() -> Path:
    """Return the image, which is not to be written to: the first call on a machine takes a minute or two."""
    return debian.cached_or_built(RECIPE) / debian.DISK
