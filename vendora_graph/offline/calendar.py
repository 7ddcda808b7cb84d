"""Selling days: which days a department is open, counted and aligned between months."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from vendora_graph.contracts import Period

_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class SellingCalendar:
    """Days on which at least one of the asker's stores sells (`sales`) or repairs (`service`).

    A kind without days, or a day outside the days held, falls back to every day but Sunday; of a business without a calendar every day
    is open.
    """

    days: Mapping[str, tuple[date, ...]] = field(default_factory=dict)

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[date, bool, bool]]) -> SellingCalendar:
        """Build from (day, sells, services) rows, one or more a day (one for each store)."""
        sales: set[date] = set()
        service: set[date] = set()
        for day, sells, services in rows:
            if sells:
                sales.add(day)
            if services:
                service.add(day)
        return cls({"sales": tuple(sorted(sales)), "service": tuple(sorted(service))})

    @property
    def held(self) -> bool:
        """Whether the business keeps a calendar: without one nothing is said of selling days."""
        return any(self.days.values())

    def is_open(self, day: date, kind: str = "sales") -> bool:
        """Whether a day is a selling day of a kind (`sales` or `service`)."""
        if not self.held:
            return True
        days = self.days.get(kind) or ()
        if not days or not days[0] <= day <= days[-1]:
            return day.weekday() != _SUNDAY
        at = bisect_left(days, day)
        return at < len(days) and days[at] == day

    def count(self, start: date, end: date, kind: str = "sales") -> int:
        """Return the number of selling days from `start` to `end`, both included."""
        days = self.days.get(kind) or ()
        if days and days[0] <= start and end <= days[-1]:
            return max(0, bisect_right(days, end) - bisect_left(days, start))
        return sum(self.is_open(start + timedelta(days=n), kind) for n in range(max(0, (end - start).days + 1)))

    def nth(self, start: date, number: int, kind: str = "sales") -> date:
        """Return the day on which the `number`-th selling day from `start` falls (`start` itself when number is 0)."""
        day, seen = start, int(self.is_open(start, kind))
        limit = start + timedelta(days=3 * number + 31)
        while seen < number and day < limit:
            day += timedelta(days=1)
            seen += self.is_open(day, kind)
        return day

    def last_open(self, day: date, kind: str = "sales") -> date:
        """Return the latest selling day that is not after `day` (`day` itself when none of the month before is)."""
        for back in range(32):
            if self.is_open(day - timedelta(days=back), kind):
                return day - timedelta(days=back)
        return day

    def align(self, running: Period, start: date, limit: date, kind: str = "sales") -> date:
        """Return the end, in a period that begins on `start`, with as many selling days as `running` has (at most `limit`)."""
        elapsed = self.count(running.start, running.end, kind)
        if elapsed == 0:
            return min(limit, start + (running.end - running.start))
        return min(limit, self.nth(start, elapsed, kind))
