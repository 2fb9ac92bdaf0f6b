# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a storage volume."""

from __future__ import annotations

from typing import Any

from ._option import Option, Spec, Survey
from ._writing import element, parse_size


def _write_capacity(tree: Any, value: str, _current: Any) -> None:
    size = parse_size(value)
    if size <= 0:
        raise ValueError("a volume needs a capacity above nothing")
    found = element(tree, "capacity")
    found.text, found.attrib["unit"] = str(size), "bytes"


def _write_format(tree: Any, value: str, _current: Any) -> None:
    element(element(tree, "target"), "format").attrib["type"] = value


def _write_backing(tree: Any, value: dict[str, Any], _current: Any) -> None:
    backing = element(tree, "backingStore")
    element(backing, "path").text = value["path"]
    element(backing, "format").attrib["type"] = value["format"]


VOLUME = Spec(
    noun="volume",
    root="volume",
    states=("present", "absent"),
    common={"name": {"type": "str"}, "xml": {"type": "str"}},
    options=(
        Option("capacity", {"type": "str"}, ("capacity",), _write_capacity),
        Option("format", {"type": "str"}, ("target/format",), _write_format),
        Option(
            "backing",
            {
                "type": "dict",
                "options": {
                    "path": {"type": "str", "required": True},
                    "format": {"type": "str", "required": True},
                },
            },
            ("backingStore/path", "backingStore/format"),
            _write_backing,
        ),
    ),
    arguments={"pool": {"type": "str", "required": True}},
    constraints={"required_one_of": [("name", "xml")]},
    from_options=True,
)

VOLUMES = Survey(plural="volumes", arguments={"pool": {"type": "str"}})
