"""Months ahead: seasonal decomposition with exponential smoothing, beside seasonal-naive, with a rolling backtest.

The library (augurs) works in floats; what comes back is rounded (large figures to cents) before it becomes one. It is deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean

import numpy as np
from augurs import MSTL

SEASON = 12
LEAST = 24
"""Months below which a season cannot be told from chance."""
LEVEL = 0.80
PLACES, FINE = Decimal("0.01"), Decimal("0.000001")
ORIGINS = 12
EXACT = Decimal("0.0001")
SMALL = 1000
"""Figures below it are told finely: a hundredth of a rate is a point."""


@dataclass(frozen=True, slots=True)
class Point:
    """One month ahead: middle and the bounds of the interval."""

    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Forecasted:
    """Months ahead by the method that was nearer in the backtest, and the mean absolute errors of both (fractions)."""

    points: tuple[Point, ...]
    method: str
    model_error: Decimal
    naive_error: Decimal
    origins: int


def refusal(history: Sequence[Decimal | None]) -> str | None:
    """Return why a history cannot be forecast: too short, broken, or empty months; None when it can."""
    if len(history) <= LEAST:  # one more than the season takes, or the error of the method could not be measured
        return f"It has {len(history)} whole months; at least {LEAST + 1} are needed to know its season and the error."
    if any(value is None for value in history):
        return "Its past has months without a figure."
    if sum(1 for value in history if value == 0) > 1:
        return "Its past has empty months."
    return None


def naive(history: Sequence[Decimal], ahead: int) -> list[Decimal]:
    """Return the same months of the year before, for `ahead` months."""
    return [history[len(history) - SEASON + (step % SEASON)] for step in range(ahead)]


def model(history: Sequence[Decimal], ahead: int) -> tuple[list[Decimal], list[Decimal], list[Decimal]]:
    """Return middle, low and high of the decomposition's months ahead."""
    fitted = MSTL.ets([SEASON])
    fitted.fit(np.array([float(value) for value in history]))
    found = fitted.predict(ahead, level=LEVEL)
    middle, low, high = (_decimals(values, history) for values in (found.point(), found.lower(), found.upper()))
    return middle, low, high


def _decimals(values: object, history: Sequence[Decimal]) -> list[Decimal]:
    return [Decimal(str(value)).quantize(_places(history)) for value in np.asarray(values).tolist()]


def _places(history: Sequence[Decimal]) -> Decimal:
    """Return how finely a forecast is told: large figures to cents, small ones finely."""
    return PLACES if max(abs(value) for value in history) >= SMALL else FINE


def forecast(history: Sequence[Decimal], ahead: int, *, floor: Decimal | None = Decimal(0)) -> Forecasted:
    """Return `ahead` months by the better of two methods, with the errors both made in the last year, one step at a time.

    `floor` is what no value can be below (None: there is none). Of seasonal-naive, the interval comes from its own past errors.
    """
    first = max(LEAST, len(history) - ORIGINS)
    origins = [origin for origin in range(first, len(history)) if history[origin]]
    actual = [history[origin] for origin in origins]
    by_model = [model(history[:origin], 1)[0][0] for origin in origins]
    by_naive = [naive(history[:origin], 1)[0] for origin in origins]
    missed = [_missed(told, actual) for told in (by_model, by_naive)]
    errors = (_error(missed[0]), _error(missed[1]))
    follows_year = bool(origins) and errors[0] > errors[1]
    wide = sorted(missed[1])[int(len(origins) * LEVEL)] if follows_year else Decimal(0)
    points = _points(history, ahead, wide if follows_year else None, floor)
    method = "same month last year" if follows_year else "seasonal decomposition with exponential smoothing"
    return Forecasted(points, method, *errors, len(origins))


def _points(history: Sequence[Decimal], ahead: int, width: Decimal | None, floor: Decimal | None) -> tuple[Point, ...]:
    """Return the months ahead: of a width, those of last year with it on both sides; without one, the model's, fitted anew."""
    if width is None:
        points = [Point(*triple) for triple in zip(*model(history, ahead), strict=True)]
    else:
        points = [Point(v, v - abs(v) * width, v + abs(v) * width) for v in naive(history, ahead)]
    places = _places(history)
    return tuple(Point(*(_at_least(v.quantize(places), floor) for v in (p.value, p.low, p.high))) for p in points)


def _missed(told: Sequence[Decimal], actual: Sequence[Decimal]) -> list[Decimal]:
    return [abs(one - other) / abs(other) for one, other in zip(told, actual, strict=True)]


def _error(missed: Sequence[Decimal]) -> Decimal:
    return mean(missed).quantize(EXACT) if missed else Decimal(0)


def _at_least(value: Decimal, floor: Decimal | None) -> Decimal:
    return value if floor is None else max(value, floor)
