# SPDX-License-Identifier: GPL-3.0-or-later

"""A guest by what a person calls it."""

from __future__ import annotations

import re
from typing import Any

from .._session import Session

UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def by_name_or_uuid(session: Session, name: str) -> Any:
    """libvirt's domain, by its UUID where that is what the name looks like, and else by its name."""
    what = f"look up guest {name!r}"
    found = None
    if UUID.fullmatch(name):
        found = session.look_up(what, "VIR_ERR_NO_DOMAIN", session.connection.lookupByUUIDString, name)
    return found or session.call(what, session.connection.lookupByName, name)
