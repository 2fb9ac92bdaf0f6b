# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands in a guest with a POSIX shell: standard input of any size, output of any size, and prompts for passwords."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass

from .._session import SessionError
from .agent import MOST_CAPTURED, MOST_SENT, Agent, AgentError, Ended, ForbiddenError
from .channel import read, write

#: The shell that runs SCRIPT, and which the other small commands are for.
SHELL = "/bin/sh"

#: Makes a file for standard input that only its owner may read; prints its name without the end. $1 a word that nobody
#: can guess.
FILES = """\
for above in "${TMPDIR:-/tmp}" /dev/shm /run; do
    f="$above/.converge-$1"
    (umask 077; set -C; true >"$f.in") 2>/dev/null && echo "$f" && exit
done
exit 1
"""

#: Runs a command with its output in files, then prints a line of our own and the output, or where a longer one is.
#: $1 the command, $2 its shell, $3 bytes of output to print, $4 a word that nobody can guess, $5 and $6 the prompt for
#: a password (empty: any output) and the word after it ($6 empty: there is no prompt), $7 how the name of a file with
#: standard input begins. With a prompt the first line of standard input is the password, so that no list of processes
#: has it; the command gets the rest of it once it has printed $6.
#: A service has no HOME, which Ansible keeps its files below, and where a login begins.
#: What is no test and no redirection costs a process each, and that is what a short command waits for; nobody
#: waits for the last one.
SCRIPT = """\
[ -n "${HOME:-}" ] || export HOME=~root
cd "$HOME" 2>/dev/null || cd /
f=$7
for above in "${f%/*}" "${TMPDIR:-/tmp}" /dev/shm /run; do
    [ -n "$above" ] || continue
    f="$above/.converge-$4"
    (umask 077; set -C; true >"$f.out" && true >"$f.err") 2>/dev/null && break
    f=
done
if [ -z "$f" ]; then
    [ -z "$6" ] || { echo "there is no room for a temporary file in the guest" >&2; exit 1; }
    echo "$4 here"
    exec "$2" -c "$1"
fi
[ -z "$7" ] || exec <"$7.in"
if [ -z "$6" ]; then
    "$2" -c "$1" >"$f.out" 2>"$f.err"
    r=$?
else
    said() { grep -qF -e "$1" "$f.out" "$f.err" 2>/dev/null; }
    asked() { cat "$f.out" "$f.err" | grep -oF -e "$1" | wc -l; }
    IFS= read -r password
    mkfifo -m 600 "$f.fifo"
    { "$2" -c "$1" <"$f.fifo" >"$f.out" 2>"$f.err"; echo $? >"$f.rc"; } &
    exec 3>"$f.fifo"
    trap '' PIPE
    until [ -s "$f.rc" ] || said "$6" || said "$5"; do sleep 0.05; done
    if ! said "$6" && [ ! -s "$f.rc" ]; then
        printf '%s\n' "$password" >&3
        until [ -s "$f.rc" ] || said "$6" || [ "$(asked "$5")" -gt 1 ]; do sleep 0.05; done
    fi
    if said "$6"; then cat >&3 2>/dev/null; fi
    exec 3>&-
    wait
    r=$(cat "$f.rc")
fi
size=0
[ ! -s "$f.out" ] || size=$(stat -c %s "$f.out" 2>/dev/null || wc -c <"$f.out")
[ ! -s "$f.err" ] || size=$((size + $(stat -c %s "$f.err" 2>/dev/null || wc -c <"$f.err")))
if [ "$size" -gt "$3" ]; then
    echo "$4 kept $f"
    exit "$r"
fi
echo "$4 here"
[ ! -s "$f.out" ] || cat "$f.out"
[ ! -s "$f.err" ] || cat "$f.err" >&2
rm -f "$f.out" "$f.err" "$f.fifo" "$f.rc" ${7:+"$7.in"} </dev/null >/dev/null 2>&1 &
exit "$r"
"""

#: Makes a file unless it is there. $1 its name. The agent would let everybody write into it.
CREATE = '(umask 022; true >>"$1") 2>/dev/null'

#: Removes all files of one command. $1 its word.
REMOVE = 'rm -f "${TMPDIR:-/tmp}/.converge-$1".* "/dev/shm/.converge-$1".* "/run/.converge-$1".*'


@dataclass(frozen=True)
class Prompt:
    """A password that the command asks for. text: the prompt, empty for any; after: what it prints once it has it."""

    password: str
    text: str
    after: str

    def without(self, stderr: bytes) -> bytes:
        """What a command said, without the prompt."""
        return stderr.replace(self.text.encode(), b"", 1)


def arguments(command: str, shell: str, token: str, *, prompt: Prompt | None, files: str = "", most: int) -> list[str]:
    """The arguments of SHELL that run a command by SCRIPT."""
    asked = ("", "") if prompt is None else (prompt.text, prompt.after)
    return ["-c", SCRIPT, "sh", command, shell, str(most), token, *asked, files]


def with_password(stdin: bytes | None, prompt: Prompt | None) -> bytes | None:
    """Standard input as SCRIPT takes it."""
    return stdin if prompt is None else prompt.password.encode() + b"\n" + (stdin or b"")


def execute(
    agent: Agent,
    command: str,
    stdin: bytes | None = None,
    *,
    shell: str = SHELL,
    prompt: Prompt | None = None,
    seconds: float | None = None,
    by_channel: bool = True,
) -> Ended:
    """Run a command as a shell of the guest would. seconds: that it may take.

    Raises OverdueError after them. A shell that is not there is exit status 127, as everywhere.
    """
    token = secrets.token_hex(16)
    given = with_password(stdin, prompt)
    files = ""
    if given is not None and len(given) > MOST_SENT:
        files = _files(agent, token)
        write(agent, f"{files}.in", [given], len(given), by_channel)
        given = None
    try:
        pid = agent.start(
            SHELL, arguments(command, shell, token, prompt=prompt, files=files, most=MOST_CAPTURED), given
        )
    except ForbiddenError:
        raise
    except AgentError as error:
        return Ended(127, b"", f"{error}\n".encode())
    ended = agent.result(pid, seconds)
    first, _newline, stdout = ended.stdout.partition(b"\n")
    words = first.decode(errors="replace").split(" ", 2)
    if words[0] != token:
        # A signal ended what runs the command: there is no output but this.
        _remove(agent, token)
        return ended
    if words[1:2] == ["here"]:
        return Ended(ended.rc, stdout, ended.stderr)
    if len(words) < 3:
        raise AgentError(f"guest {agent.name!r} on {agent.session.uri} did not say where a command's output is")
    try:
        kept = [b"".join(read(agent, f"{words[2]}.{name}", by_channel)) for name in ("out", "err")]
    finally:
        _remove(agent, token)
    return Ended(ended.rc, *kept)


def _remove(agent: Agent, token: str) -> None:
    with contextlib.suppress(SessionError):
        agent.run(SHELL, ["-c", REMOVE, "sh", token])


def create(agent: Agent, path: str) -> None:
    """Make a file with the permissions that a login would give it; who writes to it will say why there is none."""
    agent.run(SHELL, ["-c", CREATE, "sh", path])


def _files(agent: Agent, token: str) -> str:
    made = agent.run(SHELL, ["-c", FILES, "sh", token])
    if made.rc:
        raise AgentError(f"guest {agent.name!r} on {agent.session.uri} has no room for a temporary file")
    return made.stdout.decode(errors="replace").strip()
