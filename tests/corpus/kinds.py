# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of documents that a corpus may hold, by the names of its folders."""

from __future__ import annotations

from moments import CheckpointHandler, SnapshotHandler
from objects import (
    DomainHandler,
    Handler,
    InterfaceHandler,
    NetworkHandler,
    NodedevHandler,
    NwfilterHandler,
    PoolHandler,
    SecretHandler,
    VolumeHandler,
)

KINDS: dict[str, type[Handler]] = {
    handler.noun: handler
    for handler in (
        DomainHandler,
        NetworkHandler,
        PoolHandler,
        VolumeHandler,
        SecretHandler,
        NwfilterHandler,
        InterfaceHandler,
        NodedevHandler,
        SnapshotHandler,
        CheckpointHandler,
    )
}
