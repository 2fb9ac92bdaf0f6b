# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real UEFI firmware and a real emulated TPM: what they remember stays with the guest until it is asked to go."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from converge_bed.proxy import WRITES, Fault

from ansible_collections.converge.libvirt.tests.integration import guests
from ansible_collections.converge.libvirt.tests.integration.host import Host, one_sentence

NAME = "g"
OFF = {"timeout": 0.1, "force": True}
#: Its systems are not waited for: firmware and TPM are there before.
GUEST: dict[str, Any] = {
    "name": NAME,
    "memory": "128MiB",
    "disks": [],
    "firmware": "efi",
    "tpms": [{"model": "tpm-crb"}],
    "shutdown": OFF,
}
MARK = b"written by the guest"


def variables(host: Host) -> Path:
    """The file of the UEFI variables, as libvirt 9.0 names it."""
    return host.bed.outside(f"/var/lib/libvirt/qemu/nvram/{NAME}_VARS.fd")


def tpm(host: Host) -> Path:
    """The file of the TPM's state."""
    uuid = guests.stored(host, NAME).findtext("uuid")
    return host.bed.outside(f"/var/lib/libvirt/swtpm/{uuid}/tpm2/tpm2-00.permall")


@pytest.fixture
def booted(host: Host) -> Host:
    """With a guest that has been on, and whose firmware has written into its variables."""
    host.run("virt_domain", **GUEST, state="running")
    host.run("virt_domain", **GUEST, state="stopped")
    with variables(host).open("r+b") as file:
        file.seek(-len(MARK), 2)
        file.write(MARK)
    return host


