# SPDX-License-Identifier: GPL-3.0-or-later

"""What a guest reads at its first boot, and its place in the definition, which the option owns: cloud-init's drive,
Ignition's file. Pure functions over documents.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
import string
from dataclasses import dataclass, replace
from typing import Any

from .._plan import Refused
from .._xml.chosen import Chosen
from .._xml.document import attribute, ensure, etree, find_all
from .._xml.overlay import Scope
from .._xml.rules.domain import RULES

#: The name under which QEMU's firmware interface hands Ignition's file over.
FW_CFG = "opt/com.coreos/config"

#: What stands before cloud-init's own settings, and before any other kind of user data.
CLOUD_CONFIG = "#cloud-config\n"

#: A key of ours in the meta data.
STAMP = "converge-seed"

#: A seed with the attributes of its volume as a source; None where the guest has read it and needs it no more.
Placed = tuple["Seed", "dict[str, str] | None"]


@dataclass(frozen=True)
class Way:
    """One way to hand a seed over. at: the tag path of its element; mark: the attribute that tells the option's own
    element from others there, seen from it. word, suffix: in the name of the volume.
    """

    option: str
    word: str
    suffix: str
    at: str
    mark: tuple[str, str, str]
    bus: str = ""

    def owns(self, element: Any) -> bool:
        path, name, text = self.mark
        if not path:
            return bool(element.get(name) == text)
        source = attribute(element, "source", "file") or attribute(element, "source", "volume") or ""
        # Drivers other than QEMU's keep no aliases.
        return attribute(element, path, name) == text or self.volume.search(source) is not None

    @property
    def volume(self) -> re.Pattern[str]:
        """The end of a volume's name."""
        return re.compile(rf"-{self.word}-([0-9a-f]{{16}}){re.escape(self.suffix)}$")

    def found(self, document: Any) -> Any:
        """The element in a document, or None."""
        return next((each for each in find_all(document, self.at) if self.owns(each)), None)


DRIVE = Way("cloud_init", "cidata", ".iso", "devices/disk", ("alias", "name", "ua-cloud-init"), "scsi")
DISK = Way("ignition", "ignition", ".ign", "devices/disk", ("alias", "name", "ua-ignition"), "virtio")
FILE = Way("ignition", "ignition", ".ign", "sysinfo/entry", ("", "name", FW_CFG))
WAYS = (DRIVE, DISK, FILE)


@dataclass(frozen=True)
class Seed:
    """A seed that a task asks for. files: content by name. attached: whether the guest shall have it; once: only until
    it has read it. bus, target: where the user wants its drive. digest: of the content.
    """

    way: Way
    pool: str
    guest: str
    files: dict[str, str]
    attached: bool
    once: bool
    bus: str | None
    target: str | None

    @property
    def digest(self) -> str:
        return _digest(self.files)

    @property
    def stamp(self) -> str:
        """What the meta data, as cloud-init keeps it in the guest, has of this seed and no other."""
        return str(json.loads(self.files["meta-data"])[STAMP])

    @property
    def volume(self) -> str:
        """The name of the volume, which tells its content: another content is another volume."""
        return f"{self.guest}-{self.way.word}-{self.digest}{self.way.suffix}"

    def known(self, volume: str) -> str | None:
        """The digest in the name of a volume of this guest; None where it is another's."""
        match = self.way.volume.search(volume)
        return match[1] if match is not None and volume[: match.start()] == self.guest else None


def seeds(params: dict[str, Any], guest: str) -> list[Seed]:
    """What the options of a task ask for. Raises Refused."""
    made = []
    for option, content in (("cloud_init", _cloud_init), ("ignition", _ignition)):
        given = params.get(option)
        if given is None:
            continue
        attached = given["attach"] != "never"
        way = DRIVE if option == "cloud_init" else FILE if given["by"] == "fw_cfg" else DISK
        files = content(given, guest) if attached else {}
        once = given["attach"] == "once"
        made.append(Seed(way, given["pool"], guest, files, attached, once, given.get("bus"), given["target"]))
    return made


