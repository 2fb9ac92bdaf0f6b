# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the bed."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from . import guest, inside, lifecycle, listening, packages
from .basics import ENTRY, BedError, is_root, root_command
from .state import INSIDE, Bed

DESCRIPTION = """\
A private libvirt to test against: its own libvirtd, namespaces and folders, without systemd and without KVM.
It never touches the libvirt of this machine.  Several beds run side by side under different names."""

EPILOG = """\
CONVERGE_BED_DIR is the folder that holds all beds (default /tmp/converge-bed-0)."""


def main(arguments: list[str]) -> int:
    """Carry out one command; an error is one sentence and exit status 1."""
    options = _parser().parse_args(arguments)
    options.arguments = arguments
    try:
        status = options.action(options)
    except BedError as error:
        print(f"bed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return int(status or 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bed", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, action: object, text: str, named: bool = True) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(action=action)
        if named:
            added.add_argument("name", metavar="NAME", help="the bed's name")
        return added

    added = command("install", _install, "install the distribution packages that are missing", named=False)
    _foreign(added)
    added.add_argument("--refresh", action="store_true", help="only fetch the package index")

    added = command("start", _start, "start a bed (installing what it needs) and wait until it answers")
    _foreign(added)
    added.add_argument("--no-install", action="store_true", help="fail rather than install packages")
    added.add_argument("--listen", action="store_true", help="also on TLS, on TCP with SASL, and by a real sshd")
    added.add_argument("--no-guest", action="store_true", help="do without the test guest's kernel and image")

    added = command("stop", _stop, "stop a bed with all its guests and remove everything it had", named=False)
    added.add_argument("name", metavar="NAME", nargs="?", help="the bed's name")
    added.add_argument("--all", action="store_true", help="every bed")

    added = command("restart-daemon", _restart_daemon, "end libvirtd and start it again; guests keep running")
    added.add_argument("--kill", action="store_true", help="end it with SIGKILL, as in a crash")

    added = command("exec", _exec, "run a command inside a bed (a shell when there is none)")
    added.add_argument("command", metavar="CMD", nargs=argparse.REMAINDER)

    command("uri", _uri, "print the connection URI of a bed")
    command("path", _path, f"print the folder that is {INSIDE['lib']} inside a bed")
    command("list", _list, "list the beds", named=False)
    added = command("logs", _logs, "print the log of a bed's libvirtd")
    added.add_argument("--guest", metavar="GUEST", help="the log of this guest's QEMU instead")
    command("guest", _guest, "build the test guest unless it is cached, and print its folder", named=False)

    for name, action in (("_init", _init), ("_daemons", _daemons)):  # run by ourselves, in the namespaces
        hidden = commands.add_parser(name)
        hidden.set_defaults(action=action)
        hidden.add_argument("name")
        hidden.add_argument("--end-with", metavar="SIGNAL")
    commands.metavar = "COMMAND"
    return parser


def _foreign(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--foreign", action="store_true", help="with the emulators of other architectures and more storage drivers"
    )


def _as_root(options: argparse.Namespace, purpose: str) -> None:
    """Go on as root: replaces this process by one under sudo when we are not."""
    if not is_root():
        command = root_command(options.arguments, purpose)
        os.execvp(command[0], command)


def _install(options: argparse.Namespace) -> None:
    if options.refresh:
        packages.refresh_index()
    else:
        packages.install(options.foreign)


def _start(options: argparse.Namespace) -> None:
    bed = Bed.named(options.name)
    if options.no_install:
        missing = packages.lacking(options.foreign)
        if missing:
            raise BedError(f"These packages are missing: {' '.join(missing)}; install them with: bed install")
    else:
        packages.install(options.foreign)
    # Before becoming root, so that it lands in the cache of the person who asked.
    image = None if options.no_guest else guest.cached_or_built()
    programs = listening.programs() if options.listen else None
    _as_root(options, "start a bed")
    lifecycle.start(bed, image, programs)


def _stop(options: argparse.Namespace) -> None:
    if bool(options.name) == options.all:
        raise BedError("Say which bed to stop: bed stop NAME, or bed stop --all.")
    _as_root(options, "stop a bed")
    beds = Bed.every() if options.all else [Bed.named(options.name)]
    for bed in beds:
        lifecycle.stop(bed)


def _restart_daemon(options: argparse.Namespace) -> int:
    bed = Bed.named(options.name)
    _as_root(options, "restart a bed's daemon")
    how = signal.SIGKILL if options.kill else signal.SIGTERM
    status = lifecycle.enter(bed, [sys.executable, str(ENTRY), "_daemons", bed.name, "--end-with", how.name])
    if status == 0:
        lifecycle.start(bed, None)
    return status


def _exec(options: argparse.Namespace) -> int:
    bed = Bed.named(options.name)
    _as_root(options, "enter a bed")
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    return lifecycle.enter(bed, command or [os.environ.get("SHELL", "/bin/sh")])


def _uri(options: argparse.Namespace) -> None:
    bed = Bed.named(options.name)
    bed.running_init()
    print(bed.uri)


def _path(options: argparse.Namespace) -> None:
    bed = Bed.named(options.name)
    bed.running_init()
    print(bed.at("lib"))


def _list(options: argparse.Namespace) -> None:  # noqa: ARG001 - every action is called with the options
    for bed in Bed.every():
        init = bed.init()
        print(f"{bed.name:<20} {f'pid {init.pid}' if init else 'stopped':<14} {bed.uri}")


def _logs(options: argparse.Namespace) -> None:
    bed = Bed.named(options.name)
    log = bed.at("log") / (f"qemu/{Path(options.guest).name}.log" if options.guest else "libvirtd.log")
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError as error:
        raise BedError(f"There is no log {log}.") from error
    print(text, end="")


def _guest(options: argparse.Namespace) -> None:  # noqa: ARG001 - every action is called with the options
    print(guest.cached_or_built())


def _init(options: argparse.Namespace) -> None:
    inside.become_init(Bed.named(options.name))


def _daemons(options: argparse.Namespace) -> None:
    if options.end_with:
        inside.stop_libvirtd(signal.Signals[options.end_with])
    try:
        inside.start_daemons(Bed.named(options.name))
    except subprocess.CalledProcessError as error:
        raise BedError(f"`{' '.join(error.cmd)}` failed with status {error.returncode}; see: bed logs") from error
