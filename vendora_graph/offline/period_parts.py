"""Days of a month, and units around another period: `the 3rd through the 9th`, `the week before Thanksgiving`."""

from __future__ import annotations

from datetime import date, timedelta

from vendora_graph.offline.period_math import ONE_DAY, Clock, Stretch, add_units, unit_end, unit_of, unit_start
from vendora_graph.offline.periods import PeriodSpec

_WEEK = 7
_LAST = -1


def latest_days(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return days said without their month (`the 3rd through the 9th`): of the last month in which the first of them has come."""
    first = spec.number("ord")
    return _days(_latest(first, clock), first, spec.number("ord2", first))


def month_through(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the month to a day (`as of the 8th`): the last month in which that day has come."""
    return _days(_latest(spec.number("ord"), clock), 1, spec.number("ord"))


def since_day(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the days since a day said without its month."""
    start = _latest(spec.number("ord"), clock).replace(day=spec.number("ord"))
    return Stretch(start, max(start, clock.data_through))


def days_in(spec: PeriodSpec, base: Stretch) -> Stretch:
    """Return days of a month that is said (`the 5th to the 20th of last month`).

    Raises:
        ValueError: The period said is no month.
    """
    if base.grain != "month":
        raise ValueError(spec.op)
    first = spec.number("ord")
    return _days(base.start, first, spec.number("ord2", first))


def units_before(spec: PeriodSpec, base: Stretch) -> Stretch:
    """Return the days right before a period, or the calendar units before the one it begins in."""
    unit, n = spec.word("unit"), spec.number("n", 1)
    end = unit_start(base.start, unit) - ONE_DAY
    start = add_units(unit_start(end, unit), unit, 1 - n)
    return unit_of(start, unit) if n == 1 else Stretch(start, end)


def units_after(spec: PeriodSpec, base: Stretch) -> Stretch:
    """Return the days right after a period, or the calendar units after the one it ends in."""
    unit, n = spec.word("unit"), spec.number("n", 1)
    start = unit_end(base.end, unit) + ONE_DAY
    return unit_of(start, unit) if n == 1 else Stretch(start, unit_end(add_units(start, unit, n - 1), unit))


def units_in(spec: PeriodSpec, base: Stretch) -> Stretch:
    """Return the first or last units of a period (`the first three quarters of 2025`)."""
    unit, n = spec.word("unit"), spec.number("n", 1)
    if spec.word("which") == "last":
        return Stretch(add_units(unit_start(base.end, unit), unit, 1 - n), base.end)
    return Stretch(base.start, unit_end(add_units(base.start, unit, n - 1), unit))


def first_units(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the first units of the running year."""
    return units_in(spec, unit_of(clock.as_of, "year"))


def nth_weekday(spec: PeriodSpec, base: Stretch) -> Stretch:
    """Return one weekday of a period, counted from its start (or the last one).

    Raises:
        ValueError: The period has not so many.
    """
    dow, nth = spec.number("dow", 0), spec.number("nth")
    if nth == _LAST:
        return unit_of(base.end - timedelta(days=(base.end.weekday() - dow) % _WEEK), "day")
    day = base.start + timedelta(days=(dow - base.start.weekday()) % _WEEK + _WEEK * (nth - 1))
    if day > base.end:
        raise ValueError(spec.op)
    return unit_of(day, "day")


def year_through_month(spec: PeriodSpec, _clock: Clock) -> Stretch:
    """Return a year to the end of a month (`2025 through October`)."""
    year = spec.number("year")
    return Stretch(date(year, 1, 1), unit_end(date(year, spec.number("month"), 1), "month"))


def to_date_back(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the unit before to the same day (`last year to date`)."""
    unit = spec.word("unit")
    start = unit_start(clock.as_of, unit)
    return Stretch(add_units(start, unit, -1), add_units(max(start, clock.data_through), unit, -1))


def open_days(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the stretch of the last so many selling days."""
    n, end = spec.number("n"), clock.data_through
    start = end = clock.calendar.last_open(end, clock.weekday_calendar)
    while clock.calendar.count(start, end, clock.weekday_calendar) < n and start > clock.data_start:
        start -= ONE_DAY
    return Stretch(start, end, name=f"last {n} selling days")


def open_day_in(spec: PeriodSpec, clock: Clock, base: Stretch) -> Stretch:
    """Return the last selling day of a period, or its first one."""
    kind = clock.weekday_calendar
    day = clock.calendar.last_open(base.end, kind) if spec.word("which") == "last" else clock.calendar.nth(base.start, 1, kind)
    return unit_of(day, "day")


def _latest(day: int, clock: Clock) -> date:
    month = unit_start(clock.as_of, "month")
    return month if day <= clock.as_of.day else add_units(month, "month", -1)


def _days(month: date, first: int, last: int) -> Stretch:
    start, end = month.replace(day=first), month.replace(day=last)
    return unit_of(start, "day") if start == end else Stretch(start, end)
