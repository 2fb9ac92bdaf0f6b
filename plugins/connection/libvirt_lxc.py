# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: libvirt_lxc
short_description: Run tasks in a container of libvirt's LXC driver
version_added: 0.1.0
author:
  - converge.libvirt contributors (@converge)
description:
  - Runs tasks in a container that libvirt runs on this machine, and moves files in and out, without a network between
    them and without sshd in the container. A command enters the container's namespaces and is C(root) there.
  - Libvirt hands out namespaces on the machine that it runs on only. A remote URI is refused; log in to that machine
    and delegate to it, or reach the container by its network.
requirements:
  - libvirt-python for libvirt 8.0 or newer on the controller, with its part for LXC (C(python3-libvirt))
  - C(nsenter) of util-linux on the controller, and the rights of C(root)
  - A POSIX shell in the container
notes:
  - A command gets neither the security label nor the control groups of the container; it is bound by its namespaces.
options:
  remote_addr:
    description:
      - The name or the UUID of the container, as libvirt knows it.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
      - name: ansible_libvirt_guest
  uri:
    description:
      - Which libvirt of this machine the container belongs to, as a libvirt connection URI.
    type: str
    default: lxc:///system
    vars:
      - name: ansible_libvirt_uri
  libvirt_timeout:
    description:
      - Seconds that connecting to libvirt, and each of its answers, may take.
    type: float
    default: 30
    vars:
      - name: ansible_libvirt_timeout
  command_timeout:
    description:
      - Seconds that a command in the container may take. After them it is killed and the task fails.
      - V(0) waits for ever.
    type: float
    default: 3600
    vars:
      - name: ansible_libvirt_command_timeout
  executable:
    description:
      - The shell in the container that runs commands.
    type: str
    default: /bin/sh
    ini:
      - section: defaults
        key: executable
    env:
      - name: ANSIBLE_EXECUTABLE
    vars:
      - name: ansible_executable
"""

EXAMPLES = r"""
# An inventory: all tasks for this host run in the container of that name
all:
  hosts:
    box:
  vars:
    ansible_connection: converge.libvirt.libvirt_lxc
    ansible_libvirt_uri: lxc:///system
