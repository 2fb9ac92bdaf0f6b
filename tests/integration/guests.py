# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests see of a guest without asking the modules."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from ansible_collections.converge.libvirt.tests.integration.host import Host


def state(host: Host, name: str) -> str:
    """The state of a guest in the words of the modules; absent where there is none."""
    # Imported here so that without it the bed can say why its tests are skipped.
    import libvirt

    words = {
        libvirt.VIR_DOMAIN_RUNNING: "running",
        libvirt.VIR_DOMAIN_PAUSED: "paused",
        libvirt.VIR_DOMAIN_SHUTOFF: "stopped",
    }
    try:
        domain = host.connection.lookupByName(name)
        seen = words[domain.state()[0]]
        return "saved" if seen == "stopped" and domain.hasManagedSaveImage() else seen
    except libvirt.libvirtError as error:
        if error.get_error_code() != libvirt.VIR_ERR_NO_DOMAIN:
            raise
    return "absent"


def stored(host: Host, name: str) -> ElementTree.Element:
    """The stored document of a guest, secrets included."""
    import libvirt

    flags = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE
    return ElementTree.fromstring(host.connection.lookupByName(name).XMLDesc(flags))


def live(host: Host, name: str) -> ElementTree.Element:
    """The document of a running guest."""
    return ElementTree.fromstring(host.connection.lookupByName(name).XMLDesc(0))


def booted(host: Host, name: str) -> Any:
    """The running guest, once its system is up: agent and power button answer."""
    domain = host.connection.lookupByName(name)
    host.bed.await_agent(domain)
    return domain


def up(host: Host, name: str, seconds: float = 60) -> None:
    """Wait until the system of a guest without agent is up, as its console says."""
    console = host.bed.outside(f"/var/log/libvirt/qemu/{name}-console.log")
    end = time.monotonic() + seconds
    while "BED-READY" not in (console.read_text(errors="replace") if console.exists() else ""):
        assert time.monotonic() < end, f"{name} did not boot within {seconds} s"
        time.sleep(0.1)


@contextlib.contextmanager
def stuck(host: Host, name: str) -> Iterator[None]:
    """Stop the QEMU of a running guest, as where its storage is gone: it answers nothing that libvirt asks."""
    pid = host.bed.exec("cat", f"/run/libvirt/qemu/{name}.pid").stdout.strip()
    host.bed.exec("kill", "-STOP", pid)
    try:
        yield
    finally:
        host.bed.exec("kill", "-CONT", pid)
