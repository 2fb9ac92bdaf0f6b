# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is still there keeps its identity: UUID, MAC and PCI addresses, aliases, bridge names."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from converge_bed.documents import guest_xml, network_xml

from ansible_collections.converge.libvirt.tests.integration import documents, guests
from ansible_collections.converge.libvirt.tests.integration.host import NOUNS, Host

MACS = {name: f"52:54:00:00:00:{number:02x}" for number, name in enumerate(("lan", "dmz", "backup"), 1)}
OTHER_UUID = "11111111-2222-3333-4444-555555555555"


def devices(*networks: str, macs: bool, disks: str = "ab") -> str:
    """Disks and one NIC for each network."""
    wanted = [documents.disk(f"{documents.IMAGES}/{letter}.img", f"vd{letter}") for letter in disks]
    wanted += [documents.interface(MACS[network] if macs else "", network) for network in networks]
    return "".join(wanted) + "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"


def identities(document: ElementTree.Element) -> dict[str, tuple[str, str]]:
    """Of every device: what it is, to its MAC address and where it is plugged in."""
    found = {}
    for device in document.findall("devices/*"):
        source, target = device.find("source"), device.find("target")
        words = [device.tag, device.get("type", ""), device.get("index", ""), device.get("model", "")]
        words += [] if source is None else [source.get("network", ""), source.get("file", "")]
        words += [target.get("name", "")] if device.tag == "channel" and target is not None else []
        mac, address = device.find("mac"), device.find("address")
        found[" ".join(words)] = (
            "" if mac is None else mac.get("address", ""),
            "" if address is None else ElementTree.tostring(address, encoding="unicode").strip(),
        )
    return found


@pytest.mark.parametrize("macs", [True, False], ids=["by their MACs", "without MACs"])
@pytest.mark.parametrize("gone", ["lan", "dmz", "backup"])
def test_a_nic_less_leaves_every_other_device_as_it_was(host: Host, gone: str, macs: bool) -> None:
    host.run("virt_domain", xml=documents.domain("g", devices("lan", "dmz", "backup", macs=macs)))
    before = identities(guests.stored(host, "g"))
    kept = [network for network in MACS if network != gone]

    outcome = host.converge("virt_domain", xml=documents.domain("g", devices(*kept, macs=macs)))

    after = identities(guests.stored(host, "g"))
    missing = f"interface network   {gone} "
    assert before.keys() - after.keys() == {missing}
    assert after == {device: told for device, told in before.items() if device != missing}
    assert outcome.paths == [f"devices/interface[{before[missing][0]}]"]
    assert outcome["side_effects"] == []


def test_a_disk_less_leaves_every_other_device_as_it_was(host: Host) -> None:
    host.run("virt_domain", xml=documents.domain("g", devices("lan", macs=False)))
    before = identities(guests.stored(host, "g"))
    outcome = host.converge("virt_domain", xml=documents.domain("g", devices("lan", macs=False, disks="b")))
    after = identities(guests.stored(host, "g"))
    assert outcome.paths == ["devices/disk[vda]"]
    assert after.items() < before.items()
    assert len(after) == len(before) - 1


def test_a_device_more_leaves_every_other_device_as_it_was(host: Host) -> None:
    host.run("virt_domain", xml=documents.domain("g", devices("lan", macs=False, disks="b")))
    before = identities(guests.stored(host, "g"))
    host.converge("virt_domain", xml=documents.domain("g", devices("dmz", "lan", macs=False)))
    assert before.items() < identities(guests.stored(host, "g")).items()


def test_a_running_guest_keeps_the_identity_of_its_devices_when_one_goes(host: Host) -> None:
    for number, name in enumerate(("lan", "dmz")):
        host.run("virt_net", xml=network_xml(name, f"192.168.{77 + number}"), state="active")
    nics = {name: documents.interface(network=name) for name in ("lan", "dmz")}
    host.run("virt_domain", xml=guest_xml("g", devices="".join(nics.values())), state="running")
    before = identities(guests.live(host, "g"))
    host.converge("virt_domain", xml=guest_xml("g", devices=nics["dmz"]))
    host.run("virt_domain", name="g", state="restarted", shutdown={"timeout": 0.1, "force": True})
    after = identities(guests.live(host, "g"))
    assert {name: told for name, told in before.items() if " lan " not in name} == after


