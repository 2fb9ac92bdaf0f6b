# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tiny test guest: a kernel and a busybox initramfs with DHCP client and guest agent, from distribution packages.

It boots to its agent in about 3 s under TCG with 96 MiB of memory.  Its own files are in ``tests/bed/guest``.  Kernel
arguments it knows: ``bed.noacpi`` (the power button does nothing), ``bed.noagent`` (the agent does not start),
``bed.root=DEVICE`` (go on with the system on that disk, see ``disk_guest``).
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import lzma
import os
import platform
import re
import shutil
import stat
import struct
import tempfile
from pathlib import Path

from .basics import BedError, progress, run
from .guest_packages import Unpacked, unpack

KERNEL = "vmlinuz"
IMAGE = "guest.img"

TREE = Path(__file__).resolve().parent.parent / "guest"

# What the guest can be asked to drive; what these depend on comes along, what a kernel has built in is skipped.
MODULES = (
    *("virtio_pci", "virtio_console", "virtio_net", "virtio_blk", "virtio_balloon", "virtio_mem", "virtio_scsi"),
    *("virtio_rng", "sd_mod", "sr_mod", "button", "evdev", "ata_piix", "ahci"),
)

# What it takes to go on with the system on a disk; only then are they loaded.
DISK_MODULES = ("ext4", "crc32c_generic")

FOLDERS = (
    "bin",
    "dev",
    "etc",
    "lib",
    "lib64",
    "mnt",
    "proc",
    "root",
    "run",
    "sbin",
    "sys",
    "tmp",
    "usr/bin",
    "usr/sbin",
)
# /var/run is /run; the loaders of Debian and of Fedora look for libraries in different folders.
LINKS = {"bin/sh": "busybox", "var": ".", "lib/x86_64-linux-gnu": "../lib64"}
TEXTS = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/group": "root:x:0:\ntty:x:5:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/os-release": 'ID=bedguest\nNAME="Bed guest"\nPRETTY_NAME="Bed guest (busybox)"\nVERSION_ID="1"\n',
    "etc/modules": "".join(f"{name}\n" for name in MODULES),
    "etc/disk-modules": "".join(f"{name}\n" for name in DISK_MODULES),
}


def cached_or_built() -> Path:
    """Return the folder with ``vmlinuz`` and ``guest.img``; the first call on a machine takes about 10 s."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "converge-libvirt"
    final = cache / f"guest-{_recipe()}"
    if final.is_dir():
        return final
    if platform.machine() != "x86_64":
        raise BedError(f"The test guest is for x86_64 machines; this is {platform.machine()}.")
    cache.mkdir(parents=True, exist_ok=True)
    progress("building the test guest")
    with tempfile.TemporaryDirectory(prefix=".guest-", dir=cache) as scratch:
        built = Path(scratch, "built")
        _build(Path(scratch), built)
        # A folder appears whole or not at all; where someone else was faster, theirs is as good.
        with contextlib.suppress(FileExistsError, OSError):
            built.rename(final)
    if not final.is_dir():
        raise BedError(f"The test guest could not be put into {cache}.")
    return final


def _recipe() -> str:
    """Return a short digest of all that decides what is built: this code, the guest's files, the distribution."""
    digest = hashlib.sha256()
    sources = [*sorted(Path(__file__).parent.glob("guest*.py")), *sorted(TREE.rglob("*")), Path("/etc/os-release")]
    for source in sources:
        if source.is_file():
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:12]


def _build(scratch: Path, target: Path) -> None:
    unpacked = unpack(scratch)
    root = scratch / "root"
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True)
    for name, where in LINKS.items():
        (root / name).symlink_to(where)
    for name, text in TEXTS.items():
        (root / name).write_text(text)
    shutil.copytree(TREE, root, dirs_exist_ok=True)
    _copy_program(unpacked.find("busybox"), root / "bin/busybox")
    _copy_program(unpacked.find("qemu-ga"), root / "usr/sbin/qemu-ga")
    _copy_libraries(unpacked, root)
    _copy_modules(unpacked, root)
    target.mkdir()
    shutil.copyfile(unpacked.kernel, target / KERNEL)
    with gzip.GzipFile(target / IMAGE, "wb", mtime=0) as image:
        image.write(cpio(root))


