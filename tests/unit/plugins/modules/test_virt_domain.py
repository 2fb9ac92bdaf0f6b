# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._session import Session, SessionError
from ansible_collections.converge.libvirt.tests.unit.in_process import Runner

FORCE = {"force": True, "timeout": 1}


def guest(name: str = "web", memory: int = 131072, devices: str = "", title: str = "") -> str:
    return (
        f"<domain type='test'><name>{name}</name>{title and f'<title>{title}</title>'}"
        f"<memory unit='KiB'>{memory}</memory><vcpu>1</vcpu><os><type arch='i686'>hvm</type></os>"
        f"<devices>{devices}</devices></domain>"
    )


def change(path: str, before: str | None, after: str | None, how: str = "stored") -> dict[str, Any]:
    return {"path": path, "before": before, "after": after, "how": how}


def test_definition_state_and_autostart_in_one_task(run: Runner, host: Any) -> None:
    done = run.converge("virt_domain", xml=guest(), state="running", autostart=True)
    assert done["changes"] == [change("/", None, "guest 'web'")]
    assert done["actions"] == ["define guest 'web'", "set autostart of guest 'web'", "start guest 'web'"]
    domain = host.lookupByName("web")
    assert (domain.isActive(), domain.autostart(), domain.isPersistent()) == (1, 1, 1)
    assert (done["domain"]["state"], done["domain"]["memory"], done["domain"]["vcpus"]) == ("running", 128 << 20, 1)
    assert done["pending"] == done["live_only"] == done["side_effects"] == []


def test_a_changed_definition_a_new_state_and_autostart_of_a_guest_that_is_there(run: Runner, host: Any) -> None:
    run("virt_domain", xml=guest())
    done = run.converge("virt_domain", xml=guest(title="Front"), state="running", autostart=True)
    assert done["changes"] == [
        change("title", None, "Front"),
        change("autostart", "false", "true"),
        change("state", "stopped", "running", "live"),
    ]
    assert host.lookupByName("web").isActive()


def test_a_change_of_a_running_guest_is_stored_and_pending(run: Runner) -> None:
    run("virt_domain", xml=guest(), state="running")
    done = run.converge("virt_domain", name="web", vcpus=3)
    assert done["changes"] == [change("vcpu", "1", "3", "restart")]
    assert done["pending"] == [change("vcpu", "1", "3", "restart")]
    tomorrow = run("virt_domain", name="web")
    assert (tomorrow["changed"], tomorrow["pending"]) == (False, done["pending"])
    assert run("virt_domain_info", names=["web"])["domains"][0]["pending"] == done["pending"]
    restarted = run("virt_domain", name="web", state="restarted", shutdown=FORCE)
    assert (restarted["changed"], restarted["pending"]) == (True, [])


# The driver cannot start a guest paused, so the way from off to paused is not walked here.
@pytest.mark.parametrize(
    ("before", "states"),
    [
        ("running", ["running", "paused", "stopped", "saved", "present"]),
        ("paused", ["running", "paused", "stopped", "saved", "present"]),
        ("stopped", ["running", "stopped", "present"]),
        ("saved", ["running", "saved", "present"]),
    ],
)
def test_from_each_state_to_each_other(run: Runner, before: str, states: list[str]) -> None:
    for state in states:
        run("virt_domain", xml=guest(), state="running")
        run("virt_domain", name="web", state=before, shutdown=FORCE)
        done = run.converge("virt_domain", name="web", state=state, shutdown=FORCE)
        wanted = before if state == "present" else state
        assert done["domain"]["state"] == wanted
        assert done["changes"] == ([] if wanted == before else [change("state", before, wanted, "live")])


def test_a_saved_guest_counts_as_stopped_and_a_stopped_one_cannot_be_saved(run: Runner) -> None:
    run("virt_domain", name="test", state="saved")
    done = run.converge("virt_domain", name="test", state="stopped")
    assert (done["changed"], done["domain"]["state"]) == (False, "saved")
    run("virt_domain", name="test", state="stopped", discard_saved=True)
    assert "has a memory to save" in run.refused("virt_domain", name="test", state="saved")


def test_restarted_always_changes(run: Runner) -> None:
    for before in ("running", "stopped"):
        run("virt_domain", name="test", state=before)
        done = run("virt_domain", name="test", state="restarted")
        assert done["changes"] == [change("state", before, "running", "restart")]


def test_a_saved_image_goes_only_when_asked(run: Runner, host: Any) -> None:
    run("virt_domain", xml=guest(), state="running")
    run("virt_domain", name="web", state="saved")
    assert "discard_saved: true allows that" in run.refused("virt_domain", name="web", state="absent")
    done = run.converge("virt_domain", name="web", state="stopped", discard_saved=True)
    assert done["changes"] == [change("state", "saved", "stopped", "live")]
    assert not host.lookupByName("web").hasManagedSaveImage()


def test_removal_of_a_running_guest(run: Runner, host: Any) -> None:
    run("virt_domain", xml=guest(), state="running")
    done = run.converge("virt_domain", name="web", state="absent")
    assert done["actions"] == ["shut down guest 'web'", "undefine guest 'web'"]
    assert (done["changes"], done["domain"]) == (
        [change("/", "guest 'web'", None)],
        {"name": "web", "state": "absent"},
    )
    assert [domain.name() for domain in host.listAllDomains()] == ["test"]


