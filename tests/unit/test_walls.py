# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The walls of the house: which part of `plugins/` may import which.

Nothing is imported here: the files are parsed, so that imports inside functions and under `if TYPE_CHECKING` count as
well. Ansible's packer follows those too when it builds what travels to a managed machine.
"""

from __future__ import annotations

import ast
import typing as t
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
COLLECTION = ("ansible_collections", "converge", "libvirt", "plugins")

XML = {"_xml"}
DATA = {"_plan", "_result", "_session", "_words"} | XML
KIND = {"_kind"} | DATA
PARTS = {"_spec", "_kinds", "_domain", "_many", "_road", "_stack", "_survey", "_looks"} | KIND

# Who may import whom inside the collection. Every part may import itself; one that is not in here has no place yet.
MAY_IMPORT: dict[str, set[str]] = {
    "modules": PARTS,
    "action": PARTS,
    "inventory": {"_fleet"} | DATA,
    "connection": {"_domain", "plugin_utils"} | DATA,
    "plugin_utils": {"_domain"} | DATA,
    "filter": {"_result"} | XML,
    "doc_fragments": set(),
    "_kinds": {"_domain"} | KIND,
    "_domain": KIND,
    "_spec": {"_plan", "_result"} | XML,
    "_many": {"_road"} | KIND,
    # Its modules hand it the kinds, so that it names none.
    "_stack": {"_road"} | KIND,
    "_road": KIND,
    "_survey": KIND,
    "_looks": {"_spec", "_fleet"} | DATA,
    "_fleet": DATA,
    "_kind": DATA,
    "_session": {"_plan"} | XML,
    "_result": {"_plan", "_session"} | XML,
    "_plan": XML,
    "_words": set(),
    "_xml": set(),
}

LIBVIRT = ("libvirt", "libvirt_qemu", "libvirt_lxc", "libvirtaio")

# Libraries that only one place may import, and there only where a missing library is caught.
ONLY_HERE: dict[str, str] = {
    **dict.fromkeys(LIBVIRT, "module_utils/_session.py"),
    "lxml": "module_utils/_xml/document.py",
    "pycdlib": "module_utils/_domain/seed_volume.py",
}

# What a part must not know at all: part -> prefixes of imports.
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "_xml": ("ansible", *LIBVIRT),
    "_plan": ("ansible", "lxml", *LIBVIRT),
    "_fleet": ("ansible.module_utils", "ansible.plugins"),
    "_session": ("ansible.module_utils.basic", "ansible.module_utils.common.arg_spec", "ansible.plugins"),
    "_spec": ("ansible.plugins", *LIBVIRT),
}

# Modules about objects of several kinds, which have to carry them all.
OF_SEVERAL = ("virt_stack",)

# The kind that each module serves; neither it nor anything that it pulls in may touch the files of another kind.
KIND_OF: dict[str, str] = {
    "virt_domain": "domain",
    "virt_net": "network",
    "virt_net_record": "network",
    "virt_pool": "pool",
    "virt_volume": "volume",
    "virt_secret": "secret",
    "virt_nwfilter": "nwfilter",
    "virt_nodedev": "nodedev",
    "virt_interface": "interface",
    "virt_guest_agent": "domain",
    "virt_screenshot": "domain",
    "virt_console_log": "domain",
    "virt_send_key": "domain",
    # These serve none.
    "virt_host": "host",
    "virt_stats": "stats",
}
KINDS = (
    "domain",
    "network",
    "pool",
    "volume",
    "secret",
    "nwfilter",
    "nodedev",
    "interface",
    "snapshot",
    "checkpoint",
)
PER_KIND = ("module_utils/_kinds/", "module_utils/_spec/", "module_utils/_xml/rules/")


class Import(t.NamedTuple):
    """One imported name: its dotted path, where it stands, and whether a missing library is caught there."""

    name: str
    line: int
    guarded: bool


def catches_import_error(node: ast.Try) -> bool:
    """Whether a handler of this `try` is for ImportError."""
    caught = [ast.unparse(handler.type) for handler in node.handlers if handler.type]
    return any("ImportError" in name or "ModuleNotFoundError" in name for name in caught)


def imports_of(path: Path) -> list[Import]:
    """Every import of a file, relative ones made absolute."""
    package = (*COLLECTION, *path.relative_to(PLUGINS).parent.parts)
    found: list[Import] = []

    def visit(node: ast.AST, guarded: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, node.lineno, guarded) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = ".".join([*base, *([node.module] if node.module else [])])
            found.extend(Import(f"{stem}.{alias.name}", node.lineno, guarded) for alias in node.names)
        elif isinstance(node, ast.Try):
            for child in ast.iter_child_nodes(node):
                visit(child, guarded or (child in node.body and catches_import_error(node)))
        else:
            for child in ast.iter_child_nodes(node):
                visit(child, guarded)

    visit(ast.parse(path.read_text(encoding="utf-8"), str(path)), False)
    return found


def files_behind(name: str) -> list[Path]:
    """The files of the collection that importing a dotted name executes, packages included; empty for outsiders."""
    parts = tuple(name.split("."))
    if parts[: len(COLLECTION)] != COLLECTION:
        return []
    executed: list[Path] = []
    folder = PLUGINS
    for part in parts[len(COLLECTION) :]:
        if (folder / part).is_dir():
            folder = folder / part
            executed += [folder / "__init__.py"] if (folder / "__init__.py").exists() else []
        else:
            executed += [folder / f"{part}.py"] if (folder / f"{part}.py").exists() else []
            break
    return executed


def part_of(path: Path) -> str:
    """The part of the house that a file belongs to: `modules`, `_xml`, `_road`, ..."""
    inside = path.relative_to(PLUGINS).with_suffix("").parts
    return inside[1] if inside[0] == "module_utils" and len(inside) > 1 else inside[0]


def title(path: Path) -> str:
    """A file's name as the tables and the messages have it."""
    return path.relative_to(PLUGINS).as_posix()


