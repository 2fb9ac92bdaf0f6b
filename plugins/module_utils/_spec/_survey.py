# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of an info module, and objects told as the options of a task."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .._xml.concise import concise
from .._xml.overlay import overlay
from ._connection import CONNECTION
from ._option import Spec


@dataclass(frozen=True)
class Survey:
    """The options of one info module. plural: the key of its result. spec: of the module that it tells options of."""

    plural: str
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    spec: Spec | None = None

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        """As AnsibleModule takes it, but for the fallbacks."""
        output = {"output": {"type": "str", "choices": ["xml", "options"], "default": "xml"}} if self.spec else {}
        return {"names": {"type": "list", "elements": "str"}, **output, **self.arguments, **CONNECTION}

    def told(self, document: Any) -> dict[str, Any]:
        """A stored document as the options of a task that leaves it unchanged, without what libvirt puts in itself."""
        spec = self.spec
        assert spec is not None
        implied = [path for option in spec.options for path in option.implies]
        short = spec.options_of(concise(document, spec.rules, implied))
        return spec.options_of(document) if differs(spec, short, document) else short


def differs(spec: Spec, given: dict[str, Any], document: Any) -> bool:
    """Whether a task with these options, whole, would change an object with this document."""
    return bool(overlay(spec.rendered(given), document, spec.rules).differences)