def test_a_guest_keeps_its_uuid_and_macs_over_any_number_of_runs(host: Host) -> None:
    xml = documents.domain("g", devices("lan", "dmz", macs=False))
    host.run("virt_domain", xml=xml)
    before = guests.stored(host, "g")
    host.unchanged("virt_domain", xml=xml)
    host.converge("virt_domain", xml=documents.domain("g", devices("lan", "dmz", macs=False), memory="96"))
    after = guests.stored(host, "g")
    assert after.findtext("uuid") == before.findtext("uuid")
    assert identities(after) == identities(before)


def test_a_network_keeps_its_bridge_and_mac(host: Host) -> None:
    host.run("virt_net", xml=documents.network("n"))
    before = host.virsh("net-dumpxml", "--inactive", "n")
    host.converge("virt_net", xml=documents.network("n", end="50"))
    assert host.virsh("net-dumpxml", "--inactive", "n") == before.replace("78.99", "78.50")


def test_a_network_is_what_its_dump_says(host: Host) -> None:
    xml = documents.network("n").replace("<ip ", "<forward mode='nat'/><ip ")
    host.run("virt_net", xml=xml, state="active")
    told = host.virsh("net-dumpxml", "n")
    assert "<port start='1024' end='65535'/>" in told, "which libvirt adds while it is active"
    host.unchanged("virt_net", xml=told, state="active")
    host.unchanged("virt_net", xml=host.virsh("net-dumpxml", "--inactive", "n"), state="active")
    some = told.replace("end='65535'", "end='2047'")
    assert host.converge("virt_net", xml=some, state="active").paths == ["forward/nat"]
    host.converge("virt_net", xml=told, state="active")
    host.unchanged("virt_net", xml=xml, state="active")


def test_a_network_keeps_its_addresses_however_they_are_spelt(host: Host) -> None:
    inner = """\
      <dns><forwarder addr='2001:DB8::0053'/><host ip='2001:DB8:0::2'><hostname>b</hostname></host></dns>
      <ip family='ipv6' address='2001:DB8:0:0::1' prefix='64'>
        <dhcp><range start='2001:DB8::10' end='2001:DB8::0020'/><host name='c' ip='2001:DB8::000C'/></dhcp>
      </ip>
      <route family='ipv6' address='2001:DB8:1::' prefix='64' gateway='2001:DB8:0:0::9'/>"""
    xml = f"<network><name>n</name><bridge name='virbr6'/>{inner}</network>"
    host.converge("virt_net", xml=xml)
    host.unchanged("virt_net", xml=xml.lower())
    changed = host.converge("virt_net", xml=xml.replace("::0053", "::0054"))
    assert changed.paths == ["dns/forwarder[2001:db8::53]", "dns/forwarder[2001:db8::54]"]


of_each_kind = pytest.mark.parametrize(
    ("module", "xml"),
    [
        ("virt_domain", documents.domain("it")),
        ("virt_net", documents.network("it")),
        ("virt_pool", documents.pool("it")),
    ],
)


@of_each_kind
class TestName:
    def test_blanks_around_it_are_no_part_of_it(self, host: Host, module: str, xml: str) -> None:
        made = host.converge(module, xml=xml.replace("<name>it</name>", "<name>\n    it\n  </name>"))
        assert made[NOUNS[module]]["name"] == "it"
        host.unchanged(module, xml=xml)


@of_each_kind
class TestUuid:
    def test_it_is_asserted_and_never_changed(self, host: Host, module: str, xml: str) -> None:
        made = host.run(module, xml=xml)
        (uuid,) = [facts["uuid"] for facts in made.result.values() if isinstance(facts, dict) and "uuid" in facts]
        host.unchanged(module, name="it", uuid=uuid.upper().replace("-", ""))
        host.unchanged(module, uuid=uuid)
        assert "never changed" in host.refuses(module, name="it", uuid=OTHER_UUID)
        named = xml.replace("<name>", f"<uuid>{OTHER_UUID}</uuid><name>")
        assert "never changed" in host.refuses(module, xml=named)

    def test_the_object_is_never_renamed(self, host: Host, module: str, xml: str) -> None:
        named = xml.replace("<name>", f"<uuid>{OTHER_UUID}</uuid><name>")
        host.run(module, xml=named)
        assert "never renamed" in host.refuses(module, xml=named.replace("<name>it<", "<name>other<"))

    def test_the_uuid_option_is_that_of_a_new_object(self, host: Host, module: str, xml: str) -> None:
        host.converge(module, uuid=OTHER_UUID, xml=xml)
        host.unchanged(module, uuid=OTHER_UUID)

    def test_a_uuid_that_is_none_is_refused(self, host: Host, module: str, xml: str) -> None:
        assert "not a UUID" in host.refuses(module, uuid="42", xml=xml)
