# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of the ``<domain>`` tables that concern its devices, table by table. ``domain`` puts them in."""

from __future__ import annotations

from ..tables import Rows

# Guards on the architecture. A rewrite gives every desired document the stored one's where it names none.
ARCH = "/domain/os/type/@arch"
X86 = f"({ARCH}='x86_64' or {ARCH}='i686')"
OTHER = f"not{X86}"
# RHEL and its rebuilds build QEMU without the old devices that libvirt prefers elsewhere.
_RHEL = "starts-with(/domain/devices/emulator,'/usr/libexec/')"
PPC = f"starts-with({ARCH},'ppc')"
ARM = f"(starts-with({ARCH},'arm') or {ARCH}='aarch64')"
# Guests to which libvirt gives no USB controller of its own accord.
_NO_USB = f"({ARM} or {ARCH}='s390x' or starts-with({ARCH},'riscv'))"
# Architectures of new machines, whose devices are virtio ones; ppc64 has something of both.
_NEW = f"({_NO_USB} or starts-with({ARCH},'loongarch'))"
_PPC64 = f"starts-with({ARCH},'ppc64')"
_Q35 = "contains(/domain/os/type/@machine,'q35')"
# An older POWER machine may have devices that a new one does not get: asked of the stored document.
_OLD_POWER = "not(starts-with(/domain/os/type/@machine,'pseries-')) or " + " or ".join(
    f"starts-with(/domain/os/type/@machine,'pseries-{version}.')" for version in (2, 3, 4)
)
_USB = f"not(controller[@type='usb' and (not(@index) or @index='0')]) and not{_NO_USB}"
# A path that libvirt itself may have given a channel: in a folder or a file named after the guest.
_OWN_PATH = (
    "contains({0},'/channel/') and (contains({0},'/channel/target/') or starts-with(substring-after({0},'/channel/'),"
    "'domain-') or not(contains(substring-after({0},'/channel/'),'/')) or number(substring-before(substring-after("
    "{0},'/channel/'),'-')) >= 0)"
)
_MADE_BRIDGES = " or ".join(
    f"@model='{name}'"
    for name in ("pci-root", "pcie-root", "pci-bridge", "dmi-to-pci-bridge", "pcie-root-port", "pcie-to-pci-bridge")
)
_BEHIND = " or ".join(
    [f"address/@port='{port}' and ../*/address[starts-with(@port,'{port}.')]" for port in range(1, 9)]
    + ["contains(address/@port,'.') and ../*/address[contains(substring-after(@port,'.'),'.')]"]
)
# libvirt makes controllers up to the highest that a device is plugged into.
_IN_USE = "@index='0' or @index <= ../{0}/address/@controller"
_SCSI_IN_USE = _IN_USE.format("*[self::disk[target/@bus='scsi'] or self::hostdev[@type='scsi' or @type='scsi_host']]")
_SERIAL_BUS = (
    "channel[target/@type='virtio' or @type='spicevmc' or @type='qemu-vdagent'] or console[target/@type='virtio']"
)
_SCSI = "disk[target/@bus='scsi' or starts-with(target/@dev,'sd')] or hostdev[@type='scsi']"

_SPICE = ("channel", "image", "jpeg", "zlib", "playback", "streaming", "clipboard", "mouse", "filetransfer")
# The ports of network disks that give none: those of their protocols.
PORTS = "24007|443|80|21|990|69|10809|3260|7000|22"
_CHARACTER = ("serial", "parallel", "console", "channel", "redirdev", "smartcard", "rng/backend")

# What the source of a character device says, and the types that read it.
_SOURCE = {
    "@path": ("dev", "file", "pipe", "unix", "pty"),
    "@mode": ("unix", "tcp", "udp"),
    "@host": ("tcp", "udp"),
    "@service": ("tcp", "udp"),
    "@tls": ("tcp",),
    "@append": ("file", "pty", "dev", "pipe", "unix"),
    "@channel": ("spiceport", "dbus"),
    "/clipboard": ("qemu-vdagent",),
    "/mouse": ("qemu-vdagent",),
}


