# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single random changes of documents, out of what other documents hold at the same place."""

from __future__ import annotations

import collections
import copy
import random
import re
import typing as t

from lxml import etree


class Garden:
    """What the documents hold at each place: the material of mutations."""

    def __init__(self, trees: t.Iterable[t.Any]) -> None:
        self.values: dict[str, list[str]] = collections.defaultdict(list)
        self.parts: dict[str, list[t.Any]] = collections.defaultdict(list)
        for tree in trees:
            for element in tree.iter(etree.Element):
                where = place(element)
                for name, content in element.attrib.items():
                    self.values[f"{where}@{name}"].append(content)
                    self.parts[where].append((name, content))
                if (element.text or "").strip():
                    self.values[where].append(element.text)
                self.parts[where].extend(element)

    def mutate(self, tree: t.Any, chance: random.Random) -> tuple[t.Any, str]:
        """A copy of a document with one thing changed, and what that was."""
        while True:
            made = self._try(copy.deepcopy(tree), chance)
            if made is not None:
                return made

    def _try(self, mutant: t.Any, chance: random.Random) -> tuple[t.Any, str] | None:
        element = chance.choice(list(mutant.iter(etree.Element)))
        where = place(element)
        kind = chance.choice(("drop attribute", "drop element", "drop device", "value", "value", "add", "add device"))
        if kind.endswith("device"):
            devices = mutant.find("devices")
            if devices is None or not len(devices):
                return None
            element = devices if kind == "add device" else chance.choice(list(devices))
            where = place(element)
        if kind == "drop attribute" and element.attrib:
            name = chance.choice(list(element.attrib))
            if _is_name(f"{where}@{name}"):
                return None
            del element.attrib[name]
            return mutant, f"- {where}@{name}"
        if kind in ("drop element", "drop device") and element is not mutant and not _is_name(where):
            text = _told(element)
            element.getparent().remove(element)
            return mutant, f"- {where}: {text}"
        if kind == "value" and not _is_name(where):
            return self._replace(mutant, element, where, chance)
        if kind in ("add", "add device") and self.parts[where]:
            return self._add(mutant, element, where, chance)
        return None

    def _replace(self, mutant: t.Any, element: t.Any, where: str, chance: random.Random) -> tuple[t.Any, str] | None:
        names = [*element.attrib] + ([""] if (element.text or "").strip() else [])
        if not names:
            return None
        name = chance.choice(names)
        if _is_name(f"{where}@{name}"):
            return None
        before = element.get(name) if name else element.text
        after = chance.choice(self.values[f"{where}@{name}" if name else where])
        if before == after:
            return None
        if name:
            element.set(name, after)
        else:
            element.text = after
        return mutant, f"~ {where}@{name or '.'}: {before} -> {after}"

    def _add(self, mutant: t.Any, element: t.Any, where: str, chance: random.Random) -> tuple[t.Any, str] | None:
        part = chance.choice(self.parts[where])
        if isinstance(part, tuple):
            if part[0] in element.attrib:
                return None
            element.set(*part)
            return mutant, f"+ {where}@{part[0]}={part[1]}"
        if _is_name(f"{where}/{part.tag}"):
            return None
        element.append(copy.deepcopy(part))
        return mutant, f"+ {where}: {_told(part)}"


def place(element: t.Any) -> str:
    """The tag path of an element, with the root."""
    tags = [element.tag] + [ancestor.tag for ancestor in element.iterancestors()]
    return "/".join(reversed(tags))


def _is_name(where: str) -> bool:
    """Whether this is what an object is found by: a document with another name is another object's."""
    return re.fullmatch(r"\w+/(name|uuid)|filter@name", where) is not None


def _told(element: t.Any) -> str:
    return " ".join(etree.tostring(element, encoding="unicode", with_tail=False).split())[:160]
