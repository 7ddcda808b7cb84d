"""`make parity`: every golden question on every engine, and the BigQuery dialect on an emulator that is not ours."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.bigquery_fake import BigQueryFake
from tests.warehouse.emulator import emulator
from tests.warehouse.parity import GOLDEN, SMALL, Told, answers, differences
from vendora_graph.evaluation.cases import load_cases
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo.generate import generate
from vendora_graph.warehouse.load import load

CASES = load_cases(GOLDEN)
EMULATED = CASES[::12]
"""The emulator takes seconds for a question; the dialect's constructs all occur in an even sample."""

pytestmark = [pytest.mark.parity, pytest.mark.timeout(7200)]


@pytest.fixture(scope="module")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulator(tmp_path_factory.mktemp("emulator")) as url:
        load("bigquery://proj/ds", generate(**SMALL), Settings(bigquery_base_url=url))
        yield url


@pytest.fixture(scope="module")
def truth(duckdb_file: Path, home: Path) -> dict[str, Told]:
    return asyncio.run(answers(f"duckdb:///{duckdb_file}", home / "cache", CASES))


async def test_duckdb_answers_most_of_them(truth: dict[str, Told]) -> None:
    with_figures = [status for status, _, facts in truth.values() if status == "answered" and facts]
    assert len(with_figures) >= len(truth) // 2


async def test_postgres_tells_the_same(truth: dict[str, Told], postgres: str, home: Path) -> None:
    assert not differences(truth, await answers(postgres, home / "cache", CASES))


async def test_bigquery_tells_the_same(truth: dict[str, Told], bigquery: BigQueryFake, home: Path) -> None:
    assert not differences(truth, await answers("bigquery://proj/ds", home / "cache", CASES, bigquery_base_url=bigquery.url))


async def test_the_emulator_tells_the_same(truth: dict[str, Told], emulated: str, home: Path) -> None:
    more: dict[str, Any] = {"bigquery_base_url": emulated}
    told = await answers("bigquery://proj/ds", home / "cache", EMULATED, **more)
    assert not differences({name: truth[name] for name in told}, told)
