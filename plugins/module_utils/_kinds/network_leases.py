# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks with what their DHCP servers have leased."""

from __future__ import annotations

from typing import Any

from .._kind import Observed
from .network import Network


class NetworkWithLeases(Network):
    def facts(self, observed: Observed) -> dict[str, Any]:
        return {**super().facts(observed), "leases": self._leases(observed)}

    def _leases(self, observed: Observed) -> list[dict[str, Any]] | None:
        """None where that was not asked or the network is not active."""
        if not self.params["leases"] or not observed.active:
            return None
        what = f"read the leases of network '{self.name}'"
        found = self.session.optional(what, self.handle.DHCPLeases) or []
        return [
            {
                "mac": one["mac"],
                "address": one["ipaddr"],
                "prefix": one["prefix"],
                "hostname": one["hostname"],
                "client_id": one["clientid"],
                "expires": one["expirytime"] or None,
            }
            for one in sorted(found, key=lambda one: str(one["ipaddr"]))
        ]
