"""One full and one small demo, each built once."""

from pathlib import Path

import duckdb
import pytest

from vendora_graph.warehouse.demo import BuildReport, build


@pytest.fixture(scope="session")
def full_report(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    return build(tmp_path_factory.mktemp("full") / "demo.duckdb")


@pytest.fixture(scope="session")
def small_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "demo.duckdb"
    build(path, months=15, rooftops=2)
    return path


@pytest.fixture(scope="session")
def full(full_report: BuildReport):
    with duckdb.connect(str(full_report.path), read_only=True) as connection:
        yield connection
