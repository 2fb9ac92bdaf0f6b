# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A driver that knows less than QEMU's: libvirt's own test driver, which lives inside the process of the module."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration.host import one_sentence, run_module

pytestmark = pytest.mark.usefixtures("bed_ready")  # for libvirt-python; the driver needs no host

DRIVER = "test:///default"


def run(module: str, **options: Any) -> dict[str, Any]:
    """The result of a run that succeeds."""
    outcome = run_module(module, {"uri": DRIVER, **options})
    assert outcome.rc == 0, outcome.everything
    return outcome.result


@pytest.mark.parametrize(
    ("module", "plural", "name"),
    [
        ("virt_domain_info", "domains", "test"),
        ("virt_net_info", "networks", "default"),
        ("virt_pool_info", "pools", "default-pool"),
        ("virt_interface_info", "interfaces", "eth1"),
    ],
)
def test_its_objects_are_listed(module: str, plural: str, name: str) -> None:
    (found,) = run(module)[plural]
    assert found["name"] == name
    assert found["pending"] == []


def test_it_has_no_volumes() -> None:
    assert run("virt_volume_info")["volumes"] == []


@pytest.mark.parametrize(
    ("module", "name", "options"),
    [
        ("virt_domain", "test", {"state": "running"}),
        ("virt_net", "default", {"state": "active"}),
        ("virt_pool", "default-pool", {"state": "active"}),
        ("virt_interface", "eth1", {"state": "active"}),
        ("virt_nodedev", "scsi_host1", {"state": "active"}),
    ],
)
def test_what_is_as_it_should_be_is_unchanged(module: str, name: str, options: dict[str, Any]) -> None:
    result = run(module, name=name, **options)
    assert result["changed"] is False
    assert result["pending"] == []


@pytest.mark.parametrize(
    ("module", "name", "state"),
    [
        ("virt_domain", "test", "paused"),
        ("virt_domain", "test", "stopped"),
        ("virt_net", "default", "inactive"),
        ("virt_pool", "default-pool", "inactive"),
        ("virt_interface", "eth1", "inactive"),
    ],
)
def test_a_state_is_reached(module: str, name: str, state: str) -> None:
    result = run(module, name=name, state=state)
    assert [change["after"] for change in result["changes"]] == [state]


def test_a_change_is_stored() -> None:
    result = run("virt_domain", name="test", memory="1GiB", title="Test")
    assert result["changed"] is True
    assert result["domain"]["memory"] == 2**30


def test_what_it_can_do_to_a_running_guest_is_done_and_the_rest_waits() -> None:
    (found,) = run("virt_domain_info")["domains"]
    rng = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
    xml = found["xml"].replace("<devices>", f"<title>Test</title><devices>{rng}", 1)
    result = run("virt_domain", xml=xml)
    how = {change["path"].partition("[")[0]: change["how"] for change in result["changes"]}
    assert how == {"title": "live", "devices/rng": "restart"}
    assert [waits["path"].partition("[")[0] for waits in result["pending"]] == ["devices/rng"]


def test_it_has_devices() -> None:
    found = run("virt_nodedev_info", capability="fc_host")["devices"]
    assert [one["name"] for one in found] == ["scsi_host1", "scsi_host11", "scsi_host2"]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("virt_secret", {"usage": {"type": "ceph", "id": "it"}}),
        ("virt_secret_info", {}),
        ("virt_nwfilter", {"name": "it", "state": "absent"}),
        ("virt_nwfilter_info", {}),
    ],
)
def test_what_it_does_not_know_is_one_sentence(module: str, options: dict[str, Any]) -> None:
    said = one_sentence(run_module(module, {"uri": DRIVER, **options}))
    assert "VIR_ERR_NO_SUPPORT" in said
