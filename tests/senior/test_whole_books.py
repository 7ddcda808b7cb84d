"""Books kept by the month have no figure for a part of one, none for a month not written yet; nothing is compared with half a period."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from vendora_graph import Vendora
from vendora_graph.contracts import Ledger
from vendora_graph.errors import QuestionError
from vendora_graph.services import Scope, Services
from vendora_graph.settings import Settings
from vendora_graph.tools.query_metrics import TOOL as QUERY
from vendora_graph.tools.requests import Span
from vendora_graph.tools.senior.find_anomalies import TOOL as ANOMALIES
from vendora_graph.tools.senior.pace import TOOL as PACE
from vendora_graph.tools.senior.scorecard import TOOL as SCORECARD

OCTOBER = Span(start=date(2026, 10, 1), end=date(2026, 10, 31))
BEGUN = Span(start=date(2026, 10, 1), end=date(2026, 10, 12))
RUNNING = Span(start=date(2026, 11, 1), end=date(2026, 11, 12))
Run = Callable[..., Ledger]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Return what runs a tool for the dealer principal of the demo."""
    with asyncio.Runner() as runner:
        vendora = Vendora.open(Settings.load(warehouse="demo", model="offline"))
        opened = runner.run(vendora.aopen())
        services: Services = opened.services
        profile = services.profile
        scope = Scope(opened.identities.principal(role="dealer_principal"), profile.as_of, profile.data_through, 1)

        def work(tool: Any, **arguments: Any) -> Ledger:
            result = runner.run(tool.run(tool.arguments(**arguments), services, scope, Ledger(turn=1)))
            ledger: Ledger = result.ledger
            return ledger

        yield work
        runner.run(vendora.aclose())


@pytest.mark.parametrize(
    "asked",
    [
        {"metrics": ["net_profit"], "period": BEGUN},
        {"metrics": ["net_profit"], "period": RUNNING, "compare": BEGUN},
        {"metrics": ["cost_per_lead"], "period": Span(start=date(2026, 10, 15), end=date(2026, 10, 31))},
        {"metrics": ["advertising"], "period": OCTOBER, "grain": "week"},
        {"metrics": ["units_retail", "payroll"], "period": BEGUN},
        {"metrics": ["cost_per_lead"], "period": RUNNING},
        {"metrics": ["hires"], "period": BEGUN},
        {"metrics": ["adv_per_unit"], "period": Span(start=date(2026, 1, 1), end=date(2026, 11, 12)), "grain": "month"},
    ],
    ids=["begun", "compared", "from the middle", "by week", "beside another", "bill of a month", "beside a snapshot", "in a line"],
)
def test_a_part_of_a_month_is_refused(run: Run, asked: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match="kept by the month"):
        run(QUERY, **asked)


def test_whole_months_the_running_one_and_other_metrics_are_answered(run: Run) -> None:
    for asked in (
        {"metrics": ["net_profit"], "period": OCTOBER},
        {"metrics": ["net_profit"], "period": RUNNING},
        {"metrics": ["net_profit"], "period": Span(start=date(2026, 1, 1), end=date(2026, 11, 12)), "grain": "month"},
        {"metrics": ["units_retail"], "period": RUNNING, "compare": BEGUN},
        {"metrics": ["headcount"], "period": Span(start=date(2026, 10, 15), end=date(2026, 10, 15))},
        {"metrics": ["hires"], "period": OCTOBER},
    ):
        assert all(fact.value is not None for fact in run(QUERY, **asked).facts.values()), asked


def test_a_month_that_is_not_written_yet_has_no_figure(run: Run) -> None:
    """The payroll of November is run at its end: nothing is no zero. What the ledger holds of November so far is one."""
    payroll, expense = (run(QUERY, metrics=[name], period=RUNNING) for name in ("payroll", "total_expense"))
    assert [fact.value for fact in payroll.facts.values()] == [None]
    assert all(fact.value for fact in expense.facts.values())
    line = run(QUERY, metrics=["payroll"], period=Span(start=date(2026, 9, 1), end=date(2026, 11, 12)), grain="month")
    months = {fact.period.label: fact.value for fact in line.facts.values() if fact.period is not None and fact.slice}
    assert [bool(value) for _, value in sorted(months.items())] == [True, True, False]


@pytest.mark.parametrize("tool", [PACE, ANOMALIES], ids=["pace", "anomalies"])
def test_a_running_month_of_the_books_is_neither_projected_nor_judged(run: Run, tool: Any) -> None:
    with pytest.raises(QuestionError):
        run(tool, metrics=["total_expense"], period=RUNNING)
    assert run(ANOMALIES, metrics=["total_expense"], period=OCTOBER).tables


def test_nothing_is_compared_with_a_period_the_data_begins_in(run: Run) -> None:
    """The demo begins on November 1, 2023: what it holds of that year are two months."""
    year, before = (Span(start=date(y, 1, 1), end=date(y, 12, 31)) for y in (2024, 2023))
    with pytest.raises(QuestionError, match="begins on November 1, 2023"):
        run(QUERY, metrics=["units_retail"], period=year, compare=before)
    none = run(QUERY, metrics=["units_retail"], period=year, compare=Span(start=date(2022, 1, 1), end=date(2022, 12, 31)))
    assert sorted(fact.value is None for fact in none.facts.values()) == [False, True, True, True]


def test_a_scorecard_leaves_out_the_side_that_is_half_held(run: Run) -> None:
    quarter = Span(start=date(2024, 10, 1), end=date(2024, 12, 31))
    before, year = Span(start=date(2024, 7, 1), end=date(2024, 9, 30)), Span(start=date(2023, 10, 1), end=date(2023, 12, 31))
    ledger = run(SCORECARD, title="All", metrics=["units_retail"], period=quarter, previous=before, last_year=year)
    card = next(table for table in ledger.tables.values() if table.tool == "scorecard")
    assert [cell is not None for cell in card.cells[0]] == [True, True, True, False, False]


def test_a_store_that_opened_last_year_is_answered_without_what_came_before() -> None:
    """Granger Creek Pre-Owned opened on June 1, 2025: 2025 is no equal of 2026, and this year is answered all the same."""
    with Vendora.demo() as vendora:
        for question in ("units this year", "units in Q3 2025"):
            answer = vendora.ask(question, role="general_manager", dealership="dealer_004")
            assert answer.status == "answered"
            assert [fact.metric for fact in answer.evidence] == ["units_retail"]
        summary = vendora.ask("executive summary year to date", role="general_manager", dealership="dealer_004")
        assert summary.status == "answered"
        assert any("June 1, 2025" in said for said in summary.assumptions)
        asked_back = vendora.ask("units 2026 vs 2025", role="general_manager", dealership="dealer_004")
        assert asked_back.status == "clarify"
        assert "June 1, 2025" in asked_back.summary
