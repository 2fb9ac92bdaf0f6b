# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the connection to libvirt, the same in every module."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._connection)."""

    DOCUMENTATION = r"""
requirements:
  - libvirt-python for libvirt 8.0 or newer, as the distribution packages it (C(python3-libvirt))
  - lxml, as the distribution packages it (C(python3-lxml))
options:
  uri:
    description:
      - Which libvirt to talk to, as a libvirt connection URI.
      - A remote URI works from the controller too, with C(delegate_to) or C(connection=local); an ssh URI gets
        C(no_tty=1) unless it says otherwise, so that it fails rather than waits for a password nobody can type.
      - R(The guide, ansible_collections.converge.libvirt.docsite.guide_where) says what ssh, TLS and SASL take, and where
        keys and certificates lie.
      - The environment variable E(LIBVIRT_DEFAULT_URI) is used where the option is not given.
    type: str
    default: qemu:///system
  username:
    description:
      - The user to authenticate as, where libvirt asks for one (SASL).
    type: str
  password:
    description:
      - The password to authenticate with, where libvirt asks for one (SASL). It is never shown.
    type: str
  timeout:
    description:
      - Seconds that connecting, and each answer to a quick question, may take.
      - When they are over the task fails and says what it was asking; nothing more is asked of that libvirt.
      - A call that is refused because another job holds the object, such as a volume being made in the pool, is made
        again for as long.
      - More than V(0), and less than 10 million, as O(wait_timeout) is.
    type: float
    default: 30
  wait_timeout:
    description:
      - Seconds that work may take which takes its time, such as defining, starting, saving or building.
    type: float
    default: 300
"""
