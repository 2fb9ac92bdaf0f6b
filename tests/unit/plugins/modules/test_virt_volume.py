# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.unit.in_process import Runner

POOL = "default-pool"
MIB = 1 << 20


def volumes(host: Any) -> list[str]:
    return [volume.name() for volume in host.storagePoolLookupByName(POOL).listAllVolumes()]


def test_a_volume_from_options(run: Runner, host: Any) -> None:
    done = run.converge("virt_volume", pool=POOL, name="v", capacity="4MiB")
    assert done["changes"] == [{"path": "/", "before": None, "after": "volume 'v'", "how": "stored"}]
    assert done["actions"] == ["create volume 'v' in pool 'default-pool'"]
    facts = done["volume"]
    assert (facts["pool"], facts["path"], facts["capacity"]) == (POOL, "/default-pool/v", 4 * MIB)
    assert (facts["state"], facts["backing"]) == ("present", None)
    assert volumes(host) == ["v"]


def test_a_volume_from_xml(run: Runner, host: Any) -> None:
    run.converge("virt_volume", pool=POOL, xml="<volume><name>v</name><capacity unit='MiB'>2</capacity></volume>")
    assert host.storageVolLookupByPath("/default-pool/v").info()[1] == 2 * MIB


def test_the_unit_does_not_matter(run: Runner) -> None:
    run("virt_volume", pool=POOL, name="v", capacity="1GiB")
    for same in ("1024MiB", "1048576 KiB", str(1 << 30) + "B"):
        assert run("virt_volume", pool=POOL, name="v", capacity=same)["changed"] is False


def test_it_grows_and_never_shrinks(run: Runner) -> None:
    run("virt_volume", pool=POOL, name="v", capacity="4MiB")
    grown = run.check("virt_volume", pool=POOL, name="v", capacity="8MiB")
    assert grown["actions"] == [f"resize volume 'v' from {4 * MIB} to {8 * MIB} bytes"]
    assert [change["path"] for change in grown["changes"]] == ["capacity"]
    said = run.refused("virt_volume", pool=POOL, name="v", capacity="1MiB")
    assert f"has {4 * MIB} bytes and would shrink to {MIB}: that cuts off data" in said


def test_what_cannot_be_changed_is_refused_with_both_values(run: Runner) -> None:
    run("virt_volume", pool=POOL, name="v", capacity="4MiB")
    said = run.refused("virt_volume", pool=POOL, name="v", backing={"path": "/base", "format": "qcow2"})
    assert "libvirt cannot change backingStore from nothing to" in said
    assert "/base" in said


def test_removal(run: Runner, host: Any) -> None:
    run("virt_volume", pool=POOL, name="v", capacity="4MiB")
    done = run.converge("virt_volume", pool=POOL, name="v", state="absent")
    assert done["actions"] == ["delete volume 'v' of pool 'default-pool'"]
    assert volumes(host) == []
    assert run("virt_volume", pool="no-such-pool", name="v", state="absent")["changed"] is False


def test_a_volume_in_use_is_not_removed(run: Runner, host: Any) -> None:
    run("virt_volume", pool=POOL, name="v", capacity="4MiB")
    host.createXML(
        "<domain type='test'><name>web</name><memory>131072</memory><os><type>hvm</type></os><devices>"
        "<disk type='volume'><source pool='default-pool' volume='v'/><target dev='vda'/></disk></devices></domain>"
    )
    said = run.refused("virt_volume", pool=POOL, name="v", state="absent")
    assert said == "cannot delete volume 'v': the running guest 'web' uses /default-pool/v"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"pool": POOL, "name": "v"}, "there is no volume 'v' on test:///default, and no capacity"),
        ({"pool": "lab", "name": "v", "capacity": "1MiB"}, "there is no pool 'lab' on test:///default"),
        ({"pool": POOL, "name": "v", "capacity": "1"}, "capacity: "),
        ({"pool": POOL, "name": "v", "capacity": "0MiB"}, "capacity: "),
        ({"pool": POOL, "name": "v", "format": "raw"}, "capacity is missing"),
        ({"name": "v", "capacity": "1MiB"}, "missing required arguments: pool"),
    ],
)
def test_bad_input_is_one_sentence(run: Runner, options: dict[str, Any], sentence: str) -> None:
    assert sentence in run.refused("virt_volume", **options)


def test_a_check_of_a_pool_that_an_earlier_task_would_make(run: Runner) -> None:
    done = run.check("virt_volume", pool="lab", name="v", capacity="1MiB")
    assert done["changes"] == [{"path": "/", "before": None, "after": "volume 'v'", "how": "stored"}]
    assert len(done["warnings"]) == 1
    assert "there is no pool 'lab'" in done["warnings"][0]


def test_an_inactive_pool_has_no_volumes(run: Runner) -> None:
    run("virt_pool", name=POOL, state="inactive")
    said = run.refused("virt_volume", pool=POOL, name="v", capacity="1MiB")
    assert "is not active, and only an active pool has volumes; virt_pool with state active makes it so" in said
