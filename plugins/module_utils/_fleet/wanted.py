# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom to ask and what for: plain data that travels to the process that asks."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """One hypervisor, and how to reach it. Times in seconds."""

    name: str
    uri: str
    username: str | None = None
    password: str | None = None
    timeout: float = 30
    agent_timeout: float = 5


@dataclass(frozen=True)
class Want:
    """What to tell of which guests.

    sources: where addresses come from, the best first. definition: of every guest rather than of those that need it;
    keep: its documents, for whoever asks.
    names, tags, metadata: patterns, None for any; a guest needs one of the tags and all of the metadata.
    """

    sources: tuple[str, ...] = ("lease",)
    definition: bool = False
    keep: bool = False
    pools: bool = False
    pending: bool = False
    agent: bool = False
    names: tuple[str, ...] | None = None
    states: tuple[str, ...] | None = None
    autostart: bool | None = None
    tags: tuple[str, ...] | None = None
    metadata: dict[str, str] | None = None

    @property
    def asks_agents(self) -> bool:
        return self.agent or "agent" in self.sources

    def reads(self, guest: dict[str, Any]) -> bool:
        """Whether the definition of a guest is needed."""
        if self.definition or self.tags is not None or self.metadata is not None:
            return True
        if self.pending and guest["state"] == "saved":
            return True
        return bool(guest["active"] and (self.sources or self.pending or self.agent))

    def takes(self, guest: dict[str, Any]) -> bool:
        """Whether a guest is wanted, as far as can be told without its definition."""
        return (
            (self.names is None or _fits(guest["name"], self.names))
            and (self.states is None or guest["state"] in self.states)
            and (self.autostart is None or guest["autostart"] is self.autostart)
        )

    def takes_defined(self, guest: dict[str, Any]) -> bool:
        """Whether a guest is wanted, by what only its definition says."""
        if self.tags is not None and not any(_fits(tag, self.tags) for tag in guest["tags"]):
            return False
        return all(
            key in guest["metadata"] and fnmatch.fnmatchcase(guest["metadata"][key], pattern)
            for key, pattern in (self.metadata or {}).items()
        )


def _fits(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns)
