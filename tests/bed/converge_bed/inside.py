# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens inside a bed: its mounts, its daemons, and the first process that keeps it alive.

Every function here runs in the new namespaces, as root.  Why the /dev, /sys and /run of a bed are its own: where
/dev/kvm exists and libvirt's QEMU user cannot use it, libvirt probes QEMU again on every look-up (10 s and more per
define); /sys would show the machine's network devices; a D-Bus socket in /run would let libvirtd register its guests
with the machine's own systemd.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import time
from pathlib import Path

from . import cgroups, listening
from .basics import BedError, run
from .state import INSIDE, Bed, Process

# What a guest or a pool may need; kvm is left out on purpose.
DEVICES = (
    *("null", "zero", "full", "random", "urandom", "tty", "ptmx", "console", "fuse"),
    *("net/tun", "vhost-net", "vhost-vsock", "vsock", "loop-control"),
    *(f"loop{number}" for number in range(8)),
)
TUN = (10, 200)  # device numbers of /dev/net/tun: some machines lack the node, not the driver

DAEMONS = {name: Path(f"/run/{name}.pid") for name in ("virtlogd", "libvirtd", "sshd")}


def become_init(bed: Bed) -> None:
    """Set the bed up and stay as its first process; returns when it is told to end."""
    _record(bed)
    groups = [
        hierarchy
        for hierarchy in cgroups.hierarchies(Path("/proc/self/mountinfo").read_text())
        if (hierarchy.mount_point / bed.cgroup).is_dir()
    ]
    socket.sethostname(bed.name)
    run("mount", "-t", "proc", "proc", "/proc")
    run("umount", "-R", "-l", "/sys")
    run("mount", "-t", "sysfs", "sys", "/sys")
    if groups:
        cgroups.mount_inside(groups)
    _private_dev(bed)
    _private_folders(bed)
    run("ip", "link", "set", "lo", "up")
    start_daemons(bed)
    _reap()


def _record(bed: Bed) -> None:
    """Write down who we are, seen from outside: /proc is still the machine's, so it knows our id there."""
    own = int(os.readlink("/proc/self"))
    parent = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[1])
    ids = {"init": Process.find(own), "parent": Process.find(parent)}
    text = json.dumps({role: [process.pid, process.started] for role, process in ids.items() if process})
    draft = bed.record.with_suffix(".new")
    draft.write_text(text)
    draft.rename(bed.record)


def _private_dev(bed: Bed) -> None:
    new = bed.folder / "dev"
    new.mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", "mode=755", "dev", new)
    for folder in ("pts", "shm", "net", "mqueue", "hugepages", "mapper"):
        (new / folder).mkdir()
    for name in DEVICES:
        with_node = Path("/dev", name)
        if with_node.exists() and not with_node.is_symlink():
            found = with_node.stat()
            _make_node(new / name, found.st_mode, found.st_rdev)
    if not (new / "net/tun").exists():
        _make_node(new / "net/tun", stat.S_IFCHR | 0o666, os.makedev(*TUN))
    # Of its own: guests' consoles then end with the bed, and get no number that somebody outside uses.
    run("mount", "-t", "devpts", "-o", "newinstance,ptmxmode=0666,mode=0620,gid=5", "devpts", new / "pts")
    run("mount", "-t", "tmpfs", "-o", "mode=1777", "shm", new / "shm")
    for name, target in {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}.items():
        (new / name).symlink_to(target)
    # libvirt moves what /proc/mounts lists below /dev into each guest's own: a stale line there fails every start.
    # One shell for both: in between there is not even a /dev/null to start a program with.
    run("sh", "-c", 'umount -R -l /dev && exec mount --move "$1" /dev', "sh", new)


def _make_node(path: Path, mode: int, device: int) -> None:
    os.mknod(path, mode, device)
    path.chmod(stat.S_IMODE(mode))


def _private_folders(bed: Bed) -> None:
    run("mount", "-t", "tmpfs", "-o", "mode=755", "run", "/run")
    for folder in (*INSIDE.values(), "/run/lock"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    for part, inside in INSIDE.items():
        run("mount", "--bind", bed.at(part), inside)
    with contextlib.suppress(KeyError):
        # The user that libvirt runs swtpm's set-up as, where the package has made it.
        os.chown(INSIDE["tpm-ca"], pwd.getpwnam("tss").pw_uid, 0)
    run("mount", "--bind", bed.folder / "hosts", "/etc/hosts")
    if listening.Remote(bed).folder.is_dir():
        Path("/run/sshd").mkdir(mode=0o755)
        for name in ("passwd", "shadow"):
            run("mount", "--bind", listening.Remote(bed).folder / name, f"/etc/{name}")


def start_daemons(bed: Bed) -> None:
    """Start those of the bed's daemons that do not run; each returns once it has its sockets."""
    commands = {name: [name, "-d", "-p", str(DAEMONS[name])] for name in ("virtlogd", "libvirtd")}
    remote = listening.Remote(bed).folder
    if remote.is_dir():
        commands["libvirtd"].append("--listen")
        commands["sshd"] = [str((remote / "programs/usr/sbin/sshd").resolve()), "-f", str(remote / "sshd_config")]
    for name, (program, *arguments) in commands.items():
        if _daemon(name) is None:
            DAEMONS[name].unlink(missing_ok=True)
            found = shutil.which(program, path="/usr/sbin:/usr/bin:/sbin")
            if found is None:
                raise BedError(f"The program {name} is not installed.")
            # In a session of its own: a Ctrl-C of who called us must not reach it. sshd makes one, and takes itself for
            # a daemon that need not fork where it begins with one and its parent is the first process, as here.
            subprocess.run(
                [found, *arguments],
                check=True,
                stdin=subprocess.DEVNULL,
                start_new_session=name != "sshd",
                env={**os.environ, **listening.environment(bed)},
            )


def stop_libvirtd(how: signal.Signals) -> None:
    """End libvirtd with a signal and wait for it; guests and virtlogd stay."""
    found = _daemon("libvirtd")
    if found is None:
        return
    os.kill(found.pid, how)
    end = time.monotonic() + 30
    while found.alive():
        if time.monotonic() > end:
            raise BedError(f"libvirtd did not end within 30 s after {how.name}.")
        time.sleep(0.02)


def _daemon(name: str) -> Process | None:
    """Return the running daemon of that name; a pid file alone may be a stale one."""
    try:
        pid = int(DAEMONS[name].read_text())
        called = Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ValueError):
        return None
    return Process.find(pid) if called == name else None


def _reap() -> None:
    """Collect every orphan of the namespace until we are killed, which ends them all."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGTERM})
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        if signal.sigwait({signal.SIGCHLD, signal.SIGTERM}) == signal.SIGTERM:
            return
