# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: libvirt_qemu
short_description: Run tasks in a guest through its guest agent
version_added: 0.1.0
author:
  - converge.libvirt contributors (@converge)
description:
  - Runs tasks in a guest of a QEMU hypervisor and moves files in and out, without a network between you and the guest,
    without a password of the guest and without sshd in it. Libvirt hands every request to C(qemu-guest-agent) in the
    guest, which carries it out as its own user, usually C(root).
  - Pipelining works, standard input is delivered, and so are the passwords of C(become).
  - Output may be of any size. A command writes it into files of a folder of its own in the guest, which is gone when
    the task is; short output comes back with the answer, longer output in pieces.
  - Files of 1 MiB and more go through a channel of their own that is plugged into the running guest for the time it
    takes, several times as fast as the agent. See O(transfer_channel).
requirements:
  - libvirt-python for libvirt 8.0 or newer on the controller (C(python3-libvirt))
  - qemu-guest-agent 2.5 or newer in the guest, on the channel C(org.qemu.guest_agent.0)
  - A POSIX shell in the guest with C(mktemp), C(cat), C(wc), C(head) and C(grep), which busybox has too; or Windows
notes:
  - The connection to libvirt has to be a read-write one; libvirt asks no agent for a read-only client.
  - Some distributions, Red Hat's among them, forbid the agent C(guest-exec) and C(guest-file-open) until somebody
    allows them in the guest. The error says so.
  - Windows is written to the agent's documentation and tried against a stand-in for the agent only, never on a Windows
    guest. Set C(ansible_shell_type=powershell). The agent holds the output of a command there, of which libvirt carries
    about 3 MB, and files never take a channel of their own.
options:
  remote_addr:
    description:
      - The name or the UUID of the guest, as libvirt knows it.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
      - name: ansible_libvirt_guest
  uri:
    description:
      - Which libvirt the guest belongs to, as a libvirt connection URI; remote ones work as well.
    type: str
    default: qemu:///system
    env:
      - name: LIBVIRT_DEFAULT_URI
    vars:
      - name: ansible_libvirt_uri
  username:
    description:
      - The user to authenticate as, where libvirt asks for one (SASL). It is no user of the guest.
    type: str
    vars:
      - name: ansible_libvirt_username
  password:
    description:
      - The password to authenticate with, where libvirt asks for one (SASL).
    type: str
    vars:
      - name: ansible_libvirt_password
  libvirt_timeout:
    description:
      - Seconds that connecting to libvirt, and each answer of libvirt itself, may take.
    type: float
    default: 30
    vars:
      - name: ansible_libvirt_timeout
  agent_timeout:
    description:
      - Seconds that each answer of the agent may take. After them the guest is unreachable.
      - A command may run for longer, since the agent is asked again and again whether it has ended.
    type: float
    default: 30
    vars:
      - name: ansible_libvirt_agent_timeout
  command_timeout:
    description:
      - Seconds that a command in the guest may take. After them the task fails, and the command goes on in the guest.
      - V(0) waits for ever.
    type: float
    default: 3600
    vars:
      - name: ansible_libvirt_command_timeout
  transfer_channel:
    description:
      - Whether files and output of 1 MiB and more go through a channel of their own. It is a C(virtio-serial) port that
        is plugged into the running guest, never into its stored definition, and unplugged when the file is there.
      - Where it cannot be had, such as on Windows or without a free port, the agent carries the data.
    type: bool
    default: true
    vars:
      - name: ansible_libvirt_transfer_channel
  executable:
    description:
      - The shell in the guest that runs commands.
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
# An inventory: all tasks for this host run in the guest of that name
all:
  hosts:
    web:
  vars:
    ansible_connection: converge.libvirt.libvirt_qemu
    ansible_libvirt_uri: qemu+ssh://root@kvm1.example.com/system
    ansible_libvirt_agent_timeout: 10
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable, TypeVar

from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.plugins.connection import ConnectionBase
from ansible.utils.display import Display

from ..module_utils._domain import powershell
from ..module_utils._domain.agent import Agent, AgentError, Ended, ForbiddenError, MissingError, OverdueError
from ..module_utils._domain.channel import read, write
from ..module_utils._domain.find import by_name_or_uuid
from ..module_utils._domain.shell import Prompt, create, execute
from ..module_utils._session import Endpoint, Session, SessionError, libvirt, libvirt_qemu
from ..plugin_utils._become import judge, prompt_of

display = Display()

T = TypeVar("T")

#: Bytes of a local file that are read at once.
PIECE = 1024 * 1024


