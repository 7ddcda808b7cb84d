"""Dates of windowed and offset inputs: which days a component of a computed metric reads."""

from __future__ import annotations

from datetime import date, timedelta

from vendora_graph.contracts import Grain
from vendora_graph.semantic.catalog import MetricInput

_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}


def input_period(item: MetricInput, start: date | None, end: date) -> tuple[date | None, date]:
    """Return the first and last day an input reads when the asked period is `start` to `end`.

    `window_days` and `window_months` end with `end` (one month to 12 November starts 13 October,
    one to 28 February on the 1st), `to_date` starts the grain that holds
    `end`, `all_time` has no start. An offset moves both days back by whole grains (the last day of a month stays one).
    """
    if item.window_days is not None:
        start = end - timedelta(days=item.window_days - 1)
    elif item.window_months is not None:
        start = _shift_end(end, -item.window_months, "month") + timedelta(days=1)
    elif item.to_date is not None:
        start = grain_start(end, item.to_date)
    elif item.all_time:
        start = None
    if item.shift_to is not None:
        day = grain_start(end, item.shift_to)
        return day, day
    if item.shift_count and item.shift_grain:
        start = None if start is None else _shift(start, -item.shift_count, item.shift_grain)
        end = _shift_end(end, -item.shift_count, item.shift_grain)
    return start, end


def grain_start(day: date, grain: Grain) -> date:
    """Return the first day of the week (Monday), month, quarter or year that holds a day."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return date(day.year, 1, 1) if grain == "year" else day


def add_months(day: date, months: int) -> date:
    """Move a day by months, to the last day of the month where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _days_in(year, month + 1)))


def _days_in(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _shift(day: date, count: int, grain: Grain) -> date:
    if grain in _MONTHS:
        return add_months(day, count * _MONTHS[grain])
    return day + timedelta(days=count * (7 if grain == "week" else 1))


def _shift_end(day: date, count: int, grain: Grain) -> date:
    moved = _shift(day, count, grain)
    if grain in _MONTHS and day.day == _days_in(day.year, day.month):
        return moved.replace(day=_days_in(moved.year, moved.month))
    return moved
