# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin through ansible-inventory, on hypervisors of libvirt's own driver for tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.usefixtures("libvirt")

REPOSITORY = Path(__file__).resolve().parents[4]
PLUGIN = REPOSITORY / "plugins/inventory/libvirt.py"
SPACE = "http://libvirt.org/schemas/domain/test/1.0"
NIC = "<interface type='network'><mac address='52:54:00:00:00:0{number}'/><source network='{network}'/></interface>"
TAGGED = """<metadata>
  <converge:guest xmlns:converge="https://converge.libvirt/guest/1">
    <converge:tag>web</converge:tag><converge:tag>blue</converge:tag><converge:item key="owner">ops</converge:item>
  </converge:guest>
  <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
    <libosinfo:os id="http://debian.org/debian/12"/></libosinfo:libosinfo>
</metadata>"""


def guest(name: str, more: str = "", devices: str = "", state: str = "", uuid: str = "") -> str:
    identity = f"<uuid>{uuid}</uuid>" if uuid else ""
    return (
        f"<domain type='test' xmlns:test='{SPACE}'>{state}<name>{name}</name>{identity}<memory>1024</memory>"
        f"<vcpu>2</vcpu>{more}<os><type>hvm</type></os><devices>{devices}</devices></domain>"
    )


OFF = "<test:runstate>5</test:runstate>"
GUESTS = (
    guest("web", TAGGED, NIC.format(number=1, network="lan")),
    guest("db", devices=NIC.format(number=2, network="dmz"), state=OFF),
    guest("odd name", "<title>{{ lookup('pipe', 'touch MARK') }}</title>"),
)


class Bench:
    """Hypervisors, inventory files, and what Ansible makes of them."""

    def __init__(self, folder: Path, reader: subprocess.Popen[str]) -> None:
        self.folder = folder
        self.source = str(folder / "hosts.libvirt.yml")
        self.reader = reader

    def node(self, *guests: str, name: str = "node") -> str:
        """The URI of a hypervisor that has these guests."""
        path = self.folder / f"{name}.xml"
        networks = "".join(f"<network><name>{each}</name><bridge name='{each}0'/></network>" for each in ("lan", "dmz"))
        path.write_text(f"<node>{networks}{''.join(guests)}</node>".replace("MARK", str(self.folder / "mark")))
        return f"test://{path}"

    def write(self, **options: t.Any) -> str:
        """The path of an inventory file."""
        Path(self.source).write_text(yaml.safe_dump({"plugin": "converge.libvirt.libvirt", **options}))
        return self.source

    def read(self, flush: bool = False, env: dict[str, str] | None = None, **options: t.Any) -> dict[str, t.Any]:
        """What becomes of an inventory: hosts, groups, warnings and error."""
        assert self.reader.stdin is not None
        assert self.reader.stdout is not None
        asked = {"source": self.write(**options), "env": env or {}, "cache": not flush}
        self.reader.stdin.write(json.dumps(asked) + "\n")
        self.reader.stdin.flush()
        told: dict[str, t.Any] = json.loads(self.reader.stdout.readline())
        return told

    def listed(self, **options: t.Any) -> dict[str, t.Any]:
        """The hosts and groups of an inventory that is read without a word."""
        told = self.read(**options)
        assert (told["error"], told["warnings"]) == (None, [])
        return told

    def hosts(self, **options: t.Any) -> dict[str, dict[str, t.Any]]:
        hosts: dict[str, dict[str, t.Any]] = self.listed(**options)["hosts"]
        return hosts

    def refused(self, **options: t.Any) -> str:
        """The sentence of an inventory that fails."""
        error = self.read(**options)["error"]
        assert isinstance(error, str)
        return error


def environment(folder: Path, **env: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "LIBVIRT_"))}
    return {
        **kept,
        "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / ".cache"),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        **env,
    }