def _of(*types: str) -> str:
    """The row that drops what only sources of these types have."""
    return "* if ../@type[" + " and ".join(f".!='{name}'" for name in types) + "]"


KEYS = {
    "devices/audio": "!@id | #",
    "devices/channel": "!target@name | target@type target@address ?target@port | @type ?target@type | #",
    "devices/console": "!target@type target@port | !target@type | @type | #",
    "devices/controller": "@type @index ?@model | @type @index | @type @model | @type",
    "devices/crypto": "@model | #",
    "devices/disk": "!target@dev | ?source@file ?source@dev ?source@name ?source@volume @type | #",
    "devices/filesystem": "!target@dir | #",
    "devices/graphics": "@type ?@display | @type | #",
    "devices/hostdev": "@mode @type source/address@domain source/address@bus source/address@slot"
    " source/address@function | @mode @type source/address@bus source/address@slot source/address@function"
    " | @mode @type source/address@uuid"
    " | @mode @type source/vendor@id source/product@id ?source/address@bus ?source/address@device"
    " | @mode @type source/vendor@id source/product@id | @mode @type source/address@bus source/address@device"
    " | @mode @type ?source@protocol ?source@wwpn ?source@name ?source/adapter@name ?source/address@bus"
    " ?source/address@target ?source/address@unit | @mode @type ?source/block ?source/char ?source/interface"
    " | @mode @type | #",
    "devices/hub": "@type | #",
    "devices/input": "@type !@bus ?@model ?source@evdev ?source@dev | @type !@bus"
    " | @type ?source@evdev ?source@dev | #",
    # Without an address: in order among those of the same source, unless the model tells all of them apart.
    "devices/interface": "!mac@address ?@type ?model@type ?acpi@index ?source@network ?source@bridge"
    " | !mac@address ?@type ?model@type | !mac@address | alias@name"
    " | ~ @type ?source@network ?source@bridge ?source@dev ?source@path ?source@portgroup ?model@type ?target@dev"
    " | ~ @type ?source@network ?source@bridge ?source@dev ?source@path"
    " | @type ?source@network ?source@bridge ?source@dev ?source@path ?source@portgroup ?model@type ?target@dev"
    " | @type ?source@network ?source@bridge ?source@dev ?source@path | @type | #",
    "devices/lease": "lockspace key",
    "devices/memory": "@model ?target/node ?target/size ?source/path | @model ?target/node | @model | #",
    "devices/panic": "@model | #",
    "devices/parallel": "!target@port | @type ?source@path | #",
    "devices/redirdev": "@type ?@bus ?source@host ?source@service | #",
    "devices/rng": "?backend@model ?backend ?backend/source@path ?backend/source@host | #",
    "devices/serial": "!target@port | @type ?source@path | #",
    "devices/shmem": "!@name ?model@type ?size ?server@path | !@name",
    "devices/smartcard": "@mode ?@type | #",
    "devices/sound": "@model ?audio@id ?codec@type | @model ?audio@id | @model | #",
    "devices/video": "~ model@type | #",
    "devices/watchdog": "@model | #",
    "disk/slices": "@type | #",
    "slices/slice": "@type | #",
    "source/host": "@name ?@port ?@transport | ?@socket | #",
    "source/seclabel": "?@model | #",
    "cookies/cookie": "@name",
    "graphics/channel": "@name",
    "graphics/listen": "@type | #",
    "interface/ip": "@address | #",
    "interface/route": "?@family @address ?@prefix ?@netmask | #",
    "filterref/parameter": "@name @value | @name",
    "vlan/tag": "@id",
}

