"""BigQuery through the official client against a local fake: costed first, SELECT only, never billed twice, cancelled, streamed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.warehouse.bigquery_fake import BigQueryFake
from vendora_graph.errors import ConfigError, QueryTimeoutError, WarehouseError, WarehouseUnavailableError
from vendora_graph.settings import Settings
from vendora_graph.warehouse.bigquery import BigQueryWarehouse, address, job_id
from vendora_graph.warehouse.guard import AccessPolicy, guard
from vendora_graph.warehouse.guard.types import GuardedStatement, TableRule
from vendora_graph.warehouse.port import Limits

RULES = {"sale": TableRule("sale", "own", ("sale_id", "dealership_id", "sold_on", "price", "new"))}
POLICY = AccessPolicy(RULES, ("one",))


@pytest.fixture
def fake() -> Iterator[BigQueryFake]:
    with BigQueryFake() as server:
        server.db.execute(
            "CREATE TABLE sale AS SELECT i AS sale_id, CASE WHEN i % 3 = 0 THEN 'two' ELSE 'one' END AS dealership_id, "
            "DATE '2026-01-01' + CAST(i % 30 AS INTEGER) AS sold_on, CAST(i * 0.25 AS DECIMAL(12,2)) AS price, i % 2 = 0 AS new "
            "FROM range(3000) t(i)"
        )
        server.db.execute("CREATE TABLE secret AS SELECT 1 AS a")
        yield server


def opened(fake: BigQueryFake, **more: Any) -> BigQueryWarehouse:
    return BigQueryWarehouse("proj", "ds", api_endpoint=fake.url, max_bytes=more.pop("max_bytes", 10**6), **more)


def sealed(sql: str, **values: object) -> GuardedStatement:
    return guard(sql, "bigquery", POLICY.with_parameters(tuple(sorted(values)))).bind(values)


async def test_a_statement_is_costed_then_run_with_limits_labels_and_a_job_id(fake: BigQueryFake) -> None:
    warehouse = opened(fake)
    sql = "SELECT new, SUM(price) AS p, MAX(sold_on) AS d FROM sale WHERE sold_on >= @v1 GROUP BY new ORDER BY new"
    statement = sealed(sql, v1=date(2026, 1, 11))
    result = await warehouse.fetch(statement, deadline_s=10)
    await warehouse.close()
    expected = fake.db.execute(
        "SELECT new, CAST(SUM(price) AS DECIMAL(18,2)), MAX(sold_on) FROM sale "
        "WHERE dealership_id = 'one' AND sold_on >= '2026-01-11' GROUP BY new ORDER BY new"
    ).fetchall()
    assert result.columns == ("new", "p", "d")
    assert result.rows == expected
    assert all(isinstance(row[1], Decimal) for row in result.rows)
    assert result.bytes == 30_000
    [dry] = fake.dry
    [job] = fake.jobs.values()
    assert dry.config["query"]["query"] == job.config["query"]["query"]
    assert job.config["query"]["maximumBytesBilled"] == "1000000"
    assert job.config["labels"] == {"app": "vendora"}
    assert int(job.config["jobTimeoutMs"]) == 10_000
    assert job.id.startswith("vendora_")


async def test_rows_are_streamed_in_pages_and_cut_at_the_limit(fake: BigQueryFake) -> None:
    warehouse = opened(fake)
    result = await warehouse.fetch(sealed("SELECT sale_id, price FROM sale ORDER BY sale_id"), deadline_s=10, limits=Limits(rows=1500))
    await warehouse.close()
    assert (len(result.rows), result.truncated) == (1500, True)
    assert result.rows[0] == (1, Decimal("0.25"))


async def test_the_same_statement_is_not_billed_twice(fake: BigQueryFake) -> None:
    warehouse = opened(fake)
    statement = sealed("SELECT COUNT(*) AS n FROM sale")
    first, second = [await warehouse.fetch(statement, deadline_s=10) for _ in range(2)]
    await warehouse.close()
    assert first.rows == second.rows == [(2000,)]
    assert len(fake.inserts) == 1


async def test_a_retry_just_past_the_ten_minutes_finds_the_job_before(fake: BigQueryFake, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = opened(fake)
    now = [600_000.0 - 1]
    monkeypatch.setattr("vendora_graph.warehouse.bigquery.time.time", lambda: now[0])
    for at in (now[0], 600_005.0):
        now[0] = at
        assert (await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=10)).rows == [(2000,)]
    assert len(fake.inserts) == 1
    now[0] = 600_100.0
    await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=10)
    await warehouse.close()
    assert len(fake.inserts) == 2


def test_a_job_id_is_of_the_statement_its_values_and_ten_minutes() -> None:
    one, two = sealed("SELECT COUNT(*) AS n FROM sale"), sealed("SELECT COUNT(*) AS m FROM sale")
    other = guard("SELECT COUNT(*) AS n FROM sale", "bigquery", POLICY.with_tenants(("two",))).bind()
    assert len({job_id(one, 0), job_id(two, 0), job_id(other, 0), job_id(one, 600)}) == 4
    assert job_id(one, 0) == job_id(one, 599)


async def test_too_many_bytes_are_refused_before_anything_runs(fake: BigQueryFake) -> None:
    warehouse = opened(fake, max_bytes=29_999)
    with pytest.raises(WarehouseError, match="shorter period"):
        await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=10)
    await warehouse.close()
    assert not fake.jobs


async def test_a_table_the_guard_did_not_see_is_refused(fake: BigQueryFake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "_tables", lambda tree: {"sale", "secret"})  # a view may read more than it says
    warehouse = opened(fake)
    with pytest.raises(WarehouseError, match="not checked"):
        await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=10)
    await warehouse.close()
    assert not fake.jobs


async def test_what_is_no_select_for_bigquery_is_not_run(fake: BigQueryFake, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fake._insert

    def script(request: dict[str, Any]) -> tuple[int, Any]:
        code, reply = real(request)
        reply["statistics"]["query"]["statementType"] = "SCRIPT"
        return code, reply

    monkeypatch.setattr(fake, "_insert", script)
    warehouse = opened(fake)
    with pytest.raises(WarehouseError, match="SCRIPT"):
        await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=10)
    await warehouse.close()
    assert not fake.jobs


async def test_a_slow_job_is_cancelled_at_the_deadline(fake: BigQueryFake) -> None:
    fake.slow = True
    warehouse = opened(fake)
    with pytest.raises(QueryTimeoutError):
        await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=0.5)
    assert fake.cancelled == fake.inserts
    await warehouse.close()


async def test_a_job_that_was_cancelled_or_failed_is_run_anew(fake: BigQueryFake) -> None:
    """Its id is taken for ten minutes: the question asked again must not get the old failure."""
    warehouse = opened(fake)
    fake.slow = True
    with pytest.raises(QueryTimeoutError):
        await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=0.5)
    with pytest.raises(QueryTimeoutError):
        await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=0.5)
    fake.slow = False
    for _ in range(2):
        result = await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=10)
        assert result.rows == [(2000,)]
    await warehouse.close()
    assert len(fake.inserts) == len(set(fake.inserts)) == 3


async def test_rows_are_not_read_past_the_deadline(fake: BigQueryFake, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fake._results

    def slow(job: Any, path: str) -> tuple[int, Any]:
        if "startIndex" in path or "pageToken" in path:
            time.sleep(0.4)
        return real(job, path)

    monkeypatch.setattr(fake, "_results", slow)
    monkeypatch.setattr("vendora_graph.warehouse.bigquery._PAGE", 100)
    warehouse = opened(fake)
    begun = time.monotonic()
    with pytest.raises(QueryTimeoutError):
        await warehouse.fetch(sealed("SELECT sale_id FROM sale"), deadline_s=3, limits=Limits(rows=2000))
    await warehouse.close()
    assert time.monotonic() - begun < 7


async def test_a_job_is_cancelled_when_the_asker_goes_away(fake: BigQueryFake) -> None:
    fake.slow = True
    warehouse = opened(fake)
    asking = asyncio.ensure_future(warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=20))
    while not fake.inserts:  # noqa: ASYNC110 - another thread's
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await warehouse.close()
    assert fake.cancelled == fake.inserts


@pytest.mark.parametrize(
    ("code", "reason", "error"),
    [
        (400, "invalidQuery", WarehouseError),
        (401, "authError", WarehouseError),
        (403, "accessDenied", WarehouseError),
        (404, "notFound", WarehouseError),
    ],
)
async def test_refusals_are_ours(fake: BigQueryFake, code: int, reason: str, error: type[Exception]) -> None:
    fake.fault = lambda method, path: (code, reason) if path.endswith("/jobs") else None
    warehouse = opened(fake)
    with pytest.raises(error) as said:
        await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=3)
    await warehouse.close()
    assert type(said.value) is error
    assert fake.url not in str(said.value)


async def test_a_byte_limit_that_strikes_while_it_runs_is_told(fake: BigQueryFake, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = opened(fake, max_bytes=29_999)
    monkeypatch.setattr(warehouse, "_cost", lambda *_: 0)
    with pytest.raises(WarehouseError, match="more than it may"):
        await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=5)
    await warehouse.close()


async def test_nobody_there_is_unavailable() -> None:
    warehouse = BigQueryWarehouse("proj", "ds", api_endpoint="http://127.0.0.1:9", max_bytes=1)
    with pytest.raises((WarehouseUnavailableError, QueryTimeoutError)):
        await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=1)
    await warehouse.close()


async def test_it_opens_from_settings_and_probes(fake: BigQueryFake) -> None:
    settings = Settings(warehouse="bigquery://proj/ds", bigquery_base_url=fake.url)
    warehouse = await BigQueryWarehouse.open(settings.warehouse, settings)
    await warehouse.probe()
    await warehouse.close()
    assert len(fake.dry) == 1


@pytest.mark.parametrize("url", ["bigquery://", "bigquery://p", "bigquery://p/d/t"])
def test_an_unfinished_url_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="PROJECT/DATASET"):
        address(url)


async def test_tables_beneath_a_view_are_the_view_s_owner_s(fake: BigQueryFake) -> None:
    views = {"v_new": "SELECT s.* FROM proj.ds.sale AS s WHERE s.new", "v_newest": "WITH n AS (SELECT * FROM v_new) SELECT * FROM n"}
    for name, query in views.items():
        job = {"configuration": {"query": {"query": f"CREATE VIEW {name} AS {query}"}}, "jobReference": {"jobId": name}}
        fake.handle("POST", "/jobs", json.dumps(job).encode())
    rules = {"v_newest": TableRule("v_newest", "own", ("sale_id", "dealership_id"))}
    statement = guard("SELECT COUNT(*) AS n FROM v_newest", "bigquery", AccessPolicy(rules, ("one",))).bind()
    warehouse = opened(fake)
    result = await warehouse.fetch(statement, deadline_s=10)
    again = await warehouse.fetch(statement, deadline_s=10)
    await warehouse.close()
    expected = fake.db.execute("SELECT COUNT(*) FROM sale WHERE new AND dealership_id = 'one'").fetchall()
    assert result.rows == again.rows == expected
    assert [dry.statistics["query"]["referencedTables"][0]["tableId"] for dry in fake.dry] == ["sale", "sale"]


async def test_a_table_that_only_says_who_sees_a_row_counts_as_read(fake: BigQueryFake) -> None:
    fake.db.execute("CREATE TABLE person AS SELECT i AS person_id, 'name ' || i AS name FROM range(9) t(i)")
    store = "CASE WHEN i < 4 THEN 'one' ELSE 'two' END AS dealership_id"
    fake.db.execute(f"CREATE TABLE shift AS SELECT i AS person_id, {store} FROM range(9) t(i)")
    rules = {
        "person": TableRule("person", "via", ("person_id", "name"), key="person_id", facts=(("shift", "person_id"),)),
        "shift": TableRule("shift", "own", ("person_id", "dealership_id")),
    }
    decision = guard("SELECT COUNT(*) AS n FROM person", "bigquery", AccessPolicy(rules, ("one",)))
    assert decision.tables == ("person", "shift")
    warehouse = opened(fake)
    result = await warehouse.fetch(decision.bind(), deadline_s=10)
    await warehouse.close()
    assert result.rows == [(4,)]


async def test_another_table_than_was_checked_is_not_read(fake: BigQueryFake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "_tables", lambda tree: {"sale", "secret"})
    warehouse = opened(fake)
    with pytest.raises(WarehouseError, match="was not checked"):
        await warehouse.fetch(sealed("SELECT COUNT(*) AS n FROM sale"), deadline_s=10)
    await warehouse.close()
    assert not fake.jobs


async def test_a_view_that_cannot_be_read_vouches_for_nothing(fake: BigQueryFake) -> None:
    fake.db.execute("CREATE VIEW v_old AS SELECT * FROM sale")
    fake.views["v_old"] = ("SELECT FROM [proj:ds.sale", {"sale"})
    rules = {"v_old": TableRule("v_old", "own", ("sale_id", "dealership_id"))}
    statement = guard("SELECT COUNT(*) AS n FROM v_old", "bigquery", AccessPolicy(rules, ("one",)))
    warehouse = opened(fake)
    with pytest.raises(WarehouseError, match="was not checked"):
        await warehouse.fetch(statement.bind(), deadline_s=10)
    await warehouse.close()
