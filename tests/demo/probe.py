# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a guest really boots with KVM on a libvirt: ``probe.py URI TYPE KERNEL INITRD``.

Run as a process of its own, so that a libvirt that hangs can be left behind.  Prints the seconds it took, or says in a
sentence why not and ends with status 1.  What it makes for that is gone afterwards.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import libvirt

NAME = "converge-demo-probe"
FOLDER = f"/var/lib/libvirt/images/{NAME}"
BOOTS_WITHIN = 10.0  # seconds
ENDS_WITHIN = 30.0  # seconds, with the upload and the removal

POOL = f"<pool type='dir'><name>{NAME}</name><target><path>{FOLDER}</path></target></pool>"
VOLUME = "<volume><name>{name}</name><capacity unit='bytes'>{size}</capacity></volume>"
GUEST = """\
<domain type='{type}'>
  <name>{name}</name>
  <memory unit='MiB'>96</memory>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>{folder}/kernel</kernel>
    <initrd>{folder}/initrd</initrd>
    <cmdline>console=ttyS0 quiet</cmdline>
  </os>
  <features><acpi/><apic/></features>
  <devices>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
  </devices>
</domain>
"""


def boots(uri: str, kind: str, kernel: Path, initrd: Path) -> tuple[bool, str]:
    """Run the probe in a process of its own; tell whether the guest booted, and how fast or why not."""
    command = [sys.executable, __file__, uri, kind, str(kernel), str(initrd)]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        return False, f"the try did not end within {ENDS_WITHIN:.0f} s"
    said = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    return done.returncode == 0, said[-1] if said else "the try ended without a word"


def main(uri: str, kind: str, kernel: str, initrd: str) -> int:
    """Boot the guest; the agent that opens its port is proof that its user space runs."""
    libvirt.registerErrorHandler(lambda _context, _error: None, None)  # it would print each error by itself
    try:
        connection = libvirt.open(uri)
        _tidy(connection)
        try:
            _upload(connection, {"kernel": Path(kernel), "initrd": Path(initrd)})
            begin = time.monotonic()
            guest = connection.createXML(
                GUEST.format(type=kind, name=NAME, folder=FOLDER), libvirt.VIR_DOMAIN_START_AUTODESTROY
            )
            while not _agent_runs(guest):
                if time.monotonic() - begin > BOOTS_WITHIN:
                    print(f"it did not boot within {BOOTS_WITHIN:.0f} s", file=sys.stderr)
                    return 1
                time.sleep(0.1)
            print(f"{time.monotonic() - begin:.1f} s")
        finally:
            _tidy(connection)
    except libvirt.libvirtError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _upload(connection: Any, files: dict[str, Path]) -> None:
    pool = connection.storagePoolDefineXML(POOL)
    pool.build()
    pool.create()
    for name, path in files.items():
        data = path.read_bytes()
        stream = connection.newStream()
        pool.createXML(VOLUME.format(name=name, size=len(data))).upload(stream, 0, len(data))
        sent = 0
        while sent < len(data):
            sent += stream.send(data[sent : sent + 262144])
        stream.finish()


def _agent_runs(guest: Any) -> bool:
    target = ElementTree.fromstring(guest.XMLDesc()).find("devices/channel/target")
    return target is not None and target.get("state") == "connected"


def _tidy(connection: Any) -> None:
    """Remove what a probe made, this one or one that was interrupted."""
    for guest in connection.listAllDomains():
        if guest.name() == NAME:
            guest.destroy()
    for pool in connection.listAllStoragePools():
        if pool.name() == NAME:
            if pool.isActive():
                for volume in pool.listAllVolumes():
                    volume.delete()
                pool.destroy()
                pool.delete()
            pool.undefine()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
