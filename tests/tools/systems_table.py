# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of what is known of operating systems, in docs/docsite/rst/guide_defaults.rst, from the collection's data.

`python tests/tools/systems_table.py` writes it; tests/unit/test_systems_table.py fails where it is not up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / ".cache"))

from ansible_collections.converge.libvirt.plugins.module_utils._domain.systems import SYSTEMS, System

GUIDE = REPOSITORY / "docs/docsite/rst/guide_defaults.rst"
BEGIN, END = ".. the table of systems begins\n", ".. the table of systems ends\n"

#: What people call them, in the order of the data.
NAMES = (
    "Windows up to XP and Server 2003",
    "Windows 7, Vista, Server 2008",
    "Windows 11",
    "every other Windows",
    "systems from before virtio: FreeBSD 8, NetBSD 5, OpenBSD 4, Debian 4, Ubuntu 7, RHEL 4 and older, Solaris",
    "every other BSD",
    "Linux, and what is not known",
)
HEAD = ("system", "a disk called sda", "a CD drive", "network", "screen", "clock", "and")


def row(name: str, system: System) -> tuple[str, ...]:
    more = {
        f"machine {system.machine}": system.machine,
        "Hyper-V enlightenments": system.hyperv,
        "secure boot, TPM 2.0": system.secure,
        "neither agent channel nor rng": not system.virtio,
    }
    beside = ", ".join(words for words, has in more.items() if has)
    return name, system.sd[0], system.cdrom[0], system.nic, system.video, system.clock, beside


def table() -> str:
    """The table, as reStructuredText."""
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 30 11 10 10 9 10 20", ""]
    for cells in (HEAD, *(row(name, system) for name, (_pattern, system) in zip(NAMES, SYSTEMS, strict=True))):
        lines += [f"   {'* -' if number == 0 else '  -'} {cell}".rstrip() for number, cell in enumerate(cells)]
    return "\n".join(lines) + "\n"


def written(text: str) -> str:
    """The text of the guide with the table in its place."""
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    GUIDE.write_text(written(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