def ansible(bench: Bench, command: str, *words: str) -> str:
    """What a command of Ansible's prints, that succeeds with nothing to complain of."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name(command)), "-i", bench.source, *words],
        env=environment(bench.folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[subprocess.Popen[str]]:
    """A process that reads inventories."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("read_inventories.py"))],
        env=environment(tmp_path_factory.mktemp("reader")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def bench(tmp_path: Path, reader: subprocess.Popen[str]) -> Bench:
    return Bench(tmp_path, reader)


# -- what is told ------------------------------------------------------------------------------------------------------


def test_every_guest_is_a_host_with_typed_facts(bench: Bench) -> None:
    told = bench.listed(uri=bench.node(*GUESTS))
    hosts, groups = told["hosts"], told["groups"]
    assert set(hosts) == {"web", "db", "odd name"}
    assert set(groups) == {"libvirt_host_localhost", "libvirt_state_running", "libvirt_state_stopped"}
    assert sorted(groups["libvirt_state_running"]) == ["odd name", "web"]
    web, db = hosts["web"], hosts["db"]
    assert (web["libvirt_state"], web["libvirt_active"], web["libvirt_driver"]) == ("running", True, "test")
    assert (db["libvirt_state"], db["libvirt_active"], db["libvirt_id"]) == ("stopped", False, None)
    assert (web["libvirt_autostart"], web["libvirt_persistent"]) == (False, True)
    assert web["libvirt_networks"] == ["lan"]
    # What is off has no address, so its definition was not read.
    assert "libvirt_networks" not in db
    assert "ansible_host" not in web
    assert "ansible_connection" not in web


def test_every_fact_begins_with_the_prefix_and_is_in_the_guide(bench: Bench) -> None:
    hosts = bench.hosts(uri=bench.node(*GUESTS), facts=["definition", "pending"])
    facts = {key for variables in hosts.values() for key in variables} - {"inventory_file", "inventory_dir"}
    guide = (REPOSITORY / "docs/docsite/rst/guide_inventory.rst").read_text()
    documented = set(re.findall(r"^   \* - ``(libvirt_\w+)``", guide, re.MULTILINE))
    # These need an agent.
    assert documented - facts == {"libvirt_guest"}
    assert facts <= documented


PLAY = [
    {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [{"ansible.builtin.debug": {"msg": "<{{ inventory_hostname }}> <{{ libvirt_title }}>"}}],
    }
]


@pytest.mark.parametrize("cache", [False, True])
def test_a_template_in_a_name_or_a_title_stays_text(bench: Bench, cache: bool) -> None:
    title = "{{ lookup('pipe', 'touch MARK') }}"
    options = {"uri": bench.node(guest("{{ 6 * 7 }}", f"<title>{title}</title>")), **(cached(bench) if cache else {})}
    bench.hosts(**options)
    play = bench.folder / "play.yml"
    play.write_text(yaml.safe_dump(PLAY))
    said = ansible(bench, "ansible-playbook", str(play))
    assert "<{{ 6 * 7 }}> <{{ lookup('pipe'" in said
    assert not (bench.folder / "mark").exists()


@pytest.mark.parametrize("words", [["--graph"], ["--list"], ["--list", "--yaml"], ["--host", "web"]])
def test_every_form_of_output(bench: Bench, words: list[str]) -> None:
    bench.write(uri=bench.node(*GUESTS))
    said = ansible(bench, "ansible-inventory", *words)
    assert "web" in said or "libvirt_uuid" in said
    if "--list" in words and "--yaml" not in words:
        assert set(json.loads(said)["_meta"]["hostvars"]) == {"web", "db", "odd name"}


def test_a_file_of_another_name_is_left_to_others(bench: Bench) -> None:
    bench.source = str(bench.folder / "hosts.yml")
    assert bench.refused(uri=bench.node(*GUESTS)) == "the plugin does not take it as its own"


# -- which guests ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "taken"),
    [
        ({"names": ["w*"]}, {"web"}),
        ({"states": ["stopped", "saved"]}, {"db"}),
        ({"autostart": True}, set()),
        ({"tags": ["bl*"]}, {"web"}),
        ({"metadata": {"owner": "ops"}}, {"web"}),
        ({"metadata": {"owner": "dev"}}, set()),
        ({"filters": [{"exclude": "libvirt_name == 'web'"}]}, {"db", "odd name"}),
        ({"filters": [{"include": "'web' in libvirt_name"}, {"exclude": "true"}]}, {"web"}),
        # What fails is not true: the other two have no tags, as theirs were not read.
        ({"filters": [{"include": "'web' in libvirt_tags"}, {"exclude": "libvirt_active"}]}, {"web", "db"}),
    ],
)
def test_guests_are_chosen(bench: Bench, options: dict[str, t.Any], taken: set[str]) -> None:
    assert set(bench.hosts(uri=bench.node(*GUESTS), **options)) == taken


# -- names, groups, variables ------------------------------------------------------------------------------------------