AUTO: Rows = {
    # Addresses are identity: they stay once they are given out. So do the aliases of the user.
    "devices/*/address": "*",
    "devices/*/address@*": "*",
    "devices/*/address/zpci": "*",
    "devices/*/address/zpci@*": "*",
    "devices/*/alias": "*",
    "**/source/address@*": "0x0+|0",
    # A device is the user's, unless a row below accounts for it.
    "devices/*": "false()",
    "devices/emulator": (
        f".='/usr/bin/qemu-system-x86_64' or .='/usr/bin/kvm' if {ARCH}='x86_64'",
        f".='/usr/bin/qemu-system-i386' if {ARCH}='i686'",
        f"starts-with(.,'/usr/bin/qemu-system-') if {OTHER}",
        ".='/usr/libexec/qemu-kvm'",
    ),
    "devices/nvram": "*",
    "devices/controller": (
        # The devices behind a PCI controller name it: it is of use as long as there are any (see unused_bridges).
        f"@type='pci' and @index and ({_MADE_BRIDGES})",
        f"@type='usb' and @index='0' and not(@model) if {_USB}",
        f"@type='usb' and @index='0' and @model='piix3-uhci' if {_USB} and not({_PPC64})",
        f"@type='usb' and @index='0' and @model='pci-ohci' and ({_OLD_POWER}) if {_USB} and {_PPC64}",
        f"@type='usb' and @index='0' and @model='qemu-xhci' if {_USB} and ({_PPC64} or {_Q35})",
        f"@type='virtio-serial' and ({_IN_USE.format('*')}) if {_SERIAL_BUS}",
        "@type='fdc' and @index if disk[@device='floppy' or target/@bus='fdc' or starts-with(target/@dev,'fd')]",
        f"@type='scsi' and ({_SCSI_IN_USE}) and @model='lsilogic' if ({X86} or {ARCH}='ppc64') and ({_SCSI})",
        f"@type='scsi' and ({_SCSI_IN_USE}) and (@model='virtio-scsi' or @model='ibmvscsi')"
        f" if ({OTHER} or {_RHEL}) and ({_SCSI})",
        "@type='scsi' and @index and @model='virtio-scsi'"
        " if hostdev[@type='scsi' and not(address)] and controller[@type='scsi' and @model='virtio-scsi']",
        "@type='ccid' and @index if smartcard",
        "@type='ide' and @index if disk[target/@bus='ide' or starts-with(target/@dev,'hd')]",
        "@type='sata' and @index if disk[target/@bus='sata'] or " + _Q35,
    ),
    "devices/controller@index": "*",
    "devices/controller@model": (
        "pcie?-root|pci-bridge|pcie-root-port|pcie-to-pci-bridge",
        f"lsilogic if {X86} or {PPC}",
        f"virtio-scsi if not({X86} or {PPC}) or {_RHEL}",
        f"ibmvscsi if {PPC}",
        f"piix3-uhci if not({_PPC64} or {ARCH}='aarch64' or {ARCH}='s390x')",
        f"qemu-xhci if {_NEW} or {_PPC64}",
        f"pci-ohci if {PPC}",
    ),
    # A number that libvirt gives is the index.
    "devices/controller/target": "not(@chassis != ../@index) and not(@chassisNr != ../@index)",
    "devices/controller/model@name": "i82801b11-bridge|ioh3420|pci-bridge|pcie-pci-bridge|pcie-root-port|pxb(-pcie)?"
    "|spapr-pci-host-bridge|x3130-upstream|xio3130-downstream",
    "devices/controller/target@chassis": "*",
    "devices/controller/target@chassisNr": "*",
    "devices/controller/target@port": "*",
    "devices/controller/target@index": "*",
    "devices/controller/target@busNr": "*",
    "devices/controller/master@startport": "*",
    "devices/disk@type": "file",
    "devices/disk@device": "disk",
    "devices/disk@snapshot": "no if @type='vhostuser'",
    "devices/disk/driver@name": "qemu",
    "devices/disk/driver@type": "raw",
    "devices/disk/target@bus": (
        "fdc if starts-with(@dev,'fd')",
        "ide if starts-with(@dev,'hd')",
        "scsi if starts-with(@dev,'sd')",
        "virtio if starts-with(@dev,'vd')",
        "xen if starts-with(@dev,'xvd')",
    ),
    "devices/disk/readonly": "* if @device='cdrom'",
    "devices/disk/source/host@port": PORTS,
    "**/encryption@engine": "qemu",
    "devices/filesystem@type": "mount",
    "devices/filesystem@accessmode": "passthrough",
    "devices/interface@type": "user",
    "devices/interface/mac": "*",
    "devices/interface/mac@address": "*",
    "devices/interface/model@type": (
        f"rtl8139 if not({_NEW}) and not(../@type='hostdev')",
        f"virtio if {_NEW} or ../@type='vdpa'",
        f"lan9118|smc91c111 if {ARM}",
        f"e1000e?|virtio if {_RHEL}",
    ),
    "devices/interface/source@mode": "vepa",
    "**/vlan@trunk": "yes if count(tag) > 1",
    "devices/interface/virtualport": "false()",
    "devices/interface/virtualport/parameters@instanceid": "*",
    "devices/interface/virtualport/parameters@interfaceid": "*",
    **{f"devices/{device}/source@mode": "connect" for device in _CHARACTER},
    **{f"devices/{device}/protocol@type": "raw" for device in _CHARACTER},
    # A console stands for the first serial port: each of them makes the other.
    "devices/console": "* if serial and not(console)",
    "devices/console@type": "pty",
    "devices/console/target@port": "*",
    "devices/console/target@type": "serial",
    "devices/serial@type": "pty",
    "devices/serial/target@port": "*",
    "devices/serial/target@type": (f"isa-serial if {X86}", "spapr-vio-serial|system-serial|sclp-serial"),
    "devices/serial/target/model@name": "isa-serial|pci-serial|usb-serial|spapr-vty|sclpconsole|pl011|16550a"
    "|isa-debugcon",
    "devices/parallel@type": "pty",
    "devices/parallel/target@port": "*",
    "devices/channel@type": "pty",
    "devices/channel/target@type": "virtio",
    "devices/redirdev@bus": "usb",
    "devices/redirdev/source@channel": "org.qemu.usbredir",
    "devices/input": (
        f"(@type='mouse' or @type='keyboard') and @bus='ps2' if {X86}",
        f"(@type='mouse' or @type='keyboard') and @bus='usb' if {PPC} and graphics",
    ),
    "devices/input@bus": (f"ps2 if {X86} and not(@type='tablet')", f"usb if {OTHER} or @type='tablet'"),
    "devices/graphics@port": "-1|0",
    "devices/graphics@autoport": ("yes if not(@port > 0) and not(@tlsPort > 0)", "no if @port > 0 or @tlsPort > 0"),
    "devices/graphics@listen": "* if listen/@address",
    "devices/graphics@socket": "* if listen/@socket",
    "devices/graphics/listen": (
        "@type='address' and not(@address) if not(listen)",
        "@type='address' and @address if @listen and not(listen)",
        "@type='socket' and @socket if @socket and not(listen)",
        "@type='none' if not(listen)",
    ),
    "devices/graphics/listen@type": "address",
    "devices/graphics/listen@address": "* if ../@listen",
    "devices/graphics/listen@socket": "*",
    "devices/video": "model if graphics and not(video)",
    "devices/video/model@type": (
        f"cirrus if not({_NEW} or {_PPC64})",
        f"vga if {_PPC64} or {_RHEL}",
        f"virtio if {_NEW}",
    ),
    "devices/video/model@heads": "1",
    "devices/video/model@ram": "65536",
    "devices/video/model@vram": "16384|65536",
    "devices/video/model@vgamem": "16384",
    "devices/video/model@primary": "yes",
    "devices/audio": (
        "@id='1' and @type='none' if not(audio) and not(graphics[@type='spice'])",
        "@id='1' and @type='spice' if not(audio) and graphics[@type='spice']",
        # Where the host lets guests play: what its environment names.
        "@id='1' and (@type='alsa' or @type='pulseaudio' or @type='oss' or @type='sdl' or @type='coreaudio')"
        " and count(@*)=2 and not(*) if not(audio) and not(graphics[@type='spice'])",
    ),
    "devices/audio@id": "*",
    "devices/hostdev@mode": "subsystem",
    "devices/hostdev@managed": "no",
    "devices/hostdev@display": "off",
    # Behind a hub that libvirt has made there is a device.
    "devices/hub": f"@type='usb' and ({_BEHIND})",
    "devices/memballoon": f"@model='virtio' if not(memballoon) and not{ARM}",
    "devices/panic": "@model='pseries' or @model='s390' if not(panic)",
    "devices/panic@model": "isa|pseries|s390|hyperv|pvpanic",
    "devices/rng/backend@.": "/dev/u?random",
    "devices/memory/uuid": "*",
    "devices/shmem/msi@ioeventfd": "on",
    "devices/shmem/size@.": "4 M",
    "devices/tpm@model": "tpm-tis|tpm-crb|tpm-spapr",
    "devices/tpm/backend@version": "2.0",
    "devices/vsock@model": "virtio",
    "devices/vsock/cid@auto": "*",
    "devices/watchdog": "@model='itco' and @action='reset' if not(watchdog)",
    "devices/watchdog@action": "reset",
}

