# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils._domain import agent as agents
from ansible_collections.converge.libvirt.plugins.module_utils._domain import powershell, shell
from ansible_collections.converge.libvirt.plugins.module_utils._domain.agent import (
    Agent,
    AgentError,
    ForbiddenError,
    MissingError,
    OverdueError,
)
from ansible_collections.converge.libvirt.plugins.module_utils._domain.agent_facts import FACTS
from ansible_collections.converge.libvirt.plugins.module_utils._domain.agent_task import Task
from ansible_collections.converge.libvirt.plugins.module_utils._domain.shell import Prompt
from ansible_collections.converge.libvirt.plugins.module_utils._plan import HalfDone
from ansible_collections.converge.libvirt.plugins.module_utils._session import Endpoint, Session, SessionError
from ansible_collections.converge.libvirt.tests.unit.fake_agent import FakeAgent, FakeWindows

PROMPT = Prompt("correct horse", "[sudo, key=x] password:", "BECOME-SUCCESS-x")
#: Asks once and says what it was told, as sudo does; a wrong password is asked for again.
ASKS = """
printf %s '[sudo, key=x] password:' >&2
IFS= read -r given
if [ "$given" = 'correct horse' ]; then
    echo BECOME-SUCCESS-x
    cat
else
    printf 'Sorry, try again.\\n%s' '[sudo, key=x] password:' >&2
    IFS= read -r again || { echo 'no password was provided' >&2; exit 1; }
    echo "took $again for a password"
fi
"""


