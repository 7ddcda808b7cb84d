"""Every metric that can be asked, against SQL written by hand from its definition."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.semantic.golden_cases import Case, Slice, by_engine, by_hand, cases, differences
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import load_catalog
from vendora_graph.warehouse.demo_file import DemoParameters, ensure_demo

OCTOBER = Slice("dealer_001", date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = Slice("dealer_001", date(2026, 11, 1), date(2026, 11, 12))
SUMMER = Slice("dealer_002", date(2026, 7, 1), date(2026, 9, 30))
PIECES = (OCTOBER, NOVEMBER, SUMMER)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = ensure_demo(tmp_path_factory.mktemp("demo"), DemoParameters(months=15, rooftops=2))
    connection = duckdb.connect(str(path), read_only=True)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def dealership(tmp_path_factory: pytest.TempPathFactory) -> SemanticEngine:
    cache: Path = tmp_path_factory.mktemp("model")
    return SemanticEngine(load_catalog(None, cache), cache)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_golden(case: Case, demo: duckdb.DuckDBPyConnection, dealership: SemanticEngine) -> None:
    for piece in PIECES:
        expected = by_hand(demo, case, piece)
        found = by_engine(dealership, demo, case, piece)
        assert differences(expected, found) == [], f"{piece}: {case.sql}"


def test_the_demo_gives_the_goldens_something_to_prove(demo: duckdb.DuckDBPyConnection) -> None:
    """A golden that is zero or empty everywhere proves nothing."""
    empty = {str(case) for case in cases() if not any(value for piece in PIECES for value in by_hand(demo, case, piece).values())}
    assert empty == set()
