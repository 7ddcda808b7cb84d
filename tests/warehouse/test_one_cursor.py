"""Nothing but a guarded statement can reach the warehouse: who may import a driver, and who may make a sealed statement."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "vendora_graph"
DRIVERS = {"duckdb", "psycopg", "psycopg_pool", "asyncpg", "sqlite3", "aiosqlite", "sqlalchemy", "duckdb_engine"}
MAY_IMPORT = {
    "warehouse/duckdb.py": "the adapter",
    "warehouse/postgres.py": "the adapter",
    "warehouse/load.py": "loads the demo; asked for by an administrator",
    "warehouse/harden.py": "makes the reading account; asked for by an administrator",
    "warehouse/demo_file.py": "builds the demo",
    "warehouse/demo/": "builds the demo",
    "evaluation/gold.py": "runs the hand-written SQL of golden questions; asked for by whoever wrote them",
    "commands/doctor.py": "tries a connection",
    "models/cache.py": "another database: kept replies of models, and what they cost",
    "checkpoint.py": "another database: conversations",
    "shown.py": "another database: what was shown to whom, for groups of people",
    "server/": "another database: the application's own",
}
FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def imported(path: str) -> set[str]:
    tree = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", FILES)
def test_a_driver_is_imported_only_where_it_may(path: str):
    if not any(path == place or (place.endswith("/") and path.startswith(place)) for place in MAY_IMPORT):
        assert not imported(path) & DRIVERS


@pytest.mark.parametrize("path", FILES)
def test_a_sealed_statement_is_made_in_one_place(path: str):
    tree = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "GuardedStatement"]
    seals = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.Name, ast.Attribute)) and "_SEAL" in (getattr(node, "id", ""), getattr(node, "attr", ""))
    ]
    assert (not calls and not seals) or path == "warehouse/guard/types.py"


@pytest.mark.parametrize("adapter", ["warehouse/duckdb.py", "warehouse/postgres.py"])
def test_fetch_checks_the_seal_before_anything_else(adapter: str):
    tree = ast.parse((PACKAGE / adapter).read_text(encoding="utf-8"))
    [fetch] = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef) and node.name == "fetch"]
    first = next(node for node in fetch.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)))
    assert ast.unparse(first) == "check_statement(statement, self.dialect)"


def test_every_column_of_the_rules_is_in_the_schema():
    import importlib.util

    spec = importlib.util.spec_from_file_location("write_columns", PACKAGE.parent / "scripts" / "write_columns.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (PACKAGE / "warehouse" / "columns.txt").read_text() == script.listing(), "run scripts/write_columns.py"


def test_every_table_has_a_class():
    from vendora_graph.warehouse.tenancy import Tenancy

    listed = {line.partition(":")[0] for line in (PACKAGE / "warehouse" / "columns.txt").read_text().splitlines()}
    assert set(Tenancy.dealership().tables) == listed
