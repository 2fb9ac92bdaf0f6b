# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apply every document of a corpus twice, as the road does it, and once in check mode in between.

DIR holds folders named after kinds of libvirt objects (domain, network, pool, volume, secret, nwfilter, interface,
nodedev, snapshot, checkpoint) with documents somewhere below.
Each is defined in the first variant that libvirt takes (``retarget.py``), applied again and removed. Nothing runs.
It needs libvirt-python and lxml, and a libvirt of its own: --uri names one that the bed has started, otherwise the bed
``corpus`` is started with the other architectures' emulators. Objects that are there already are put back at the end.
With --mutants each document that defines is changed at random as well (``mutations.py``): some of those documents kill
libvirtd 9.0, which is then started again.
With --no-remember the guests carry no record of the first apply, as with ``remember: false``; their mutants do not
either.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import pathlib
import statistics
import sys
import time
import typing as t

import libvirt
import mutations
from host import Host, opened
from judge import line
from kinds import KINDS
from objects import Handler, standing_aside
from options import told

from plugins.module_utils._xml.compare import compare
from plugins.module_utils._xml.document import DocumentError
from plugins.module_utils._xml.document import parse as document
from plugins.module_utils._xml.record import recall, take

MANY_DOMAINS = 1000
"""A corpus with this many domains must define ENOUGH_DOMAINS, else the figures say little."""
ENOUGH_DOMAINS = 900
QUIET = {"domain": 0.995}
"""Share of the documents whose check mode must be silent after apply: all of them where nothing is said."""


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
    told: str = ""
    """What became of it as typed options: whole, rest (some of it stays xml), or differs."""
    pair: tuple[str, str] | None = None
    """The variant that defines, and what libvirt had stored for it."""


def apply_twice(handler: Handler, file: pathlib.Path, name: str, remember: bool) -> Outcome:
    """Define a document, then do what a second task with the same document would do."""
    outcome = Outcome(name)
    try:
        given, outcome.error = handler.define_first(file.read_text(encoding="utf-8", errors="replace"))
        if given is None:
            return outcome
        outcome.defined = True
        _second_apply(handler, given, outcome, remember)
    finally:
        handler.remove()
    return outcome


def _second_apply(handler: Handler, given: str, outcome: Outcome, remember: bool) -> None:
    before = handler.dump()
    try:
        desired, current = document(given, handler.rules.root), document(before, handler.rules.root)
    except DocumentError as error:
        outcome.changed = [str(error)]
        return
    outcome.pair = given, before
    outcome.told = told(handler.noun, before)
    record = handler.remember(desired, current) if remember else None
    started = time.perf_counter()
    result = recall(desired, current, handler.rules, record) if record else handler.plan(desired, current)
    outcome.seconds = time.perf_counter() - started
    if record is not None and not result.differences:
        # Another libvirt would have stored something else: then what was learnt must do without the digest.
        result = recall(desired, current, handler.rules, dataclasses.replace(record, stored=""))
    outcome.alarm = [line(difference) for difference in result.differences]
    if not result.differences:
        return
    if not handler.redefines:
        outcome.changed = outcome.alarm
        return
    try:
        handler.define(handler.text(result.document))
    except libvirt.libvirtError as error:
        sentence = error.get_error_message()
        try:
            handler.define(before)
        except libvirt.libvirtError as own:
            outcome.refused = own.get_error_message()
        else:
            outcome.changed = [f"define failed: {sentence}"]
        return
    after = document(handler.dump())
    take(after)
    outcome.changed = [line(difference) for difference in compare(current, after, handler.rules)]


def table(results: dict[str, list[Outcome]]) -> str:
    """The figures of every kind, one row each."""
    head = [
        "kind",
        "documents",
        "defined",
        "dump refused",
        "changed",
        "check alarms",
        "",
        "plan median",
        "plan max",
        "as options",
        "whole",
    ]
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
                str(sum(outcome.told in ("whole", "rest") for outcome in defined)),
                str(sum(outcome.told == "whole" for outcome in defined)),
            ]
        )
    return columns(rows)


