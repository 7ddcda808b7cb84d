"""Bad measures that may only fall. Lower a number when you make one smaller; never raise one."""

from __future__ import annotations

import ast
from pathlib import Path

import yaml

from tests.architecture.tree import PACKAGE, modules

RATCHET = yaml.safe_load((Path(__file__).parent / "ratchet.yaml").read_text())


def function_lines() -> dict[str, int]:
    return {
        f"{name}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, tree, _ in modules(PACKAGE)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def over(measured: dict[str, int], limit: int, allowed: dict[str, int]) -> dict[str, int]:
    return {name: lines for name, lines in measured.items() if lines > allowed.get(name, limit)}


def test_files_stay_short():
    measured = {name: text.count("\n") for name, _, text in modules(PACKAGE)}
    assert over(measured, RATCHET["file_lines"], RATCHET["longer_files"]) == {}


def test_functions_stay_short():
    assert over(function_lines(), RATCHET["function_lines"], RATCHET["longer_functions"]) == {}


def test_exceptions_that_are_not_needed_any_more_are_taken_out():
    files = {name: text.count("\n") for name, _, text in modules(PACKAGE)}
    functions = function_lines()
    stale = [name for name in RATCHET["longer_files"] if files.get(name, 0) <= RATCHET["file_lines"]]
    stale += [name for name in RATCHET["longer_functions"] if functions.get(name, 0) <= RATCHET["function_lines"]]
    assert stale == []


def test_silenced_checks_only_get_fewer():
    texts = [text for _, _, text in modules(PACKAGE)]
    assert sum(text.count("# type: " + "ignore") for text in texts) <= RATCHET["type_ignores"]
    assert sum(text.count("# no" + "qa") for text in texts) <= RATCHET["noqas"]


def test_broad_excepts_are_at_the_edges_only():
    """An error that is swallowed looks like no data."""
    handlers = [(name, node.type) for name, tree, _ in modules(PACKAGE) for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    broad = {name for name, caught in handlers if caught is None or "Exception" in {getattr(one, "id", "") for one in ast.walk(caught)}}
    assert broad <= set(RATCHET["broad_excepts"])


def test_the_environment_is_read_in_one_place():
    readers = {
        name
        for name, tree, _ in modules(PACKAGE)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }
    assert readers <= {"vendora_graph/__init__.py"}