def test_snapshots_are_lost_only_when_asked(run: Runner, host: Any) -> None:
    run("virt_domain", xml=guest())
    host.lookupByName("web").snapshotCreateXML("<domainsnapshot><name>one</name></domainsnapshot>", 0)
    assert "has snapshots" in run.refused("virt_domain", name="web", state="absent")
    run.converge("virt_domain", name="web", state="absent", remove_snapshots=True)
    assert [domain.name() for domain in host.listAllDomains()] == ["test"]


def test_a_transient_guest_is_made_persistent_but_never_lost(run: Runner, host: Any) -> None:
    host.createXML(guest(), 0)
    assert "is transient" in run.refused("virt_domain", name="web", state="stopped")
    done = run.converge("virt_domain", name="web", state="running")
    assert done["changes"] == [change("persistent", "false", "true")]
    assert host.lookupByName("web").isPersistent() == 1


def test_options_beside_xml_are_laid_over_it(run: Runner) -> None:
    done = run.converge("virt_domain", xml=guest(), memory="256MiB", title="Web server", description="Front")
    facts = done["domain"]
    assert (facts["memory"], facts["title"], facts["description"]) == (256 << 20, "Web server", "Front")


def test_an_option_touches_nothing_else(run: Runner, host: Any) -> None:
    devices = "<interface type='network'><source network='default'/></interface>"
    run("virt_domain", xml=guest(devices=devices))
    before = host.lookupByName("web").XMLDesc(0)
    run.converge("virt_domain", name="web", title="Web server")
    after = host.lookupByName("web").XMLDesc(0)
    assert after.replace("  <title>Web server</title>\n", "") == before


def test_a_password_in_xml_is_never_shown(run: Runner) -> None:
    def screen(password: str) -> str:
        return guest(devices=f"<graphics type='vnc' passwd='{password}'/>")

    for xml in (screen("kleines8"), screen("anderes9")):
        done = run.converge("virt_domain", xml=xml)
        assert done["changed"] is True
        assert done["diff"]["before"] != done["diff"]["after"]
        told = json.dumps([done, run("virt_domain_info")])
        assert "kleines8" not in told
        assert "anderes9" not in told
    broken = screen("anderes9").replace("type='vnc'", "type='sideways'")
    result = run.refused("virt_domain", xml=broken)
    assert "cannot define guest 'web'" in result
    assert "anderes9" not in result


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "web"}, "there is no guest 'web' on test:///default, and no memory and disks, or xml, to define it"),
        ({"name": "web", "memory": "1GiB"}, "and no memory and disks, or xml, to define it"),
        ({"name": "test", "memory": "1 lot"}, "memory: "),
        ({"name": "test", "memory": "0"}, "memory: "),
        ({"name": "test", "vcpus": 0}, "vcpus: 0 is not a number of virtual CPUs"),
        ({"xml": guest().replace("KiB", "lot")}, "xml: line 1: memory"),
        ({"name": "test", "remove_storage": ["vdz"], "state": "absent"}, "remove_storage names vdz"),
        ({"name": "test", "remove_storage": ["vda"], "state": "absent"}, "is in no active pool of test:///default"),
        ({}, "one of the following is required: name, names, uuid, xml"),
    ],
)
def test_bad_input_is_one_sentence(run: Runner, options: dict[str, Any], sentence: str) -> None:
    said = run.refused("virt_domain", **options)
    assert sentence in said
    assert "\n" not in said


def test_the_libraries_that_are_missing_are_named(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    road = "ansible_collections.converge.libvirt.plugins.module_utils._result"
    for name, package in (("LIBVIRT_ERROR", "python3-libvirt"), ("LXML_ERROR", "python3-lxml")):
        with monkeypatch.context() as patch:
            patch.setattr(f"{road}.{name}", "Traceback ... No module named 'it'")
            said = run.refused("virt_domain", name="test")
        assert package in said


def test_what_libvirt_ignores_is_remembered_and_the_note_is_not_shown(run: Runner, host: Any) -> None:
    mistaken = guest().replace("<vcpu>", "<memmory>64</memmory><vcpu>")
    assert mistaken != guest()
    made = run("virt_domain", xml=mistaken, state="running", validate="off")
    assert made["warnings"] == ["libvirt accepted memmory of guest 'web' and ignored it"]
    for flags in (0, 2):
        assert "converge:record" in host.lookupByName("web").XMLDesc(flags)
    again = run.check("virt_domain", xml=mistaken, validate="off")
    assert (again["changed"], again["warnings"]) == (False, [])
    more = run.converge("virt_domain", xml=mistaken, vcpus=3)
    assert [change["path"] for change in more["changes"]] == ["vcpu"]
    assert "converge:record" not in str([made, again, more])
    forgetful = run.check("virt_domain", xml=mistaken, vcpus=3, remember=False)
    assert [change["path"] for change in forgetful["changes"]] == ["memmory"]


def test_a_note_that_cannot_be_written_is_only_a_loss_of_memory(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    optional = Session.optional

    def forgetful(session: Session, what: str, function: Any, *arguments: Any) -> Any:
        if function.__name__ == "setMetadata":
            raise SessionError(f"cannot {what}: no room")
        return optional(session, what, function, *arguments)

    monkeypatch.setattr(Session, "optional", forgetful)
    done = run("virt_domain", xml=guest())
    assert (done["changed"], done["changes"]) == (True, [change("/", None, "guest 'web'")])
    assert done["warnings"] == ["cannot write down what was learnt of guest 'web': no room"]
