# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With ``unmanaged: keep`` a list of plain values is the least that has to be there, as lists of entries are."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused
from ansible_collections.converge.libvirt.plugins.module_utils._spec._option import Spec
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain import DOMAIN
from ansible_collections.converge.libvirt.plugins.module_utils._spec.network import NETWORK
from ansible_collections.converge.libvirt.plugins.module_utils._spec.pool import POOL
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import overlay

URI = "https://converge.libvirt/guest/1"
GUEST = f"<g:guest xmlns:g='{URI}'>{{}}</g:guest>"
FS = "http://libvirt.org/schemas/storagepool/fs/1.0"


def after(spec: Spec, stored: str, unmanaged: str = "keep", **given: Any) -> Any:
    """What a task makes of a stored document; the same as the task makes of that again."""
    document = parse(stored)
    for _time in range(2):
        params = {**dict.fromkeys(spec.argument_spec()), "name": "x", "keep": [], "state": "present", **given}
        params["unmanaged"] = unmanaged
        desired = spec.desired(params, spec.identity(params), document)
        laid = overlay(desired.tree, document, spec.rules, desired.scope)
        assert document is not laid.document
        document = laid.document
    assert laid.differences == []
    return document


def guest(inner: str) -> str:
    return f"<domain><name>x</name><os><type>hvm</type></os>{inner}</domain>"


@pytest.mark.parametrize("unmanaged", ["keep", "remove"])
def test_a_boot_order_begins_with_what_is_named(unmanaged: str) -> None:
    stored = "<domain><name>x</name><os><type>hvm</type><boot dev='hd'/><boot dev='cdrom'/></os></domain>"
    found = [one.get("dev") for one in after(DOMAIN, stored, unmanaged, boot=["network", "cdrom"]).iter("boot")]
    assert found == ["network", "cdrom", *(["hd"] if unmanaged == "keep" else [])]


@pytest.mark.parametrize(("unmanaged", "stays"), [("keep", ["theirs"]), ("remove", [])])
def test_of_a_guest(unmanaged: str, stays: list[str]) -> None:
    strings = "<sysinfo type='smbios'><oemStrings><entry>theirs</entry></oemStrings></sysinfo>"
    made = after(DOMAIN, guest(strings), unmanaged, sysinfo=[{"type": "smbios", "oem_strings": ["ours"]}])
    assert sorted(one.text for one in made.iterfind("sysinfo/oemStrings/entry")) == sorted(["ours", *stays])


@pytest.mark.parametrize(("unmanaged", "stays"), [("keep", ["theirs"]), ("remove", [])])
def test_of_what_people_write_on_a_guest(unmanaged: str, stays: list[str]) -> None:
    label = GUEST.format("<g:tag>theirs</g:tag><g:item key='a'>theirs</g:item>")
    stored = guest(f"<metadata>{label}</metadata>")
    tags, notes = f"{{{URI}}}tag", f"{{{URI}}}item"

    made = after(DOMAIN, stored, unmanaged, tags=["ours"])
    assert sorted(one.text for one in made.iter(tags)) == sorted(["ours", *stays])
    assert [one.text for one in made.iter(notes)] == ["theirs"], "which nobody has named"
    made = after(DOMAIN, stored, unmanaged, metadata={"b": "ours"})
    assert sorted(one.text for one in made.iter(notes)) == sorted(["ours", *stays])
    made = after(DOMAIN, stored, unmanaged, metadata={"a": "ours"})
    assert [one.text for one in made.iter(notes)] == ["ours"]
    assert [one.text for one in after(DOMAIN, stored, unmanaged, tags=[]).iter(tags)] == stays


