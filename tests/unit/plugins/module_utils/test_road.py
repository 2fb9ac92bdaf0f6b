# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The road, walked by a kind of object that no libvirt has: lamps, which shine or are dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

pytest.importorskip("lxml", reason="needs lxml")

from ansible_collections.converge.libvirt.plugins.module_utils._kind import Kind, Observed
from ansible_collections.converge.libvirt.plugins.module_utils._plan import Plan, Refused
from ansible_collections.converge.libvirt.plugins.module_utils._road import converge
from ansible_collections.converge.libvirt.plugins.module_utils._session import SessionError
from ansible_collections.converge.libvirt.plugins.module_utils._spec._option import Spec, from_table
from ansible_collections.converge.libvirt.plugins.module_utils._spec._survey import Survey
from ansible_collections.converge.libvirt.plugins.module_utils._survey import inform
from ansible_collections.converge.libvirt.plugins.module_utils._xml.document import parse, serialise
from ansible_collections.converge.libvirt.plugins.module_utils._xml.overlay import Overlay
from ansible_collections.converge.libvirt.plugins.module_utils._xml.tables import Rules
from ansible_collections.converge.libvirt.tests.unit.in_process import URI, result_of

#: libvirt is only what the road opens a connection to.
pytestmark = pytest.mark.usefixtures("libvirt")

UUID = "6695eb01-f6a4-8304-79aa-97f2502e193f"
CREATED = [{"path": "/", "before": None, "after": "lamp 'hall'", "how": "stored"}]
RULES = Rules(root="lamp", auto={"uuid": "*", "name": "*"}, keys={"lamp/shade": "@colour"})
SPEC = Spec(
    "lamp",
    RULES,
    ("present", "shining", "dark", "restarted", "absent"),
    options=from_table({"watts": "watts int"}, RULES),
)


def lamp(inner: str = "<watts>5</watts>", name: str = "hall") -> str:
    return f"<lamp><name>{name}</name><uuid>{UUID}</uuid>{inner}</lamp>"


@dataclass
class Thing:
    """A lamp as the house has it. stored and live: XML; live is None while it is dark."""

    stored: str
    live: str | None = None
    autostart: bool = False
    persistent: bool = True

    def name(self) -> str:
        return str(parse(self.stored).findtext("name"))


@dataclass
class House:
    """What the lamps' libvirt has, and what it was asked to write."""

    things: dict[str, Thing] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    #: The call that fails, what another run makes just then, and what becomes of a document that is stored.
    fails: str = ""
    overtakes: dict[str, Thing] = field(default_factory=dict)
    stores: Callable[[str], str] = str

    def write(self, call: str) -> None:
        if call == self.fails:
            self.things.update(self.overtakes)
            raise SessionError(f"cannot {call}: the fuse blew")
        self.calls.append(call)


class Lamp(Kind):
    noun = "lamp"
    rules = RULES
    missing = "VIR_ERR_NO_DOMAIN"
    resting = "dark"
    house: House

    def find(self, name: str | None, uuid: str | None) -> Any:
        if name is not None:
            return self.house.things.get(name)
        return next((one for one in self.everything() if f"<uuid>{uuid}</uuid>" in one.stored), None)

    def everything(self) -> list[Any]:
        return list(self.house.things.values())

    def observe(self) -> Observed:
        thing = self.handle
        return Observed(
            stored=parse(thing.stored),
            live=None if thing.live is None else parse(thing.live),
            state="dark" if thing.live is None else "shining",
            active=thing.live is not None,
            autostart=thing.autostart,
            persistent=thing.persistent,
        )

    def store(self, observed: Observed, merged: Overlay, plan: Plan) -> None:
        def define() -> None:
            self.house.write("define")
            kept = self.house.things.setdefault(self.name, Thing(""))
            kept.stored, kept.persistent = self.house.stores(serialise(merged.document)), True
            self.handle = kept

        plan.add(f"define lamp '{self.name}'", define)

    def set_autostart(self, value: bool) -> None:
        self.house.write("autostart")
        self.handle.autostart = value

    def reach(self, observed: Observed, state: str, plan: Plan) -> None:
        def switch() -> None:
            self.house.write(state)
            self.handle.live = None if state == "dark" else self.handle.stored

        if state not in ("present", plan.state):
            plan.add(f"make lamp '{self.name}' {state}", switch)
            plan.state, plan.fresh = "dark" if state == "dark" else "shining", True

    def remove(self, observed: Observed, plan: Plan) -> None:
        def smash() -> None:
            self.house.write("remove")
            del self.house.things[self.name]

        if "<precious/>" in self.handle.stored:
            raise Refused(f"lamp '{self.name}' is precious")
        plan.add(f"remove lamp '{self.name}'", smash)

    def facts(self, observed: Observed) -> dict[str, Any]:
        return {"watts": observed.stored.findtext("watts")}


