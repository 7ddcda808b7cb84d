"""Periods that are units of the calendar: months, quarters, halves, years, by name."""

from __future__ import annotations

from datetime import date, timedelta

from vendora_graph.offline.period_math import ONE_DAY, Clock, Stretch, add_units, unit_end, unit_of, unit_start
from vendora_graph.offline.periods import PeriodSpec


def year_of_month(month: int, clock: Clock) -> int:
    """Return the year of the most recent month of this number that has begun."""
    return clock.as_of.year - (month > clock.as_of.month)


def month_stretch(year: int, month: int) -> Stretch:
    """Return a month."""
    return unit_of(date(year, month, 1), "month")


def named_month(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the month said, of the year said or the most recent one begun."""
    month = spec.number("month")
    return month_stretch(spec.number("year", year_of_month(month, clock)), month)


def month_this_year(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the month said, of this year."""
    return month_stretch(clock.as_of.year, spec.number("month"))


def month_last_year(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the month said, of last year."""
    return month_stretch(clock.as_of.year - 1, spec.number("month"))


def month_last(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the last complete month of that name, or one `back` years before it."""
    month = spec.number("month")
    return month_stretch(clock.as_of.year - (month >= clock.as_of.month) - spec.number("back", 0), month)


def quarter_stretch(year: int, quarter: int) -> Stretch:
    """Return a quarter."""
    return unit_of(date(year, 3 * quarter - 2, 1), "quarter")


def named_quarter(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the quarter said, of the year said or the most recent one begun."""
    quarter = spec.number("q")
    return quarter_stretch(spec.number("year", year_of_month(3 * quarter - 2, clock)), quarter)


def quarter_last_year(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the quarter said, of last year."""
    return quarter_stretch(clock.as_of.year - 1, spec.number("q"))


def quarter_last(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the last complete quarter of that number."""
    quarter = spec.number("q")
    stretch = quarter_stretch(clock.as_of.year, quarter)
    return stretch if stretch.end < clock.as_of else quarter_stretch(clock.as_of.year - 1, quarter)


def half_stretch(year: int, half: int) -> Stretch:
    """Return half a year."""
    start = date(year, 6 * half - 5, 1)
    return Stretch(start, add_units(start, "month", 6) - ONE_DAY, name=f"H{half} {year}")


def half_of_year(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the half said, of the year said or the most recent one begun."""
    half = spec.number("half")
    return half_stretch(spec.number("year", year_of_month(6 * half - 5, clock)), half)


def half_last_year(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the half said, of last year."""
    return half_stretch(clock.as_of.year - 1, spec.number("half"))


def half_of(month: date, half: int) -> Stretch:
    """Return half a month."""
    middle = month.replace(day=15)
    words = "first half" if half == 1 else "second half"
    name = f"{words} of {month:%B %Y}"
    return Stretch(month, middle, name=name) if half == 1 else Stretch(middle + ONE_DAY, unit_end(month, "month"), name=name)


def half_month(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return half of the month said."""
    return half_of(named_month(spec, clock).start, spec.number("half"))


def half_this_month(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return half of the running month."""
    return half_of(unit_start(clock.as_of, "month"), spec.number("half"))


def half_last_month(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return half of last month."""
    return half_of(add_units(unit_start(clock.as_of, "month"), "month", -1), spec.number("half"))


def calendar_year(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return a calendar year."""
    return unit_of(date(spec.number("year", clock.as_of.year), 1, 1), "year")


def rest_of(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the whole months left of a running quarter or year, once the running month is over."""
    unit = spec.word("unit")
    start, end = unit_end(clock.as_of, "month") + ONE_DAY, unit_end(clock.as_of, unit)
    if start > end:
        return unit_of(clock.as_of, "month")
    return unit_of(start, "month") if unit_end(start, "month") == end else Stretch(start, end)


def month_days(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return days of one month (`October 3 to 9`)."""
    month = spec.number("month")
    year = spec.number("year", year_of_month(month, clock))
    return Stretch(date(year, month, spec.number("day")), date(year, month, spec.number("day2")))


def month_first_days(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the first days of a month."""
    start = named_month(spec, clock).start
    return Stretch(start, start + timedelta(days=spec.number("n") - 1))


def months_between(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Return the months from one to another."""
    first, last = spec.number("month"), spec.number("month2")
    end_year = spec.number("year2", spec.number("year", year_of_month(last, clock)))
    both = "year2" in spec.args
    start_year = spec.number("year") if both else end_year - (first > last)
    return Stretch(date(start_year, first, 1), unit_end(date(end_year, last, 1), "month"))
