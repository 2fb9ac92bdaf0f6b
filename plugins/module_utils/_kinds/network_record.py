# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks of which a task knows single records."""

from __future__ import annotations

from typing import Any

from .._kind import Observed
from .._plan import Plan, Refused, Step
from .._xml.overlay import Overlay, pending
from .network import Entries, Network


class NetworkRecords(Network):
    """A network whose stored document is changed entry by entry too, so that many tasks may do that at once: a document
    that is defined takes away what another run has put in since it was read.
    """

    needs = "xml here to define it, which virt_net does"

    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        if not observed.persistent:
            raise Refused(
                f"network '{self.name}' is transient, so that it has no definition to store a record in: apply: live "
                "changes what is active, and virt_net with its xml makes it persistent"
            )
        plan.steps.extend(self._stored_steps(observed, merged.document))

    def put(self, observed: Observed, document: Any) -> None:
        for step in self._stored_steps(observed, document):
            step.run()

    def _stored_steps(self, observed: Observed, document: Any) -> list[Step]:
        differences = pending(document, observed.stored, self.rules)
        return Entries(self, live=False).steps(document, observed.stored, differences)
