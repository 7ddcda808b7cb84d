"""Forecasts of known series, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from vendora_graph.tools.senior.forecasting import forecast, naive, refusal

SEASON = [80, 82, 108, 106, 107, 101, 101, 107, 98, 99, 96, 115]


def seasonal(years: int, growth: str = "1") -> list[Decimal]:
    return [Decimal(SEASON[m % 12]) * Decimal(growth) ** (m // 12) for m in range(12 * years)]


def test_a_clean_season_is_found() -> None:
    found = forecast(seasonal(3), 12)
    for point, expected in zip(found.points, SEASON, strict=True):
        assert abs(point.value - expected) < 4
        assert point.low <= point.value <= point.high


def test_growth_beats_seasonal_naive() -> None:
    found = forecast(seasonal(4, "1.15"), 1)
    assert found.naive_error == pytest.approx(Decimal("0.1304"), abs=Decimal("0.001"))
    assert found.model_error < found.naive_error
    assert found.origins == 12


def test_naive_is_the_same_month_last_year() -> None:
    assert naive(seasonal(2), 14) == [Decimal(v) for v in [*SEASON, *SEASON[:2]]]


def test_short_or_broken_history_is_refused() -> None:
    assert refusal([Decimal(1)] * 24) is not None  # without a month to measure the error by
    assert refusal([Decimal(1)] * 23 + [None]) is not None
    assert refusal([Decimal(0), Decimal(0), *seasonal(2)]) is not None
    assert refusal([*seasonal(2), Decimal(1)]) is None


def test_the_same_history_gives_the_same_bytes() -> None:
    assert repr(forecast(seasonal(3), 6)) == repr(forecast(seasonal(3), 6))
