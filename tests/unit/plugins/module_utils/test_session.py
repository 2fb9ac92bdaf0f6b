# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gc
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.converge.libvirt.plugins.module_utils import _session
from ansible_collections.converge.libvirt.plugins.module_utils._session import (
    DeadlineError,
    Endpoint,
    Session,
    SessionError,
    prepared_uri,
)
from ansible_collections.converge.libvirt.tests.unit.in_process import URI

GUEST = "<domain type='test'><name>web</name><memory>131072</memory><os><type>hvm</type></os></domain>"


@pytest.fixture
def blocked() -> Iterator[threading.Event]:
    """Blocks whoever waits for it until the test is over."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("qemu:///system", "qemu:///system"),
        ("qemu+tls://host/system", "qemu+tls://host/system"),
        ("qemu+ssh://host/system", "qemu+ssh://host/system?no_tty=1"),
        ("qemu+ssh://me@host:22/system?socket=/run/s", "qemu+ssh://me@host:22/system?socket=/run/s&no_tty=1"),
        ("qemu+ssh://host/system?no_tty=0", "qemu+ssh://host/system?no_tty=0"),
        ("qemu+ssh://host/system?no_tty=", "qemu+ssh://host/system?no_tty="),
    ],
)
def test_ssh_never_asks_a_terminal_unless_told_to(given: str, used: str) -> None:
    assert prepared_uri(given) == used


class Busy:
    """A call that is refused so many times because another job holds the object."""

    def __init__(self, libvirt: Any, times: int, name: str = "VIR_ERR_INTERNAL_ERROR", said: str = "") -> None:
        self.libvirt, self.left, self.name = libvirt, times, name
        self.said = said or "internal error: pool 'p' has asynchronous jobs running."

    def __call__(self) -> str:
        if not self.left:
            return "done"
        self.left -= 1
        error = self.libvirt.libvirtError(self.said)
        error.err = (getattr(self.libvirt, self.name), 0, self.said, 0, "", None, None, 0, 0)
        raise error


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("VIR_ERR_INTERNAL_ERROR", "internal error: pool 'p' has asynchronous jobs running."),
        ("VIR_ERR_OPERATION_INVALID", "Requested operation is not valid: volume 'v' is still being allocated."),
        ("VIR_ERR_OPERATION_INVALID", "Requested operation is not valid: volume 'v' is still in use."),
        ("VIR_ERR_OPERATION_TIMEOUT", "Timed out during operation: cannot acquire state change lock (held by ...)"),
    ],
)
def test_a_call_that_finds_its_object_busy_is_made_again(libvirt: Any, name: str, said: str) -> None:
    session = Session(Endpoint("qemu+tcp://host/system", timeout=5))
    assert session.call("define it", Busy(libvirt, 2, name, said)) == "done"


def test_a_call_is_not_made_again_for_ever_nor_for_another_reason(libvirt: Any) -> None:
    session = Session(Endpoint("qemu+tcp://host/system", timeout=0.3))
    begin = time.monotonic()
    with pytest.raises(SessionError, match="has asynchronous jobs running"):
        session.call("refresh it", Busy(libvirt, 1000))
    assert time.monotonic() - begin < 2
    other = Busy(libvirt, 1, "VIR_ERR_INTERNAL_ERROR", "internal error: something else")
    with pytest.raises(SessionError, match="something else"):
        session.call("refresh it", other)
    assert other.left == 0


def test_a_call_without_an_answer_is_given_up_in_time(blocked: threading.Event) -> None:
    session = Session(Endpoint("qemu+tcp://host/system", timeout=0.05))
    begin = time.monotonic()
    with pytest.raises(DeadlineError, match=r"^cannot define it on qemu\+tcp://host/system: no answer within 0.05 s"):
        session.call("define it", blocked.wait)
    with pytest.raises(DeadlineError, match=r"cannot list them .*: an earlier call got no answer"):
        session.call("list them", list)
    session.close()
    assert time.monotonic() - begin < 2
    assert session.stuck


def test_slow_work_has_the_longer_deadline(blocked: threading.Event) -> None:
    session = Session(Endpoint(URI, timeout=0.01, wait_timeout=0.1))
    assert session.slow("sleep", lambda: blocked.wait(0.04)) is False
    with pytest.raises(DeadlineError, match=r"no answer within 0.1 s"):
        session.slow("sleep", blocked.wait)


def test_a_process_with_a_stuck_call_ends_with_its_result_out() -> None:
    program = (
        "import threading\n"
        f"from {_session.__name__} import Endpoint, DeadlineError, Session, leave\n"
        "session = Session(Endpoint('test:///default', timeout=0.05))\n"
        "try:\n"
        "    session.call('wait', threading.Event().wait)\n"
        "except DeadlineError as error:\n"
        "    print(error)\n"
        "    leave(3)\n"
    )
    tree = next(folder for folder in sys.path if Path(folder, "ansible_collections/converge/libvirt").is_dir())
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": tree},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert "no answer within 0.05 s" in done.stdout


def run_program(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program that finds this collection; it has to end by itself."""
    tree = next(folder for folder in sys.path if Path(folder, "ansible_collections/converge/libvirt").is_dir())
    return subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": tree},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_a_process_ends_by_itself_although_a_call_is_stuck() -> None:
    """As Ansible's workers do, which nobody ends otherwise."""
    done = run_program(
        "import threading\n"
        f"from {_session.__name__} import Endpoint, DeadlineError, Session\n"
        "session = Session(Endpoint('test:///default', timeout=0.05))\n"
        "try:\n"
        "    session.call('wait', threading.Event().wait)\n"
        "except DeadlineError as error:\n"
        "    print(error)\n"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "no answer within 0.05 s" in done.stdout


def test_a_fork_of_a_process_that_asked_libvirt_has_an_event_loop_too(libvirt: Any) -> None:  # noqa: ARG001
    """Ansible forks its workers from the process that has read the inventory."""
    done = run_program(
        "import os, threading, warnings\n"
        "warnings.simplefilter('ignore')\n"
        f"from {_session.__name__} import Endpoint, Session\n"
        "def ask():\n"
        "    session = Session(Endpoint('test:///default', timeout=5)).open()\n"
        "    threads = [thread.name for thread in threading.enumerate()]\n"
        "    print(len(session.connection.listAllDomains()), 'libvirt-events' in threads, flush=True)\n"
        "    session.close()\n"
        "ask()\n"
        "child = os.fork()\n"
        "ask() if child == 0 else os.waitpid(child, 0)\n"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 True\n1 True\n"


def test_an_error_names_what_was_tried_where_and_what_libvirt_said(session: Session, libvirt: Any) -> None:
    with pytest.raises(SessionError) as caught:
        session.call("look up guest 'web'", session.connection.lookupByName, "web")
    assert str(caught.value).startswith("cannot look up guest 'web' on test:///default: libvirt said: Domain not found")
    assert str(caught.value).endswith("(VIR_ERR_NO_DOMAIN)")
    assert caught.value.code == libvirt.VIR_ERR_NO_DOMAIN
    assert not session.stuck
    assert session.call("list guests", session.connection.listAllDomains)


def test_every_name_of_libvirts_is_one(libvirt: Any) -> None:
    """A name that libvirt does not have shows only on the way that uses it: an error that seldom comes, a hint."""
    newer_than_the_oldest = {"VIR_DOMAIN_UNDEFINE_TPM", "VIR_DOMAIN_UNDEFINE_KEEP_TPM"}
    sources = [path.read_text() for path in Path(_session.__file__).parent.rglob("*.py")]
    names = {name for source in sources for name in re.findall(r"""(?:libvirt\.|")(VIR_\w+[A-Z0-9])\b""", source)}
    assert len(names) > 30
    assert sorted(name for name in names - newer_than_the_oldest if not hasattr(libvirt, name)) == []


def test_libvirt_prints_nothing_by_itself(session: Session, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SessionError):
        session.call("look up guest 'web'", session.connection.lookupByName, "web")
    assert capfd.readouterr().err == ""


def test_there_is_none_is_an_answer_and_other_errors_are_not(session: Session) -> None:
    look_up = session.connection.lookupByName
    assert session.look_up("look up guest 'web'", "VIR_ERR_NO_DOMAIN", look_up, "web") is None
    assert session.look_up("look up guest 'test'", "VIR_ERR_NO_DOMAIN", look_up, "test").name() == "test"
    with pytest.raises(SessionError, match="VIR_ERR_NO_DOMAIN"):
        session.look_up("look up guest 'web'", "VIR_ERR_NO_NETWORK", look_up, "web")


def test_what_a_driver_lacks_is_null_or_one_sentence(session: Session) -> None:
    lacking = session.connection.listAllSecrets
    assert session.optional("list secrets", lacking) is None
    with pytest.raises(SessionError, match=r"\(VIR_ERR_NO_SUPPORT\); this libvirt driver has no such function"):
        session.call("list secrets", lacking)


@pytest.mark.parametrize(
    ("said", "name", "hint"),
    [
        ("root@kvm1: Permission denied (publickey).", "VIR_ERR_SYSTEM_ERROR", "ssh needs a key that the host takes"),
        ("Failed to connect socket to '/run/x': Permission denied", "VIR_ERR_SYSTEM_ERROR", None),
        ("error creating bridge interface br7: File exists", "VIR_ERR_SYSTEM_ERROR", "if a start that was cut short"),
        ("Unable to verify peer's certificate", "VIR_ERR_AUTH_FAILED", "check cacert.pem"),
        ("authentication failed", "VIR_ERR_AUTH_FAILED", "check username and password"),
    ],
)
def test_a_hint_follows_what_was_said(libvirt: Any, said: str, name: str, hint: str | None) -> None:
    error = SimpleNamespace(get_error_code=lambda: getattr(libvirt, name), get_error_message=lambda: said)
    sentence = str(_session.failure("cannot connect", error))
    assert sentence.endswith(f"({name})") if hint is None else f"({name}); {hint}" in sentence


@pytest.mark.usefixtures("libvirt")
def test_a_connection_to_look_writes_nothing() -> None:
    looking = Session(Endpoint(URI, readonly=True)).open()
    with pytest.raises(SessionError, match="VIR_ERR_OPERATION_DENIED"):
        looking.call("define guest 'web'", looking.connection.defineXML, GUEST)
    looking.close()


@pytest.mark.parametrize(
    ("uri", "host", "here"),
    [
        ("qemu:///system", "kvm1", True),
        ("qemu+unix:///system?socket=/run/it", "kvm2.example.com", True),
        ("qemu+ssh://root@localhost/system", "kvm1.example.com", True),
        ("qemu+ssh://root@192.0.2.7/system?no_tty=1", "kvm2", False),
        ("esx://esx.example.com/", None, False),
    ],
)
def test_whose_files_this_machine_has(
    session: Session, monkeypatch: pytest.MonkeyPatch, uri: str, host: str | None, here: bool
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "kvm1")
    connection = session.connection
    session.connection = SimpleNamespace(getURI=lambda: uri, getHostname=lambda: host)
    assert session.is_here() is here
    session.connection = connection


def test_a_name_that_every_machine_may_have_tells_none(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "localhost")
    connection = session.connection
    session.connection = SimpleNamespace(getURI=lambda: "qemu+ssh://kvm2/system", getHostname=lambda: "localhost")
    assert session.is_here() is False
    session.connection = connection


#: In a process of its own: what libvirt itself reads from a file goes through the resolver of an lxml that is loaded
#: beside it, and that takes libvirt's data for its own.
OPENING = """\
import sys
from ansible_collections.converge.libvirt.plugins.module_utils._session import Endpoint, Session, SessionError
node, username, password = sys.argv[1:]
session = Session(Endpoint(f"test://{node}", username=username or None, password=password, timeout=5))
try:
    print(session.open().connection.listAllDomains())
    session.close()
except SessionError as error:
    print(error)
assert "lxml" not in sys.modules
"""


@pytest.mark.usefixtures("libvirt")
@pytest.mark.parametrize(
    ("username", "password", "opens"),
    [
        ("admin", "swordfish", True),
        ("admin", "wrong", False),
        ("nobody", "swordfish", False),
        (None, "swordfish", False),
    ],
)
def test_username_and_password(tmp_path: Path, username: str | None, password: str, opens: bool) -> None:
    node = tmp_path / "node.xml"
    node.write_text("<node><auth><user password='swordfish'>admin</user></auth></node>")
    words = [sys.executable, "-c", OPENING, str(node), username or "", password]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    if opens:
        assert done.stdout == "[]\n"
        return
    assert re.match(r"cannot connect to .*VIR_ERR_AUTH_.*\); check .* on the libvirt", done.stdout)
    assert "swordfish" not in done.stdout
    assert "wrong" not in done.stdout


def test_whether_a_connection_stands_is_told_without_asking(libvirt: Any) -> None:
    session = Session(Endpoint(URI))
    assert not session.is_alive()
    session.open()
    assert session.is_alive()
    session.stuck = True
    assert not session.is_alive(), "who was given up on is asked nothing more"
    session.stuck = False

    def cannot_say() -> int:
        error = libvirt.libvirtError("no such function")
        error.err = (libvirt.VIR_ERR_NO_SUPPORT, 0, "no such function", 0, "", "", "", 0, 0)
        raise error

    connection, session.connection = session.connection, SimpleNamespace(isAlive=cannot_say)
    assert session.is_alive(), "what cannot end has not ended"
    session.connection = connection
    session.close()
    assert not session.is_alive()


@pytest.fixture
def thresholds() -> Iterator[range]:
    """Of Python's garbage collection: one after the other, so that it comes in every moment of a call."""
    before = gc.get_threshold()
    yield range(1, 120)
    gc.set_threshold(*before)


def test_an_error_is_not_lost_to_what_python_frees(session: Session, thresholds: range) -> None:
    connection = session.connection
    for threshold in thresholds:
        gc.set_threshold(0)
        gc.collect()
        garbage: list[Any] = [connection.lookupByName("test")]
        garbage.append(garbage)
        del garbage
        gc.set_threshold(threshold)
        found = session.look_up("look up", "VIR_ERR_NO_DOMAIN", connection.lookupByName, "nosuch")
        assert found is None
