"""The small demo on the engines: built, or loaded as a user would load it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.warehouse.bigquery_fake import BigQueryFake
from tests.warehouse.parity import SMALL
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo.build import build
from vendora_graph.warehouse.demo.generate import generate
from vendora_graph.warehouse.load import load


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
