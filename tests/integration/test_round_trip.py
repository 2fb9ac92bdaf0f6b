# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options make an object, an info module tells it as options again, and a task with these leaves it unchanged."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host

NETWORK: dict[str, Any] = {
    "name": "lan",
    "forward": {"mode": "nat"},
    "bridge": {"name": "conv-lan"},
    "domain": {"name": "lan.example"},
    "ips": [
        {
            "address": "192.168.177.1",
            "prefix": 24,
            "dhcp": {
                "ranges": [{"start": "192.168.177.100", "end": "192.168.177.200"}],
                "hosts": [{"mac": "52:54:00:00:00:01", "name": "web", "ip": "192.168.177.10"}],
            },
        },
        {"family": "ipv6", "address": "fd00:177::1", "prefix": 64},
    ],
    "dns": {"hosts": [{"ip": "192.168.177.10", "hostnames": ["web", "www"]}]},
}
POOL: dict[str, Any] = {"name": "images", "type": "dir", "target": {"path": "/var/lib/libvirt/images/pool"}}
VOLUME: dict[str, Any] = {"name": "web.qcow2", "pool": "images", "capacity": "1MiB", "format": "qcow2"}
GUEST: dict[str, Any] = {
    **documents.GUEST,
    "name": "web",
    "disks": [
        {
            "target": "vda",
            "source": {"pool": "images", "volume": "web.qcow2"},
            "driver": {"type": "qcow2", "discard": "unmap"},
            "iotune": {"total_bytes_sec": "10MiB"},
        }
    ],
    "interfaces": [{"source": {"network": "lan"}, "model": "virtio", "mac": "52:54:00:00:00:01"}],
    "tags": ["web", "production"],
    "metadata": {"owner": "ops"},
}


def told(host: Host, module: str, plural: str, name: str, **more: Any) -> dict[str, Any]:
    """An object as the options of a task."""
    (found,) = host.run(module, names=[name], output="options", **more)[plural]
    return dict(found["options"])


def covers(given: Any, found: Any) -> bool:
    """Whether what was found says all that was given."""
    if isinstance(given, dict):
        return all(name in found and covers(part, found[name]) for name, part in given.items())
    if isinstance(given, list):
        return len(given) == len(found) and all(covers(one, other) for one, other in zip(given, found))
    return bool(given == found)


@pytest.mark.parametrize(
    ("module", "plural", "options", "place"),
    [
        ("virt_net", "networks", NETWORK, {}),
        ("virt_pool", "pools", POOL, {}),
        ("virt_volume", "volumes", VOLUME, {"pool": "images"}),
        ("virt_domain", "domains", GUEST, {}),
    ],
    ids=["network", "pool", "volume", "guest"],
)
def test_what_options_make_is_told_as_options(
    host: Host, module: str, plural: str, options: dict[str, Any], place: dict[str, str]
) -> None:
    if module in {"virt_volume", "virt_domain"}:
        host.run("virt_pool", state="active", **POOL)
    if module == "virt_domain":
        host.run("virt_net", **NETWORK)
        host.run("virt_volume", **VOLUME)
    created = host.converge(module, **options)
    assert [change["path"] for change in created["changes"]] == ["/"]

    found = told(host, f"{module}_info", plural, options["name"], **place)
    for name, part in options.items():
        # libvirt stores the newest machine of an alias.
        assert name in {"pool", "machine"} or covers(part, found.get(name)), found
    host.unchanged(module, **found, **place)
    assert "xml" not in found or module == "virt_volume", found["xml"]


def test_a_key_that_is_left_out_is_not_managed_and_a_list_is_the_whole_list(host: Host) -> None:
    host.run("virt_net", **NETWORK)
    changed = host.converge("virt_net", name="lan", mtu=1400)
    assert [(each["path"], each["after"]) for each in changed["changes"]] == [("mtu", '<mtu size="1400"/>')]

    without = {**NETWORK["ips"][0], "dhcp": {"hosts": []}}
    changed = host.converge("virt_net", name="lan", ips=[without])
    assert [each["path"] for each in changed["changes"]] == [
        "ip[192.168.177.1]/dhcp/host[52:54:00:00:00:01]",
        "ip[fd00:177::1]",
    ]
    found = told(host, "virt_net_info", "networks", "lan")
    assert found["ips"][0]["dhcp"] == {"ranges": NETWORK["ips"][0]["dhcp"]["ranges"]}, "no key of an entry is lost"
    assert found["mtu"] == 1400


