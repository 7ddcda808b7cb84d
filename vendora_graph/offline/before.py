"""The period before, matched by selling days when the asked one is still running."""

from __future__ import annotations

from datetime import timedelta

from vendora_graph.contracts import Period
from vendora_graph.offline.calendar import SellingCalendar
from vendora_graph.offline.period_math import add_units, range_text, unit_end, unit_name, unit_start

ONE_DAY = timedelta(days=1)
_WEEK, _YEAR_WEEKS = 7, 364
_DAY = {True: "selling day", False: "day"}


def previous_period(period: Period, calendar: SellingCalendar, kind: str) -> Period | None:
    """Return the calendar unit before, or the same number of days before; a running unit is matched by selling days."""
    grain = period.grain if _is_unit(period) else None
    if grain is None or grain == "day":
        length = (period.end - period.start).days + 1
        end = period.start - ONE_DAY
        if grain == "day":
            end = calendar.last_open(end, kind)
            return Period(start=end, end=end, label=range_text(end, end), grain="day")
        if length < _WEEK:  # the same weekdays a week earlier: a weekend is no match for Monday to Wednesday
            end = period.end - timedelta(days=_WEEK)
        start = end - timedelta(days=length - 1)
        if period.start.day == 1 and (period.end + ONE_DAY).day == 1:
            start = add_units(period.start, "month", -_months(period))
        return Period(start=start, end=end, label=range_text(start, end))
    start = add_units(period.start, grain, -1)
    last = unit_end(start, grain)
    name = unit_name(start, grain)
    if period.complete:
        return Period(start=start, end=last, label=name, grain=grain)
    end = calendar.align(period, start, last, kind)
    label = f"{name} through the same {_DAY[calendar.held]} ({range_text(start, end)})" if end < last else name
    return Period(start=start, end=end, label=label, grain=grain, complete=end == last, full_end=None if end == last else last)


def _is_unit(period: Period) -> bool:
    """Whether a period is what its grain says: one whole unit, or all there is of a running one; not some of its days."""
    if period.grain is None:
        return False
    end = period.end if period.complete else period.full_end
    return period.start == unit_start(period.start, period.grain) and end == unit_end(period.start, period.grain)


def _months(period: Period) -> int:
    """Return how many whole months a period of whole months has."""
    return 12 * (period.end.year - period.start.year) + period.end.month - period.start.month + 1


def same_last_year(period: Period, calendar: SellingCalendar, kind: str) -> Period:
    """Return the same calendar span a year earlier; a running unit is matched with as many selling days."""
    start = add_units(period.start, "year", -1) if period.grain != "week" else period.start - timedelta(days=_YEAR_WEEKS)
    if period.grain == "week" and period.complete:
        return Period(start=start, end=period.end - timedelta(days=_YEAR_WEEKS), label=unit_name(start, "week"), grain="week")
    if period.complete or period.grain is None:
        end = add_units(period.end, "year", -1)
        if (period.end + ONE_DAY).day == 1:
            end = unit_end(end, "month")
        name = unit_name(start, period.grain) if period.grain else range_text(start, end)
        return Period(start=start, end=end, label=name or range_text(start, end), grain=period.grain)
    last = unit_end(start, period.grain)
    end = calendar.align(period, start, last, kind)
    name = unit_name(start, period.grain)
    return Period(
        start=start,
        end=end,
        label=f"{name} through the same {_DAY[calendar.held]} ({range_text(start, end)})",
        grain=period.grain,
        complete=end == last,
        full_end=None if end == last else last,
    )
