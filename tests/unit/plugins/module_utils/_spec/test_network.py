# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of what a task does not name, shown on a network."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._spec.network import NETWORK
from ansible_collections.converge.libvirt.plugins.module_utils._xml.compare import compare
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse

RANGE = "<range start='10.0.0.9' end='10.0.0.19'/>"
HOSTS = "<host mac='52:54:00:00:00:0a' name='a' ip='10.0.0.2'/><host mac='52:54:00:00:00:0b' name='b' ip='10.0.0.3'/>"
OTHER_IP = "<ip address='10.1.0.1' prefix='24'/>"
STORED = (
    f"<name>n</name><ip address='10.0.0.1' prefix='24'><dhcp>{RANGE}{HOSTS}</dhcp></ip>{OTHER_IP}<dns enable='no'/>"
)

RENAMED = HOSTS.replace("name='a'", "name='c'")
ONE = RENAMED.partition("/>")[0] + "/>"
GIVEN = [{"address": "10.0.0.1", "dhcp": {"hosts": [{"mac": "52:54:00:00:00:0a", "name": "c", "ip": "10.0.0.2"}]}}]


def merged(stored: str = STORED, **given: Any) -> Any:
    """The document that a task makes of the stored one."""
    defaults = {"name": "n", "unmanaged": "remove", "keep": [], "state": "present"}
    params = {**dict.fromkeys(NETWORK.argument_spec()), **defaults, **given}
    current = parse(f"<network>{stored}</network>")
    desired = NETWORK.desired(params, NETWORK.identity(params), current)
    return desired.scope.fill(desired.tree, current, NETWORK.rules)


def is_like(document: Any, inner: str) -> bool:
    return compare(document, parse(f"<network>{inner}</network>"), NETWORK.rules) == []


def test_a_list_is_the_whole_list_and_an_entry_goes_on() -> None:
    assert is_like(
        merged(ips=GIVEN),
        f"<name>n</name><ip address='10.0.0.1' prefix='24'><dhcp>{RANGE}{ONE}</dhcp></ip><dns enable='no'/>",
    )


def test_a_list_is_what_has_to_be_there_at_least_and_so_is_a_list_in_it() -> None:
    assert is_like(merged(ips=GIVEN, unmanaged="keep"), STORED.replace(HOSTS, RENAMED))


def test_what_is_left_to_someone_else_stays() -> None:
    assert is_like(merged(ips=GIVEN, keep=["ip/dhcp/host"]), STORED.replace(OTHER_IP, ""))


@pytest.mark.parametrize("unmanaged", ["remove", "keep"])
def test_entries_are_laid_over_those_of_xml(unmanaged: str) -> None:
    xml = f"<network><name>n</name><ip address='10.0.0.1' prefix='24'><dhcp>{HOSTS}</dhcp></ip></network>"
    both = f"<name>n</name><ip address='10.0.0.1' prefix='24'><dhcp>{RENAMED}</dhcp></ip>"
    stays = STORED.replace(HOSTS, RENAMED)
    assert is_like(merged(xml=xml, ips=GIVEN, unmanaged=unmanaged), both if unmanaged == "remove" else stays)


def test_an_option_that_is_left_out_is_not_managed() -> None:
    assert is_like(merged(mtu=1400), f"{STORED}<mtu size='1400'/>")
