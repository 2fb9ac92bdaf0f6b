# SPDX-License-Identifier: GPL-3.0-or-later

"""Several objects in one task: each goes down the road by itself, and the failure of one stops none of the others."""

from __future__ import annotations

import fnmatch
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ._kind import Kind
from ._plan import HalfDone, Refused
from ._result import Module
from ._road import Trip, travel
from ._session import Session, SessionError

#: How many are led to their state at the same time, each on a connection of its own.
AT_ONCE = 8


def each(session: Session, kind_class: type[Kind], spec: Any, module: Module) -> dict[str, Any]:
    """Lead every object whose name matches one of `names` to a state of power; the module's result."""
    patterns, state = module.params["names"], module.params["state"]
    powers = [one for one in spec.states if one not in ("present", "absent")]
    if state not in powers:
        raise Refused(f"names takes several {spec.noun}s to a state of power, {', '.join(powers)}, and not to {state}")
    kind = kind_class(session.open(), module.params, module.check_mode)
    have = sorted(kind.title(one) for one in kind.everything())
    found = [name for name in have if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]
    for pattern in patterns:
        if not fnmatch.filter(have, pattern):
            module.warn(f"no {spec.noun} on {session.uri} matches '{pattern}'")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(lambda name: _one(session, name, kind_class, spec, module), found))
    outcome: dict[str, Any] = {
        "changed": any(one["changed"] for one in told),
        "diff": [one.pop("diff") for one in told if "diff" in one],
        f"{kind.rules.root}s": told,
    }
    failed = [one for one in told if one["failed"]]
    if failed:
        sentences = "; ".join(f"{one['name']}: {one['msg']}" for one in failed)
        outcome["msg"] = f"{len(failed)} of {len(told)} {spec.noun}s failed: {sentences}"
    return outcome


def _one(session: Session, name: str, kind_class: type[Kind], spec: Any, module: Module) -> dict[str, Any]:
    own = Session(session.endpoint)
    params = {**module.params, "name": name, "names": None}
    try:
        own.open()
        done = travel(lambda: Trip(kind_class(own, params, module.check_mode), spec, spec.identity(params), module))
        return {"name": name, "failed": False, **done}
    except HalfDone as error:
        told: dict[str, Any] = {"applied": error.done, "not_applied": error.left}
        return {"name": name, "failed": True, "changed": bool(error.done), "msg": str(error), **told}
    except (Refused, SessionError) as error:
        return {"name": name, "failed": True, "changed": False, "msg": str(error)}
    finally:
        session.stuck = session.stuck or own.stuck
        own.close()
