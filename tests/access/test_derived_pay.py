"""Compensation by the ledger is pay in another dress: of five people or more, except for those who see pay in full."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from vendora_graph import Vendora
from vendora_graph.access import AccessRules
from vendora_graph.contracts import Filter
from vendora_graph.errors import NotAllowedError
from vendora_graph.services import Scope
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.senior.gather import Desk

SEPTEMBER = Span(start=date(2026, 9, 1), end=date(2026, 9, 30))
FULL = ["controller", "dealer_principal"]
LEDGER = "FROM gl_month WHERE dealership_id = 'dealer_001' AND month_start = DATE '2026-09-01' AND account_type = 'expense'"


async def desk(vendora: Vendora, role: str, asker: str) -> Desk:
    opened = await vendora.aopen()
    principal = opened.identities.principal(role=role, user_id=asker)
    return Desk(opened.services, Scope(principal, opened.services.profile.as_of, opened.services.profile.data_through, 1))


def query(metric: str, *by: str, **filters: tuple[str, ...]) -> MetricQuery:
    items = tuple(Filter(dimension=name, op="in", values=values) for name, values in filters.items())
    return MetricQuery.model_validate({"metrics": (metric,), "period": SEPTEMBER, "group_by": by, "filters": items})


def values(ledger: Any, metric: str) -> dict[str, Decimal]:
    return {dict(fact.slice).get("statement_line", ""): fact.value for fact in ledger.facts.values() if fact.metric == metric}


def store(working: Desk) -> tuple[str, ...]:
    return (working.services.profile.store("dealer_001").name,)


def team(rows: duckdb.DuckDBPyConnection, having: str) -> tuple[str, ...]:
    """Departments of the first store by how many people they pay."""
    sql = (
        "SELECT department_name FROM payroll JOIN department USING (department_id) WHERE dealership_id = 'dealer_001' "
        f"AND month_start = DATE '2026-09-01' GROUP BY 1 HAVING COUNT(DISTINCT employee_id) {having} ORDER BY 1"
    )
    return tuple(name for (name,) in rows.execute(sql).fetchall())


async def test_the_store_as_a_whole_is_shown(vendora: Vendora, rows: duckdb.DuckDBPyConnection):
    working = await desk(vendora, "general_manager", "whole")
    ledger = await working.ask(query("total_expense", "statement_line", store=store(working)))
    truth = dict(rows.execute(f"SELECT statement_line, SUM(amount) {LEDGER} GROUP BY 1").fetchall())
    assert {line: value for line, value in values(ledger, "total_expense").items() if line} == truth
    assert values(await working.ask(query("personnel_pct")), "personnel_pct")[""] > 0


@pytest.mark.parametrize("role", ["general_manager", "group_cfo"])
@pytest.mark.parametrize("metric", ["personnel_pct", "gl_compensation"])
async def test_no_small_department(vendora: Vendora, rows: duckdb.DuckDBPyConnection, role: str, metric: str):
    working = await desk(vendora, role, f"small {role} {metric}")
    with pytest.raises(NotAllowedError, match="at least 5 people"):
        await working.ask(query(metric, "department"))
    for small in team(rows, "< 5"):
        with pytest.raises(NotAllowedError, match="at least 5 people"):
            await working.ask(query(metric, department=(small,), store=store(working)))
    large = team(rows, ">= 5")[:1]
    assert values(await working.ask(query(metric, department=large, store=store(working))), metric)[""] > 0


async def test_a_manager_does_not_read_the_pay_of_a_team_of_two(vendora: Vendora):
    answer = await vendora.aask("personnel expense percent of gross in September 2026", role="fi_manager")
    assert answer.status == "not_allowed"
    assert not answer.evidence


@pytest.mark.parametrize("role", FULL)
async def test_those_who_pay_see_every_department(vendora: Vendora, rows: duckdb.DuckDBPyConnection, role: str):
    working = await desk(vendora, role, f"full {role}")
    ledger = await working.ask(query("gl_compensation", "department", store=store(working)))
    shown = sorted(fact.value for fact in ledger.facts.values() if fact.metric == "gl_compensation" and dict(fact.slice).get("department"))
    truth = rows.execute(f"SELECT SUM(amount) AS paid {LEDGER} AND is_compensation GROUP BY department_id ORDER BY paid").fetchall()
    assert shown == [paid for (paid,) in truth]


async def test_a_line_of_the_ledger_is_no_way_round(vendora: Vendora, rows: duckdb.DuckDBPyConnection):
    working = await desk(vendora, "general_manager", "lines")
    lines = tuple(line for (line,) in rows.execute(f"SELECT DISTINCT statement_line {LEDGER} AND is_compensation").fetchall())
    small = team(rows, "< 5")[:1]
    ways = [
        query("total_expense", "account"),
        query("total_expense", "department", "statement_line"),
        query("total_expense", department=small, statement_line=lines),
        query("total_expense", "statement_line", department=small),
        query("total_expense", account=("F&I compensation",)),
    ]
    for way in ways:
        with pytest.raises(NotAllowedError, match="at least 5 people"):
            await working.ask(way)


async def test_what_is_no_pay_is_shown_of_every_department(vendora: Vendora, rows: duckdb.DuckDBPyConnection):
    working = await desk(vendora, "general_manager", "advertising")
    ledger = await working.ask(query("total_expense", "department", statement_line=("advertising",), store=store(working)))
    truth = rows.execute(f"SELECT SUM(amount) AS a {LEDGER} AND statement_line = 'advertising' GROUP BY department_id").fetchall()
    shown = [fact.value for fact in ledger.facts.values() if dict(fact.slice).get("department")]
    assert {(value,) for value in shown if value} == set(truth)


async def test_two_answers_do_not_isolate_a_small_department(vendora: Vendora, rows: duckdb.DuckDBPyConnection):
    working = await desk(vendora, "general_manager", "difference")
    small, large = team(rows, "= 1"), team(rows, "> 20")[:1]
    await working.ask(query("gl_compensation", department=(*large, *small), store=store(working)))
    with pytest.raises(NotAllowedError, match="beside what was shown before"):
        await working.ask(query("gl_compensation", department=large, store=store(working)))
    with pytest.raises(NotAllowedError, match="beside what was shown before"):  # payroll and the ledger are one memory
        await working.ask(query("payroll", department=large, store=store(working)))


def test_the_least_number_of_people_is_the_matrix_s():
    rules = AccessRules.load()
    assert {role: rules.least_people(role, "pay") for role in ("controller", "dealer_principal", "general_manager", "fi_manager")} == {
        "controller": 1,
        "dealer_principal": 1,
        "general_manager": 5,
        "fi_manager": 5,
    }


@pytest.mark.parametrize(("role", "allowed"), [("controller", True), ("general_manager", False)])
def test_free_sql_reads_accounts_only_where_pay_is_open(role: str, *, allowed: bool):
    assert ("pay" in AccessRules.load().sql_classes(role)) is allowed
