# SPDX-License-Identifier: GPL-3.0-or-later

"""Which storage guests use, and the removal of a guest's storage: only through libvirt's storage API."""

from __future__ import annotations

import functools
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Callable

from .._plan import Plan, Refused
from .._session import Session, SessionError, libvirt
from .._xml.document import parse, value

#: Asks for every disk of the guest that may be removed, instead of naming them.
ALL = "all"

#: Attributes of <source> that hold a path, in the order in which a disk type uses them.
PATHS = ("file", "dev", "name", "dir")


#: By name: until when a look at the host is good, as time.monotonic() counts, and what it has seen.
Looks = dict[str, "tuple[float, list[Any]]"]

#: For how long one is good: seconds, and how many times as long as it took, so that looking is never most of the work.
GOOD_FOR = 2.0
TIMES = 10


@dataclass(frozen=True)
class User:
    """A disk of a running guest. domain: libvirt's. target: the name of the disk in the guest."""

    guest: str
    domain: Any
    target: str
    readonly: bool


def user_of(session: Session, volume: Any) -> User | None:
    """The only disk of a running guest that a volume is, which then grows through the guest; None where there is none,
    or more than one.
    """
    found = users_of(session, volume)
    return found[0] if len(found) == 1 else None


def users_of(session: Session, volume: Any) -> list[User]:
    """The disks of running guests that a volume is, and not only what one of them builds upon."""
    active, path = libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE, path_of(session, volume)
    found = []
    for domain in session.optional("list the running guests", session.connection.listAllDomains, active) or []:
        what = f"read the definition of guest '{domain.name()}'"
        xml = session.look_up(what, "VIR_ERR_NO_DOMAIN", domain.XMLDesc, 0)
        for disk in () if xml is None else parse(xml).iterfind("devices/disk"):
            source = disk.find("source")
            if source is not None and path in set(_paths(session, source)):
                target, readonly = disk.find("target").get("dev"), disk.find("readonly") is not None
                found.append(User(domain.name(), domain, target, readonly))
    return found


def in_use(
    session: Session,
    volumes: Iterable[Any],
    doing: str,
    *,
    besides: Collection[tuple[str, str]] = (),
    user: str | None = None,
    looks: Looks | None = None,
) -> str | None:
    """The sentence that says which running guest uses one of the volumes, or which volume builds upon one, or None.

    Args: volumes: libvirt's volume objects. doing: what is tried, after "cannot" ("delete volume 'v'"). besides: who
    may use them, as Kind.removed. user: a guest that may, too. looks: what the same task has seen.
    """
    paths = {path for path in (path_of(session, volume) for volume in volumes) if path is not None}
    if not paths:
        return None
    for guest, active, used in _recent(looks, "guests", lambda: _guests(session)):
        shared = paths & used
        if active and shared and guest != user and ("domains", guest) not in besides:
            return f"cannot {doing}: the running guest '{guest}' uses {_listed(shared)}"
    return _built_upon(_recent(looks, "volumes", lambda: _backed(session)), paths, doing, besides)


def plan_removal(
    session: Session,
    guest: str,
    document: Any,
    named: list[str],
    plan: Plan,
    *,
    besides: Collection[tuple[str, str]] = (),
    looks: Looks | None = None,
) -> str | None:
    """Add the steps that delete the storage of a guest's disks.

    Args: document: the stored definition. named: target names (vda), or "all" for every disk that is not read-only,
    removable or shared. besides, looks: as in in_use(). Raises Refused for a disk that is never removed; returns the
    sentence that says who else uses one, or None.
    """
    disks = {disk.find("target").get("dev"): disk for disk in document.iterfind("devices/disk")}
    for target in named:
        if target != ALL and target not in disks:
            raise Refused(f"remove_storage names {target}, but guest '{guest}' has {_listed(disks) or 'no disks'}")
        if target != ALL and _kept(disks[target]):
            raise Refused(f"remove_storage names {target} of guest '{guest}', but {_kept(disks[target])} never goes")
    wanted = [
        (target, disk)
        for target, disk in disks.items()
        if target in named or (ALL in named and not _kept(disk) and disk.find("source") is not None)
    ]
    volumes = [(target, _volume(session, guest, target, disk)) for target, disk in wanted]
    paths = set()
    for target, volume in volumes:
        path = path_of(session, volume)
        if path is not None:
            paths.add(path)
            plan.along.append(volume)
            what = f"delete {path}, disk {target} of guest '{guest}'"
            plan.add(what, functools.partial(session.slow, what, volume.delete, 0))
    if not paths:
        return None
    for other, _active, used in _recent(looks, "guests", lambda: _guests(session)):
        if other != guest and ("domains", other) not in besides and paths & used:
            return f"cannot remove {_listed(paths & used)} of guest '{guest}': guest '{other}' uses it too"
    backed = _recent(looks, "volumes", lambda: _backed(session))
    return _built_upon(backed, paths, f"remove the storage of guest '{guest}'", besides)


def _kept(disk: Any) -> str | None:
    """Why this disk's storage is never removed, None where it may be."""
    if disk.get("device", "disk") in ("cdrom", "floppy"):
        return f"a {disk.get('device')}"
    for tag, told in (("readonly", "a read-only disk"), ("shareable", "a shared disk")):
        if disk.find(tag) is not None:
            return told
    return None


