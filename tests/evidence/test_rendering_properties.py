"""The trade's conventions hold for every value: no cents, losses in parentheses, points are no percent, halves show."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendora_graph.contracts import Unit
from vendora_graph.evidence.formats import render_value

MONEY: tuple[Unit, ...] = ("usd", "usd_per_unit", "usd_per_day")
COUNTED: tuple[Unit, ...] = ("units", "count")
amounts = st.decimals(Decimal("-9e9"), Decimal("9e9"), places=4)
fractions = st.decimals(Decimal(-3), Decimal(3), places=6)
halves = st.integers(-200_000, 200_000).map(lambda n: Decimal(n) / 2)
units = st.sampled_from([unit for unit in get_args(Unit) if unit != "date"])  # a day has no sign


def half_up(value: Decimal, places: int) -> Decimal:
    """Round the size half up by whole steps, in integers."""
    step = 10**places
    whole, rest = divmod(abs(value) * step, 1)
    size = int(whole) + (1 if rest * 2 >= 1 else 0)
    return Decimal(size) / step


def read(text: str) -> Decimal:
    """Read a rendered figure back, without its symbols; parentheses and a minus are losses."""
    size = Decimal(re.sub(r"[^\d.]", "", text))
    return -size if text.startswith(("(", "-")) else size


@given(amounts, st.sampled_from(MONEY))
def test_money_has_no_cents_and_losses_stand_in_parentheses(value: Decimal, unit: Unit) -> None:
    text = render_value(value, unit)
    assert re.fullmatch(r"\$\d{1,3}(,\d{3})*|\(\$\d{1,3}(,\d{3})*\)", text)
    assert text.startswith("(") == (value < 0 and half_up(value, 0) > 0)
    assert abs(read(text)) == half_up(value, 0)


@given(amounts)
def test_an_hourly_rate_keeps_its_cents(value: Decimal) -> None:
    text = render_value(value, "usd_per_hour")
    assert re.fullmatch(r"\(?\$[\d,]+\.\d\d\)?", text)
    assert abs(read(text)) == half_up(value, 2)


@given(fractions)
def test_a_rate_is_percent_and_a_difference_of_rates_is_points(value: Decimal) -> None:
    percent, points = render_value(value, "rate"), render_value(value, "points")
    assert re.fullmatch(r"-?\d+\.\d%", percent)
    assert re.fullmatch(r"-?\d+\.\d points", points)
    assert read(percent) == read(points)
    assert abs(read(percent)) == half_up(value * 100, 1)


@given(halves, st.sampled_from(COUNTED))
def test_half_units_show_and_whole_ones_have_no_point(value: Decimal, unit: Unit) -> None:
    text = render_value(value, unit)
    assert read(text) == value
    assert ("." in text) == (value % 1 != 0)


@given(fractions, units)
def test_no_figure_is_a_negative_zero(value: Decimal, unit: Unit) -> None:
    text = render_value(value / 10_000, unit)
    if not any(digit in "123456789" for digit in text):
        assert not text.startswith(("-", "("))


@given(amounts, units)
def test_a_sign_changes_nothing_but_the_sign(value: Decimal, unit: Unit) -> None:
    one, two = render_value(abs(value), unit), render_value(-abs(value), unit)
    assert two in (one, f"-{one}", f"({one})")


@given(amounts, units)
def test_a_signed_gain_has_a_plus_and_is_else_the_same(value: Decimal, unit: Unit) -> None:
    assert render_value(value, unit, signed=True).removeprefix("+") == render_value(value, unit)


@given(st.decimals(Decimal("-9e12"), Decimal("9e12"), places=2))
def test_short_money_is_near_the_amount(value: Decimal) -> None:
    text = render_value(value, "usd", compact=True)
    scale, step = {"k": (10**3, 10**3), "M": (10**6, 10**4), "B": (10**9, 10**8)}.get(text.strip("()")[-1], (1, 1))
    assert abs(abs(read(text)) * scale - abs(value)) * 2 <= step


@pytest.mark.parametrize("unit", get_args(Unit))
def test_what_is_missing_is_never_zero(unit: Unit) -> None:
    assert render_value(None, unit) == "no data"


@pytest.mark.parametrize(("value", "shown"), [("20261112", "November 12, 2026"), ("20261399", "20,261,399"), ("0", "0")])
def test_a_day_is_a_day_and_another_number_is_not(value: str, shown: str) -> None:
    assert render_value(Decimal(value), "date") == shown
