# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml import document
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import (
    DocumentError,
    compact,
    mask,
    parse,
    secret_values,
    serialise,
    value,
)
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import domain, pool

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("given", "sentence", "line"),
    [
        ("", "it does not begin with <", None),
        ("nonsense", "it does not begin with <", 1),
        ("<domain>\n<name>a</nam></domain>", "an end tag does not fit", 2),
        ("<domain>\n<name>", "is not well-formed", None),
        ("<domain a='1' a='2'/>", "an attribute is given twice", 1),
        (f"<domain>\n<a passwd='{SECRET}&{SECRET};'/></domain>", "uses an entity", 2),
        (f"<domain><a passwd='{SECRET}<{SECRET}'/></domain>", "'<' stands in an attribute value", 1),
        (f"<domain><a passwd={SECRET}/></domain>", "not in quotes", 1),
        ("<domain>a & b</domain>", "a bare & stands in the text", 1),
        ("<domain/><domain/>", "something follows the end", 1),
        ("<domain><q:a/></domain>", "a namespace prefix is not declared", 1),
        (b"<domain>\xe9\xff hunter2</domain>", "it holds a character that XML does not allow", 1),
        ("<!-- c -->\n<!DOCTYPE domain [<!ENTITY a 'b'>]>\n<domain>&a;</domain>", "has a DOCTYPE", 2),
        ("<?xml version='1.0'?><!doctype domain><domain/>", "", 1),
        ("<!DOCTYPE d SYSTEM 'http://example.invalid/x.dtd'><domain/>", "has a DOCTYPE", 1),
        ("<network/>", "this is a <network> document, a <domain> is needed", 1),
    ],
)
def test_a_document_that_cannot_be_used_gets_one_sentence_without_its_content(
    given: str | bytes, sentence: str, line: int | None
) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(given, "domain")
    assert sentence in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)
    if line is not None:
        assert caught.value.line == line


def test_every_file_of_the_engine_imports_without_lxml() -> None:
    package = document.__name__.rpartition(".")[0]
    files = [path.stem for path in pathlib.Path(document.__file__).parent.glob("*.py") if path.stem != "__init__"]
    names = [f"{package}.{name}" for name in files]
    names += [f"{package}.rules.{name}" for name in ("domain", "network", "pool", "volume")]
    program = (
        "import importlib, sys\n"
        "sys.modules['lxml'] = None\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        f"document = sys.modules[{document.__name__!r}]\n"
        "assert document.etree is None and 'lxml' in document.LXML_ERROR\n"
    )
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": paths}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_a_doctype_that_hides_in_another_encoding_is_refused() -> None:
    with pytest.raises(DocumentError, match="DOCTYPE"):
        parse("<!DOCTYPE domain><domain/>".encode("utf-16"))


