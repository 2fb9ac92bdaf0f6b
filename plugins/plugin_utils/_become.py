# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: what become asks for, and what came of it."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError

from ..module_utils._domain.shell import Prompt


def prompt_of(become: Any, play_context: Any) -> Prompt | None:
    """The password that become will ask for, where it will."""
    if become is None or not become.expect_prompt():
        return None
    password = become.get_option("become_pass", playcontext=play_context)
    # su asks in the guest's language; its plugin has True in place of a text.
    return Prompt(str(password), become.prompt if isinstance(become.prompt, str) else "", become.success)


def judge(become: Any, rc: int, stdout: bytes, stderr: bytes) -> None:
    """Raise where become did not let the command run."""
    if not rc or become.check_success(stdout):
        return
    for wrong, check in (("Incorrect", become.check_incorrect_password), ("Missing", become.check_missing_password)):
        if check(stdout + stderr):
            raise AnsibleError(f"{wrong} {become.name} password")
