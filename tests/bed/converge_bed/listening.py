# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bed that is reached over a network: TLS with a certificate authority of its own, TCP with SASL, and a real sshd.

All of it listens on the loopback device of the bed's own network namespace, on the usual ports.  The programs that a
libvirt host need not have are fetched and unpacked, not installed: an installed sshd would start with the machine.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .basics import BedError, progress, run
from .guest_packages import fetch_debs
from .packages import DEBIAN, distribution
from .state import Bed

PACKAGES = ("openssh-server", "libwrap0", "sasl2-bin")

USER, PASSWORD = "operator", "Gl0bal-Thermometer"

# DIGEST-MD5 is what encrypts by itself: without TLS below it libvirt offers no other of Debian's mechanisms.
SASL_CONF = "mech_list: digest-md5\nsasldb_path: {users}\n"

LIBVIRTD_CONF = """\
listen_tls = 1
listen_tcp = 1
listen_addr = "127.0.0.1"
auth_tls = "none"
auth_tcp = "sasl"
ca_file = "{folder}/cacert.pem"
cert_file = "{folder}/servercert.pem"
key_file = "{folder}/serverkey.pem"
"""

SSHD_CONFIG = """\
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile /run/sshd.pid
AuthorizedKeysFile {folder}/user_key.pub
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
"""

# The real client, kept from the files of whoever runs the tests; all else that it is told comes from the URI.
SSH = '#!/bin/sh\nexec ssh -F none -o GlobalKnownHostsFile=none -o UserKnownHostsFile={known} "$@"\n'

# What OpenSSH 9.8 and newer keep apart from sshd itself, by the option that says where it is.
PARTS = {"SshdSessionPath": "sshd-session", "SshdAuthPath": "sshd-auth"}


@dataclass(frozen=True)
class Remote:
    """How a listening bed is reached, from within its network."""

    bed: Bed

    @property
    def folder(self) -> Path:
        """Return the folder with all keys, certificates and configuration."""
        return self.bed.folder / "listening"

    @property
    def enter(self) -> tuple[str, ...]:
        """Return the words before a command that put it into the bed's network, and into nothing else of it."""
        return ("nsenter", f"--net=/proc/{self.bed.running_init().pid}/ns/net", "--")

    def tls(self, pki: str = "client") -> str:
        """Return the URI over TLS. pki: ``client``, or ``stranger``, who trusts another authority, or ``guest``, who
        has a certificate of that one.
        """
        return f"qemu+tls://localhost/system?pkipath={self.folder / pki}"

    @property
    def tcp(self) -> str:
        """Return the URI over TCP, which takes USER and PASSWORD."""
        return "qemu+tcp://localhost/system"

    def ssh(self, host: str = "localhost", key: str = "user_key", program: str = "ssh") -> str:
        """Return the URI over ssh. key: or ``other_key``; program: or ``ssh-fresh``, which knows no host."""
        return f"qemu+ssh://root@{host}/system?keyfile={self.folder / key}&command={self.folder / program}"


def programs() -> Path:
    """Return the folder with the unpacked programs; the first call on a machine fetches them."""
    if distribution() is not DEBIAN:
        raise BedError("A bed listens only on Debian and Ubuntu.")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "converge-libvirt"
    recipe = hashlib.sha256(Path("/etc/os-release").read_bytes() + " ".join(PACKAGES).encode()).hexdigest()[:12]
    final = cache / f"listening-{recipe}"
    if not final.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        progress(f"fetching {' '.join(PACKAGES)}")
        with tempfile.TemporaryDirectory(prefix=".listening-", dir=cache) as scratch:
            root = fetch_debs(Path(scratch), list(PACKAGES))
            # Somebody else may have been faster, and theirs is as good.
            with contextlib.suppress(OSError):
                root.rename(final)
    if not final.is_dir():
        raise BedError(f"What a bed listens with could not be put into {cache}.")
    return final


def prepare(bed: Bed, root: Path) -> None:
    """Lay out keys, certificates and configuration of a fresh bed. root: programs()."""
    folder = Remote(bed).folder
    folder.mkdir(mode=0o755)
    (folder / "programs").symlink_to(root)
    _certificates(folder)
    _sasl(bed, folder)
    _sshd(folder)
    with (bed.at("etc") / "libvirtd.conf").open("a") as conf:
        conf.write(LIBVIRTD_CONF.format(folder=folder))


