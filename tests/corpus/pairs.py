# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judge the engine by libvirt's own tests, which pair a document with what libvirt makes of it on a host that is not
this one. No libvirt is needed: a document over its answer must be unchanged.

DIR holds folders named after kinds, and below them the folders of libvirt's tests by their own names. Where one folder
holds a test's input and another its output, equal names are a pair; an output that differs with the version or the
machine's abilities (``name.x86_64-latest.xml``) belongs to the input of the plain name.
"""

from __future__ import annotations

import argparse
import collections
import pathlib
import sys
import typing as t

from judge import line
from kinds import KINDS

from plugins.module_utils._xml.document import DocumentError
from plugins.module_utils._xml.document import parse as document
from plugins.module_utils._xml.overlay import overlay

FOLDERS = {
    "domain": (
        ("qemuxml2argvdata", "qemuxml2xmloutdata"),
        ("genericxml2xmlindata", "genericxml2xmloutdata"),
        ("bhyvexml2argvdata", "bhyvexml2xmloutdata"),
    ),
    "network": (("networkxml2xmlin", "networkxml2xmlout"),),
    "pool": (("storagepoolxml2xmlin", "storagepoolxml2xmlout"),),
    "volume": (("storagevolxml2xmlin", "storagevolxml2xmlout"),),
    "nwfilter": (("nwfilterxml2xmlin", "nwfilterxml2xmlout"),),
    "nodedev": (("nodedevschemadata", "nodedevxml2xmlout"),),
    "snapshot": (("qemudomainsnapshotxml2xmlin", "qemudomainsnapshotxml2xmlout"),),
    "checkpoint": (("qemudomaincheckpointxml2xmlin", "qemudomaincheckpointxml2xmlout"),),
}
"""The folders of inputs and outputs of libvirt's tests."""


class Pair(t.NamedTuple):
    """The files of a document and of libvirt's answer."""

    given: pathlib.Path
    answer: pathlib.Path


def pairs(directory: pathlib.Path, kind: str) -> list[Pair]:
    """The pairs of one kind."""
    found = []
    for inputs, outputs in FOLDERS.get(kind, ()):
        for answer in sorted((directory / kind / outputs).glob("*.xml")):
            for name in (answer.stem, answer.stem.partition(".")[0]):
                given = directory / kind / inputs / f"{name.removesuffix('-out')}.xml"
                if not given.is_file():
                    given = directory / kind / inputs / f"{name.removesuffix('-out')}-in.xml"
                if given.is_file():
                    found.append(Pair(given, answer))
                    break
    return found


def judge(pair: Pair, kind: str) -> list[str] | None:
    """What the engine would change, a line each; None where a document is no document."""
    try:
        given, answer = (document(file.read_bytes(), KINDS[kind].rules.root) for file in pair)
    except DocumentError:
        return None
    return [line(difference) for difference in overlay(given, answer, KINDS[kind].rules).differences]


def main() -> int:
    """Judge all pairs, and print the figures of each kind and what differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--verbose", action="store_true", help="name the pairs and what differs")
    options = parser.parse_args()
    for kind in KINDS:
        verdicts = {pair: judge(pair, kind) for pair in pairs(options.directory, kind)}
        judged = {pair: said for pair, said in verdicts.items() if said is not None}
        changed = {pair: said for pair, said in judged.items() if said}
        print(f"{kind}: {len(judged)} pairs, {len(changed)} changed")
        places = collections.Counter(said[0].partition(":")[0].partition("[")[0] for said in changed.values())
        for place, count in places.most_common(10):
            print(f"    {count} at {place}")
        if options.verbose:
            for pair, said in changed.items():
                print(f"  {pair.answer.name}: " + "; ".join(said)[:300])
    return 0


if __name__ == "__main__":
    sys.exit(main())