GUESSED: Rows = {
    "devices/emulator": "not(starts-with(.,'/usr/bin/qemu-system-'))",
    "devices/controller": "@type='pci' or @type='usb' and (@model='qemu-xhci' or @model='pci-ohci')",
    "devices/controller@model": "(?!pcie?-root$).*",
    "devices/interface/model@type": "*",
    "devices/video/model@type": "*",
    "devices/video/model@vram": "*",
    "devices/serial/target@type": "(?!isa-serial).*",
    "devices/input": "@bus='usb'",
    "devices/hub": "*",
    "devices/audio": "not(@type='none' or @type='spice')",
    "devices/rng/backend@.": "/dev/random",
    "devices/tpm@model": "*",
}

DROP: Rows = {
    "**/source/seclabel": "@labelskip='yes'",
    "**/backingStore@index": "*",
    "**/source@index": "*",
    # Without a type it is the end of the chain.
    "**/backingStore/*": "* if not(@type)",
    # What the type does not need, libvirt reads past.
    "devices/disk/source@file": "* if ../@type!='file'",
    "devices/disk/source@dev": "* if not(../@type='block')",
    "devices/disk/source@dir": "* if not(../@type='dir')",
    "devices/disk/source@name": "* if not(../@type='network')",
    "devices/disk/source@protocol": "* if not(../@type='network')",
    "devices/disk/source@pool": "* if not(../@type='volume')",
    "devices/disk/source@volume": "* if not(../@type='volume')",
    "devices/disk/source@mode": "* if not(../@type='volume')",
    "devices/disk/source/host": "* if not(../@type='network')",
    "devices/disk/source/initiator": "* if not(../@type='network')",
    "devices/disk@snapshot": "no",
    "devices/disk/driver@cache": "default",
    "devices/disk/mirror": "*",
    "devices/disk/target@tray": "closed",
    "devices/channel/target@state": "*",
    **{f"devices/{device}/protocol@type": "raw" for device in _CHARACTER},
    **{f"devices/{device}/protocol": "* if @type!='tcp'" for device in _CHARACTER},
    **{f"devices/{device}/source{part}": _of(*types) for device in _CHARACTER for part, types in _SOURCE.items()},
    **{f"devices/{device}/source": "not(*) if not(@type) or @type='pty' or @type='spicevmc'" for device in _CHARACTER},
    "devices/channel/source": (
        "not(*) if not(@type) or @type='pty' or @type='spicevmc'",
        "not(@path) if @type='unix' and target/@type='virtio'",
        f"{_OWN_PATH.format('@path')} and not(@mode='connect') if @type='unix' and target/@type='virtio'",
    ),
    "devices/*/alias": "not(starts-with(@name,'ua-'))",
    **{f"devices/graphics/{name}": "* if @type!='spice'" for name in _SPICE},
    "devices/graphics@display": "* if @type!='sdl'",
    "devices/graphics@xauth": "* if @type!='sdl'",
    "devices/graphics@fullscreen": "* if @type!='sdl' and @type!='desktop'",
    "devices/graphics@port": ("-1|0", "* if @autoport='yes'"),
    "devices/graphics@tlsPort": ("-1|0", "* if @autoport='yes'"),
    "devices/graphics@socket": "* if @type!='vnc'",
    # Names that the driver gives are not kept.
    "devices/interface/target@dev": "(vnet|vif|macvtap|macvlan)[0-9]*",
    "devices/interface/source@portid": "* if not(../@type='vds')",
    "devices/interface/filterref": "* if @type!='network' and @type!='bridge' and @type!='ethernet'",
    "devices/interface/driver": "* if @type='hostdev' or not(starts-with(model/@type,'virtio')"
    f" or not(model/@type) and ({_NEW} or {_RHEL} or @type='vdpa'))",
    "devices/interface/source": "* if @type='user' and not(backend)",
    "devices/interface/source@network": "* if not(../@type='network')",
    "devices/interface/source@portgroup": "* if not(../@type='network')",
    "devices/interface/source@bridge": "* if not(../@type='bridge')",
    "devices/interface/source@mode": "* if not(../@type='direct' or ../@type='vhostuser')",
    "devices/redirfilter/usbdev@*": "-1",
    "devices/memballoon/address": "* if @model='none'",
    "devices/controller/address": "* if @type='usb' and @model='none'",
    "devices/memory/uuid": "* if @model!='nvdimm'",
    "devices/sound/codec": "* if not(starts-with(@model,'ich'))",
    "devices/video/model@primary": "no",
    "devices/hostdev/source@index": "*",
}