def _cloud_init(given: dict[str, Any], guest: str) -> dict[str, str]:
    """The files of cloud-init's NoCloud data source."""
    files = {"user-data": _text(given["user_data"] or {}, CLOUD_CONFIG)}
    if given["vendor_data"]:
        files["vendor-data"] = _text(given["vendor_data"], CLOUD_CONFIG)
    network = given["network_config"]
    if isinstance(network, dict):
        # Old releases of cloud-init know no key around it.
        network = network["network"] if set(network) == {"network"} else network
        if str(network.get("version")) not in ("1", "2"):
            raise Refused("cloud_init.network_config: its version is 1 or 2, and this has neither")
    if network:
        files["network-config"] = _text(network)
    meta = {"instance-id": guest, "local-hostname": guest, **(given["meta_data"] or {})}
    stamp = _digest({**files, "meta-data": _text(meta)})
    if given["rerun"]:
        meta["instance-id"] = f"{meta['instance-id']}-{stamp}"
    return {**files, "meta-data": _text({**meta, STAMP: stamp})}


def _ignition(given: dict[str, Any], _guest: str) -> dict[str, str]:
    config = given["config"]
    if not config:
        raise Refused("ignition.config is missing: the configuration that the guest shall apply")
    return {"config": _text(config)}


def _text(given: Any, header: str = "") -> str:
    """A value as YAML that is JSON as well, in one order; a text as it is."""
    if isinstance(given, str):
        return given
    return header + json.dumps(given, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _digest(files: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]


def lay(desired: Any, current: Any, wanted: list[Placed], params: dict[str, Any]) -> Any:
    """What a task asks for, with the places of its seeds; those of no option of this task stay as they are.

    desired: a Desired. Raises Refused.
    """
    if desired.tree is None and (current is None or not wanted):
        return desired
    if desired.tree is None:
        desired = replace(desired, tree=etree.Element(RULES.root), scope=Scope.of(()))
    work = _Work(desired.tree, desired.scope, current, params)
    given = {seed.way.option for seed, _source in wanted}
    for way in WAYS:
        if way.option not in given:
            work.keep(way)
        elif not any(seed.way is way and seed.attached for seed, _source in wanted):
            work.drop(way)
    for seed, source in wanted:
        if seed.attached and (source is not None or work.old(seed.way) is not None):
            work.put(seed, source)
    return replace(desired, tree=work.tree, scope=work.scope)


@dataclass
class _Work:
    """A task's document and scope, to which elements are added that its options own. current: the stored document."""

    tree: Any
    scope: Scope
    current: Any
    params: dict[str, Any]

    def __post_init__(self) -> None:
        for way in WAYS:
            target = attribute(self.old(way), "target", "dev") if self.old(way) is not None else None
            for disk in self.params.get("disks") or () if target else ():
                if disk["target"] == target and disk["alias"] != way.mark[2]:
                    self._refuse(way, target)

    def old(self, way: Way) -> Any:
        return None if self.current is None else way.found(self.current)

    def owns(self, path: str) -> bool:
        """Whether everything in a list is the task's."""
        return self.scope.owns(path) and path not in self.scope.at_least

    def keep(self, way: Way) -> None:
        """What the task does not speak of is no extra of a list that it gives."""
        old = self.old(way)
        if old is None or way.found(self.tree) is not None or not self.owns(way.at):
            return
        made = copy.deepcopy(old)
        _place(self.tree, way).append(made)
        if self._lacks_controller(made):
            _controller(self.tree)

    def drop(self, way: Way) -> None:
        self._take_out(way)
        if self.old(way) is None or self.owns(way.at):
            return
        if self.scope.at_least or self.params.get("unmanaged") == "keep":
            raise Refused(f"{way.option} would go, and unmanaged: keep takes nothing out: leave one of them out")
        around = _place(self.tree, way)
        at: str = way.at
        owns: Any = way.owns
        if not way.bus and len(self.old(way).getparent()) == 1:
            # With its only entry the list goes.
            at, owns = "sysinfo", _hands_files
            self.tree.remove(around)
        self.scope = Chosen(
            (self.scope.owned or frozenset()) | {at},
            frozenset({at}),
            self.scope.keep,
            only=lambda tags, element: tags == at and owns(element),
        )

    def put(self, seed: Seed, source: dict[str, str] | None) -> None:
        way, alone = seed.way, etree.Element(RULES.root)
        self._take_out(way)
        if source is not None and not way.bus:
            made: Any = etree.Element("entry", name=FW_CFG, file=source["file"])
        else:
            made = self._drive(seed, source)
        controls = self._lacks_controller(made)
        for document in (self.tree, alone):
            _place(document, way).append(copy.deepcopy(made))
            if controls:
                _controller(document)
        if self.scope.owned is not None:
            more = Scope.naming(alone, RULES)
            lists = frozenset(path for path in more.at_least if not self.owns(path))
            owned = self.scope.owned | (more.owned or frozenset())
            self.scope = replace(self.scope, owned=owned, at_least=self.scope.at_least | lists)

    def _take_out(self, way: Way) -> None:
        for each in [one for one in find_all(self.tree, way.at) if way.owns(one)]:
            each.getparent().remove(each)

    def _drive(self, seed: Seed, source: dict[str, str] | None) -> Any:
        """The drive with its medium, or empty: the one that is there, unless the task wants another place for it."""
        way, old = seed.way, self.old(seed.way)
        had = (None, None) if old is None else (attribute(old, "target", "bus"), attribute(old, "target", "dev"))
        if old is not None and seed.bus in (None, had[0]) and seed.target in (None, had[1]):
            disk = copy.deepcopy(old)
            for each in disk.findall("source"):
                disk.remove(each)
        else:
            bus = seed.bus or had[0] or way.bus
            disk = etree.Element("disk", device="disk" if bus == "virtio" else "cdrom")
            etree.SubElement(disk, "target", dev=seed.target or self._free(way, bus), bus=bus)
            etree.SubElement(disk, "readonly")
            if way is DISK:
                # By this Ignition finds it.
                etree.SubElement(disk, "serial").text = "ignition"
            etree.SubElement(disk, "alias", name=way.mark[2])
        target = disk.find("target")
        if target.get("dev") in _targets(self.tree, way):
            self._refuse(way, target.get("dev"))
        if source is None:
            disk.set("type", "file")
            return disk
        disk.set("type", source["type"])
        names = ("file",) if source["type"] == "file" else ("pool", "volume")
        target.addprevious(etree.Element("source", {name: source[name] for name in names}))
        return disk

    def _free(self, way: Way, bus: str) -> str:
        taken = _targets(self.tree, way) | (set() if self.current is None else _targets(self.current, way))
        prefix = {"virtio": "vd", "ide": "hd"}.get(bus, "sd")
        return next(name for letter in string.ascii_lowercase if (name := prefix + letter) not in taken)

    def _refuse(self, way: Way, target: str | None) -> None:
        raise Refused(f"{target} is a disk of the task and the place of {way.option}: {way.option}.target moves that")

    def _lacks_controller(self, element: Any) -> bool:
        """Whether a SCSI drive would get a controller from libvirt: cloud kernels do not know that one."""
        if attribute(element, "target", "bus") != "scsi":
            return False
        others = [] if self.current is None or self.owns("devices/controller") else [self.current]
        return not any(
            each.get("type") == "scsi"
            for document in (self.tree, *others)
            for each in find_all(document, "devices/controller")
        )


def _targets(document: Any, way: Way) -> set[str | None]:
    """The targets of the disks that are not this one."""
    return {attribute(each, "target", "dev") for each in find_all(document, DRIVE.at) if not way.owns(each)}


def _controller(document: Any) -> None:
    etree.SubElement(ensure(document, "devices"), "controller", type="scsi", index="0", model="virtio-scsi")


def _place(document: Any, way: Way) -> Any:
    """The element around one of these."""
    if way.bus:
        return ensure(document, "devices")
    found = next(filter(_hands_files, find_all(document, "sysinfo")), None)
    return etree.SubElement(document, "sysinfo", type="fwcfg") if found is None else found


def _hands_files(sysinfo: Any) -> bool:
    return bool(sysinfo.get("type") == "fwcfg")
