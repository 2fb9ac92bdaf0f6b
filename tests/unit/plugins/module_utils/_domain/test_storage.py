# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._domain import storage
from ansible_collections.converge.libvirt.plugins.module_utils._domain.storage import ALL, in_use, plan_removal
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Plan, Refused
from ansible_collections.converge.libvirt.plugins.module_utils._session import Session
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse

POOL = "default-pool"
A, B = f"/{POOL}/a", f"/{POOL}/b"


def disk(target: str, source: str = "", device: str = "disk", more: str = "") -> str:
    kind = "volume" if "pool=" in source else "block" if "dev=" in source else "file"
    return f"<disk type='{kind}' device='{device}'>{source}<target dev='{target}' bus='virtio'/>{more}</disk>"


def file(path: str) -> str:
    return f"<source file='{path}'/>"


def of_pool(volume: str, pool: str = POOL) -> str:
    return f"<source pool='{pool}' volume='{volume}'/>"


def guest(name: str, *disks: str) -> str:
    return (
        f"<domain type='test'><name>{name}</name><memory>131072</memory><os><type>hvm</type></os>"
        f"<devices>{''.join(disks)}</devices></domain>"
    )


@pytest.fixture(autouse=True)
def volumes(host: Any) -> dict[str, Any]:
    """The volumes a and b of the active pool, and one pool that is not active."""
    pool = host.storagePoolLookupByName(POOL)
    host.storagePoolDefineXML("<pool type='dir'><name>asleep</name><target><path>/asleep</path></target></pool>")
    return {
        name: pool.createXML(f"<volume><name>{name}</name><capacity>1048576</capacity></volume>") for name in ("a", "b")
    }


def removal(session: Session, named: list[str], *disks: str) -> tuple[list[str], str | None]:
    """What the removal of guest 'web' with these disks would delete, and who stands in the way."""
    plan = Plan()
    why = plan_removal(session, "web", parse(guest("web", *disks)), named, plan)
    return [step.sentence for step in plan.steps], why


def test_only_what_is_named_goes(session: Session) -> None:
    disks = (disk("vda", file(A)), disk("vdb", file(B)))
    assert removal(session, [], *disks) == ([], None)
    assert removal(session, ["vdb"], *disks) == ([f"delete {B}, disk vdb of guest 'web'"], None)


def test_all_is_every_disk_that_may_go(session: Session) -> None:
    disks = (
        disk("vda", file(A)),
        disk("vdb", of_pool("b")),
        disk("sda", file("/iso/debian.iso"), device="cdrom"),
        disk("fda", file("/iso/floppy"), device="floppy"),
        disk("vdc", file("/base"), more="<readonly/>"),
        disk("vdd", file("/cluster"), more="<shareable/>"),
        disk("vde"),
    )
    told, why = removal(session, [ALL], *disks)
    assert (told, why) == ([f"delete {A}, disk vda of guest 'web'", f"delete {B}, disk vdb of guest 'web'"], None)


def test_the_volume_really_goes(session: Session, host: Any) -> None:
    plan = Plan()
    plan_removal(session, "web", parse(guest("web", disk("vda", file(A)))), ["vda"], plan)
    plan.steps[0].run()
    assert [volume.name() for volume in host.storagePoolLookupByName(POOL).listAllVolumes()] == ["b"]


@pytest.mark.parametrize(
    ("named", "of", "sentence"),
    [
        ("vdz", disk("vda", file(A)), "remove_storage names vdz, but guest 'web' has vda"),
        (
            "sda",
            disk("sda", file(A), device="cdrom"),
            "remove_storage names sda of guest 'web', but a cdrom never goes",
        ),
        ("vda", disk("vda", file(A), more="<readonly/>"), "but a read-only disk never goes"),
        ("vda", disk("vda", file(A), more="<shareable/>"), "but a shared disk never goes"),
        ("vda", disk("vda", file("/elsewhere/a")), "/elsewhere/a is in no active pool of test:///default"),
        ("vda", disk("vda", "<source dev='/dev/sdz9'/>"), "/dev/sdz9 is in no active pool"),
        ("vda", disk("vda", of_pool("nosuch")), "nosuch is in no active pool"),
        ("vda", disk("vda", of_pool("a", "nosuch")), "a is in no active pool"),
        ("vda", disk("vda", of_pool("a", "asleep")), "a is in no active pool"),
        ("vda", disk("vda"), "cannot remove disk vda of guest 'web': nothing is in no active pool"),
        (ALL, disk("vda", file("/elsewhere/a")), "/elsewhere/a is in no active pool"),
    ],
)
def test_what_cannot_go_is_refused_before_anything_goes(session: Session, named: str, of: str, sentence: str) -> None:
    plan = Plan()
    with pytest.raises(Refused) as caught:
        plan_removal(session, "web", parse(guest("web", disk("vdy", file(B)), of)), ["vdy", named], plan)
    # The other disk of the guest is told among those that it has.
    assert sentence.replace("has vda", "has vda, vdy") in str(caught.value)
    assert plan.steps == []


