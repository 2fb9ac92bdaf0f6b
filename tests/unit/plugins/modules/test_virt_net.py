# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.unit.in_process import Runner


def network(name: str = "lab", bridge: str = "virbr7", prefix: str = "192.168.77") -> str:
    return (
        f"<network><name>{name}</name><forward mode='nat'/><bridge name='{bridge}'/>"
        f"<ip address='{prefix}.1' netmask='255.255.255.0'/></network>"
    )


def test_definition_state_and_autostart_in_one_task(run: Runner, host: Any) -> None:
    done = run.converge("virt_net", xml=network(), state="active", autostart=True)
    assert done["changes"] == [{"path": "/", "before": None, "after": "network 'lab'", "how": "stored"}]
    assert done["actions"] == ["define network 'lab'", "set autostart of network 'lab'", "start network 'lab'"]
    assert host.networkLookupByName("lab").isActive() == host.networkLookupByName("lab").autostart() == 1
    facts = done["network"]
    assert {key: facts[key] for key in ("name", "state", "autostart", "bridge", "forward", "persistent")} == {
        "name": "lab",
        "state": "active",
        "autostart": True,
        "bridge": "virbr7",
        "forward": "nat",
        "persistent": True,
    }


def test_a_change_is_told_by_path_and_keeps_identity(run: Runner, host: Any) -> None:
    run("virt_net", xml=network())
    uuid = host.networkLookupByName("lab").UUIDString()
    done = run.converge("virt_net", xml=network(bridge="virbr8"))
    assert done["changes"] == [{"path": "bridge/@name", "before": "virbr7", "after": "virbr8", "how": "stored"}]
    assert host.networkLookupByName("lab").UUIDString() == uuid == done["network"]["uuid"]
    assert "name='virbr7'" in done["diff"]["before"].replace('"', "'")
    assert "name='virbr8'" in done["diff"]["after"].replace('"', "'")


@pytest.mark.parametrize("state", ["active", "inactive", "present"])
def test_state_alone(run: Runner, host: Any, state: str) -> None:
    done = run.converge("virt_net", name="default", state=state)
    assert host.networkLookupByName("default").isActive() == (state != "inactive")
    stopped = [{"path": "state", "before": "active", "after": "inactive", "how": "live"}]
    assert done["changes"] == (stopped if state == "inactive" else [])


def test_removal_stops_it_first(run: Runner, host: Any) -> None:
    done = run.converge("virt_net", name="default", state="absent")
    assert done["actions"] == ["stop network 'default'", "undefine network 'default'"]
    assert done["changes"] == [{"path": "/", "before": "network 'default'", "after": None, "how": "stored"}]
    assert (done["diff"]["after"], done["network"]) == ("", {"name": "default", "state": "absent"})
    assert host.listAllNetworks() == []


def test_a_network_is_found_by_its_uuid(run: Runner, host: Any) -> None:
    uuid = host.networkLookupByName("default").UUIDString()
    done = run.converge("virt_net", uuid=uuid.replace("-", "").upper(), autostart=True)
    assert done["network"]["name"] == "default"
    assert done["changes"] == [{"path": "autostart", "before": "false", "after": "true", "how": "stored"}]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "lab"}, "there is no network 'lab' on test:///default, and no options or xml to define it"),
        ({"name": "lab", "xml": network("other")}, "name says 'lab' but xml says 'other'"),
        ({"xml": "<network>"}, "xml: line 1: the XML document is not well-formed"),
        ({"xml": "<domain/>"}, "xml: this is a <domain> document, a <network> is needed"),
        ({"xml": "<!DOCTYPE network><network/>"}, "DOCTYPE, which is refused"),
        ({"xml": "<network/>"}, "name the network: by name, by uuid or by a <name> in xml"),
        ({"name": "default", "uuid": "6695eb01-f6a4-8304-79aa-97f2502e193f"}, "a uuid is never changed"),
        ({"name": "default", "uuid": "6695"}, "uuid '6695' is not a UUID"),
        ({"name": "default", "state": "running"}, "value of state must be one of: present, active, inactive, absent"),
        ({"name": "default", "timeout": 0}, "timeout takes seconds, above 0 and below 10 million, not 0"),
        ({"name": "default", "timeout": 1e12}, "timeout takes seconds, above 0 and below 10 million, not 1e+12"),
        ({"name": "default", "wait_timeout": -1}, "wait_timeout takes seconds, above 0 and below 10 million, not -1"),
        ({"name": "default", "uri": "test:///no/such/file.xml"}, "cannot connect to test:///no/such/file.xml"),
        ({"xml": "<network><name>lab</name><forward mode='sideways'/></network>"}, "cannot define network 'lab'"),
    ],
)
def test_bad_input_is_one_sentence(run: Runner, options: dict[str, Any], sentence: str) -> None:
    said = run.refused("virt_net", **options)
    assert sentence in said
    assert "\n" not in said
    assert "Traceback" not in said


def test_a_uuid_of_another_network_is_refused(run: Runner, host: Any) -> None:
    uuid = host.networkLookupByName("default").UUIDString()
    assert "a network is never renamed" in run.refused("virt_net", uuid=uuid, xml=network())


def test_a_check_of_a_network_that_an_earlier_task_would_make(run: Runner) -> None:
    done = run.check("virt_net", name="lab", state="active")
    assert done["changed"] is True
    assert "there is no network 'lab'" in done["warnings"][0]
    assert "an earlier task of this check" in done["warnings"][0]


def test_a_transient_network_is_made_persistent(run: Runner, host: Any) -> None:
    host.networkCreateXML(network())
    assert "transient" in run.refused("virt_net", name="lab", state="inactive")
    done = run.converge("virt_net", name="lab", state="active")
    assert done["changes"] == [{"path": "persistent", "before": "false", "after": "true", "how": "stored"}]
    assert host.networkLookupByName("lab").isPersistent() == 1


def test_what_is_found_by_its_uuid_keeps_its_name_where_xml_has_none(run: Runner, host: Any) -> None:
    run("virt_net", xml=network())
    uuid = host.networkLookupByName("lab").UUIDString()
    nameless = network(bridge="virbr8").replace("<name>lab</name>", "")
    done = run.converge("virt_net", xml=nameless, uuid=uuid)
    assert [change["path"] for change in done["changes"]] == ["bridge/@name"]
    assert host.networkLookupByName("lab").UUIDString() == uuid
