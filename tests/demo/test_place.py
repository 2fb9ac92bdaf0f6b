# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo runs on the machine's own libvirt where that is up to it, and says why where not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from converge_bed.basics import BedError

from ansible_collections.converge.libvirt.tests.demo import place


class Virsh:
    """Stands for virsh: an answer or an error per command, and how long each call takes on the clock."""

    def __init__(self, answers: dict[str, str | BedError], seconds: tuple[float, ...] = ()) -> None:
        self.answers = answers
        self.now = 0.0
        self.seconds: Iterator[float] = iter(seconds)
        self.asked: list[str] = []

    def __call__(self, uri: str, command: str, *arguments: str, timeout: float = 30.0) -> str:
        self.asked.append(command)
        if command == "domcapabilities":
            self.now += next(self.seconds, 0.0)
        answer = self.answers.get(command, "")
        if isinstance(answer, BedError):
            raise answer
        return answer

    def clock(self) -> float:
        return self.now


def fault(virsh: Virsh) -> str:
    return place.fault("qemu:///system", virsh, virsh.clock)


def test_a_libvirt_that_answers_fast_is_used_after_one_look() -> None:
    virsh = Virsh({}, (0.2,))
    assert fault(virsh) == ""
    assert virsh.asked == ["uri", "domcapabilities"]


def test_only_the_first_call_may_be_slow() -> None:
    assert fault(Virsh({}, (8.0, 0.1))) == ""


def test_slow_twice_is_not_for_the_demo() -> None:
    assert "takes 7 s" in fault(Virsh({}, (9.0, 7.0)))


def test_no_answer_is_told_in_the_words_of_libvirt() -> None:
    error = BedError("`virsh uri` failed with status 1: error: Failed to connect socket: No such file or directory")
    virsh = Virsh({"uri": error})
    assert fault(virsh) == "does not answer (Failed to connect socket: No such file or directory)"
    assert virsh.asked == ["uri"]


def test_a_libvirt_without_emulators_is_not_for_the_demo() -> None:
    error = BedError("`virsh domcapabilities` failed with status 1: error: failed to get emulator capabilities")
    assert "failed to get emulator capabilities" in fault(Virsh({"domcapabilities": error}))


@pytest.mark.parametrize("uri", ["test:///default", "qemu:///session", "lxc:///system", "nonsense"])
def test_a_uri_without_guests_on_networks_is_refused(uri: str) -> None:
    with pytest.raises(BedError, match="LIBVIRT_DEFAULT_URI"):
        place.check_given(uri, Virsh({}))


@pytest.mark.parametrize("uri", ["qemu:///system", "qemu+ssh://root@host/system", "qemu+unix:///system?socket=/tmp/s"])
def test_a_uri_that_was_asked_for_is_used_however_slow_it_is(uri: str) -> None:
    assert place.check_given(uri, Virsh({}, (60.0,))) == uri


def test_a_uri_that_was_asked_for_and_does_not_answer_is_an_error() -> None:
    error = BedError("`virsh uri` did not end within 5 s.")
    with pytest.raises(BedError, match="did not end within 5 s"):
        place.check_given("qemu:///system", Virsh({"uri": error}))


def test_only_names_of_the_demo_are_counted_as_its_own() -> None:
    virsh = Virsh({"list": "converge-demo\nconverge-demonstration\nweb", "pool-list": "converge-demo-probe\ndefault"})
    assert place.made_there("qemu:///system", virsh) == ["guest converge-demo", "pool converge-demo-probe"]


def test_the_type_of_a_guest_that_is_there_stays() -> None:
    virsh = Virsh({"list": "converge-demo", "dumpxml": "<domain type='kvm'><name>converge-demo</name></domain>"})
    assert place.guest_type("qemu:///system", virsh) == "kvm"
    assert place.guest_type("qemu:///system", Virsh({"list": "web"})) == ""
