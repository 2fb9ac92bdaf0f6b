# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of what is told of secrets."""

from __future__ import annotations

from ._survey import Survey
from .secret import SECRET

SECRETS = Survey(
    plural="secrets",
    spec=SECRET,
    list_all="listAllSecrets",
    listing="VIR_CONNECT_LIST_SECRETS_",
    filters={"ephemeral": {"type": "bool"}, "private": {"type": "bool"}},
)
