"""Comparisons: what the answer's period is held against, aligned by selling days while it still runs."""

from __future__ import annotations

from datetime import date, timedelta

from vendora_graph.contracts import Comparison, Grain, Period, Plan
from vendora_graph.offline.differences import of_two_values
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.period_math import ONE_DAY, Clock, Stretch, add_units, cut, label, unit_end, unit_start
from vendora_graph.offline.period_ops import resolve
from vendora_graph.offline.period_pairs import placed, relative, whole_unit
from vendora_graph.offline.period_split import YEAR_BACK
from vendora_graph.offline.periods import PeriodSpec
from vendora_graph.offline.two_periods import two_asked

_FULL_YEARS = frozenset({"month_last_year", "quarter_last_year", "half_last_year"})
_YEAR_WEEKS = 364
_PAIR = 2


def comparison_of(
    framer: Framer, clock: Clock, period: Period | None, versus: PeriodSpec | None, previous: Plan | None, said: list[str]
) -> Comparison | None:
    """Return the comparison of the plan, with dates; a running period is aligned by selling days."""
    frame = framer.frame
    over = frame.has("furthest") or not frame.has("pace") or (period is not None and period.complete)
    if frame.versus == "target" or (frame.has("target") and over):
        if versus is not None:
            frame.notes.append(("one_comparison", {}))
        return Comparison(kind="target")
    if period is not None and versus is not None and _projects(framer, period):
        period = period.model_copy(update={"complete": True})  # where the month lands is held against the whole of another
    if period is None or versus is not None:
        return _against(framer, clock, period, versus, said) if period is not None and versus is not None else None
    return _asked_again(framer, clock, period, previous, said)


def _asked_again(framer: Framer, clock: Clock, period: Period, previous: Plan | None, said: list[str]) -> Comparison | None:
    """The comparison where no period to compare with is named."""
    frame, shown = framer.frame, two_asked(framer)
    if shown is not None:
        return _with_former(framer, clock, period, shown[1], said)
    if frame.versus == "same_period_last_year":
        return last_year(framer, clock, period, said)
    last = previous.comparison if previous is not None else None
    two = _why_of_two(framer)
    if not two and (frame.versus == "previous_period" or _asks_change(framer) or _asks_why(framer)) and not _why_of_last(framer, last):
        return _month_before(framer, period) or _previous(framer, clock, period, said)
    beside = two or frame.side_by_side or of_two_values(framer)
    if beside or previous is None or last is None:
        return Comparison(kind="values") if beside else None
    return _again(framer, clock, period, previous, said)


def _with_former(framer: Framer, clock: Clock, period: Period, former: Period, said: list[str]) -> Comparison:
    """The two periods shown last; of a whole one beside a running one as many selling days."""
    if former.complete and not period.complete and former.grain == period.grain:
        return _aligned(framer, clock, period, former.start, former.end, "explicit", said)
    return Comparison(kind="explicit", period=former, aligned="calendar")


def _month_before(framer: Framer, period: Period) -> Comparison | None:
    """`why is inventory up`: a position, where no date is named, is held against the one a month before, not against yesterday's."""
    if framer.frame.periods or framer.frame.versus or framer.inherits() or period.start != period.end or not _is_snapshot(framer):
        return None
    day = add_units(period.start, "month", -1)
    return Comparison(kind="previous_period", period=_as_period(day, day), aligned="calendar")


def _asks_why(framer: Framer) -> bool:
    return framer.frame.has("why") and not framer.frame.has("definition", "inside")


def _projects(framer: Framer, period: Period) -> bool:
    """`are we on pace to beat last November`: asked is where the running month lands."""
    return not period.complete and framer.frame.has("pace") and not framer.frame.has("why", "trend", "target", "forecast", "benchmark")


def _why_of_two(framer: Framer) -> bool:
    """`why is Honda behind Ford on front gross`: what sets the one apart from the other, not what changed in both."""
    pair = any(item.op == "in" and len(item.values) == _PAIR for item in framer.frame.filters)
    words = {*framer.raw["against_words"], framer.raw["than_word"]}
    apart = framer.frame.has("compare") or any(t.text in words for t in framer.frame.tokens)
    return pair and apart and _asks_why(framer) and not framer.frame.versus


def _why_of_last(framer: Framer, last: Comparison | None) -> bool:
    """Net profit against budget (or last year), then `why`: why it differs from that, as nothing else was named to hold it against."""
    dated = last is not None and last.kind in {"target", "same_period_last_year", "explicit"}
    return framer.frame.carried and dated and _asks_why(framer) and not framer.frame.versus


def _asks_change(framer: Framer) -> bool:
    since = any(spec.op in {"since", "after"} for _, spec in framer.frame.periods)
    if framer.frame.has("what_if"):  # `if ELR drops 5 dollars`: what would change, not what has
        return False
    return framer.frame.has("change") and not framer.frame.trend and not framer.frame.ranked and not since and not of_two_values(framer)


