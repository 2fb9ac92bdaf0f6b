#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.converge.libvirt.plugins.module_utils._looks._look import look
from ansible_collections.converge.libvirt.plugins.module_utils._looks.guests import guests
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain_info import DOMAINS


def main() -> None:
    look(DOMAINS.argument_spec(), lambda session, params: guests(session, params, DOMAINS.told))


if __name__ == "__main__":
    main()
