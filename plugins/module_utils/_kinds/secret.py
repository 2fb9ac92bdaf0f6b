# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets: passwords and keys that libvirt keeps for others to use."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from .._kind import Defined, Observed
from .._plan import Change, Plan, Refused
from .._session import SessionError, libvirt
from .._xml.document import MASK, MASK_CHANGED, value
from .._xml.overlay import Overlay
from .._xml.rules.secret import RULES

#: libvirt's numbers of the types of usage, by their names.
USAGES = ("none", "volume", "ceph", "iscsi", "tls", "vtpm")

#: What libvirt says of the value of a private secret: nobody reads it.
UNREADABLE = "unreadable"


class Secret(Defined):
    noun = "secret"
    rules = RULES
    resting = "present"
    needs = "xml, usage or other option to define it"
    runs = False
    lookup_uuid = "secretLookupByUUIDString"
    list_all = "listAllSecrets"
    missing = "VIR_ERR_NO_SECRET"
    define = "secretDefineXML"
    validating = "VIR_SECRET_DEFINE_VALIDATE"
    name_at = None

    def find(self, name: str | None, uuid: str | None) -> Any:
        """By UUID where there is one, else by the type and id of its usage."""
        if name is not None and uuid is None and self.glimpse is not None:
            return super().find(name, None)
        found = None if uuid is None else super().find(None, uuid)
        if found is None and name is not None:
            kind, _blank, what = name.partition(" ")
            look_up = self.session.connection.secretLookupByUsage
            found = self.session.look_up(
                f"look up the secret of {name}", self.missing, look_up, USAGES.index(kind), what
            )
        elif found is not None and name is not None and found.usageType() and self.title(found) != name:
            raise Refused(
                f"secret {uuid} is for {self.title(found)}, not for {name}: the usage of a secret never changes; "
                "remove it first (state absent), which loses its value, or name another uuid"
            )
        return found

    def title(self, handle: Any) -> str:
        kind = handle.usageType()
        return f"{USAGES[kind]} {handle.usageID()}" if 0 < kind < len(USAGES) else str(handle.UUIDString())

    def observe(self) -> Observed:
        return Observed(stored=self.stored(), state="present")

    def stored(self) -> Any:
        return self.document(0)

    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        for each in merged.differences if observed.exists else ():
            if each.tags.partition("/")[0].partition("@")[0] == "usage":
                raise Refused(
                    f"the usage of secret '{self.name}' never changes: remove it first (state absent), which loses "
                    "its value, or leave the usage as it is"
                )
            if each.tags == "@private" and each.before == "yes":
                raise Refused(
                    f"secret '{self.name}' is private and stays so: remove it first (state absent), which loses its "
                    "value, or leave it private"
                )
            if each.tags == "@ephemeral" and each.after == "yes":
                # Seen with libvirt 9.0: the value is deleted from its disk, the definition is not.
                plan.warnings.append(
                    f"libvirt leaves the definition of secret '{self.name}' on its disk: when libvirt starts again, "
                    "the secret is back, without its value; removing it first (state absent) avoids that"
                )
        super().store(observed, merged, plan)

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        """A secret has no power; what it has beside its document is its value."""
        if self.params["value"] is None:
            return
        wanted = self._wanted()
        now = self._value() if observed.exists else None
        if now == wanted or (now == UNREADABLE and self.params["update_value"] != "always"):
            return
        before, after = (None, MASK) if now is None else (MASK, MASK_CHANGED)
        plan.changes.append(Change("value", before, after))
        what = f"set the value of secret '{self.name}'"
        plan.add(what, lambda: self.session.call(what, self.handle.setValue, wanted))

    def _wanted(self) -> bytes:
        """The value that the task gives. Raises Refused, without quoting it."""
        text: str = self.params["value"]
        if not text:
            raise Refused("value is empty, and libvirt keeps no empty value: leave value out")
        if self.params["value_encoding"] == "text":
            return text.encode()
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise Refused("value is not base64, which value_encoding says it is") from None

    def _value(self) -> bytes | str | None:
        """The value that libvirt has, None where it has none, UNREADABLE where it does not give it out."""
        what = f"read the value of secret '{self.name}'"
        try:
            found: bytes | None = self.session.look_up(what, self.missing, self.handle.value)
        except SessionError as error:
            if error.code == libvirt.VIR_ERR_INVALID_SECRET:
                return UNREADABLE
            raise
        return found

    def remove(self, observed: Observed, plan: Plan) -> None:
        self.undefine(plan)

    def facts(self, observed: Observed) -> dict[str, Any]:
        document = observed.stored
        usage = document.find("usage")
        return {
            "uuid": document.findtext("uuid"),
            "usage": None if usage is None else {"type": usage.get("type"), "id": _first_text(usage)},
            "description": document.findtext("description"),
            "ephemeral": value(document, "@ephemeral") == "yes",
            "private": value(document, "@private") == "yes",
            "xml": self.text(document),
        }


def _first_text(usage: Any) -> str | None:
    """What a usage says it is for: the text of its one element, whose tag depends on the type."""
    return next((child.text for child in usage), None)
