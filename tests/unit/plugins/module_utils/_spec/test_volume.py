# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._plan import Refused
from ansible_collections.converge.libvirt.plugins.module_utils._spec.volume import VOLUME
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import compact

NONE = {**dict.fromkeys(VOLUME.argument_spec()), "name": "v", "pool": "p"}


def written(**given: Any) -> str:
    params = {**NONE, **given}
    text: str = compact(VOLUME.desired(params, VOLUME.identity(params), None).tree)
    return text.replace('"', "'")


def test_the_options_together() -> None:
    assert written(capacity="1GiB", format="qcow2", backing={"path": "/base", "format": "raw"}) == (
        "<volume><name>v</name><capacity unit='GiB'>1</capacity><target><format type='qcow2'/></target>"
        "<backingStore><path>/base</path><format type='raw'/></backingStore></volume>"
    )


def test_they_win_over_xml() -> None:
    xml = "<volume><name>v</name><capacity unit='G'>1</capacity><target><format type='raw'/></target></volume>"
    assert written(xml=xml, capacity="2MiB", format="qcow2") == (
        "<volume><name>v</name><capacity unit='MiB'>2</capacity><target><format type='qcow2'/></target></volume>"
    )


@pytest.mark.parametrize("value", ["1073741824", "big", "-1GiB"])
def test_a_capacity_without_a_unit_or_without_sense_is_refused(value: str) -> None:
    with pytest.raises(Refused, match=r"^capacity: "):
        written(capacity=value)


def test_a_volume_has_no_uuid_and_is_named_by_name_or_xml() -> None:
    assert VOLUME.identity({**NONE, "name": None, "xml": "<volume><name>w</name></volume>"}).name == "w"
    assert "uuid" not in VOLUME.argument_spec()
