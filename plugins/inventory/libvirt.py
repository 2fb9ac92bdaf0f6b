# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: libvirt
short_description: Guests of libvirt hypervisors as hosts
version_added: "0.1.0"
author:
  - converge.libvirt contributors (@converge)
description:
  - Makes every guest of one or many hypervisors a host, with its state, size and addresses as facts, and groups it.
  - All guests of a hypervisor are listed with a handful of questions, however many there are. The definition of a guest
    is read, one question each, only where an option asks for what is only there.
  - Hypervisors are asked at the same time, each in a process of its own, and none can hold up the others. One that does
    not answer within its O(timeout) is a warning, or an error with O(strict_hosts).
  - Nothing is changed on a hypervisor, and the connection is read-only, unless agents are asked.
  - The source is a YAML file whose name ends with C(libvirt.yml) or C(libvirt.yaml).
extends_documentation_fragment:
  - constructed
  - inventory_cache
requirements:
  - libvirt-python for libvirt 8.0 or newer, for the Python that runs Ansible (C(python3-libvirt) of the distribution)
  - lxml, for the same Python (C(python3-lxml))
notes:
  - The facts are listed in R(the guide about inventory, ansible_collections.converge.libvirt.docsite.guide_inventory).
    Their names begin with C(libvirt_).
  - Whatever a hypervisor or a guest says is marked as untrusted, so that a template in the title of a guest stays text.
  - In a cache are the facts of all guests, and no passwords. An answer with a hypervisor missing is not cached.
