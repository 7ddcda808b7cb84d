"""Where a running month will land, by selling days: linear and by the store's own curve, with the error of the past. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import mean

ONE_DAY = timedelta(days=1)
PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Month:
    """One month's days of a metric: what each day brought, and which days sell."""

    start: date
    end: date
    daily: Mapping[date, Decimal]
    selling: frozenset[date]

    @property
    def total(self) -> Decimal:
        """Return the whole month."""
        return sum((self.daily.get(day, Decimal(0)) for day in self._days()), Decimal(0))

    @property
    def selling_days(self) -> int:
        """Return how many days of the month sell."""
        return sum(1 for day in self._days() if day in self.selling)

    def through(self, count: int) -> Decimal:
        """Return what the first `count` selling days brought, with the closed days up to the next selling day."""
        seen, total = 0, Decimal(0)
        for day in self._days():
            seen += day in self.selling
            if seen > count:
                break
            total += self.daily.get(day, Decimal(0))
        return total

    def _days(self) -> Sequence[date]:
        return [self.start + n * ONE_DAY for n in range((self.end - self.start).days + 1)]


def linear(so_far: Decimal, done: int, whole: int) -> Decimal | None:
    """Return the month at the rate of its selling days so far; None before the first."""
    return None if done <= 0 else so_far / done * whole


def place(month: Month, done: int, whole: int) -> int:
    """Return the selling day of a month that lies as far through it as day `done` of `whole`."""
    exact = Decimal(done) * month.selling_days / whole
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def curve_share(months: Sequence[Month], done: int, whole: int) -> Decimal | None:
    """Return the part of a month that was in by this point in past months, pooled; None without a past."""
    total = sum((month.total for month in months), Decimal(0))
    if not months or total <= 0:
        return None
    early = sum((month.through(place(month, done, whole)) for month in months), Decimal(0))
    share = (early / total).quantize(PLACES)
    return share if share > 0 else None


@dataclass(frozen=True, slots=True)
class Errors:
    """Mean absolute error of each method as a fraction of the month, over `months` months; None where it cannot be said."""

    linear: Decimal | None
    curve: Decimal | None
    months: int

    @property
    def better(self) -> str:
        """Return the method that was nearer in the past: linear when they cannot be told apart."""
        if self.curve is None or self.linear is None:
            return "linear"
        return "curve" if self.curve < self.linear else "linear"


def backtest(months: Sequence[Month], done: int, whole: int) -> Errors:
    """Return how far off each method was at this point of each past month; the curve leaves the month itself out."""
    straight, curved, used = [], [], 0
    for index, month in enumerate(months):
        total, days = month.total, place(month, done, whole)
        if total <= 0 or days <= 0:
            continue
        used += 1
        early = month.through(days)
        straight.append(abs(early / days * month.selling_days - total) / total)
        share = curve_share([m for n, m in enumerate(months) if n != index], done, whole)
        if share is not None:
            curved.append(abs(early / share - total) / total)
    whole_curve = mean(curved).quantize(PLACES) if len(curved) == used and used else None
    return Errors(mean(straight).quantize(PLACES) if straight else None, whole_curve, used)


def backtest_again(months: Sequence[Month], done: int, whole: int) -> Errors:
    """Return the errors of `backtest` once more: from what each month had and brought, pooled less the month itself."""
    points = [(month.through(days), month.total, days, month.selling_days) for month in months if (days := place(month, done, whole)) > 0]
    used = [point for point in points if point[1] > 0]
    straight = [abs(early * days / (at * total) - 1) for early, total, at, days in used]
    early_all = sum((month.through(place(month, done, whole)) for month in months), Decimal(0))
    total_all = sum((month.total for month in months), Decimal(0))
    curved = []
    for early, total, _, _ in used:
        rest = total_all - total
        share = ((early_all - early) / rest).quantize(PLACES) if rest > 0 else Decimal(0)
        if share > 0:
            curved.append(abs(early / (share * total) - 1))
    both = (_mean(straight), _mean(curved) if len(curved) == len(used) else None)
    return Errors(*both, len(used))


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return (sum(values, Decimal(0)) / len(values)).quantize(PLACES) if values else None


def needed_per_day(target: Decimal, so_far: Decimal, left: int) -> Decimal | None:
    """Return what each remaining selling day must bring; None when no day is left."""
    return None if left <= 0 else (target - so_far) / left
