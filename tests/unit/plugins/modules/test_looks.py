# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""virt_host_info and virt_stats_info on libvirt's own driver for tests."""

from __future__ import annotations

from ansible_collections.converge.libvirt.tests.unit.in_process import Runner


def test_a_host_tells_of_itself_and_null_is_what_its_driver_lacks(run: Runner) -> None:
    told = run("virt_host_info", facts=["memory", "cells", "cpu", "drivers", "capabilities", "domain_capabilities"])
    host = told["host"]
    assert (told["changed"], host["driver"], host["encrypted"]) == (False, "test", False)
    assert host["node"]["memory"] == 3 << 30
    assert host["memory"] == {"free": 3 << 20}
    assert [cell["id"] for cell in host["cells"]] == [0, 1]
    assert host["drivers"] == {
        "network": 1,
        "storage": 1,
        "interface": 1,
        "nodedev": 4,
        "secret": None,
        "nwfilter": None,
    }
    assert host["domain_capabilities"] is None
    assert host["capabilities"]["guests"][0]["os_type"] == "hvm"
    assert host["versions"]["libvirt"].count(".") == 2


def test_only_what_is_asked_for_is_told(run: Runner) -> None:
    assert {"memory", "cells", "drivers"} <= run("virt_host_info")["host"].keys()
    assert not {"memory", "cells", "cpu", "drivers", "capabilities"} & run("virt_host_info", facts=[])["host"].keys()


def test_statistics_of_guests_by_name(run: Runner) -> None:
    (guest,) = run("virt_stats_info")["domains"]
    assert (guest["name"], guest["state"]) == ("test", "running")
    assert run("virt_stats_info", names=["no*"])["domains"] == []
