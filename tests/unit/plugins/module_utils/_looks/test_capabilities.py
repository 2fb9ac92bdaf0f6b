# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hypervisor says that it can, as data."""

from __future__ import annotations

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._looks.capabilities import (
    capabilities,
    domain_capabilities,
)
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse

HOST = """<capabilities><host><uuid>374bd9c6</uuid>
  <cpu><arch>x86_64</arch><model>EPYC</model><vendor>AMD</vendor>
    <topology sockets='1' cores='2' threads='1'/><feature name='vme'/><feature name='ht'/></cpu>
  <migration_features><live/><uri_transports><uri_transport>tcp</uri_transport></uri_transports></migration_features>
  <topology><cells num='1'><cell id='0'><memory unit='KiB'>1024</memory>
    <cpus num='2'><cpu id='0' siblings='0'/><cpu id='1'/></cpus></cell></cells></topology>
  <secmodel><model>dac</model><doi>0</doi></secmodel></host>
<guest><os_type>hvm</os_type><arch name='x86_64'><emulator>/usr/bin/qemu</emulator>
  <machine canonical='pc-q35-7.2'>q35</machine><machine>pc-q35-7.2</machine>
  <domain type='qemu'/><domain type='kvm'><machine>kvm-only</machine><machine>q35</machine></domain></arch></guest>
</capabilities>"""


def test_what_a_host_can() -> None:
    assert capabilities(parse(HOST)) == {
        "uuid": "374bd9c6",
        "arch": "x86_64",
        "cpu": {
            "model": "EPYC",
            "vendor": "AMD",
            "topology": {"sockets": 1, "cores": 2, "threads": 1},
            "features": ["vme", "ht"],
        },
        "cells": [{"id": 0, "memory": 1 << 20, "cpus": [0, 1]}],
        "migration": ["tcp"],
        "security": [{"model": "dac", "doi": "0"}],
        "guests": [
            {
                "os_type": "hvm",
                "arch": "x86_64",
                "emulator": "/usr/bin/qemu",
                "types": ["qemu", "kvm"],
                "machines": ["q35", "pc-q35-7.2", "kvm-only"],
            }
        ],
    }


def test_a_driver_that_says_next_to_nothing() -> None:
    bare = capabilities(parse("<capabilities><host/></capabilities>"))
    assert (bare["cpu"], bare["arch"], bare["cells"], bare["guests"]) == (None, None, [], [])
    able = domain_capabilities(parse("<domainCapabilities/>"))
    assert (able["vcpus"], able["loader"], able["devices"], able["firmware"]) == (None, None, {}, [])


def test_what_guests_can_have() -> None:
    found = domain_capabilities(
        parse("""<domainCapabilities><path>/usr/bin/qemu</path><domain>kvm</domain><machine>q35</machine>
          <arch>x86_64</arch><vcpu max='255'/><os supported='yes'><enum name='firmware'><value>efi</value></enum>
            <loader supported='yes'><enum name='type'><value>rom</value><value>pflash</value></enum></loader></os>
          <cpu><mode name='host-model' supported='no'/><mode name='custom' supported='yes'>
            <model usable='yes'>qemu64</model>
            <model usable='no'>Haswell</model>
            <model usable='unknown'>old</model></mode></cpu>
          <devices><disk supported='yes'><enum name='bus'><value>virtio</value></enum></disk>
            <tpm supported='no'/></devices>
          <features><gic supported='no'/><sev supported='yes'/></features></domainCapabilities>""")
    )
    assert (found["emulator"], found["virt_type"], found["vcpus"]) == ("/usr/bin/qemu", "kvm", 255)
    assert (found["firmware"], found["loader"]) == (["efi"], {"supported": True, "type": ["rom", "pflash"]})
    assert found["cpu_modes"]["host-model"] == {"supported": False, "models": [], "usable_models": []}
    assert found["cpu_modes"]["custom"]["usable_models"] == ["qemu64", "old"]
    assert found["devices"] == {"disk": {"supported": True, "bus": ["virtio"]}, "tpm": {"supported": False}}
    assert found["features"]["sev"] == {"supported": True}