def test_what_others_manage_is_left_to_them(host: Host) -> None:
    host.run("virt_net", **NETWORK)
    more: dict[str, Any] = {"ip": "192.168.177.11", "hostnames": ["db"]}
    added = host.converge("virt_net", name="lan", dns={"hosts": [more]}, unmanaged="keep")
    assert [each["path"] for each in added["changes"]] == ["dns/host[192.168.177.11]"]
    assert len(told(host, "virt_net_info", "networks", "lan")["dns"]["hosts"]) == 2
    another = {"hosts": [{**more, "hostnames": ["db2"]}]}
    host.converge("virt_net", name="lan", dns=another, unmanaged="keep")
    names = [one["hostnames"] for one in told(host, "virt_net_info", "networks", "lan")["dns"]["hosts"]]
    assert ["db", "db2"] in map(sorted, names), "a list of names is a list, too"

    xml = "<network><name>lan</name><forward mode='nat'/><bridge name='conv-lan'/></network>"
    host.unchanged("virt_net", xml=xml, unmanaged="keep")
    kept = host.converge("virt_net", xml=xml, keep=["ip", "dns"])
    assert [each["path"] for each in kept["changes"]] == ["domain"]


def test_entries_are_laid_over_xml_and_the_rest_of_it_stays(host: Host) -> None:
    host.run("virt_pool", state="active", **POOL)
    host.run("virt_volume", **VOLUME)
    xml = """<domain type='qemu'><name>web</name><memory unit='MiB'>64</memory><os><type machine='q35'>hvm</type></os>
    <devices><disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
    <disk type='volume'><source pool='images' volume='web.qcow2'/><target dev='vda' bus='virtio'/></disk>
    </devices></domain>"""
    disk: dict[str, Any] = {"target": "vda", "driver": {"type": "qcow2", "cache": "none"}}
    host.converge(
        "virt_domain", xml=xml, disks=[disk, {"target": "vdb", "source": {"file": "/x.img"}, "bus": "virtio"}]
    )
    found = told(host, "virt_domain_info", "domains", "web")
    assert "disks" in found, found
    assert [(one["target"], one.get("driver", {}).get("cache")) for one in found["disks"]] == [
        ("sda", None),
        ("vda", "none"),
        ("vdb", None),
    ]
    assert found["disks"][1]["source"] == {"pool": "images", "volume": "web.qcow2"}


def test_a_new_guest_says_its_memory_and_its_disks(host: Host) -> None:
    said = host.forbids("virt_domain", name="web", memory="64MiB", type="qemu")
    assert said == f"there is no guest 'web' on {host.bed.uri}, and no memory and disks, or xml, to define it"
    host.converge("virt_domain", name="web", memory="64MiB", type="qemu", os_type="hvm", disks=[])


def test_all_disks_go_only_where_that_is_meant(host: Host) -> None:
    host.run("virt_pool", state="active", **POOL)
    host.run("virt_volume", **VOLUME)
    host.run("virt_domain", **{**GUEST, "interfaces": []})
    said = host.refuses("virt_domain", name="web", disks=[])
    assert said == "disks is empty and guest 'web' has some: unplug: true says that all shall go"
    host.converge("virt_domain", name="web", disks=[], unplug=True)


@pytest.mark.parametrize(
    ("module", "options"), [("virt_net", NETWORK), ("virt_domain", GUEST)], ids=["network", "guest"]
)
def test_options_are_rendered_and_parsed_without_libvirt(host: Host, module: str, options: dict[str, Any]) -> None:
    nowhere: dict[str, Any] = {"uri": "qemu+tcp://127.0.0.1:1/system"}
    rendered = host.attempt(module, **options, state="rendered", **nowhere)
    parsed = host.attempt(module, xml=rendered["rendered"], state="parsed", **nowhere)
    assert parsed["parsed"] == options
    assert (rendered["changed"], parsed["changed"]) == (False, False)


def test_secrets_of_options_are_not_shown(host: Host) -> None:
    vnc: dict[str, Any] = {
        "type": "vnc",
        "passwd": "s3cr-p4s",
        "listens": [{"type": "address", "address": "127.0.0.1"}],
    }
    guest: dict[str, Any] = {"name": "web", "type": "qemu", "os_type": "hvm", "memory": "64MiB", "disks": []}
    guest["graphics"] = [vnc]
    created = host.converge("virt_domain", **guest)
    assert "s3cr-p4s" not in created.everything
    assert "s3cr-p4s" in host.connection.lookupByName("web").XMLDesc(1)
    vnc["passwd"] = "0thr-p4s"
    changed = host.converge("virt_domain", **guest)
    assert [each["path"] for each in changed["changes"]] == ["devices/graphics[vnc]/@passwd"]
    assert "p4s" not in changed.everything
    assert "p4s" not in host.attempt("virt_domain", **guest, state="rendered").everything
