"""Comparisons: which period is the answer's and which it is held against, aligned by selling days while the answer's still runs."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from vendora_graph.contracts import Comparison, Grain, Period, Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.outcome import clock_of
from vendora_graph.offline.period_marks import changed_from, held_against, through_day
from vendora_graph.offline.period_math import ONE_DAY, Clock, Stretch, add_units, cut, label, unit_end, unit_start
from vendora_graph.offline.period_ops import resolve
from vendora_graph.offline.periods import PeriodSpec

_YEAR_BACK = frozenset({"same_last_year", "shift_year", "to_date_last_year"})
_SMALL_GAP = 3
_PAIR = 2
_FORWARD = ("recommend", "scorecard")
_FULL_YEARS = frozenset({"month_last_year", "quarter_last_year", "half_last_year"})
_YEAR_WEEKS = 364


def split_periods(framer: Framer) -> tuple[PeriodSpec | None, PeriodSpec | None]:
    """Return (the answer's period, the period it is compared with), each None when not said."""
    periods = framer.frame.periods
    specs = _taken_apart([(at, through_day(framer, at, spec, [o for _, o in periods if o is not spec])) for at, spec in periods])
    if len(specs) == 1:
        return _one(framer, *specs[0])
    if len(specs) > _PAIR:
        return _row(framer, [spec for _, spec in specs]), None
    if specs:
        joined = _through(framer, specs)
        return (joined, None) if joined is not None else _pair(framer, specs)
    return None, None


def _taken_apart(specs: list[tuple[int, PeriodSpec]]) -> list[tuple[int, PeriodSpec]]:
    """`August, September and October`: the pair at the end of a row is two of its periods."""
    if len(specs) == 1:
        return specs
    return [(at, part) for at, spec in specs for part in (spec.parts if spec.op == "both" else (spec,))]


def _one(framer: Framer, at: int, spec: PeriodSpec) -> tuple[PeriodSpec | None, PeriodSpec | None]:
    verb = _verb_first(framer)
    if spec.op == "this_and_last":  # `this year vs last`
        return PeriodSpec("this", spec.args), PeriodSpec("last", spec.args)
    if spec.op in {"range", "months", "both"} and verb:
        return _two(spec)
    grouped = framer.frame.groups and framer.frame.grain is None and not framer.frame.trend  # by store: side by side, not added up
    if spec.op == "both" and (grouped or resolve(spec, clock_of(framer)) is None):
        return _apart(framer, spec)
    if spec.op in {"range", "months", "both"} and _from_one_to_other(framer, at, spec):
        before, after = _two(spec)
        return after, before
    asks_back = framer.inherits() and not framer.frame.metric_spans
    against = held_against(framer, at)
    if against and spec.op == "last" and not framer.frame.has("target"):  # `are we ahead of last year`: this one, so far
        return PeriodSpec("this", spec.args), spec
    compared = (_follows_compare(framer, at) and (not verb or asks_back)) or changed_from(framer, at) or against
    target = framer.frame.has("target")  # `budget vs actual q3`: what is compared is the target
    return (None, spec) if compared and not target else (spec, None)


def _apart(framer: Framer, spec: PeriodSpec) -> tuple[PeriodSpec | None, PeriodSpec | None]:
    """`in July and September`: two periods with a gap between are shown one against the other, the later one first."""
    found = [(resolve(part, clock_of(framer)), part) for part in spec.parts[:_PAIR]]
    if len(found) != _PAIR or any(resolved is None for resolved, _ in found):
        return spec, None
    ordered = sorted(found, key=lambda item: item[0].period.start if item[0] is not None else date.min)
    return ordered[1][1], ordered[0][1]


def _pair(framer: Framer, specs: list[tuple[int, PeriodSpec]]) -> tuple[PeriodSpec | None, PeriodSpec | None]:
    verb = _verb_first(framer)
    marked = [(at, spec) for at, spec in specs if _follows_compare(framer, at) and not (verb and at == specs[0][0])]
    marked = marked or [(at, spec) for at, spec in specs if held_against(framer, at)]
    if not marked and framer.frame.has(*_FORWARD):
        return specs[0][1], None  # "our Q4 ..., recommendations for 2024": the second period is what the advice is for
    ops = {spec.op for _, spec in specs}
    framer.frame.scattered = framer.frame.scattered or (not marked and len(ops) > 1 and bool(ops & set(framer.raw["weekday_ops"])))
    versus = marked[0][1] if marked else specs[1][1]
    return next((spec for _, spec in specs if spec is not versus), None), versus


def _row(framer: Framer, specs: list[PeriodSpec]) -> PeriodSpec:
    """`Q1 vs Q2 vs Q3`: more than two periods of one kind are one stretch, shown by that kind."""
    grains = framer.raw["row_grains"]
    if len({spec.op for spec in specs}) == 1 and specs[0].op in grains and framer.frame.grain is None:
        ordered = _in_order(framer, specs)
        framer.frame.scattered = not ordered
        framer.frame.grain = grains[specs[0].op]
        framer.frame.trend = True
        return PeriodSpec("range", {}, (ordered[0], ordered[-1])) if ordered else specs[0]
    framer.frame.notes.append(("one_period", {}))
    return specs[0]


def _in_order(framer: Framer, specs: list[PeriodSpec]) -> list[PeriodSpec]:
    """The periods of a row from the first to the last, nothing where they leave a gap."""
    found = sorted(((resolved.period.start, resolved.period.end, i) for i, spec in enumerate(specs)
                    if (resolved := resolve(spec, clock_of(framer))) is not None))  # fmt: skip
    whole = len(found) == len(specs) and all(a[1] + ONE_DAY == b[0] for a, b in pairwise(found))
    return [specs[i] for _, _, i in found] if whole else []


def _from_one_to_other(framer: Framer, at: int, spec: PeriodSpec) -> bool:
    """`why did it fall from September to October`: a change between two units, not over all they span."""
    frame = framer.frame
    units = all(part.op in framer.raw["unit_ops"] for part in spec.parts)
    up_from = at > 0 and frame.has("compare") and frame.tokens[at - 1].text in framer.raw["change_from"]
    return (frame.has("why", "change") or up_from) and units and not frame.has("trend", *framer.raw["grain_cues"]) and not frame.ranked


def _two(spec: PeriodSpec) -> tuple[PeriodSpec, PeriodSpec]:
    """The two periods of a stretch that a comparison takes apart."""
    if len(spec.parts) > 1:
        return spec.parts[0], spec.parts[1]
    year = {"year": spec.number("year2", spec.number("year", 0))} if "year" in spec.args else {}
    first = {"year": spec.number("year", 0)} if "year" in spec.args else {}
    return PeriodSpec("month", {"month": spec.number("month"), **first}), PeriodSpec("month", {"month": spec.number("month2"), **year})


def _through(framer: Framer, specs: list[tuple[int, PeriodSpec]]) -> PeriodSpec | None:
    """`ytd new units through October`: the second period ends the first."""
    (_, first), (at, second) = specs[0], specs[1]
    if at and framer.frame.tokens[at - 1].stem == framer.raw["through_word"] and first.op in {"this", "to_date", "year"}:
        framer.frame.bound.setdefault(at - 1, "period")
        return PeriodSpec("range", {}, (first, second))
    return None


def _verb_first(framer: Framer) -> bool:
    """`compare october and september`: the verb opens the question and marks no period."""
    spans = [framer.frame.spans[i] for i in framer.frame.cues.get("compare", ())]
    return (
        bool(spans)
        and not any(t.content for t in framer.frame.tokens[: spans[0].start])
        and spans[0].end - spans[0].start == 1
        and any(framer.frame.tokens[spans[0].start].stem.startswith(str(v)) for v in framer.raw["compare_verbs"])
    )


def _follows_compare(framer: Framer, at: int) -> bool:
    if at and framer.frame.tokens[at - 1].text == framer.raw["than_word"]:  # `is ELR higher than last October`
        return True
    for index in framer.frame.cues.get("compare", ()):
        span = framer.frame.spans[index]
        if " ".join(t.text for t in framer.frame.tokens[span.start : span.end]) in framer.raw["beside_cues"]:
            continue  # `Tanya and Marcus side by side for October`: what stands beside is values, not periods
        between = framer.frame.tokens[span.end : at]
        if span.end <= at and len(between) <= _SMALL_GAP and not any(t.content for t in between):
            return True
    return False


def comparison_of(
    framer: Framer, clock: Clock, period: Period | None, versus: PeriodSpec | None, previous: Plan | None, said: list[str]
) -> Comparison | None:
    """Return the comparison of the plan, with dates; a running period is aligned by selling days."""
    frame = framer.frame
    if frame.versus == "target" or (frame.has("target") and not frame.has("pace")):
        if versus is not None:
            frame.notes.append(("one_comparison", {}))
        return Comparison(kind="target")
    if period is None or versus is not None:
        return _against(framer, clock, period, versus, said) if period is not None and versus is not None else None
    if frame.versus == "same_period_last_year":
        return last_year(framer, clock, period, said)
    if frame.versus == "previous_period" or _asks_change(framer) or (frame.has("why") and not frame.has("definition", "inside")):
        return _previous(framer, clock, period, said)
    last = previous.comparison if previous is not None else None
    if frame.side_by_side or last is None:
        return Comparison(kind="values") if frame.side_by_side else None
    return _again(framer, clock, period, last, said)


def _asks_change(framer: Framer) -> bool:
    since = any(spec.op in {"since", "after"} for _, spec in framer.frame.periods)
    return framer.frame.has("change") and not framer.frame.trend and not framer.frame.ranked and not since


def _again(framer: Framer, clock: Clock, period: Period, last: Comparison, said: list[str]) -> Comparison | None:
    if last.kind == "same_period_last_year":
        return last_year(framer, clock, period, said)
    if last.kind == "previous_period":
        return _previous(framer, clock, period, said)
    return last if last.kind in {"target", "benchmark"} else None


def _against(framer: Framer, clock: Clock, period: Period, versus: PeriodSpec, said: list[str]) -> Comparison | None:
    if versus.op == "last" and versus.word("unit") == period.grain and (period.grain == "year" or not period.complete):
        return _previous(framer, clock, period, said)
    if _is_last_year(versus, period) or _same_unit_last_year(clock, versus, period):
        return last_year(framer, clock, period, said)
    if versus.op in {"last", "unit_ago"} and versus.word("unit") == "month" and _is_snapshot(framer) and period.start == period.end:
        end = add_units(period.end, "month", -1)
        return Comparison(kind="explicit", period=_as_period(end, end), aligned="calendar")
    return _explicit(framer, clock, period, versus, said)


def _explicit(framer: Framer, clock: Clock, period: Period, versus: PeriodSpec, said: list[str]) -> Comparison | None:
    found = resolve(versus, clock)
    if found is None:
        return None
    if (found.period.start, found.period.end) == (period.start, period.end):
        if any(item.op == "in" and len(item.values) > 1 for item in framer.frame.filters):
            return Comparison(kind="values")  # `october leases with october finance deals`: the same month on both sides
        week = timedelta(days=7)
        if period.grain == "day":
            return Comparison(kind="explicit", period=_as_period(period.start - week, period.end - week), aligned="calendar")
        return last_year(framer, clock, period, said)
    if found.period.complete and not period.complete and found.period.grain == period.grain:
        return _aligned(framer, clock, period, found.period.start, found.period.end, "explicit", said)
    return Comparison(kind="explicit", period=found.period, aligned="calendar")


def _is_last_year(versus: PeriodSpec, period: Period) -> bool:
    """Whether a period is the answer's own, a year back (`vs last year` of a month is that month)."""
    if versus.op in _YEAR_BACK:
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


def previous_of(framer: Framer, clock: Clock, period: Period) -> Period | None:
    """Return the whole period before one."""
    return _previous(framer, clock, period.model_copy(update={"complete": True}), []).period


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


def last_year(framer: Framer, clock: Clock, period: Period, said: list[str]) -> Comparison:
    """Return the comparison with the same span a year before; a running unit is held against as many selling days."""
    if period.grain == "week":
        start = period.start - timedelta(days=_YEAR_WEEKS)
        return _aligned(framer, clock, period, start, start + timedelta(days=6), "same_period_last_year", said)
    start = add_units(period.start, "year", -1)
    if period.grain is not None and period.grain != "day":
        return _aligned(framer, clock, period, start, unit_end(start, period.grain), "same_period_last_year", said)
    end = unit_end(add_units(period.end, "year", -1), "month") if _whole_months(period) else add_units(period.end, "year", -1)
    return _plain("same_period_last_year", start, end, clock)


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
    said.append(str(framer.raw["texts"]["assume"]["aligned"]).format(days=days))
    other = _as_period(start, end)
    return Comparison(kind=kind, period=other, aligned="selling_days")


def _plain(kind: str, start: date, end: date, clock: Clock, grain: Grain | None = None) -> Comparison:
    whole = grain is not None and start == unit_start(start, grain) and end == unit_end(start, grain)
    stretch = Stretch(start, end, grain if whole else None)
    return Comparison(kind=kind, period=cut(stretch, clock).period, aligned="calendar")


def _as_period(start: date, end: date) -> Period:
    return Period(start=start, end=end, label=label(Stretch(start, end), end), grain="day" if start == end else None)
