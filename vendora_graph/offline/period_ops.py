"""Period operations: each phrase of the grammar is one small function from a clock to a stretch of days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from vendora_graph.offline.period_days import (
    day_units_ago,
    dow_day,
    dow_of,
    holiday,
    weekday,
    weekday_beside,
    weekday_next,
    weekdays,
    weekend,
)
from vendora_graph.offline.period_math import ONE_DAY, Clock, Resolved, Stretch, add_units, cut, day_text, unit_end, unit_of, unit_start
from vendora_graph.offline.period_parts import (
    days_in,
    first_units,
    latest_days,
    month_through,
    nth_weekday,
    open_day_in,
    open_days,
    since_day,
    to_date_back,
    units_after,
    units_before,
    units_in,
    year_through_month,
)
from vendora_graph.offline.period_units import (
    calendar_year,
    half_last_month,
    half_last_year,
    half_month,
    half_of_year,
    half_this_month,
    month_days,
    month_first_days,
    month_last,
    month_last_year,
    month_stretch,
    month_this_year,
    months_between,
    named_month,
    named_quarter,
    quarter_last,
    quarter_last_year,
    rest_of,
)
from vendora_graph.offline.periods import PeriodSpec

_LAST_MONTH = 12
_BARE = frozenset({"month", "quarter", "half", "year"})
_CENTURY = 100
_TOP = 2000


def resolve(spec: PeriodSpec, clock: Clock) -> Resolved | None:
    """Return the dates of a period phrase, or None when it names no possible period (`30 February`, end before start)."""
    stretch = stretch_of(spec, clock)
    if stretch is None or stretch.end < stretch.start:
        return None
    resolved = cut(stretch, clock)
    if spec.op in _BARE and not spec.args.get("year") and not resolved.period.complete and stretch.grain is not None:
        earlier = replace(
            stretch, start=add_units(stretch.start, "year", -1), end=unit_end(add_units(stretch.start, "year", -1), stretch.grain)
        )
        other = cut(replace(earlier, name=""), clock).period if earlier.start >= clock.data_start else None
        return replace(resolved, notes=(*resolved.notes, "bare_running"), other=other)
    return resolved


def stretch_of(spec: PeriodSpec, clock: Clock) -> Stretch | None:
    """Return the stretch a spec names, uncut."""
    handler = _OPS.get(spec.op)
    try:
        return handler(spec, clock) if handler else None
    except (ValueError, OverflowError):  # a day that is in no month, a year that is in no calendar
        return None


def _day(spec: PeriodSpec, clock: Clock) -> Stretch:
    return unit_of(clock.as_of + timedelta(days=spec.number("n", 0)), "day")


def _day_ago(spec: PeriodSpec, clock: Clock) -> Stretch:
    return unit_of(clock.as_of - timedelta(days=spec.number("n")), "day")


def _this(spec: PeriodSpec, clock: Clock) -> Stretch:
    unit = spec.word("unit")
    return unit_of(clock.as_of, unit) if unit != "day" else unit_of(clock.data_through, "day")


def _offset(count: int) -> Callable[[PeriodSpec, Clock], Stretch]:
    def move(spec: PeriodSpec, clock: Clock) -> Stretch:
        unit = spec.word("unit")
        return unit_of(add_units(unit_start(clock.as_of, unit), unit, count), unit)

    return move


def _unit_ago(spec: PeriodSpec, clock: Clock) -> Stretch:
    unit = spec.word("unit")
    return unit_of(add_units(unit_start(clock.as_of, unit), unit, -spec.number("n")), unit)


def _to_date_last_year(spec: PeriodSpec, clock: Clock) -> Stretch:
    unit = spec.word("unit")
    start = unit_start(clock.as_of, unit)
    return Stretch(add_units(start, "year", -1), add_units(max(start, clock.data_through), "year", -1))


def _last_n(spec: PeriodSpec, clock: Clock) -> Stretch:
    n, unit = spec.number("n"), spec.word("unit")
    if unit == "day":
        end = clock.data_through
        return Stretch(end - timedelta(days=n - 1), end, name=f"last {n} day{'s' if n > 1 else ''}")
    end = unit_start(clock.as_of, unit) - ONE_DAY
    start = add_units(unit_start(end, unit), unit, 1 - n)
    if n == 1:
        return unit_of(start, unit)
    return Stretch(start, end, name=f"last {n} {unit}s")


def _last_n_through(spec: PeriodSpec, clock: Clock) -> Stretch:
    n, unit, end = spec.number("n"), spec.word("unit"), _part(spec, clock).end
    start = end - timedelta(days=n - 1) if unit == "day" else add_units(unit_start(end, unit), unit, 1 - n)
    return Stretch(start, end, name=f"{n} {unit}s through {day_text(end)}")


def _last_n_bare(spec: PeriodSpec, clock: Clock) -> Stretch:
    unit = "month" if spec.number("n") <= _LAST_MONTH + _LAST_MONTH else "day"
    return _last_n(PeriodSpec("last_n", {"n": spec.number("n"), "unit": unit}), clock)


def _next_n(spec: PeriodSpec, clock: Clock) -> Stretch:
    n, unit = spec.number("n"), spec.word("unit")
    start = clock.as_of if unit == "day" else unit_end(clock.as_of, unit) + ONE_DAY
    return Stretch(start, add_units(start, unit, n) - ONE_DAY, name=f"next {n} {unit}s")


def _date(spec: PeriodSpec, clock: Clock) -> Stretch:
    text = spec.word("date")
    if "-" in text:
        return unit_of(date(*(int(part) for part in text.split("-"))), "day")
    parts = [int(part) for part in text.split("/")]
    if len(parts) == 2 and parts[1] >= _CENTURY:  # noqa: PLR2004 (month/year)
        return month_stretch(parts[1], parts[0])
    year = parts[2] if len(parts) == 3 else None  # noqa: PLR2004 (month/day/year)
    return unit_of(_recent(parts[0], parts[1], year if year is None or year >= _CENTURY else _TOP + year, clock), "day")


def _recent(month: int, day: int, year: int | None, clock: Clock) -> date:
    if year is not None:
        return date(year, month, day)
    this_year = date(clock.as_of.year, month, day)
    return this_year if this_year <= clock.as_of + timedelta(days=60) else date(clock.as_of.year - 1, month, day)


def _month_day(spec: PeriodSpec, clock: Clock) -> Stretch:
    return unit_of(_recent(spec.number("month"), spec.number("day"), spec.number("year", 0) or None, clock), "day")


def _now(_spec: PeriodSpec, clock: Clock) -> Stretch:
    return unit_of(clock.data_through, "day")


def _part(spec: PeriodSpec, clock: Clock, index: int = 0) -> Stretch:
    stretch = stretch_of(spec.parts[index], clock)
    if stretch is None:
        raise ValueError(spec.op)
    return stretch


def _of(within: Callable[[PeriodSpec, Stretch], Stretch]) -> Callable[[PeriodSpec, Clock], Stretch]:
    return lambda spec, clock: within(spec, _part(spec, clock))


def _end_of(spec: PeriodSpec, clock: Clock) -> Stretch:
    return unit_of(min(_part(spec, clock).end, clock.data_through), "day")


def _since(spec: PeriodSpec, clock: Clock) -> Stretch:
    start = _part(spec, clock).start
    return Stretch(start, max(start, clock.data_through), name=f"since {day_text(start)}")


def _after(spec: PeriodSpec, clock: Clock) -> Stretch:
    start = _part(spec, clock).end + ONE_DAY
    return Stretch(start, max(start, clock.data_through), name=f"since {day_text(start)}")


def _through_day(spec: PeriodSpec, clock: Clock) -> Stretch:
    start = _part(spec, clock).start
    return Stretch(start, start.replace(day=spec.number("day")))


def _before(spec: PeriodSpec, clock: Clock) -> Stretch:
    return Stretch(clock.data_start, _part(spec, clock).start - ONE_DAY)


def _before_incl(spec: PeriodSpec, clock: Clock) -> Stretch:
    return Stretch(clock.data_start, _part(spec, clock).end)


def _range(spec: PeriodSpec, clock: Clock) -> Stretch:
    first, last = _part(spec, clock, 0), _part(spec, clock, 1)
    if first.start > last.end and spec.parts[0].op in _BARE and not spec.parts[0].args.get("year"):
        first = replace(first, start=add_units(first.start, "year", -1))
    return Stretch(first.start, last.end)


def _both(spec: PeriodSpec, clock: Clock) -> Stretch:
    """Two neighbouring units become one stretch shown by unit; units apart stay two periods (None here)."""
    first, last = sorted((_part(spec, clock, 0), _part(spec, clock, 1)), key=lambda s: s.start)
    if first.end + ONE_DAY != last.start or first.grain != last.grain:
        raise ValueError(spec.op)
    return Stretch(first.start, last.end, grouped=first.grain)


def _ytd_through(spec: PeriodSpec, clock: Clock) -> Stretch:
    end = _part(spec, clock).end
    return Stretch(date(end.year, 1, 1), end)


def _same_last_year(spec: PeriodSpec, clock: Clock) -> Stretch:
    unit = spec.word("unit") or "month"
    return unit_of(add_units(unit_start(clock.as_of, unit), "year", -1), unit)


def _shift_year(spec: PeriodSpec, clock: Clock) -> Stretch:
    base = cut(_part(spec, clock), clock).period
    start = add_units(base.start, "year", -1)
    whole = base.complete and base.grain is not None and base.grain != "week"
    end = unit_end(start, str(base.grain)) if whole else add_units(base.end, "year", -1)
    return Stretch(start, end, base.grain if whole else None)


def _week_of(spec: PeriodSpec, clock: Clock) -> Stretch:
    base, six = _part(spec, clock), timedelta(days=6)
    return Stretch(base.end - six, base.end) if spec.word("which") == "last" else Stretch(base.start, base.start + six)


def _days_of(spec: PeriodSpec, clock: Clock) -> Stretch:
    base, back = _part(spec, clock), timedelta(days=spec.number("n") * spec.number("times") - 1)
    return Stretch(base.end - back, base.end) if spec.word("which") == "last" else Stretch(base.start, base.start + back)


def _nth_week(spec: PeriodSpec, clock: Clock) -> Stretch:
    start = _part(spec, clock).start + timedelta(days=7 * (spec.number("k") - 1))
    return Stretch(start, start + timedelta(days=6))


def _week_with(spec: PeriodSpec, clock: Clock) -> Stretch:
    return unit_of(_part(spec, clock).start, "week")


def _week_ending(spec: PeriodSpec, clock: Clock) -> Stretch:
    end = _part(spec, clock).end
    return Stretch(end - timedelta(days=6), end, name=f"week ending {day_text(end)}")


def _all_time(_spec: PeriodSpec, clock: Clock) -> Stretch:
    return Stretch(clock.data_start, clock.data_through, name="all data held")


_OPS: Mapping[str, Callable[[PeriodSpec, Clock], Stretch]] = {
    "day": _day, "day_ago": _day_ago, "this": _this, "last": _offset(-1), "next": _offset(1), "before_last": _offset(-2),
    "unit_ago": _unit_ago, "to_date": _this, "to_date_last_year": _to_date_last_year, "last_n": _last_n, "last_n_bare": _last_n_bare,
    "last_n_through": _last_n_through,
    "next_n": _next_n, "month": named_month, "month_this_year": month_this_year, "month_last_year": month_last_year,
    "month_last": month_last, "quarter": named_quarter, "quarter_last_year": quarter_last_year, "quarter_last": quarter_last,
    "half": half_of_year, "half_last_year": half_last_year, "half_month": half_month, "half_this_month": half_this_month,
    "half_last_month": half_last_month, "year": calendar_year, "date": _date, "month_day": _month_day, "month_days": month_days,
    "month_first_days": month_first_days, "months": months_between, "weekday": weekday, "weekday_next": weekday_next, "weekdays": weekdays,
    "through_day": _through_day, "holiday": holiday, "nth_week": _nth_week, "rest": rest_of,
    "weekend": weekend, "now": _now, "as_of": _end_of, "end_of": _end_of, "since": _since, "after": _after, "before": _before,
    "before_incl": _before_incl, "range": _range, "both": _both, "ytd_through": _ytd_through, "same_last_year": _same_last_year,
    "shift_year": _shift_year, "week_of": _week_of, "days_of": _days_of, "week_with": _week_with, "week_ending": _week_ending,
    "all_time": _all_time, "latest_days": latest_days, "month_through": month_through, "since_day": since_day,
    "first_units": first_units, "year_through_month": year_through_month, "to_date_back": to_date_back, "open_days": open_days,
    "weekday_beside": _of(weekday_beside), "day_units_ago": day_units_ago, "open_day_in": lambda s, c: open_day_in(s, c, _part(s, c)),
    "days_in": _of(days_in), "dow_day": dow_day, "dow_date": lambda s, c: dow_of(s, _date(s, c)),
    "dow_month_day": lambda s, c: dow_of(s, _month_day(s, c)), "units_before": _of(units_before), "units_after": _of(units_after),
    "units_in": _of(units_in),
    "nth_weekday": _of(nth_weekday), "start_of": _of(lambda _, base: unit_of(base.start, "day")),
    "month_to": _of(lambda _, base: Stretch(unit_start(base.end, "month"), base.end)),
}  # fmt: skip
