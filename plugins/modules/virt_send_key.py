#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.converge.libvirt.plugins.module_utils._domain.keys import press
from ansible_collections.converge.libvirt.plugins.module_utils._result import Module, run
from ansible_collections.converge.libvirt.plugins.module_utils._spec.screen import KEYS
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules


def main() -> None:
    module = Module(Rules("domain"), KEYS, required_one_of=[("keys", "text")])
    run(module, lambda session: press(session, module))


if __name__ == "__main__":
    main()