@pytest.mark.parametrize("other", [disk("vda", file(A)), disk("vda", of_pool("a"))])
def test_a_disk_of_another_guest_stands_in_the_way_even_while_that_is_off(
    session: Session, host: Any, other: str
) -> None:
    host.defineXML(guest("twin", other))
    told, why = removal(session, ["vda"], disk("vda", file(A)))
    assert why == f"cannot remove {A} of guest 'web': guest 'twin' uses it too"
    assert len(told) == 1, "what it would do is told all the same, for a check whose earlier task removes the twin"


def test_its_own_use_of_a_disk_does_not(session: Session, host: Any) -> None:
    host.defineXML(guest("web", disk("vda", file(A))))
    assert removal(session, ["vda"], disk("vda", file(A)))[1] is None


def test_a_volume_that_builds_upon_it_stands_in_the_way(session: Session, host: Any) -> None:
    host.storagePoolLookupByName(POOL).createXML(
        "<volume><name>c</name><capacity>1048576</capacity>"
        f"<backingStore><path>{A}</path><format type='raw'/></backingStore></volume>"
    )
    why = removal(session, ["vda"], disk("vda", file(A)))[1]
    assert why == f"cannot remove the storage of guest 'web': volume 'c' of pool '{POOL}' builds upon {A}"


def test_use_is_told_for_running_guests(session: Session, host: Any, volumes: dict[str, Any]) -> None:
    backed = (
        f"<source file='/overlay'/><backingStore type='file'><format type='raw'/><source file='{A}'/></backingStore>"
    )
    host.defineXML(guest("web", disk("vda", backed)))
    assert in_use(session, [volumes["a"]], "delete it") is None, "a guest that is off holds nothing open"
    host.lookupByName("web").create()
    assert in_use(session, [volumes["a"]], "delete it") == f"cannot delete it: the running guest 'web' uses {A}"
    assert in_use(session, [volumes["b"]], "delete it") is None
    assert in_use(session, [], "delete nothing") is None


def test_a_look_at_the_host_is_shared_for_a_while(
    session: Session, host: Any, volumes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(looks: Any) -> bool:
        return in_use(session, [volumes["a"]], "delete it", looks=looks) is not None

    looks: dict[str, Any] = {}
    assert not asked(looks)
    host.defineXML(guest("web", disk("vda", file(A)))).create()
    assert not asked(looks), "it was just looked at"
    assert asked(None), "who shares nothing looks for himself"
    later = storage.time.monotonic() + storage.GOOD_FOR + 60
    monkeypatch.setattr(storage.time, "monotonic", lambda: later)
    assert asked(looks), "no look is good for ever"


class Overtaken:
    """A connection beside which somebody stops or removes the pools as soon as they are listed."""

    def __init__(self, connection: Any, *ways: str) -> None:
        self.connection = connection
        self.ways = ways

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    def listAllStoragePools(self, flags: int) -> list[Any]:  # noqa: N802 - libvirt's name
        pools: list[Any] = self.connection.listAllStoragePools(flags)
        for pool in pools:
            for way in self.ways:
                getattr(pool, way)()
        return pools


@pytest.mark.parametrize("ways", [("destroy",), ("destroy", "undefine")])
def test_a_pool_that_goes_meanwhile_has_no_volume_that_builds_on_another(
    session: Session, volumes: dict[str, Any], ways: tuple[str, ...]
) -> None:
    session.connection = Overtaken(session.connection, *ways)
    assert in_use(session, [volumes["a"]], "delete volume 'a'") is None
    session.connection = session.connection.connection
