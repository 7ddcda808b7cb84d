"""A small dealership a module, its rows to count by hand, and an open Vendora over it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import duckdb
import pytest

from vendora_graph import Vendora
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo.build import build


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("pay") / "small.duckdb", months=15, rooftops=2).path


@pytest.fixture(scope="module")
def rows(demo: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    copy = demo.with_name("rows.duckdb")  # a process opens one file with one configuration: the analyst has the original
    shutil.copy(demo, copy)
    with duckdb.connect(str(copy), read_only=True) as connection:
        yield connection


@pytest.fixture
async def vendora(demo: Path) -> AsyncIterator[Vendora]:
    async with Vendora.open(Settings(model="offline", warehouse=f"duckdb:///{demo}", cache_dir=demo.parent / "cache")) as opened:
        yield opened
