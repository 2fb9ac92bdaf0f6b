# SPDX-License-Identifier: GPL-3.0-or-later

"""Firmware of a guest, its UEFI variables (NVRAM) and its TPM: what a host offers, and what is made anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._xml.document import find, find_all, value
from .host import X86


def asked(document: Any) -> tuple[str | None, bool]:
    """The firmware that libvirt shall choose for a guest, None for none, and whether with secure boot."""
    features = () if document is None else document.iterfind("os/firmware/feature[@name='secure-boot']")
    secure = any(one.get("enabled") == "yes" for one in features)
    return None if document is None else value(document, "os@firmware"), secure


def lacking(document: Any, can: Mapping[str, frozenset[str]]) -> str | None:
    """The sentence that says which firmware a guest asks for and its host lacks, or None.

    Args: can: what libvirt offers such guests, as in Facts.
    """
    firmware, secure = asked(document)
    offered, arch = can.get("os@firmware"), value(document, "os/type@arch")
    whose = f"for {arch} guests of machine {value(document, 'os/type@machine')}"
    if firmware and offered is not None and firmware not in offered:
        return f"the host has no firmware '{firmware}' {whose}, but {', '.join(sorted(offered)) or 'none'}"
    # Elsewhere a loader for it needs no protection, which is all that libvirt tells.
    if secure and arch in X86 and "yes" not in can.get("os/loader@secure", ("yes",)):
        return f"the host has no firmware with secure boot {whose}"
    return None


def choose_anew(document: Any, desired: Any, stored: Any) -> None:
    """Take out of a document what libvirt chose for another firmware than this guest shall have now, but for the
    variables themselves. desired: of the task, whose own choice stays.
    """
    if value(document, "os@firmware") != "efi" or _question(document) == _question(stored):
        return
    loader, nvram = find(document, "os/loader"), find(document, "os/nvram")
    if loader is not None and find(desired, "os/loader") is None:
        loader.getparent().remove(loader)
    if nvram is not None and value(desired, "os/nvram@template") is None:
        nvram.attrib.pop("template", None)


def _question(document: Any) -> tuple[str | None, str | None, frozenset[Any]]:
    """What decides about libvirt's choice."""
    features = find_all(document, "os/firmware/feature")
    told = frozenset((one.get("name"), one.get("enabled")) for one in features)
    return value(document, "os@firmware"), value(document, "os/type@arch"), told


def tell_question(live: Any, stored: Any) -> None:
    """Give a running document the question that its firmware answers: libvirt 9.0 tells only the answer."""
    if value(stored, "os@firmware") == "efi" and value(live, "os/loader@type") == "pflash":
        live.find("os").set("firmware", "efi")


def has_nvram(document: Any) -> bool:
    """Whether a guest has UEFI variables."""
    return find(document, "os/nvram") is not None or value(document, "os@firmware") == "efi"


def has_emulated_tpm(document: Any) -> bool:
    """Whether libvirt keeps the state of a guest's TPM."""
    return document.find("devices/tpm/backend[@type='emulator']") is not None