LOOSE: Rows = {
    "devices/disk@type": "* if not(source/@*[name()!='startupPolicy'])",
    "devices/channel/source": (
        f"not(@path or *) or {_OWN_PATH.format('@path')} if @type='unix' and not(source/@path)",
        f"* if @type='unix' and {_OWN_PATH.format('source/@path')} and not(source/@mode='connect')",
    ),
    "devices/*/alias": "not(starts-with(@name,'ua-'))",
    "devices/console": "not(target) or target/@type='serial' if serial",
    "devices/console/target@port": "*",
    "devices/serial/target@type": f"isa-serial > (?!pci-|usb-).* if {OTHER}",
    "devices/graphics@port": "* if @autoport='yes'",
    "devices/graphics@tlsPort": "* if @autoport='yes'",
    "devices/graphics@autoport": (
        "* if listen[@type='none' or @type='socket']",
        "no > .* if not(@port > 0)",
    ),
    "devices/graphics/listen@type": (
        "address > none if ../@type='spice' and not(../@autoport='yes' or ../@port > 0 or ../@tlsPort > 0)"
    ),
    "devices/video/model@primary": "*",
}

DISCRIMINATORS = {
    "devices/channel": ("@type", "target@type"),
    "devices/console": ("@type", "target@type"),
    "devices/controller": ("@type", "@model", "@index"),
    "devices/disk": ("@type", "@device", "target@bus"),
    "devices/graphics": ("@type",),
    "devices/graphics/listen": ("@type",),
    "devices/hostdev": ("@mode", "@type"),
    "devices/input": ("@type", "@bus"),
    "devices/interface": ("@type", "model@type"),
    "devices/memballoon": ("@model",),
    "devices/memory": ("@model",),
    "devices/panic": ("@model",),
    "devices/parallel": ("@type",),
    "devices/rng": ("@model",),
    "devices/rng/backend": ("@model",),
    "devices/serial": ("@type", "target@type"),
    "devices/shmem": ("model@type",),
    "devices/sound": ("@model",),
    "devices/tpm": ("@model", "backend@type"),
    # The one device of its kind that sits on no bus.
    "devices/video": ("model@type ^(ramfb|)",),
    "devices/video/model": ("@type",),
    "devices/watchdog": ("@model",),
}

