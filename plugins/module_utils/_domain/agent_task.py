# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task has the guest agent do: planned from what the guest says, then done."""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
import time
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable

from .._plan import Change, HalfDone, Plan, Refused
from .._result import HIDDEN, Module, as_results
from .._session import Session, SessionError
from .agent import Agent, AgentError, Ended, ForbiddenError, MissingError
from .channel import read, write
from .find import by_name_or_uuid
from .shell import SHELL, create, execute

#: $1 a pattern of names of files: whether there is one.
EXISTS = 'IFS=; for file in $1; do [ -e "$file" ] && exit 0; done; exit 1'

MODE = re.compile(r"0?[0-7]{3,4}")


def serve(session: Session, module: Module) -> dict[str, Any]:
    """The result of a whole task. Raises Refused, SessionError or HalfDone."""
    _refuse(module.params)
    session.open()
    params = module.params
    agent = Agent(session, by_name_or_uuid(session, params["name"]), params["name"], params["agent_timeout"])
    task = Task(agent, params)
    task.plan_everything()
    try:
        if not module.check_mode:
            task.carry_out()
    except HalfDone as error:
        told = {"msg": str(error), "changed": bool(error.done), "applied": error.done, "not_applied": error.left}
        return {**told, "agent": task.facts()}
    changes = as_results(task.plan.changes)
    shown = [_line(change) for change in task.plan.changes]
    headers = {side: f"{side}: guest '{agent.name}' on {session.uri}" for side in ("before", "after")}
    return {
        "changed": bool(changes),
        "changes": changes,
        "side_effects": [],
        "actions": [step.sentence for step in task.plan.steps],
        "pending": [],
        "live_only": [],
        "diff": {
            "before": "".join(line for line, _after in shown),
            "after": "".join(line for _before, line in shown),
            "before_header": headers["before"],
            "after_header": headers["after"],
        },
        "agent": task.facts(),
    }


def _line(change: Change) -> tuple[str, str]:
    before = "" if change.before is None else f"{change.path}: {change.before}\n"
    return before, "" if change.after is None else f"{change.path}: {change.after}\n"


def _refuse(params: dict[str, Any]) -> None:
    """Refuse what could only fail half-way."""
    file, run = params["file"], params["exec"]
    if params["filesystems"] == "frozen" and (params["trim"] or any(params[key] for key in WRITES)):
        raise Refused("filesystems: frozen cannot stand beside what writes to them: make that a task before it")
    if file and file["mode"] is not None and not MODE.fullmatch(file["mode"]):
        raise Refused(f"file: mode {file['mode']!r} is no octal number such as '0640'")
    if file and file["src"] is not None and not Path(file["src"]).is_file():
        raise Refused(f"file: there is no file {file['src']} on the machine that the module runs on")
    if run and not run["argv"]:
        raise Refused("exec: argv is empty")


#: The options that write to the guest's file systems.
WRITES = ("user_password", "ssh_keys", "file", "exec")


