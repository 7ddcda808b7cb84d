# ruff: noqa: E501, PT012
"""The Postgres adapter and its account, on a real server."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from vendora_graph.errors import ConfigError, QueryTimeoutError, WarehouseError, WarehouseUnavailableError
from vendora_graph.warehouse.guard import AccessPolicy, guard
from vendora_graph.warehouse.harden import harden
from vendora_graph.warehouse.port import Limits, forbidden
from vendora_graph.warehouse.postgres import PostgresWarehouse
from vendora_graph.warehouse.tenancy import Tenancy

SCHEMA = Path(__file__).parents[2] / "vendora_graph" / "warehouse"
POLICY = Tenancy.dealership().policy(["s1"])
ROWS = """
INSERT INTO customer VALUES (1,'individual','Ann','1','a@x','st','c','ST','1',false,'personal',1,'2024-01-01'),
                            (2,'individual','Bob','2','b@x','st','c','ST','1',false,'personal',2,'2024-01-01');
INSERT INTO open_ro_snapshot VALUES ('s1','2026-01-01',1,'SVC',3,10.50), ('s1','2026-01-02',2,'SVC',4,20.25), ('s2','2026-01-01',3,'SVC',9,99.00);
INSERT INTO service_appointment VALUES (1,'s1',1,'2026-01-01','2026-01-02','2026-01-02',true,true,false,false,false,NULL),
                                       (2,'s2',2,'2026-01-01','2026-01-02','2026-01-02',true,true,false,false,false,NULL);
