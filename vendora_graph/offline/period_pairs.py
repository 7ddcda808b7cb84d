"""Two periods of which the second is said in part: `Q3 vs the 2nd`, `last two weeks vs the two before that`, `the same days in October`."""

from __future__ import annotations

from datetime import date, timedelta

from vendora_graph.contracts import Period
from vendora_graph.offline.period_math import ONE_DAY, Clock, Stretch, add_units, cut, unit_start
from vendora_graph.offline.period_ops import stretch_of
from vendora_graph.offline.periods import PeriodSpec

_RELATIVE = frozenset({"before_that", "same_days_of"})


def elided(spec: PeriodSpec) -> tuple[PeriodSpec, PeriodSpec] | None:
    """The two periods of a phrase that names both (`this year vs last`), the answer's first."""
    if spec.op == "this_and_last":
        return PeriodSpec("this", spec.args), PeriodSpec("last", spec.args)
    if spec.op == "years_apart":
        return PeriodSpec("month_this_year", spec.args), PeriodSpec("month_last_year", spec.args)
    if spec.op == "years_back":
        month = spec.number("months")
        return PeriodSpec("month_last", {"month": month}), PeriodSpec("month_last", {"month": month, "back": 1})
    if spec.op == "quarters_apart":
        return PeriodSpec("quarter", spec.args), PeriodSpec("quarter", {"q": spec.number("nth")})
    if spec.op == "halves_apart":
        op = "half_last_month" if spec.args.get("back") else "half_month"
        other = {"month": spec.number("month2")} if "month2" in spec.args else {}  # `... vs first half of September`
        return PeriodSpec(op, spec.args), PeriodSpec(op, {**spec.args, "half": spec.number("half2"), **other})
    return None


def relative(spec: PeriodSpec) -> bool:
    """Whether a period can be placed only by another one (`the two before that`, `the same days in October`)."""
    return spec.op in _RELATIVE


def placed(spec: PeriodSpec, period: Period, clock: Clock) -> Period | None:
    """Return the days a relative period names beside `period`; None where it names none."""
    stretch = _before(spec, period) if spec.op == "before_that" else _same_days(spec, period, clock)
    return cut(stretch, clock).period if stretch is not None and stretch.start <= stretch.end else None


def _before(spec: PeriodSpec, period: Period) -> Stretch:
    unit, n, end = spec.word("unit"), spec.number("n", 1), period.start - ONE_DAY
    if not unit or unit == "day":
        days = n if unit == "day" else (period.end - period.start).days + 1
        return Stretch(end - timedelta(days=days - 1), end)
    return Stretch(add_units(period.start, unit, -n), end)


def _same_days(spec: PeriodSpec, period: Period, clock: Clock) -> Stretch | None:
    base = stretch_of(spec.parts[0], clock)
    if base is None or base.grain is None:
        return None
    origin = unit_start(period.start, base.grain)
    start, end = base.start + (period.start - origin), base.start + (period.end - origin)
    return Stretch(start, min(end, base.end)) if start <= base.end else None


def whole_unit(spec: PeriodSpec, clock: Clock) -> tuple[date, date, str] | None:
    """First day, last day and kind of the unit `the same period` lies in; None when it is no calendar unit."""
    base = stretch_of(spec.parts[0], clock) if spec.parts else None
    return (base.start, base.end, base.grain) if base is not None and base.grain is not None else None
