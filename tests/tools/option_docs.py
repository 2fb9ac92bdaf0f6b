# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of typed options, in plugins/doc_fragments/_options_*.py, from the collection's own rows and from
the sentences in docs/options, which are nested as the options are: `_` is what is said of an option that has options in
it, and `_like` names blocks of docs/options/shared.yml whose sentences stand here too.

`python tests/tools/option_docs.py` writes them; tests/unit/test_option_docs.py fails where one is not up to date. An
option without a sentence is an error, and so is a sentence without an option.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / ".cache"))

from ansible_collections.converge.libvirt.plugins.module_utils._spec import domain, network, pool, secret, volume
from ansible_collections.converge.libvirt.plugins.module_utils._spec._option import Spec
from ansible_collections.converge.libvirt.plugins.module_utils._spec._table import Row, rows
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain_devices import DEVICES

SENTENCES = REPOSITORY / "docs/options"
FRAGMENTS = REPOSITORY / "plugins/doc_fragments"

HEAD = '''# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""{subject}. Written by tests/tools/option_docs.py from docs/options/{name}.yml and the rows of the options."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._options_{name})."""

    DOCUMENTATION = r"""
{body}"""
'''


class Wrong(Exception):
    """The sentences and the options do not fit each other. The text names what to mend, one a line."""


@dataclass(frozen=True)
class Source:
    """The options of one fragment: their subject, those of the spec, and the rows that they are made of."""

    subject: str
    spec: Spec
    rows: Mapping[str, Row]
    names: tuple[str, ...]


def _source(subject: str, spec: Spec, table: Mapping[str, Any], names: Iterable[str] | None = None) -> Source:
    chosen = tuple(option.name for option in spec.options) if names is None else tuple(names)
    return Source(subject, spec, {row.name: row for row in rows(table)}, chosen)


_OF_GUESTS = [option.name for option in domain.DOMAIN.options]
_OF_DEVICES = [name for name in DEVICES if name != "emulator"]

#: By the name of the fragment and of the file with the sentences.
SOURCES = {
    "domain": _source(
        "Options of a guest", domain.DOMAIN, domain.TABLE, [name for name in _OF_GUESTS if name not in _OF_DEVICES]
    ),
    "domain_devices": _source("Options of a guest's devices", domain.DOMAIN, domain.TABLE, _OF_DEVICES),
    "network": _source("Options of a network", network.NETWORK, network.TABLE),
    "pool": _source("Options of a storage pool", pool.POOL, pool.TABLE),
    "volume": _source("Options of a storage volume", volume.VOLUME, volume.TABLE),
    "secret": _source("Options of a secret", secret.SECRET, secret.TABLE),
}


class Sentences:
    """What is said of the options of one fragment, with the shared blocks put in."""

    def __init__(self, said: Mapping[str, Any], shared: Mapping[str, Any]) -> None:
        self.shared = shared
        #: The shared blocks that were asked for, and what is wrong.
        self.used: set[str] = set()
        self.wrong: list[str] = []
        self.said = said

    def block(self, said: Any, where: str) -> dict[str, Any]:
        """What is said in an option that has options in it; its own words win over those of shared blocks."""
        if not isinstance(said, Mapping):
            return {"_": said}
        found: dict[str, Any] = {}
        names = said.get("_like", [])
        for name in [names] if isinstance(names, str) else names:
            self.used.add(name)
            if name in self.shared:
                found.update(self.block(self.shared[name], where))
            else:
                self.wrong.append(f"{where.rstrip('.')}: there is no shared block '{name}'")
        return {**found, **{name: text for name, text in said.items() if name != "_like"}}

    def document(self, arguments: Mapping[str, Any], rows: Mapping[str, Row], said: Any, where: str, base: str) -> Any:
        """The documentation of these options. base: the tag path that the paths of the rows are seen from."""
        block = self.block(said, where)
        for name in sorted(set(block) - set(arguments) - {"_"}):
            self.wrong.append(f"{where}{name}: there is no such option")
        return {
            name: self._option(argument, rows.get(name), block.get(name), f"{where}{name}", base)
            for name, argument in arguments.items()
        }

    def _option(self, argument: Mapping[str, Any], row: Row | None, said: Any, where: str, base: str) -> dict[str, Any]:
        inside = argument.get("options")
        text = self.block(said, f"{where}.").get("_") if inside else said
        if not text or isinstance(text, Mapping):
            self.wrong.append(f"{where}: nothing is said of it")
            text = "?"
        made: dict[str, Any] = {"description": [text] if isinstance(text, str) else list(text)}
        if row is not None:
            made["description"] += place(row, base)
        made.update({key: argument[key] for key in ("type", "elements", "choices", "required") if key in argument})
        if inside:
            below = _join(base, row.path) if row is not None and row.several else base
            of = {} if row is None else {one.name: one for one in row.rows}
            made["suboptions"] = self.document(inside, of, said or {}, f"{where}.", below)
        return made


def place(row: Row, base: str) -> list[str]:
    """Where an option stands in libvirt's XML, and since when; nothing of one that only holds others."""
    since = "" if row.since is None else f"needs libvirt {row.since}"
    if row.rows and not row.several:
        return [f"It {since}."] if since else []
    at = _join(base, row.path)
    if row.form.whole and row.form.type == "dict":
        at += "@*"
    elif row.attribute:
        at += f"@{row.attribute}"
    line = f"In libvirt's XML: C({at})"
    if row.implied is not None:
        path, attribute, text = row.implied
        line += f", with C({_join(base, path)}@{attribute}={text})"
    return [f"{line}{'; ' if since else ''}{since}."]


def _join(base: str, path: str) -> str:
    return "/".join(part for part in (base, path) if part)


class _Dumper(yaml.SafeDumper):
    """YAML as people write it here: lists are indented, and a text is quoted or folded where it cannot stand plain."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> Any:
    style = None if ": " not in text else '"' if len(text) < 90 else ">"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def fragments(sources: Mapping[str, Source], folder: Path = SENTENCES) -> dict[Path, str]:
    """Path and text of each fragment. Raises Wrong."""
    shared = yaml.safe_load((folder / "shared.yml").read_text(encoding="utf-8"))
    made, wrong, used = {}, [], set()
    for name, source in sources.items():
        said = Sentences(yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8")), shared)
        arguments = {option.name: option.argument for option in source.spec.options if option.name in source.names}
        found = said.document(arguments, source.rows, said.said, "", "")
        body = yaml.dump({"options": found}, Dumper=_Dumper, sort_keys=False, width=116, allow_unicode=True)
        made[FRAGMENTS / f"_options_{name}.py"] = HEAD.format(subject=source.subject, name=name, body=body)
        wrong += [f"docs/options/{name}.yml: {one}" for one in dict.fromkeys(said.wrong)]
        used |= said.used
    within = Sentences({}, shared)
    for block in shared.values():
        within.block(block, "")
    left_over = sorted(set(shared) - used - within.used)
    wrong += [f"docs/options/shared.yml: {one}: nothing refers to it" for one in left_over]
    if wrong:
        raise Wrong("\n".join(wrong))
    return made


if __name__ == "__main__":
    try:
        for path, text in fragments(SOURCES).items():
            path.write_text(text, encoding="utf-8")
    except Wrong as error:
        sys.exit(str(error))
