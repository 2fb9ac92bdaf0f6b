# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make ansible-test independent of the download that it begins a virtual environment with.

`ansible-test --venv` wants `get-pip.py` of one pinned version and looks for it in its cache before it downloads it.
A script that installs that very pip from its wheel does the same, with nothing but a package index.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

CACHE = Path.home() / ".ansible/test/cache"

GET_PIP = """\
import os
import sys

wheel = os.path.join(os.path.dirname(os.path.abspath(__file__)), "{wheel}")
sys.path.insert(0, wheel)
from pip._internal.cli.main import main

options = [option for option in sys.argv[1:] if option not in ("--no-setuptools", "--no-wheel")]
sys.exit(main(["install", "--upgrade", "--force-reinstall", wheel] + options))
"""


def pinned_pip(site_packages: Path) -> str:
    """The version of pip that the installed ansible-test pins, read from its source."""
    source = site_packages / "ansible_test/_internal/python_requirements.py"
    found = re.search(r"""\bpip=['"]([0-9.]+)['"]""", source.read_text(encoding="utf-8"))
    if not found:
        raise LookupError(f"{source} does not name the pip that ansible-test pins; has its layout changed?")
    return found.group(1)


def prepare(python: Path, site_packages: Path) -> None:
    """Put the stand-in for the installed ansible-test into its cache; `python` is one that has pip."""
    version = pinned_pip(site_packages)
    script = CACHE / f"get_pip_{version.replace('.', '_')}.py"
    wheel = CACHE / f"pip-{version}-py3-none-any.whl"
    if script.exists() and wheel.exists():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    command = [str(python), "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*command, "--dest", str(CACHE), f"pip=={version}"], check=True)
    script.write_text(GET_PIP.format(wheel=wheel.name), encoding="utf-8")


if __name__ == "__main__":
    import ansible_test

    prepare(Path(sys.executable), Path(ansible_test.__path__[0]).parent)
