# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host has, by the names that a stack uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .._kind import Kind, Observed
from .._session import Session, SessionError, libvirt


def everything(kind: str, one: Kind) -> Iterator[tuple[str, Any]]:
    """Every object of a kind: its name, of a volume with its pool, and libvirt's object. one: of that kind, for all."""
    for handle in one.everything():
        name = called(one.session, handle) if kind == "volumes" else one.title(handle)
        if name is not None:
            yield name, handle


def called(session: Session, volume: Any) -> str | None:
    """A volume's name in a stack; None where it has gone."""
    name, pool_of = volume.name(), volume.storagePoolLookupByVolume
    pool = session.look_up(f"look up the pool of volume '{name}'", "VIR_ERR_NO_STORAGE_VOL", pool_of)
    return None if pool is None else f"{pool.name()}/{name}"


def seen(one: Kind, handle: Any) -> Observed | None:
    """What there is of an object that was listed; None where it has gone since."""
    one.handle, one.name = handle, one.title(handle)
    try:
        return one.observe()
    except SessionError as error:
        if error.code == getattr(libvirt, one.missing):
            return None
        raise
