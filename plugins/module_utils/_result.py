# SPDX-License-Identifier: GPL-3.0-or-later

"""A module's way in and out: secrets, the connection, results and diffs."""

from __future__ import annotations

import re
from typing import Any, Callable, NoReturn

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib

from ._plan import Change, HalfDone, Refused
from ._session import LIBVIRT_ERROR, Endpoint, Session, SessionError, leave
from ._xml.document import LXML_ERROR, DocumentError, defining, mask, parse, secret_values, serialise
from ._xml.tables import Rules

#: In place of a secret.
HIDDEN = "********"

#: Options full of a user's secrets.
SEEDS = ("cloud_init", "ignition")

#: A password in a URL.
LOGIN = re.compile(r"(://[^/@:\s]*:)[^/@\s]+@")

#: Changed paths in a diff's header.
NAMED = 5

#: The same in every module.
CONNECTION: dict[str, dict[str, Any]] = {
    "uri": {"type": "str", "default": "qemu:///system", "fallback": ("env", "LIBVIRT_DEFAULT_URI")},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "timeout": {"type": "float", "default": 30},
    "wait_timeout": {"type": "float", "default": 300},
}


class Module(AnsibleModule):
    """AnsibleModule whose xml option never leaves it unmasked."""

    def __init__(
        self, rules: Rules, argument_spec: dict[str, Any], hidden: tuple[str, ...] = (), **constraints: Any
    ) -> None:
        self._rules = rules
        #: Suboptions, as "option.suboption", that are shown nowhere.
        self._hidden = hidden
        # no_log keeps the raw xml out of syslog and journal; results are not touched by it.
        super().__init__(
            argument_spec=with_fallbacks(argument_spec), supports_check_mode=True, no_log=True, **constraints
        )

    def exit_json(self, **result: Any) -> NoReturn:
        super().exit_json(invocation=self._invocation(), **result)

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        super().fail_json(msg=self.without_secrets(msg), invocation=self._invocation(), **result)

    def warn_each(self, warnings: list[str]) -> None:
        for warning in warnings:
            self.warn(self.without_secrets(warning))

    def without_secrets(self, text: str) -> str:
        """The text with the secrets of the xml option hidden, where they stand as words.

        A short one is hidden only between quotes: replacing every "a" would hide nothing.
        """
        for secret in self._secrets():
            quoted = re.escape(secret)
            text = re.sub(rf"""(?<=['"]){quoted}(?=['"])""", HIDDEN, text)
            if len(secret) > 3:
                text = re.sub(rf"(?<!\w){quoted}(?!\w)", HIDDEN, text)
        return text

    def documents(self) -> list[tuple[dict[str, Any], Rules]]:
        """What may hold XML, and the rules of each."""
        return [(self.params, self._rules)]

    def _invocation(self) -> dict[str, Any]:
        arguments = _masked(self.params, {id(given): rules for given, rules in self.documents()})
        for path in self._hidden:
            option, _dot, suboption = path.partition(".")
            if arguments.get(option) and arguments[option].get(suboption) is not None:
                arguments[option][suboption] = HIDDEN
        return {"module_args": arguments}

    def _secrets(self) -> list[str]:
        found: list[str] = []
        for given, rules in self.documents() if LXML_ERROR is None else ():
            try:
                found += secret_values(parse(given["xml"]), rules) if isinstance(given.get("xml"), str) else []
            except DocumentError:
                continue
        return found


def _masked(given: Any, rules: dict[int, Rules]) -> Any:
    """A copy without secrets. rules: by the identity of the dictionary."""
    if isinstance(given, list):
        return [_masked(one, rules) for one in given]
    if isinstance(given, str):
        return LOGIN.sub(rf"\1{HIDDEN}@", given)
    if not isinstance(given, dict):
        return given
    made = {name: _masked(value, rules) for name, value in given.items()}
    if id(given) in rules and isinstance(given.get("xml"), str):
        made["xml"] = masked_text(given["xml"], rules[id(given)])
    if id(given) in rules:
        made.update({seed: HIDDEN for seed in SEEDS if made.get(seed) is not None})
    return made


def with_fallbacks(argument_spec: dict[str, Any]) -> dict[str, Any]:
    """The argument spec with ("env", NAME) as AnsibleModule takes it."""
    spec = dict(argument_spec)
    for name, argument in spec.items():
        if "fallback" in argument:
            spec[name] = {**argument, "fallback": (env_fallback, [argument["fallback"][1]])}
    return spec


def masked_text(xml: str, rules: Rules) -> str:
    """A user's XML with its secrets hidden; all of it where it cannot be read."""
    if LXML_ERROR is not None:
        return HIDDEN
    try:
        return serialise(mask(parse(xml), rules))
    except DocumentError:
        return HIDDEN


def rendered(document: Any, rules: Rules, before: Any = None) -> str:
    """A document as text, secrets hidden. before: what a new secret is told apart from."""
    if document is None:
        return ""
    known = None if before is None else secret_values(before, rules)
    return serialise(mask(document, rules, known))


def diff_side(document: Any, beside: dict[str, str | None], rules: Rules, before: Any = None) -> str:
    """One side of a diff: what is beside the XML, then the XML. before: the document of the left side."""
    if document is None:
        return ""
    lines = [f"{name}: {said}" for name, said in beside.items() if said is not None]
    return "\n".join([*lines, rendered(defining(document, rules), rules, before)])


def diff_header(whose: str, changes: list[Change]) -> str:
    """Whose a diff is, and what has changed: the lines may not say so."""
    several = [change.path for change in changes if "[" in change.path]
    told = several[:NAMED] + ([f"{len(several) - NAMED} more"] if len(several) > NAMED else [])
    return f"{whose}: {', '.join(told)}" if told else whose


def as_results(changes: list[Change]) -> list[dict[str, Any]]:
    return [change.as_result() for change in changes]


def answer(module: Module, work: Callable[[], dict[str, Any]]) -> NoReturn:
    """Give out what needs no libvirt. Ends the process."""
    _require(module, "lxml")
    try:
        module.exit_json(changed=False, **work())
    except Refused as error:
        module.fail_json(msg=str(error))


def run(module: Module, work: Callable[[Session], dict[str, Any]], readonly: bool = False) -> None:
    """Give out the result of work(session), or what it raises as one sentence. Ends the process."""
    _require(module, "libvirt-python", "lxml")
    wanted = {name: module.params[name] for name in CONNECTION}
    for name, value in module.params.items():
        if name.endswith("timeout") and not 0 < value < 1e7:
            module.fail_json(msg=f"{name} takes seconds, above 0 and below 10 million, not {value:g}")
    session = Session(Endpoint(**wanted, readonly=readonly))
    try:
        try:
            outcome = work(session)
        finally:
            session.close()
    except HalfDone as error:
        outcome = {"msg": str(error), "changed": bool(error.done), "applied": error.done, "not_applied": error.left}
    except (Refused, SessionError) as error:
        outcome = {"msg": str(error)}
    try:
        if "msg" in outcome:
            module.fail_json(uri=session.uri, **outcome)
        module.exit_json(uri=session.uri, **outcome)
    except SystemExit as ended:
        if session.stuck:
            leave(ended.code if isinstance(ended.code, int) else 1)
        raise


def _require(module: Module, *libraries: str) -> None:
    known = {"libvirt-python": ("python3-libvirt", LIBVIRT_ERROR), "lxml": ("python3-lxml", LXML_ERROR)}
    for library in libraries:
        package, trace = known[library]
        if trace is not None:
            module.fail_json(msg=f"{missing_required_lib(library)} (the distribution's package {package} has it)")
