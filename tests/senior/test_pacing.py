"""Pace against plain arithmetic."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from vendora_graph.tools.senior.pacing import Month, backtest, curve_share, linear, needed_per_day


def month(values: list[int], start: date = date(2026, 10, 1), closed: tuple[int, ...] = ()) -> Month:
    days = {start + timedelta(days=n): Decimal(v) for n, v in enumerate(values)}
    selling = frozenset(day for n, day in enumerate(days) if n not in closed)
    return Month(start, start + timedelta(days=len(values) - 1), days, selling)


def test_linear_is_a_rule_of_three() -> None:
    assert linear(Decimal(30), 10, 25) == Decimal(75)
    assert linear(Decimal(30), 0, 25) is None


def test_closed_days_belong_to_the_selling_day_before() -> None:
    one = month([1, 2, 4, 8, 16], closed=(2,))
    assert one.selling_days == 4
    assert one.through(2) == Decimal(7)
    assert one.total == Decimal(31)


def test_a_back_loaded_month_is_caught_by_the_curve() -> None:
    months = [month([1, 1, 1, 7]), month([2, 2, 2, 14])]
    assert curve_share(months, 2, 4) == Decimal("0.2000")
    found = backtest(months, 2, 4)
    assert found.curve == 0
    assert found.linear == Decimal("0.6000")
    assert found.better == "curve"


@given(st.lists(st.lists(st.integers(1, 50), min_size=20, max_size=31), min_size=2, max_size=12), st.integers(1, 19))
def test_shares_are_parts_of_the_whole(values: list[list[int]], done: int) -> None:
    share = curve_share([month(v) for v in values], done, 20)
    assert share is not None
    assert 0 < share <= 1


def test_needed_per_day() -> None:
    assert needed_per_day(Decimal(100), Decimal(40), 12) == Decimal(5)
    assert needed_per_day(Decimal(100), Decimal(40), 0) is None
