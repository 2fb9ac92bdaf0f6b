# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the guide about options are tasks that the modules take, and make the XML that the guide shows."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")
yaml = pytest.importorskip("yaml", reason="needs PyYAML")

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.converge.libvirt.plugins.module_utils._spec._option import Spec
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain import DOMAIN
from ansible_collections.converge.libvirt.plugins.module_utils._spec.network import NETWORK
from ansible_collections.converge.libvirt.plugins.module_utils._spec.pool import POOL
from ansible_collections.converge.libvirt.plugins.module_utils._xml.compare import compare
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse

REPOSITORY = Path(__file__).resolve().parents[2]
GUIDE = (REPOSITORY / "docs/docsite/rst/guide_options.rst").read_text(encoding="utf-8")
SPECS: dict[str, Spec] = {"virt_domain": DOMAIN, "virt_net": NETWORK, "virt_pool": POOL}

#: Language and text of each block, in order.
BLOCKS = [
    (language, textwrap.dedent(text).strip() + "\n")
    for language, text in re.findall(r"^\.\. code-block:: (\S+)\n\n((?: {4}.*\n|\n)+)", GUIDE, re.MULTILINE)
]


def tasks(text: str) -> list[tuple[Spec, dict[str, Any]]]:
    """The spec of the module, and the options, of each task."""
    found = []
    for task in yaml.safe_load(text):
        (module,) = (name for name in task if name.startswith("converge.libvirt."))
        found.append((SPECS[module.rpartition(".")[2]], task[module]))
    return found


def accepted(spec: Spec, given: dict[str, Any]) -> dict[str, Any]:
    """The options as the module gets them."""
    arguments = {
        name: {key: value for key, value in argument.items() if key != "fallback"}
        for name, argument in spec.argument_spec().items()
    }
    result = ArgumentSpecValidator(arguments, **spec.constraints).validate(given)
    assert result.error_messages == []
    return dict(result.validated_parameters)


TASKS = [one for language, text in BLOCKS if language == "yaml+jinja" for one in tasks(text)]
SHOWN = [(tasks(text)[-1], xml) for (_one, text), (language, xml) in zip(BLOCKS, BLOCKS[1:]) if language == "xml"]


@pytest.mark.parametrize(("spec", "given"), TASKS)
def test_an_example_is_a_task_that_its_module_takes(spec: Spec, given: dict[str, Any]) -> None:
    accepted(spec, given)


@pytest.mark.parametrize(("task", "xml"), SHOWN)
def test_an_example_makes_the_xml_that_is_shown(task: tuple[Spec, dict[str, Any]], xml: str) -> None:
    spec, given = task
    assert spec.offline({**accepted(spec, given), "state": "rendered"}) == {"rendered": xml}


@pytest.mark.parametrize(("task", "xml"), SHOWN)
def test_what_is_shown_is_read_as_options_alone(task: tuple[Spec, dict[str, Any]], xml: str) -> None:
    spec, _given = task
    parsed = spec.offline({**accepted(spec, {"name": "any"}), "xml": xml, "state": "parsed"})["parsed"]
    assert "xml" not in parsed
    again = spec.offline({**accepted(spec, parsed), "state": "rendered"})["rendered"]
    assert compare(parse(xml), parse(again), spec.rules) == []


def test_the_guide_shows_some_of_each() -> None:
    assert len(TASKS) >= 8
    assert len(SHOWN) >= 4
