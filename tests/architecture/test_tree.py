from __future__ import annotations

import ast
import json
import re
import tomllib

import pytest

from tests.architecture.tree import LINKS, PACKAGE, ROOT, modules, texts, tracked

PLACES = ("work", "root", "home/[a-z]", "Users/[a-z]", "opt/[a-z]", "tmp/(?!vendora_)[a-z]")
MACHINE = re.compile(rf"(?<![\w.-])/(?:{'|'.join(PLACES)})[\w./-]*")
INDEX = re.compile(r"--(?:extra-)?index-url|--find-links|^-i |://[^\s\"']*(?:/simple|pypi|pythonhosted|artifactory|nexus)", re.MULTILINE)
ALLOWED_MACHINE = {"tests/architecture/test_tree.py", "tests/cli/test_settings.py"}
ALLOWED_INDEX = {"tests/architecture/test_tree.py", "Makefile"}  # the Makefile says that no index address goes in


@pytest.mark.parametrize("name", LINKS)
def test_the_root_shows_the_owners_layout_by_relative_links(name):
    link = ROOT / name
    assert link.is_symlink()
    assert str(link.readlink()) == f"vendora_graph/{name}"
    assert (PACKAGE / name).is_dir()


def test_nothing_imports_through_the_links():
    """`import tools` would make a second copy of every class in it."""
    guilty = []
    for name, tree, _ in modules():
        for node in ast.walk(tree):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                imported = [node.module or ""]
            guilty += [f"{name}: {one}" for one in imported if one.partition(".")[0] in LINKS]
    assert guilty == []


def test_nothing_needs_the_links_to_run():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert config["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["vendora_graph"]
    assert config["tool"]["mypy"]["packages"] == ["vendora_graph"]
    studio = ROOT / "langgraph.json"
    if studio.exists():
        places = json.loads(studio.read_text())["graphs"].values()
        assert all(str(place).removeprefix("./").startswith("vendora_graph") for place in places)


def test_imports_are_absolute():
    relative = [name for name, tree, _ in modules() for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    assert relative == []


def test_no_path_of_one_machine_is_written_down():
    found = {name: MACHINE.findall(text) for name, text in texts() if name not in ALLOWED_MACHINE}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_no_package_index_is_written_down():
    found = {name: INDEX.findall(text) for name, text in texts() if name not in ALLOWED_INDEX}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_the_lock_pins_everything():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    wanted = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert wanted
    assert [line for line in wanted if not re.match(r"^[a-z0-9.\[\],-]+==[\w.+!]+( ; .+)?$", line)] == []


def test_the_lock_holds_what_the_project_asks_for():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*config["dependencies"], *config["optional-dependencies"]["dev"]]
    pinned = {line.partition("==")[0].partition("[")[0] for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line}
    names = {re.split(r"[\[<>=!~ ;]", one, maxsplit=1)[0].lower().replace("_", "-") for one in asked}
    assert names - pinned == set()


def test_ci_runs_the_readmes_test_command_and_nothing_else():
    commands = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line and not line.startswith("#")]
    assert commands[-1] == "exec make test"
    assert "\nmake test\n" in (ROOT / "README.md").read_text()
    assert all(line.startswith(("set ", "cd ", "exec make")) for line in commands)


def test_no_secret_or_database_is_tracked():
    names = [path.name for path in tracked()]
    assert [name for name in names if name == ".env" or name.endswith((".duckdb", ".sqlite", ".pem", ".key"))] == []
