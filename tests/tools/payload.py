# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many bytes Ansible sends to a managed machine for a module: `python tests/tools/payload.py ping ...`.

Prints a JSON object, module -> bytes. The environment says where collections are, as it does for Ansible itself.
"""

from __future__ import annotations

import inspect
import json
import sys
import typing as t

from ansible import constants
from ansible.executor import module_common
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, module_loader
from ansible.template import Templar


def size(module: str) -> int:
    """Bytes of the packed module, as the installed ansible-core packs it by default."""
    found = module_loader.find_plugin_with_context(module)
    if not found.plugin_resolved_path:
        raise LookupError(f"ansible finds no module {module}")
    wanted = {
        "module_name": found.plugin_resolved_name,
        "module_path": found.plugin_resolved_path,
        "module_args": {},
        "templar": Templar(loader=DataLoader()),
        "task_vars": {"ansible_python_interpreter": sys.executable},
        "module_compression": constants.config.get_config_value("DEFAULT_MODULE_COMPRESSION"),
        "environment": {},
    }
    taken = inspect.signature(module_common.modify_module).parameters
    built: t.Any = module_common.modify_module(**{name: value for name, value in wanted.items() if name in taken})
    # A tuple up to ansible-core 2.18, an object with a name for the same since.
    return len(built[0] if isinstance(built, tuple) else built.b_module_data)


if __name__ == "__main__":
    init_plugin_loader()
    print(json.dumps({name: size(name) for name in sys.argv[1:]}))
