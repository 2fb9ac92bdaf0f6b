# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._kinds import domain as kind_file
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.domain import Domain
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Plan, Refused
from ansible_collections.converge.libvirt.plugins.module_utils._session import Session

ASKED = {
    "discard_saved": False,
    "reset_nvram": False,
    "reset_tpm": False,
    "remove_nvram": False,
    "remove_tpm": False,
    "remove_snapshots": False,
    "remove_storage": [],
    "shutdown": {"force": True, "timeout": 1, "mode": "auto"},
}
UUID = "6695eb01-f6a4-8304-79aa-97f2502e1931"
NVRAM = "<loader readonly='yes' type='pflash'>/fw</loader><nvram>/nvram/web</nvram>"
TPM = "<tpm model='tpm-tis'><backend type='emulator' version='2.0'/></tpm>"


def guest(firmware: str = "", devices: str = "") -> str:
    return (
        f"<domain type='test'><name>web</name><uuid>{UUID}</uuid><memory>131072</memory>"
        f"<os><type>hvm</type>{firmware}</os>"
        f"<devices>{devices}</devices></domain>"
    )


class Undefined:
    """libvirt's domain, which notes with which flags it is undefined."""

    def __init__(self, domain: Any) -> None:
        self._domain = domain
        self.flags: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._domain, name)

    def undefineFlags(self, flags: int) -> None:  # noqa: N802 - libvirt's name
        self.flags = flags


def removed(session: Session, xml: str, **params: Any) -> int | None:
    """The flags with which the guest of this document is undefined."""
    domain = Domain(session, {**ASKED, **params}, check=False)
    handle = Undefined(session.connection.defineXML(xml))
    domain.name, domain.handle = "web", handle
    plan = Plan(state="stopped")
    domain.remove(domain.observe(), plan)
    for step in plan.steps:
        step.run()
    return handle.flags


def test_a_plain_guest_is_undefined_without_more(session: Session) -> None:
    assert removed(session, guest()) == 0


def test_nvram_stays_unless_asked(session: Session, libvirt: Any) -> None:
    assert removed(session, guest(NVRAM)) == libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM
    assert removed(session, guest(NVRAM), remove_nvram=True) == libvirt.VIR_DOMAIN_UNDEFINE_NVRAM


@pytest.mark.parametrize(
    ("remove", "flag"), [(False, "VIR_DOMAIN_UNDEFINE_KEEP_TPM"), (True, "VIR_DOMAIN_UNDEFINE_TPM")]
)
def test_the_state_of_a_tpm_stays_unless_asked(
    session: Session, monkeypatch: pytest.MonkeyPatch, remove: bool, flag: str
) -> None:
    # The constants are libvirt 8.9's.
    monkeypatch.setattr(kind_file.libvirt, flag, 1 << 20, raising=False)
    assert removed(session, guest(devices=TPM), remove_tpm=remove) == 1 << 20


def test_a_libvirt_that_cannot_keep_it_refuses_to_lose_it_unasked(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for flag in ("VIR_DOMAIN_UNDEFINE_KEEP_TPM", "VIR_DOMAIN_UNDEFINE_TPM"):
        monkeypatch.delattr(kind_file.libvirt, flag, raising=False)
    with pytest.raises(Refused, match=r"has the state of its TPM, which this libvirt cannot keep, .* remove_tpm: true"):
        removed(session, guest(devices=TPM))
    assert removed(session, guest(devices=TPM), remove_tpm=True) == 0


def test_a_transient_guest_is_only_stopped(session: Session, host: Any) -> None:
    domain = Domain(session, ASKED, check=False)
    domain.name, domain.handle = "web", host.createXML(guest(), 0)
    plan = Plan(state="running")
    domain.remove(domain.observe(), plan)
    assert [step.sentence for step in plan.steps] == ["shut down guest 'web', destroy it if it does not"]


def test_documents_hold_their_secrets_only_to_compare(session: Session, host: Any) -> None:
    screen = guest(devices="<graphics type='vnc' passwd='kleines8'/>")
    for secure in (True, False):
        domain = Domain(session, ASKED, check=False, secure=secure)
        domain.name, domain.handle = "web", host.defineXML(screen)
        graphics = domain.observe().stored.find("devices/graphics")
        assert (graphics.get("passwd") == "kleines8") is secure
        assert "kleines8" not in domain.facts(domain.observe())["xml"]
