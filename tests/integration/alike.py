# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a stack tells of its objects what their own modules tell: key for key, in the same words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

#: What differs from run to run, whoever asks: UUIDs, MACs, the numbers of running guests, and times.
FRESH = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|52:54:00(?::[0-9a-f]{2}){3}|(?<=id=\")\d+|\d{10,}(?:\.\d+)?"
)
#: What a task says of itself rather than of an object, and what only a stack says of one.
OF_TASK = {"invocation", "deprecations", "rc", "uri", "warnings", "diff", "exception"}
OF_STACK = {"kind", "name", "tried", "unknown"}
#: What a module in check mode asks of the tasks before it. A stack knows what comes and goes before an object.
OF_EARLIER = "an earlier task of this check would have to"


def apart(
    stack: dict[str, Any], objects: list[dict[str, Any]], modules: list[dict[str, Any]], given: str = ""
) -> Iterator[str]:
    """Where a stack tells something else than the modules of its objects, a sentence each.

    stack: its result. objects: of it, each as the result in modules at the same place. given: all that the tasks say;
    what stands there is no chance.
    """
    for one, other in zip(objects, modules):
        mine = {key: said for key, said in one.items() if key not in OF_STACK}
        theirs = {"failed": False, "changed": False, **other}
        for key in sorted((mine.keys() | theirs.keys()) - OF_TASK):
            said, meant = (_plain(each.get(key, "nothing"), given) for each in (mine, theirs))
            if said != meant:
                yield f"{one['kind']} {one['name']}: {key}: {_about(said, meant)}"
    diffs = [one["diff"] for one in modules if one.get("changed") and "diff" in one]
    for key, several, singly in (
        ("warnings", _warnings([stack]), _warnings(modules)),
        ("diff", stack.get("diff", []), diffs),
    ):
        here, there = ({_plain(each, given) for each in sentences} for sentences in (several, singly))
        yield from (f"{key}: only the stack says {each}" for each in sorted(here - there))
        yield from (f"{key}: only a module says {each}" for each in sorted(there - here) if OF_EARLIER not in each)


def _warnings(results: Iterable[dict[str, Any]]) -> list[Any]:
    """Those of several results: a stack says each once."""
    return [warning for result in results for warning in result.get("warnings", ())]


def _plain(told: Any, given: str) -> str:
    """A part of a result, without what differs from run to run."""
    text = json.dumps(told, sort_keys=True).replace('\\"', '"')
    return FRESH.sub(lambda found: found[0] if found[0] in given else "fresh", text)


def _about(said: str, meant: str) -> str:
    """Both texts from a little before they part."""
    same = next((at for at, (one, other) in enumerate(zip(said, meant)) if one != other), min(len(said), len(meant)))
    begin = max(0, same - 60)
    return f"the stack says ...{said[begin : same + 240]}, its module ...{meant[begin : same + 240]}"
