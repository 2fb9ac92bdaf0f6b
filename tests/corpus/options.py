# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every document of a corpus as typed options and back: `python tests/corpus/options.py DIR`. Nothing is defined.

DIR holds folders named after kinds of libvirt objects. Prints how many documents came back different (none may), how
many the options cover whole, and for the devices of guests how many of each kind.
"""

from __future__ import annotations

import collections
import pathlib
import sys
import typing as t

from plugins.module_utils._spec._survey import differs
from plugins.module_utils._spec.domain import DOMAIN
from plugins.module_utils._spec.domain_info import DOMAINS
from plugins.module_utils._spec.network import NETWORK
from plugins.module_utils._spec.network_info import NETWORKS
from plugins.module_utils._spec.pool import POOL
from plugins.module_utils._spec.pool_info import POOLS
from plugins.module_utils._spec.secret import SECRET
from plugins.module_utils._spec.secret_info import SECRETS
from plugins.module_utils._spec.volume import VOLUME
from plugins.module_utils._spec.volume_info import VOLUMES
from plugins.module_utils._xml.compare import compare
from plugins.module_utils._xml.document import DocumentError, find, parse, tag_name
from plugins.module_utils._xml.record import take

SPECS = {"domain": DOMAIN, "network": NETWORK, "pool": POOL, "volume": VOLUME, "secret": SECRET}
SURVEYS = {"domain": DOMAINS, "network": NETWORKS, "pool": POOLS, "volume": VOLUMES, "secret": SECRETS}


def told(kind: str, stored: str) -> str:
    """What became of a stored document as options: "whole", "rest" (some of it is in xml), or what differs."""
    if kind not in SURVEYS:
        return ""
    document = parse(stored)
    take(document)
    given = SURVEYS[kind].told(document)
    if differs(SPECS[kind], given, document):
        return "differs"
    return "rest" if "xml" in given else "whole"


def main(folder: pathlib.Path) -> int:
    """Print the figures; 1 where a document came back different."""
    faults = 0
    families: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for kind, spec in SPECS.items():
        counts: collections.Counter[str] = collections.Counter()
        for file in sorted((folder / kind).rglob("*.xml")):
            try:
                document = parse(file.read_bytes(), spec.rules.root)
            except DocumentError:
                continue
            given = spec.options_of(document)
            different = compare(document, spec.rendered(given), spec.rules)
            faults += bool(different)
            counts["documents"] += 1
            counts["different"] += bool(different)
            counts["whole"] += "xml" not in given
            rest = parse(given["xml"]) if "xml" in given else None
            for side, tree in (("all", document), ("rest", rest)):
                for device in _devices(tree):
                    families[tag_name(device.tag)][side] += 1
        print(f"{kind}: " + ", ".join(f"{counts[name]} {name}" for name in ("documents", "different", "whole")))
    for family, number in sorted(families.items(), key=lambda both: -both[1]["all"]):
        print(f"  {family}: {number['all'] - number['rest']} of {number['all']} as options")
    return 1 if faults else 0


def _devices(document: t.Any) -> t.Iterable[t.Any]:
    found = None if document is None else find(document, "devices")
    return () if found is None else found


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
