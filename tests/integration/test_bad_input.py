# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cannot be done is refused with one sentence, and nothing is written."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host, one_sentence

VOLUME = "<volume><name>it</name><capacity unit='MiB'>1</capacity></volume>"
DOCUMENTS = {
    "virt_domain": documents.domain("it"),
    "virt_net": documents.network("it"),
    "virt_pool": documents.pool("it"),
    "virt_volume": VOLUME,
}
MODULES = list(DOCUMENTS)
INFO = [f"{module}_info" for module in MODULES]


@pytest.fixture
def volume(host: Host) -> dict[str, Any]:
    """What names the volume `it`; there is an active pool for it."""
    host.make_pool("images", f"{documents.IMAGES}/pool")
    return {"pool": "images", "name": "it"}


@pytest.fixture
def needed(request: pytest.FixtureRequest, module: str) -> dict[str, Any]:
    """What the module needs beside what names the object."""
    return {"pool": request.getfixturevalue("volume")["pool"]} if module == "virt_volume" else {}


@pytest.mark.parametrize(
    ("module", "existing"), [*((module, False) for module in MODULES), ("virt_domain", True), ("virt_volume", True)]
)
class TestXml:
    @pytest.fixture(autouse=True)
    def perhaps_there(self, host: Host, needed: dict[str, Any], module: str, existing: bool) -> None:
        self.host, self.module, self.options = host, module, needed
        self.good = DOCUMENTS[module]
        if existing:
            host.run(module, **self.options, xml=self.good)

    def refused(self, xml: str, **options: Any) -> str:
        return self.host.refuses(self.module, **self.options, xml=xml, **options)

    def test_that_does_not_parse(self) -> None:
        for bad in ("<domain", "no xml at all", self.good.replace("</name>", "</title>")):
            assert "line" in self.refused(bad)
        for nothing in ("", "/srv/xml/a-path.xml"):
            assert "does not begin with <" in self.refused(nothing)

    def test_of_another_kind(self) -> None:
        other = "<secret><name>it</name></secret>"
        assert "<secret>" in self.refused(other)

    def test_that_names_another_object(self) -> None:
        said = self.refused(self.good, name="another")
        assert "'another'" in said
        assert "'it'" in said

    def test_with_a_doctype_or_an_entity(self, tmp_path: Path) -> None:
        (tmp_path / "secret.txt").write_text("hunter2")
        entity = f"<!DOCTYPE x [<!ENTITY it SYSTEM 'file://{tmp_path}/secret.txt'>]>"
        for bad in (f"<!DOCTYPE x>{self.good}", entity + self.good.replace(">it<", ">&it;<")):
            said = self.refused(bad)
            assert "DOCTYPE" in said
            assert "hunter2" not in said
        assert "entity" in self.refused(self.good.replace(">it<", ">&it;<"))

    def test_with_an_empty_name(self) -> None:
        assert "name" in self.refused(self.good, name=" ")


#: What libvirt refuses, per kind: what is replaced in a good document.
REFUSED = {
    "virt_domain": ("hvm</type>", "nonsense</type>"),
    "virt_net": ("address='192.168.78.1'", "address='192.168.78.1000'"),
    "virt_pool": ("type='dir'", "type='nonsense'"),
}


@pytest.mark.parametrize("module", REFUSED)
def test_xml_that_libvirt_refuses(host: Host, module: str) -> None:
    good, (old, new) = DOCUMENTS[module], REFUSED[module]
    for _time in ("a new object", "an existing object"):
        before = host.known()
        outcome = host.fails(module, xml=good.replace(old, new), autostart=True)
        assert "libvirt said: " in outcome["msg"]
        assert "'it'" in outcome["msg"]
        assert host.bed.uri in outcome["msg"]
        assert outcome["changed"] is False
        assert host.known() == before
        host.run(module, xml=good)


@pytest.mark.parametrize("state", ["runing", "active", "shutdown", "destroyed"])
def test_a_state_that_a_guest_does_not_have(host: Host, state: str) -> None:
    said = host.refuses("virt_domain", name="it", state=state)
    assert state in said
    assert "running, paused, stopped" in said


@pytest.mark.parametrize("module", ["virt_net", "virt_pool", "virt_volume"])
def test_a_state_that_the_kind_does_not_have(host: Host, needed: dict[str, Any], module: str) -> None:
    assert "present" in host.refuses(module, **needed, name="it", state="running")


@pytest.mark.parametrize("size", ["4 parsecs", "4Gib2", "-1GiB", "", "GiB", "0"])
def test_a_size_that_is_none(host: Host, volume: dict[str, Any], size: str) -> None:
    host.run("virt_domain", xml=documents.domain("it"))
    assert host.refuses("virt_domain", name="it", memory=size).startswith("memory: ")
    assert host.refuses("virt_volume", **volume, capacity=size).startswith("capacity: ")


