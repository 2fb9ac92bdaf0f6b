# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._plan import Refused
from .._xml.document import ensure, value
from .._xml.rules.secret import RULES
from ._option import Desired, Option, Spec, agreed, from_table
from ._table import Table

#: Where a secret's document says what it is for, by the type of its usage (libvirt 9.0).
USAGES = {"volume": "volume", "ceph": "name", "iscsi": "target", "tls": "name", "vtpm": "name"}


TABLE: Table = {
    "description": "description",
    "ephemeral": "@ephemeral yes",
    "private": "@private yes",
}


def _write_usage(tree: Any, usage: dict[str, Any], _current: Any, _union: bool) -> None:
    found = ensure(tree, "usage")
    found.set("type", usage["type"])
    for child in list(found):
        found.remove(child)
    ensure(found, USAGES[usage["type"]]).text = usage["id"]


def _read_usage(tree: Any) -> dict[str, Any] | None:
    kind = value(tree, "usage@type")
    said = value(tree, f"usage/{USAGES[kind]}") if kind in USAGES else None
    if not said or len(tree.find("usage")) != 1:
        return None
    tree.remove(tree.find("usage"))
    return {"type": kind, "id": said}


@dataclass(frozen=True)
class SecretSpec(Spec):
    """A secret has no name of its own: what it is for, as type and id, tells it from the others, and never changes."""

    def name(self, params: dict[str, Any], tree: Any) -> str | None:
        usage = params["usage"]
        if usage is not None and not usage["id"].strip():
            raise Refused("usage.id is empty: say what the secret is for")
        given = None if usage is None else f"{usage['type']} {usage['id'].strip()}"
        return agreed("usage", given, _usage_in(tree), self.noun)

    def put_identity(self, tree: Any, asked: Desired) -> None:
        super().put_identity(tree, Desired(None, asked.uuid))


def _usage_in(tree: Any) -> str | None:
    kind = None if tree is None else value(tree, "usage@type")
    said = value(tree, f"usage/{USAGES[kind]}") if kind in USAGES else None
    return f"{kind} {said}" if said else None


SECRET = SecretSpec(
    noun="secret",
    rules=RULES,
    states=("present", "absent"),
    common={"uuid": {"type": "str"}, "xml": {"type": "str"}},
    options=(
        Option(
            "usage",
            {
                "type": "dict",
                "options": {
                    "type": {"type": "str", "choices": sorted(USAGES), "required": True},
                    "id": {"type": "str", "required": True},
                },
            },
            lambda _usage: ["usage"],
            _write_usage,
            _read_usage,
            ("usage",),
        ),
        *from_table(TABLE, RULES),
    ),
    arguments={
        "value": {"type": "str", "no_log": True},
        "value_encoding": {"type": "str", "choices": ["text", "base64"], "default": "text"},
        "update_value": {"type": "str", "choices": ["when_different", "always"], "default": "when_different"},
    },
    constraints={"required_one_of": [("uuid", "usage", "xml")]},
    from_options=True,
    naming="by uuid, by usage or by a <uuid> or <usage> in xml",
)
