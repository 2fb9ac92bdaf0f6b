# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring the demo up and take it away: what ``make demo`` and ``make demo-clean`` run.

It finds out what the playbook needs to know of this machine (which libvirt, KVM or not, a free subnet), then hands over
to ``playbooks/demo.yml``; nothing but the playbook makes anything that stays.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/bed"))

from converge_bed import guest, packages
from converge_bed.basics import BedError, run
from converge_bed.running import bed_command
from converge_bed.state import Bed

from ansible_collections.converge.libvirt.tests.demo import place, probe, subnet

BED = "converge-demo"
POOL_PATH = "/var/lib/libvirt/images/converge-demo"

Found = list[str]


def main(arguments: list[str]) -> int:
    """Carry out ``up`` or ``down``; an error is one sentence and exit status 1."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__, epilog="Other options go to ansible-playbook.")
    parser.add_argument("action", choices=("up", "down"))
    parser.add_argument("--check", action="store_true", help="show what would be made, and make nothing")
    options, more = parser.parse_known_args(arguments)
    try:
        return up(options.check, more) if options.action == "up" else down(more)
    except BedError as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


@contextlib.contextmanager
def step(what: str) -> Iterator[Found]:
    """Tell on one line what is done, what came of it (appended to what this yields) and how many seconds it took."""
    print(f"==> {what} ... ", end="", flush=True)
    begin = time.monotonic()
    found: Found = []
    yield found
    print(f"{' '.join(found) or 'done'} ({time.monotonic() - begin:.1f} s)", flush=True)


def up(check: bool, more: list[str]) -> int:
    """Run the playbook on the libvirt that suits, then say what to try next."""
    with step("distribution packages"):
        packages.install()
    with step("kernel and initial RAM disk of a tiny guest"):
        files = guest.cached_or_built()
    kernel, initrd = files / guest.KERNEL, files / guest.IMAGE
    bed = Bed.named(BED)
    ran_before = bed.init() is not None
    try:
        with step("libvirt") as found:
            uri = choose_libvirt(bed, found)
        with step("KVM") as found:
            kind = choose_type(uri, check, kernel, initrd, found)
        with step("free subnet") as found:
            prefix = choose_prefix(uri, found)
        facts = {
            "demo_uri": uri,
            "demo_domain_type": kind,
            "demo_prefix": prefix,
            "demo_pool_path": POOL_PATH,
            "demo_kernel": str(kernel),
            "demo_initrd": str(initrd),
        }
        status = playbook("demo.yml", facts, [*(["--check", "--diff"] if check else []), *more])
    finally:
        if check and not ran_before and bed.init() is not None:
            with step("stopping the private libvirt, which was started for this check"):
                bed_command("stop", BED)
    if status == 0 and not check:
        print("make demo CHECK=1 ARGS='-e demo_memory=128MiB'  # what more memory would change, and when")
        print(f"virsh -c {shlex.quote(uri)} console {place.NAME}  # log in on its console; Ctrl and ] leaves it")
        print("make demo-clean  # take it all away again")
    return status


def choose_libvirt(bed: Bed, found: Found) -> str:
    """Return the URI of the libvirt to use: the one asked for, the machine's own, or a private one of ours."""
    given = os.environ.get("LIBVIRT_DEFAULT_URI")
    if given:
        found.append(f"{given}, as LIBVIRT_DEFAULT_URI says")
        return place.check_given(given)
    if bed.init() is not None:
        found.append("the private one of the last run")
    else:
        fault = place.fault(place.DEFAULT_URI)
        if not fault:
            found.append(place.DEFAULT_URI)
            return place.DEFAULT_URI
        found.append(f"a private one, since {place.DEFAULT_URI} {fault}")
    bed_command("start", "--no-install", "--no-guest", BED)
    return bed.uri


def choose_type(uri: str, check: bool, kernel: Path, initrd: Path, found: Found) -> str:
    """Return the domain type: kvm only where a guest has booted with it."""
    kind = place.guest_type(uri)
    if kind:
        found.append(f"the guest is there already, with type {kind}")
        return kind
    if not place.offers_kvm(uri):
        found.append("libvirt offers none, so QEMU emulates the processor")
        return "qemu"
    if check:
        found.append("offered by libvirt; check mode boots no guest to try it")
        return "kvm"
    booted, text = probe.boots(uri, "kvm", kernel, initrd)
    found.append(f"a guest booted with it in {text}" if booted else f"no guest boots with it: {text}")
    return "kvm" if booted else "qemu"


def choose_prefix(uri: str, found: Found) -> str:
    """Return the subnet's first three numbers: those of the demo's network where it exists, else a free one."""
    names = place.ask(uri, *place.KINDS["network"]).split()
    if place.NAME in names:
        own = subnet.of_network_xml(place.ask(uri, "net-dumpxml", "--inactive", place.NAME))
        if own:
            found.append(f"{own[0]}, as before")
            return subnet.prefix(own[0])
    taken = [
        *subnet.of_routes(json.loads(run("ip", "-j", "route", "show", "table", "all"))),
        *subnet.of_addresses(json.loads(run("ip", "-j", "address"))),
    ]
    for name in names:
        taken += subnet.of_network_xml(place.ask(uri, "net-dumpxml", name))
    free = subnet.free(taken)
    found.append(str(free))
    return subnet.prefix(free)


def playbook(name: str, facts: dict[str, str], more: list[str]) -> int:
    """Run a playbook of the collection on this machine and return its exit status; its output goes where ours goes."""
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", "-e", json.dumps(facts)]
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / ".cache"),
        "ANSIBLE_HOME": str(REPOSITORY / ".cache/ansible"),
        # The modules need the distribution's libvirt and lxml, which the environment that we run in sees.
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
    }
    return subprocess.run(
        [*command, f"playbooks/{name}", *more], check=False, cwd=REPOSITORY, env=environment
    ).returncode


def down(more: list[str]) -> int:
    """Remove what is named converge-demo wherever a demo may have made it, and end the private libvirt."""
    bed = Bed.named(BED)
    given = os.environ.get("LIBVIRT_DEFAULT_URI")
    status = clean(place.check_given(given) if given else place.DEFAULT_URI, more)
    if bed.init() is not None:
        status = clean(bed.uri, more) or status
    if bed.folder.exists():
        with step("stopping the private libvirt"):
            bed_command("stop", BED)
    return status


def clean(uri: str, more: list[str]) -> int:
    """Remove the demo from one libvirt, if that is there and has something of it."""
    with step(uri) as found:
        try:
            place.ask(uri, "uri", timeout=place.ANSWERS_WITHIN)
        except BedError as error:
            found.append(f"nothing to remove, since it does not answer ({place.said(error)})")
            return 0
        there = place.made_there(uri)
        found.append(f"has {', '.join(there)}" if there else "nothing to remove")
    return playbook("demo_clean.yml", {"demo_uri": uri}, more) if there else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
