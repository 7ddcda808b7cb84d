"""The oracle once more on Postgres: the guard's scoping, and row-level security without the guard, against a database of one store."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, assume, given, settings
from sqlalchemy.engine import make_url

from tests.guard import tiny
from tests.guard.statements import COLUMNS, statements
from vendora_graph.warehouse.guard import guard
from vendora_graph.warehouse.harden import harden
from vendora_graph.warehouse.tenancy import Tenancy

POLICY = Tenancy.dealership().policy(["s1"])
Connection = psycopg.Connection[tuple[object, ...]]


def fill(url: str) -> None:
    source = tiny.both_stores()
    with psycopg.connect(url) as connection:
        for name in ("schema.sql", "views.sql"):
            connection.execute(re.sub(r"VARCHAR\(\d+\)", "TEXT", (tiny.SQL / name).read_text()))  # canaries are longer than a pay type
        for table in [*tiny.OWN, *tiny.SHARED, *tiny.DIMENSIONS, "dealer_group"]:
            rows = source.execute(f"SELECT * FROM {table}").fetchall()
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


@pytest.fixture(scope="module")
def databases(postgres_server: str) -> Iterator[dict[str, Connection]]:
    made = {
        name: make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
        for name in ("tenants_both", "tenants_alone")
    }
    with psycopg.connect(postgres_server, autocommit=True) as server:
        for name in made:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name}")
    for url in made.values():
        fill(url)
    with psycopg.connect(made["tenants_alone"]) as alone:
        alone.execute(tiny.ONLY_S1)
    harden(made["tenants_both"], role="tenants_reader", stores=["s1"])
    store = make_url(made["tenants_both"]).set(username="tenants_reader_s1").render_as_string(hide_password=False)
    reader = make_url(made["tenants_both"]).set(username="tenants_reader").render_as_string(hide_password=False)
    opened = {"guarded": psycopg.connect(reader), "alone": psycopg.connect(made["tenants_alone"]), "secured": psycopg.connect(store)}
    yield opened
    for connection in opened.values():
        connection.close()
    with psycopg.connect(postgres_server, autocommit=True) as server:
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def rows(connection: Connection, sql: str, values: list[object] | None = None) -> list[str] | None:
    """Return the rows, sorted; None when Postgres cannot run the statement."""
    try:
        return sorted(repr(row) for row in psycopg.RawCursor(connection).execute(sql, values).fetchall())  # type: ignore[arg-type]
    except psycopg.ProgrammingError:
        return None
    finally:
        connection.rollback()


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(sql=statements())
def test_the_guard_s_rows_are_the_tenant_s(databases: dict[str, Connection], sql: str):
    assume("QUALIFY" not in sql and "GROUP BY ALL" not in sql)
    wanted = rows(databases["alone"], sql)
    assume(wanted is not None)
    statement = guard(sql, "postgres", POLICY).bind()
    values = [statement.params[name] for name in sorted(statement.params, key=int)]
    got = rows(databases["guarded"], statement.sql, values or None)
    assert got == wanted
    assert not any(tiny.CANARY in row for row in got or ())


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_row_level_security_alone_shows_the_tenant_s_rows(databases: dict[str, Connection], table: str):
    sql = f"SELECT * FROM {table}"
    got = rows(databases["secured"], sql)
    assert got == rows(databases["alone"], sql)
    assert not any(tiny.CANARY in row for row in got or ())