options:
  plugin:
    description: The name of this plugin, so that it takes the file as its own.
    type: str
    required: true
    choices: [converge.libvirt.libvirt]
  uri:
    description:
      - Which libvirt to ask, as a libvirt connection URI. May be a template.
      - An ssh URI gets C(no_tty=1) unless it says otherwise.
    type: str
    default: qemu:///system
    env:
      - name: LIBVIRT_DEFAULT_URI
  uris:
    description: Several hypervisors, instead of O(uri). What an entry leaves out is as the option of that name says.
    type: list
    elements: dict
    suboptions:
      uri:
        description: Which libvirt to ask. May be a template.
        type: str
        required: true
      name:
        description: What to call this hypervisor in facts and groups. The host in the URI, or V(localhost), without it.
        type: str
      username:
        description: The user to authenticate as.
        type: str
      password:
        description: The password to authenticate with.
        type: str
      timeout:
        description: Seconds that its answer may take.
        type: float
      agent_timeout:
        description: Seconds that the agents of its guests may take.
        type: float
  username:
    description: The user to authenticate as, where libvirt asks for one (SASL). May be a template.
    type: str
  password:
    description: The password to authenticate with, where libvirt asks for one (SASL). May be a template.
    type: str
  timeout:
    description: Seconds that each hypervisor may take, from connecting to its last answer, without what agents take.
    type: float
    default: 30
  agent_timeout:
    description:
      - Seconds that all agents on a hypervisor may take together; 2 or more. They are asked at the same time. The facts
        of a guest whose agent was not done by then are those without it, and a warning names it.
      - libvirt itself would wait for ever for an agent that is stuck. Each question to one has half of this time as its
        time-out, for libvirt says hello twice before it gives up; the guest's own time-out is left as it is.
    type: float
    default: 5
  strict_hosts:
    description: Whether a hypervisor that cannot be asked is an error rather than a warning.
    type: bool
    default: false
  addresses:
    description:
      - Where to look for the addresses of running guests, the best first. Each is asked only for those that the ones
        before it know nothing of. Empty for no addresses.
      - V(lease) asks the DHCP servers of libvirt's networks, one question a network.
      - V(agent) asks the guests' agents, which takes a connection that may write.
      - V(arp) is what the hypervisor has heard of, one question a guest.
    type: list
    elements: str
    choices: [lease, agent, arp]
    default: [lease]
  facts:
    description:
      - What else to tell, each at a price.
      - V(definition) is what the definitions of all guests say, running or not, such as their disks, networks, tags and
        operating system; one question a guest. Those of running guests are read for O(addresses) in any case.
      - V(pending) is what waits for the restart of running guests; one question more for each.
      - V(agent) is what the agents of running guests say of the system in them, over a connection that may write.
    type: list
    elements: str
    choices: [definition, pending, agent]
    default: []
  names:
    description: Which guests to take, as names or shell patterns such as V(web-*). All when not given.
    type: list
    elements: str
  states:
    description: Which guests to take, by their state.
    type: list
    elements: str
    choices: [running, paused, stopped, saved, shutting down, crashed, suspended]
  autostart:
    description: Whether to take only guests that start with the hypervisor, or only those that do not.
    type: bool
  tags:
    description: Which guests to take, as tags or shell patterns; a guest needs one of them. Reads all definitions.
    type: list
    elements: str
  metadata:
    description:
      - Which guests to take, by items of their metadata, each with a value or a shell pattern; a guest needs all of
        them. Reads all definitions.
    type: dict
  filters:
    description:
      - Which of those guests to take, by conditions on their facts. The first that is true decides; a guest for which
        none is true is taken.
      - An expression that fails is not true, and an error with O(strict).
    type: list
    elements: dict
    suboptions:
      include:
        description: A Jinja2 expression; a guest for which it is true is taken.
        type: str
      exclude:
        description: A Jinja2 expression; a guest for which it is true is left out.
        type: str
  hostnames:
    description:
      - What a guest is called in the inventory, as Jinja2 expressions on its facts. The first that gives something is
        taken.
      - Where that makes several guests alike, all of them get C(@) and the name of their hypervisor appended, and a
        warning tells so; on the same hypervisor it is their UUID.
    type: list
    elements: str
    default: [libvirt_name]
  ansible_host:
    description:
      - Where Ansible connects to, as a Jinja2 expression on the facts of a guest. It is not set where that gives
        nothing, and an empty text leaves it alone everywhere.
    type: str
    default: libvirt_address
  connection:
    description:
      - Which connection Ansible uses for the guests. V(none) leaves that to your variables.
      - V(ssh) sets C(ansible_connection) to it.
      - V(agent) reaches into the guests of QEMU through their agents, without a network. It sets C(ansible_connection),
        C(ansible_host) and C(ansible_libvirt_uri) for P(converge.libvirt.libvirt_qemu#connection), and O(ansible_host)
        is then not used for them.
    type: str
    choices: [none, ssh, agent]
    default: none
  group_by:
    description:
      - By what to group guests. The name of a group is O(group_prefix), the word, and the value, such as
        C(libvirt_state_running).
      - V(autostart) and V(pending) make one group each, of those to which it applies.
      - V(network), V(pool), V(os) and V(tag) read all definitions; V(pool) asks for each pool as well; V(pending) is as
        in O(facts).
    type: list
    elements: str
    choices: [state, host, autostart, network, pool, os, tag, pending]
    default: [state, host]
  group_prefix:
    description: What the names of the groups made by O(group_by) begin with.
    type: str
    default: libvirt_
"""

EXAMPLES = r"""
# All guests of this machine, with their addresses. As libvirt.yml, try it by: ansible-inventory -i libvirt.yml --graph
plugin: converge.libvirt.libvirt
---
# Two hypervisors, one of which is far away
plugin: converge.libvirt.libvirt
uris:
  - name: kvm1
    uri: qemu+ssh://root@kvm1.example.com/system
  - name: kvm2
    uri: qemu+tls://kvm2.example.com/system
    username: inventory
    password: "{{ lookup('ansible.builtin.env', 'KVM2_PASSWORD') }}"
    timeout: 60
hostnames:
  - libvirt_name ~ '.' ~ libvirt_host
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/ansible/libvirt
---
# Running guests that are tagged as web servers, grouped by network and by who owns them
plugin: converge.libvirt.libvirt
states: [running]
tags: [web, proxy]
group_by: [network, tag]
keyed_groups:
  - key: libvirt_metadata.owner
    prefix: owner
compose:
  ansible_user: "'admin' if libvirt_os == 'debian-12' else 'root'"
---
# Into the guests through their agents, without a network
plugin: converge.libvirt.libvirt
states: [running]
filters:
  - exclude: not libvirt_agent_connected
connection: agent
---
# What should be restarted
plugin: converge.libvirt.libvirt
group_by: [pending]
groups:
  large: libvirt_memory > 16 * 1024 ** 3
"""

import collections
import contextlib
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ansible.template
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.converge.libvirt.plugins.module_utils._fleet.children import ask_places
from ansible_collections.converge.libvirt.plugins.module_utils._fleet.wanted import Place, Want

PREFIX = "libvirt_"
AGENT_CONNECTION = "converge.libvirt.libvirt_qemu"

#: What a place may have of its own, and what all have without.
SETTINGS = ("username", "password", "timeout", "agent_timeout")
SHORTEST_AGENT_TIMEOUT = 2

#: What groups are made by: the fact whose values they are named after, or that has to be true.
GROUPED = {
    "state": "state",
    "host": "host",
    "autostart": "autostart",
    "network": "networks",
    "pool": "pools",
    "os": "os",
    "tag": "tags",
    "pending": "pending_restart",
}
#: Those for which the definitions of all guests are read.
DEFINED = {"network", "pool", "os", "tag"}

#: Since ansible-core 2.19 only what is marked as trusted is a template; before, only what is marked as unsafe is none.
TRUSTS_ALL = not hasattr(ansible.template, "trust_as_template")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "converge.libvirt.libvirt"
    inventory: Any

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(("libvirt.yml", "libvirt.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        given = self._read_config_data(path)
        if "uri" in given and "uris" in given:
            raise AnsibleParserError(f"{path}: uri and uris are given; one of them says which hypervisors to ask")
        places, want = self._places(), self._want()
        guests = [
            unsafe({f"{PREFIX}{key}": fact for key, fact in guest.items()})
            for guest in self._known(path, places, want, cache)
        ]
        self._add([guest for guest in guests if self._takes(guest)])

    # -- what is asked, and whom --------------------------------------------------------------------------------------

    def _places(self) -> list[Place]:
        shared = {name: self._plain(self.get_option(name)) for name in SETTINGS}
        entries = self.get_option("uris") or [{"uri": self.get_option("uri")}]
        places = [self._place(self._plain(entry), shared) for entry in entries]
        names = [place.name for place in places]
        for name in names:
            if names.count(name) > 1:
                raise AnsibleParserError(
                    f"uris: {names.count(name)} hypervisors are called '{name}'; give them a name each"
                )
        return places

    def _place(self, entry: Any, shared: dict[str, Any]) -> Place:
        known = {"uri", "name", *SETTINGS}
        if not isinstance(entry, dict) or not entry.get("uri") or not known >= entry.keys():
            raise AnsibleParserError(
                f"uris: each entry is a dictionary with a uri and, if need be, {', '.join(sorted(known - {'uri'}))}"
            )
        settings = {name: shared[name] if entry.get(name) is None else entry[name] for name in SETTINGS}
        uri = str(entry["uri"])
        name = str(entry.get("name") or urlsplit(uri).hostname or "localhost")
        try:
            settings["timeout"], settings["agent_timeout"] = (
                float(settings["timeout"]),
                float(settings["agent_timeout"]),
            )
        except (TypeError, ValueError):
            raise AnsibleParserError(f"timeout and agent_timeout of {name} are numbers of seconds") from None
        if settings["timeout"] <= 0 or settings["agent_timeout"] < SHORTEST_AGENT_TIMEOUT:
            raise AnsibleParserError(
                f"timeout of {name} is more than 0, and agent_timeout {SHORTEST_AGENT_TIMEOUT} or more"
            )
        return Place(name=name, uri=uri, **settings)

    def _plain(self, value: Any) -> Any:
        """An option with its templates and secrets resolved, as plain data."""
        if isinstance(value, dict):
            return {str(key): self._plain(one) for key, one in value.items()}
        if value is None or isinstance(value, (int, float)):
            return value
        return str(self.templar.template(value))

    def _want(self) -> Want:
        told, grouped = set(self.get_option("facts")), set(self.get_option("group_by"))
        return Want(
            sources=tuple(self.get_option("addresses")),
            definition="definition" in told or bool(grouped & DEFINED),
            pools="definition" in told or "pool" in grouped,
            pending="pending" in told | grouped,
            agent="agent" in told,
            names=self._patterns("names"),
            states=self._patterns("states"),
            autostart=self.get_option("autostart"),
            tags=self._patterns("tags"),
            metadata=self._items("metadata"),
        )

    def _patterns(self, option: str) -> tuple[str, ...] | None:
        given = self.get_option(option)
        return None if given is None else tuple(str(one) for one in given)

    def _items(self, option: str) -> dict[str, str] | None:
        given = self.get_option(option)
        return None if given is None else {str(key): str(one) for key, one in given.items()}

    # -- what they answer ---------------------------------------------------------------------------------------------

    def _known(self, path: str, places: list[Place], want: Want, cache: bool) -> list[dict[str, Any]]:
        """The facts of all guests, from the cache or from the hypervisors."""
        if not self.get_option("cache"):
            return self._ask(places, want)[0]
        self.load_cache_plugin()
        asked = repr(([(place.name, place.uri) for place in places], want))
        key = f"{self.get_cache_key(path)}_{hashlib.sha256(asked.encode()).hexdigest()[:8]}"
        if cache:
            # It looks into its plugin only when it is asked for the value.
            with contextlib.suppress(KeyError):
                return list(self._cache[key])
        guests, complete = self._ask(places, want)
        if complete:
            self._cache[key] = guests
        return guests

    def _ask(self, places: list[Place], want: Want) -> tuple[list[dict[str, Any]], bool]:
        """The facts of all guests, and whether every hypervisor has answered."""
        collections = Path(__file__).absolute().parents[5]
        guests, complete = [], True
        for answer in ask_places(places, want, [str(collections)]):
            place = answer.place
            for sentence in answer.missing:
                self.display.warning(f"{place.name}: {sentence}")
            if answer.failed is not None:
                complete = False
                if self.get_option("strict_hosts"):
                    raise AnsibleParserError(f"{place.name}: {answer.failed}")
                self.display.warning(f"{place.name}: {answer.failed}")
            guests += [{**guest, "host": place.name, "uri": place.uri} for guest in answer.guests or []]
        return guests, complete

    # -- what becomes of it -------------------------------------------------------------------------------------------

    def _evaluated(self, expression: str, guest: dict[str, Any], what: str) -> Any:
        """What an expression gives; None where it fails, which is an error with strict."""
        if expression.startswith(PREFIX) and expression.isidentifier():
            # The name of a fact, which is what most are: templates take their time.
            return guest.get(expression)
        try:
            return self._compose(expression, guest)
        except (AnsibleError, TypeError, ValueError, AttributeError) as error:
            if self.get_option("strict"):
                raise AnsibleParserError(f"{what} of guest {guest['libvirt_name']}: {error}") from error
        return None

    def _takes(self, guest: dict[str, Any]) -> bool:
        for each in self.get_option("filters") or []:
            if len(each) != 1 or not each.keys() <= {"include", "exclude"}:
                raise AnsibleParserError("filters: each entry is either include or exclude, with an expression")
            ((verb, expression),) = each.items()
            if self._evaluated(expression, guest, "filters"):
                return bool(verb == "include")
        return True

    def _add(self, guests: list[dict[str, Any]]) -> None:
        groups = Groups(self)
        compose, composed, keyed = (self.get_option(name) for name in ("compose", "groups", "keyed_groups"))
        strict = self.get_option("strict")
        for name, guest in self._named(guests):
            self.inventory.add_host(name)
            host = self.inventory.get_host(name)
            for key, value in (*guest.items(), *self._connection(guest).items()):
                host.set_variable(key, value)
            groups.add(name, guest)
            self._set_composite_vars(compose, guest, name, strict=strict)
            self._add_host_to_composed_groups(composed, guest, name, strict=strict)
            self._add_host_to_keyed_groups(keyed, guest, name, strict=strict)

    def _named(self, guests: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
        """The guests with a name each that no other has."""
        first = [self._name(guest) for guest in guests]
        alike = repeated(first)
        if alike:
            self.display.warning(
                f"several guests are called {', '.join(sorted(alike))}: their hypervisors tell them apart"
            )
        second = [
            unsafe(f"{name}@{guest['libvirt_host']}") if name in alike else name for name, guest in zip(first, guests)
        ]
        alike = repeated(second)
        return [(guest["libvirt_uuid"] if name in alike else name, guest) for name, guest in zip(second, guests)]

    def _name(self, guest: dict[str, Any]) -> str:
        for expression in self.get_option("hostnames"):
            name = self._evaluated(expression, guest, "hostnames")
            if name:
                return unsafe(str(name))
        return str(guest["libvirt_name"])

    def _connection(self, guest: dict[str, Any]) -> dict[str, Any]:
        """The variables that say how Ansible gets into a guest."""
        chosen, address = self.get_option("connection"), self.get_option("ansible_host")
        if chosen == "agent" and guest["libvirt_driver"] == "qemu":
            return {
                "ansible_connection": AGENT_CONNECTION,
                "ansible_host": guest["libvirt_name"],
                "ansible_libvirt_uri": guest["libvirt_uri"],
            }
        given = {"ansible_connection": "ssh"} if chosen == "ssh" else {}
        found = self._evaluated(address, guest, "ansible_host") if address else None
        return {**given, "ansible_host": unsafe(found)} if found else given


class Groups:
    """The groups that group_by asks for."""

    def __init__(self, plugin: InventoryModule) -> None:
        self.plugin = plugin
        self.prefix = plugin.get_option("group_prefix")
        self.wanted = plugin.get_option("group_by")
        self.names: dict[str, str] = {}

    def add(self, host: str, guest: dict[str, Any]) -> None:
        for word in self.wanted:
            value = guest.get(f"{PREFIX}{GROUPED[word]}")
            if value is True:
                self._put(host, f"{self.prefix}{word}")
            elif isinstance(value, str):
                self._put(host, f"{self.prefix}{word}_{value}")
            elif isinstance(value, list):
                for one in value:
                    self._put(host, f"{self.prefix}{word}_{one}")

    def _put(self, host: str, title: str) -> None:
        if title not in self.names:
            self.names[title] = self.plugin.inventory.add_group(self.plugin._sanitize_group_name(title))
        self.plugin.inventory.add_child(self.names[title], host)


def repeated(names: list[str]) -> set[str]:
    return {name for name, times in collections.Counter(names).items() if times > 1}


def unsafe(value: Any) -> Any:
    """The same, marked so that no template in it is ever evaluated."""
    if not TRUSTS_ALL:
        return value
    if isinstance(value, str):
        # Marking takes its time: a text without a brace is no template.
        return wrap_var(value) if "{" in value else value
    if isinstance(value, dict):
        return {key: unsafe(one) for key, one in value.items()}
    if isinstance(value, list):
        return [unsafe(one) for one in value]
    return value
