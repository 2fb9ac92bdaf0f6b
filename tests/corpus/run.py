# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apply every document of a corpus twice, as the road does it, and once in check mode in between.

DIR holds folders named after kinds of libvirt objects (domain, network, pool, volume, secret, nwfilter, interface) with
documents somewhere below.
Each is defined in the first variant that libvirt takes (``retarget.py``), applied again and removed. Nothing runs.
It needs libvirt-python and lxml, and a libvirt of its own: --uri names one that the bed has started, otherwise the bed
``corpus`` is started with the other architectures' emulators. Objects that are there already are put back at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import pathlib
import statistics
import subprocess
import sys
import time
import typing as t
import urllib.parse

import libvirt
from objects import KINDS, REPOSITORY, Handler, standing_aside
from retarget import variants

from plugins.module_utils._xml.compare import Difference, compare
from plugins.module_utils._xml.document import DocumentError, parse, serialise
from plugins.module_utils._xml.overlay import overlay

MANY_DOMAINS = 1000
"""A corpus with this many domains must define ENOUGH_DOMAINS, else the figures say little."""
ENOUGH_DOMAINS = 900
QUIET = {"domain": 0.97, "network": 1.0, "pool": 1.0, "secret": 1.0, "nwfilter": 1.0, "interface": 1.0}
"""Share of the documents whose check mode must be silent after apply."""


@dataclasses.dataclass
class Outcome:
    """What came of one document."""

    file: str
    defined: bool = False
    error: str = ""
    refused: str = ""
    changed: list[str] = dataclasses.field(default_factory=list)
    alarm: list[str] = dataclasses.field(default_factory=list)
    seconds: float = 0.0


def apply_twice(handler: Handler, file: pathlib.Path, name: str) -> Outcome:
    """Define a document, then do what a second task with the same document would do."""
    outcome = Outcome(name)
    try:
        given = _define_first(handler, file, outcome)
        if given is None:
            return outcome
        outcome.defined = True
        _second_apply(handler, given, outcome)
    finally:
        handler.remove()
    return outcome


def _define_first(handler: Handler, file: pathlib.Path, outcome: Outcome) -> str | None:
    text = file.read_text(encoding="utf-8", errors="replace")
    for variant in variants(handler.noun, text):
        try:
            handler.define(variant)
        except libvirt.libvirtError as error:
            outcome.error = error.get_error_message()
        else:
            return variant
    return None


def _second_apply(handler: Handler, given: str, outcome: Outcome) -> None:
    before = handler.dump()
    try:
        desired, current = parse(given, handler.rules.root), parse(before, handler.rules.root)
    except DocumentError as error:
        outcome.changed = [str(error)]
        return
    started = time.perf_counter()
    result = overlay(desired, current, handler.rules)
    outcome.seconds = time.perf_counter() - started
    outcome.alarm = [line(difference) for difference in result.differences]
    if not result.differences:
        return
    if not handler.redefines:
        outcome.changed = outcome.alarm
        return
    try:
        handler.define(serialise(result.document))
    except libvirt.libvirtError as error:
        sentence = error.get_error_message()
        try:
            handler.define(before)
        except libvirt.libvirtError as own:
            outcome.refused = own.get_error_message()
        else:
            outcome.changed = [f"define failed: {sentence}"]
        return
    outcome.changed = [line(difference) for difference in compare(current, parse(handler.dump()), handler.rules)]


def line(difference: Difference) -> str:
    """A difference on one line."""
    return f"{difference.path}: {difference.before} -> {difference.after}"


