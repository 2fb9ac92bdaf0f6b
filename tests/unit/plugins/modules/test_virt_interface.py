# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.unit.in_process import Runner


def bridge(name: str = "br0", prefix: str = "24", port: str = "eth2") -> str:
    return (
        f"<interface type='bridge' name='{name}'><start mode='onboot'/>"
        f"<protocol family='ipv4'><ip address='192.0.2.7' prefix='{prefix}'/></protocol>"
        f"<bridge stp='off'><interface type='ethernet' name='{port}'/></bridge></interface>"
    )


def test_definition_and_state_in_one_task(run: Runner, host: Any) -> None:
    done = run.converge("virt_interface", xml=bridge(), state="active")
    assert done["changes"] == [{"path": "/", "before": None, "after": "interface 'br0'", "how": "stored"}]
    assert done["actions"] == ["define interface 'br0'", "start interface 'br0'"]
    assert host.interfaceLookupByName("br0").isActive() == 1
    facts = done["interface"]
    assert (facts["name"], facts["state"], facts["type"]) == ("br0", "active", "bridge")
    assert facts["addresses"] == ["192.0.2.7/24"]


def test_a_change_is_told_by_path(run: Runner) -> None:
    run("virt_interface", xml=bridge())
    done = run.converge("virt_interface", xml=bridge(prefix="25"))
    path = "protocol[ipv4]/ip[192.0.2.7]/@prefix"
    assert done["changes"] == [{"path": path, "before": "24", "after": "25", "how": "stored"}]
    done = run.converge("virt_interface", xml=bridge(prefix="25", port="eth3"))
    assert sorted(one["path"] for one in done["changes"]) == ["bridge/interface[eth2]", "bridge/interface[eth3]"]


@pytest.mark.parametrize("state", ["active", "inactive", "present"])
def test_state_alone(run: Runner, host: Any, state: str) -> None:
    done = run.converge("virt_interface", name="eth1", state=state)
    assert host.interfaceLookupByName("eth1").isActive() == (state != "inactive")
    stopped = [{"path": "state", "before": "active", "after": "inactive", "how": "live"}]
    assert done["changes"] == (stopped if state == "inactive" else [])


def test_removal_stops_it_first(run: Runner, host: Any) -> None:
    done = run.converge("virt_interface", name="eth1", state="absent")
    assert done["actions"] == ["stop interface 'eth1'", "undefine interface 'eth1'"]
    assert host.listAllInterfaces() == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "br0"}, "there is no interface 'br0' on test:///default, and no xml to define it"),
        ({"name": "br1", "xml": bridge()}, "name says 'br1' but xml says 'br0'"),
        (
            {"xml": "<interface type='bridge'><bridge/></interface>"},
            "name the interface: by name or by the name in xml",
        ),
    ],
)
def test_bad_input_is_one_sentence(run: Runner, options: dict[str, Any], sentence: str) -> None:
    assert sentence in run.refused("virt_interface", **options)