def is_the_same_tpm(one: bytes, other: bytes) -> bool:
    """A TPM that was on in between has a few other bytes; a new one has other keys, which are most of it."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other)) < len(one) / 4


def is_marked(host: Host) -> bool:
    return variables(host).read_bytes().endswith(MARK)


def test_a_guest_with_uefi_and_a_tpm(host: Host) -> None:
    made = host.converge("virt_domain", **GUEST, state="running")
    assert (made["pending"], made["live_only"]) == ([], [])
    live = guests.live(host, NAME)
    assert live.find("os/loader[@type='pflash']") is not None
    assert live.find("features/acpi") is not None
    assert live.find("devices/tpm/backend[@version='2.0']") is not None
    assert variables(host).stat().st_size > 0
    assert tpm(host).stat().st_size > 0


def test_variables_and_tpm_stay_over_an_update_and_a_restart(booted: Host) -> None:
    before = tpm(booted).read_bytes()
    booted.converge("virt_domain", **{**GUEST, "memory": "160MiB"}, vcpus=2, title="Other", state="running")
    booted.run("virt_domain", **{**GUEST, "memory": "192MiB"}, restart="when_needed")
    booted.run("virt_domain", name=NAME, state="stopped", shutdown=OFF)
    assert is_marked(booted)
    assert is_the_same_tpm(before, tpm(booted).read_bytes())


def test_variables_and_tpm_go_only_when_they_are_asked_to(booted: Host) -> None:
    state = tpm(booted)
    booted.converge("virt_domain", name=NAME, state="absent")
    assert (is_marked(booted), state.exists()) == (True, True)
    # The next guest of that name finds its variables, and that of the same UUID its TPM.
    uuid = state.parts[-3]
    booted.run("virt_domain", **GUEST, uuid=uuid)
    booted.converge("virt_domain", name=NAME, state="absent", remove_nvram=True, remove_tpm=True)
    assert (variables(booted).exists(), state.exists()) == (False, False)


def test_variables_are_made_anew_by_a_start_that_says_so(booted: Host) -> None:
    started = booted.run("virt_domain", **GUEST, state="running", reset_nvram=True)
    assert started["changed"] is True
    assert not is_marked(booted)
    # What runs already is left alone.
    booted.unchanged("virt_domain", **GUEST, state="running", reset_nvram=True)


def test_a_tpm_is_made_anew_by_a_start_that_says_so(booted: Host) -> None:
    booted.run("virt_domain", name=NAME, autostart=True)
    state, before, stored = tpm(booted), tpm(booted).read_bytes(), booted.known()
    task: dict[str, Any] = {**GUEST, "state": "paused", "reset_tpm": True}
    planned = booted.check("virt_domain", **task)
    started = booted.run("virt_domain", **task)
    assert planned["actions"] == started["actions"]
    assert started["actions"][0] == f"make the state of the TPM of guest '{NAME}' anew"
    assert not is_the_same_tpm(before, state.read_bytes())
    assert is_marked(booted)
    booted.run("virt_domain", name=NAME, state="stopped", shutdown=OFF)
    assert booted.known() == stored


@pytest.mark.parametrize("action", ["kill", "cut"])
@pytest.mark.parametrize(("number", "moment"), [(1, "after"), (2, "before")])
def test_no_guest_is_lost_where_its_tpm_is_made_anew(
    booted: Host, action: Literal["kill", "cut"], number: int, moment: Literal["before", "after"]
) -> None:
    """libvirt is gone while the guest is not defined: it is again at once, and the next run does the rest."""
    booted.run("virt_domain", name=NAME, autostart=True)
    state, before, stored = tpm(booted), tpm(booted).read_bytes(), booted.known()
    task: dict[str, Any] = {**GUEST, "state": "paused", "reset_tpm": True}
    with booted.bed.proxy(Fault(action, number, moment, of=WRITES)) as proxy:
        one_sentence(booted.attempt("virt_domain", uri=proxy.uri, timeout=10, **task))
        assert proxy.happened
    booted.connection = booted.bed.connect()
    # Why it is off is all that libvirt does not know any more.
    reason = f"domain/{NAME}/state"
    assert booted.known() | {reason: ""} == stored | {reason: ""}
    booted.run("virt_domain", **task)
    assert not is_the_same_tpm(before, state.read_bytes())


def test_what_cannot_be_made_anew_is_refused(booted: Host) -> None:
    refused = booted.refuses("virt_domain", name=NAME, reset_nvram=True)
    assert "goes with state running or paused or restarted" in refused
    assert "goes with state" in booted.refuses("virt_domain", name=NAME, state="absent", reset_tpm=True)
    booted.run("virt_domain", name="plain", memory="64MiB", disks=[])
    for option, what in (("reset_nvram", "no UEFI variables"), ("reset_tpm", "no emulated TPM")):
        task: dict[str, Any] = {"name": "plain", "state": "running", option: True}
        assert what in booted.refuses("virt_domain", **task)
    booted.run("virt_domain", **GUEST, state="running")
    booted.run("virt_domain", name=NAME, state="saved")
    assert "discard_saved" in booted.refuses("virt_domain", name=NAME, state="running", reset_nvram=True)


def test_a_switch_to_bios_and_back_keeps_the_variables(booted: Host) -> None:
    booted.converge("virt_domain", **{**GUEST, "firmware": "bios"}, state="running")
    assert guests.live(booted, NAME).find("os/loader") is None
    switched = booted.converge("virt_domain", **GUEST, restart="when_needed")
    assert [(one["path"], one["how"]) for one in switched["changes"]] == [("os/@firmware", "restart")]
    assert guests.live(booted, NAME).find("os/loader") is not None
    assert is_marked(booted)


@pytest.mark.parametrize("secure", [True, False])
def test_secure_boot(host: Host, secure: bool) -> None:
    features = [{"name": name, "enabled": secure} for name in ("secure-boot", "enrolled-keys")]
    host.converge("virt_domain", **GUEST, firmware_features=features, state="running")
    loader = guests.live(host, NAME).find("os/loader")
    assert loader is not None
    assert (loader.get("secure") == "yes") is secure


def test_a_host_without_such_firmware_says_so_before_anything_is_written(host: Host) -> None:
    features = [{"name": "secure-boot", "enabled": True}]
    said = host.forbids("virt_domain", **GUEST, machine="pc", firmware_features=features)
    assert "no firmware with secure boot for x86_64 guests of machine pc" in said
    host.run("virt_domain", **GUEST, machine="pc")
    assert said.replace("machine pc", "machine pc-") in host.forbids("virt_domain", **GUEST, firmware_features=features)