"""

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.plugins.connection import ConnectionBase
from ansible.utils.display import Display

from ..module_utils._domain.find import by_name_or_uuid
from ..module_utils._domain.shell import SHELL, Prompt, arguments, with_password
from ..module_utils._session import Endpoint, Session, SessionError, libvirt, libvirt_lxc
from ..plugin_utils._become import judge, prompt_of
from ..plugin_utils._namespaces import NAMESPACES, open_namespaces

display = Display()

#: What a login of root begins with; nothing of the controller's environment gets into the container.
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LOGNAME": "root",
    "USER": "root",
}

#: More output than any command has: it goes through a pipe, and no file has to keep it.
ALL = 1 << 60

#: $1 a file; status 64 where there is none.
FETCH = '[ -e "$1" ] || exit 64; exec cat "$1"'
PUT = '[ -d "${1%/*}/" ] || exit 64; exec cat >"$1"'
NOT_THERE = 64


class Connection(ConnectionBase):
    """Tasks in a container of libvirt's LXC driver on this machine."""

    transport = "converge.libvirt.libvirt_lxc"
    has_pipelining = True
    has_tty = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Open namespaces of the container.
        self._namespaces: list[int] = []

    @property
    def guest(self) -> str:
        return str(self.get_option("remote_addr"))

    def _connect(self) -> Connection:
        if self._connected:
            return self
        uri = self.get_option("uri")
        parts = urlsplit(uri)
        if parts.scheme not in ("lxc", "lxc+unix") or parts.hostname:
            raise AnsibleConnectionFailure(
                f"cannot enter container {self.guest!r} on {uri}: libvirt opens namespaces on its own machine only, "
                "for a URI such as lxc:///system"
            )
        if libvirt is None or libvirt_lxc is None:
            raise AnsibleConnectionFailure(
                f"libvirt-python is missing for {sys.executable}; the distribution's package python3-libvirt has it"
            )
        session = Session(Endpoint(uri=uri, timeout=self.get_option("libvirt_timeout")))
        try:
            session.open()
            self._namespaces = open_namespaces(session, by_name_or_uuid(session, self.guest), self.guest)
            session.close()
        except SessionError as error:
            raise AnsibleConnectionFailure(str(error)) from error
        self._connected = True
        return self

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        self._connect()
        display.vvv(f"EXEC {cmd}", host=self.guest)
        prompt = prompt_of(self.become, self._play_context) if sudoable else None
        shell = self.get_option("executable")
        if prompt is None:
            return self._run([shell, "-c", cmd], in_data)
        return self._prompted(cmd, shell, in_data, prompt)

    def _prompted(self, cmd: str, shell: str, in_data: bytes | None, prompt: Prompt) -> tuple[int, bytes, bytes]:
        """Run a command that asks for a password."""
        token = secrets.token_hex(16)
        words = [SHELL, *arguments(cmd, shell, token, prompt=prompt, most=ALL)]
        rc, stdout, stderr = self._run(words, with_password(in_data, prompt))
        first, _newline, rest = stdout.partition(b"\n")
        said = rest if first.startswith(token.encode()) else stdout
        judge(self.become, rc, said, stderr)
        return rc, said, prompt.without(stderr)

    def _run(
        self,
        words: list[str],
        stdin: bytes | None = None,
        source: IO[bytes] | None = None,
        target: IO[bytes] | None = None,
    ) -> tuple[int, bytes, bytes]:
        """Run a program in the container. source, target: files in place of standard input and of output."""
        enter = shutil.which("nsenter")
        if enter is None:
            raise AnsibleConnectionFailure("nsenter of util-linux is not installed on this machine")
        into = [f"{NAMESPACES[kind]}=/proc/self/fd/{number}" for number, kind in self._foreign().items()]
        started = subprocess.Popen(
            [enter, *into, "--", *words],
            stdin=source or (subprocess.DEVNULL if stdin is None else subprocess.PIPE),
            stdout=target or subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            pass_fds=self._namespaces,
            cwd="/",
        )
        limit = self.get_option("command_timeout") or None
        try:
            stdout, stderr = started.communicate(stdin, timeout=limit)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
            raise AnsibleError(f"the command did not end within {limit:g} s in container {self.guest!r}") from None
        rc = started.returncode
        if rc == 1 and stderr.startswith(b"nsenter: reassociate"):
            said = stderr.decode(errors="replace").strip()
            raise AnsibleConnectionFailure(f"cannot enter container {self.guest!r}: {said}")
        return (128 - rc if rc < 0 else rc), stdout or b"", stderr

    def _foreign(self) -> dict[int, str]:
        """The namespaces that are not our own, which cannot be entered: number of the open file -> kind."""
        kinds = {number: os.readlink(f"/proc/self/fd/{number}").partition(":")[0] for number in self._namespaces}
        return {
            number: kind
            for number, kind in kinds.items()
            if kind in NAMESPACES and not os.path.samestat(os.fstat(number), Path("/proc/self/ns", kind).stat())
        }

    def put_file(self, in_path: str, out_path: str) -> None:
        self._connect()
        display.vvv(f"PUT {in_path} TO {out_path}", host=self.guest)
        local = Path(in_path)
        if not local.is_file():
            raise AnsibleFileNotFound(f"there is no file {in_path} on the controller")
        with local.open("rb") as source:
            rc, _stdout, stderr = self._run([SHELL, "-c", PUT, "sh", out_path], source=source)
        self._moved(rc, stderr, "write", out_path)

    def fetch_file(self, in_path: str, out_path: str) -> None:
        self._connect()
        display.vvv(f"FETCH {in_path} TO {out_path}", host=self.guest)
        with Path(out_path).open("wb") as target:
            rc, _stdout, stderr = self._run([SHELL, "-c", FETCH, "sh", in_path], target=target)
        if rc:
            Path(out_path).unlink()
        self._moved(rc, stderr, "read", in_path)

    def _moved(self, rc: int, stderr: bytes, verb: str, path: str) -> None:
        sentence = f"cannot {verb} {path} in container {self.guest!r}"
        if rc == NOT_THERE:
            raise AnsibleFileNotFound(f"{sentence}: No such file or directory")
        if rc:
            raise AnsibleError(f"{sentence}: {stderr.decode(errors='replace').strip() or f'status {rc}'}")

    def close(self) -> None:
        for number in self._namespaces:
            os.close(number)
        self._namespaces = []
        self._connected = False

    def reset(self) -> None:
        """Enter anew, as after a restart of the container."""
        self.close()
        self._connect()
