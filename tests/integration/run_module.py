# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run one module of the collection as Ansible would.

Usage: run_module.py MODULE FILE, with the task's arguments as JSON in FILE.

The module gets the arguments that AnsiballZ would have put into the payload; everything else (result on stdout, exit
status) is its own. CONVERGE_BLOCKED_IMPORTS names libraries, with blanks between, that are made to look missing.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from ansible.module_utils import basic


class Blocked(MetaPathFinder):
    """Makes libraries look as if they were not installed."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


module, arguments = sys.argv[1:]
sys.meta_path.insert(0, Blocked(os.environ.get("CONVERGE_BLOCKED_IMPORTS", "").split()))
basic._ANSIBLE_ARGS = Path(arguments).read_bytes()
if hasattr(basic, "_ANSIBLE_PROFILE"):
    # Since ansible-core 2.19 the payload also says how arguments and result are encoded.
    basic._ANSIBLE_PROFILE = "legacy"
sys.argv = [module]
runpy.run_module(f"ansible_collections.converge.libvirt.plugins.modules.{module}", run_name="__main__")
