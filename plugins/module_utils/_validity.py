# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a task whose xml is not as libvirt's schema describes it."""

from __future__ import annotations

from typing import Any

from ._plan import Refused
from ._session import libvirt
from ._xml.document import etree
from ._xml.explain import explain

#: Where libvirt's packages put the schemas.
SCHEMAS = "/usr/share/libvirt/schemas"

#: How many findings are told: a wrong template may be wrong many times.
TOLD = 10


class Validity:
    """What the schema says of a task's document. mode: the option `validate`."""

    def __init__(self, kind: Any, mode: str) -> None:
        self.kind = kind
        self.mode = mode
        self.faults: list[str] = []

    def judge(self, document: Any) -> list[str]:
        """Warnings about a task's document. Raises Refused where the task is strict; libvirt then validates as well."""
        if self.mode == "off":
            return []
        strict, kind = self.mode == "strict", self.kind
        whose = f"xml of {kind.noun} '{kind.name}'"
        known = self._look(document)
        if self.faults and strict:
            raise Refused(f"{whose} is not valid by libvirt's schema: {'; '.join(self.faults)}")
        kind.validates = strict and not kind.rules.partial and getattr(libvirt, kind.validating, None) is not None
        if strict and not known and not kind.validates:
            raise Refused(f"{whose} cannot be validated: libvirt's schema for it is not here; use validate: warn")
        if strict and not known and kind.check:
            return [f"{whose} is validated only when it is defined: libvirt's schema for it is not here"]
        return [f"{whose}, {fault}" for fault in self.faults]

    def explained(self, error: Exception) -> str:
        """libvirt's refusal of the document, with what the schema says of it."""
        if not self.faults or getattr(error, "code", None) is None:
            return str(error)
        return f"{error}; not valid by libvirt's schema: {'; '.join(self.faults)}"

    def _look(self, document: Any) -> bool:
        """Find the faults; whether there is a schema for it, which says nothing of a libvirt elsewhere."""
        if not self.kind.rules.schema or not self.kind.session.is_here():
            return False
        try:
            found, over = explain(document, SCHEMAS, self.kind.rules)
        except (OSError, etree.LxmlError):
            return False
        self.faults = found[:TOLD]
        if over or len(found) > TOLD:
            self.faults.append("and there may be more" if over else f"and {len(found) - TOLD} more")
        return True
