# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often a module asks libvirt: over a slow link, each question is a round trip."""

from __future__ import annotations

import re
from itertools import dropwhile
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host

#: A call (type=0) that libvirt's client sends: its program and procedure.
CALL = re.compile(r"RPC_CLIENT_MSG_TX_QUEUE: .* prog=(\d+) vers=\d+ proc=(\d+) type=0 ")
#: Numbers of libvirt's remote protocol. Opening a connection takes AUTH_LIST, CONNECT_OPEN and a few SUPPORTS_FEATURE
#: before and after that; an ordinary call is asked only when they are through.
REMOTE, KEEPALIVE = 0x20008086, 0x6B656570
CONNECT_OPEN, CONNECT_CLOSE, SUPPORTS_FEATURE, AUTH_LIST = 1, 2, 60, 66
OPENING = (CONNECT_OPEN, SUPPORTS_FEATURE, AUTH_LIST)


def calls(host: Host, log: Path, module: str, **options: Any) -> list[int]:
    """The procedures that a run asks for, after open, without close and keep-alive."""
    env = {"LIBVIRT_LOG_FILTERS": "1:rpc", "LIBVIRT_LOG_OUTPUTS": f"1:file:{log}"}
    outcome = host.run(module, env=env, **options)
    assert outcome["changed"] is False
    sent = [(int(program), int(procedure)) for program, procedure in CALL.findall(log.read_text())]
    assert (REMOTE, CONNECT_OPEN) in sent, "the log of libvirt's client has another form now"
    procedures = [procedure for program, procedure in sent if program != KEEPALIVE]
    assert procedures.pop() == CONNECT_CLOSE
    return list(dropwhile(lambda procedure: procedure in OPENING, procedures))


@pytest.mark.parametrize(
    "options",
    [
        {"xml": documents.domain("g", documents.disk("/tmp/a.img") + documents.interface())},
        {"xml": documents.domain("g", documents.disk("/tmp/a.img") + documents.interface()), "autostart": False},
        {"name": "g", "memory": "64MiB"},
        {"name": "g", "state": "stopped"},
    ],
    ids=["by xml", "with autostart", "by an option", "by its state"],
)
def test_a_no_op_on_a_stopped_guest(host: Host, tmp_path: Path, options: dict[str, Any]) -> None:
    host.run("virt_domain", xml=documents.domain("g", documents.disk("/tmp/a.img") + documents.interface()))
    asked = calls(host, tmp_path / "rpc.log", "virt_domain", **options)
    assert 1 <= len(asked) <= 6, asked


def test_a_no_op_on_a_network_and_a_pool(host: Host, tmp_path: Path) -> None:
    for module, xml in (("virt_net", documents.network("n")), ("virt_pool", documents.pool("n"))):
        host.run(module, xml=xml, state="active")
        asked = calls(host, tmp_path / f"{module}.log", module, xml=xml, state="active")
        assert 1 <= len(asked) <= 6, asked


def test_a_no_op_on_a_secret_and_a_filter(host: Host, tmp_path: Path) -> None:
    secret: dict[str, Any] = {"xml": documents.secret(), "value": "a value"}
    for module, options in (("virt_secret", secret), ("virt_nwfilter", {"xml": documents.nwfilter("n")})):
        host.run(module, **options)
        asked = calls(host, tmp_path / f"{module}.log", module, **options)
        assert 1 <= len(asked) <= 4, asked
