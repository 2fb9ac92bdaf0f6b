# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What travels to a managed machine for each task stays small: Ansible packs a module with all that it imports."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (REPOSITORY / "plugins/modules").glob("virt_*.py"))

KILOBYTE = 1000
# Above `ping` on the same ansible-core.
LIMIT = {
    # The options and rules of every device, what running guests take, and what makes guests: what tasks leave out,
    # firmware, seeds of cloud-init and Ignition, and the agent, by which it waits.
    "virt_domain": 190 * KILOBYTE,
    "virt_domain_info": 150 * KILOBYTE,
    "virt_net": 80 * KILOBYTE,
    # Content: from files, parts and URLs, compared, converted, and streamed with its holes.
    "virt_volume": 115 * KILOBYTE,
    # Six kinds at once, sent once for a whole topology. They share the road and the engine, which are most of each.
    "virt_stack": 270 * KILOBYTE,
    "virt_stack_info": 205 * KILOBYTE,
}
LIMIT_OF_OTHERS = 90 * KILOBYTE


@functools.cache
def sizes() -> dict[str, int]:
    """Module -> bytes, measured in a process of its own: Ansible's loader hooks into Python's imports."""
    names = ["ping", *(f"converge.libvirt.{name}" for name in MODULES)]
    done = subprocess.run(
        [sys.executable, REPOSITORY / "tests/tools/payload.py", *names],
        env=os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / ".cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_travels_light(module: str) -> None:
    above_ping = sizes()[f"converge.libvirt.{module}"] - sizes()["ping"]
    limit = LIMIT.get(module, LIMIT_OF_OTHERS)
    assert 0 < above_ping <= limit, f"{module} sends {above_ping} bytes more than ping; {limit} is the limit"
