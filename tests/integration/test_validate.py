# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What libvirt does not know of xml is named before anything is written."""

from __future__ import annotations

from typing import Any

import pytest
from converge_bed.documents import guest_xml

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome

DISK = documents.disk(f"{documents.IMAGES}/a.img")

#: A good document of each kind, what is misspelt in it, and what is said of that.
MISSPELT = {
    "virt_domain": (documents.domain("it", DISK), "<vcpu>1</vcpu>", "<vcpus>1</vcpus>\n<vpu>1</vpu>", "vcpu?"),
    "virt_net": (documents.network("it"), "<dhcp>", "<dchp><range/></dchp><dhcp>", "dhcp?"),
    "virt_pool": (documents.pool("it"), "<permissions>", "<permisions/><permissions>", "permissions?"),
    "virt_secret": (documents.secret(), "<description>", "<descripton>A key</descripton><description>", "description?"),
    "virt_nwfilter": (documents.nwfilter("it", after="<!-- -->"), "<tcp ", "<tcp srcipadr='192.0.2.1' ", "srcipaddr?"),
}


def said(outcome: Outcome) -> str:
    """The warnings of a run about its xml."""
    return "\n".join(str(one) for one in outcome.result.get("warnings", []) if "xml of" in str(one))


@pytest.mark.parametrize("module", MISSPELT)
class TestMisspelt:
    @pytest.fixture(autouse=True)
    def document(self, host: Host, module: str) -> None:
        good, right, wrong, self.fix = MISSPELT[module]
        self.host, self.module, self.good = host, module, good
        self.bad = good.replace(right, wrong)
        assert self.bad != good

    def test_it_is_named_in_each_run_and_in_check_mode(self) -> None:
        assert self.fix in said(self.host.check(self.module, xml=self.bad))
        assert self.fix in said(self.host.run(self.module, xml=self.bad))
        assert self.fix in said(self.host.run(self.module, xml=self.bad))
        assert not said(self.host.run(self.module, xml=self.good))

    def test_strict_refuses_it(self) -> None:
        refused = self.host.refuses(self.module, xml=self.bad, validate="strict")
        assert "is not valid by libvirt's schema: line " in refused
        assert self.fix in refused
        self.host.run(self.module, xml=self.good, validate="strict")
        self.host.refuses(self.module, xml=self.bad, validate="strict")
        self.host.unchanged(self.module, xml=self.good, validate="strict")

    def test_off_says_nothing(self) -> None:
        assert not said(self.host.run(self.module, xml=self.bad, validate="off"))


def test_a_misspelt_memory_is_not_silently_another_amount(host: Host) -> None:
    xml = documents.domain("it").replace("<memory unit='MiB'>64</memory>", "<memmory unit='MiB'>64</memmory>")
    told = host.attempt("virt_domain", xml=xml)
    assert "line 3, memmory: <domain> has no element <memmory> (did you mean memory?)" in str(told.result)


@pytest.mark.parametrize(
    ("devices", "explained"),
    [
        (DISK.replace("type='file' device", "type='fil' device"), "devices/disk[vda]/@type: 'fil' is not allowed"),
        (DISK.replace("<target dev='vda'", "<target bus='virtio' dve='vda'").replace(" bus='virtio'/>", "/>"), "dev?"),
    ],
)
def test_a_definition_that_libvirt_refuses_is_explained(host: Host, devices: str, explained: str) -> None:
    before = host.known()
    refused = host.fails("virt_domain", xml=documents.domain("it", devices))["msg"]
    assert "libvirt said: " in refused
    assert "not valid by libvirt's schema: line " in refused
    assert explained in refused
    assert (
        "not valid by libvirt's schema"
        not in host.fails("virt_domain", xml=documents.domain("it", devices), validate="off")["msg"]
    )
    assert host.known() == before


def test_a_password_is_not_told(host: Host) -> None:
    screen = "<graphics type='vnc' port='-1' passwd='sword'><listne type='none'/></graphics>"
    outcome = host.run("virt_domain", xml=documents.domain("it", screen))
    assert "listen?" in said(outcome)
    outcome = host.attempt("virt_domain", xml=documents.domain("it", screen.replace("passwd", "pasword")))
    assert "passwd?" in said(outcome)
    assert "sword'" not in outcome.everything.replace("pasword", "")


@pytest.mark.parametrize("validate", ["warn", "strict"])
def test_what_the_schema_knows_is_left_in_peace(host: Host, validate: str) -> None:
    options: dict[str, Any] = {"xml": guest_xml("it"), "validate": validate}
    assert not said(host.run("virt_domain", **options))
    host.unchanged("virt_domain", **options)
