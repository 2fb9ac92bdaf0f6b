# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting, entering and stopping a bed, seen from outside.  Needs root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

from . import cgroups, listening
from .basics import ENTRY, BedError, locked, run
from .packages import distribution
from .state import GUEST_FOLDER, INSIDE, Bed, Process, home

READY_WITHIN = 60.0  # seconds; about 1 is usual, a busy machine takes more

LIBVIRTD_CONF = """\
host_uuid = "{uuid}"
unix_sock_group = "root"
unix_sock_ro_perms = "0777"
unix_sock_rw_perms = "0777"
auth_unix_ro = "none"
auth_unix_rw = "none"
log_outputs = "2:file:/var/log/libvirt/libvirtd.log"
"""

QEMU_CONF = """\
user = "{user}"
group = "{user}"
security_driver = "none"
"""


def start(bed: Bed, guest: Path | None, programs: Path | None = None) -> None:
    """Start the bed, or what of it does not run, and wait until libvirtd answers.

    ``guest`` is a folder whose files are laid into the bed's boot folder, ``programs`` what a bed listens with.
    """
    folder = home()
    with locked(folder):
        owner = folder.stat()
        if owner.st_uid != os.geteuid():
            raise BedError(f"{folder} belongs to another user; set CONVERGE_BED_DIR to a folder of your own.")
        if bed.init() is None:
            _tidy(bed)
            _prepare(bed, guest)
            if programs is not None:
                listening.prepare(bed, programs)
            _launch(bed)
        elif not answers(bed):
            enter(bed, [sys.executable, str(ENTRY), "_daemons", bed.name])
        _await_answer(bed)


def stop(bed: Bed) -> bool:
    """Stop the bed and remove all it had; tell whether there was one."""
    if not bed.folder.exists():
        return False
    with locked(home()):
        processes = bed.processes()
        for process in (processes.get("init"), processes.get("parent")):
            if process is not None and process.alive():
                os.kill(process.pid, 9)  # the kernel ends everything else in the process namespace
                _await_end(process)
        _tidy(bed)
        if not any(home().iterdir()):
            home().rmdir()
    return True


def enter(bed: Bed, command: list[str]) -> int:
    """Run a command inside the bed, in the caller's working directory, and return its exit status."""
    return subprocess.run(cgroups.joining(bed.cgroup, _entering(bed, command)), check=False).returncode


def _entering(bed: Bed, command: list[str]) -> list[str]:
    init = bed.running_init()
    kinds = ["--mount", "--net", "--uts", "--ipc", "--pid"]
    if os.readlink(f"/proc/{init.pid}/ns/cgroup") != os.readlink("/proc/self/ns/cgroup"):
        kinds.append("--cgroup")
    # `env` changes the folder after the namespaces are entered: nsenter's own option would keep the outer one open.
    return [
        *("nsenter", "--target", str(init.pid), *kinds, "--"),
        *("env", "--unset=LIBVIRT_DEFAULT_URI", f"--chdir={os.getcwd()}", "--", *command),
    ]


def answers(bed: Bed) -> bool:
    """Tell whether the bed's libvirtd answers a client."""
    if not bed.socket.exists():
        return False
    try:
        run("virsh", "-q", "-c", bed.uri, "uri", timeout=20)
    except BedError:
        return False
    return True


def _prepare(bed: Bed, guest: Path | None) -> None:
    """Lay out the folders and the configuration of a fresh bed."""
    bed.folder.mkdir(mode=0o755)
    for part in INSIDE:
        bed.at(part).mkdir(mode=0o755)
    for folder in ("images", "dnsmasq", "boot"):
        (bed.at("lib") / folder).mkdir(mode=0o755)
    (bed.at("log") / "qemu").mkdir(mode=0o755)
    (bed.at("lib") / "images").chmod(0o711)
    (bed.at("etc") / "libvirtd.conf").write_text(LIBVIRTD_CONF.format(uuid=uuid.uuid4()))
    (bed.at("etc") / "qemu.conf").write_text(QEMU_CONF.format(user=distribution().qemu_user))
    # The filters every host has; the machine's own guests, networks and pools stay out.
    filters = Path("/etc/libvirt/nwfilter")
    if filters.is_dir():
        shutil.copytree(filters, bed.at("etc") / "nwfilter")
    (bed.folder / "hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {bed.name}\n::1 localhost\n")
    if guest is not None:
        # Copies: libvirt changes the owner of what a guest boots from.
        for source in guest.iterdir():
            shutil.copyfile(source, bed.at("lib") / Path(GUEST_FOLDER).relative_to(INSIDE["lib"]) / source.name)


def _launch(bed: Bed) -> None:
    """Start the bed's first process in namespaces of its own and wait until it has recorded itself."""
    groups = cgroups.create(bed.cgroup)
    kinds = ["--mount", "--net", "--uts", "--ipc", "--pid", *(["--cgroup"] if groups else [])]
    init = [sys.executable, str(ENTRY), "_init", bed.name]
    with bed.init_log.open("w") as log:
        parent = subprocess.Popen(
            cgroups.joining(bed.cgroup, ["unshare", *kinds, "--fork", "--kill-child", *init]),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
        )
    end = time.monotonic() + READY_WITHIN
    while not bed.record.exists():
        if parent.poll() is not None or time.monotonic() > end:
            raise _not_started(bed)
        time.sleep(0.01)


def _await_answer(bed: Bed) -> None:
    end = time.monotonic() + READY_WITHIN
    while not answers(bed):
        if bed.init() is None or time.monotonic() > end:
            raise _not_started(bed)
        time.sleep(0.05)


def _not_started(bed: Bed) -> BedError:
    for log in (bed.init_log, bed.at("log") / "libvirtd.log"):
        lines = log.read_text().splitlines() if log.exists() else []
        if lines:
            return BedError(f"The bed {bed.name} did not start; {log} ends with: {lines[-1]}")
    return BedError(f"The bed {bed.name} did not start, and it left no log.")


def _await_end(process: Process) -> None:
    end = time.monotonic() + 20
    while process.alive():
        if time.monotonic() > end:
            raise BedError(f"Process {process.pid} of the bed does not end.")
        time.sleep(0.01)


def _tidy(bed: Bed) -> None:
    """Remove what a bed that no longer runs left behind."""
    stuck = cgroups.remove(bed.cgroup)
    if stuck:
        raise BedError(f"The control group {stuck[0]} of the bed {bed.name} is still in use.")
    if bed.folder.exists():
        shutil.rmtree(bed.folder)
