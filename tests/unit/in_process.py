# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules run inside the process of the tests, against the driver that libvirt has for tests.

What test:///default holds lives as long as one connection to it does, so the modules have to run where the test's own
connection is.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible.module_utils.common.parameters import PASS_VARS

try:
    # Since ansible-core 2.19.
    _internal: Any = importlib.import_module("ansible.module_utils._internal")
except ImportError:
    _internal = None

URI = "test:///default"
MODULES = "ansible_collections.converge.libvirt.plugins.modules"


@contextlib.contextmanager
def task(check: bool = False, **options: Any) -> Iterator[None]:
    """While in the block, an AnsibleModule that is made gets these options."""
    arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": True}
    if "inject_invocation" in PASS_VARS:
        # Where ansible-core knows this, it is what -vvv asks for.
        arguments["_ansible_inject_invocation"] = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        if hasattr(basic, "_ANSIBLE_PROFILE"):
            # Since ansible-core 2.19 the payload also says how arguments and result are encoded.
            patch.setattr(basic, "_ANSIBLE_PROFILE", "legacy")
        if getattr(_internal, "is_controller", False):
            # Tests of the controller's plugins have run in this process, where a module would not.
            patch.setattr(_internal, "is_controller", False)
        # A process runs one module: what that warned of is kept for as long as the process lives.
        warnings._global_warnings.clear()
        yield


def result_of(main: Callable[[], None], check: bool = False, **options: Any) -> dict[str, Any]:
    """The result that a module's main() prints for these options; "rc" is the status it ends with.

    Always has "warnings", as sentences.
    """
    printed = io.StringIO()
    with task(check, **options), contextlib.redirect_stdout(printed), pytest.raises(SystemExit) as ended:
        main()
    result: dict[str, Any] = json.loads(printed.getvalue())
    return {**result, "rc": ended.value.code or 0, "warnings": [_sentence(one) for one in result.get("warnings", [])]}


def _sentence(warning: Any) -> str:
    """A warning as text: since ansible-core 2.19 a module gives it out as an event."""
    return str(warning if isinstance(warning, str) else warning["event"]["msg"])


class Runner:
    """Runs modules against one libvirt. known: what that libvirt has, as data that can be compared."""

    def __init__(self, known: Callable[[], dict[str, str]]) -> None:
        self.known = known

    def __call__(self, module: str, **options: Any) -> dict[str, Any]:
        """A run that succeeds."""
        return succeeded(self._result(module, False, options))

    def check(self, module: str, **options: Any) -> dict[str, Any]:
        """A run in check mode that succeeds and leaves libvirt as it was."""
        before = self.known()
        result = succeeded(self._result(module, True, options))
        assert self.known() == before, f"check mode of {module} wrote something"
        return result

    def converge(self, module: str, **options: Any) -> dict[str, Any]:
        """Check, run and run again: the prediction comes true, and the second run changes nothing.

        Returns the result of the first real run.
        """
        predicted, done = self.check(module, **options), self(module, **options)
        for key in ("changed", "changes", "actions"):
            assert predicted[key] == done[key], f"{key}: check mode said {predicted[key]}"
        again = self(module, **options)
        assert (again["changed"], again["changes"], again["actions"]) == (False, [], [])
        return done

    def refused(self, module: str, check: bool = False, **options: Any) -> str:
        """The sentence with which a run fails that writes nothing."""
        before = self.known()
        result = self._result(module, check, options)
        assert (result.get("failed"), result["rc"]) == (True, 1), f"{module} did not fail: {result}"
        assert self.known() == before, f"{module} failed after it wrote something"
        return str(result["msg"])

    def failed(self, module: str, **options: Any) -> dict[str, Any]:
        """A run that fails, perhaps half-way."""
        result = self._result(module, False, options)
        assert (result.get("failed"), result["rc"]) == (True, 1), f"{module} did not fail: {result}"
        return result

    def _result(self, module: str, check: bool, options: dict[str, Any]) -> dict[str, Any]:
        main = importlib.import_module(f"{MODULES}.{module}").main
        return result_of(main, check, **{"uri": URI, **options})


def succeeded(result: dict[str, Any]) -> dict[str, Any]:
    assert not result.get("failed"), result.get("msg")
    assert result["rc"] == 0
    return result


def everything(connection: Any) -> dict[str, str]:
    """All that the driver has: each object by kind and name, with its state and its texts."""
    known = {}
    for kind, objects in (
        ("domain", connection.listAllDomains()),
        ("network", connection.listAllNetworks()),
        ("pool", connection.listAllStoragePools()),
    ):
        for one in objects:
            state = [one.isActive(), one.isPersistent(), one.autostart()]
            state += [one.state(), one.hasManagedSaveImage()] if kind == "domain" else []
            known[f"{kind}/{one.name()}"] = f"{state}\n{one.XMLDesc(0)}"
            for volume in one.listAllVolumes() if kind == "pool" and one.isActive() else []:
                known[f"volume/{one.name()}/{volume.name()}"] = volume.XMLDesc(0)
    for interface in connection.listAllInterfaces():
        known[f"interface/{interface.name()}"] = f"{interface.isActive()}\n{interface.XMLDesc(0)}"
    for device in connection.listAllDevices():
        known[f"device/{device.name()}"] = device.XMLDesc(0)
    return known
