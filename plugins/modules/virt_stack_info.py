#!/usr/bin/python
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.converge.libvirt.plugins.module_utils._kinds.domain import Domain
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.network import Network
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.nwfilter import Nwfilter
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.pool import Pool
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.secret import Secret
from ansible_collections.converge.libvirt.plugins.module_utils._kinds.volume import Volume
from ansible_collections.converge.libvirt.plugins.module_utils._spec.domain_info import DOMAINS
from ansible_collections.converge.libvirt.plugins.module_utils._spec.network_info import NETWORKS
from ansible_collections.converge.libvirt.plugins.module_utils._spec.nwfilter_info import NWFILTERS
from ansible_collections.converge.libvirt.plugins.module_utils._spec.pool_info import POOLS
from ansible_collections.converge.libvirt.plugins.module_utils._spec.secret_info import SECRETS
from ansible_collections.converge.libvirt.plugins.module_utils._spec.stack_info import argument_spec
from ansible_collections.converge.libvirt.plugins.module_utils._spec.volume_info import VOLUMES
from ansible_collections.converge.libvirt.plugins.module_utils._stack.tell import tell


def main() -> None:
    tell(
        {
            "secrets": (Secret, SECRETS),
            "nwfilters": (Nwfilter, NWFILTERS),
            "networks": (Network, NETWORKS),
            "pools": (Pool, POOLS),
            "volumes": (Volume, VOLUMES),
            "domains": (Domain, DOMAINS),
        },
        argument_spec(),
    )


if __name__ == "__main__":
    main()
