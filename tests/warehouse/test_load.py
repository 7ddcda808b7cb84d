"""The small demo on DuckDB, a real Postgres and the BigQuery fake: the same rows, and the same answers to golden questions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from tests.warehouse.bigquery_fake import BigQueryFake
from vendora_graph.api import Vendora
from vendora_graph.contracts import Answer
from vendora_graph.errors import ConfigError, WarehouseError
from vendora_graph.evaluation.cases import Case, load_cases
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo.build import build
from vendora_graph.warehouse.demo.generate import generate
from vendora_graph.warehouse.load import load, views_sql

SMALL: dict[str, Any] = {"months": 15, "rooftops": 2}
LEAST = 40
GOLDEN = Path(__file__).parents[1] / "golden"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("parity")


@pytest.fixture(scope="module")
def duckdb_file(home: Path) -> Path:
    path = home / "small.duckdb"
    build(path, **SMALL)
    return path


@pytest.fixture(scope="module")
def postgres(module_postgres_url: str) -> str:
    load(module_postgres_url, generate(**SMALL), Settings())
    with psycopg.connect(module_postgres_url, autocommit=True) as db:
        there = db.execute("SELECT 1 FROM pg_roles WHERE rolname = 'vendora_reader'").fetchone()
        if there is None:
            db.execute("CREATE ROLE vendora_reader LOGIN")
    from sqlalchemy.engine import make_url

    from vendora_graph.warehouse.harden import harden

    harden(module_postgres_url, role="vendora_reader")
    return make_url(module_postgres_url).set(username="vendora_reader").render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def bigquery() -> Iterator[BigQueryFake]:
    with BigQueryFake() as fake:
        load("bigquery://proj/ds", generate(**SMALL), Settings(bigquery_base_url=fake.url))
        yield fake


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


def sample() -> list[Case]:
    """Every fourth golden question with figures of one turn, without its own day or asker: about fifty."""
    cases = [case for case in load_cases(GOLDEN) if case.gold_sql and not case.then and case.as_of is None and case.person is None]
    return cases[::4]


def figures(answer: Answer) -> tuple[Any, ...]:
    """What is told: the status, the sentence, and every figure with what it is of."""
    facts = [(f.metric, f.slice, f.period.start if f.period else None, f.value) for f in answer.evidence]
    plain = [(m, s, p, v if v is None else v.normalize()) for m, s, p, v in facts]
    return answer.status, answer.summary, sorted(plain, key=repr)


async def answers(url: str, home: Path, **more: Any) -> dict[str, Any]:
    from datetime import date

    settings = Settings(warehouse=url, cache_dir=home / "cache", as_of=date(2026, 11, 13), **more)
    found: dict[str, Any] = {}
    async with Vendora(settings) as vendora:
        for case in sample():
            role = {"role": case.role} if case.role else {}
            found[case.id] = figures(await vendora.aask(case.question, dealership="dealer_001", **role))
    return found


async def test_three_engines_give_the_same_answers(duckdb_file: Path, postgres: str, bigquery: BigQueryFake, home: Path) -> None:
    truth = await answers(f"duckdb:///{duckdb_file}", home)
    told = [said for said in truth.values() if said[0] == "answered" and said[2]]
    assert len(truth) >= LEAST
    assert len(told) >= LEAST
    assert all(isinstance(value, Decimal) or value is None for said in told for *_, value in said[2])
    for url, more in ((postgres, {}), ("bigquery://proj/ds", {"bigquery_base_url": bigquery.url})):
        same = await answers(url, home, **more)
        wrong = {name: (truth[name], same[name]) for name in truth if same[name] != truth[name]}
        assert not wrong, (url.partition(":")[0], len(wrong), list(wrong.items())[:2])
