# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.unit.in_process import Runner

UUID = "8ae5a0e4-5d3d-4d4a-b6c4-6f0f4f2f5a10"
WWNS = "20000000c9831b4b:10000000c9831b4b"


def hba(parent: str = "<parent>scsi_host1</parent>", wwpn: str = "10000000c9831b4b", name: str = "") -> str:
    return (
        f"<device>{name}{parent}<capability type='scsi_host'><capability type='fc_host'>"
        f"<wwnn>20000000C9831B4B</wwnn><wwpn>{wwpn}</wwpn></capability></capability></device>"
    )


def mediated(identity: str = f"<uuid>{UUID}</uuid>") -> str:
    return (
        "<device><parent>pci_0000_00_02_0</parent><capability type='mdev'><type id='i915-GVTg_V5_4'/>"
        f"{identity}</capability></device>"
    )


def test_the_life_of_a_virtual_hba(run: Runner, host: Any) -> None:
    done = run.converge("virt_nodedev", xml=hba(), state="active")
    assert done["changes"] == [{"path": "/", "before": None, "after": f"device '{WWNS}'", "how": "stored"}]
    name = done["device"]["name"]
    assert host.nodeDeviceLookupByName(name).parent() == "scsi_host1"
    assert (done["device"]["state"], done["device"]["autostart"]) == ("active", None)

    for same in (hba(name="<name>anything</name>"), hba(name=f"<name>{name}</name>")):
        assert run("virt_nodedev", xml=same)["changed"] is False
    assert run("virt_nodedev", name=name)["changed"] is False
    assert run.refused("virt_nodedev", xml=hba("<parent>scsi_host2</parent>")) == (
        f"device '{name}' exists and cannot be changed: parent from scsi_host1 to scsi_host2; remove it first (state "
        "absent) or leave that as it is"
    )

    done = run.converge("virt_nodedev", name=WWNS, state="absent")
    assert done["actions"] == [f"remove device '{name}'"]
    assert name not in [one.name() for one in host.listAllDevices()]


def test_another_virtual_hba_is_another_device(run: Runner, host: Any) -> None:
    name = run("virt_nodedev", xml=hba())["device"]["name"]
    assert run("virt_nodedev", xml=hba(wwpn="10000000c9831b4c"), state="absent")["changed"] is False
    assert name in [one.name() for one in host.listAllDevices()]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "nothing"}, "there is no device 'nothing' on test:///default, and no xml to define it"),
        ({"xml": mediated("")}, "name the device: by name, by uuid, or in xml by a <uuid> (mediated devices)"),
        ({"xml": mediated(""), "name": "mine"}, "gives the mediated device no <uuid>: each run would make another one"),
        ({"xml": mediated()}, "VIR_ERR_NO_SUPPORT"),
        ({"xml": "<device><name>x</name><capability type='net'/></device>"}, "describes a device that cannot be made"),
        ({"xml": hba(), "autostart": True}, "is no mediated device: libvirt starts only those by itself"),
        ({"xml": hba(), "state": "inactive"}, "a virtual HBA is removed by state absent"),
        ({"name": "scsi_host1", "state": "inactive"}, "device 'scsi_host1' is no mediated device"),
        (
            {"name": "scsi_host1", "state": "absent"},
            "neither a mediated device nor a virtual HBA: it is the host's own",
        ),
        ({"name": "computer", "state": "absent"}, "neither a mediated device nor a virtual HBA: it is the host's own"),
    ],
)
def test_bad_input_is_one_sentence(run: Runner, options: dict[str, Any], sentence: str) -> None:
    assert sentence in run.refused("virt_nodedev", **options)


def test_absent_and_not_there_is_no_change(run: Runner) -> None:
    for options in ({"uuid": UUID}, {"name": WWNS}, {"xml": mediated()}, {"xml": hba()}):
        assert run("virt_nodedev", state="absent", **options)["changed"] is False
