# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets: their values are compared where libvirt gives them out, written where they differ, and never shown."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ansible_collections.converge.libvirt.tests.integration import documents
from ansible_collections.converge.libvirt.tests.integration.host import Host, Outcome

VALUE = "s3kr!t-9"
OTHER = "0ther-v4lue"
UUID = "0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f"
USAGE = {"type": "ceph", "id": "it"}


def silent(outcome: Outcome) -> Outcome:
    """An outcome in which no value is found, however it is written."""
    for value in (VALUE, OTHER):
        for written in (value, base64.b64encode(value.encode()).decode(), repr(value.encode())):
            assert written not in outcome.everything
    return outcome


def encoded(value: str) -> dict[str, str]:
    return {"value": base64.b64encode(value.encode()).decode(), "value_encoding": "base64"}


def value_of(host: Host) -> Any:
    return host.connection.secretLookupByUsage(2, "it").value()


def test_a_value_is_compared_and_never_shown(host: Host) -> None:
    created = silent(host.converge("virt_secret", usage=USAGE, value=VALUE))
    assert created["actions"] == ["define secret 'ceph it'", "set the value of secret 'ceph it'"]
    assert value_of(host) == VALUE.encode()
    silent(host.unchanged("virt_secret", usage=USAGE, **encoded(VALUE)))
    silent(host.unchanged("virt_secret", usage=USAGE, value=VALUE, update_value="always"))

    changed = silent(host.converge("virt_secret", usage=USAGE, **encoded(OTHER)))
    assert changed["changes"] == [
        {"path": "value", "before": "********", "after": "******** (changed)", "how": "stored"}
    ]
    assert changed["diff"]["before"] != changed["diff"]["after"], "a change that --diff does not show"
    assert value_of(host) == OTHER.encode()
    silent(host.run("virt_secret_info"))
    silent(host.unchanged("virt_secret", usage=USAGE))
    assert value_of(host) == OTHER.encode()


def test_a_secret_without_a_value_gets_one(host: Host) -> None:
    host.run("virt_secret", xml=documents.secret())
    added = silent(host.converge("virt_secret", usage=USAGE, value=VALUE))
    assert added["changes"] == [{"path": "value", "before": None, "after": "********", "how": "stored"}]


def test_a_value_that_is_no_text(host: Host) -> None:
    raw = bytes(range(256))
    host.converge("virt_secret", usage=USAGE, value=base64.b64encode(raw).decode(), value_encoding="base64")
    assert value_of(host) == raw


def test_the_value_of_a_private_secret_is_written_once_or_always(host: Host) -> None:
    silent(host.converge("virt_secret", xml=documents.secret(private="yes"), value=VALUE))
    silent(host.unchanged("virt_secret", usage=USAGE, value=OTHER))
    for _again in range(2):
        predicted = silent(host.check("virt_secret", usage=USAGE, value=OTHER, update_value="always"))
        happened = silent(host.run("virt_secret", usage=USAGE, value=OTHER, update_value="always"))
        assert predicted.paths == happened.paths == ["value"]


def test_a_value_and_privacy_in_one_task(host: Host) -> None:
    host.run("virt_secret", xml=documents.secret(), value=VALUE)
    changed = silent(host.converge("virt_secret", usage=USAGE, private=True, value=OTHER))
    assert sorted(changed.paths) == ["@private", "value"]


def test_another_definition_keeps_the_value(host: Host) -> None:
    host.run("virt_secret", xml=documents.secret(uuid=UUID), value=VALUE)
    host.converge("virt_secret", xml=documents.secret("Another"))
    host.converge("virt_secret", uuid=UUID, description="A third")
    assert value_of(host) == VALUE.encode()
    (told,) = host.run("virt_secret_info", names=["ceph *"])["secrets"]
    assert told["uuid"] == UUID
    assert told["usage"] == USAGE
    assert told["description"] == "A third"


