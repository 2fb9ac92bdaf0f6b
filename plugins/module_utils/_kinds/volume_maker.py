# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps by which a volume gets its content: whole, or it is not there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Callable

from .._plan import Refused
from .._session import Session, SessionError, libvirt
from .._xml.document import parse, serialise
from .volume import size
from .volume_pieces import Piece, sparse
from .volume_source import Source
from .volume_stream import pieces, transfer, upload

#: Types of pools whose volumes are files: of any format, and with holes.
FILES = ("dir", "fs", "netfs", "gluster", "vstorage")
#: And those whose volumes may have any name.
NAMED = (*FILES, "logical")

#: What follows the name of a volume in that of the volume beside it that is there while its content is on its way. It
#: tells other runs, and the next one where this one is killed.
INCOMING = ".incoming"

#: Bytes of a volume whose size is known only when it has its content.
SMALLEST = 512

#: What a volume has of its own even where its format is its source's: it is then made of the source, not a copy of it.
SHAPES = ("target/features", "target/compat", "target/clusterSize", "target/encryption")


class Volumes(Source):
    """Another volume on the same host."""

    def __init__(self, session: Session, title: str, volume: Any) -> None:
        super().__init__(title)
        self.session = session
        self.volume = volume

    def open(self) -> None:
        document = parse(self.session.call(f"read {self.title}", self.volume.XMLDesc, 0))
        self.format = form_of(document)
        self.size = self.capacity = size(document, "capacity")

    def _unpacked(self) -> Iterator[Piece]:
        return sparse(pieces(self.session, self.volume))


