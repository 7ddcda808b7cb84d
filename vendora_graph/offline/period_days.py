"""Periods of single days: weekdays, weekends, stretches of a week, public holidays."""

from __future__ import annotations

from datetime import date, timedelta

from vendora_graph.offline.period_math import ONE_DAY, Clock, Stretch, add_units, unit_of, unit_start
from vendora_graph.offline.periods import PeriodSpec

WEEK = timedelta(days=7)
_THURSDAY, _FRIDAY, _SATURDAY = 3, 4, 5


def weekday(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the last such weekday before today."""
    back = (clock.as_of.weekday() - spec.number("dow", 0)) % 7 or 7
    return unit_of(clock.as_of - timedelta(days=back), "day")


def weekday_next(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the next such weekday after today."""
    ahead = (spec.number("dow", 0) - clock.as_of.weekday()) % 7 or 7
    return unit_of(clock.as_of + timedelta(days=ahead), "day")


def weekdays(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return a stretch of one week (`monday through wednesday`), or one of its days: of this week unless that lies past the data."""
    monday = unit_start(clock.as_of, "week") - WEEK * spec.number("back", 0)
    start = monday + timedelta(days=spec.number("dow", 0))
    end = monday + timedelta(days=spec.number("dow2", spec.number("dow", 0)))
    if start > (clock.as_of if spec.args.get("ahead") else clock.data_through):
        start, end = start - WEEK, end - WEEK
    return Stretch(start, end) if start < end else unit_of(start, "day")


def dow_day(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the day of that number and weekday (`Saturday the 14th`) nearest to today.

    Raises:
        ValueError: No month around has one.
    """
    number, dow = spec.number("ord"), spec.number("dow", 0)
    months = [add_units(unit_start(clock.as_of, "month"), "month", back) for back in (0, 1, -1, -2)]
    days = [month + timedelta(days=number - 1) for month in months]
    fitting = [day for month, day in zip(months, days, strict=True) if day.month == month.month and day.weekday() == dow]
    if not fitting:
        raise ValueError(spec.op)
    return unit_of(min(fitting, key=lambda day: abs((day - clock.as_of).days)), "day")


def dow_of(spec: PeriodSpec, base: Stretch) -> Stretch:
    """Return a day said with its weekday (`Monday 11/16`).

    Raises:
        ValueError: It is no single day, or falls on another weekday.
    """
    if base.start != base.end or base.start.weekday() != spec.number("dow", 0):
        raise ValueError(spec.op)
    return unit_of(base.start, "day")


def weekday_beside(spec: PeriodSpec, base: Stretch) -> Stretch:
    """Return the first such weekday after a period, or the last one before it (`the Monday after Thanksgiving`)."""
    dow = spec.number("dow", 0)
    if spec.args.get("before"):
        return unit_of(base.start - timedelta(days=(base.start.weekday() - dow) % 7 or 7), "day")
    return unit_of(base.end + timedelta(days=(dow - base.end.weekday()) % 7 or 7), "day")


def day_units_ago(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the one day so many units before today (`a month ago today`)."""
    return unit_of(add_units(clock.as_of, spec.word("unit"), -spec.number("n")), "day")


def weekend(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the last Saturday and Sunday before today, or those before them."""
    back = spec.number("back", 0)
    sunday = clock.as_of - timedelta(days=clock.as_of.weekday() + 1) - WEEK * back
    return Stretch(sunday - ONE_DAY, sunday, name="" if back else "last weekend")


def holiday(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return a public holiday of the United States (`Labor Day`), or the long weekend it makes; the most recent one by default.

    Raises:
        ValueError: No such holiday.
    """
    name, year = spec.word("holiday"), spec.number("year", clock.as_of.year - spec.number("back", 0))
    day = _holiday(name, year)
    if day > clock.as_of and not spec.args.get("year") and not spec.args.get("back"):
        day = _holiday(name, year - 1)
    return _long_weekend(day) if spec.args.get("weekend") else unit_of(day, "day")


def _holiday(name: str, year: int) -> date:
    import holidays  # loaded when a holiday is named: 0.8 s

    name, _, shift = name.partition("+")
    days = holidays.country_holidays("US", years=year, observed=False, categories=("public", "unofficial"))
    found = next((day for day, known in sorted(days.items()) if known.startswith(name)), None)
    if found is None:
        raise ValueError(name)
    return found + timedelta(days=int(shift or 0))


def _long_weekend(day: date) -> Stretch:
    """The weekend a holiday touches, with the days between."""
    number = day.weekday()
    if number in {_THURSDAY, _FRIDAY, _SATURDAY}:
        return Stretch(day, day + timedelta(days=6 - number))
    return Stretch(day - timedelta(days=(number + 2) % 7), day)
