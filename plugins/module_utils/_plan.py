# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task is going to do: changes for people, steps for the road."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Callable

from ._xml.compare import Difference


class Refused(Exception):
    """The task cannot be honoured, and nothing was written."""


class HalfDone(Exception):
    """A step failed, or the look at what came of all. done, left: the sentences of the steps before, and from it on."""

    def __init__(self, why: str, done: list[str], left: list[str]) -> None:
        told = f"; done before that: {', '.join(done)}" if done else ""
        rest = f"; not done: {', '.join(left)}" if done and left else ""
        super().__init__(f"{why}{told}{rest}")
        self.why = why
        self.done = done
        self.left = left


@dataclass(frozen=True)
class Change:
    """One thing that becomes different. path: of a Difference, or "state" and the like, or "/" for the object. how:
    live, stored, restart or recreate.
    """

    path: str
    before: str | None
    after: str | None
    how: str = "stored"

    @classmethod
    def of(cls, difference: Difference, how: str = "stored") -> Change:
        return cls(difference.path, difference.before, difference.after, how)

    def as_result(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Step:
    """One call or wait. ends: the differences between what runs and what is stored that a live step ends."""

    sentence: str
    run: Callable[[], None]
    ends: tuple[Difference, ...] = ()


@dataclass
class Plan:
    """Everything a task would do, in order; docs/dev/road.md says what the fields are."""

    changes: list[Change] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    document: Any = None
    stores: list[Difference] = field(default_factory=list)
    live: list[Step] = field(default_factory=list)
    live_at: int = 0
    state: str = "absent"
    autostart: bool | None = None
    fresh: bool = False
    along: list[Any] = field(default_factory=list)

    def add(self, sentence: str, run: Callable[[], None]) -> None:
        self.steps.append(Step(sentence, run))