def columns(rows: list[list[str]]) -> str:
    """Rows of cells as text."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
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
        wrong = sum(outcome.told == "differs" for outcome in defined)
        if wrong:
            faults.append(f"{wrong} {kind} documents would change when they are applied as options")
        quiet = sum(not outcome.alarm for outcome in defined)
        if defined and quiet < QUIET.get(kind, 1.0) * len(defined):
            faults.append(f"check mode was silent for {quiet} of {len(defined)} {kind} documents")
    return faults


def mutate(host: Host, results: dict[str, list[Outcome]], options: t.Any) -> dict[str, dict[str, mutations.Tally]]:
    """Judge mutants of the documents that were defined."""
    tallies = {}
    for kind, outcomes in results.items():
        pairs = [outcome.pair for outcome in outcomes if outcome.pair and not outcome.refused]
        if pairs and KINDS[kind].changes:
            until = time.monotonic() + options.minutes * 60
            with KINDS[kind](host.connection) as handler:
                tallies[kind] = mutations.run_kind(
                    host,
                    handler,
                    pairs,
                    each=options.mutants,
                    seed=options.seed,
                    until=until,
                    remember=options.remember,
                )
    return tallies


def main() -> int:
    """Run the corpus and print the tables; 1 when the figures are not good enough."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--uri", help="a libvirt that the bed has started")
    parser.add_argument("--kind", choices=sorted(KINDS), action="append", help="only this kind (may be repeated)")
    parser.add_argument("--mutants", type=int, default=0, metavar="N", help="mutants of each document (default none)")
    parser.add_argument("--seed", type=int, default=1, help="other mutants for another number (default 1)")
    parser.add_argument("--minutes", type=float, default=60, help="time for the mutants of one kind (default 60)")
    parser.add_argument(
        "--remember", action=argparse.BooleanOptionalAction, default=True, help="write records, and read them (default)"
    )
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all outcomes to this file")
    parser.add_argument("--verbose", action="store_true", help="name the documents and what differs")
    options = parser.parse_args()

    results: dict[str, list[Outcome]] = {}
    tallies: dict[str, dict[str, mutations.Tally]] = {}
    with opened(options.uri) as host, standing_aside(host):
        for kind in options.kind or KINDS:
            files = sorted((options.directory / kind).rglob("*.xml"))
            with KINDS[kind](host.connection) as handler:
                results[kind] = [
                    apply_twice(handler, file, str(file.relative_to(options.directory)), options.remember)
                    for file in files
                ]
        if options.mutants:
            tallies = mutate(host, results, options)
    print(table(results))
    if tallies:
        print(f"\nsingle random changes, seed {options.seed}; libvirtd was started again {host.deaths} times")
        print(columns(mutations.table(tallies)))
    if options.verbose:
        print("\n".join(details(results, tallies)))
    if options.json:
        rows: dict[str, t.Any] = {
            kind: [dataclasses.asdict(outcome) for outcome in outcomes] for kind, outcomes in results.items()
        }
        rows["mutants"] = {
            kind: {name: dataclasses.asdict(tally) for name, tally in found.items()} for kind, found in tallies.items()
        }
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    faults = verdict(results)
    for fault in faults:
        print(f"not good enough: {fault}")
    return 1 if faults else 0


def details(results: dict[str, list[Outcome]], tallies: dict[str, dict[str, mutations.Tally]]) -> t.Iterator[str]:
    """A line for everything that is worth a look."""
    for outcome in [one for outcomes in results.values() for one in outcomes]:
        for title, lines in (("refused", [outcome.refused]), ("changed", outcome.changed), ("alarm", outcome.alarm)):
            yield from (f"{outcome.file}: {title}: {text}" for text in lines if text)
    for kind, found in tallies.items():
        for name, tally in found.items():
            for title in ("missed", "refused", "not_reached", "moved", "wrong", "changed", "killed"):
                yield from (f"{kind}, {name}: {title}: {text}" for text in getattr(tally, title))


if __name__ == "__main__":
    sys.exit(main())
