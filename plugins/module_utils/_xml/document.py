# SPDX-License-Identifier: GPL-3.0-or-later

"""Parse libvirt documents safely, write them back, and reach into them by tag path.

A tag path names tags below the root, with libvirt's own prefixes: ``qemu:commandline/qemu:arg``.
"""

from __future__ import annotations

import copy
import functools
import re
import traceback
import typing as t

try:
    from lxml import etree

    LXML_ERROR: str | None = None
except ImportError:
    etree = None
    LXML_ERROR = traceback.format_exc()

if t.TYPE_CHECKING:
    from .tables import Rules

#: lxml ships no types.
Element = t.Any

MAX_BYTES = 16 * 1024 * 1024
#: libvirt writes a backing chain as nested elements, and follows at most 200 images.
MAX_DEPTH = 250
MAX_ELEMENTS = 65536
#: Of one element: libxml2 compares each with all others.
MAX_ATTRIBUTES = 1000

MASK = "********"
MASK_CHANGED = MASK + " (changed)"

PREFIXES = {
    "http://libvirt.org/schemas/domain/qemu/1.0": "qemu",
    "http://libvirt.org/schemas/domain/lxc/1.0": "lxc",
    "http://libvirt.org/schemas/domain/bhyve/1.0": "bhyve",
    "http://libvirt.org/schemas/domain/xen/1.0": "xen",
    "http://libvirt.org/schemas/domain/vmware/1.0": "vmware",
    "http://libvirt.org/schemas/network/dnsmasq/1.0": "dnsmasq",
    "http://libvirt.org/schemas/storagepool/fs/1.0": "fs",
    "http://libvirt.org/schemas/storagepool/rbd/1.0": "rbd",
}

# By libxml2's xmlParserErrors: its own messages may quote a password.
_SYNTAX = {
    1: f"it is nested deeper than {MAX_DEPTH} levels, or a text in it is too long",
    4: "it does not begin with <",
    5: "something follows the end of the document",
    9: "it holds a character that XML does not allow, or its encoding is not the declared one",
    26: "it uses an entity that XML does not define",
    38: "'<' stands in an attribute value (write &lt;)",
    39: "an attribute value is not in quotes",
    40: "an attribute value does not end",
    41: "an attribute has no value",
    42: "an attribute is given twice",
    68: "a name is missing or a bare & stands in the text (write &amp;)",
    73: "a tag does not end with '>'",
    76: "an end tag does not fit the tag it closes",
    77: "an element is not closed before the end of the document",
    81: "it holds a character that XML does not allow, or its encoding is not the declared one",
    201: "a namespace prefix is not declared",
}
_SYNTAX[114] = _SYNTAX[1]  # libxml2 2.12 and later


