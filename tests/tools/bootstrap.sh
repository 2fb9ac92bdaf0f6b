#!/bin/sh
# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What a fresh machine lacks: a few distribution packages and .venv. Does only what is missing; says what it does.
#   sh tests/tools/bootstrap.sh             what every target needs
#   sh tests/tools/bootstrap.sh headers     and what compiles libvirt-python for Pythons that are not the distribution's

set -eu
cd "$(dirname "$0")/../.."

say() { printf '==> %s\n' "$*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        fail "Root is needed to install packages and there is no sudo. As root, run: $*"
    fi
}

python_sees() { /usr/bin/python3 -c "import $1" >/dev/null 2>&1; }

# Packages, each beside the question whether what it brings is there already.
missing=""
want() { missing="$missing $1"; }
[ -x /usr/bin/python3 ] || want python3
command -v git >/dev/null 2>&1 || want git
python_sees libvirt || want python3-libvirt
python_sees lxml || want python3-lxml
if command -v apt-get >/dev/null 2>&1; then
    python_sees ensurepip || want python3-venv
fi
if [ "${1:-}" = headers ]; then
    command -v gcc >/dev/null 2>&1 || want gcc
    command -v pkg-config >/dev/null 2>&1 || want pkg-config
    if command -v apt-get >/dev/null 2>&1; then
        pkg-config --exists libvirt 2>/dev/null || want libvirt-dev
    else
        pkg-config --exists libvirt 2>/dev/null || want libvirt-devel
    fi
fi

if [ -n "$missing" ]; then
    say "installing$missing"
    # shellcheck disable=SC2086  # a list of package names
    if command -v apt-get >/dev/null 2>&1; then
        as_root apt-get -qq -o DPkg::Lock::Timeout=600 update
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get -qq -o DPkg::Lock::Timeout=600 install --yes --no-install-recommends $missing >/dev/null
    elif command -v dnf >/dev/null 2>&1; then
        as_root dnf --quiet --assumeyes install $missing
    else
        fail "Neither apt-get nor dnf is here. Install by hand:$missing"
    fi
fi

/usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    fail "The distribution's $(/usr/bin/python3 --version) is too old for ansible-core 2.17: 3.10 or newer is needed."

# .venv: the newest ansible-core for the distribution's Python, which sees the distribution's libvirt and lxml.
requirements=tests/tools/requirements/people.txt
wanted="$(/usr/bin/python3 --version) $(cksum <"$requirements")"
if [ "$(cat .venv/made-from 2>/dev/null)" != "$wanted" ] || ! .venv/bin/python -c 'import ansible, nox' 2>/dev/null; then
    say "making .venv (ansible-core, nox, pytest)"
    rm -rf .venv
    /usr/bin/python3 -m venv --system-site-packages .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
    printf '%s\n' "$wanted" >.venv/made-from
fi

# Everything but ansible-test finds the collection through this link.
mkdir -p .cache/ansible_collections/converge
[ -L .cache/ansible_collections/converge/libvirt ] || ln -s ../../.. .cache/ansible_collections/converge/libvirt