class Maker:
    """Makes the volume of one task. kind: the Volume. overtaken: called where another run makes it too."""

    def __init__(self, kind: Any, overtaken: Callable[[], None]) -> None:
        self.kind = kind
        self.params = kind.params
        self.session: Session = kind.session
        self.overtaken = overtaken
        self._pool_type = ""

    def fill(self, what: str, document: Any, source: Source) -> None:
        """Make the volume and give it its content; what was made is removed again where that fails."""
        name = self.kind.name
        beside = name + INCOMING
        with self._taking_back() as made:
            origin = source.volume if isinstance(source, Volumes) else None
            if origin is None and self._converts(document, source):
                origin = self._staged(made, what, source)
            elif self.pool_type() in NAMED:
                mark = _plain(beside, "raw", SMALLEST, self.is_of_files())
                self._make(made, beside, lambda: self._create(what, mark))
            xml = document
            if size(xml, "capacity") is None:
                xml = document.__deepcopy__({})
                set_capacity(xml, SMALLEST)
            if origin is not None:
                volume = self._make(made, name, lambda: self._clone(what, xml, origin, source.format))
            else:
                volume = self._make(made, name, lambda: self._create(what, xml))
                self._upload(what, volume, source)
            self._grow(what, volume, size(document, "capacity"), source)
            if beside in made:
                self.delete(what, beside)
        self.kind.handle = volume

    def bring(self, what: str, source: Source) -> None:
        with self._taking_back() as made:
            self._staged(made, what, source)

    def swap(self, what: str, document: Any) -> None:
        """Make the volume of the one beside it, which stays where that fails."""
        name = self.kind.name
        beside = Volumes(self.session, f"volume '{name}{INCOMING}'", self.find(name + INCOMING))
        try:
            beside.open()
            with self._taking_back() as made:
                if beside.format != "raw" and not self._converts(document, beside):
                    # libvirt would lay it out anew.
                    volume = self._make(made, name, lambda: self._create(what, document))
                    self._upload(what, volume, beside)
                else:
                    volume = self._make(made, name, lambda: self._clone(what, document, beside.volume, beside.format))
                self._grow(what, volume, size(document, "capacity"), None)
        except (SessionError, Refused) as error:
            error.args = (f"{error}; its new content is in {beside.title}",)
            raise
        self.kind.handle = volume

    def _staged(self, made: list[str], what: str, source: Source) -> Any:
        """The volume beside, made, with the content of a source."""
        name = self.kind.name + INCOMING
        xml = _plain(name, source.format, source.capacity or SMALLEST, self.is_of_files())
        volume = self._make(made, name, lambda: self._create(what, xml))
        self._upload(what, volume, source)
        return volume

    def _upload(self, what: str, volume: Any, source: Source) -> None:
        try:
            upload(self.session, what, volume, source)
        except SessionError as error:
            error.args = (f"{error}; {source.title} was being uploaded",)
            raise

    def _converts(self, document: Any, source: Source) -> bool:
        return bool(form_of(document) != source.format or any(document.find(shape) is not None for shape in SHAPES))

    def _create(self, what: str, document: Any) -> Any:
        flags = getattr(libvirt, self.kind.validating) if self.kind.validates else 0
        return self.session.slow(what, self.kind.pool.createXML, serialise(document), flags)

    def _clone(self, what: str, document: Any, origin: Any, origin_format: str) -> Any:
        """Make a volume of another, sharing its blocks where the file system can."""
        pool = self.kind.pool
        if origin_format == "raw" == form_of(document) and self.is_of_files():
            with contextlib.suppress(SessionError):
                reflink = libvirt.VIR_STORAGE_VOL_CREATE_REFLINK
                return self.session.call(what, pool.createXMLFrom, serialise(document), origin, reflink)
            # Its own copy of raw writes block by block. To iso, which is raw to it as well, it has qemu-img copy, which
            # takes a fourth of the time (libvirt 9.0).
            with contextlib.suppress(SessionError):
                return self._copied_as("iso", what, document, origin)
        return self._copy(what, document, origin)

    def _copied_as(self, form: str, what: str, document: Any, origin: Any) -> Any:
        """As _copy(), under the name of another format, until libvirt looks at the pool again."""
        called = document.__deepcopy__({})
        under(under(called, "target"), "format").set("type", form)
        volume = self._copy(what, called, origin)
        with contextlib.suppress(SessionError):
            # Refused while another job works on the pool, after which libvirt does it by itself, or the next of us.
            transfer(self.session, f"refresh pool '{self.params['pool']}'", lambda _beat: self.kind.pool.refresh(0))
        return volume

    def _copy(self, what: str, document: Any, origin: Any) -> Any:
        pool, text = self.kind.pool, serialise(document)
        return transfer(
            self.session,
            what,
            lambda _beat: pool.createXMLFrom(text, origin, 0),
            lambda: pool.storageVolLookupByName(self.kind.name).info(),
        )

    def _grow(self, what: str, volume: Any, wanted: int | None, source: Source | None) -> None:
        now = self.size_now(volume)[1]
        if wanted is not None and now < wanted:
            self.session.slow(what, volume.resize, wanted, 0)
        elif wanted is not None and source is not None and source.capacity is None and self.is_of_files():
            # Its size was not known before.
            if now > wanted:
                raise Refused(f"cannot {what}: capacity is {wanted} bytes, and it has {now}")

    def _make(self, made: list[str], name: str, create: Callable[[], Any]) -> Any:
        """What create() returns; from then on it is ours, even where its answer was lost."""
        made.append(name)
        try:
            return create()
        except SessionError as error:
            if error.code == libvirt.VIR_ERR_STORAGE_VOL_EXIST:
                made.remove(name)
                self.overtaken()
            raise

    @contextlib.contextmanager
    def _taking_back(self) -> Iterator[list[str]]:
        """Removes, where the block fails, the volumes that are in the list by then, and says so."""
        made: list[str] = []
        try:
            yield made
        except BaseException as error:
            left = self._discard(made)
            if made and isinstance(error, (SessionError, Refused)):
                said = f"volume '{left}' is left half-written" if left else "what was made of it is removed again"
                error.args = (f"{error}; {said}",)
            raise

    def _discard(self, made: list[str]) -> str:
        """Remove volumes, over a new connection where ours is broken; the one that is left, or nothing."""
        left = list(made)
        for fresh in (False, True):
            if not left or (self.session.stuck and not fresh):
                continue
            session = Session(self.session.endpoint) if fresh else self.session
            with contextlib.suppress(SessionError):
                if fresh:
                    session.open()
                what = f"look up pool '{self.params['pool']}'"
                pool = session.call(what, session.connection.storagePoolLookupByName, self.params["pool"])
                # What tells of the half-written volume goes last.
                while left:
                    self.delete(f"delete volume '{left[-1]}'", left[-1], session, pool)
                    left.pop()
            if fresh:
                with contextlib.suppress(SessionError):
                    session.close()
        return left[-1] if left else ""

    def delete(self, what: str, name: str, session: Session | None = None, pool: Any = None) -> None:
        session = session or self.session
        found = self.find(name, pool, session)
        if found is not None:
            session.slow(what, found.delete, 0)

    def find(self, name: str, pool: Any = None, session: Session | None = None) -> Any:
        look_up = (self.kind.pool if pool is None else pool).storageVolLookupByName
        return (session or self.session).look_up(f"look up volume '{name}'", "VIR_ERR_NO_STORAGE_VOL", look_up, name)

    def size_now(self, volume: Any) -> list[int]:
        """Type, capacity and allocation; nothing where it is gone."""
        found = self.session.look_up("read the size of a volume", "VIR_ERR_NO_STORAGE_VOL", volume.info)
        return list(found or ())

    def pool_type(self) -> str:
        if not self._pool_type:
            what = f"read the definition of pool '{self.params['pool']}'"
            self._pool_type = parse(self.session.call(what, self.kind.pool.XMLDesc, 0)).get("type")
        return self._pool_type

    def is_of_files(self) -> bool:
        return self.pool_type() in FILES


def _plain(name: str, form: str, capacity: int, sparse: bool) -> Any:
    """The document of a volume that only has content."""
    document = parse("<volume><name/><target><format/></target></volume>")
    document.find("name").text = name
    document.find("target/format").set("type", form)
    set_capacity(document, capacity)
    if sparse:
        under(document, "allocation").text = "0"
    return document


def form_of(document: Any) -> str:
    """The format of a volume, by its document."""
    found = document.find("target/format")
    form = "raw" if found is None else str(found.get("type", "raw"))
    # What libvirt calls iso is raw, and so it treats it.
    return "raw" if form == "iso" else form


def set_capacity(document: Any, wanted: int) -> None:
    found = under(document, "capacity")
    found.text, found.attrib["unit"] = str(wanted), "bytes"


def under(document: Any, tag: str) -> Any:
    found = document.find(tag)
    if found is None:
        found = document.makeelement(tag)
        document.append(found)
    return found
