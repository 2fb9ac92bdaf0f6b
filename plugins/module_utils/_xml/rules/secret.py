# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables for ``<secret>`` documents, seen with libvirt 9.0. They never hold a value."""

from __future__ import annotations

from ..tables import Rules

RULES = Rules(
    root="secret",
    schema="secret.rng",
    auto={"uuid": "*", "@ephemeral": "no", "@private": "no"},
    drop={"usage": "@type='none'"},
    values={"uuid@.": "uuid", "description@.": "exact", "usage/*@.": "exact"},
    sticky=frozenset({"uuid", "uuid@."}),
)