@pytest.fixture
def fake(libvirt: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeAgent:
    fake = FakeAgent(libvirt)
    monkeypatch.setattr(agents, "libvirt_qemu", fake)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return fake


@pytest.fixture
def agent(fake: FakeAgent) -> Agent:  # noqa: ARG001 - what it talks to
    return Agent(Session(Endpoint("qemu+tls://host/system", timeout=5)), None, "web", 5)


def left(folder: Path) -> list[Path]:
    """What is still there once the last process of a command had time to remove it."""
    end = time.monotonic() + 10
    while list(folder.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    return list(folder.iterdir())


def run(agent: Agent, command: str, stdin: bytes | None = None, **more: Any) -> tuple[int, bytes, bytes]:
    ended = shell.execute(agent, command, stdin, by_channel=False, **more)
    return ended.rc, ended.stdout, ended.stderr


@pytest.mark.parametrize(
    ("command", "stdin", "expected"),
    [
        ("echo out; echo err >&2; exit 3", None, (3, b"out\n", b"err\n")),
        ("cat", b"some input\n", (0, b"some input\n", b"")),
        ("cat", b"", (0, b"", b"")),
        ("wc -c", b"\0" * 300_000, (0, b"300000\n", b"")),
        ("printf 'no newline'", None, (0, b"no newline", b"")),
        ("kill -9 $$", None, (137, b"", b"Killed\n")),
    ],
)
def test_a_command_gets_its_input_and_gives_its_output(
    agent: Agent, tmp_path: Path, command: str, stdin: bytes | None, expected: tuple[int, bytes, bytes]
) -> None:
    rc, out, err = run(agent, command, stdin)
    assert (rc, out) == expected[:2]
    assert err == expected[2] or b"Killed" in err
    assert left(tmp_path) == [], "something was left in the guest"


def test_a_program_that_is_not_there_is_status_127(agent: Agent) -> None:
    assert run(agent, "no-such-program")[0] == 127
    rc, out, err = run(agent, "true", shell="/no/such/shell")
    assert (rc, out) == (127, b"")
    assert b"/no/such/shell" in err


def test_output_of_any_size_comes_back(agent: Agent, fake: FakeAgent, tmp_path: Path) -> None:
    rc, out, err = run(agent, "head -c 9000000 /dev/zero; echo done >&2; exit 4")
    assert (rc, len(out), err) == (4, 9_000_000, b"done\n")
    assert left(tmp_path) == [], "something was left in the guest"
    assert not fake.files, "the agent was left with open files"


def test_a_command_runs_in_a_guest_without_room(agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "SCRIPT", shell.SCRIPT.replace("/dev/shm /run", "/no/shm /no/run"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    assert run(agent, "cat; exit 5", b"in") == (5, b"in", b"")


def test_a_password_is_given_where_it_is_asked_for(agent: Agent, fake: FakeAgent, tmp_path: Path) -> None:
    for stdin in (b"the rest\n", b"x" * 300_000):
        rc, out, _err = run(agent, ASKS, stdin, prompt=PROMPT)
        assert (rc, out) == (0, b"BECOME-SUCCESS-x\n" + stdin)
    assert left(tmp_path) == []
    # A list of processes shows arguments, and must not show it.
    words = [word for asked in fake.questions for word in asked.get("arguments", {}).get("arg", [])]
    assert not any("correct horse" in word for word in words if word != ASKS)


def test_a_command_that_asks_for_no_password_never_sees_it(agent: Agent) -> None:
    assert run(agent, "echo BECOME-SUCCESS-x; cat", b"mine", prompt=PROMPT) == (0, b"BECOME-SUCCESS-x\nmine", b"")


def test_a_wrong_password_is_not_followed_by_the_input(agent: Agent) -> None:
    wrong = Prompt("wrong", PROMPT.text, PROMPT.after)
    rc, out, err = run(agent, ASKS, b"not a password\n", prompt=wrong)
    assert (rc, out) == (1, b"")
    assert b"Sorry, try again." in err
    assert b"no password was provided" in err


def test_a_prompt_in_another_language_is_any_output(agent: Agent) -> None:
    # su asks so; what it says depends on the guest.
    asks = "printf 'Passwort: '; IFS= read -r given; echo; echo BECOME-SUCCESS-x; echo \"$given\"; cat"
    rc, out, _err = run(agent, asks, b"in", prompt=Prompt("pass word", "", "BECOME-SUCCESS-x"))
    assert (rc, out) == (0, b"Passwort: \nBECOME-SUCCESS-x\npass word\nin")


def test_a_command_ends_before_it_asks(agent: Agent) -> None:
    assert run(agent, "echo sudo: no such user >&2; exit 1", b"in", prompt=PROMPT)[0] == 1


def test_waiting_for_a_command_ends(agent: Agent, fake: FakeAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "guest_exec_status", lambda pid: {"exited": pid < 0})
    begin = time.monotonic()
    with pytest.raises(OverdueError, match=r"the command did not end within 0.1 s in guest 'web'.*goes on there"):
        run(agent, "true", seconds=0.1)
    assert time.monotonic() - begin < 2


def test_a_file_is_written_and_read_in_pieces(agent: Agent, fake: FakeAgent, tmp_path: Path) -> None:
    data = os.urandom(700_000)
    agent.write(str(tmp_path / "file"), [data[:1], data[1:]])
    assert (tmp_path / "file").read_bytes() == data
    assert b"".join(agent.read(str(tmp_path / "file"))) == data
    assert b"".join(agent.read(str(tmp_path / "file"), 300_000)) == data[:300_000]
    agent.write(str(tmp_path / "file"), [b"more"], append=True)
    assert (tmp_path / "file").read_bytes() == data + b"more"
    agent.write(str(tmp_path / "empty"), [])
    assert list(agent.read(str(tmp_path / "empty"))) == []
    assert not fake.files, "the agent was left with open files"


def test_a_failed_transfer_leaves_the_agent_no_open_file(agent: Agent, fake: FakeAgent, tmp_path: Path) -> None:
    fake.forbidden["guest-file-write"] = "write failed: No space left on device"
    with pytest.raises(AgentError, match="No space left on device"):
        agent.write(str(tmp_path / "file"), [b"data"])
    assert not fake.files


def test_what_is_not_there_is_missing(agent: Agent, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"the agent of guest 'web' on qemu\+tls://host/system refused"):
        list(agent.read(str(tmp_path / "nothing")))
    with pytest.raises(MissingError):
        agent.write(str(tmp_path / "no/folder/file"), [b"data"])
    with pytest.raises(AgentError, match="Is a directory") as caught:
        list(agent.read(str(tmp_path)))
    assert not isinstance(caught.value, MissingError)


@pytest.mark.parametrize(
    "said",
    [
        "The command guest-exec has been disabled for this instance",
        "Command guest-exec has been disabled: the command is not allowed",
        "guest-exec is not allowed",
    ],
)
def test_a_guest_that_forbids_commands_is_named_in_a_sentence(agent: Agent, fake: FakeAgent, said: str) -> None:
    fake.forbidden["guest-exec"] = said
    with pytest.raises(ForbiddenError, match=r"the guest forbids it guest-exec .* allow it in the guest's") as caught:
        run(agent, "true")
    assert "\n" not in str(caught.value)


def test_an_agent_that_does_not_know_a_command_is_told_from_one_that_may_not(agent: Agent, fake: FakeAgent) -> None:
    fake.forbidden["guest-exec"] = "The command guest-exec has not been found"
    fake.known.remove("guest-exec")
    with pytest.raises(ForbiddenError, match="does not know it"):
        run(agent, "true")


def test_a_frozen_guest_is_named_as_such(agent: Agent, fake: FakeAgent) -> None:
    fake.frozen = True
    fake.forbidden["guest-exec"] = "The command guest-exec has been disabled for this instance"
    with pytest.raises(ForbiddenError, match="while the guest's file systems are frozen"):
        run(agent, "true")


def test_an_agent_that_is_gone_is_no_refusal(agent: Agent, fake: FakeAgent) -> None:
    fake.broken = ("VIR_ERR_AGENT_UNRESPONSIVE", "Guest agent is not responding: QEMU guest agent is not connected")
    with pytest.raises(SessionError, match="check that qemu-guest-agent runs in the guest") as caught:
        run(agent, "true")
    assert not isinstance(caught.value, AgentError)


def test_a_windows_command_takes_its_input_by_a_file_where_that_is_long(
    agent: Agent, libvirt: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As far as a stand-in reaches: which words the agent gets, and that the file comes and goes."""
    windows = FakeWindows(libvirt)
    monkeypatch.setattr(agents, "libvirt_qemu", windows)
    words = [*powershell.COMMAND, "ZQBjAGgAbwA="]
    assert powershell.execute(agent, "echo", b"short", 5).stdout == b"output"
    assert windows.started.pop() == (words, b"short")
    powershell.execute(agent, "echo", b"x" * 200_000, 5)
    assert len(windows.disk) == 1
    path, content = windows.disk.popitem()
    assert path.startswith("C:\\Windows\\Temp\\converge-")
    assert content == b"x" * 200_000
    assert windows.started == [(["cmd.exe", "/c", *words, "<", path], b""), (["cmd.exe", "/c", "del", path], b"")]


NONSENSE: list[Any] = [
    None,
    7,
    "text",
    [],
    {},
    [[]],
    {"pid": "x", "count": None, "supported_commands": [{}], "exited": 1, "keys": 3},
]


@pytest.mark.parametrize("said", NONSENSE, ids=str)
@pytest.mark.parametrize(
    "asked",
    [
        ("guest-info", lambda agent, _file: agent.commands()),
        ("guest-exec", lambda agent, _file: agent.run("/bin/true")),
        ("guest-exec-status", lambda agent, _file: agent.run("/bin/echo", ["x" * 9])),
        ("guest-file-read", lambda agent, file: list(agent.read(str(file)))),
        ("guest-file-write", lambda agent, file: agent.write(str(file), [b"some"])),
    ],
)
def test_a_guest_that_talks_nonsense_gets_a_sentence(
    agent: Agent, fake: FakeAgent, tmp_path: Path, asked: tuple[str, Any], said: Any
) -> None:
    command, use = asked
    (tmp_path / "file").write_text("content")
    if command == "guest-exec-status" and isinstance(said, dict) and said:
        said = {"exited": True, "exitcode": "many", "out-data": "="}
    setattr(fake, command.replace("-", "_"), lambda **_arguments: said)
    with pytest.raises(AgentError, match=f"answered {command} with what is no answer"):
        use(agent, tmp_path / "file")


def test_a_guest_that_writes_less_than_nothing_is_not_waited_for(
    agent: Agent, fake: FakeAgent, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fake, "guest_file_write", lambda **_arguments: {"count": -1})
    with pytest.raises(AgentError, match="wrote nothing"):
        agent.write(str(tmp_path / "file"), [b"some"])


@pytest.mark.parametrize("first", ["{token}", "{token} kept", "{token} there"])
def test_a_shell_that_lies_about_its_output_gets_a_sentence(agent: Agent, fake: FakeAgent, first: str) -> None:
    def lies(words: list[str], _stdin: bytes) -> bytes:
        token = next((word for word in words if len(word) == 32), "")
        return first.format(token=token).encode() + b"\n"

    fake.programs = lies
    with pytest.raises(AgentError, match="did not say where"):
        run(agent, "true")


@pytest.mark.parametrize("said", NONSENSE, ids=str)
@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_of_a_guest_that_talks_nonsense_is_a_fact_or_a_sentence(
    agent: Agent, fake: FakeAgent, fact: str, said: Any
) -> None:
    command, form = FACTS[fact]
    setattr(fake, command.replace("-", "_"), lambda: said)
    with contextlib.suppress(AgentError):
        agent.ask(command, form)


@pytest.mark.parametrize("said", NONSENSE, ids=str)
@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("guest-info", {}),
        ("guest-fsfreeze-status", {"filesystems": "thawed"}),
        ("guest-fstrim", {"trim": True}),
        ("guest-get-time", {"sync_time": True}),
        ("guest-ssh-get-authorized-keys", {"ssh_keys": {"user": "root", "keys": ["ssh-ed25519 A"], "state": "exact"}}),
        (
            "guest-get-osinfo",
            {"exec": {"argv": ["true"], "creates": None, "removes": None, "stdin": None, "timeout": 5}},
        ),
    ],
)
def test_a_task_for_a_guest_that_talks_nonsense_ends_with_a_sentence(
    agent: Agent, fake: FakeAgent, command: str, asked: dict[str, Any], said: Any
) -> None:
    options = ("filesystems", "user_password", "ssh_keys", "file", "exec", "sync_time", "trim")
    task = Task(agent, {**dict.fromkeys(options), "time_tolerance": 1, "wait_timeout": 5, **asked})
    fake.known += [command]
    for each in ("guest-ssh-add-authorized-keys", "guest-ssh-remove-authorized-keys", "guest-set-time"):
        setattr(fake, each.replace("-", "_"), lambda **_arguments: {})
    for verb in ("freeze", "thaw"):
        setattr(fake, f"guest_fsfreeze_{verb}", lambda: 1)
    setattr(fake, command.replace("-", "_"), lambda **_arguments: said)
    with contextlib.suppress(SessionError, HalfDone):
        task.plan_everything()
        task.carry_out()
