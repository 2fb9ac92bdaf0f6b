# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of operating systems: which hardware they drive by themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class System:
    """What an operating system drives by itself. sd, cdrom: the bus of such disks, best first."""

    machine: str | None = None
    sd: tuple[str, ...] = ("scsi",)
    cdrom: tuple[str, ...] = ("sata", "scsi")
    nic: str = "virtio"
    video: str = "virtio"
    virtio: bool = True
    clock: str = "utc"
    hyperv: bool = False
    #: Whether it asks for secure boot and a TPM.
    secure: bool = False


_WINDOWS = System(sd=("sata",), nic="e1000e", video="vga", clock="localtime", hyperv=True)
_PLAIN = System(sd=("sata", "scsi"), nic="e1000", video="vga", virtio=False)

#: By the short name of an operating system, the first that fits; the last is for those that are not known.
SYSTEMS: tuple[tuple[str, System], ...] = (
    (
        r"win(2k(3.*)?|xp.*|nt.*|9[58]|me)",
        replace(_WINDOWS, machine="pc", sd=("ide",), cdrom=("ide",), nic="rtl8139", virtio=False, hyperv=False),
    ),
    (r"win(7|vista|2k8).*", replace(_WINDOWS, nic="e1000")),
    (r"win11.*", replace(_WINDOWS, secure=True)),
    (r"win.*", _WINDOWS),
    (r"(freebsd[1-8]|netbsd[1-5]|openbsd[1-4]|\w*solaris\d*|debian[1-4]|ubuntu[4-7]|rhel[2-4])\b.*", _PLAIN),
    (r"\w+bsd.*", System(video="vga")),
    (r".*", System()),
)


def system_of(tree: Any) -> System:
    """What the operating system in a guest's metadata drives."""
    found = tree.find("metadata/{*}libosinfo/{*}os")
    name = "" if found is None else "".join(found.get("id", "").rpartition("//")[2].split("/")[-2:])
    return next(system for pattern, system in SYSTEMS if re.fullmatch(pattern, name))
