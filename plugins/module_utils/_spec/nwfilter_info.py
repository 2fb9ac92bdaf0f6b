# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what is told of network filters."""

from __future__ import annotations

from ._survey import Survey

NWFILTERS = Survey(plural="filters", arguments={"bindings": {"type": "bool", "default": False}})
