"""What may be set against what, and which stretch of the past a figure is judged by."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from vendora_graph import Vendora
from vendora_graph.tools.requests import Span
from vendora_graph.tools.senior.gather import AT_ONCE, in_turn
from vendora_graph.tools.senior.pacing import Month
from vendora_graph.tools.senior.stretch import Stretch, months_in


def month(year: int, number: int, each: int) -> Month:
    """A month in which every day sells and brings the same."""
    start = date(year, number, 1)
    end = (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return Month(start, end, {day: Decimal(each) for day in days}, frozenset(days))


def test_a_quarter_is_judged_by_quarters() -> None:
    past = [month(2026, number, 1) for number in range(1, 7)]
    open_days = frozenset(date(2026, 7, 1) + timedelta(days=n) for n in range(92))
    quarter = Span(start=date(2026, 7, 1), end=date(2026, 9, 30))
    assert months_in(quarter) == 3
    assert Stretch.of(quarter, open_days).ending_each_month(past) == [Decimal(v) for v in (90, 89, 92, 91)]


def test_a_part_of_a_month_is_judged_by_the_same_part() -> None:
    past = [month(2026, 8, 2), month(2026, 9, 3)]
    open_days = frozenset(date(2026, 10, 1) + timedelta(days=n) for n in range(31))
    part = Span(start=date(2026, 10, 11), end=date(2026, 10, 20))
    assert Stretch.of(part, open_days).ending_each_month(past) == [Decimal(20), Decimal(27)]


def test_more_metrics_than_one_query_takes_are_asked_in_turn() -> None:
    names = [f"m{n}" for n in range(2 * AT_ONCE + 1)]
    lots = in_turn([*names, names[0]])
    assert [len(lot) for lot in lots] == [AT_ONCE, AT_ONCE, 1]
    assert [name for lot in lots for name in lot] == names


@pytest.mark.parametrize(
    ("question", "factor"),
    [
        ("if we got our closing ratio up 2 points in October what would that be worth", "0.02"),
        ("what if our closing ratio was 3% better in October", "0.03"),
        ("what would one point on the closing ratio be worth in October", "0.01"),
    ],
)
def test_points_of_a_rate_are_hundredths(vendora: Vendora, question: str, factor: str) -> None:
    answer = vendora.ask(question, dealership="dealer_001")
    values = {fact.label: fact.value for fact in answer.evidence}
    extra, ups = values["Extra units"], values["Showroom ups"]
    assert extra is not None
    assert ups is not None
    assert extra == Decimal(factor) * ups
