# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""virt_volume on the controller: brings a src to the machine that runs the module, and says how far a transfer is."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._kinds.volume_pieces import Piece, sparse
from ..module_utils._kinds.volume_source import File, Source, add_to
from ..module_utils._kinds.volume_stream import PROGRESS
from ..module_utils._plan import Refused

display = Display()

MODULE = "converge.libvirt.virt_volume"

#: Bytes of a part: no more of a file is in this machine's temporary folder at once.
PART = 64 * 1024 * 1024
#: A hole that is as long ends a part: each costs a call of the connection.
GAP = 4 * 1024 * 1024

#: Seconds between two lines about a transfer, and before the first.
SAY_EVERY = 5.0


class ActionModule(ActionBase):
    TRANSFERS_FILES = True
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        arguments = dict(self._task.args)
        try:
            result.update(self._with_source(arguments, task_vars))
        except Refused as error:
            result.update(failed=True, msg=str(error))
        finally:
            if not self._task.async_val:
                self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _with_source(self, arguments: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        src = arguments.get("src")
        if not isinstance(src, str) or boolean(arguments.get("remote_src", False), strict=False):
            return self._module(arguments, task_vars)
        try:
            path = self._find_needle("files", src)
        except AnsibleError:
            # Which the module says, or in check mode foresees.
            return self._module(arguments, task_vars)
        if self._connection.transport == "local":
            return self._module({**arguments, "src": os.path.abspath(path)}, task_vars)
        if self._task.async_val:
            raise Refused("src is on the controller, from where no background task can bring it: leave async out")
        return self._brought(path, arguments, task_vars)

    def _brought(self, path: str, arguments: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Run the module on another machine, and bring it the file if it needs that."""
        told = describe(path, arguments.get("compare") == "content")
        others = {name: given for name, given in arguments.items() if name not in ("src", "remote_src")}
        asked = self._task.check_mode
        self._task.check_mode = True
        try:
            result = self._module({**others, "_source": told}, task_vars)
        finally:
            self._task.check_mode = asked
        changed = {change.get("path") for change in result.get("changes", ())}
        if asked or result.get("failed"):
            return result
        if changed & {"/", "content"}:
            told["parts"] = self._bring(path, told["size"])
        return self._module({**others, "_source": told}, task_vars)

    def _bring(self, path: str, size: int) -> list[tuple[int, str]]:
        """Bring all of a file but its long holes; where each part begins, and where it lies."""
        folder, brought = self._make_tmp_path(), []
        says, what = Says(), f"bring {path} to {self._connection.get_option('remote_addr') or 'the hypervisor'}"
        for number, (begin, part) in enumerate(parts(path)):
            remote = self._connection._shell.join_path(folder, f"part{number}")
            self._transfer_file(part, remote)
            brought.append((begin, remote))
            says.progress(what, begin + os.path.getsize(part), size)
        self._fixup_perms2([folder, *(remote for _begin, remote in brought)])
        return brought

    def _module(self, arguments: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Run the module; where it runs on this machine, say how far it is."""

        def execute() -> dict[str, Any]:
            result: dict[str, Any] = self._execute_module(
                module_name=MODULE, module_args=arguments, task_vars=task_vars, wrap_async=self._task.async_val
            )
            return result

        if self._connection.transport != "local" or self._task.async_val:
            return execute()
        with tempfile.TemporaryDirectory() as folder:
            path, ended = os.path.join(folder, "progress"), threading.Event()
            before = self._task.environment
            others = before if isinstance(before, list) else [before] if before else []
            self._task.environment = [*others, {PROGRESS: path}]
            watch = threading.Thread(target=_watch, args=(path, ended), daemon=True)
            watch.start()
            try:
                return execute()
            finally:
                self._task.environment = before
                ended.set()
                watch.join()


class Says:
    """Says how far a transfer is, on stderr: what reads a result from stdout is not disturbed."""

    def __init__(self) -> None:
        self._begin = self._then = time.monotonic()

    def progress(self, what: str, done: int, whole: int | None) -> None:
        now = time.monotonic()
        if now - self._then < SAY_EVERY:
            return
        self._then = now
        speed = done / (now - self._begin)
        of = f" of {mib(whole)} ({100 * done // max(whole, 1)} %)" if whole else ""
        rest = f", {(whole - done) / speed:.0f} s left" if whole and speed and whole > done else ""
        display.display(f"{what}: {mib(done)}{of}, {mib(speed)}/s{rest}", stderr=True)


def mib(size: float) -> str:
    return f"{size / 1024 / 1024:.0f} MiB"


def _watch(path: str, ended: threading.Event) -> None:
    """Say what the module writes into a file, while it runs."""
    says, what = Says(), None
    while not ended.wait(1):
        with contextlib.suppress(OSError, ValueError, KeyError):
            with open(path, encoding="utf-8") as file:
                told = json.load(file)
            if told["what"] != what:
                says, what = Says(), told["what"]
            says.progress(str(what), told["done"], told["whole"])


def describe(path: str, digested: bool) -> dict[str, Any]:
    """What the module has to know of a file that it does not have. Raises Refused."""
    source: Source = File(path)
    source.open()
    told = {
        "title": path,
        "size": source.size,
        "packed": source.packed,
        "head": base64.b64encode(source.head).decode(),
        "digest": None,
        "length": None,
        "parts": None,
    }
    if digested:
        hashed, length = hashlib.sha256(), 0
        for piece in source.pieces():
            add_to(hashed, piece)
            length += piece if isinstance(piece, int) else len(piece)
        told.update(digest=f"sha256:{hashed.hexdigest()}", length=length)
    return told


def parts(path: str) -> Iterator[tuple[int, str]]:
    """The parts of a file, each where it begins and as a file that is there until the next one is asked for."""
    at = begin = 0
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "part")
        part: list[Piece] = []
        for piece in sparse(File(path).read()):
            length = piece if isinstance(piece, int) else len(piece)
            if part and (at - begin >= PART or (isinstance(piece, int) and piece >= GAP)):
                yield begin, _written(name, part)
                part = []
            if part or not isinstance(piece, int):
                if not part:
                    begin = at
                part.append(piece)
            at += length
        if part:
            yield begin, _written(name, part)


def _written(name: str, part: list[Piece]) -> str:
    with open(name, "wb") as file:
        for piece in part:
            if isinstance(piece, int):
                file.seek(piece, os.SEEK_CUR)
            else:
                file.write(piece)
        file.truncate()
    return name
