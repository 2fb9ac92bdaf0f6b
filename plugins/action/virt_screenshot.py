# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of virt_screenshot that runs on the controller: it puts the picture where dest says."""

from __future__ import annotations

import base64
import os
import tempfile
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Has the module take the picture, and writes it here."""

    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        taken = self._execute_module(module_name="converge.libvirt.virt_screenshot", task_vars=task_vars)
        picture = base64.b64decode(str(taken.pop("content", "")))
        result.update(taken)
        if result.get("failed") or not picture:
            return result
        dest = Path(os.path.expanduser(self._task.args["dest"])).absolute()
        if dest.is_dir():
            dest /= f"{self._task.args['name']}.png"
        result["dest"] = str(dest)
        result["changed"] = not (dest.is_file() and dest.read_bytes() == picture)
        if result["changed"] and not self._task.check_mode:
            try:
                _replace(dest, picture)
            except OSError as error:
                return {**result, "failed": True, "changed": False, "msg": f"cannot write {dest}: {error.strerror}"}
        return result


def _replace(dest: Path, picture: bytes) -> None:
    """Write a file in one step: nobody sees half a picture."""
    with tempfile.NamedTemporaryFile(dir=dest.parent, prefix=f".{dest.name}-", delete=False) as draft:
        draft.write(picture)
    umask = os.umask(0)
    os.umask(umask)
    Path(draft.name).chmod(0o666 & ~umask)
    os.replace(draft.name, dest)
