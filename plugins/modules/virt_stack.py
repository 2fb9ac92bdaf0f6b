#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.domain_guest import Guest
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.network import Network
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.nwfilter import Nwfilter
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.pool import Pool
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.secret import Secret
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.volume_filled import FilledVolume
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain import DOMAIN
from ansible_collections.converge.libvirt.plugins.module_utils._spec.network import NETWORK
from ansible_collections.converge.libvirt.plugins.module_utils._spec.nwfilter import NWFILTER
from ansible_collections.converge.libvirt.plugins.module_utils._spec.pool import POOL
from ansible_collections.converge.libvirt.plugins.module_utils._spec.secret import SECRET
from ansible_collections.converge.libvirt.plugins.module_utils._spec.stack import argument_spec
from ansible_collections.converge.libvirt.plugins.module_utils._spec.volume import VOLUME
from ansible_collections.converge.libvirt.plugins.module_utils._stack.entries import Sort
from ansible_collections.converge.libvirt.plugins.module_utils._stack.run import stack


def main() -> None:
    stack(
        {
            "secrets": Sort(Secret, SECRET),
            "nwfilters": Sort(Nwfilter, NWFILTER),
            "networks": Sort(Network, NETWORK),
            "pools": Sort(Pool, POOL),
            "volumes": Sort(FilledVolume, VOLUME),
            "domains": Sort(Guest, DOMAIN),
        },
        argument_spec(),
    )


if __name__ == "__main__":
    main()