def test_a_list_of_secrets_is_narrowed(host: Host) -> None:
    host.run("virt_secret", xml=documents.secret("Hidden"), private=True, value=VALUE)
    host.run("virt_secret", uuid=UUID, ephemeral=True)
    wanted: list[tuple[dict[str, Any], list[str]]] = [
        ({"private": True}, ["ceph it"]),
        ({"private": False}, [UUID]),
        ({"ephemeral": True}, [UUID]),
        ({"ephemeral": False, "private": True}, ["ceph it"]),
        ({"ephemeral": True, "private": True}, []),
    ]
    for options, names in wanted:
        assert [secret["name"] for secret in host.run("virt_secret_info", **options)["secrets"]] == names


def test_a_secret_for_nothing_in_particular_is_its_uuid(host: Host) -> None:
    host.converge("virt_secret", uuid=UUID, description="Plain")
    (told,) = host.run("virt_secret_info", names=[UUID])["secrets"]
    assert (told["name"], told["usage"]) == (UUID, None)
    assert "usage of secret" in host.refuses("virt_secret", xml=documents.secret(uuid=UUID))
    host.converge("virt_secret", uuid=UUID, state="absent")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"xml": documents.secret(private="no")}, "secret 'ceph it' is private and stays so"),
        ({"xml": documents.secret().replace(" private='no'", "")}, "secret 'ceph it' is private and stays so"),
        ({"usage": USAGE, "private": False}, "secret 'ceph it' is private and stays so"),
        ({"xml": documents.secret(private="yes", uuid=UUID, name="other")}, "is for ceph it, not for ceph other"),
        ({"uuid": UUID, "xml": "<secret private='yes'/>"}, "the usage of secret 'ceph it' never changes"),
        ({"uuid": UUID[:-1] + "0", "usage": USAGE}, f"has the uuid {UUID}, not {UUID[:-1]}0"),
        ({"usage": USAGE, "xml": documents.secret(name="other")}, "usage says 'ceph it' but xml says 'ceph other'"),
        ({"usage": USAGE, "value": ""}, "value is empty"),
        ({"usage": USAGE, "value": VALUE, "value_encoding": "base64"}, "value is not base64"),
        ({"usage": {"type": "ceph", "id": " "}}, "usage.id is empty"),
        ({"xml": "<secret/>"}, "name the secret: by uuid, by usage"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    host: Host, options: dict[str, Any], sentence: str
) -> None:
    host.run("virt_secret", xml=documents.secret(private="yes", uuid=UUID), value=OTHER)
    said = host.refuses("virt_secret", **options)
    assert sentence in said
    assert VALUE not in said


@pytest.mark.parametrize("words", [[], ["--check", "--diff"]])
def test_the_output_of_a_playbook_keeps_the_value(host: Host, tmp_path: Any, words: list[str]) -> None:
    tasks: list[dict[str, Any]] = [
        {"converge.libvirt.virt_secret": {"usage": USAGE, "value": "{{ one }}"}},
        {"converge.libvirt.virt_secret": {"usage": USAGE, "value": "{{ two }}", "value_encoding": "base64"}},
        {"converge.libvirt.virt_secret": {"usage": USAGE, "value": "{{ one }}", "nmae": "x"}, "ignore_errors": True},
    ]
    (tmp_path / "values.json").write_text(json.dumps({"one": VALUE, "two": encoded(OTHER)["value"]}))
    done = host.playbook(tasks, "-vvvv", "-e", f"@{tmp_path}/values.json", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    for value in (VALUE, OTHER, encoded(OTHER)["value"]):
        assert value not in done.stdout + done.stderr


def test_a_secret_that_becomes_ephemeral_is_warned_of(host: Host) -> None:
    host.run("virt_secret", xml=documents.secret(), value=VALUE)
    changed = host.converge("virt_secret", usage=USAGE, ephemeral=True)
    assert any("on its disk" in str(warning) for warning in changed["warnings"])
    assert value_of(host) == VALUE.encode()
