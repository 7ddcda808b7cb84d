# ruff: noqa: E501
"""The DuckDB adapter: locked, limited, interruptible, and clear about a bad file."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from threading import Event
from time import perf_counter

import duckdb
import pytest

from vendora_graph.errors import CorruptWarehouseError, InternalError, QueryRefusedError, QueryTimeoutError, WarehouseError
from vendora_graph.warehouse.duckdb import _MOST_PARSED, FLAGS, DuckDBWarehouse, _Job, _Parsed
from vendora_graph.warehouse.guard import AccessPolicy, GuardedStatement, TableRule, guard
from vendora_graph.warehouse.port import Limits, forbidden

RULES = {"sale": TableRule("sale", "own", ("sale_id", "dealership_id", "amount", "note"))}
SLOW = "SELECT COUNT(*) FROM sale AS a, sale AS b, sale AS c, sale AS d WHERE a.amount + b.amount + c.amount + d.amount = 1"


def statement(sql: str, store: str = "s1", **values: object) -> GuardedStatement:
    policy = AccessPolicy(RULES, (store,), parameters=tuple(sorted(values)))
    return guard(sql, "duckdb", policy).bind(values)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("duck") / "w.duckdb"
    with duckdb.connect(str(place)) as connection:
        connection.execute(
            "CREATE TABLE sale AS SELECT i AS sale_id, 's' || (1 + i % 2) AS dealership_id, CAST(i / 10 AS DECIMAL(12, 2)) AS amount, "
            "repeat('x', 100) AS note FROM range(5000) AS t(i)"
        )
    return place


@pytest.fixture
async def warehouse(path: Path):
    opened = DuckDBWarehouse(path, workers=2)
    yield opened
    await opened.close()


async def test_money_is_decimal_and_the_tenant_s(warehouse: DuckDBWarehouse):
    result = await warehouse.fetch(
        statement("SELECT COUNT(*) AS n, SUM(amount) AS total FROM sale WHERE amount >= $low", low=1), deadline_s=5
    )
    assert result.columns == ("n", "total")
    assert result.rows == [(2495, sum((Decimal(i) / 10 for i in range(10, 5000, 2)), Decimal(0)))]
    assert not result.truncated


@pytest.mark.parametrize(
    ("limits", "rows"), [(Limits(rows=10), 10), (Limits(bytes=1000), 11), (Limits(cell=20), 2500)], ids=["rows", "bytes", "cell"]
)
async def test_what_is_cut_is_said(warehouse: DuckDBWarehouse, limits: Limits, rows: int):
    result = await warehouse.fetch(statement("SELECT note FROM sale"), deadline_s=5, limits=limits)
    assert (len(result.rows), result.truncated) == (rows, True)
    assert all(len(note) <= limits.cell for (note,) in result.rows)


async def test_too_many_columns_are_an_error(warehouse: DuckDBWarehouse):
    with pytest.raises(WarehouseError, match="columns"):
        await warehouse.fetch(statement("SELECT sale_id, amount, note FROM sale"), deadline_s=5, limits=Limits(columns=2))


async def test_a_slow_query_stops_at_its_deadline(warehouse: DuckDBWarehouse):
    started = perf_counter()
    with pytest.raises(QueryTimeoutError):
        await warehouse.fetch(statement(SLOW), deadline_s=0.2)
    assert perf_counter() - started < 2


async def test_one_that_waits_for_a_worker_stops_at_its_deadline_too(warehouse: DuckDBWarehouse):
    waits = [asyncio.ensure_future(warehouse.fetch(statement(SLOW), deadline_s=0.3)) for _ in range(6)]
    ended = await asyncio.gather(*waits, return_exceptions=True)
    assert all(isinstance(one, QueryTimeoutError) for one in ended)
    assert (await warehouse.fetch(statement("SELECT COUNT(*) FROM sale"), deadline_s=5)).rows == [(2500,)]


async def test_a_cancelled_caller_stops_the_engine(warehouse: DuckDBWarehouse):
    tasks = [asyncio.ensure_future(warehouse.fetch(statement(SLOW), deadline_s=60)) for _ in range(2)]
    await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    result = await warehouse.fetch(statement("SELECT COUNT(*) FROM sale"), deadline_s=2)
    assert result.rows == [(2500,)]


async def test_values_of_rows_are_not_in_error_messages(warehouse: DuckDBWarehouse):
    with pytest.raises(WarehouseError) as caught:
        await warehouse.fetch(statement("SELECT CAST(note AS INTEGER) FROM sale"), deadline_s=5)
    assert "xxx" not in str(caught.value)


async def test_only_a_sealed_statement_of_this_dialect_runs(warehouse: DuckDBWarehouse):
    with pytest.raises(WarehouseError, match="guard"):
        await warehouse.fetch("SELECT 1", deadline_s=5)  # type: ignore[arg-type]
    with pytest.raises(WarehouseError, match="guard"):
        await warehouse.fetch(guard("SELECT 1", "postgres", AccessPolicy(RULES, ("s1",))).bind(), deadline_s=5)
    with pytest.raises(InternalError):
        GuardedStatement("SELECT 1", "duckdb", {}, ())
    with pytest.raises(QueryRefusedError, match="pg_sleep"):
        statement("SELECT pg_sleep(1)")
    with pytest.raises(InternalError, match="tenant"):
        guard("SELECT COUNT(*) FROM sale", "duckdb", AccessPolicy(RULES, ("s1",))).bind({"tenant_1": "s2"})


async def test_the_engine_itself_refuses_what_is_forbidden(warehouse: DuckDBWarehouse):
    await warehouse.probe()
    for sql in forbidden("duckdb"):
        with pytest.raises(duckdb.Error):
            warehouse._connection.cursor().execute(sql).fetchall()


async def test_it_does_not_start_when_a_forbidden_statement_works(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("vendora_graph.warehouse.duckdb.forbidden", lambda engine: ("SELECT 1",))
    opened = DuckDBWarehouse(path)
    with pytest.raises(WarehouseError, match="did not refuse"):
        await opened.probe()


def test_every_flag_is_locked(path: Path):
    opened = DuckDBWarehouse(path)
    for name in FLAGS:
        with pytest.raises(duckdb.Error):
            opened._connection.execute(f"SET {name} = true")
    asyncio.run(opened.close())


def test_a_missing_file(tmp_path: Path):
    with pytest.raises(CorruptWarehouseError, match="There is no warehouse"):
        DuckDBWarehouse(tmp_path / "none.duckdb")


@pytest.mark.parametrize("content", [b"", b"not a database", b"x" * 100_000])
def test_a_damaged_file(tmp_path: Path, content: bytes):
    place = tmp_path / "bad.duckdb"
    place.write_bytes(content)
    with pytest.raises(CorruptWarehouseError, match="vendora warehouse build"):
        DuckDBWarehouse(place)


def test_a_file_somebody_writes(tmp_path: Path):
    place = tmp_path / "busy.duckdb"
    code = f"import duckdb,sys; c=duckdb.connect({str(place)!r}); c.execute('CREATE TABLE a(b int)'); print('ready',flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdin is not None
        assert writer.stdout.readline() == b"ready\n"
        with pytest.raises(CorruptWarehouseError, match="another process"):
            DuckDBWarehouse(place)
        writer.stdin.close()


async def test_two_tenants_interleaved_over_two_workers_with_cancellations(warehouse: DuckDBWarehouse):
    asked = {store: statement("SELECT DISTINCT dealership_id FROM sale", store) for store in ("s1", "s2")}

    async def ask(number: int) -> set[str]:
        store = "s1" if number % 2 else "s2"
        result = await warehouse.fetch(asked[store], deadline_s=30)
        return {row[0] for row in result.rows} - {store}

    tasks = [asyncio.ensure_future(ask(number)) for number in range(500)]
    for number in range(0, 500, 7):
        asyncio.get_running_loop().call_later(number / 3000, tasks[number].cancel)
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    finished = [one for one in ended if isinstance(one, set)]
    assert len(finished) > 400
    assert not any(finished)
    assert [one for one in ended if not isinstance(one, (set, asyncio.CancelledError))] == []


def test_stopping_what_has_just_ended_is_harmless():
    cursor = duckdb.connect().cursor()
    job = _Job(cursor, Event())
    cursor.close()
    job.stop()
    assert job.stopped.is_set()


def test_a_text_is_parsed_once_and_holds_one_statement():
    parsed, cursor = _Parsed(), duckdb.connect()
    first = parsed.statement("SELECT $a + 1", cursor)
    assert parsed.statement("SELECT $a + 1", cursor) is first
    assert [cursor.execute(first, {"a": value}).fetchall() for value in (1, 2)] == [[(2,)], [(3,)]]
    for text in ("SELECT 1; SELECT 2", "", "-- nothing"):
        with pytest.raises(WarehouseError, match="it is not run"):
            parsed.statement(text, cursor)
    for number in range(_MOST_PARSED):
        parsed.statement(f"SELECT {number}", cursor)
    assert parsed.statement("SELECT $a + 1", cursor) is not first


async def test_one_parsed_statement_serves_many_at_once(warehouse: DuckDBWarehouse):
    tops = range(200)
    sealed = [statement("SELECT COUNT(*) FROM sale WHERE amount < $top", top=top) for top in tops]
    results = await asyncio.gather(*(warehouse.fetch(one, deadline_s=30) for one in sealed))
    amounts = [Decimal(i) / 10 for i in range(0, 5000, 2)]
    assert [result.rows[0][0] for result in results] == [sum(amount < top for amount in amounts) for top in tops]
