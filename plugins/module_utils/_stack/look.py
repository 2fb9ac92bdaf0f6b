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
        name = one.title(handle)
        if kind == "volumes":
            pool = pool_of(one.session, handle)
            if pool is None:
                continue
            name = f"{pool}/{name}"
        yield name, handle


def pool_of(session: Session, volume: Any) -> str | None:
    """The name of the pool of a volume; None where the volume has gone."""
    what = f"look up the pool of volume '{volume.name()}'"
    pool = session.look_up(what, "VIR_ERR_NO_STORAGE_VOL", volume.storagePoolLookupByVolume)
    return None if pool is None else str(pool.name())


def seen(one: Kind, handle: Any) -> Observed | None:
    """What there is of an object that was listed; None where it has gone since."""
    one.handle, one.name = handle, one.title(handle)
    try:
        return one.observe()
    except SessionError as error:
        if error.code == getattr(libvirt, one.missing):
            return None
        raise
