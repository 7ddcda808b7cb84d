"""The small demo on DuckDB, a real Postgres and the BigQuery fake: the same rows, and the same answers to golden questions."""

from __future__ import annotations

from pathlib import Path

import duckdb
import psycopg
import pytest

from tests.warehouse.bigquery_fake import BigQueryFake
from tests.warehouse.parity import GOLDEN, SMALL, answers, differences
from vendora_graph.errors import ConfigError, WarehouseError
from vendora_graph.evaluation.cases import Case, load_cases
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo.generate import generate
from vendora_graph.warehouse.load import load, views_sql

SAMPLE, LEAST = 48, 30

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_bigquery_holds_the_same_rows_and_views(duckdb_file: Path, bigquery: BigQueryFake) -> None:
    with duckdb.connect(str(duckdb_file), read_only=True) as db:
        names = [name for (name,) in db.execute("SELECT table_name FROM information_schema.tables ORDER BY 1").fetchall()]
        assert sum(1 for name in names if name.startswith("v_")) == views_sql().count("CREATE VIEW")
        for name in names:
            count = f'SELECT COUNT(*) FROM "{name}"'
            assert bigquery.db.execute(count).fetchone() == db.execute(count).fetchone(), name
        total = "SELECT SUM(front_gross), SUM(back_gross), MIN(booked_date), COUNT(lead_id) FROM deal"
        assert bigquery.db.execute(total).fetchone() == db.execute(total).fetchone()


def test_postgres_holds_the_same_rows_and_views(duckdb_file: Path, postgres: str, module_postgres_url: str) -> None:
    with duckdb.connect(str(duckdb_file), read_only=True) as db, psycopg.connect(module_postgres_url) as server:
        names = [name for (name,) in db.execute("SELECT table_name FROM information_schema.tables ORDER BY 1").fetchall()]
        for name in names:
            count = f'SELECT COUNT(*) FROM "{name}"'
            assert server.execute(count.encode()).fetchone() == db.execute(count).fetchone(), name


def test_loading_twice_is_refused(postgres: str, module_postgres_url: str) -> None:
    with pytest.raises(WarehouseError, match="already"):
        load(module_postgres_url, generate(**SMALL), Settings())


def test_another_engine_is_refused() -> None:
    with pytest.raises(ConfigError, match="warehouse build"):
        load("duckdb:///x", (), Settings())


def sample() -> tuple[Case, ...]:
    """An even sample of about fifty golden questions with their follow-ups; `make parity` asks them all."""
    cases = load_cases(GOLDEN)
    return cases[:: len(cases) // SAMPLE]


async def test_three_engines_give_the_same_answers(duckdb_file: Path, postgres: str, bigquery: BigQueryFake, home: Path) -> None:
    truth = await answers(f"duckdb:///{duckdb_file}", home / "cache", sample())
    assert sum(1 for status, _, facts in truth.values() if status == "answered" and facts) >= LEAST
    for url, more in ((postgres, {}), ("bigquery://proj/ds", {"bigquery_base_url": bigquery.url})):
        wrong = differences(truth, await answers(url, home / "cache", sample(), **more))
        assert not wrong, (url.partition(":")[0], len(wrong), list(wrong.items())[:2])
