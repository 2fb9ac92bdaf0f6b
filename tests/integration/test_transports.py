# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A libvirt that is somewhere else, over TLS, over TCP with SASL and over ssh, each with its real server and client."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from converge_bed import host as bed_host
from converge_bed.listening import PASSWORD, USER
from converge_bed.running import RunningBed

# Fixtures are found by their names.
from ansible_collections.converge.libvirt.tests.bed.fixtures import (  # noqa: F401  pylint: disable=unused-import
    listening_bed,
)
from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host, ansible, one_sentence, play

#: As long as a refusal may take that needs no time-out, in seconds; on a quiet machine it takes half of one.
PROMPT = 15
WRONG = "Wr0ng-Thermometer"
LOGIN = {"username": USER, "password": PASSWORD}
#: A port on which connections are taken and nothing is ever said.
SILENT = """\
import socket, time
with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    time.sleep(3600)
"""


@pytest.fixture
def far(listening_bed: RunningBed) -> Iterator[Host]:  # noqa: F811 - that fixture
    """An empty host, and modules that run in its network without seeing its files."""

    def sweep() -> None:
        with listening_bed.connection() as connection:
            bed_host.sweep(connection, listening_bed.path / "images")

    def snapshot() -> dict[str, str]:
        with listening_bed.connection() as connection:
            return bed_host.snapshot(connection)

    sweep()
    host = Host(listening_bed, snapshot)
    host.launcher = listening_bed.remote.enter
    yield host
    sweep()


def ways(bed: RunningBed) -> dict[str, dict[str, Any]]:
    """The options of a connection, by transport."""
    remote = bed.remote
    return {"tls": {"uri": remote.tls()}, "tcp": {"uri": remote.tcp, **LOGIN}, "ssh": {"uri": remote.ssh()}}


def inventory(far: Host, folder: Path, **options: Any) -> tuple[dict[str, Any], str]:
    """The variables of the hosts of an inventory, and all that was said."""
    source = folder / "hosts.libvirt.yml"
    source.write_text(yaml.safe_dump({"plugin": "converge.libvirt.libvirt", **options}))
    answer = folder / "answer.json"
    words = ("-i", str(source), "--list", "--output", str(answer), "-vvv")
    done = ansible("ansible-inventory", *words, launcher=far.launcher)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    found = json.loads(answer.read_text())["_meta"].get("hostvars", {})
    return found, " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize("way", ["tls", "tcp", "ssh"])
def test_a_network_and_a_guest_converge(far: Host, way: str) -> None:
    reached = ways(far.bed)[way]
    made = far.converge(
        "virt_net",
        name="lan",
        state="active",
        forward={"mode": "nat"},
        ips=[{"address": "192.168.90.1", "prefix": 24}],
        **reached,
    )
    assert made["changed"]
    assert far.connection.networkLookupByName("lan").isActive()
    assert far.converge("virt_domain", name="g", xml=documents.domain("g"), **reached)["changed"]
    assert far.connection.lookupByName("g").name() == "g"


def test_the_inventory_asks_over_all_of_them_at_once(far: Host, tmp_path: Path) -> None:
    far.connection.defineXML(documents.domain("g"))
    uris = [{"name": way, **reached} for way, reached in ways(far.bed).items()]
    found, said = inventory(far, tmp_path, uris=uris)
    assert sorted(found) == ["g@ssh", "g@tcp", "g@tls"]
    assert "cannot" not in said
    assert PASSWORD not in said + str(found)


def refused(far: Host, **options: Any) -> str:
    """The sentence of a module that is refused, soon."""
    begin = time.monotonic()
    said = one_sentence(far.attempt("virt_net", name="lan", _ansible_verbosity=3, **options))
    assert time.monotonic() - begin < PROMPT
    assert said.startswith(f"cannot connect to {options['uri']}: ")
    return said


def test_a_wrong_sasl_password(far: Host, tmp_path: Path) -> None:
    login = {"uri": far.bed.remote.tcp, "username": USER, "password": WRONG}
    said = refused(far, **login)
    assert "(VIR_ERR_AUTH_FAILED); check username and password" in said
    begin = time.monotonic()
    source = tmp_path / "play.yml"
    source.write_text(yaml.safe_dump([play("unused:///", [{"converge.libvirt.virt_net": {"name": "lan", **login}}])]))
    done = ansible("ansible-playbook", str(source), "-vvv", launcher=far.launcher)
    assert done.returncode == 2
    assert "check username and password" in done.stdout
    _found, warned = inventory(far, tmp_path, uris=[{"name": "far", **login}])
    assert "check username and password" in warned
    assert time.monotonic() - begin < 2 * PROMPT
    # The playbook itself is not shown, at whatever verbosity.
    assert WRONG not in said + done.stdout + done.stderr + warned


@pytest.mark.parametrize("login", [{}, {"username": USER}, {"password": PASSWORD}], ids=["none", "user", "password"])
def test_sasl_without_all_it_takes(far: Host, login: dict[str, str]) -> None:
    assert "VIR_ERR_AUTH_" in refused(far, uri=far.bed.remote.tcp, **login)


@pytest.mark.parametrize(
    ("pki", "name", "says"),
    [
        ("stranger", "localhost", "verify peer's certificate (VIR_ERR_AUTH_FAILED); check cacert.pem"),
        ("client", "127.0.0.1", "verify peer's certificate (VIR_ERR_AUTH_FAILED); check cacert.pem"),
        ("guest", "localhost", "(VIR_ERR_SYSTEM_ERROR); libvirtd may refuse this client's certificate"),
        ("nowhere", "localhost", "nowhere/cacert.pem': No such file"),
    ],
    ids=["the server's authority", "the server's name", "the client's authority", "none"],
)
def test_a_certificate_that_is_not_trusted(far: Host, tmp_path: Path, pki: str, name: str, says: str) -> None:
    uri = far.bed.remote.tls(pki).replace("localhost", name)
    assert says in refused(far, uri=uri)
    _found, warned = inventory(far, tmp_path, uris=[{"name": "far", "uri": uri}])
    assert says in warned


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"key": "other_key"}, "; ssh needs a key that the host takes"),
        ({"program": "ssh-fresh"}, "; put the host's key into known_hosts"),
        ({"host": "localhost:2"}, "Connection refused"),
    ],
    ids=["a key that is not taken", "an unknown host", "no sshd"],
)
def test_an_ssh_host_that_refuses(far: Host, tmp_path: Path, options: dict[str, str], says: str) -> None:
    uri = far.bed.remote.ssh(**options)
    said = refused(far, uri=uri)
    _found, warned = inventory(far, tmp_path, uris=[{"name": "far", "uri": uri}])
    for sentence in (said, warned):
        # Now and then libvirt 9.0 notices that ssh has gone before it reads why.
        assert says in sentence or "client socket is closed" in sentence


@pytest.mark.parametrize("way", ["tls", "tcp", "ssh"])
def test_a_server_that_says_nothing(far: Host, way: str) -> None:
    words = [*far.launcher, sys.executable, "-c", SILENT]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        reached = ways(far.bed)[way]
        reached["uri"] = reached["uri"].replace("localhost", f"localhost:{port}")
        begin = time.monotonic()
        said = one_sentence(far.attempt("virt_net", name="lan", timeout=2, **reached))
        assert time.monotonic() - begin < PROMPT
        server.kill()
    assert "no answer within 2 s" in said