@pytest.fixture
def house() -> House:
    """A house without lamps."""
    return House()


def walk(house: House, check: bool = False, **options: Any) -> dict[str, Any]:
    """The result of a task about a lamp."""
    kind = type("HouseLamp", (Lamp,), {"house": house})
    return result_of(lambda: converge(kind, SPEC), check, uri=URI, **options)


def paths(told: list[dict[str, Any]]) -> list[str]:
    return [change["path"] for change in told]


def test_a_new_object_is_one_change_and_its_steps_have_an_order(house: House) -> None:
    done = walk(house, xml=lamp(), state="shining", autostart=True)
    assert house.calls == ["define", "autostart", "shining"]
    assert done["actions"] == ["define lamp 'hall'", "set autostart of lamp 'hall'", "make lamp 'hall' shining"]
    assert (done["changed"], done["changes"]) == (True, CREATED)
    assert done["lamp"] == {"name": "hall", "state": "shining", "watts": "5"}
    assert (done["diff"]["before"], done["diff"]["after"].splitlines()[:2]) == (
        "",
        ["state: shining", "autostart: true"],
    )


def test_check_mode_takes_no_step_and_says_what_would_come(house: House) -> None:
    task: dict[str, Any] = {"xml": lamp(), "state": "shining", "autostart": True}
    foretold = walk(house, check=True, **task)
    assert (house.calls, house.things) == ([], {})
    assert (foretold["changed"], foretold["changes"]) == (True, CREATED)
    done = walk(house, **task)
    for key in ("changed", "changes", "actions", "diff", "pending", "live_only"):
        assert foretold[key] == done[key], key


def test_again_changes_nothing(house: House) -> None:
    task: dict[str, Any] = {"xml": lamp(), "state": "shining", "autostart": True}
    walk(house, **task)
    house.calls.clear()
    again = walk(house, **task)
    assert (house.calls, again["changed"], again["changes"], again["actions"]) == ([], False, [], [])
    assert again["diff"]["before"] == again["diff"]["after"]


def test_changes_keep_their_order_whatever_their_kind(house: House) -> None:
    house.things["hall"] = Thing(lamp(), persistent=False, live=lamp())
    task: dict[str, Any] = {"xml": lamp("<watts>9</watts>"), "state": "dark", "autostart": True}
    foretold, done = walk(house, check=True, **task), walk(house, **task)
    assert paths(foretold["changes"]) == paths(done["changes"]) == ["persistent", "watts", "autostart", "state"]
    assert done["changes"][1] == {"path": "watts", "before": "5", "after": "9", "how": "stored"}


def test_restarted_is_always_a_change(house: House) -> None:
    house.things["hall"] = Thing(lamp(), live=lamp())
    done = walk(house, name="hall", state="restarted")
    assert done["changes"] == [{"path": "state", "before": "shining", "after": "shining", "how": "restart"}]


@pytest.mark.parametrize(
    ("fails", "done", "left", "sentence"),
    [
        (
            "define",
            [],
            ["define lamp 'hall'", "set autostart of lamp 'hall'", "make lamp 'hall' shining"],
            "cannot define: the fuse blew",
        ),
        (
            "shining",
            ["define lamp 'hall'", "set autostart of lamp 'hall'"],
            ["make lamp 'hall' shining"],
            "cannot shining: the fuse blew; done before that: define lamp 'hall', set autostart of lamp 'hall'; "
            "not done: make lamp 'hall' shining",
        ),
    ],
)
def test_a_failure_half_way_says_what_was_done(
    house: House, fails: str, done: list[str], left: list[str], sentence: str
) -> None:
    house.fails = fails
    told = walk(house, xml=lamp(), state="shining", autostart=True)
    assert (told["failed"], told["rc"], told["msg"]) == (True, 1, sentence)
    assert (told["applied"], told["not_applied"], told["changed"]) == (done, left, bool(done))


