# ruff: noqa: E501
"""A scoped statement on everybody's data gives what the plain one gives on a database that holds the tenant alone."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings

from tests.guard import tiny
from tests.guard.statements import COLUMNS, statements
from vendora_graph.warehouse.guard import examine, guard
from vendora_graph.warehouse.tenancy import Tenancy

POLICY = Tenancy.dealership().policy(["s1"])
BOTH = tiny.both_stores()
ALONE = tiny.only_s1()


def rows(connection: duckdb.DuckDBPyConnection, sql: str, params: dict[str, object] | None = None) -> list[str]:
    return sorted(repr(row) for row in connection.execute(sql, params).fetchall())


def scoped(sql: str) -> list[str]:
    statement = guard(sql, "duckdb", POLICY).bind()
    return rows(BOTH, statement.sql, dict(statement.params) or None)


@settings(max_examples=160, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(sql=statements())
@example(
    sql="SELECT d.customer_id AS a, d.customer_name AS b, f.dealership_id AS c FROM customer AS d LEFT JOIN deal AS f ON f.customer_id = d.customer_id"
)
@example(sql="SELECT d.make AS a, d.make AS b, 1 AS c FROM deal AS f RIGHT JOIN vehicle AS d ON f.vehicle_id = d.vehicle_id")
def test_same_rows_as_a_database_of_the_tenant_alone(sql: str):
    got = scoped(sql)
    assert got == rows(ALONE, sql)
    assert not any(tiny.CANARY in row for row in got)


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_every_table_and_view_alone(table: str):
    sql = f"SELECT * FROM {table}"
    got = scoped(sql)
    assert got == rows(ALONE, f"{sql} {OWN_ROWS.get(table, '')}")
    assert not any(tiny.CANARY in row for row in got)
    assert len(rows(BOTH, sql)) > len(got) or table in tiny.SHARED


OWN_ROWS = {"v_stocking": "WHERE dealership_id = 's1'"}
"""A tenant's database also holds the units it traded with another store; as a fact those are the other store's."""


REFERENCES = [
    (table, column, dim)
    for table, columns in sorted(COLUMNS.items())
    for column in columns
    for dim, names in {
        "employee": tiny.PEOPLE,
        "customer": {"customer_id", "co_buyer_id"},
        "vehicle": {"vehicle_id"},
        "inventory_unit": {"inventory_unit_id", "out_unit_id", "in_unit_id"},
    }.items()
    if column in names and table != dim
]


@pytest.mark.parametrize(("table", "column", "dim"), REFERENCES)
def test_an_inner_join_to_a_dimension_keeps_the_fact_s_rows(table: str, column: str, dim: str):
    key = tiny.DIMENSIONS[dim]
    [alone] = scoped(f"SELECT COUNT({column}) FROM {table}")
    [joined] = scoped(f"SELECT COUNT(*) FROM {table} AS f JOIN {dim} AS d ON d.{key} = f.{column}")
    [hidden] = scoped(f"SELECT COUNT(*) FROM {table} AS f JOIN {dim} AS d ON d.{key} = f.{column} OR FALSE")
    assert alone == joined == hidden


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(sql=statements())
def test_what_is_written_reads_the_same_again(sql: str):
    first = examine(sql, "duckdb", POLICY)
    again = examine(first.sql, "duckdb", Tenancy.single().policy(()).with_parameters(tuple(name for name, _ in first.params)))
    assert again.sql == first.sql
    assert examine(sql, "duckdb", POLICY) == first


@pytest.mark.parametrize(("reference", "sql"), Tenancy.dealership().implied_checks())
def test_the_small_data_keep_the_promise_of_implied_references(reference: str, sql: str):
    assert rows(BOTH, sql) == ["(0,)"]
    assert examine(sql, "duckdb", Tenancy.single().policy(())).accepted


def test_two_tenants_see_both_and_the_shape_is_guarded_once():
    both = Tenancy.dealership().policy(["s2", "s1"])
    statement = guard("SELECT DISTINCT dealership_id FROM deal", "duckdb", both).bind()
    assert rows(BOTH, statement.sql, dict(statement.params)) == ["('s1',)", "('s2',)"]


def test_nobody_s_policy_reads_nothing():
    decision = guard("SELECT 1 FROM deal", "duckdb", Tenancy.dealership().policy([]))
    assert (decision.verdict, decision.rule) == ("refuse", "tenant")


def test_a_remembered_shape_never_carries_another_tenant():
    sql = "SELECT COUNT(*) FROM deal"
    tenancy = Tenancy.dealership()
    first = guard(sql, "duckdb", tenancy.policy(["s1"]))
    second = guard(sql, "duckdb", tenancy.policy(["s2"]))
    assert first.sql == second.sql
    assert (first.params, second.params) == ((("tenant_1", "s1"),), (("tenant_1", "s2"),))


def test_names_of_quoted_case_do_not_pass_for_a_with_name():
    sql = 'WITH "DEAL" AS (SELECT 1 AS a) SELECT COUNT(*) AS a FROM deal'
    postgres = guard(sql, "postgres", POLICY)
    assert postgres.tables == ("deal",)
    assert "deal.dealership_id = $1" in postgres.sql
    assert guard(sql, "duckdb", POLICY).tables == ()


def test_a_letter_that_only_looks_like_k_is_another_name():
    decision = guard("WITH loo\u212a AS (SELECT 1 AS a) SELECT a FROM look", "duckdb", POLICY)
    assert (decision.verdict, decision.rule) == ("refuse", "table")
