# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the agent of a guest: it runs programs and opens files of the machine of the tests."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

#: Characters of text that libvirt carries, and that do not stop the agent's socket.
ANSWER, QUESTION = 4 * 1024 * 1024, 200_000


class FakeAgent:
    """libvirt_qemu with one guest behind it. asked: the commands it got, in order."""

    def __init__(self, libvirt: Any) -> None:
        self.libvirt = libvirt
        self.asked: list[str] = []
        self.questions: list[dict[str, Any]] = []
        self.files: dict[int, BinaryIO] = {}
        self.running: dict[int, subprocess.Popen[bytes]] = {}
        self.output: dict[int, tuple[bytes, bytes]] = {}
        #: Commands that the guest forbids, and what the agent says then.
        self.forbidden: dict[str, str] = {}
        self.known = ["guest-exec", "guest-exec-status", "guest-file-open", "guest-fsfreeze-status", "guest-info"]
        self.frozen = False
        #: An error of libvirt's own for every command: name and text.
        self.broken: tuple[str, str] | None = None
        #: Does programs' work in place of running them: takes the words, gives the output.
        self.programs: Callable[[list[str], bytes], bytes] | None = None

    def qemuAgentCommand(self, _domain: Any, text: str, _seconds: int, _flags: int) -> str:  # noqa: N802
        assert len(text) < QUESTION, "libvirt would send this twice"
        question = json.loads(text)
        command, arguments = question["execute"], question.get("arguments", {})
        self.asked.append(command)
        self.questions.append(question)
        if self.broken:
            raise self.error(*self.broken)
        if command in self.forbidden:
            raise self.refusal(command, self.forbidden[command])
        answer = json.dumps({"return": getattr(self, command.replace("-", "_"))(**_pythonic(arguments))})
        assert len(answer) < ANSWER, "libvirt could not carry this"
        return answer

    def error(self, name: str, said: str) -> Exception:
        error: Exception = self.libvirt.libvirtError(said)
        error.err = (getattr(self.libvirt, name), 0, said, 0, "", None, None, 0, 0)  # type: ignore[attr-defined]
        return error

    def refusal(self, command: str, said: str) -> Exception:
        sentence = f"internal error: unable to execute QEMU agent command '{command}': {said}"
        return self.error("VIR_ERR_INTERNAL_ERROR", sentence)

    def guest_info(self) -> Any:
        return {
            "version": "7.2",
            "supported_commands": [
                {"name": name, "enabled": name not in self.forbidden, "success-response": True} for name in self.known
            ],
        }

    def guest_fsfreeze_status(self) -> str:
        return "frozen" if self.frozen else "thawed"

    def guest_exec(self, path: str, arg: list[str], capture_output: bool, input_data: str = "") -> Any:
        assert capture_output
        given = base64.b64decode(input_data)
        if self.programs:
            pid = len(self.asked)
            self.output[pid] = (self.programs([path, *arg], given), b"")
            return {"pid": pid}
        try:
            process = subprocess.Popen([path, *arg], stdin=-1, stdout=-1, stderr=-1)
        except OSError as error:
            said = f"Guest agent command failed, error was Failed to execute child process '{path}' ({error.strerror})"
            raise self.refusal("guest-exec", said) from None
        self.running[process.pid] = process
        self.output[process.pid] = process.communicate(given)
        return {"pid": process.pid}

    def guest_exec_status(self, pid: int) -> Any:
        out, err = self.output.pop(pid)
        process = self.running.pop(pid, None)
        code = process.returncode if process else 0
        ended = {"exitcode": code} if code >= 0 else {"signal": -code}
        told = {"out-data": out, "err-data": err}
        return {
            "exited": True,
            **ended,
            **{key: base64.b64encode(value).decode() for key, value in told.items() if value},
        }

    def guest_file_open(self, path: str, mode: str) -> int:
        try:
            file: BinaryIO = Path(path).open(mode)  # type: ignore[assignment]  # noqa: SIM115 - the agent keeps it open
        except OSError as error:
            said = f"failed to open file '{path}' (mode: '{mode}'): {error.strerror}"
            raise self.refusal("guest-file-open", said) from None
        self.files[file.fileno()] = file
        return file.fileno()

    def guest_file_read(self, handle: int, count: int) -> Any:
        data = self.files[handle].read(count)
        return {"count": len(data), "buf-b64": base64.b64encode(data).decode(), "eof": len(data) < count}

    def guest_file_write(self, handle: int, buf_b64: str) -> Any:
        # As a full pipe or disk may: less than was asked for.
        data = base64.b64decode(buf_b64)[:50_000]
        return {"count": os.write(handle, data), "eof": False}

    def guest_file_close(self, handle: int) -> Any:
        self.files.pop(handle).close()
        return {}


class FakeWindows(FakeAgent):
    """An agent whose programs do nothing, and whose files are held here: path -> content."""

    def __init__(self, libvirt: Any) -> None:
        super().__init__(libvirt)
        self.disk: dict[str, bytes] = {}
        self.paths: list[str] = []
        #: The words of each program, and its standard input.
        self.started: list[tuple[list[str], bytes]] = []
        self.programs = self._program

    def _program(self, words: list[str], stdin: bytes) -> bytes:
        self.started.append((words, stdin))
        return b"output"

    def guest_file_open(self, path: str, mode: str) -> int:
        assert mode in ("rb", "wb")
        if mode == "wb":
            self.disk[path] = b""
        self.paths.append(path)
        return len(self.paths) - 1

    def guest_file_write(self, handle: int, buf_b64: str) -> Any:
        data = base64.b64decode(buf_b64)
        self.disk[self.paths[handle]] += data
        return {"count": len(data), "eof": False}

    def guest_file_read(self, handle: int, count: int) -> Any:
        data = self.disk[self.paths[handle]]
        assert len(data) < count, "one piece is enough for the tests"
        return {"count": len(data), "buf-b64": base64.b64encode(data).decode(), "eof": True}

    def guest_file_close(self, handle: int) -> Any:
        assert self.paths[handle]
        return {}


def _pythonic(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("-", "_"): value for name, value in arguments.items()}
