"""Calendar arithmetic the checks need: natural ends of periods, and periods counted back from a day."""

from __future__ import annotations

from datetime import date, timedelta

from vendora_graph.contracts import Grain, Period

_DAY = timedelta(days=1)
_WEEK = 7
_QUARTER = 3
_DECEMBER = 12


def first_day(day: date, grain: Grain) -> date:
    """Return the first day of the week (Monday), month, quarter or year that holds a day."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return date(day.year, day.month - (day.month - 1) % _QUARTER, 1)
    return date(day.year, 1, 1) if grain == "year" else day


def last_day(day: date, grain: Grain) -> date:
    """Return the last day of the week, month, quarter or year that holds a day."""
    start = first_day(day, grain)
    if grain == "day":
        return start
    if grain == "week":
        return start + timedelta(days=_WEEK - 1)
    months = {"month": 1, "quarter": _QUARTER, "year": _DECEMBER}[grain]
    later = start.month - 1 + months
    return date(start.year + later // _DECEMBER, later % _DECEMBER + 1, 1) - _DAY


def is_whole_month(period: Period) -> bool:
    """Tell whether a period is one calendar month that is over."""
    return period.complete and period.start.day == 1 and period.end == last_day(period.start, "month")


def back(as_of: date, grain: Grain, count: int) -> Period:
    """Return the period `count` before the one that holds `as_of` (0 is the running one)."""
    start = first_day(as_of, grain)
    for _ in range(count):
        start = first_day(start - _DAY, grain)
    return Period(start=start, end=last_day(start, grain), label=f"{count} {grain}s before {as_of}")