def closure(start: Path) -> dict[Path, Path]:
    """Every file of the collection that a file pulls in -> the file that imports it."""
    reached: dict[Path, Path] = {}
    todo = [start]
    while todo:
        current = todo.pop()
        for imported in imports_of(current):
            for target in files_behind(imported.name):
                if target not in reached and target != start:
                    reached[target] = current
                    todo.append(target)
    return reached


FILES = sorted(path for path in PLUGINS.rglob("*.py") if title(path) != "module_utils/__init__.py")
MODULES = [path for path in FILES if part_of(path) == "modules" and path.stem != "__init__"]


def test_there_is_a_house() -> None:
    """The checks below would all pass on an empty folder."""
    assert len(FILES) > 10
    assert {part_of(path) for path in FILES} >= {"modules", "_kinds", "_spec", "_road", "_session", "_xml"}


@pytest.mark.parametrize("path", FILES, ids=title)
def test_a_part_imports_only_what_lies_to_its_right(path: Path) -> None:
    part = part_of(path)
    assert part in MAY_IMPORT, f"{title(path)}: the part {part!r} is not in the table MAY_IMPORT of this test"
    allowed = MAY_IMPORT[part] | {part}
    wrong = [
        f"{title(path)}:{imported.line} imports {imported.name}: {part} may import only {', '.join(sorted(allowed))}"
        for imported in imports_of(path)
        for target in files_behind(imported.name)
        if part_of(target) not in allowed and title(target) != "module_utils/__init__.py"
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", FILES, ids=title)
def test_a_library_is_imported_where_it_belongs(path: Path) -> None:
    wrong: list[str] = []
    for imported in imports_of(path):
        home = ONLY_HERE.get(imported.name.split(".")[0])
        if home and title(path) != home:
            wrong.append(f"{title(path)}:{imported.line} imports {imported.name}: only {home} may")
        elif home and not imported.guarded:
            wrong.append(f"{title(path)}:{imported.line} imports {imported.name} outside a try with except ImportError")
        for prefix in FORBIDDEN.get(part_of(path), ()):
            if imported.name == prefix or imported.name.startswith(f"{prefix}."):
                wrong.append(
                    f"{title(path)}:{imported.line} imports {imported.name}: {part_of(path)} knows no {prefix}"
                )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", MODULES, ids=title)
def test_a_module_carries_only_its_own_kind(path: Path) -> None:
    name = path.stem.removesuffix("_info")
    if name in OF_SEVERAL:
        return
    assert name in KIND_OF, f"{title(path)}: the module {name} is not in the table KIND_OF of this test"
    own = KIND_OF[name]
    wrong: list[str] = []
    for target, importer in closure(path).items():
        if not title(target).startswith(PER_KIND):
            continue
        kind = next((kind for kind in KINDS if target.stem == kind or target.stem.startswith(f"{kind}_")), own)
        if kind != own:
            wrong.append(f"{title(path)} serves {own} and pulls in {title(target)}, imported by {title(importer)}")
    assert not wrong, "\n".join(wrong)


def test_the_stack_names_no_kind() -> None:
    """What a stack may hold stands in its modules: everything else of it works for any kind."""
    wrong = [
        f"{title(path)} pulls in {title(target)}"
        for path in FILES
        if part_of(path) == "_stack"
        for target in closure(path)
        if title(target).startswith(("module_utils/_kinds/", "module_utils/_spec/"))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_rules_name_no_code() -> None:
    """Rule tables are data: they import their own row type and typing, nothing else."""
    tables = [path for path in FILES if title(path).startswith("module_utils/_xml/rules/") and path.stem in KINDS]
    ours = tuple(".".join((*COLLECTION, f"module_utils._xml.{part}")) for part in ("rules", "tables"))
    wrong = [
        f"{title(path)}:{imported.line} imports {imported.name}"
        for path in tables
        for imported in imports_of(path)
        if not imported.name.startswith(("__future__", "typing", *ours))
    ]
    assert not wrong, "\n".join(wrong)
