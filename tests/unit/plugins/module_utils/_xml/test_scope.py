# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.converge.libvirt.plugins.module_utils._xml.chosen import Chosen
from ansible_collections.converge.libvirt.plugins.module_utils._xml.compare import pending
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, find_all, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import Overlay, Scope, overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import domain, network

NAT = parse(
    "<network><name>n</name><domain name='a.example'/><ip address='10.0.0.1'><dhcp>"
    "<range start='10.0.0.2' end='10.0.0.9'/><host mac='52:54:00:00:00:01' ip='10.0.0.20'/></dhcp></ip>"
    "<ip address='10.1.0.1'/></network>"
)


def paths(result: Overlay) -> list[str]:
    return [difference.path for difference in result.differences]


def partial(xml: str, current: t.Any, *owned: str, **lists: t.Any) -> Overlay:
    rules = domain.RULES if current.tag == "domain" else network.RULES
    return overlay(parse(xml), current, rules, Scope.of(owned, **lists))


def test_only_what_is_owned_is_compared_and_written(golden: t.Any) -> None:
    pc = golden("domain", "pc").dump
    result = partial("<domain><name>else</name><title>t</title><vcpu>3</vcpu></domain>", pc, "title", "vcpu")
    assert sorted(paths(result)) == ["title", "vcpu", "vcpu/@cpuset"]
    assert result.document.findtext("name") == "old"
    assert len(find_all(result.document, "devices/*")) == len(find_all(pc, "devices/*"))


def test_an_owned_attribute_leaves_the_element_to_others(golden: t.Any) -> None:
    pc = golden("domain", "pc").dump
    assert paths(partial("<domain><vcpu current='1'/></domain>", pc, "vcpu@current")) == ["vcpu/@current"]
    assert paths(partial("<domain/>", pc, "vcpu@cpuset")) == ["vcpu/@cpuset"]


def test_an_owned_path_that_is_not_given_is_removed(golden: t.Any) -> None:
    q35 = golden("domain", "q35").dump
    assert paths(partial("<domain/>", q35, "title")) == ["title"]
    assert paths(partial("<domain/>", q35, "title", keep=["title"])) == []


def test_an_owned_list_is_the_whole_list(golden: t.Any) -> None:
    q35 = golden("domain", "q35").dump
    disk = "<domain><devices><disk type='file'><target dev='vdb' bus='virtio'/></disk></devices></domain>"
    assert sorted(paths(partial(disk, q35, "devices/disk"))) == [
        "devices/disk[sda]",
        "devices/disk[vda]",
        "devices/disk[vdb]",
    ]
    assert paths(partial(disk, q35, "devices/disk", at_least=["devices/disk"])) == ["devices/disk[vdb]"]


def test_a_list_within_one_of_several_elements_is_owned_by_the_way_to_it() -> None:
    host = "<network><ip address='10.0.0.1'><dhcp><host mac='52:54:00:00:00:02' ip='10.0.0.21'/></dhcp></ip></network>"
    assert sorted(paths(partial(host, NAT, "ip/dhcp/host"))) == [
        "ip[10.0.0.1]/dhcp/host[52:54:00:00:00:01]",
        "ip[10.0.0.1]/dhcp/host[52:54:00:00:00:02]",
    ]
    result = partial(host, NAT, "ip/dhcp/host", at_least=["ip/dhcp/host"])
    assert paths(result) == ["ip[10.0.0.1]/dhcp/host[52:54:00:00:00:02]"]
    assert len(find_all(result.document, "ip/dhcp/range")) == 1
    assert paths(partial("<network/>", NAT, "ip/dhcp/host")) == ["ip[10.0.0.1]/dhcp/host[52:54:00:00:00:01]"]


