# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network filters: what a running guest uses is changed at once and not taken away."""

from __future__ import annotations

import pytest
from converge_bed.documents import guest_xml, network_xml

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host


def test_a_shipped_filter_is_like_any_other(host: Host) -> None:
    (told,) = host.run("virt_nwfilter_info", names=["allow-arp"])["filters"]
    assert (told["chain"], told["bindings"]) == ("arp", None)
    host.unchanged("virt_nwfilter", xml=told["xml"])
    host.unchanged("virt_nwfilter", name="allow-arp")


def test_a_change_keeps_the_uuid(host: Host) -> None:
    created = host.converge("virt_nwfilter", xml=documents.nwfilter("it"))
    uuid = created["filter"]["uuid"] or host.connection.nwfilterLookupByName("it").UUIDString()
    changed = host.converge("virt_nwfilter", xml=documents.nwfilter("it", "81"))
    assert changed["filter"]["uuid"] == uuid
    host.unchanged("virt_nwfilter", uuid=uuid)
    said = host.refuses("virt_nwfilter", uuid=uuid, xml=documents.nwfilter("other"))
    assert "a network filter is never renamed" in said


@pytest.fixture
def guarded(host: Host) -> Host:
    """A host with a running guest whose filter refers to another one."""
    host.run("virt_nwfilter", xml=documents.nwfilter("inner"))
    host.run("virt_nwfilter", xml="<filter name='outer'><filterref filter='inner'/></filter>")
    host.run("virt_net", xml=network_xml("lan"), state="active")
    plain = guest_xml("web", "lan")
    filtered = plain.replace("</interface>", "<filterref filter='outer'/></interface>")
    assert plain != filtered
    host.run("virt_domain", xml=filtered, state="running")
    return host


def test_a_filter_in_use(guarded: Host) -> None:
    told = {one["name"]: one for one in guarded.run("virt_nwfilter_info", bindings=True)["filters"]}
    (binding,) = told["outer"]["bindings"]
    assert binding["guest"] == "web"
    assert told["inner"]["bindings"] == []

    for name in ("inner", "outer"):
        said = guarded.forbids("virt_nwfilter", name=name, state="absent")
        assert f"network filter '{name}' is in use by running guests, at {binding['port']}" in said

    guarded.converge("virt_nwfilter", xml=documents.nwfilter("inner", "8080"))
    guarded.run("virt_domain", name="web", state="stopped", shutdown={"timeout": 0, "force": True})
    for name in ("outer", "inner"):
        guarded.converge("virt_nwfilter", name=name, state="absent")