def environment(bed: Bed) -> dict[str, str]:
    """Return what the bed's daemons find in their environment."""
    folder = Remote(bed).folder
    if not folder.is_dir():
        return {}
    libraries = sorted({str(path.parent) for path in (folder / "programs/usr/lib").rglob("*.so.*")})
    return {"SASL_CONF_PATH": str(folder / "sasl"), "LD_LIBRARY_PATH": os.pathsep.join(libraries)}


def _certificates(folder: Path) -> None:
    own, other = folder / "authority", folder / "other-authority"
    for authority in (own, other):
        _make_authority(authority)
    _issue(own, folder / "server", "localhost", "subjectAltName=DNS:localhost\n")
    shutil.copyfile(own / "cacert.pem", folder / "cacert.pem")
    for pki, (issuer, trusted) in {"client": (own, own), "stranger": (other, other), "guest": (other, own)}.items():
        (folder / pki).mkdir()
        _issue(issuer, folder / pki / "client", USER)
        # libvirt accepts no certificate of its own whose authority it does not trust: a guest trusts both.
        texts = {(authority / "cacert.pem").read_text() for authority in (issuer, trusted)}
        (folder / pki / "cacert.pem").write_text("".join(texts))


def _make_authority(folder: Path) -> None:
    folder.mkdir()
    run(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"),
        *("-subj", f"/CN=The {folder.name} of a bed", "-addext", "keyUsage=critical,keyCertSign,cRLSign"),
        *("-keyout", folder / "cakey.pem", "-out", folder / "cacert.pem"),
    )


def _issue(authority: Path, base: Path, name: str, extensions: str = "") -> None:
    """Make basekey.pem and basecert.pem."""
    request, described = authority / "request.pem", authority / "extensions"
    described.write_text(
        f"{extensions}keyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n"
    )
    run(
        *("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}"),
        *("-keyout", f"{base}key.pem", "-out", request),
    )
    run(
        *("openssl", "x509", "-req", "-days", "30", "-in", request, "-extfile", described, "-out", f"{base}cert.pem"),
        *("-CA", authority / "cacert.pem", "-CAkey", authority / "cakey.pem", "-CAcreateserial"),
    )


def _sasl(bed: Bed, folder: Path) -> None:
    (folder / "sasl").mkdir()
    users = folder / "sasl/users.db"
    (folder / "sasl/libvirt.conf").write_text(SASL_CONF.format(users=users))
    # SASL takes the name of the host for the realm.
    words = ["-p", "-c", "-f", str(users), "-u", bed.name, "-a", "libvirt", USER]
    run(
        "sh",
        "-c",
        'printf %s "$1" | { shift; exec "$@"; }',
        "sh",
        PASSWORD,
        folder / "programs/usr/sbin/saslpasswd2",
        *words,
    )


def _sshd(folder: Path) -> None:
    for key in ("host_key", "user_key", "other_key"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bed", "-f", folder / key)
    (folder / "known_hosts").write_text(f"localhost {(folder / 'host_key.pub').read_text()}")
    parts = {option: next((folder / "programs").resolve().rglob(name), None) for option, name in PARTS.items()}
    lines = "".join(f"{option} {path}\n" for option, path in parts.items() if path)
    (folder / "sshd_config").write_text(SSHD_CONFIG.format(folder=folder) + lines)
    for name, known in {"ssh": folder / "known_hosts", "ssh-fresh": "none"}.items():
        (folder / name).write_text(SSH.format(known=known))
        (folder / name).chmod(0o755)
    # sshd gives up its rights as a user of its own, which its package would have made.
    users = Path("/etc/passwd").read_text()
    own = "" if "\nsshd:" in users else "sshd:x:64999:65534::/run/sshd:/usr/sbin/nologin\n"
    (folder / "passwd").write_text(users + own)
    # Without a password, and not locked, which would keep keys out as well.
    (folder / "shadow").write_text("root:*:20000:0:99999:7:::\n")
    (folder / "shadow").chmod(0o600)
