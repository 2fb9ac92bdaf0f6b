# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules import domain, network, nwfilter

REWRITES = {one.__name__: one for kind in (domain, network, nwfilter) for one in kind.RULES.rewrites}


@pytest.mark.parametrize(
    ("name", "desired", "stored", "after"),
    [
        pytest.param(
            "stored_architecture",
            "<domain><os><type>hvm</type></os></domain>",
            "<domain><os><type arch='x86_64'>hvm</type></os></domain>",
            '<domain><os><type arch="x86_64">hvm</type></os></domain>',
            id="the host's architecture is the default",
        ),
        pytest.param(
            "stored_architecture",
            "<domain><os><type>hvm</type></os></domain>",
            "<domain><os><type arch='i686'>hvm</type></os></domain>",
            "<domain><os><type>hvm</type></os></domain>",
            id="no host has this architecture",
        ),
        pytest.param(
            "primary_video",
            "<domain><devices><video/><video><model primary='yes'/></video></devices></domain>",
            "<domain/>",
            '<domain><devices><video><model primary="yes"/></video><video/></devices></domain>',
            id="the primary video comes first",
        ),
        pytest.param(
            "graphics_listen",
            "<domain><devices><graphics listen='a'/><graphics><listen address='b'/></graphics></devices></domain>",
            "<domain/>",
            '<domain><devices><graphics listen="a"><listen type="address" address="a"/></graphics>'
            '<graphics listen="b"><listen address="b"/></graphics></devices></domain>',
            id="listen stands in two places",
        ),
        pytest.param(
            "first_console",
            "<domain><devices><console type='pty'><target type='serial'/></console></devices></domain>",
            "<domain><devices><serial/></devices></domain>",
            '<domain><devices><serial type="pty"/>'
            '<console type="pty"><target type="serial"/></console></devices></domain>',
            id="a console makes a serial port",
        ),
        pytest.param(
            "first_console",
            "<domain><devices><console type='pty'><target type='virtio'/></console></devices></domain>",
            "<domain><devices><serial/></devices></domain>",
            '<domain><devices><console type="pty"><target type="virtio"/></console></devices></domain>',
            id="another console makes none",
        ),
        pytest.param(
            "memory_of_cells",
            "<domain><memory>1</memory><cpu><numa><cell memory='1' unit='MiB'/><cell memory='1024'/></numa></cpu>"
            "<devices><memory><target><size>512</size></target></memory></devices></domain>",
            "<domain/>",
            '<domain><memory unit="KiB">2560</memory><cpu><numa><cell memory="1" unit="MiB"/><cell memory="1024"/>'
            "</numa></cpu><devices><memory><target><size>512</size></target></memory></devices></domain>",
            id="memory is that of the cells and modules",
        ),
        pytest.param(
            "current_memory",
            "<domain><memory unit='GiB'>1</memory></domain>",
            "<domain/>",
            '<domain><memory unit="GiB">1</memory><currentMemory unit="GiB">1</currentMemory></domain>',
            id="the balloon is the memory",
        ),
        pytest.param(
            "current_memory",
            "<domain><memory>1024</memory><currentMemory unit='GiB'>2</currentMemory></domain>",
            "<domain/>",
            "<domain><memory>1024</memory><currentMemory>1024</currentMemory></domain>",
            id="the balloon is not more than the memory",
        ),
        pytest.param(
            "current_memory",
            "<domain><memory>1024</memory><currentMemory>512</currentMemory></domain>",
            "<domain/>",
            "<domain><memory>1024</memory><currentMemory>512</currentMemory></domain>",
            id="a smaller balloon stays",
        ),
        pytest.param(
            "schedulers",
            "<domain><cputune><vcpusched vcpus='0-2,^1' scheduler='idle'/></cputune></domain>",
            "<domain/>",
            '<domain><cputune><vcpusched vcpus="0" scheduler="idle"/>'
            '<vcpusched vcpus="2" scheduler="idle"/></cputune></domain>',
            id="one entry for each CPU",
        ),
        pytest.param(
            "graphics_listen",
            "<domain><devices><graphics type='spice' socket='/a'/><graphics type='vnc' socket='/b'/></devices>"
            "</domain>",
            "<domain/>",
            '<domain><devices><graphics type="spice" socket="/a"/><graphics type="vnc" socket="/b">'
            '<listen type="socket" socket="/b"/></graphics></devices></domain>',
            id="only VNC has a socket of its own",
        ),
        pytest.param(
            "iscsi_units",
            "<domain><devices><disk><source protocol='iscsi' name='a'/></disk><disk>"
            "<source protocol='iscsi' name='a/1'/></disk><disk><source protocol='rbd' name='a'/></disk></devices>"
            "</domain>",
            "<domain/>",
            '<domain><devices><disk><source protocol="iscsi" name="a/0"/></disk><disk>'
            '<source protocol="iscsi" name="a/1"/></disk><disk><source protocol="rbd" name="a"/></disk></devices>'
            "</domain>",
            id="the first unit",
        ),
        pytest.param(
            "cpus_of_cells",
            "<domain type='kvm'><vcpu>4</vcpu><cpu><numa><cell id='1' cpus='1'/><cell id='0'/></numa></cpu></domain>",
            "<domain/>",
            '<domain type="kvm"><vcpu>4</vcpu><cpu><numa><cell id="1" cpus="1"/>'
            '<cell id="0" cpus="0,2-3"/></numa></cpu></domain>',
            id="the rest is in the first cell",
        ),
        pytest.param(
            "cpus_of_cells",
            "<domain type='xen'><vcpu>4</vcpu><cpu><numa><cell id='0' cpus='1'/></numa></cpu></domain>",
            "<domain/>",
            '<domain type="xen"><vcpu>4</vcpu><cpu><numa><cell id="0" cpus="1"/></numa></cpu></domain>',
            id="only for QEMU",
        ),
        pytest.param(
            "aligned_modules",
            "<domain><devices><memory model='dimm'><target><size unit='MiB'>300</size></target></memory>"
            "<memory model='nvdimm'><target><size unit='MiB'>300</size><label><size>128</size></label></target>"
            "</memory>"
            "<memory model='virtio-mem'><target><size>1</size></target></memory></devices></domain>",
            "<domain><os><type arch='ppc64le'/></os></domain>",
            '<domain><devices><memory model="dimm"><target><size unit="KiB">524288</size></target></memory>'
            '<memory model="nvdimm"><target><size unit="KiB">262272</size><label><size>128</size></label></target>'
            "</memory>"
            '<memory model="virtio-mem"><target><size>1</size></target></memory></devices></domain>',
            id="blocks of POWER",
        ),
        pytest.param(
            "first_entries",
            "<domain><sysinfo><bios><entry name='a'>1</entry><entry name='b'/><entry name='a'>2</entry></bios>"
            "<oemStrings><entry>1</entry><entry>1</entry></oemStrings></sysinfo></domain>",
            "<domain/>",
            '<domain><sysinfo><bios><entry name="a">1</entry><entry name="b"/></bios>'
            "<oemStrings><entry>1</entry><entry>1</entry></oemStrings></sysinfo></domain>",
            id="the first of a name",
        ),
        pytest.param(
            "vcpu_count",
            "<domain><vcpu>3</vcpu><vcpus><vcpu id='0' enabled='yes'/><vcpu id='1' enabled='yes'/>"
            "<vcpu id='1' enabled='no'/></vcpus></domain>",
            "<domain/>",
            '<domain><vcpu current="1">3</vcpu><vcpus><vcpu id="0" enabled="yes"/><vcpu id="1" enabled="yes"/>'
            '<vcpu id="1" enabled="no"/></vcpus></domain>',
            id="the last word on a CPU",
        ),
        pytest.param(
            "schedulers",
            "<domain><cputune><vcpusched vcpus='0-16383' scheduler='idle'/></cputune></domain>",
            "<domain/>",
            '<domain><cputune><vcpusched vcpus="0-16383" scheduler="idle"/></cputune></domain>',
            id="more CPUs than any guest has",
        ),
        pytest.param(
            "iothread_ids",
            "<domain><iothreads>999999999</iothreads><iothreadids><iothread id='2'/></iothreadids></domain>",
            "<domain/>",
            '<domain><iothreads>999999999</iothreads><iothreadids><iothread id="2"/></iothreadids></domain>',
            id="more threads than any guest has",
        ),
        pytest.param(
            "iothread_ids",
            "<domain><iothreads>3</iothreads><iothreadids><iothread id='2'/></iothreadids></domain>",
            "<domain/>",
            '<domain><iothreads>3</iothreads><iothreadids><iothread id="2"/><iothread id="1"/><iothread id="3"/>'
            "</iothreadids></domain>",
            id="the lowest free numbers",
        ),
        pytest.param(
            "iothread_ids",
            "<domain><iothreadids><iothread id='4'/><iothread id='2'/></iothreadids></domain>",
            "<domain/>",
            '<domain><iothreadids><iothread id="4"/><iothread id="2"/></iothreadids><iothreads>2</iothreads></domain>',
            id="as many as are named",
        ),
        pytest.param(
            "forward_interface",
            "<network><forward dev='eth0'/></network>",
            "<network/>",
            '<network><forward dev="eth0"><interface dev="eth0"/></forward></network>',
            id="a device makes an interface",
        ),
        pytest.param(
            "forward_interface",
            "<network><forward><interface dev='eth0'/><interface dev='eth1'/></forward></network>",
            "<network/>",
            '<network><forward dev="eth0"><interface dev="eth0"/><interface dev="eth1"/></forward></network>',
            id="the first interface is the device",
        ),
    ],
)
def test_a_rewrite_says_the_same_in_libvirts_own_form(name: str, desired: str, stored: str, after: str) -> None:
    tree, current = parse(desired), parse(stored)
    untouched = compact(current)
    REWRITES[name](tree, current)
    assert compact(tree) == after
    assert compact(current) == untouched


@pytest.mark.parametrize("name", sorted(REWRITES))
def test_a_rewrite_leaves_a_document_alone_that_does_not_concern_it(name: str) -> None:
    tree = parse("<domain><name>a</name><memory unit='furlong'>1</memory><devices/></domain>")
    before = compact(tree)
    REWRITES[name](tree, parse("<domain/>"))
    assert compact(tree) == before