def test_size_and_depth_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "<a>" * 249 + "</a>" * 249
    assert parse(deep).tag == "a"
    with pytest.raises(DocumentError, match="deeper than 250 levels"):
        parse("<a>" * 251 + "</a>" * 251)
    with pytest.raises(DocumentError, match="deeper than 250 levels"):
        parse("<a>" * 5000 + "</a>" * 5000)
    monkeypatch.setattr(document, "MAX_BYTES", 10)
    with pytest.raises(DocumentError, match="is larger than"):
        parse("<domain>larger</domain>")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("<d>" + "<a/>" * 4_000_000 + "</d>", "more than 65536 elements", id="elements"),
        pytest.param(
            "<d>\n<a " + " ".join(f"a{n}='1'" for n in range(1_000_000)) + "/></d>",
            "line 2: .*1000 attributes",
            id="attributes",
        ),
        pytest.param(
            "<d " + " ".join(f"xmlns:a{n} = 'urn:{n}'" for n in range(500_000)) + "/>",
            "1000 attributes",
            id="namespaces",
        ),
        pytest.param("<d>" + "<a>" * 3_000_000, "more than 65536 elements", id="open elements"),
        pytest.param("<d><a b='" + "x" * 12_000_000 + "'/></d>", "too long|not well-formed", id="a long value"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_crowd_is_refused_at_once(text: str, sentence: str, encoding: str) -> None:
    data = text.encode(encoding)
    started = time.process_time()
    with pytest.raises(DocumentError, match=sentence if len(data) <= document.MAX_BYTES else "larger than"):
        parse(data)
    assert time.process_time() - started < 5


def test_text_that_looks_like_attributes_is_text() -> None:
    script = "export A='1' B=\"2\"\n" * 20_000
    assert parse(f"<domain><description a='1'>{script}</description></domain>")[0].text == script


@pytest.mark.parametrize(
    "text",
    [
        b"<domain><name>a\x00b</name></domain>",
        b"<domain><name>a&#0;b</name></domain>",
        b"<domain><name>a&#x1b;b</name></domain>",
        b"<domain><name>a\x1bb</name></domain>",
        b"<?xml version='1.0' encoding='utf-8'?><domain>\xff\xfe</domain>",
        b"<?xml version='1.0' encoding='no-such'?><domain/>",
        b"<?xml version='1.0' encoding='utf-16'?><domain/>",
        b"\xff\xfe<domain/>",
        b"\xef\xbb\xbf\xef\xbb\xbf<domain/>",
        "<domain>\ud800</domain>",
        "<domain>\uffff</domain>",
        b"<domain xmlns:a=''/>",
        b"<a:domain/>",
        b"<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><d>&b;</d>",
        b"<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><d>&a;</d>",
        b"<!DOCTYPE d [<!ENTITY % a SYSTEM 'http://127.0.0.1:9/a'> %a;]><d/>",
    ],
)
def test_what_is_no_document_is_refused(text: bytes | str) -> None:
    with pytest.raises(DocumentError):
        parse(text)


def test_a_namespace_that_nobody_knows_is_compared_like_any_other() -> None:
    text = "<domain xmlns:x='urn:x/y'><x:a b='1'/><metadata><x:c>{}</x:c></metadata></domain>"
    one, other = parse(text.format(1)), parse(text.format(2))
    assert overlay(one, one, domain.RULES).differences == []
    assert [difference.path for difference in overlay(one, other, domain.RULES).differences] == ["metadata/c"]
    assert "{urn:x_y}a" in overlay(one, parse("<domain/>"), domain.RULES).differences[0].path


SETS = "<domain><vcpu>65536</vcpu><cputune>{}</cputune></domain>"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SETS.format("<vcpusched vcpus='0-65535' scheduler='idle'/>" * 50), id="sets that are spelt out"),
        pytest.param(SETS.format("<vcpusched vcpus='0-8191' scheduler='idle'/>"), id="a set that is spelt out"),
        pytest.param(SETS.format("<vcpupin vcpu='0' cpuset='0-16383'/>" * 2_000), id="sets"),
        pytest.param(SETS.format(f"<vcpupin vcpu='0' cpuset='{'0-9999,' * 50_000}1'/>"), id="a long set"),
        pytest.param(
            "<domain type='qemu'><vcpu>999999999</vcpu><cpu><numa>"
            + "".join(f"<cell id='{number}' cpus='0-65535' memory='1'/>" for number in range(2_000))
            + "</numa></cpu></domain>",
            id="cells",
        ),
        pytest.param(
            "<domain><iothreads>999999999</iothreads><iothreadids><iothread id='1'/></iothreadids></domain>",
            id="threads that are counted",
        ),
        pytest.param("<domain><memory unit='EiB'>" + "9" * 4000 + "</memory></domain>", id="a long number"),
        pytest.param(
            "<domain><sysinfo type='smbios'><system>"
            + "".join(f"<entry name='{number}'>1</entry>" for number in range(20_000))
            + "</system></sysinfo></domain>",
            id="entries",
        ),
        pytest.param(
            "<domain><devices>"
            + "".join(f"<disk><target dev='vd{number}'/></disk>" for number in range(8_000))
            + "</devices></domain>",
            id="disks",
        ),
        pytest.param("<domain>" + "".join(f"<a{number}/>" for number in range(20_000)) + "</domain>", id="tags"),
    ],
)
def test_what_is_small_to_write_is_quick_to_compare(text: str) -> None:
    tree, stored = parse(text), parse("<domain type='qemu'><name>a</name></domain>")
    started = time.process_time()
    overlay(tree, stored, domain.RULES)
    overlay(tree, tree, domain.RULES)
    assert time.process_time() - started < 20


def test_a_document_with_a_declaration_comments_and_instructions_parses() -> None:
    tree = parse("<?xml version='1.0' encoding='latin-1'?>\n<!-- c --><?p i?><domain><!-- c --><name>ü</name></domain>")
    assert [child.tag for child in tree] == ["name"]
    assert value(tree, "name") == "ü"
    assert value(parse(b"\n <domain><name>b</name></domain>"), "name") == "b"


def test_serialise_lays_out_two_spaces_and_keeps_text_that_means_something() -> None:
    tree = parse("<domain><title>  two  </title><a><b/>\n\n<c>x</c></a><d>mixed <b/> text</d></domain>")
    assert serialise(tree) == (
        "<domain>\n  <title>  two  </title>\n  <a>\n    <b/>\n    <c>x</c>\n  </a>\n"
        "  <d>mixed <b/> text</d>\n</domain>\n"
    )
    assert serialise(parse(serialise(tree))) == serialise(tree)
    assert compact(tree) == "<domain><title>  two  </title><a><b/><c>x</c></a><d>mixed <b/> text</d></domain>"


def test_paths_use_the_prefix_of_libvirt_whatever_the_document_says() -> None:
    tree = parse(
        "<domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
        "<q:commandline><q:arg value='-s'/></q:commandline></domain>"
    )
    assert document.attribute(tree, "qemu:commandline/qemu:arg", "value") == "-s"
    assert len(document.find_all(tree, "qemu:commandline/qemu:arg")) == 1
    assert document.value(tree, "qemu:commandline/none") is None


def test_every_secret_is_found_and_masked_and_the_original_is_left_alone() -> None:
    tree = parse(
        "<domain><devices><graphics type='vnc' passwd='one' passwdValidTo='x'/>"
        "<disk><source><cookies><cookie name='a'>two</cookie></cookies></source></disk></devices>"
        "<launchSecurity><session>three</session></launchSecurity><name>one</name></domain>"
    )
    before = compact(tree)
    masked = compact(mask(tree, domain.RULES))
    assert secret_values(tree, domain.RULES) == ["one", "two", "three"]
    assert "two" not in masked
    assert "three" not in masked
    assert "<name>one</name>" in masked
    assert masked.count("********") == 3
    assert compact(tree) == before
    chap = parse("<pool><source><auth type='chap' login='a' passwd='four'/></source></pool>")
    assert secret_values(chap, pool.RULES) == ["four"]
