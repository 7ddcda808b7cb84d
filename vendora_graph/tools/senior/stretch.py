"""A stretch of selling days, and the same stretch of earlier months: what a figure of it may be judged by."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from vendora_graph.tools.requests import Span
from vendora_graph.tools.senior.history import month_of
from vendora_graph.tools.senior.pacing import Month, place


def months_in(period: Span) -> int:
    """Return how many calendar months a span touches."""
    return 12 * (period.end.year - period.start.year) + period.end.month - period.start.month + 1


@dataclass(frozen=True, slots=True)
class Edge:
    """A point of a month by selling days: `done` of `whole`."""

    done: int
    whole: int

    def within(self, month: Month) -> Decimal | None:
        """Return what a month brought up to the point as far through it; all of it at its end."""
        if not self.whole or not month.selling_days:
            return None
        if self.done >= self.whole:
            return month.total
        return month.through(place(month, self.done, self.whole)) if self.done > 0 else Decimal(0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span as so many months, from one point of the first to another of the last."""

    months: int
    before: Edge
    through: Edge

    @classmethod
    def of(cls, period: Span, open_days: AbstractSet[date]) -> Self:
        """Return the stretch a span is, by the days that sell."""
        first, last = month_of(period.start), month_of(period.end)
        whole = [sum(1 for day in open_days if m.start <= day <= m.end) for m in (first, last)]
        early = sum(1 for day in open_days if first.start <= day < period.start)
        done = sum(1 for day in open_days if last.start <= day <= period.end)
        return cls(months_in(period), Edge(early, whole[0]), Edge(done, whole[1]))

    def ending_each_month(self, past: Sequence[Month]) -> list[Decimal | None]:
        """Return what the same stretch brought ending in each month of the past that has enough months before it, oldest first."""
        return [self._over(past[end - self.months : end]) for end in range(self.months, len(past) + 1)]

    def _over(self, months: Sequence[Month]) -> Decimal | None:
        early, late = self.before.within(months[0]), self.through.within(months[-1])
        if early is None or late is None:
            return None
        return sum((month.total for month in months[:-1]), Decimal(0)) + late - early