@pytest.mark.parametrize("module", ["virt_domain", "virt_volume"])
def test_a_unit_in_xml_that_is_none(host: Host, needed: dict[str, Any], module: str) -> None:
    before = host.known()
    outcome = host.fails(module, **needed, xml=DOCUMENTS[module].replace("unit='MiB'", "unit='parsec'"))
    assert "parsec" in outcome["msg"]
    assert host.known() == before


@pytest.mark.parametrize("vcpus", [0, -1])
def test_a_number_of_cpus_that_is_none(host: Host, vcpus: int) -> None:
    host.run("virt_domain", xml=documents.domain("it"))
    assert "vcpus" in host.refuses("virt_domain", name="it", vcpus=vcpus)


@pytest.mark.parametrize("module", MODULES)
def test_a_task_that_names_nothing(host: Host, needed: dict[str, Any], module: str) -> None:
    assert "name" in host.refuses(module, **needed)


@pytest.mark.parametrize("module", [*MODULES, *INFO])
class TestConnection:
    @pytest.fixture
    def options(self, module: str) -> dict[str, Any]:
        if module.endswith("_info"):
            return {}
        return {"name": "it", **({"pool": "images"} if module == "virt_volume" else {})}

    @pytest.fixture
    def silent(self, tmp_path: Path) -> Iterator[Path]:
        """A socket that takes connections and never answers."""
        path = tmp_path / "silent"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(5)
            yield path

    def test_to_a_libvirt_that_never_answers(
        self, host: Host, silent: Path, module: str, options: dict[str, Any]
    ) -> None:
        uri = f"qemu+unix:///system?socket={silent}"
        begin = time.monotonic()
        outcome = host.attempt(module, **options, uri=uri, timeout=0.5)
        assert 0.5 < time.monotonic() - begin < 4
        assert "no answer within 0.5 s" in one_sentence(outcome)
        assert outcome["uri"] == uri

    @pytest.mark.parametrize(
        ("uri", "helps"),
        [
            ("qemu+unix:///system?socket=/nowhere/sock", "/nowhere/sock"),
            ("qemu+tcp://127.0.0.1:1/system", "refused"),
        ],
    )
    def test_to_what_is_no_libvirt(
        self, host: Host, module: str, options: dict[str, Any], uri: str, helps: str
    ) -> None:
        outcome = host.attempt(module, **options, uri=uri)
        assert helps in one_sentence(outcome).lower()

    def test_to_a_driver_that_does_not_exist(self, host: Host, module: str, options: dict[str, Any]) -> None:
        outcome = host.attempt(module, **options, uri=host.bed.uri.replace("qemu+", "nonsense+"))
        assert "check the driver name" in one_sentence(outcome)

    @pytest.mark.parametrize(("library", "package"), [("libvirt", "python3-libvirt"), ("lxml", "python3-lxml")])
    def test_without_a_library(
        self, host: Host, module: str, options: dict[str, Any], library: str, package: str
    ) -> None:
        outcome = host.attempt(module, env={"CONVERGE_BLOCKED_IMPORTS": library}, **options)
        said = one_sentence(outcome)
        assert package in said
        assert sys.executable in said


def test_uri_from_the_environment(host: Host) -> None:
    outcome = host.attempt("virt_net_info", env={"LIBVIRT_DEFAULT_URI": host.bed.uri}, uri=None)
    assert outcome["uri"] == host.bed.uri


@pytest.mark.parametrize("module", MODULES)
def test_an_option_that_does_not_exist(host: Host, needed: dict[str, Any], module: str) -> None:
    assert "nmae" in host.refuses(module, **needed, xml=DOCUMENTS[module], nmae="it")


def test_a_volume_in_a_pool_that_is_not_there(host: Host) -> None:
    outcome = host.fails("virt_volume", pool="nowhere", name="it", capacity="1MiB")
    assert "'nowhere'" in outcome["msg"]


def test_a_volume_without_capacity(host: Host, volume: dict[str, Any]) -> None:
    assert "capacity" in host.refuses("virt_volume", **volume, format="qcow2")
    assert "capacity" in host.fails("virt_volume", **volume)["msg"]


def test_a_volume_is_not_changed_into_another(host: Host, volume: dict[str, Any]) -> None:
    host.run("virt_volume", **volume, capacity="2MiB", format="qcow2")
    assert "shrink" in host.refuses("virt_volume", **volume, capacity="1MiB")
    assert "format" in host.refuses("virt_volume", **volume, format="raw")
    backing = {"path": "/nowhere", "format": "raw"}
    assert "backing" in host.refuses("virt_volume", **volume, backing=backing)