def test_a_run_that_is_overtaken_by_another_does_what_is_left(house: House) -> None:
    house.fails, house.overtakes = "define", {"hall": Thing(lamp())}
    done = walk(house, xml=lamp(), state="shining")
    assert (paths(done["changes"]), done["lamp"]["state"], house.calls) == (["state"], "shining", ["shining"])


def test_what_is_accepted_and_ignored_is_a_warning_and_no_change(house: House) -> None:
    walk(house, xml=lamp())
    house.stores = lambda document: re.sub("<watts>.*</watts>", "<watts>5</watts>", document)
    ignored = walk(house, name="hall", watts=9)
    assert (ignored["changed"], ignored["changes"]) == (False, [])
    assert ignored["warnings"] == ["libvirt accepted watts of lamp 'hall' and ignored it"]
    partly = walk(house, xml=lamp("<watts>9</watts><colour>red</colour>"))
    assert (partly["changed"], paths(partly["changes"])) == (True, ["colour"])
    assert partly["warnings"] == ["libvirt accepted watts of lamp 'hall' and ignored it"]


def test_what_is_ignored_of_a_new_object_and_of_a_new_part_is_a_warning_too(house: House) -> None:
    house.stores = lambda document: re.sub(" (watt|tint)='.'", "", document.replace('"', "'"))
    made = walk(house, xml=lamp("<watts>5</watts><bulb watt='9' size='3'/>"))
    assert made["changes"] == CREATED
    assert made["warnings"] == ["libvirt accepted bulb/@watt of lamp 'hall' and ignored it"]
    added = walk(house, xml=lamp("<watts>5</watts><bulb size='3'/><shade colour='red' tint='1'/>"))
    assert paths(added["changes"]) == ["shade[red]"]
    assert added["warnings"] == ["libvirt accepted shade[red]/@tint of lamp 'hall' and ignored it"]


def test_what_comes_back_although_it_is_not_named_is_a_warning_and_no_change(house: House) -> None:
    walk(house, xml=lamp("<watts>5</watts><socket>E27</socket>"))
    house.stores = lambda document: document.replace("</lamp>", "<socket>E27</socket></lamp>")
    kept = walk(house, xml=lamp())
    assert (kept["changed"], kept["changes"]) == (False, [])
    assert kept["warnings"] == ["libvirt keeps socket of lamp 'hall', which the task does not name"]


def test_what_libvirt_changes_beside_it_is_told(house: House) -> None:
    walk(house, xml=lamp("<watts>5</watts><socket>E27</socket>"))
    house.stores = lambda document: document.replace("E27", "E14")
    done = walk(house, name="hall", watts=9)
    assert paths(done["changes"]) == ["watts"]
    assert done["side_effects"] == [{"path": "socket", "before": "E27", "after": "E14", "how": "stored"}]


def test_a_transient_object_is_made_persistent_and_never_lost(house: House) -> None:
    house.things["hall"] = Thing(lamp(), live=lamp(), persistent=False)
    lost = walk(house, name="hall", state="dark")
    assert "lamp 'hall' is transient: dark would lose its definition" in lost["msg"]
    assert house.calls == []
    kept = walk(house, name="hall")
    assert kept["changes"] == [{"path": "persistent", "before": "false", "after": "true", "how": "stored"}]
    assert house.calls == ["define"]


def test_a_transient_object_may_rest_where_its_xml_is_given(house: House) -> None:
    house.things["hall"] = Thing(lamp(), live=lamp(), persistent=False)
    done = walk(house, xml=lamp(), state="dark")
    assert (paths(done["changes"]), house.calls) == (["persistent", "state"], ["define", "dark"])


def test_removal_is_one_change_and_the_absence_of_what_is_not_there_is_none(house: House) -> None:
    house.things["hall"] = Thing(lamp())
    task: dict[str, Any] = {"name": "hall", "state": "absent"}
    foretold, done, again = walk(house, check=True, **task), walk(house, **task), walk(house, **task)
    assert (
        foretold["changes"]
        == done["changes"]
        == [{"path": "/", "before": "lamp 'hall'", "after": None, "how": "stored"}]
    )
    assert (done["diff"]["after"], done["lamp"]) == ("", {"name": "hall", "state": "absent"})
    assert (again["changed"], again["changes"], again["actions"], house.calls) == (False, [], [], ["remove"])


