# SPDX-License-Identifier: GPL-3.0-or-later

"""Seeds as volumes: built where the module runs, stored by libvirt's storage API, and deleted when nobody uses them."""

from __future__ import annotations

import contextlib
import html
import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Callable

from .._plan import Change, Plan, Refused
from .._session import Session, SessionError
from .._xml.document import find_all, parse
from .seed import DRIVE, FILE, WAYS, Seed
from .storage import in_use, path_of, volume_behind, volumes_of

try:
    import pycdlib
except ImportError:
    pycdlib = None

#: Programs that make ISO 9660 images, in the order in which they are looked for; all take mkisofs' options.
PROGRAMS = ("xorrisofs", "genisoimage", "mkisofs")

#: Pools whose volumes are files in a folder.
FOLDERS = ("dir", "fs", "netfs")

#: Where an image says what it is, and how much from there is written last: a half-written one is not taken for whole.
HEAD_AT = 32768
HEAD = 2048

#: What a volume has in place of a seed that its guest has read, and that no image begins with.
SPENT = b"read\n"


class Store:
    """The seeds of one guest in their pools. need: refuses what an earlier task of the same check may put right."""

    def __init__(self, session: Session, need: Callable[[str], None]) -> None:
        self.session = session
        self.need = need
        self.pools: dict[str, tuple[Any, dict[str, str]]] = {}
        #: The names of the volumes of which it is known, and whether their seed is spent.
        self.spent: dict[str, bool] = {}

    def source(self, seed: Seed) -> dict[str, str]:
        """The attributes of a source in a definition, and the type of the disk that has it."""
        _pool, about = self._pool(seed.pool)
        if about.get("folder"):
            return {"type": "file", "file": os.path.join(about["folder"], seed.volume)}
        if seed.way is FILE and about:
            raise Refused(f"ignition.pool {seed.pool} has no files, which fw_cfg needs: name a pool of type dir")
        return {"type": "volume", "pool": seed.pool, "volume": seed.volume, "file": seed.volume}

    def _pool(self, name: str) -> tuple[Any, dict[str, str]]:
        """A pool, None where it cannot be had, and its folder where its volumes are files."""
        if name not in self.pools:
            look_up, call = self.session.connection.storagePoolLookupByName, self.session.call
            pool = self.session.look_up(f"look up pool '{name}'", "VIR_ERR_NO_STORAGE_POOL", look_up, name)
            if pool is None or not call(f"read the state of pool '{name}'", pool.isActive):
                self.need(f"a seed is stored in a pool, and pool '{name}' on {self.session.uri} is missing or inactive")
                pool = None
            about = {}
            if pool is not None:
                document = parse(call(f"read pool '{name}'", pool.XMLDesc, 0))
                about = {"folder": document.findtext("target/path") if document.get("type") in FOLDERS else ""}
            self.pools[name] = pool, about
        return self.pools[name]

    def is_spent(self, seed: Seed) -> bool:
        """Whether the guest has read a seed that it gets once: its volume remembers that."""
        if seed.volume not in self.spent:
            pool, _about = self._pool(seed.pool)
            volume = None if pool is None else self._volume(pool, seed.volume)
            self.spent[seed.volume] = volume is not None and self._first(volume, 0) == SPENT[:1]
        return self.spent[seed.volume]

    def spend(self, seed: Seed) -> None:
        """Empty the volume of a seed that its guest has read."""
        pool, _about = self._pool(seed.pool)
        what = f"empty {seed.way.option} '{seed.volume}'"
        volume = self._volume(pool, seed.volume)
        if volume is not None:
            self.session.slow(what, volume.delete, 0)
        self._write(what, pool, seed.volume, [(0, SPENT)])
        self.spent[seed.volume] = True

    def plan_creation(self, seed: Seed, stored: Any, plan: Plan) -> None:
        """Add the step that makes the volume, unless it is there; and the change, of a guest that has another one."""
        pool, _about = self._pool(seed.pool)
        volume = None if pool is None else self._volume(pool, seed.volume)
        there = volume is not None and self._is_whole(volume, seed)
        before = self._held(seed, stored)
        if there and before == seed.digest:
            return
        plan.changes.append(Change(seed.way.option, before if there or before != seed.digest else None, seed.digest))
        if there:
            return
        if seed.way is DRIVE and pycdlib is None and _program() is None:
            self.need(
                "cloud_init needs something that makes ISO images where the module runs: install xorriso, genisoimage "
                "or the Python library pycdlib"
            )
        what = f"store {seed.way.option} '{seed.volume}' in pool '{seed.pool}'"
        plan.add(what, lambda: self._store(what, seed))

    def _held(self, seed: Seed, stored: Any) -> str | None:
        """The digest of the seed that a guest has."""
        for way in WAYS if stored is not None else ():
            found = way.found(stored) if way.option == seed.way.option else None
            for source in () if found is None else [found, *find_all(found, "source")]:
                name = os.path.basename(source.get("volume") or source.get("file") or "")
                if seed.known(name):
                    return seed.known(name)
        return None

    def _volume(self, pool: Any, name: str) -> Any:
        what = f"look up volume '{name}' of pool '{pool.name()}'"
        return self.session.look_up(what, "VIR_ERR_NO_STORAGE_VOL", pool.storageVolLookupByName, name)

    def _store(self, what: str, seed: Seed) -> None:
        pool, _about = self._pool(seed.pool)
        content, at = _content(seed), HEAD_AT if seed.way is DRIVE else 0
        half = self._volume(pool, seed.volume)
        if half is not None:
            self.session.slow(what, half.delete, 0)
        self._write(what, pool, seed.volume, [(at + HEAD, content[at + HEAD :]), (0, content[: at + HEAD])])
        self.spent[seed.volume] = False

    def _write(self, what: str, pool: Any, name: str, pieces: list[tuple[int, bytes]]) -> None:
        """Make a volume of pieces, each with its place, in this order."""
        size = sum(len(piece) for _start, piece in pieces)
        xml = (
            f"<volume><name>{html.escape(name, quote=False)}</name><capacity>{size}</capacity>"
            "<target><format type='raw'/></target></volume>"
        )
        volume = self.session.slow(what, pool.createXML, xml, 0)
        try:
            for start, piece in pieces:
                if piece:
                    self.session.slow(what, self._upload, volume, start, piece)
        except SessionError:
            if not self.session.stuck:
                with contextlib.suppress(SessionError):
                    self.session.slow(what, volume.delete, 0)
            raise

    def _upload(self, volume: Any, start: int, piece: bytes) -> None:
        stream = self.session.connection.newStream(0)
        volume.upload(stream, start, len(piece), 0)
        stream.sendAll(lambda _stream, size, data: data.read(size), io.BytesIO(piece))
        stream.finish()

    def _is_whole(self, volume: Any, seed: Seed) -> bool:
        """Whether the part is there that is written last."""
        return bool(self._first(volume, HEAD_AT if seed.way is DRIVE else 0).strip(b"\0"))

    def _first(self, volume: Any, at: int) -> bytes:
        """The byte of a volume at a place; none where it ends before that."""
        what = f"read volume '{volume.name()}'"
        return b"" if self.session.call(what, volume.info)[1] <= at else self.session.slow(what, self._read, volume, at)

    def _read(self, volume: Any, at: int) -> bytes:
        stream = self.session.connection.newStream(0)
        volume.download(stream, at, 1, 0)
        found = stream.recv(1)
        stream.finish()
        return bytes(found)

    def plan_cleaning(self, seed: Seed, stored: Any, live: Any, plan: Plan) -> None:
        """Add the steps that delete the guest's other seeds, once nothing uses them."""
        pool, _about = self._pool(seed.pool)
        if pool is None:
            return
        kept = seed.volume if seed.attached else None
        behind = [volume for document in (stored, live) for volume in self._behind(document, seed.way.option)]
        held = {path_of(self.session, volume) for volume in behind}
        for volume in volumes_of(self.session, pool):
            if seed.known(volume.name()) and volume.name() != kept:
                self._plan_deletion(seed.way.option, volume, path_of(self.session, volume) in held, plan)

    def _plan_deletion(self, option: str, volume: Any, held: bool, plan: Plan) -> None:
        what = f"delete {option} '{volume.name()}'"
        if not held:
            if in_use(self.session, [volume], what) is not None:
                return
            plan.changes.append(Change(option, volume.name(), None))

        def delete() -> None:
            # A guest may have it in its drive until its next start: a later run comes back to it.
            if in_use(self.session, [volume], what) is None:
                self.session.slow(what, volume.delete, 0)

        plan.along.append(volume)
        plan.add(what, delete)

    def plan_removal(self, stored: Any, plan: Plan) -> None:
        """Add the steps that delete the seeds of a guest that is removed."""
        for way in WAYS:
            for volume in self._behind(stored, way.option, way):
                self._plan_deletion(way.option, volume, True, plan)

    def _behind(self, document: Any, option: str, only: Any = None) -> list[Any]:
        """The volumes that are the seeds of a guest."""
        found = []
        for way in WAYS if document is not None else ():
            element = way.found(document) if way.option == option and only in (None, way) else None
            for source in () if element is None else [element, *find_all(element, "source")]:
                volume = volume_behind(self.session, source)
                found += [] if volume is None else [volume]
        return found


