# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a large file where libvirt or the guest has no channel for it."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._domain import agent as agents
from ansible_collections.converge.libvirt.plugins.module_utils._domain import channel
from ansible_collections.converge.libvirt.plugins.module_utils._domain.agent import Agent, MissingError
from ansible_collections.converge.libvirt.plugins.module_utils._session import Endpoint, Session
from ansible_collections.converge.libvirt.tests.unit.fake_agent import FakeAgent

SIZE = channel.LEAST + 5


class Domain:
    """A guest. plugs: whether libvirt plugs a channel in. calls: what libvirt was asked."""

    def __init__(self, libvirt: Any, plugs: bool) -> None:
        self.fake = FakeAgent(libvirt)
        self.plugs = plugs
        self.calls: list[str] = []

    def attachDeviceFlags(self, xml: str, _flags: int) -> None:  # noqa: N802
        assert "<alias name='ua-converge-" in xml
        self.calls.append("plug")
        if not self.plugs:
            raise self.fake.error("VIR_ERR_OPERATION_UNSUPPORTED", "there is no virtio-serial controller")

    def openChannel(self, *_arguments: Any) -> None:  # noqa: N802
        self.calls.append("open")

    def detachDeviceAlias(self, _alias: str, _flags: int) -> None:  # noqa: N802
        self.calls.append("unplug")


@pytest.fixture(params=[False, True], ids=["libvirt refuses", "the guest finds nothing"])
def agent(request: pytest.FixtureRequest, libvirt: Any, monkeypatch: pytest.MonkeyPatch) -> Agent:
    domain = Domain(libvirt, request.param)
    monkeypatch.setattr(agents, "libvirt_qemu", domain.fake)
    # This machine is the guest, and has no such port either.
    monkeypatch.setattr(channel, "FIND", "exit 1")
    session = Session(Endpoint("qemu:///system", timeout=5))
    session.connection = SimpleNamespace(newStream=lambda _flags: SimpleNamespace(abort=lambda: None))
    return Agent(session, domain, "web", 5)


def expected(agent: Agent) -> list[str]:
    return ["plug", "open", "unplug"] if agent.domain.plugs else ["plug"]


def test_the_agent_carries_what_no_channel_does(agent: Agent, tmp_path: Path) -> None:
    content = os.urandom(SIZE)
    channel.write(agent, str(tmp_path / "file"), [content], SIZE)
    assert (tmp_path / "file").read_bytes() == content
    assert agent.domain.calls == expected(agent)
    assert b"".join(channel.read(agent, str(tmp_path / "file"))) == content
    assert agent.domain.calls == 2 * expected(agent)


def test_a_small_file_asks_for_no_channel(agent: Agent, tmp_path: Path) -> None:
    channel.write(agent, str(tmp_path / "file"), [b"small"], 5)
    assert b"".join(channel.read(agent, str(tmp_path / "file"))) == b"small"
    assert agent.domain.calls == []


def test_a_file_that_cannot_be_written_asks_for_no_channel(agent: Agent, tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        channel.write(agent, str(tmp_path / "no/folder"), [b"x" * SIZE], SIZE)
    with pytest.raises(MissingError):
        list(channel.read(agent, str(tmp_path / "nothing")))
    assert agent.domain.calls == []
