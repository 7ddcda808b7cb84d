"""Months ahead: seasonal decomposition with exponential smoothing, beside seasonal-naive, with a rolling backtest.

The library (augurs) works in floats; what comes back is rounded to cents or hundredths before it becomes a figure. It is deterministic.
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
PLACES = Decimal("0.01")
ORIGINS = 12


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
    if len(history) < LEAST:
        return f"It has {len(history)} whole months; at least {LEAST} are needed to know its season."
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
    return _decimals(found.point()), _decimals(found.lower()), _decimals(found.upper())


def _decimals(values: object) -> list[Decimal]:
    return [Decimal(str(value)).quantize(PLACES) for value in np.asarray(values).tolist()]


def forecast(history: Sequence[Decimal], ahead: int, *, floor: Decimal | None = Decimal(0)) -> Forecasted:
    """Return `ahead` months by the better of two methods, with the errors both made in the last year, one step at a time.

    `floor` is what no value can be below (None: there is none). Of seasonal-naive, the interval comes from its own past errors.
    """
    missed_model, missed_naive = [], []
    first = max(LEAST, len(history) - ORIGINS)
    for origin in range(first, len(history)):
        past, actual = history[:origin], history[origin]
        if actual:
            missed_model.append(abs(model(past, 1)[0][0] - actual) / abs(actual))
            missed_naive.append(abs(naive(past, 1)[0] - actual) / abs(actual))
    errors = (_error(missed_model), _error(missed_naive))
    if missed_model and errors[0] > errors[1]:
        width = sorted(missed_naive)[int(len(missed_naive) * LEVEL)] if missed_naive else Decimal(0)
        points = [Point(v, v - abs(v) * width, v + abs(v) * width) for v in naive(history, ahead)]
        method = "same month last year"
    else:
        points = [Point(*triple) for triple in zip(*model(history, ahead), strict=True)]
        method = "seasonal decomposition with exponential smoothing"
    held = tuple(Point(*(_at_least(v, floor) for v in (p.value, p.low, p.high))) for p in points)
    return Forecasted(held, method, *errors, len(missed_model))


def _error(missed: Sequence[Decimal]) -> Decimal:
    return mean(missed).quantize(Decimal("0.0001")) if missed else Decimal(0)


def _at_least(value: Decimal, floor: Decimal | None) -> Decimal:
    exact = value.quantize(PLACES)
    return exact if floor is None else max(exact, floor)
