# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys pressed at a guest's keyboard."""

from __future__ import annotations

import time
from typing import Any

from .._plan import Change, Refused
from .._result import Module, as_results
from .._session import Session, libvirt
from .find import by_name_or_uuid

#: Linux's numbers of keys, in runs of what lies side by side: the first number, and the names from there on.
RUNS = {
    1: "esc 1 2 3 4 5 6 7 8 9 0 minus equal backspace tab q w e r t y u i o p leftbrace rightbrace enter leftctrl a s "
    "d f g h j k l semicolon apostrophe grave leftshift backslash z x c v b n m comma dot slash rightshift "
    "kpasterisk leftalt space capslock f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 numlock scrolllock kp7 kp8 kp9 kpminus kp4 kp5 "
    "kp6 kpplus kp1 kp2 kp3 kp0 kpdot",
    87: "f11 f12",
    96: "kpenter rightctrl kpslash sysrq rightalt",
    102: "home up pageup left right end down pagedown insert delete",
    116: "power",
    119: "pause",
    125: "leftmeta rightmeta compose",
}
CODES = {name: first + number for first, names in RUNS.items() for number, name in enumerate(names.split())}
CODES.update(
    {"ctrl": CODES["leftctrl"], "shift": CODES["leftshift"], "alt": CODES["leftalt"], "meta": CODES["leftmeta"]}
)
CODES.update({"del": CODES["delete"], "return": CODES["enter"]})

#: The characters of a US keyboard whose key has another name, without shift and with it.
PLAIN = {
    " ": "space", "\n": "enter", "\t": "tab", "-": "minus", "=": "equal", "[": "leftbrace", "]": "rightbrace",
    ";": "semicolon", "'": "apostrophe", "`": "grave", "\\": "backslash", ",": "comma", ".": "dot", "/": "slash",
}  # fmt: skip
SHIFTED = {
    "!": "1", "@": "2", "#": "3", "$": "4", "%": "5", "^": "6", "&": "7", "*": "8", "(": "9", ")": "0", "_": "minus",
    "+": "equal", "{": "leftbrace", "}": "rightbrace", ":": "semicolon", '"': "apostrophe", "~": "grave",
    "|": "backslash", "<": "comma", ">": "dot", "?": "slash",
}  # fmt: skip

#: Keys that libvirt presses at once, at most (VIR_DOMAIN_SEND_KEY_MAX_KEYS).
MOST = 16


def press(session: Session, module: Module) -> dict[str, Any]:
    """The result of keys pressed one combination after the other. Raises Refused before the first."""
    params = module.params
    presses = [_combination(words) for words in params["keys"] or []]
    presses += [_character(character) for character in params["text"] or ""]
    session.open()
    name = params["name"]
    domain = by_name_or_uuid(session, name)
    what = f"press keys of guest {name!r}"
    if not session.call(f"ask whether guest {name!r} runs", domain.isActive):
        raise Refused(f"guest {name!r} on {session.uri} is not running, so that nobody hears its keyboard")
    hold = int(params["hold"] * 1000)
    for codes in [] if module.check_mode else presses:
        session.call(what, domain.sendKey, libvirt.VIR_KEYCODE_SET_LINUX, hold, codes, len(codes), 0)
        # libvirt does not wait until they are let go.
        time.sleep(params["hold"] + params["pause"])
    changes = [Change("keys", None, f"{len(presses)} pressed", "live")] if presses else []
    return {
        "changed": bool(presses),
        "changes": as_results(changes),
        "side_effects": [],
        "actions": [f"press {len(presses)} keys or combinations of keys"] if presses else [],
        "pending": [],
        "live_only": [],
        "diff": {"before": "", "after": ""},
        "pressed": len(presses),
    }


def _combination(words: str) -> list[int]:
    """The numbers of keys such as ctrl-alt-delete. Linux's own names, KEY_LEFTCTRL, are taken as well."""
    names = [word.lower().removeprefix("key_") for word in words.replace("+", "-").split("-")]
    unknown = [name for name in names if name not in CODES]
    if unknown:
        raise Refused(
            f"keys: there is no key {unknown[0]!r} in {words!r}; names are such as {', '.join(list(CODES)[:6])}"
        )
    if len(names) > MOST:
        raise Refused(f"keys: {words!r} are more than the {MOST} keys that libvirt presses at once")
    return [CODES[name] for name in names]


def _character(character: str) -> list[int]:
    """The numbers of the keys that type a character on a US keyboard."""
    if character in SHIFTED:
        return [CODES["shift"], CODES[SHIFTED[character]]]
    name = PLAIN.get(character, character.lower())
    if name not in CODES or (len(character) == 1 and not character.isascii()):
        raise Refused(f"text: there is no key for {character!r} on a US keyboard")
    return [CODES["shift"], CODES[name]] if character.isupper() else [CODES[name]]