class DocumentError(ValueError):
    """A document that cannot be used. The sentence quotes nothing of it."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.line = line


def parse(text: str | bytes, root: str | None = None) -> Element:
    """The root element of a document, without comments. Nothing is ever fetched.

    Raises DocumentError for what is not plain (a DOCTYPE, entities), bounded, and of the tag ``root``.
    """
    data = _as_bytes(text)
    if len(data) > MAX_BYTES:
        raise DocumentError(f"the XML document is larger than {MAX_BYTES // 1024 // 1024} MiB")
    _refuse_doctype(data)
    _refuse_crowds(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        tree = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _syntax_error(error) from None
    info = tree.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        # In an encoding in which the scan of the prolog cannot see it.
        raise DocumentError("the XML document has a DOCTYPE, which is refused")
    _check_depth(tree)
    if root is not None and tree.tag != root:
        raise DocumentError(f"this is a <{tag_name(tree.tag)}> document, a <{root}> is needed", tree.sourceline)
    return tree


def _as_bytes(text: str | bytes) -> bytes:
    if isinstance(text, bytes):
        return text.lstrip()
    # A str is decoded already: lxml would refuse a declaration with an encoding.
    body = re.sub(r"\A\ufeff?(\s*)<\?xml\s[^>]*\?>", r"\1", text) if "<?xml" in text else text
    return body.encode("utf-8", "surrogatepass")


def _refuse_doctype(data: bytes) -> None:
    """Refuse a DOCTYPE before the parser meets it."""
    at = 0
    while True:
        at += len(data[at:]) - len(data[at:].lstrip())
        for start, end in ((b"<?", b"?>"), (b"<!--", b"-->")):
            if data.startswith(start, at):
                stop = data.find(end, at + len(start))
                if stop < 0:
                    return
                at = stop + len(end)
                break
        else:
            if data[at : at + 9].upper() == b"<!DOCTYPE":
                line = data.count(b"\n", 0, at) + 1
                raise DocumentError(f"line {line}: the XML document has a DOCTYPE, which is refused", line)
            return


_ATTRIBUTE = re.compile(rb"""\s*[^\s=<>"'/]+\s*=\s*(?:"[^"]*"|'[^']*')""")


def _refuse_crowds(data: bytes) -> None:
    """Refuse more elements, or attributes of one, than any libvirt document has, before the parser meets them."""
    plain = data.replace(b"\0", b"")  # of UTF-16
    if plain.count(b"<") - plain.count(b"</") - plain.count(b"<!") > MAX_ELEMENTS:
        raise DocumentError(f"the XML document has more than {MAX_ELEMENTS} elements")
    at = 0
    for tag in plain.split(b"<"):
        at += len(tag) + 1
        if tag.count(b"=") <= MAX_ATTRIBUTES:
            continue
        name = re.match(rb"[^\s/>]*", tag)
        place, count = name.end() if name else 0, 0
        while count <= MAX_ATTRIBUTES:
            found = _ATTRIBUTE.match(tag, place)
            if found is None:
                break
            place, count = found.end(), count + 1
        if count > MAX_ATTRIBUTES:
            line = plain.count(b"\n", 0, at - len(tag)) + 1
            raise DocumentError(f"line {line}: an element has more than {MAX_ATTRIBUTES} attributes", line)


def _syntax_error(error: t.Any) -> DocumentError:
    line = error.lineno or None
    where = f"line {line}: " if line else ""
    reason = _SYNTAX.get(error.code)
    return DocumentError(f"{where}the XML document is not well-formed{': ' + reason if reason else ''}", line)


def _check_depth(tree: Element) -> None:
    depth, level = 0, [tree]
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            line = level[0].sourceline
            raise DocumentError(f"line {line}: the XML document is nested deeper than {MAX_DEPTH} levels", line)
        level = [child for element in level for child in element]


def serialise(tree: Element) -> str:
    return _written(tree, "\n") + "\n"


def compact(element: Element) -> str:
    return _written(element, "")


def _written(element: Element, newline: str) -> str:
    tidy = copy.deepcopy(element)
    tidy.tail = None
    _indent(tidy, newline)
    if not newline:
        etree.cleanup_namespaces(tidy)
    text: str = etree.tostring(tidy, encoding="unicode")
    return text


def _indent(element: Element, newline: str) -> None:
    if not len(element) and (element.text == "" or ("\n" in (element.text or "") and not element.text.strip())):
        # libvirt writes some empty elements over two lines.
        element.text = None
    if not len(element) or any((piece or "").strip() for piece in [element.text, *(child.tail for child in element)]):
        return
    inner = newline + "  " if newline else ""
    element.text = inner or None
    for child in element:
        _indent(child, inner)
        child.tail = inner or None
    element[-1].tail = newline or None


@functools.cache
def tag_name(tag: str) -> str:
    """``{uri}local`` as libvirt writes it (``qemu:arg``); an unknown URI without slashes."""
    if not tag.startswith("{"):
        return tag
    uri, _brace, local = tag[1:].partition("}")
    prefix = PREFIXES.get(uri)
    return f"{prefix}:{local}" if prefix else f"{{{uri.replace('/', '_')}}}{local}"


def namespace(element: Element) -> str:
    uri: str | None = etree.QName(element).namespace
    return uri or ""


def join(path: str, tag: str) -> str:
    return f"{path}/{tag}" if path else tag


def below(path: str, other: str) -> bool:
    """Whether a tag path is the other one or lies in it."""
    return path == other or path.startswith((f"{other}/", f"{other}@"))


def find(element: Element, path: str) -> Element | None:
    """The first descendant at a tag path, or None; the element itself for an empty one."""
    for name in path.split("/") if path else ():
        element = next((child for child in element if tag_name(child.tag) == name), None)
        if element is None:
            return None
    return element


def find_all(element: Element, path: str) -> list[Element]:
    found = [element]
    for name in path.split("/"):
        found = [child for parent in found for child in parent if tag_name(child.tag) == name]
    return found


def value(element: Element, path: str) -> str | None:
    """What stands at ``path@attribute``, ``path`` or ``.`` (its text, stripped), or None."""
    path, _at, name = path.partition("@")
    found = find(element, "" if path == "." else path)
    if found is None:
        return None
    text: str | None = found.get(name) if name else (found.text or "").strip()
    return text


def attribute(element: Element, path: str, name: str) -> str | None:
    return value(element, f"{path}@{name}")


def ensure(element: Element, path: str) -> Element:
    """The element at a tag path, made where it is missing."""
    for name in path.split("/") if path else ():
        child = find(element, name)
        element = add(element, name) if child is None else child
    return element


def add(parent: Element, tag: str) -> Element:
    prefix, _colon, local = tag.rpartition(":")
    uri = next((uri for uri, known in PREFIXES.items() if prefix and known == prefix), None)
    return etree.SubElement(parent, f"{{{uri}}}{local}", nsmap={prefix: uri}) if uri else etree.SubElement(parent, tag)


def secret_values(tree: Element, rules: Rules) -> list[str]:
    return list(dict.fromkeys(found for _element, _name, found in _secrets(tree, "", rules)))


def mask(tree: Element, rules: Rules, known: t.Iterable[str] | None = None) -> Element:
    """A copy with asterisks for secrets. ``known``: those from before; any other is told as changed."""
    masked = copy.deepcopy(tree)
    hide(masked, "", rules, known)
    return masked


def hide(element: Element, path: str, rules: Rules, known: t.Iterable[str] | None = None) -> bool:
    """As ``mask``, in place; whether the element had secrets."""
    found = list(_secrets(element, path, rules))
    for owner, name, secret in found:
        shown = MASK if known is None or secret in known else MASK_CHANGED
        if name:
            owner.set(name, shown)
        else:
            owner.text = shown
    return bool(found)


def defining(tree: Element, rules: Rules) -> Element:
    """A copy without what libvirt only measures."""
    kept = copy.deepcopy(tree)
    for path in rules.measured:
        for element in find_all(kept, path):
            element.getparent().remove(element)
    return kept


def _secrets(element: Element, path: str, rules: Rules) -> t.Iterator[tuple[Element, str, str]]:
    for name, content in element.attrib.items():
        if content and rules.is_secret(f"{path}@{name}"):
            yield element, name, content
    if (element.text or "").strip() and rules.is_secret(f"{path}@."):
        yield element, "", element.text
    for child in element:
        yield from _secrets(child, join(path, tag_name(child.tag)), rules)