LIVE_ONLY: Rows = {
    "devices/*/alias": "*",
    "**/source@index": "*",
    "**/backingStore@index": "*",
    "**/privateData": "*",
    "devices/disk/mirror": "*",
    "devices/disk/target@tray": "*",
    # What an ejected medium leaves behind.
    "devices/disk/source": "not(@*[name()!='index'] or *)",
    # A drive without a medium has no format.
    "devices/disk/driver@type": " if not(../source)",
    "devices/interface/target": "@dev",
    "devices/interface/target@dev": "*",
    # What the network has handed out.
    "devices/interface@type": "* if @type='network'",
    "devices/interface/source@portid": "*",
    "devices/interface/source@bridge": "* if @network",
    "devices/interface/source@dev": "* if @network",
    "devices/interface/source@mode": "* if @network",
    "devices/interface/virtualport": "* if @type='network'",
    "devices/interface/vlan": "* if @type='network'",
    "devices/interface/bandwidth": "* if @type='network'",
    "devices/interface/backend": "*",
    # Ports, sockets and terminals that the driver picks.
    "devices/graphics@port": "* if @autoport='yes' or not(@port)",
    "devices/graphics@tlsPort": "* if @autoport='yes' or not(@tlsPort)",
    "devices/graphics@websocket": "* if @websocket='-1'",
    "devices/graphics@listen": "* if not(@listen)",
    "devices/graphics@socket": "* if not(@socket)",
    "devices/graphics/listen": "*",
    "devices/graphics/listen@address": "* if not(@address)",
    "devices/graphics/listen@socket": "* if not(@socket)",
    "devices/console@tty": "*",
    **{f"devices/{device}/source": "* if @type='pty' or @type='unix'" for device in _CHARACTER},
    **{f"devices/{device}/source@path": "* if ../@type='pty' or not(@path)" for device in _CHARACTER},
    "devices/channel/target@state": "*",
    "devices/vsock/cid@address": "* if @auto='yes'",
    "devices/memory/target/current": "*",
    "devices/memory/address@base": "*",
    "devices/hostdev/driver": "*",
    "devices/interface/driver@name": "* if ../@type='hostdev'",
    "devices/filesystem/source@socket": "*",
    "devices/filesystem/binary": "not(*)",
    "devices/*/source@tls": "no",
}

