"""What is out of line with its own past: a robust distance from the history, and hard bounds. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Literal

SCALE = Decimal("1.4826")
"""Turns a median absolute deviation into a standard deviation of a normal history."""
LIMIT = Decimal(3)
LEAST = 6
"""Months of history below which nothing is called usual."""
FLOOR = Decimal("0.02")
"""A history that hardly moves is given this part of its middle as its spread, so that a hair is no anomaly."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a figure is from its history: `distance` in standard deviations, `why` it stands out (None: it does not)."""

    middle: Decimal | None
    low: Decimal | None
    high: Decimal | None
    distance: Decimal | None
    why: Literal["above", "below", "bound"] | None


def usual(
    history: Sequence[Decimal], *, low: Decimal | None = None, high: Decimal | None = None
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Return middle, low and high of a history once more, by ranks: the second computation of what `judge` expects."""
    if len(history) < LEAST:
        return None, low, high
    middle = _by_rank(history)
    reach = max(SCALE * _by_rank([abs(middle - item) for item in history]), FLOOR * abs(middle)) * LIMIT
    return middle, middle - reach, middle + reach


def _by_rank(values: Sequence[Decimal]) -> Decimal:
    """Return the value with as many above it as below, the mean of the two inner ones of an even number."""
    ranked = sorted(values, reverse=True)
    return (ranked[len(ranked) // 2] + ranked[(len(ranked) - 1) // 2]) / 2


def judge(value: Decimal, history: Sequence[Decimal], *, low: Decimal | None = None, high: Decimal | None = None) -> Verdict:
    """Return whether a figure stands out: three robust deviations from the median of its history, or beyond a hard bound."""
    beyond = (low is not None and value < low) or (high is not None and value > high)
    if len(history) < LEAST:
        return Verdict(None, low, high, None, "bound" if beyond else None)
    middle = median(history)
    spread = max(SCALE * median([abs(item - middle) for item in history]), abs(middle) * FLOOR)
    if spread == 0:
        return Verdict(middle, middle, middle, None, "bound" if beyond else None)
    distance = ((value - middle) / spread).quantize(Decimal("0.1"))
    why: Literal["above", "below", "bound"] | None = None
    if beyond:
        why = "bound"
    elif abs(distance) >= LIMIT:
        why = "above" if distance > 0 else "below"
    return Verdict(middle, middle - LIMIT * spread, middle + LIMIT * spread, distance, why)