def _program() -> str | None:
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


def _content(seed: Seed) -> bytes:
    """What the volume holds."""
    if seed.way is not DRIVE:
        return seed.files["config"].encode()
    return _by_library(seed.files) if pycdlib is not None else _by_program(seed.files)


def _by_library(files: dict[str, str]) -> bytes:
    image, out = pycdlib.PyCdlib(), io.BytesIO()
    image.new(interchange_level=3, joliet=3, rock_ridge="1.09", vol_ident="cidata")
    for number, (name, text) in enumerate(sorted(files.items())):
        data = text.encode()
        image.add_fp(io.BytesIO(data), len(data), f"/FILE{number}.;1", rr_name=name, joliet_path=f"/{name}")
    image.write_fp(out)
    image.close()
    return out.getvalue()


def _by_program(files: dict[str, str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "seed")
        place.mkdir(0o700)
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8")
        image = Path(folder, "seed.iso")
        command = [str(_program()), "-quiet", "-V", "cidata", "-J", "-r", "-o", str(image), str(place)]
        # There is no module here whose run_command it could be.
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if done.returncode != 0:
            said = (done.stderr.strip() or "nothing").splitlines()[-1]
            raise SessionError(f"cannot make the image of cloud_init: {command[0]} said: {said}")
        return image.read_bytes()
