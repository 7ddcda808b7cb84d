from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import LoadedModel, load_catalog
from vendora_graph.semantic.request import CompileRequest

CLINIC = Path(__file__).parents[1] / "fixtures" / "second_model"
Rows = list[tuple[object, ...]]


@pytest.fixture(scope="session")
def clinic_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = importlib.util.spec_from_file_location("clinic_build", CLINIC / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.build(tmp_path_factory.mktemp("clinic") / "clinic.duckdb")


@pytest.fixture(scope="session")
def clinic(clinic_file: Path):
    connection = duckdb.connect(str(clinic_file), read_only=True)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("semantic_cache")


@pytest.fixture(scope="session")
def loaded(cache_dir: Path) -> LoadedModel:
    return load_catalog(CLINIC, cache_dir)


@pytest.fixture(scope="session")
def engine(loaded: LoadedModel, cache_dir: Path) -> SemanticEngine:
    return SemanticEngine(loaded, cache_dir)


@pytest.fixture(scope="session")
def ask(engine: SemanticEngine, clinic: duckdb.DuckDBPyConnection) -> Callable[[CompileRequest], Rows]:
    def run(request: CompileRequest) -> Rows:
        query = engine.compile(request, "duckdb")
        return clinic.execute(query.sql, query.params).fetchall()

    return run


@pytest.fixture(scope="session")
def hand(clinic: duckdb.DuckDBPyConnection) -> Callable[[str], Rows]:
    return lambda sql: clinic.execute(sql).fetchall()