class Task:
    """One task: what it changes, in order."""

    def __init__(self, agent: Agent, params: dict[str, Any]) -> None:
        self.agent = agent
        self.params = params
        self.plan = Plan()
        self.ended: dict[str, Any] | None = None
        self.version = ""

    def facts(self) -> dict[str, Any]:
        return {"name": self.agent.name, "version": self.version, "exec": self.ended}

    def plan_everything(self) -> None:
        # Answers also where the guest forbids everything else.
        self.version = self.agent.ask("guest-info", lambda told: str(told["version"]))
        wanted = self.params["filesystems"]
        if wanted == "thawed":
            self._freeze(wanted)
        for option, plan in (
            ("user_password", self._password),
            ("ssh_keys", self._keys),
            ("file", self._file),
            ("exec", self._exec),
        ):
            if self.params[option]:
                plan(self.params[option])
        if self.params["sync_time"]:
            self._time()
        if self.params["trim"]:
            self._change("trim", None, "done", "trim the guest's file systems", self._trim)
        if wanted == "frozen":
            self._freeze(wanted)

    def carry_out(self) -> None:
        steps = self.plan.steps
        for index, step in enumerate(steps):
            try:
                step.run()
            except SessionError as error:
                done = [each.sentence for each in steps[:index]]
                raise HalfDone(str(error), done, [each.sentence for each in steps[index:]]) from error

    def _change(self, path: str, before: str | None, after: str | None, sentence: str, run: Callable[[], Any]) -> None:
        self.plan.changes.append(Change(path, before, after, "live"))
        self.plan.add(sentence, run)

    def _freeze(self, wanted: str) -> None:
        found = self.agent.ask("guest-fsfreeze-status", str)
        if found != wanted:
            verb = "freeze" if wanted == "frozen" else "thaw"
            sentence = f"{verb} the guest's file systems"
            self._change("filesystems", found, wanted, sentence, lambda: self.agent.ask(f"guest-fsfreeze-{verb}"))

    def _trim(self) -> None:
        trimmed, failed = self.agent.ask("guest-fstrim", _trimmed, seconds=self.params["wait_timeout"])
        if failed and not trimmed:
            raise AgentError(f"guest {self.agent.name!r} trimmed nothing: {'; '.join(failed)}")

    def _time(self) -> None:
        found, said = self.agent.ask("guest-get-time", lambda told: (told / 1e9, _moment(told / 1e9)))
        here = time.time()

        def run() -> None:
            self.agent.ask("guest-set-time", time=int(time.time() * 1e9))

        if abs(found - here) > self.params["time_tolerance"]:
            self._change("time", said, _moment(here), "set the guest's clock", run)

    def _password(self, asked: dict[str, Any]) -> None:
        """No agent tells what the password is: this is always a change."""
        user = asked["user"]
        encoded = base64.b64encode(asked["password"].encode()).decode()

        def run() -> None:
            self.agent.ask("guest-set-user-password", username=user, password=encoded, crypted=asked["crypted"])

        self._change(f"user_password[{user}]", None, HIDDEN, f"set the password of user '{user}'", run)

    def _keys(self, asked: dict[str, Any]) -> None:
        user, given = asked["user"], [key.strip() for key in asked["keys"] if key.strip()]
        try:
            command = "guest-ssh-get-authorized-keys"
            found = self.agent.ask(command, lambda told: [str(key) for key in told["keys"]], username=user)
        except ForbiddenError:
            raise
        except MissingError:
            found = []
        state = asked["state"]
        added = [] if state == "absent" else [key for key in dict.fromkeys(given) if key not in found]
        removed = {"present": [], "absent": [key for key in found if key in given]}.get(
            state, [key for key in found if key not in given]
        )
        for key in removed:
            self.plan.changes.append(Change(f"ssh_keys[{user}]", key, None, "live"))
        for key in added:
            self.plan.changes.append(Change(f"ssh_keys[{user}]", None, key, "live"))
        if removed:
            run = self._ask("guest-ssh-remove-authorized-keys", username=user, keys=removed)
            self.plan.add(f"remove {len(removed)} SSH keys of user '{user}'", run)
        if added:
            run = self._ask("guest-ssh-add-authorized-keys", username=user, keys=added)
            self.plan.add(f"add {len(added)} SSH keys of user '{user}'", run)

    def _ask(self, command: str, **arguments: Any) -> Callable[[], Any]:
        return lambda: self.agent.ask(command, **arguments)

    def _file(self, asked: dict[str, Any]) -> None:
        path, mode = asked["path"], asked["mode"]
        content = Path(asked["src"]).read_bytes() if asked["src"] is not None else asked["content"].encode()
        wanted, found = _digest([content]), self._found(path)
        if found != wanted:
            self._change(
                f"file[{path}]",
                found,
                wanted,
                f"write {len(content)} bytes to {path}",
                lambda: self._put(path, content),
            )
        if mode is None:
            return
        had = None if found is None else self._mode(path)
        mode = mode.lstrip("0").rjust(3, "0")
        if had != mode:
            sentence = f"set the mode of {path} to {mode}"
            self._change(f"file[{path}]/mode", had, mode, sentence, lambda: self._said(["chmod", mode, path]))

    def _found(self, path: str) -> str | None:
        """The digest of a file's content, which may be a secret; None where there is no file."""
        try:
            return _digest(read(self.agent, path))
        except MissingError:
            return None

    def _put(self, path: str, content: bytes) -> None:
        if self.agent.commands().get("guest-exec"):
            create(self.agent, path)
        write(self.agent, path, [content], len(content))

    def _mode(self, path: str) -> str:
        return self._said(["stat", "-L", "-c", "%a", path]).stdout.decode(errors="replace").strip()

    def _said(self, argv: list[str]) -> Ended:
        ended = self.agent.run(argv[0], argv[1:])
        if ended.rc:
            said = ended.stderr.decode(errors="replace").strip() or f"status {ended.rc}"
            raise AgentError(f"{argv[0]} failed in guest {self.agent.name!r}: {said}")
        return ended

    def _exec(self, asked: dict[str, Any]) -> None:
        for option, there in (("creates", True), ("removes", False)):
            if asked[option] is not None and self._exists(asked[option]) is there:
                self.ended = {"skipped": True, "rc": None, "stdout": "", "stderr": ""}
                return
        what = asked["argv"][0]
        self._change(f"exec[{what}]", None, "ran", f"run {what} in the guest", lambda: self._run(asked))

    def _exists(self, pattern: str) -> bool:
        return self.agent.run(SHELL, ["-c", EXISTS, "sh", pattern]).rc == 0

    def _run(self, asked: dict[str, Any]) -> None:
        stdin = None if asked["stdin"] is None else asked["stdin"].encode()
        path, *arguments = asked["argv"]
        if self._is_windows():
            ended = self.agent.result(self.agent.start(path, arguments, stdin), asked["timeout"], path)
        else:
            ended = execute(self.agent, shlex.join(asked["argv"]), stdin, seconds=asked["timeout"])
        texts = {name: getattr(ended, name).decode(errors="replace") for name in ("stdout", "stderr")}
        self.ended = {"skipped": False, "rc": ended.rc, **texts}
        if ended.rc:
            said = texts["stderr"].strip() or texts["stdout"].strip() or "it said nothing"
            raise AgentError(
                f"{path} ended with status {ended.rc} in guest {self.agent.name!r}: {said.splitlines()[-1]}"
            )

    def _is_windows(self) -> bool:
        known = self.agent.commands().get("guest-get-osinfo")
        return bool(known) and bool(self.agent.ask("guest-get-osinfo", lambda told: told.get("id") == "mswindows"))


def _trimmed(told: Any) -> tuple[list[str], list[str]]:
    """Of guest-fstrim: the paths that were trimmed, and what was said of the others."""
    paths = told.get("paths", [])
    failed = [f"{path['path']}: {path['error']}" for path in paths if "error" in path]
    return [str(path["path"]) for path in paths if "error" not in path], failed


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return f"sha256:{digest.hexdigest()}"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds")
