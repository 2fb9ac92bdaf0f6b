# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of an info module, and objects told as the options of a task."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .._result import CONNECTION
from .._xml.concise import concise
from .._xml.document import join
from .._xml.overlay import overlay
from ._option import Spec
from ._table import Row

#: Options that narrow a list, of several surveys.
STATES: dict[str, dict[str, Any]] = {
    "states": {"type": "list", "elements": "str", "choices": ["active", "inactive"]},
}
AUTOSTART: dict[str, dict[str, Any]] = {"autostart": {"type": "bool"}}


@dataclass(frozen=True)
class Survey:
    """The options of one info module.

    plural: the key of its result. spec: of the module that it tells options of. list_all: libvirt's function that lists
    the objects; listing: how the names of its flags begin. filters: options that narrow its list. An element of one, or
    the option itself where it is true, is the end of a flag's name.
    """

    plural: str
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    spec: Any = None
    list_all: str = ""
    listing: str = ""
    filters: dict[str, dict[str, Any]] = field(default_factory=dict)

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        """As AnsibleModule takes it, but for the fallbacks."""
        output = {"output": {"type": "str", "choices": ["xml", "options"], "default": "xml"}} if self.spec else {}
        return {"names": {"type": "list", "elements": "str"}, **self.filters, **output, **self.arguments, **CONNECTION}

    def flags(self, params: dict[str, Any]) -> list[str]:
        """The names of the flags that narrow a list to what the options ask for."""
        found: list[str] = []
        for name in self.filters:
            given = params[name]
            if isinstance(given, bool):
                found.append(name if given else f"no_{name}")
            found += given if isinstance(given, list) else []
        return [f"{self.listing}{one.upper().replace('-', '_')}" for one in found]

    def told(self, document: Any) -> dict[str, Any]:
        """A stored document as the options of a task that leaves it unchanged, without what libvirt puts in itself."""
        spec = self.spec
        implied = [path for option in spec.options if option.row for path in _implied(option.row)]
        short = spec.options_of(concise(document, spec.rules, implied))
        return spec.options_of(document) if differs(spec, short, document) else short


def differs(spec: Spec, given: dict[str, Any], document: Any) -> bool:
    """Whether a task with these options, whole, would change an object with this document."""
    return bool(overlay(spec.rendered(given), document, spec.rules).differences)


def _implied(row: Row, tags: str = "") -> list[str]:
    """The tag paths of what a row, or one in it, says by being there."""
    if row.implied is not None:
        path, name, _text = row.implied
        return [f"{join(tags, path) if path else tags}@{name}"]
    inner = join(tags, row.path) if row.is_list else tags
    return [path for one in row.rows for path in _implied(one, inner)]
