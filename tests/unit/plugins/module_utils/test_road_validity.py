# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task says of xml that the schema does not know. The schema is our own; libvirt's may not be installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils import _road
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.network import Network
from ansible_collections.converge.libvirt.plugins.module_utils._session import Session, SessionError
from ansible_collections.converge.libvirt.tests.unit.in_process import Runner

SCHEMA = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<start><element name="network"><interleave>
  <element name="name"><text/></element>
  <optional><element name="uuid"><text/></element></optional>
  <optional><element name="forward"><attribute name="mode"/></element></optional>
  <optional><element name="bridge"><attribute name="name"/></element></optional>
  <zeroOrMore><element name="ip"><attribute name="address"/><attribute name="netmask"/></element></zeroOrMore>
</interleave></element></start>
</grammar>
"""
FAULT = "line 2, forwad: <network> has no element <forwad> (did you mean forward?)"


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the schemas."""
    (tmp_path / "network.rng").write_text(SCHEMA)
    monkeypatch.setattr(_road, "SCHEMAS", str(tmp_path))
    return tmp_path


@pytest.fixture
def no_schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_road, "SCHEMAS", str(tmp_path / "none"))


def network(more: str = "<forwad mode='nat'/>", address: str = "192.168.77.1", name: str = "<name>lab</name>") -> str:
    return f"<network>{name}<bridge name='virbr7'/>\n{more}<ip address='{address}' netmask='255.255.255.0'/></network>"


@pytest.mark.usefixtures("schemas")
def test_a_typo_is_named_in_each_run(run: Runner) -> None:
    said = f"xml of network 'lab', {FAULT}"
    assert said in run.check("virt_net", xml=network())["warnings"]
    done = run("virt_net", xml=network())
    assert said in done["warnings"]
    assert done["changed"]
    assert said in run("virt_net", xml=network())["warnings"]
    assert run("virt_net", xml=network(more=""))["warnings"] == []


@pytest.mark.usefixtures("schemas")
def test_a_typo_is_an_error_where_the_task_is_strict(run: Runner) -> None:
    for check in (True, False):
        said = run.refused("virt_net", check=check, xml=network(), validate="strict")
        assert said == f"xml of network 'lab' is not valid by libvirt's schema: {FAULT}"


@pytest.mark.usefixtures("schemas")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_nothing_is_looked_at_that_is_not_to_be(run: Runner, state: str) -> None:
    run("virt_net", xml=network(more=""))
    validate = {"present": "off", "absent": "strict"}[state]
    told = run.check("virt_net", xml=network(), validate=validate, state=state)
    assert not [warning for warning in told["warnings"] if "line" in warning]


@pytest.mark.usefixtures("schemas")
def test_a_definition_that_libvirt_refuses_is_explained(run: Runner) -> None:
    said = run.refused("virt_net", xml=network(address="192.168.77.1000"))
    assert "libvirt said: " in said
    assert said.endswith(f"; not valid by libvirt's schema: {FAULT}")
    assert FAULT not in run.refused("virt_net", xml=network(address="192.168.77.1000"), validate="off")


@pytest.mark.usefixtures("schemas")
def test_an_error_that_has_nothing_to_do_with_the_document_is_left_alone(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(network: Any) -> None:
        raise SessionError(f"cannot start network '{network.name}'", code=1)

    monkeypatch.setattr(
        Network, "reach", lambda network, _observed, _state, plan: plan.add("start", lambda: fail(network))
    )
    failed = run.failed("virt_net", xml=network(), state="active")
    assert FAULT not in failed["msg"]
    assert f"xml of network 'lab', {FAULT}" in failed["warnings"]


@pytest.mark.usefixtures("schemas")
def test_what_is_found_by_its_uuid_needs_no_name_in_xml(run: Runner, host: Any) -> None:
    run("virt_net", xml=network(more=""))
    uuid = host.networkLookupByName("lab").UUIDString()
    told = run("virt_net", xml=network(more="", name=""), uuid=uuid, validate="strict")
    assert (told["changed"], told["warnings"]) == (False, [])


@pytest.mark.usefixtures("schemas")
def test_many_faults_are_counted(run: Runner) -> None:
    told = run.check("virt_net", xml=network(more="<forwad/>" * 13))["warnings"]
    assert len(told) == 11
    assert told[-1] == "xml of network 'lab', and 3 more"


def test_a_search_that_was_cut_short_says_so(run: Runner, schemas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert schemas
    monkeypatch.setattr("ansible_collections.converge.libvirt.plugins.module_utils._xml.explain.SECONDS", -1)
    assert "xml of network 'lab', and there may be more" in run.check("virt_net", xml=network())["warnings"]


@pytest.mark.parametrize("broken", ["no xml", "<grammar/>"])
def test_a_schema_that_is_none_is_as_good_as_none(run: Runner, schemas: Path, broken: str) -> None:
    (schemas / "network.rng").write_text(broken)
    assert FAULT not in str(run.check("virt_net", xml=network())["warnings"])


@pytest.mark.usefixtures("schemas")
def test_the_schemas_here_say_nothing_of_a_libvirt_elsewhere(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "is_here", lambda _session: False)
    assert FAULT not in str(run.check("virt_net", xml=network())["warnings"])


@pytest.mark.usefixtures("no_schemas")
def test_without_a_schema_libvirt_validates_for_a_strict_task(run: Runner) -> None:
    if not Path("/usr/share/libvirt/schemas/network.rng").exists():
        pytest.skip("needs libvirt's schemas in /usr/share/libvirt/schemas")
    assert FAULT not in str(run.check("virt_net", xml=network())["warnings"])
    checked = run.check("virt_net", xml=network(), validate="strict")
    assert checked["warnings"] == [
        "xml of network 'lab' is validated only when it is defined: libvirt's schema for it is not here"
    ]
    assert "VIR_ERR_XML_INVALID_SCHEMA" in run.refused("virt_net", xml=network(), validate="strict")
    assert run("virt_net", xml=network(more=""), validate="strict")["changed"]


@pytest.mark.usefixtures("no_schemas")
def test_what_nobody_can_validate_is_refused_to_a_strict_task(
    run: Runner, libvirt: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(libvirt, "VIR_NETWORK_DEFINE_VALIDATE")
    said = run.refused("virt_net", xml=network(), validate="strict")
    assert said == "xml of network 'lab' cannot be validated: libvirt's schema for it is not here; use validate: warn"
