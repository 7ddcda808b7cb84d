"""The small demo, its raw rows, and one analyst over it.

Expected values are computed in plain Python from rows: no statement here aggregates, filters a status or joins.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import pytest

from tests.soundness.reading import Asker, Row, Rows
from vendora_graph import Vendora
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo.build import build


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a demo with two rooftops and fifteen months."""
    return build(tmp_path_factory.mktemp("small") / "small.duckdb", months=15, rooftops=2).path


@pytest.fixture(scope="session")
def rows(small_demo: Path) -> Iterator[Rows]:
    """Return a reader of whole tables: `rows("deal")` gives every row of a store as a dict."""
    copy = small_demo.with_name("rows.duckdb")  # a process opens one file with one configuration: the analyst has the original
    shutil.copy(small_demo, copy)
    connection = duckdb.connect(str(copy), read_only=True)

    @cache
    def table(name: str) -> tuple[Row, ...]:
        cursor = connection.execute(f'SELECT * FROM "{name}"')
        names = [column[0] for column in cursor.description or ()]
        return tuple(dict(zip(names, values, strict=True)) for values in cursor.fetchall())

    def read(name: str, store: str | None = "dealer_001") -> list[Row]:
        return [row for row in table(name) if store is None or row.get("dealership_id") == store]

    yield read
    connection.close()


@pytest.fixture(scope="session")
def vendora(small_demo: Path) -> Iterator[Vendora]:
    """Return the library's facade over the small demo."""
    settings = Settings(model="offline", warehouse=f"duckdb:///{small_demo}", cache_dir=small_demo.parent / "cache")
    with Vendora.open(settings) as facade:
        yield facade


@pytest.fixture(scope="session")
def ask(vendora: Vendora) -> Asker:
    """Return a function that asks one question as the general manager of dealer_001 unless told otherwise."""
    return Asker(vendora)