def test_what_a_kind_refuses_is_refused_before_anything_is_written(house: House) -> None:
    house.things["hall"] = Thing(lamp("<precious/>"))
    told = walk(house, name="hall", state="absent")
    assert (told["msg"], told["uri"], house.calls) == ("lamp 'hall' is precious", URI, [])


def test_too_little_to_make_one_is_refused_and_in_a_check_foretold(house: House) -> None:
    sentence = f"there is no lamp 'hall' on {URI}, and no xml to define it"
    tasks: list[dict[str, Any]] = [{"name": "hall"}, {"name": "hall", "watts": 9}]
    for task in tasks:
        assert walk(house, **task)["msg"] == sentence
        foretold = walk(house, check=True, **task)
        assert foretold["warnings"] == [f"{sentence}; an earlier task of this check would have to make it"]
    shining = walk(house, check=True, name="hall", state="shining")
    assert shining["changes"] == [{"path": "state", "before": None, "after": "shining", "how": "live"}]


def test_a_uuid_asserts_and_never_renames(house: House) -> None:
    house.things["hall"] = Thing(lamp())
    other = UUID.replace("6", "7")
    assert "has the uuid" in walk(house, name="hall", uuid=other)["msg"]
    assert "a lamp is never renamed" in walk(house, name="attic", uuid=UUID, xml="<lamp/>")["msg"]
    assert walk(house, name="attic", uuid=UUID, state="absent")["changed"] is False
    assert walk(house, uuid=UUID, watts=9)["lamp"]["name"] == "hall"
    assert walk(house, uuid=other)["msg"].startswith(f"there is no lamp '{other}'")


def test_stored_against_live_is_pending_on_every_run(house: House) -> None:
    house.things["hall"] = Thing(lamp(), live=lamp())
    task: dict[str, Any] = {"name": "hall", "watts": 9}
    waiting = [{"path": "watts", "before": "5", "after": "9", "how": "restart"}]
    foretold, done, tomorrow = walk(house, check=True, **task), walk(house, **task), walk(house, **task)
    assert foretold["pending"] == done["pending"] == tomorrow["pending"] == waiting
    assert walk(house, name="hall", state="dark")["pending"] == []


@pytest.mark.parametrize("task", [{"name": "hall", "watts": 5}, {"name": "hall"}, {"name": "hall", "state": "shining"}])
@pytest.mark.parametrize("extra", ["<shade colour='red'/>", "<label>put there by hand</label>"])
def test_what_only_runs_and_is_not_the_tasks_is_live_only(house: House, task: dict[str, Any], extra: str) -> None:
    house.things["hall"] = Thing(lamp(), live=lamp(f"<watts>5</watts>{extra}"))
    told = walk(house, **task)
    assert (told["changed"], told["pending"]) == (False, [])
    assert [(one["after"], one["how"]) for one in told["live_only"]] == [(None, "live")]


def test_what_only_runs_waits_to_go_where_the_task_has_the_whole_document(house: House) -> None:
    house.things["hall"] = Thing(lamp(), live=lamp("<watts>5</watts><shade colour='red'/>"))
    told = walk(house, xml=lamp())
    assert (told["changed"], paths(told["pending"]), told["live_only"]) == (False, ["shade[red]"], [])


def test_looking_lists_by_name_with_what_is_pending(house: House) -> None:
    house.things = {
        "hall": Thing(lamp(), live=lamp("<watts>4</watts><shade colour='red'/>")),
        "attic": Thing(lamp(name="attic")),
    }
    kind = type("HouseLamp", (Lamp,), {"house": house})

    def look(**options: Any) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = result_of(lambda: inform(kind, Survey("lamps")), uri=URI, **options)["lamps"]
        return told

    attic, hall = look()
    assert (attic["name"], attic["state"], attic["pending"]) == ("attic", "dark", [])
    assert (hall["name"], hall["state"], paths(hall["pending"])) == ("hall", "shining", ["watts"])
    assert paths(hall["live_only"]) == ["shade[red]"]
    assert [one["name"] for one in look(names=["h*", "none"])] == ["hall"]
