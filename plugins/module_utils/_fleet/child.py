# SPDX-License-Identifier: GPL-3.0-or-later

"""The process that asks one hypervisor. It can be ended at any time, which a call that blocks in C cannot."""

from __future__ import annotations

import gc
import json
import os
import sys
from typing import Any

from .._session import LIBVIRT_ERROR, SessionError
from .ask import Survey
from .line import Line
from .wanted import Place, Want


def main(given: dict[str, Any]) -> None:
    """Write the answer about a place to standard output, as JSON, and end the process."""
    gc.disable()
    line = Line(Place(**given["place"]))
    sys.stdout.write(json.dumps(answer(line, Want(**given["want"]))))
    sys.stdout.flush()
    # Threads may be blocked inside libvirt, and taking down thousands of handles takes time.
    os._exit(0)


def answer(line: Line, want: Want) -> dict[str, Any]:
    """guests: their facts, None where there are none; missing: sentences about single guests; failed: about all."""
    guests = None
    if LIBVIRT_ERROR is not None:
        line.failed = (
            f"libvirt-python (the distribution's package python3-libvirt has it) is missing for {sys.executable}"
        )
    else:
        try:
            line.survey = Survey(line, want)
            guests = line.survey.guests()
        except SessionError as error:
            line.failed = str(error)
    return {"guests": guests, "missing": line.missing, "failed": line.failed}