class Connection(ConnectionBase):
    """Tasks in a guest through its guest agent."""

    transport = "converge.libvirt.libvirt_qemu"
    has_pipelining = True
    has_tty = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._session: Session | None = None
        #: The agent, once there is a session.
        self._agent: Agent
        self._windows = bool(getattr(self._shell, "_IS_WINDOWS", False))
        if self._windows:
            # As with every other connection to Windows: PowerShell modules, which come by standard input.
            self.has_native_async = True
            self.always_pipeline_modules = True
            self.module_implementation_preferences = (".ps1", ".exe", "")
            self.allow_executable = False

    @property
    def guest(self) -> str:
        return str(self.get_option("remote_addr"))

    def _connect(self) -> Connection:
        if self._connected:
            return self
        if libvirt is None or libvirt_qemu is None:
            raise AnsibleConnectionFailure(
                f"libvirt-python is missing for {sys.executable}; the distribution's package python3-libvirt has it"
            )
        endpoint = Endpoint(
            uri=self.get_option("uri"),
            username=self.get_option("username"),
            password=self.get_option("password"),
            timeout=self.get_option("libvirt_timeout"),
        )
        display.vvv(f"CONNECT to the agent of this guest on {endpoint.uri}", host=self.guest)
        session = Session(endpoint)
        self._session = session
        try:
            session.open()
            self._agent = Agent(
                session, by_name_or_uuid(session, self.guest), self.guest, self.get_option("agent_timeout")
            )
        except SessionError as error:
            self.close()
            raise AnsibleConnectionFailure(str(error)) from error
        self._connected = True
        return self

    def _reach(self, work: Callable[[], T]) -> T:
        """What work returns. What keeps us from the guest makes it unreachable; what the guest refuses is an error."""
        try:
            return work()
        except MissingError as error:
            raise AnsibleFileNotFound(str(error)) from error
        except ForbiddenError as error:
            raise AnsibleConnectionFailure(str(error)) from error
        except (AgentError, OverdueError) as error:
            raise AnsibleError(str(error)) from error
        except SessionError as error:
            raise AnsibleConnectionFailure(str(error)) from error

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        self._connect()
        display.vvv(f"EXEC {cmd}", host=self.guest)
        if self._windows:
            ended = self._reach(lambda: powershell.execute(self._agent, cmd, in_data, self._limit()))
        else:
            ended = self._posix(cmd, in_data, prompt_of(self.become, self._play_context) if sudoable else None)
        return ended.rc, ended.stdout, ended.stderr

    def _limit(self) -> float | None:
        return self.get_option("command_timeout") or None

    def _posix(self, cmd: str, in_data: bytes | None, prompt: Prompt | None) -> Ended:
        shell, by_channel = self.get_option("executable"), self.get_option("transfer_channel")
        ended = self._reach(
            lambda: execute(
                self._agent, cmd, in_data, shell=shell, prompt=prompt, seconds=self._limit(), by_channel=by_channel
            )
        )
        if prompt is None:
            return ended
        judge(self.become, ended.rc, ended.stdout, ended.stderr)
        return Ended(ended.rc, ended.stdout, prompt.without(ended.stderr))

    def put_file(self, in_path: str, out_path: str) -> None:
        self._connect()
        display.vvv(f"PUT {in_path} TO {out_path}", host=self.guest)
        local = Path(in_path)
        if not local.is_file():
            raise AnsibleFileNotFound(f"there is no file {in_path} on the controller")
        with local.open("rb") as source:
            pieces = iter(lambda: source.read(PIECE), b"")
            size = local.stat().st_size

            def put() -> None:
                if not self._windows:
                    create(self._agent, out_path)
                write(self._agent, self._remote(out_path), pieces, size, self._by_channel())

            self._reach(put)

    def fetch_file(self, in_path: str, out_path: str) -> None:
        self._connect()
        display.vvv(f"FETCH {in_path} TO {out_path}", host=self.guest)

        def fetch() -> None:
            pieces: Iterator[bytes] = read(self._agent, self._remote(in_path), self._by_channel())
            # Before the local file is made: there may be nothing to put into it.
            first = next(pieces, b"")
            with Path(out_path).open("wb") as target:
                target.write(first)
                target.writelines(pieces)

        self._reach(fetch)

    def _by_channel(self) -> bool:
        return self.get_option("transfer_channel") and not self._windows

    def _remote(self, path: str) -> str:
        return powershell.unquoted(path) if self._windows else path

    def close(self) -> None:
        session, self._session = self._session, None
        self._connected = False
        if session is not None:
            try:
                session.close()
            except SessionError as error:
                display.vvv(str(error), host=self.guest)

    def reset(self) -> None:
        """Connect anew, as after a change of what the agent is allowed or of the guest itself."""
        self.close()
        self._connect()