def test_a_whole_document_can_leave_parts_to_someone_else() -> None:
    desired = (
        "<network><name>n</name><ip address='10.0.0.1'><dhcp><range start='10.0.0.2' end='10.0.0.9'/></dhcp></ip>"
        "</network>"
    )
    assert sorted(paths(overlay(parse(desired), NAT, network.RULES))) == [
        "domain",
        "ip[10.0.0.1]/dhcp/host[52:54:00:00:00:01]",
        "ip[10.1.0.1]",
    ]
    scope = Scope(at_least=frozenset({"ip"}), keep=frozenset({"ip/dhcp/host", "domain"}))
    result = overlay(parse(desired), NAT, network.RULES, scope)
    assert paths(result) == []
    assert compact(result.document) == compact(NAT)


def test_a_scope_knows_what_it_owns() -> None:
    scope = Scope.of(["devices/disk", "memory"], keep=["devices/disk/iotune"])
    assert scope.owns("devices/disk/source@file")
    assert scope.owns("memory")
    assert not scope.owns("memoryBacking")
    assert not scope.owns("devices/disk/iotune/read")
    assert Scope().owns("anything")


def test_a_task_may_be_about_some_elements_of_a_list_only() -> None:
    hosts = "".join(f"<host ip='10.0.0.{n}'><hostname>{n}</hostname></host>" for n in (1, 2, 3))
    current = parse(f"<network><name>a</name><dns>{hosts}</dns></network>")

    def only(_tags: str, element: t.Any) -> bool:
        return bool(element.get("ip") == "10.0.0.2")

    scope = Chosen(frozenset({"dns/host"}), frozenset({"dns/host"}), only=only)
    gone = overlay(parse("<network/>"), current, network.RULES, scope)
    assert paths(gone) == ["dns/host[10.0.0.2]"]
    named = "<network><dns><host ip='10.0.0.2'><hostname>two</hostname></host></dns></network>"
    changed = overlay(parse(named), current, network.RULES, scope)
    assert paths(changed) == ["dns/host[10.0.0.2]/hostname[2]", "dns/host[10.0.0.2]/hostname[two]"]

    live = parse(f"<network><name>a</name><dns>{hosts.replace('<hostname>', '<hostname>x')}</dns></network>")
    waiting = pending(current, live, network.RULES)
    assert {each.path[:18] for each in waiting} == {f"dns/host[10.0.0.{n}]" for n in (1, 2, 3)}
    assert {each.path[:18] for each in waiting if scope.manages(each)} == {"dns/host[10.0.0.2]"}
    nothing_live = pending(parse("<network><name>a</name></network>"), current, network.RULES)
    assert [each.path for each in nothing_live if scope.manages(each)] == ["dns/host[10.0.0.2]"]


def test_a_text_that_comes_changes_or_goes_is_managed_by_who_owns_it() -> None:
    bare = "<domain><name>a</name><vcpu placement='static'>2</vcpu>{}</domain>"
    none, one, other = (parse(bare.format(text)) for text in ("", "<title>a</title>", "<title>b</title>"))
    more = parse("<domain><name>a</name><vcpu placement='auto'>3</vcpu></domain>")
    scope = Scope.of(["title@.", "vcpu@."])
    for stored, live in ((one, none), (other, one), (none, one)):
        assert [scope.manages(each) for each in pending(stored, live, domain.RULES)] == [True]
    assert {each.tags: scope.manages(each) for each in pending(more, none, domain.RULES)} == {
        "vcpu": True,
        "vcpu@placement": False,
    }


def test_one_more_of_what_is_there_once_is_nobodys() -> None:
    disk = "<disk type='file' device='disk'><target dev='{}' bus='virtio'/></disk>"
    stored = parse(f"<domain><devices>{disk.format('vda')}<video/></devices></domain>")
    desired = parse(f"<domain><devices>{disk.format('vdb')}</devices><devices><video/></devices></domain>")
    result = overlay(desired, stored, domain.RULES, Scope.of({"devices/disk"}))
    assert [difference.path for difference in result.differences] == ["devices/disk[vda]", "devices/disk[vdb]"]
