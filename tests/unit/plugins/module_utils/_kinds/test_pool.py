# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a pool is built: the test driver builds nothing, so what is asked of libvirt is what is looked at."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._kind import Observed
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.pool import Pool
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Plan, Refused
from ansible_collections.converge.libvirt.plugins.module_utils._session import Endpoint, Session, SessionError
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import Overlay


class Handle:
    """A pool that notes what it is asked. errors: what a call raises, once each, by its name."""

    def __init__(self, libvirt: Any, **errors: str) -> None:
        self.libvirt, self.errors = libvirt, errors
        self.calls: list[Any] = []

    def _note(self, call: str, told: Any) -> None:
        self.calls.append(told)
        if call in self.errors:
            error = self.libvirt.libvirtError("it failed")
            error.err = (getattr(self.libvirt, self.errors.pop(call)), 0, "it failed", 0, "", None, None, 0, 0)
            raise error

    def build(self, flags: int) -> None:
        self._note("build", ("build", flags))

    def create(self) -> None:
        self._note("create", "create")

    def isActive(self) -> bool:  # noqa: N802 - libvirt's name
        return False


def pool_document(kind: str) -> Any:
    return parse(f"<pool type='{kind}'><name>lab</name></pool>")


def made(handle: Handle, build: str) -> Pool:
    pool = Pool(Session(Endpoint("test:///default")), {"build": build, "refresh": False}, check=False)
    pool.name, pool.handle = "lab", handle
    return pool


def created(handle: Handle, build: str, kind: str = "dir") -> list[Any]:
    """What libvirt is asked after the define of a new pool."""
    plan, pool = Plan(), made(handle, build)
    pool.store(Observed(), Overlay(pool_document(kind), [], []), plan)
    assert plan.steps[0].sentence == "define pool 'lab'"
    for step in plan.steps[1:]:
        step.run()
    return handle.calls


@pytest.mark.parametrize(
    ("kind", "build", "flag"),
    [
        ("dir", "missing", "NEW"),
        ("dir", "overwrite", "NEW"),
        ("netfs", "missing", "NEW"),
        ("fs", "missing", "NO_OVERWRITE"),
        ("fs", "overwrite", "OVERWRITE"),
        ("logical", "missing", "NO_OVERWRITE"),
        ("disk", "missing", "NO_OVERWRITE"),
        ("zfs", "missing", "NEW"),
        ("fs", "never", None),
        ("iscsi", "missing", None),
    ],
)
def test_a_new_pool_is_built_and_overwrites_nothing_unasked(
    libvirt: Any, kind: str, build: str, flag: str | None
) -> None:
    expected = [] if flag is None else [("build", getattr(libvirt, f"VIR_STORAGE_POOL_BUILD_{flag}"))]
    assert created(Handle(libvirt), build, kind) == expected


def test_a_type_that_has_nothing_to_build_is_not_overwritten(libvirt: Any) -> None:
    with pytest.raises(
        Refused, match=r"^pool 'lab' is of type iscsi, which has nothing to build \(libvirt builds dir, "
    ):
        created(Handle(libvirt), "overwrite", "iscsi")


def test_what_is_there_is_not_built_again(libvirt: Any) -> None:
    assert len(created(Handle(libvirt, build="VIR_ERR_STORAGE_POOL_BUILT"), "missing", "fs")) == 1
    with pytest.raises(SessionError, match="cannot build pool 'lab'"):
        created(Handle(libvirt, build="VIR_ERR_INTERNAL_ERROR"), "missing", "fs")
    with pytest.raises(SessionError, match="cannot build pool 'lab'"):
        created(Handle(libvirt, build="VIR_ERR_STORAGE_POOL_BUILT"), "overwrite", "fs")


def test_a_pool_that_is_there_is_not_built(libvirt: Any) -> None:
    plan = Plan()
    there = Observed(stored=pool_document("dir"), state="inactive")
    made(Handle(libvirt), "missing").store(there, Overlay(pool_document("dir"), [], []), plan)
    assert [step.sentence for step in plan.steps] == ["define pool 'lab'"]


@pytest.mark.parametrize(("build", "calls"), [("missing", ["create", ("build", 0), "create"]), ("never", ["create"])])
def test_a_pool_that_does_not_start_is_built_once_where_that_is_allowed(
    libvirt: Any, build: str, calls: list[Any]
) -> None:
    handle, plan = Handle(libvirt, create="VIR_ERR_INTERNAL_ERROR"), Plan(state="inactive")
    made(handle, build).reach(Observed(stored=pool_document("dir"), state="inactive"), "active", plan)
    if build == "never":
        with pytest.raises(SessionError, match="cannot start pool 'lab'"):
            plan.steps[0].run()
    else:
        plan.steps[0].run()
        assert plan.done == ["build pool 'lab', which did not start"]
    assert handle.calls == calls