def _again(framer: Framer, clock: Clock, period: Period, previous: Plan, said: list[str]) -> Comparison | None:
    """What the last answer was held against, of the same measure or another; a period of its own goes with the answer's."""
    last = previous.comparison
    if last is None:
        return None
    if last.kind == "explicit" and previous.period is not None:
        back = last_year(framer, clock, previous.period, []).period  # `October vs October last year`, then `and in September`
        if period != previous.period and last.period is not None and back is not None and last.period.start == back.start:
            return last_year(framer, clock, period, said)
        return last if period == previous.period and not framer.frame.record else None
    if last.kind == "same_period_last_year":
        return last_year(framer, clock, period, said)
    if last.kind == "previous_period":
        return _previous(framer, clock, period, said)
    return last if last.kind in {"target", "benchmark"} else None


def _against(framer: Framer, clock: Clock, period: Period, versus: PeriodSpec, said: list[str]) -> Comparison | None:
    if relative(versus):
        return _placed(framer, clock, period, versus, said)
    whole = bool(versus.args.get("whole"))  # `vs all of last month`
    if versus.op == "last" and not whole and versus.word("unit") == period.grain and (period.grain == "year" or not period.complete):
        return _previous(framer, clock, period, said)
    if _is_last_year(versus, period) or _same_unit_last_year(clock, versus, period):
        return last_year(framer, clock, period, said)
    if years_back(versus, period) > 1:
        return last_year(framer, clock, period, said, years_back(versus, period))
    if versus.op in {"last", "unit_ago"} and versus.word("unit") == "month" and _is_snapshot(framer) and period.start == period.end:
        end = add_units(period.end, "month", -1)
        return Comparison(kind="explicit", period=_as_period(end, end), aligned="calendar")
    return _explicit(framer, clock, period, versus, said)


def _placed(framer: Framer, clock: Clock, period: Period, versus: PeriodSpec, said: list[str]) -> Comparison | None:
    """`the same period in Q3` of a running unit: as many selling days of it; `the same days`, `the two before that`: by the calendar."""
    unit = None if versus.args.get("exact") else whole_unit(versus, clock)
    if unit is not None and unit[2] == period.grain and not period.complete:
        return _aligned(framer, clock, period, unit[0], unit[1], "explicit", said)
    other = placed(versus, period, clock)
    if other is not None and (other.start, other.end) == (period.start, period.end):
        return _same(framer, clock, period, versus, said)  # `last Saturday vs the same day last week`: last week is where it lies
    return Comparison(kind="explicit", period=other, aligned="calendar") if other is not None else None


def _explicit(framer: Framer, clock: Clock, period: Period, versus: PeriodSpec, said: list[str]) -> Comparison | None:
    found = resolve(versus, clock)
    if found is None:
        return None
    if (found.period.start, found.period.end) == (period.start, period.end):
        return _same(framer, clock, period, versus, said)
    if found.period.start > clock.data_through and _is_snapshot(framer):  # `compared to today`: the last day held
        return Comparison(kind="explicit", period=_as_period(clock.data_through, clock.data_through), aligned="calendar")
    if found.period.complete and not period.complete and found.period.grain == period.grain and not versus.args.get("whole"):
        return _aligned(framer, clock, period, found.period.start, found.period.end, "explicit", said)
    return Comparison(kind="explicit", period=found.period, aligned="calendar")


def _same(framer: Framer, clock: Clock, period: Period, versus: PeriodSpec, said: list[str]) -> Comparison:
    """Both sides named the same days: the stretch before them, values side by side, or the same days a year back."""
    if any(item.op == "in" and len(item.values) > 1 for item in framer.frame.filters):
        return Comparison(kind="values")  # `october leases with october finance deals`: the same month on both sides
    if versus.op in {"last_n", "last_n_bare", "last"}:  # `last 30 days vs previous 30 days`, `last month vs prior month`
        return _previous(framer, clock, period, said)
    week = timedelta(days=7)
    if period.grain == "day":
        return Comparison(kind="explicit", period=_as_period(period.start - week, period.end - week), aligned="calendar")
    return last_year(framer, clock, period, said)


def _is_last_year(versus: PeriodSpec, period: Period) -> bool:
    """Whether a period is the answer's own, a year back (`vs last year` of a month is that month)."""
    if versus.op in YEAR_BACK:
        return True
    if period.grain == "year":
        return False
    back = versus.op == "last" or (versus.op == "unit_ago" and versus.number("n") == 1)
    return (back and versus.word("unit") == "year") or (versus.op == "year" and versus.number("year", 0) == period.start.year - 1)


