# SPDX-License-Identifier: GPL-3.0-or-later

"""What people write on a guest: tags and notes, in an element of our own in its metadata, and its operating system."""

from __future__ import annotations

import re
from typing import Any, Callable

from .._xml.document import ensure, etree
from ._option import Option

GUEST = "https://converge.libvirt/guest/1"
OSINFO = "http://libosinfo.org/xmlns/libvirt/domain/1.0"
#: By the beginning of a system's short name, who makes it, as libosinfo has it in the system's id.
MAKERS = {
    "almalinux": "almalinux.org",
    "alpinelinux": "alpinelinux.org",
    "centos-stream": "centos.org",
    "centos": "centos.org",
    "debian": "debian.org",
    "fedora": "fedoraproject.org",
    "freebsd": "freebsd.org",
    "netbsd": "netbsd.org",
    "openbsd": "openbsd.org",
    "opensuse": "opensuse.org",
    "rhel": "redhat.com",
    "rocky": "rockylinux.org",
    "sles": "suse.com",
    "ubuntu": "ubuntu.com",
    "win": "microsoft.com",
}


def _label(tree: Any, uri: str, prefix: str, tag: str, current: Any) -> Any:
    """The element of a namespace, as the stored document has it, or new."""
    metadata, name = ensure(tree, "metadata"), f"{{{uri}}}{tag}"
    found = metadata.find(name)
    stored = None if current is None else current.find(f"metadata/{name}")
    if found is None and stored is not None:
        metadata.append(stored.__deepcopy__({}))
        found = metadata.find(name)
    return etree.SubElement(metadata, name, nsmap={prefix: uri}) if found is None else found


def _writer(tag: str, fill: Callable[[Any, Any], None]) -> Callable[[Any, Any, Any, bool], None]:
    def write(tree: Any, given: Any, current: Any, union: bool) -> None:
        label = _label(tree, GUEST, "converge", "guest", None if union else current)
        for old in label.findall(f"{{{GUEST}}}{tag}"):
            label.remove(old)
        fill(label, given)
        if not len(label):
            label.getparent().remove(label)

    return write


def _reader(tag: str, text: Callable[[list[Any]], Any]) -> Callable[[Any], Any]:
    def read(tree: Any) -> Any:
        label = tree.find(f"metadata/{{{GUEST}}}guest")
        found = [] if label is None else label.findall(f"{{{GUEST}}}{tag}")
        if not found:
            return None
        given = text(found)
        for one in found:
            label.remove(one)
        _prune(label)
        return given

    return read


def _prune(label: Any) -> None:
    parent = label.getparent()
    if not len(label):
        parent.remove(label)
    if not len(parent):
        parent.getparent().remove(parent)


def _put_tags(label: Any, tags: list[str]) -> None:
    for tag in dict.fromkeys(tags):
        etree.SubElement(label, f"{{{GUEST}}}tag").text = tag


def _put_items(label: Any, items: dict[str, Any]) -> None:
    for key, text in items.items():
        etree.SubElement(label, f"{{{GUEST}}}item", key=str(key)).text = str(text)


def _os_id(given: str) -> str:
    """The id of libosinfo for a short name, such as ``debian12``; anything else stays."""
    for family, maker in MAKERS.items():
        found = re.fullmatch(rf"{family}([\w.]+)", given)
        if found is not None:
            return f"http://{maker}/{family}/{found[1]}"
    return given


def _write_os(tree: Any, given: str, _current: Any, _union: bool) -> None:
    label = _label(tree, OSINFO, "libosinfo", "libosinfo", None)
    for old in list(label):
        label.remove(old)
    etree.SubElement(label, f"{{{OSINFO}}}os", id=_os_id(given))


def _read_os(tree: Any) -> str | None:
    label = tree.find(f"metadata/{{{OSINFO}}}libosinfo")
    if label is None or len(label) != 1 or set(label[0].attrib) != {"id"}:
        return None
    found: str = label[0].get("id")
    label.remove(label[0])
    _prune(label)
    return found


_OURS = [f"metadata/{{{GUEST.replace('/', '_')}}}guest"]
_TAG, _ITEM = (f"{_OURS[0]}/{{{GUEST.replace('/', '_')}}}{tag}" for tag in ("tag", "item"))
_OS = [f"metadata/{{{OSINFO.replace('/', '_')}}}libosinfo"]

LABELS = (
    Option(
        "tags",
        {"type": "list", "elements": "str"},
        lambda _given: _OURS,
        _writer("tag", _put_tags),
        _reader("tag", lambda found: [one.text or "" for one in found]),
        tuple(_OURS),
        (*_OURS, _TAG),
    ),
    Option(
        "metadata",
        {"type": "dict"},
        lambda _given: _OURS,
        _writer("item", _put_items),
        _reader("item", lambda found: {one.get("key"): one.text or "" for one in found}),
        tuple(_OURS),
        (*_OURS, _ITEM),
    ),
    Option("os", {"type": "str"}, lambda _given: _OS, _write_os, _read_os, tuple(_OS)),
)
