"""Pay: totals for at least five people, one's own for everybody, names for the controller and the dealer principal; whichever tool asks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from vendora_graph import Vendora
from vendora_graph.contracts import Filter
from vendora_graph.errors import NotAllowedError
from vendora_graph.services import Scope
from vendora_graph.tools.query_metrics import admitted
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.senior.gather import Desk

OCTOBER = Span(start=date(2026, 10, 1), end=date(2026, 10, 31))
YEAR = Span(start=date(2026, 1, 1), end=date(2026, 10, 31))
AGGREGATE = ["sales_manager", "general_manager", "group_cfo"]
FULL = ["controller", "dealer_principal"]
CLOSED = ["bdc", "parts_manager", "fi_manager", "service_manager", "admin"]
DEPARTMENTS = """
SELECT department_name FROM payroll JOIN department USING (department_id)
WHERE dealership_id = 'dealer_001' AND month_start = DATE '2026-10-01' GROUP BY 1
"""


async def desk(vendora: Vendora, role: str, asker: str, person: str | None = None) -> Desk:
    """A desk of an asker of their own: what one has seen counts for that one alone."""
    opened = await vendora.aopen()
    principal = opened.identities.principal(role=role, person=person, user_id=asker)
    return Desk(opened.services, Scope(principal, opened.services.profile.as_of, opened.services.profile.data_through, 1))


def query(*filters: Filter, by: tuple[str, ...] = (), period: Span = OCTOBER, grain: str | None = None) -> MetricQuery:
    return MetricQuery.model_validate({"metrics": ("payroll",), "period": period, "group_by": by, "filters": filters, "grain": grain})


def departments(rows: duckdb.DuckDBPyConnection, having: str) -> tuple[str, ...]:
    return tuple(name for (name,) in rows.execute(f"{DEPARTMENTS} HAVING {having}").fetchall())


@pytest.mark.parametrize("role", AGGREGATE)
async def test_the_store_as_a_whole_is_shown(vendora: Vendora, rows: duckdb.DuckDBPyConnection, role: str):
    working = await desk(vendora, role, f"whole {role}")
    store = Filter(dimension="store", op="in", values=(working.services.profile.store("dealer_001").name,))
    (fact,) = [f for f in (await working.ask(query(store))).facts.values() if f.metric == "payroll"]
    total = "SELECT SUM(gross_pay) FROM payroll WHERE dealership_id = 'dealer_001' AND month_start = DATE '2026-10-01'"
    assert fact.value == rows.execute(total).fetchone()[0]


@pytest.mark.parametrize("role", AGGREGATE)
@pytest.mark.parametrize("by", ["employee", "department"])
async def test_no_names_and_no_small_departments(vendora: Vendora, role: str, by: str):
    working = await desk(vendora, role, f"small {role} {by}")
    with pytest.raises(NotAllowedError):
        await working.ask(query(by=(by,)))


@pytest.mark.parametrize("role", FULL)
async def test_names_for_those_who_pay(vendora: Vendora, rows: duckdb.DuckDBPyConnection, role: str):
    working = await desk(vendora, role, f"names {role}")
    ledger = await working.ask(query(by=("employee",)))
    paid = [f.value for f in ledger.facts.values() if f.metric == "payroll" and f.slice]
    assert sum(value for value in paid if value is not None) > Decimal(0)
    assert (
        len(paid)
        >= rows.execute(
            "SELECT COUNT(DISTINCT employee_id) FROM payroll WHERE month_start = DATE '2026-10-01' AND dealership_id = 'dealer_001'"
        ).fetchone()[0]
    )


@pytest.mark.parametrize("role", CLOSED)
async def test_nothing_for_the_others(vendora: Vendora, role: str):
    working = await desk(vendora, role, f"closed {role}")
    with pytest.raises(NotAllowedError, match=r"May see it: controller and dealer principal\."):
        await working.ask(query())


async def test_two_answers_do_not_isolate_a_small_department(vendora: Vendora, rows: duckdb.DuckDBPyConnection):
    large, small = departments(rows, "COUNT(DISTINCT employee_id) >= 5"), departments(rows, "COUNT(DISTINCT employee_id) < 3")
    others = tuple(name for name in departments(rows, "TRUE") if name != small[0])
    working = await desk(vendora, "general_manager", "difference")
    await working.ask(query())
    await working.ask(query(Filter(dimension="department", op="in", values=large[:1])))
    with pytest.raises(NotAllowedError, match="beside what was shown before"):
        await working.ask(query(Filter(dimension="department", op="in", values=others)))
    with pytest.raises(NotAllowedError, match="beside what was shown before"):  # a longer period does not help
        await working.ask(query(Filter(dimension="department", op="in", values=others), period=YEAR))


async def test_months_stand_for_themselves(vendora: Vendora):
    working = await desk(vendora, "general_manager", "months")
    ledger = await working.ask(query(period=YEAR, grain="month"))
    assert len([f for f in ledger.facts.values() if f.metric == "payroll"]) >= 10
    await working.ask(query())


async def test_an_explanation_shows_no_small_department(vendora: Vendora):
    answer = await vendora.aask("Why did payroll change in October compared with September?", role="general_manager")
    assert not [fact for fact in answer.evidence if fact.metric == "payroll" and dict(fact.slice).get("department")]


async def test_own_pay_and_nobody_else_s(vendora: Vendora, rows: duckdb.DuckDBPyConnection):
    me, mine = rows.execute(
        "SELECT employee_id, SUM(gross_pay) FROM payroll JOIN employee USING (employee_id) WHERE payroll.dealership_id = 'dealer_001' "
        "AND month_start = DATE '2026-10-01' AND role = 'tech' GROUP BY 1 ORDER BY 1 LIMIT 1"
    ).fetchone()
    working = await desk(vendora, "technician", "own", person=me)
    (fact,) = [f for f in (await working.ask(query())).facts.values() if f.metric == "payroll"]
    assert fact.value == mine
    with pytest.raises(NotAllowedError):
        await admitted(query(Filter(dimension="employee", op="in", values=("Howard Tilden",))), working.services, working.scope)


async def test_a_refusal_in_a_tool_is_a_refusal_in_the_answer(vendora: Vendora):
    answer = await vendora.aask("payroll by department last month", role="general_manager")
    assert answer.status == "not_allowed"
    assert not answer.evidence


async def test_the_answer_says_that_only_own_rows_are_shown(vendora: Vendora):
    person = next(p for p in (await vendora.aopen()).services.profile.people if p.store == "dealer_001" and p.role == "sales")
    answer = await vendora.aask("gross by salesperson last month", role="salesperson", person=person.id)
    assert f"Only your own figures are shown: {person.name}." in answer.assumptions
    assert {dict(fact.slice).get("salesperson", person.name) for fact in answer.evidence} == {person.name}


@pytest.mark.parametrize("role", ["salesperson", "sales_manager", "general_manager", "group_cfo"])
async def test_pay_of_a_named_person_is_not_allowed(vendora: Vendora, role: str):
    people = (await vendora.aopen()).services.profile.people
    me, other = [p for p in people if p.store == "dealer_001" and p.role == "sales"][:2]
    answer = await vendora.aask(
        f"How much commission did {other.name} earn last month?", role=role, person=me.id if role == "salesperson" else None
    )
    assert answer.status == "not_allowed"
    assert "controller" in answer.summary


async def test_a_total_held_to_own_rows_says_so_first(vendora: Vendora):
    person = next(p for p in (await vendora.aopen()).services.profile.people if p.store == "dealer_001" and p.role == "sales")
    answer = await vendora.aask("total payroll of the store last month", role="salesperson", person=person.id)
    assert answer.status == "answered"
    assert answer.summary.startswith("Your own figures only.")


@pytest.mark.parametrize("role", FULL)
@pytest.mark.parametrize(
    "asked", ["what did {} get paid in September 2026", "how much was {} paid in September 2026", "payroll of {} in September 2026"]
)
async def test_pay_of_a_named_person_for_those_who_pay(vendora: Vendora, rows: duckdb.DuckDBPyConnection, role: str, asked: str):
    name, paid = rows.execute(
        "SELECT full_name, SUM(gross_pay) FROM payroll JOIN employee USING (employee_id) WHERE payroll.dealership_id = 'dealer_001' "
        "AND month_start = DATE '2026-09-01' AND role = 'sales' GROUP BY 1 ORDER BY 1 LIMIT 1"
    ).fetchone()
    answer = await vendora.aask(asked.format(name), role=role)
    assert answer.status == "answered", answer.summary
    assert answer.evidence[0].value == paid
    assert {dict(fact.slice).get("employee") for fact in answer.evidence} == {name}


@pytest.mark.parametrize("asked", ["what did the techs get paid last month", "what do we get paid for trades last month"])
async def test_a_word_of_pay_that_is_not_used_is_asked_about(vendora: Vendora, asked: str):
    answer = await vendora.aask(asked, role="general_manager")
    assert answer.status == "clarify"
    assert "paid" in answer.summary