def _same_unit_last_year(clock: Clock, versus: PeriodSpec, period: Period) -> bool:
    if versus.op not in _FULL_YEARS or period.complete or period.grain is None:
        return False
    found = resolve(versus, clock)
    return found is not None and found.period.start == add_units(period.start, "year", -1)


def _is_snapshot(framer: Framer) -> bool:
    metrics = framer.frame.metrics
    return bool(metrics) and all(framer.catalog.metrics[m].snapshot for m in metrics)


def day_before(period: Period) -> Comparison:
    """Return the comparison with the day before a period begins: where a position stood at its start."""
    day = period.start - timedelta(days=1)
    return Comparison(kind="previous_period", period=_as_period(day, day), aligned="calendar")


def previous_of(framer: Framer, clock: Clock, period: Period) -> Period | None:
    """Return the whole period before one."""
    return _previous(framer, clock, period.model_copy(update={"complete": True}), []).period


def comparison_before(framer: Framer, clock: Clock, period: Period, said: list[str]) -> Comparison:
    """Return the comparison with the period before; a running one is held against as many selling days."""
    return _previous(framer, clock, period, said)


def _previous(framer: Framer, clock: Clock, period: Period, said: list[str]) -> Comparison:
    if period.grain is not None:
        start = add_units(period.start, period.grain, -1)
        return _aligned(framer, clock, period, start, unit_end(start, period.grain), "previous_period", said)
    months = _whole_months(period)
    if months:
        start = add_units(period.start, "month", -months)
        return _plain("previous_period", start, period.start - ONE_DAY, clock)
    days = (period.end - period.start).days + 1
    return _plain("previous_period", period.start - timedelta(days=days), period.start - ONE_DAY, clock)


def last_year(framer: Framer, clock: Clock, period: Period, said: list[str], years: int = 1) -> Comparison:
    """Return the comparison with the same span a year (or more) before; a running unit is held against as many selling days."""
    kind = "same_period_last_year" if years == 1 else "explicit"
    if period.grain == "week":
        start = period.start - timedelta(days=_YEAR_WEEKS * years)
        return _aligned(framer, clock, period, start, start + timedelta(days=6), kind, said)
    start = add_units(period.start, "year", -years)
    if period.grain is not None and period.grain != "day":
        return _aligned(framer, clock, period, start, unit_end(start, period.grain), kind, said)
    end = unit_end(add_units(period.end, "year", -years), "month") if _whole_months(period) else add_units(period.end, "year", -years)
    return _plain(kind, start, end, clock)


def years_back(versus: PeriodSpec, period: Period) -> int:
    """Return how many years ago (`gross this month vs two years ago`, `vs 2024`) a shorter span is held against; 0 for another period."""
    if versus.op == "year" and period.grain != "year" and not versus.args.get("whole"):
        return max(period.start.year - versus.number("year", period.start.year), 0)
    ago = versus.op == "unit_ago" and versus.word("unit") == "year"
    return versus.number("n") if ago and period.grain != "year" else 0


def as_long(kind: str, start: date, period: Period, clock: Clock) -> Comparison:
    """Return a comparison that begins at a day and is as many whole months long as a period."""
    return _plain(kind, start, unit_end(add_units(start, "month", _whole_months(period) - 1), "month"), clock)


def _whole_months(period: Period) -> int:
    """Number of calendar months a period covers exactly, 0 when it does not."""
    if period.start != unit_start(period.start, "month") or period.end != unit_end(period.end, "month"):
        return 0
    return (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1


def _aligned(framer: Framer, clock: Clock, period: Period, start: date, full_end: date, kind: str, said: list[str]) -> Comparison:
    """The whole unit beside a complete period, as many selling days of it beside a running one."""
    if period.complete or period.start > clock.data_through:
        return _plain(kind, start, full_end, clock, period.grain)
    end = clock.calendar.align(period, start, full_end, clock.weekday_calendar)
    days = clock.calendar.count(period.start, period.end, clock.weekday_calendar)
    held, other = clock.calendar.held, _as_period(start, end)
    if clock.calendar.count(start, end, clock.weekday_calendar) != days or not days:  # no selling day of a month is over yet
        return Comparison(kind=kind, period=other, aligned="calendar")
    said.append(str(framer.raw["texts"]["assume"]["aligned" if held else "aligned_days"]).format(days=days))
    return Comparison(kind=kind, period=other, aligned="selling_days" if held else "calendar")


def _plain(kind: str, start: date, end: date, clock: Clock, grain: Grain | None = None) -> Comparison:
    whole = grain is not None and start == unit_start(start, grain) and end == unit_end(start, grain)
    stretch = Stretch(start, end, grain if whole else None)
    return Comparison(kind=kind, period=cut(stretch, clock).period, aligned="calendar")


def _as_period(start: date, end: date) -> Period:
    return Period(start=start, end=end, label=label(Stretch(start, end), end), grain="day" if start == end else None)
