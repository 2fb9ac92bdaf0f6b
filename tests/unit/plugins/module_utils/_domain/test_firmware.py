# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._domain.firmware import (
    choose_anew,
    lacking,
    tell_question,
)
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain import DOMAIN
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact, parse
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import overlay, pending
from ansible_collections.converge.libvirt.plugins.module_utils._xml.rules.domain import RULES

#: As libvirt stores it since 9.1: with what it chose.
UEFI = """<os firmware='efi'><type arch='x86_64' machine='pc-q35-9.1'>hvm</type>
<firmware><feature enabled='no' name='enrolled-keys'/><feature enabled='no' name='secure-boot'/></firmware>
<loader readonly='yes' type='pflash'>/code.fd</loader><nvram template='/vars.fd'>/nvram/web_VARS.fd</nvram></os>"""
BIOS = "<os><type arch='x86_64' machine='pc-q35-9.1'>hvm</type></os>"
SECURE = [{"name": name, "enabled": True} for name in ("enrolled-keys", "secure-boot")]


def stored_after(current: str, **given: Any) -> str:
    """What is stored of <os> after a task with these options."""
    params = {"name": "web", "uuid": None, "xml": None, **{option.name: None for option in DOMAIN.options}, **given}
    stored = parse(f"<domain type='kvm'><name>web</name>{current}</domain>")
    desired = DOMAIN.desired(params, DOMAIN.identity(params), stored)
    merged = overlay(desired.tree, stored, RULES, desired.scope).document
    choose_anew(merged, desired.tree, stored)
    text: str = compact(merged.find("os"))
    return text.replace('"', "'")


@pytest.mark.parametrize("given", [{"firmware": "efi"}, {"title": "x"}, {"machine": "pc-q35-10.0"}, {"boot": ["hd"]}])
def test_what_libvirt_chose_stays_while_nothing_of_the_firmware_changes(given: dict[str, Any]) -> None:
    after = stored_after(UEFI, **given)
    assert "/code.fd</loader>" in after
    assert "<nvram template='/vars.fd'>/nvram/web_VARS.fd</nvram>" in after


def test_other_features_choose_anew_and_keep_the_variables() -> None:
    after = stored_after(UEFI, firmware_features=SECURE)
    assert "<loader" not in after
    assert "<nvram>/nvram/web_VARS.fd</nvram>" in after


def test_another_architecture_chooses_anew_and_keeps_the_variables() -> None:
    after = stored_after(UEFI, arch="aarch64", machine="virt")
    assert "<loader" not in after
    assert "<nvram>/nvram/web_VARS.fd</nvram>" in after


def test_from_uefi_to_bios() -> None:
    assert stored_after(UEFI, firmware="bios") == BIOS
    assert stored_after(BIOS, firmware="bios") == BIOS
    assert "firmware='bios'" in stored_after(BIOS.replace("<os>", "<os firmware='bios'>"), firmware="bios")


def test_from_a_loader_of_ones_own_to_libvirts_choice_and_back() -> None:
    own = UEFI.replace(" firmware='efi'", "")
    after = stored_after(own, firmware="efi")
    assert "<loader" not in after
    assert "/nvram/web_VARS.fd</nvram>" in after
    named = {"path": "/other.fd", "type": "pflash", "readonly": True}
    assert ">/other.fd</loader>" in stored_after(own, loader=named)


def guest(inside: str, attributes: str = "") -> Any:
    return parse(
        f"<domain><os{attributes}><type arch='x86_64' machine='q35'>hvm</type>{inside}</os><features/></domain>"
    )


EFI = " firmware='efi'"
WITH_SECURE_BOOT = "<firmware><feature enabled='yes' name='secure-boot'/></firmware>"
CAN = {"os@firmware": frozenset({"efi"}), "os/loader@secure": frozenset({"no"})}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (guest(""), None),
        (guest("", EFI), None),
        (guest(WITH_SECURE_BOOT, EFI), "the host has no firmware with secure boot for x86_64 guests of machine q35"),
        (guest(WITH_SECURE_BOOT.replace("yes", "no"), EFI), None),
        (guest("", " firmware='bios'"), "the host has no firmware 'bios' for x86_64 guests of machine q35, but efi"),
    ],
)
def test_firmware_that_the_host_lacks(document: Any, sentence: str | None) -> None:
    assert lacking(document, CAN) == sentence
    assert lacking(document, {}) is None


def test_secure_boot_on_arm_is_left_to_libvirt() -> None:
    """Its loaders are secure without System Management Mode, which is all that libvirt tells."""
    document = parse(f"<domain><os firmware='efi'><type arch='aarch64'>hvm</type>{WITH_SECURE_BOOT}</os></domain>")
    assert lacking(document, CAN) is None


CHOSEN = "<loader readonly='yes' secure='yes' type='pflash'>/code.fd</loader><nvram>/vars.fd</nvram>"


def waiting(stored: Any, live: Any) -> list[str]:
    tell_question(live, stored)
    return [each.path for each in pending(stored, live, RULES)]


def test_what_was_chosen_for_a_running_guest_is_not_pending() -> None:
    live = guest(CHOSEN)
    live.append(parse("<features><smm state='on'/></features>"))
    live.remove(live.find("features"))
    assert waiting(guest("", EFI), live) == []


def test_another_firmware_is_pending() -> None:
    assert waiting(guest("", EFI), guest("")) == ["os/@firmware"]
    assert waiting(guest(""), guest(CHOSEN)) != []