def test_groups_by_everything(bench: Bench) -> None:
    words = ["state", "host", "autostart", "network", "pool", "os", "tag", "pending"]
    told = bench.listed(uri=bench.node(*GUESTS), group_by=words, group_prefix="vm_")
    assert told["groups"] == {
        "vm_state_running": ["odd name", "web"],
        "vm_state_stopped": ["db"],
        "vm_host_localhost": ["db", "odd name", "web"],
        "vm_network_lan": ["web"],
        "vm_network_dmz": ["db"],
        "vm_os_debian_12": ["web"],
        "vm_tag_web": ["web"],
        "vm_tag_blue": ["web"],
    }


def test_constructed_groups_and_variables(bench: Bench) -> None:
    told = bench.listed(
        uri=bench.node(*GUESTS),
        facts=["definition"],
        group_by=[],
        compose={"ansible_user": "'ops' if libvirt_tags else 'root'"},
        groups={"tagged": "libvirt_tags | length > 0"},
        keyed_groups=[{"key": "libvirt_metadata.owner", "prefix": "owner"}],
    )
    assert [told["hosts"][name]["ansible_user"] for name in ("web", "db")] == ["ops", "root"]
    assert told["groups"] == {"tagged": ["web"], "owner_ops": ["web"]}


@pytest.mark.parametrize(
    "options",
    [
        {"compose": {"x": "no_such_fact + 1"}},
        {"groups": {"x": "no_such_fact"}},
        {"keyed_groups": [{"key": "no_such_fact"}]},
        {"hostnames": ["no_such_fact ~ 'x'"]},
        {"ansible_host": "no_such_fact ~ 'x'"},
        {"filters": [{"include": "no_such_fact + 1"}]},
    ],
    ids=lambda options: next(iter(options)),
)
def test_an_expression_that_fails_is_an_error_only_when_strict(bench: Bench, options: dict[str, t.Any]) -> None:
    uri = bench.node(*GUESTS)
    assert set(bench.hosts(uri=uri, **options)) == {"web", "db", "odd name"}
    assert "no_such_fact" in bench.refused(uri=uri, strict=True, **options)


def test_names_by_preference(bench: Bench) -> None:
    uri = bench.node(*GUESTS)
    assert set(
        bench.hosts(uri=uri, hostnames=["libvirt_metadata.owner ~ '-' ~ libvirt_name", "libvirt_name ~ '.lan'"])
    ) == {
        "ops-web",
        "db.lan",
        "odd name.lan",
    }


@pytest.mark.parametrize(
    ("options", "given"),
    [
        ({"connection": "ssh"}, {"ansible_connection": "ssh"}),
        ({"ansible_host": "libvirt_name ~ '.example.com'"}, {"ansible_host": "web.example.com"}),
        ({"ansible_host": ""}, {}),
        # Agents are there in guests of QEMU only.
        ({"connection": "agent"}, {}),
    ],
)
def test_how_ansible_gets_in(bench: Bench, options: dict[str, t.Any], given: dict[str, str]) -> None:
    web = bench.hosts(uri=bench.node(*GUESTS), **options)["web"]
    assert {key: value for key, value in web.items() if key.startswith("ansible_")} == given


# -- several hypervisors -----------------------------------------------------------------------------------------------


def test_guests_of_the_same_name_are_told_apart(bench: Bench) -> None:
    uris = [
        {"name": "a", "uri": bench.node(guest("web"), guest("only"), name="a")},
        {"name": "b", "uri": bench.node(guest("web"), name="b")},
    ]
    told = bench.read(uris=uris)
    assert set(told["hosts"]) == {"web@a", "web@b", "only"}
    assert told["groups"]["libvirt_host_b"] == ["web@b"]
    assert told["warnings"] == ["several guests are called web: their hypervisors tell them apart"]
    assert set(bench.hosts(uris=uris, hostnames=["libvirt_name ~ '.' ~ libvirt_host"])) == {"web.a", "web.b", "only.a"}


def test_guests_of_the_same_hypervisor_that_are_named_alike_are_told_apart_by_uuid(bench: Bench) -> None:
    one, two = (f"6b1f0b0a-4b32-4a52-9c3c-7e8d7e0f6a1{number}" for number in (1, 2))
    told = bench.read(uri=bench.node(guest("a", uuid=one), guest("b", uuid=two)), hostnames=["'same'"])
    assert set(told["hosts"]) == {one, two}