def _volume(session: Session, guest: str, target: str, disk: Any) -> Any:
    """libvirt's volume behind a disk. Raises Refused where no pool holds it."""
    source = disk.find("source")
    found = None if source is None else volume_behind(session, source)
    if found is None:
        where = "nothing" if source is None else _path(source) or source.get("volume") or "an unnamed source"
        raise Refused(
            f"cannot remove disk {target} of guest '{guest}': {where} is in no active pool of {session.uri}, and "
            "storage is deleted through a pool only; define one over its place, or leave the disk out of remove_storage"
        )
    return found


def volume_behind(session: Session, source: Any) -> Any:
    """libvirt's volume behind a source; None where no pool has it."""
    if source.get("volume") is not None:
        return _pool_volume(session, source.get("pool"), source.get("volume"))
    path = _path(source)
    return None if path is None else _path_volume(session, path)


def _path_volume(session: Session, path: str) -> Any:
    look_up = session.connection.storageVolLookupByPath
    return session.look_up(f"look up the volume at {path}", "VIR_ERR_NO_STORAGE_VOL", look_up, path)


def format_of(session: Session, disk: Any) -> str | None:
    """The format of the volume behind a disk; None where no pool has it, or the task says it."""
    source = disk.find("source")
    if source is None or value(disk, "driver@type") or disk.get("type") not in ("file", "block", "volume"):
        return None
    path = _path(source)
    pool, name = source.get("pool"), source.get("volume")
    found = _path_volume(session, path) if path else _pool_volume(session, pool, name) if pool and name else None
    if found is None:
        return None
    return value(parse(session.call(f"read volume '{found.name()}'", found.XMLDesc, 0)), "target/format@type")


def _pool_volume(session: Session, pool: str, volume: str) -> Any:
    look_up = session.connection.storagePoolLookupByName
    found = session.look_up(f"look up pool '{pool}'", "VIR_ERR_NO_STORAGE_POOL", look_up, pool)
    if found is None or not session.call(f"read the state of pool '{pool}'", found.isActive):
        return None
    what = f"look up volume '{volume}' of pool '{pool}'"
    return session.look_up(what, "VIR_ERR_NO_STORAGE_VOL", found.storageVolLookupByName, volume)


def volumes_of(session: Session, pool: Any) -> list[Any]:
    """No volumes where the pool is not active any more."""
    try:
        return list(session.slow(f"list the volumes of pool '{pool.name()}'", pool.listAllVolumes))
    except SessionError as error:
        if error.code not in (libvirt.VIR_ERR_NO_STORAGE_POOL, libvirt.VIR_ERR_OPERATION_INVALID):
            raise
        return []


def _guests(session: Session) -> Iterable[tuple[str, bool, set[str]]]:
    """Every guest: name, whether it runs, and the paths its disks use with all they build upon."""
    for domain in session.call("list the guests", session.connection.listAllDomains, 0):
        what = f"read the definition of guest '{domain.name()}'"
        xml = session.look_up(what, "VIR_ERR_NO_DOMAIN", domain.XMLDesc, 0)
        if xml is None:
            # It was undefined since the list was made.
            continue
        document = parse(xml)
        yield domain.name(), document.get("id") is not None, set(_used(session, document))


def _used(session: Session, document: Any) -> Iterable[str]:
    for source in document.iterfind("devices/disk//source"):
        yield from _paths(session, source)


def _paths(session: Session, source: Any) -> Iterable[str]:
    """The path of a source; none where it has none that is known."""
    path = _path(source)
    if path is not None:
        yield path
    elif source.get("volume") is not None:
        volume = _pool_volume(session, source.get("pool"), source.get("volume"))
        path = None if volume is None else path_of(session, volume)
        if path is not None:
            yield path


def _backed(session: Session) -> Iterable[tuple[str, str, str | None, str]]:
    """Every volume of an active pool that builds upon something: pool, name, its path, and that of what is below."""
    flags = libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE
    for pool in session.call("list the pools", session.connection.listAllStoragePools, flags):
        for volume in volumes_of(session, pool):
            what = f"read volume '{volume.name()}'"
            xml = session.look_up(what, "VIR_ERR_NO_STORAGE_VOL", volume.XMLDesc, 0)
            if xml is None:
                # It was deleted since the list was made.
                continue
            document = parse(xml)
            backing = document.findtext("backingStore/path")
            if backing is not None:
                yield pool.name(), volume.name(), document.findtext("target/path"), backing


def _built_upon(
    backed: Iterable[tuple[str, str, str | None, str]],
    paths: set[str],
    doing: str,
    besides: Collection[tuple[str, str]],
) -> str | None:
    """The sentence that says which volume, not itself among the paths, builds upon one of them."""
    for pool, name, path, backing in backed:
        if backing in paths and path not in paths and ("volumes", f"{pool}/{name}") not in besides:
            return f"cannot {doing}: volume '{name}' of pool '{pool}' builds upon {backing}"
    return None


def _recent(looks: Looks | None, name: str, read: Callable[[], Iterable[Any]]) -> Iterable[Any]:
    """What read() tells of the whole host; for many objects of one task not each time anew."""
    if looks is None:
        return read()
    good_until, found = looks.get(name, (0.0, []))
    begin = time.monotonic()
    if begin > good_until:
        found = list(read())
        took = time.monotonic() - begin
        looks[name] = begin + max(GOOD_FOR, took * TIMES), found
    return found


def path_of(session: Session, volume: Any) -> str | None:
    """The path of a volume; None where it has gone."""
    what = f"read the path of volume '{volume.name()}'"
    found: str | None = session.look_up(what, "VIR_ERR_NO_STORAGE_VOL", volume.path)
    return found


def _path(source: Any) -> str | None:
    return next((source.get(key) for key in PATHS if source.get(key) is not None), None)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
