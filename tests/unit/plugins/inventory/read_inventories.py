# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read inventories for the tests, many in one process: Ansible's start takes longer than all of them.

Each line of the input is a JSON object with source, env and cache; each line of the output says what became of it:
hosts (their variables), groups (their hosts), warnings, and error.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, inventory_loader
from ansible.utils.display import Display

WARNINGS: list[str] = []


def read(source: str, cache: bool) -> dict[str, Any]:
    """As InventoryManager does with a plugin, which would only say that all plugins failed."""
    WARNINGS.clear()
    error = None
    plugin, data = inventory_loader.get("converge.libvirt.libvirt"), InventoryData()
    try:
        if not plugin.verify_file(source):
            raise AnsibleParserError("the plugin does not take it as its own")
        plugin.parse(data, DataLoader(), source, cache=cache)
    except AnsibleError as raised:
        error = str(raised)
    data.reconcile_inventory()
    if error is None and getattr(plugin, "_cache", None) is not None:
        plugin.update_cache_if_changed()
    return {
        "hosts": {name: host.vars for name, host in data.hosts.items() if name != "localhost"},
        "groups": {
            name: sorted(host.name for host in group.hosts)
            for name, group in data.groups.items()
            if name not in ("all", "ungrouped")
        },
        "warnings": WARNINGS,
        "error": error,
    }


def main() -> None:
    init_plugin_loader([])
    Display.warning = lambda _display, message, *_more, **_named: WARNINGS.append(message)  # type: ignore[method-assign]
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ.update(asked["env"])
        print(json.dumps(read(asked["source"], asked["cache"])), flush=True)
        for name in asked["env"]:
            del os.environ[name]


if __name__ == "__main__":
    main()