def test_a_hypervisor_that_fails_is_a_warning_or_an_error(bench: Bench) -> None:
    uris = [{"name": "good", "uri": bench.node(*GUESTS)}, {"name": "bad", "uri": "test:///no/such/file"}]
    told = bench.read(uris=uris)
    assert (set(told["hosts"]), told["error"]) == ({"web", "db", "odd name"}, None)
    assert told["warnings"][0].startswith("bad: cannot connect to test:///no/such/file: libvirt said: ")
    assert "bad: cannot connect to test:///no/such/file" in bench.refused(uris=uris, strict_hosts=True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"uri": "test:///default", "uris": [{"uri": "test:///default"}]}, "uri and uris are given"),
        ({"uris": [{"uri": "test:///default"}, {"uri": "test:///x"}]}, "2 hypervisors are called 'localhost'"),
        ({"uris": [{"name": "a"}]}, "each entry is a dictionary with a uri"),
        ({"uris": [{"uri": "test:///default", "user": "a"}]}, "each entry is a dictionary with a uri"),
        ({"uris": [{"uri": "test:///default", "timeout": "soon"}]}, "numbers of seconds"),
        ({"uri": "test:///default", "timeout": 0}, "more than 0"),
        ({"uri": "test:///default", "agent_timeout": 1}, "agent_timeout 2 or more"),
        ({"uri": "test:///default", "filters": [{"only": "x"}]}, "either include or exclude"),
        ({"uri": "test:///default", "addresses": ["dns"]}, "dns"),
        ({"uri": "test:///default", "states": ["off"]}, "off"),
    ],
)
def test_what_cannot_be_meant_is_refused(bench: Bench, options: dict[str, t.Any], said: str) -> None:
    assert said in bench.refused(**options)


def test_settings_may_be_templates(bench: Bench) -> None:
    uri = bench.node(*GUESTS)
    given = {
        "uris": [{"uri": "{{ lookup('ansible.builtin.env', 'WHERE') }}", "timeout": "{{ 5 + 5 }}", "name": "there"}]
    }
    assert bench.hosts(env={"WHERE": uri}, **given)["web"]["libvirt_uri"] == uri


def test_the_uri_may_come_from_the_environment(bench: Bench) -> None:
    assert set(bench.hosts(env={"LIBVIRT_DEFAULT_URI": bench.node(*GUESTS)})) == {"web", "db", "odd name"}


# -- cache -------------------------------------------------------------------------------------------------------------


def cached(bench: Bench, **more: t.Any) -> dict[str, t.Any]:
    folder = str(bench.folder / "cache")
    return {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": folder, **more}


def test_what_is_cached_is_not_asked_again(bench: Bench) -> None:
    options = cached(bench, uri=bench.node(*GUESTS), password="sesame")
    first = bench.listed(**options)
    bench.node()  # it has no guests any more
    assert bench.listed(**options) == first
    assert set(bench.hosts(**{**options, "names": ["nobody"]})) == set()
    assert bench.hosts(flush=True, **options) == {}
    assert bench.hosts(**options) == {}
    texts = [path.read_text() for path in (bench.folder / "cache").iterdir()]
    assert texts
    assert not any("sesame" in text for text in texts)


def test_an_answer_with_a_hypervisor_missing_is_not_cached(bench: Bench) -> None:
    good = {"name": "good", "uri": bench.node(*GUESTS)}
    late = {"name": "late", "uri": f"test://{bench.folder / 'late.xml'}"}
    options = cached(bench, uris=[good, late])
    assert set(bench.read(**options)["hosts"]) == {"web", "db", "odd name"}
    bench.node(guest("risen"), name="late")
    assert set(bench.hosts(**options)) == {"web", "db", "odd name", "risen"}


# -- documentation -----------------------------------------------------------------------------------------------------


def examples() -> list[dict[str, t.Any]]:
    text = re.search(r'^EXAMPLES = r"""\n(.*?)^"""', PLUGIN.read_text(), re.MULTILINE | re.DOTALL)
    assert text is not None
    return list(yaml.safe_load_all(text.group(1)))


@pytest.mark.parametrize("number", range(len(examples())))
def test_an_example_works(bench: Bench, number: int) -> None:
    options = examples()[number]
    assert options.pop("plugin") == "converge.libvirt.libvirt"
    nodes = [bench.node(*GUESTS, name=f"node{place}") for place in range(2)]
    if "uris" in options:
        options["uris"] = [{**entry, "uri": uri} for entry, uri in zip(options["uris"], nodes)]
    else:
        options["uri"] = nodes[0]
    if "cache_connection" in options:
        options["cache_connection"] = str(bench.folder / "cache")
    # No guest of this driver has an agent.
    assert any("web" in name for name in bench.hosts(**options)) is (options.get("connection") != "agent")