"""


@pytest.fixture(scope="module")
def hardened(module_postgres_url: str) -> str:
    with psycopg.connect(module_postgres_url) as connection:
        for name in ("schema.sql", "views.sql"):
            connection.execute((SCHEMA / name).read_text())
        connection.execute(ROWS)
    harden(module_postgres_url, stores=["s1", "s2"])
    return module_postgres_url


def as_role(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)


@pytest.fixture
async def warehouse(hardened: str):
    opened = await PostgresWarehouse.open(as_role(hardened, "vendora_reader"))
    yield opened
    await opened.close()


def statement(sql: str, policy: AccessPolicy = POLICY, **values: object):
    return guard(sql, "postgres", policy.with_parameters(tuple(sorted(values)))).bind(values)


async def test_money_comes_as_decimal_and_only_of_the_tenant(warehouse: PostgresWarehouse):
    result = await warehouse.fetch(statement("SELECT snapshot_date, wip_amount FROM open_ro_snapshot ORDER BY 1"), deadline_s=5)
    assert result.columns == ("snapshot_date", "wip_amount")
    assert [row[1] for row in result.rows] == [Decimal("10.50"), Decimal("20.25")]
    assert not result.truncated


async def test_the_caller_s_parameters_keep_their_numbers(warehouse: PostgresWarehouse):
    sql = "SELECT ro_id FROM open_ro_snapshot WHERE days_open >= $1 AND department_id = $2"
    result = await warehouse.fetch(statement(sql, **{"1": 4, "2": "SVC"}), deadline_s=5)
    assert result.rows == [(2,)]


async def test_a_percent_sign_is_no_parameter(warehouse: PostgresWarehouse):
    result = await warehouse.fetch(statement("SELECT customer_name FROM customer WHERE customer_name LIKE 'A%'"), deadline_s=5)
    assert result.rows == [("Ann",)]


async def test_rows_are_cut_at_the_limit_and_the_result_says_so(warehouse: PostgresWarehouse):
    result = await warehouse.fetch(statement("SELECT ro_id FROM open_ro_snapshot"), deadline_s=5, limits=Limits(rows=1))
    assert len(result.rows) == 1
    assert result.truncated


async def test_a_slow_query_is_stopped_and_the_pool_goes_on(warehouse: PostgresWarehouse):
    slow = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c"
    with pytest.raises(QueryTimeoutError):
        await warehouse.fetch(statement(slow), deadline_s=0.3)
    result = await warehouse.fetch(statement("SELECT COUNT(*) FROM open_ro_snapshot"), deadline_s=5)
    assert result.rows == [(2,)]


async def test_a_cancelled_caller_gives_its_connection_up(warehouse: PostgresWarehouse):
    slow = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c"
    tasks = [asyncio.ensure_future(warehouse.fetch(statement(slow), deadline_s=20)) for _ in range(5)]
    await asyncio.sleep(0.2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    result = await warehouse.fetch(statement("SELECT COUNT(*) FROM open_ro_snapshot"), deadline_s=5)
    assert result.rows == [(2,)]


async def test_values_of_rows_are_not_in_error_messages(warehouse: PostgresWarehouse):
    with pytest.raises(WarehouseError) as caught:
        await warehouse.fetch(statement("SELECT CAST(customer_name AS INTEGER) FROM customer"), deadline_s=5)
    assert "Ann" not in str(caught.value)
    assert "Bob" not in str(caught.value)


async def test_a_superuser_s_account_is_not_used(hardened: str):
    with pytest.raises(WarehouseError, match="harden"):
        await PostgresWarehouse.open(hardened)


async def test_a_server_that_is_not_there(hardened: str):
    with pytest.raises(WarehouseUnavailableError):
        await PostgresWarehouse.open("postgresql://nobody@127.0.0.1:1/none")


def test_another_url_is_refused():
    with pytest.raises(ConfigError):
        PostgresWarehouse("mysql://x/y")


@pytest.mark.parametrize("sql", forbidden("postgres"))
def test_the_reading_role_is_refused_by_the_server(hardened: str, sql: str):
    with psycopg.connect(as_role(hardened, "vendora_reader")) as connection:
        connection.execute("SET TRANSACTION READ WRITE")
        with pytest.raises(psycopg.Error):
            psycopg.RawCursor(connection).execute(sql, prepare=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sql", ["DELETE FROM deal", "SELECT lo_creat(-1)", "DO $$ BEGIN END $$", "SELECT pg_notify('a', 'b')", "SELECT pg_sleep(1)"]
)
def test_the_reading_role_has_no_side_effects(hardened: str, sql: str):
    with psycopg.connect(as_role(hardened, "vendora_reader")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SET TRANSACTION READ WRITE")
        connection.execute(sql)


@pytest.mark.parametrize(
    ("role", "stores", "people"), [("vendora_reader_s1", ["s1", "s1"], ["Ann"]), ("vendora_reader_s2", ["s2"], ["Bob"])]
)
def test_a_store_s_role_sees_its_store_even_without_the_guard(hardened: str, role: str, stores: list[str], people: list[str]):
    with psycopg.connect(as_role(hardened, role)) as connection:
        assert [store for (store,) in connection.execute("SELECT dealership_id FROM open_ro_snapshot").fetchall()] == stores
        assert [name for (name,) in connection.execute("SELECT customer_name FROM customer").fetchall()] == people
        connection.execute("SELECT set_config('app.dealership_id', 's9', true)")
        assert [store for (store,) in connection.execute("SELECT dealership_id FROM open_ro_snapshot").fetchall()] == stores


def test_a_role_sees_its_time_outs(hardened: str):
    with psycopg.connect(as_role(hardened, "vendora_reader")) as connection:
        shown = {
            name: connection.execute(f"SHOW {name}").fetchone()
            for name in ("statement_timeout", "lock_timeout", "temp_file_limit", "TimeZone")
        }
    assert shown == {"statement_timeout": ("30s",), "lock_timeout": ("2s",), "temp_file_limit": ("1GB",), "TimeZone": ("UTC",)}


def test_hardening_twice_changes_nothing(hardened: str):
    first = harden(hardened, stores=["s1", "s2"])
    assert harden(hardened, stores=["s1", "s2"], apply=False) == first
    assert any("ROW LEVEL SECURITY" in line for line in first)
    assert not any(line.startswith("CREATE ROLE") for line in first)


async def test_two_tenants_interleaved_over_two_connections_with_cancellations(hardened: str):
    warehouse = PostgresWarehouse(as_role(hardened, "vendora_reader"), pool_size=2)
    tenancy = Tenancy.dealership()
    asked = {store: statement("SELECT dealership_id, ro_id FROM open_ro_snapshot", tenancy.policy([store])) for store in ("s1", "s2")}

    async def ask(number: int) -> set[str]:
        store = "s1" if number % 2 else "s2"
        result = await warehouse.fetch(asked[store], deadline_s=20)
        return {row[0] for row in result.rows} - {store}

    tasks = [asyncio.ensure_future(ask(number)) for number in range(500)]
    for number in range(0, 500, 7):
        asyncio.get_running_loop().call_later(number / 1500, tasks[number].cancel)
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    await warehouse.close()
    finished = [one for one in ended if isinstance(one, set)]
    assert len(finished) > 400
    assert not any(finished)
    assert all(isinstance(one, (set, asyncio.CancelledError)) for one in ended)