def _copy_program(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o755)


def _copy_libraries(unpacked: Unpacked, root: Path) -> None:
    """Copy the loader and each library that qemu-ga names, and those that these name."""
    names = needed(root / "usr/sbin/qemu-ga")
    seen = set()
    while names:
        name = names.pop()
        if name in seen:
            continue
        seen.add(name)
        target = root / "lib64" / name
        _copy_program(unpacked.find(name), target)
        names += needed(target)


def needed(path: Path) -> list[str]:
    """Return the libraries an ELF64 file names (DT_NEEDED, see elf(5))."""
    data = path.read_bytes()
    (sections_at,) = struct.unpack_from("<Q", data, 0x28)
    (count,) = struct.unpack_from("<H", data, 0x3C)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, sections_at + 64 * index) for index in range(count)]
    names = []
    for section in sections:
        if section[1] != 6:  # SHT_DYNAMIC
            continue
        strings = sections[section[6]][4]
        for offset in range(section[4], section[4] + section[5], 16):
            tag, value = struct.unpack_from("<QQ", data, offset)
            if tag == 1:  # DT_NEEDED
                begin = strings + value
                names.append(data[begin : data.index(b"\0", begin)].decode())
    return names


def _copy_modules(unpacked: Unpacked, root: Path) -> None:
    """Copy the kernel modules with what they depend on, uncompressed, and write the index modprobe reads."""
    source = unpacked.modules
    version = source.name
    target = root / "lib/modules" / version
    target.mkdir(parents=True)
    paths = {_plain(path): path for path in (source / "kernel").rglob("*.ko*")}
    wanted = [*MODULES, *DISK_MODULES]
    while wanted:
        path = paths.get(wanted.pop().replace("-", "_"))
        if path is None:  # built in, or not in this kernel
            continue
        copy = target / path.relative_to(source).with_name(path.name.partition(".")[0] + ".ko")
        if copy.exists():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        data = _uncompressed(path)
        copy.write_bytes(data)
        for found in re.findall(rb"\0depends=([^\0]*)\0", data):
            wanted += [name for name in found.decode().split(",") if name]
    for index in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        shutil.copyfile(source / index, target / index)
    run(unpacked.find("busybox"), "depmod", "-b", root, version)


def _plain(path: Path) -> str:
    return path.name.partition(".")[0].replace("-", "_")


def _uncompressed(path: Path) -> bytes:
    if path.suffix == ".xz":
        return lzma.decompress(path.read_bytes())
    if path.suffix == ".zst":
        plain = path.with_suffix("")
        run("zstd", "-q", "-d", "-f", path, "-o", plain)
        return plain.read_bytes()
    return path.read_bytes()


def cpio(root: Path) -> bytes:
    """Return the tree as a cpio archive of the kind the kernel unpacks ("newc"), all of it owned by root."""
    entries = []
    for path in sorted(root.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            data = os.fsencode(os.readlink(path))
        else:
            data = path.read_bytes() if stat.S_ISREG(mode) else b""
        entries.append((os.fsencode(path.relative_to(root)), mode, data))
    entries.append((b"TRAILER!!!", 0, b""))
    archive = bytearray()
    for inode, (name, mode, data) in enumerate(entries, 1):
        # inode, mode, uid, gid, links, mtime, size, 4 device numbers, length of the name, checksum
        fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        archive += b"070701" + b"".join(b"%08X" % field for field in fields) + name + b"\0"
        archive += b"\0" * (-len(archive) % 4) + data
        archive += b"\0" * (-len(archive) % 4)
    return bytes(archive)
