# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What domains, networks and pools have in common, each with libvirt's own driver for tests."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._kind import Defined, Observed
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.domain import Domain
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.network import Network
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.pool import Pool
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Plan, Refused
from ansible_collections.converge.libvirt.plugins.module_utils._session import Session, SessionError
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import Overlay

THERE: dict[type[Defined], str] = {Domain: "test", Network: "default", Pool: "default-pool"}
PARAMS = {"build": "never", "refresh": False, "discard_saved": False, "shutdown": {"force": True}}
NETWORK = "<network><name>lab</name><bridge name='virbr7'/></network>"


@pytest.fixture(params=THERE, ids=lambda kind: kind.noun)
def kind(request: pytest.FixtureRequest, session: Session) -> Defined:
    """Each kind in turn, at the object that the driver has."""
    made: Defined = request.param(session, PARAMS, check=False)
    made.name = THERE[request.param]
    made.handle = made.find(made.name, None)
    return made


def test_it_is_found_by_name_and_by_uuid(kind: Defined) -> None:
    uuid = kind.handle.UUIDString()
    assert kind.find(None, uuid).name() == kind.name
    assert kind.find("nosuch", None) is None
    assert kind.find(None, uuid.replace(uuid[:8], "00000000")) is None
    assert [one.name() for one in kind.everything()] == [kind.name]


def test_an_active_object_has_a_stored_and_a_running_side(kind: Defined) -> None:
    observed = kind.observe()
    assert (observed.exists, observed.active, observed.persistent, observed.autostart) == (True, True, True, False)
    assert observed.stored.findtext("name") == observed.live.findtext("name") == kind.name
    assert kind.waiting(observed) == []
    kind.handle.destroy()
    off = kind.observe()
    assert (off.state, off.active, off.live) == (kind.resting, False, None)


def test_autostart(kind: Defined) -> None:
    for value in (True, False):
        kind.set_autostart(value)
        assert kind.observe().autostart is value


def test_facts_are_of_the_stored_document(kind: Defined) -> None:
    observed = kind.observe()
    facts = kind.facts(observed)
    assert facts["uuid"] == kind.handle.UUIDString()
    assert parse(facts["xml"], kind.rules.root).findtext("name") == kind.name


def test_a_new_object_needs_a_name(kind: Defined) -> None:
    nameless = Overlay(parse(f"<{kind.rules.root}/>"), [], [])
    with pytest.raises(Refused, match=rf"xml has no name and the task gives none: a new {kind.noun} needs one"):
        kind.store(Observed(), nameless, Plan())


class HalfDefining:
    """A connection whose define first stores what it was given, and then fails."""

    def __init__(self, connection: Any, libvirt: Any) -> None:
        self._connection, self._libvirt = connection, libvirt
        self.defined = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def networkDefineXMLFlags(self, xml: str, flags: int) -> Any:  # noqa: N802 - libvirt's name
        self.defined += 1
        network = self._connection.networkDefineXMLFlags(xml, flags)
        if self.defined == 1:
            self._connection.networkLookupByName("nosuch")
        return network


def test_a_define_that_fails_and_yet_changed_something_is_undone(session: Session, host: Any, libvirt: Any) -> None:
    host.networkDefineXML(NETWORK)
    before = host.networkLookupByName("lab").XMLDesc(0)
    session.connection = HalfDefining(host, libvirt)
    network = Network(session, {}, check=False)
    network.name, network.handle = "lab", host.networkLookupByName("lab")
    plan = Plan()
    network.store(network.observe(), Overlay(parse(before.replace("virbr7", "virbr8")), [], []), plan)
    with pytest.raises(SessionError, match="cannot define network 'lab'"):
        plan.steps[0].run()
    assert session.connection.defined == 2
    session.connection = host
    assert host.networkLookupByName("lab").XMLDesc(0) == before
