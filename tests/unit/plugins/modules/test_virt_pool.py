# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.unit.in_process import Runner

VOLUME = "<volume><name>v</name><capacity>1048576</capacity></volume>"


def pool(path: str = "/lab", name: str = "lab") -> str:
    return f"<pool type='dir'><name>{name}</name><target><path>{path}</path></target></pool>"


def test_definition_state_and_autostart_in_one_task(run: Runner, host: Any) -> None:
    done = run.converge("virt_pool", xml=pool(), state="active", autostart=True)
    assert done["changes"] == [{"path": "/", "before": None, "after": "pool 'lab'", "how": "stored"}]
    assert done["actions"] == [
        "define pool 'lab'",
        "build pool 'lab'",
        "set autostart of pool 'lab'",
        "start pool 'lab'",
    ]
    facts = done["pool"]
    assert (facts["state"], facts["type"], facts["path"], facts["autostart"]) == ("active", "dir", "/lab", True)
    assert facts["capacity"] == facts["available"] + facts["allocation"] > 0
    assert host.storagePoolLookupByName("lab").isActive()


def test_build_never_leaves_building_out(run: Runner) -> None:
    assert run.converge("virt_pool", xml=pool(), build="never")["actions"] == ["define pool 'lab'"]


def test_a_change_is_told_by_path(run: Runner) -> None:
    run("virt_pool", xml=pool())
    done = run.converge("virt_pool", xml=pool("/elsewhere"))
    assert done["changes"] == [{"path": "target/path", "before": "/lab", "after": "/elsewhere", "how": "stored"}]


def test_what_libvirt_accepts_and_ignores_is_a_warning_and_no_change(run: Runner) -> None:
    """The driver for tests takes the new definition of an active pool and never shows it."""
    run("virt_pool", xml=pool(), state="active")
    done = run("virt_pool", xml=pool("/elsewhere"))
    assert (done["changed"], done["changes"]) == (False, [])
    assert done["warnings"] == ["libvirt accepted target/path of pool 'lab' and ignored it"]


def test_an_inactive_pool_has_no_sizes(run: Runner) -> None:
    done = run.converge("virt_pool", name="default-pool", state="inactive")
    assert done["changes"] == [{"path": "state", "before": "active", "after": "inactive", "how": "live"}]
    assert (done["pool"]["capacity"], done["pool"]["allocation"], done["pool"]["available"]) == (None, None, None)


def test_refresh_is_told_and_is_no_change(run: Runner) -> None:
    done = run("virt_pool", name="default-pool", refresh=True)
    assert (done["changed"], done["actions"]) == (False, ["refresh pool 'default-pool'"])
    assert "refresh needs state active" in run.refused("virt_pool", xml=pool(), refresh=True)


def test_removal_keeps_the_contents_unless_asked(run: Runner, host: Any) -> None:
    host.storagePoolLookupByName("default-pool").createXML(VOLUME)
    kept = run.check("virt_pool", name="default-pool", state="absent")
    assert kept["actions"] == ["stop pool 'default-pool'", "undefine pool 'default-pool'"]
    done = run.converge("virt_pool", name="default-pool", state="absent", delete_contents=True)
    assert done["actions"] == [
        "delete volume 'v' of pool 'default-pool'",
        "stop pool 'default-pool'",
        "delete the storage of pool 'default-pool'",
        "undefine pool 'default-pool'",
    ]
    assert host.listAllStoragePools() == []


def test_contents_in_use_are_not_deleted(run: Runner, host: Any) -> None:
    path = host.storagePoolLookupByName("default-pool").createXML(VOLUME).path()
    host.createXML(
        "<domain type='test'><name>web</name><memory>131072</memory><os><type>hvm</type></os><devices>"
        f"<disk type='file'><source file='{path}'/><target dev='vda'/></disk></devices></domain>"
    )
    options: dict[str, Any] = {"name": "default-pool", "state": "absent", "delete_contents": True}
    said = run.refused("virt_pool", **options)
    assert said == f"cannot delete the contents of pool 'default-pool': the running guest 'web' uses {path}"
    # In a check an earlier task may be the one that removes that guest.
    foretold = run.check("virt_pool", **options)
    assert (foretold["changed"], [said in warning for warning in foretold["warnings"]]) == (True, [True])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "lab"}, "there is no pool 'lab' on test:///default, and no options or xml to define it"),
        ({"name": "lab", "state": "started"}, "value of state must be one of: present, active, inactive, absent"),
        ({"xml": pool().replace("dir", "sideways")}, "cannot define pool 'lab'"),
        ({"xml": "<pool type='dir'/>", "uuid": "x"}, "uuid 'x' is not a UUID"),
    ],
)
def test_bad_input_is_one_sentence(run: Runner, options: dict[str, Any], sentence: str) -> None:
    assert sentence in run.refused("virt_pool", **options)


def test_contents_of_an_inactive_pool_cannot_be_seen(run: Runner) -> None:
    run("virt_pool", name="default-pool", state="inactive")
    said = run.refused("virt_pool", name="default-pool", state="absent", delete_contents=True)
    assert "delete_contents needs it active" in said
