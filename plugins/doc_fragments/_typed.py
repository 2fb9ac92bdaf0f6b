# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How options that are named after libvirt's elements go together with XML, the same in every module that has some."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._typed)."""

    DOCUMENTATION = r"""
options: {}
notes:
  - Options that say of themselves where they stand in libvirt's XML are named after its elements. One that is left out is
    not managed, and what it could say stays as it is. One whose value is an empty text is removed.
  - A list that is given is the whole list. Where an entry is the same thing as one that is there, told by its key (the target
    of a disk, the MAC address of an interface, the name of a port group), it goes on with that, and what it does not name stays.
  - Beside O(xml) these options are laid over the document. Entries of a list are laid over those of the document by key, and
    win; those that only the document has stay, so the two together are the whole.
  - A size is a number with its unit, such as V(512MiB), V(4GiB) or V(100B). V(KiB), V(MiB), V(GiB) and so on are powers of
    1024, as are V(K), V(M) and V(G); V(KB), V(MB) and V(GB) are powers of 1000.
  - A path such as C(devices/disk/target@dev) in the description of an option names the elements below the root of libvirt's
    XML, and after the C(@) an attribute; C(@*) is all of them.
"""