def table(results: dict[str, list[Outcome]]) -> str:
    """The figures of every kind, one row each."""
    head = ["kind", "documents", "defined", "dump refused", "changed", "check alarms", "", "plan median", "plan max"]
    rows = [head]
    for kind, outcomes in results.items():
        defined = [outcome for outcome in outcomes if outcome.defined]
        times = [outcome.seconds * 1000 for outcome in defined] or [0.0]
        alarms = sum(bool(outcome.alarm) for outcome in defined)
        rows.append(
            [
                kind,
                str(len(outcomes)),
                str(len(defined)),
                str(sum(bool(outcome.refused) for outcome in defined)),
                str(sum(bool(outcome.changed) for outcome in defined)),
                str(alarms),
                f"{100 * alarms / max(1, len(defined)):.1f} %",
                f"{statistics.median(times):.1f} ms",
                f"{max(times):.1f} ms",
            ]
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths)) for row in rows)


def verdict(results: dict[str, list[Outcome]]) -> list[str]:
    """What is not good enough, as sentences."""
    faults = []
    for kind, outcomes in results.items():
        defined = [outcome for outcome in outcomes if outcome.defined]
        if kind == "domain" and len(outcomes) >= MANY_DOMAINS and len(defined) < ENOUGH_DOMAINS:
            faults.append(f"only {len(defined)} domains defined: {ENOUGH_DOMAINS} are needed (emulators missing?)")
        changed = sum(bool(outcome.changed) for outcome in defined)
        if changed:
            faults.append(f"{changed} {kind} documents changed when they were applied again")
        quiet = sum(not outcome.alarm for outcome in defined)
        if defined and quiet < QUIET.get(kind, 0) * len(defined):
            faults.append(f"check mode was silent for {quiet} of {len(defined)} {kind} documents")
    return faults


@contextlib.contextmanager
def connection(uri: str | None) -> t.Iterator[t.Any]:
    """A connection to the bed; where no URI is given one is started, and stopped again if it was not running."""
    with contextlib.ExitStack() as after:
        given = uri or after.enter_context(own_bed())
        if "socket" not in urllib.parse.parse_qs(urllib.parse.urlsplit(given).query):
            raise SystemExit(f"{given} is no bed: it names no socket, and might be the libvirt of this machine's owner")
        libvirt.registerErrorHandler(lambda _context, _error: None, None)
        opened = libvirt.open(given)
        after.callback(opened.close)
        yield opened


@contextlib.contextmanager
def own_bed() -> t.Iterator[str]:
    """The URI of the bed ``corpus``, which has the other architectures' emulators."""

    def bed(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(REPOSITORY / "tests" / "bed" / "bed.py"), *words]
        return subprocess.run(
            command, check=check, stdout=subprocess.PIPE, stderr=None if check else subprocess.DEVNULL, text=True
        )

    was_running = bed("uri", "corpus", check=False).returncode == 0
    bed("start", "corpus", "--foreign")
    try:
        yield bed("uri", "corpus").stdout.strip()
    finally:
        if not was_running:
            bed("stop", "corpus")


def main() -> int:
    """Run the corpus and print the table; 1 when the figures are not good enough."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--uri", help="a libvirt that the bed has started")
    parser.add_argument("--kind", choices=sorted(KINDS), action="append", help="only this kind (may be repeated)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all outcomes to this file")
    parser.add_argument("--verbose", action="store_true", help="name the documents and what differs")
    options = parser.parse_args()

    results: dict[str, list[Outcome]] = {}
    with connection(options.uri) as opened, standing_aside(opened):
        for kind in options.kind or KINDS:
            files = sorted((options.directory / kind).rglob("*.xml"))
            with KINDS[kind](opened) as handler:
                results[kind] = [apply_twice(handler, file, str(file.relative_to(options.directory))) for file in files]
    print(table(results))
    if options.verbose:
        for outcome in [one for outcomes in results.values() for one in outcomes]:
            for title, lines in (
                ("refused", [outcome.refused]),
                ("changed", outcome.changed),
                ("alarm", outcome.alarm),
            ):
                for text in filter(None, lines):
                    print(f"{outcome.file}: {title}: {text}")
    if options.json:
        rows = {kind: [dataclasses.asdict(outcome) for outcome in outcomes] for kind, outcomes in results.items()}
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    faults = verdict(results)
    for fault in faults:
        print(f"not good enough: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