EXPANDED: Rows = {
    # The chain that the images themselves name; one that the stored document names is compared.
    "devices/disk/backingStore": "* if not(backingStore)",
    "devices/disk/source/dataStore": "* if not(dataStore)",
    # The console that stands for the first serial port repeats what that says.
    "devices/console": "target/@type='serial' if serial",
}

SIZES = {
    "devices/controller/pcihole64": "KiB",
    "devices/controller/target/pcihole64": "KiB",
    "devices/memory/source/pagesize": "KiB",
    "devices/memory/target/*": "KiB",
    "devices/memory/target/label/size": "KiB",
    "devices/shmem/size": "B",
    "**/metadata_cache/max_size": "B",
}

VALUES = {
    "**/mac@address": "mac",
    "**/ip@*": "address",
    "**/route@*": "address",
    "devices/memory/source/nodemask@.": "set",
    "**/address@*": "number",
    "**/zpci@*": "number",
    "**/vendor@id": "number",
    "**/product@id": "number",
    "devices/redirfilter/usbdev@version": "version",
    "devices/*/boot@loadparm": "any case",
    "devices/interface/model@type": "any case",
    "devices/filesystem@fmode": "octal",
    "devices/filesystem@dmode": "octal",
    "devices/video/model@vram": "power of two",
    "devices/video/model@ram": "power of two",
    "devices/video/model@vgamem": "power of two",
}