@pytest.mark.parametrize(("unmanaged", "stays"), [("keep", ["theirs"]), ("remove", [])])
def test_of_a_network(unmanaged: str, stays: list[str]) -> None:
    host = "<host ip='10.0.0.1'><hostname>theirs</hostname></host>"
    stored = (
        f"<network><name>x</name><forward mode='bridge'><interface dev='theirs'/></forward><dns>{host}</dns></network>"
    )
    dns = {"hosts": [{"ip": "10.0.0.1", "hostnames": ["ours"]}]}
    made = after(NETWORK, stored, unmanaged, dns=dns)
    assert sorted(one.text for one in made.iter("hostname")) == sorted(["ours", *stays])
    made = after(NETWORK, stored, unmanaged, forward={"interfaces": ["ours"]})
    assert [one.get("dev") for one in made.iterfind("forward/interface")] == ["ours", *stays]


@pytest.mark.parametrize(("unmanaged", "stays"), [("keep", ["theirs"]), ("remove", [])])
def test_of_a_pool(unmanaged: str, stays: list[str]) -> None:
    options = f"<fs:mount_opts xmlns:fs='{FS}'><fs:option name='theirs'/></fs:mount_opts>"
    made = after(POOL, f"<pool type='netfs'><name>x</name>{options}</pool>", unmanaged, mount_options=["ours"])
    assert sorted(one.get("name") for one in made.iter(f"{{{FS}}}option")) == sorted(["ours", *stays])


def test_what_is_one_thing_as_it_stands_is_the_whole() -> None:
    container = "<type>exe</type><init>/i</init><initarg>a</initarg><initarg>b</initarg>"
    stored = f"<domain><name>x</name><os>{container}</os></domain>"
    made = after(DOMAIN, stored, init_args=["c"])
    assert [one.text for one in made.iter("initarg")] == ["c"], compact(made)


@pytest.mark.parametrize("path", ["memory", "devices/graphics@passwd", "devices/graphics/@passwd"])
def test_a_path_of_tags_keeps(path: str) -> None:
    stored = guest("<memory>1024</memory><devices><graphics type='vnc' passwd='theirs'/></devices>")
    wanted = guest("<memory>2048</memory><devices><graphics type='vnc'/></devices>")
    made = after(DOMAIN, stored, "remove", xml=wanted, keep=[path])
    assert made.findtext("memory") == ("1024" if path == "memory" else "2048")
    assert made.find("devices/graphics").get("passwd") == (None if path == "memory" else "theirs")


@pytest.mark.parametrize("path", ["devices/disk[vda]", "devices/disk[vda]/@type", "devices/*"])
def test_a_path_of_one_element_would_keep_nothing_and_is_refused(path: str) -> None:
    params = {**dict.fromkeys(DOMAIN.argument_spec()), "xml": guest(""), "keep": [path], "state": "present"}
    with pytest.raises(Refused, match="is no path of tags"):
        DOMAIN.identity(params)


TEXTS = (
    "<title>t</title><description>d</description>"
    "<os><type>hvm</type><loader readonly='yes'>/l</loader><kernel>/k</kernel></os>"
)


@pytest.mark.parametrize(
    ("given", "gone"),
    [
        ({"title": ""}, "<title>t</title>"),
        ({"description": "", "title": "t"}, "<description>d</description>"),
        ({"kernel": ""}, "<kernel>/k</kernel>"),
        ({"kernel": "", "initrd": ""}, "<kernel>/k</kernel>"),
    ],
)
def test_an_empty_text_takes_an_element_out_and_nothing_else(given: dict[str, Any], gone: str) -> None:
    document = after(DOMAIN, f"<domain><name>x</name>{TEXTS}</domain>", **given)
    wanted = parse(f"<domain><name>x</name>{TEXTS}</domain>".replace(gone, ""))
    assert compact(document) == compact(wanted)


def test_an_empty_text_leaves_the_attributes_beside_it() -> None:
    loader = after(DOMAIN, f"<domain><name>x</name>{TEXTS}</domain>", loader={"path": ""}).find("os/loader")
    assert (loader.text, loader.get("readonly")) == (None, "yes")
