"""The answer's period: as said, carried over from the last answer, or the default of the measure; and what must be said about it."""

from __future__ import annotations

from collections.abc import Sequence

from vendora_graph.contracts import Grain, Period, Plan
from vendora_graph.offline.compare import last_year, previous_of
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.outcome import Outcome, is_position, text
from vendora_graph.offline.period_marks import same_time
from vendora_graph.offline.period_math import Clock, Resolved, Stretch, add_units, day_text, label, unit_end, unit_start
from vendora_graph.offline.period_ops import resolve
from vendora_graph.offline.period_pairs import placed, relative
from vendora_graph.offline.periods import PeriodSpec
from vendora_graph.offline.recency import recent_period
from vendora_graph.offline.records_end import held_clock, note_end
from vendora_graph.offline.two_periods import two_asked
from vendora_graph.semantic.catalog import MetricInfo

_WHOLE_YEAR = 364
_TIMED = frozenset({"value", "breakdown", "ranking", "list", "compare"})
_MOST_OPEN = 12
"""Months looked back for a closed one."""


def main_period(framer: Framer, clock: Clock, main: PeriodSpec | None, previous: Plan | None, out: Outcome) -> Resolved | None:
    """Return the period of the answer."""
    moment = _moment(framer, clock, main, out) if main is not None else None
    if moment is not None:
        return moment
    if main is not None and previous is not None and previous.period is not None and _year_back(main, previous.period, clock):
        shifted = last_year(framer, clock, previous.period, out.assumptions).period
        return Resolved(shifted) if shifted else None
    if main is not None:
        main = _to_that_day(framer, _coming(framer, main))
        found = _beside_last(clock, main, previous) if relative(main) else _ahead(framer, clock, main, resolve(main, clock))
        found = _to_its_end(framer, found, out)
        out.bad_period = found is None
        return _closed_day(framer, clock, main, _closed_months(framer, main, found, out), out)
    if previous is not None and previous.period is not None:
        return _carried(framer, clock, previous.period, out)
    if not framer.frame.metrics:
        return resolve(PeriodSpec("this", {"unit": "month"}), clock)
    return _default_period(framer, clock, out)


def _positions(framer: Framer) -> bool:
    """Whether every measure is a position, shown for one day."""
    metrics = framer.frame.metrics
    return bool(metrics) and not framer.frame.trend and framer.frame.grain is None and all(is_position(framer, m) for m in metrics)


def _moment(framer: Framer, clock: Clock, main: PeriodSpec, out: Outcome) -> Resolved | None:
    """Words that name a moment: now, and of a position the day so many weeks, months or years ago."""
    if main.op == "now":
        return _now(framer, clock, out)
    unit = main.word("unit") if main.op == "unit_ago" and _positions(framer) else ""
    return _day_back(clock, unit, main.number("n")) if unit in framer.raw["position_units"] else None


def _day_back(clock: Clock, unit: str, count: int) -> Resolved:
    """`inventory a year ago`, `a month ago`: of a position the same day then, and not the end of that year or month."""
    day = add_units(clock.data_through, unit, -count)
    return Resolved(Period(start=day, end=day, label=day_text(day), grain="day"))


def _year_back(main: PeriodSpec, period: Period, clock: Clock) -> bool:
    """`and a year ago?`, `what about last year?` after a month: the same month, a year back; `last October` after October too."""
    if main.op == "month_last":
        found = resolve(main, clock)
        return found is not None and found.period.start == period.start and found.period.end == period.end
    if main.op == "same_last_year":
        return not main.args.get("unit") or main.word("unit") == period.grain
    year = main.word("unit") == "year" and (main.op == "last" or (main.op == "unit_ago" and main.number("n") == 1))
    short = period.grain is None and (period.end - period.start).days < _WHOLE_YEAR  # `the same days last month`, then `and last year`
    return year and (short or period.grain not in {None, "year"} or (period.grain == "year" and not period.complete))


def _closed_months(framer: Framer, main: PeriodSpec, found: Resolved | None, out: Outcome) -> Resolved | None:
    """Months of the ledger counted back (`trailing 12`) are closed ones: they end before the first month a store has not closed."""
    infos = [framer.catalog.metrics[m] for m in framer.frame.metrics]
    counted = main.op == "last_n_bare" or (main.op == "last_n" and main.word("unit") == "month" and main.number("n") > 1)
    stores = any(f.dimension in (framer.lexicon.vocabulary.get("store_values") or ()) for f in framer.frame.filters)
    if found is None or stores or not counted or not infos or not all(info.ledger_month for info in infos):
        return found
    period, back = found.period, 0
    while back < _MOST_OPEN and f"{add_units(unit_start(period.end, 'month'), 'month', -back):%Y-%m}" in framer.ctx.open_months:
        back += 1
    if not back:
        return found
    start = add_units(period.start, "month", -back)
    end = unit_end(add_units(unit_start(period.end, "month"), "month", -back), "month")
    shown = label(Stretch(start, end, name=str(framer.raw["closed_months"]).format(n=main.number("n", 1))), end)
    out.assumptions.append(text(framer, "closed_months").format(end=day_text(end)))
    return Resolved(period.model_copy(update={"start": start, "end": end, "label": shown}))


def _coming(framer: Framer, main: PeriodSpec) -> PeriodSpec:
    """`appointments for Saturday`: of what is scheduled, a bare weekday is the next one."""
    ahead = set(framer.lexicon.vocabulary.get("ahead_metrics") or ())
    at = next((at for at, spec in framer.frame.periods if spec is main), 0)
    last = framer.ctx.previous.period if framer.ctx.previous is not None and framer.frame.carried else None
    later = last is not None and last.end > framer.ctx.data_through  # `appointments for tomorrow`, then `and saturday`
    said = {t.text for t in framer.frame.tokens}
    coming = bool(said & {*framer.raw["due_words"], *framer.raw["coming_words"]}) and not said & set(framer.raw["did_words"])
    said_for = later or coming or (at > 0 and framer.frame.tokens[at - 1].text in framer.raw["for_words"])
    if main.args.get("past") or not framer.frame.metrics or not set(framer.frame.metrics) <= ahead:
        return main
    if main.op == "weekdays":
        return PeriodSpec("weekdays", {**main.args, "ahead": 1})
    if main.op == "weekend" and main.args.get("bare"):  # `appointments this weekend`
        return PeriodSpec("weekend", {"back": -1})
    return PeriodSpec("weekday_next", main.args) if main.op == "weekday" and said_for else main


def _to_its_end(framer: Framer, found: Resolved | None, out: Outcome) -> Resolved | None:
    """`curtailments coming due this month`: of what is scheduled, a running unit is meant to its end."""
    ahead, said = set(framer.lexicon.vocabulary.get("ahead_metrics") or ()), {t.text for t in framer.frame.tokens}
    named = bool(framer.frame.metrics) and set(framer.frame.metrics) <= ahead and bool(said & set(framer.raw["due_words"]))
    unbegun = found is not None and framer.frame.has("forecast") and found.period.start > framer.ctx.data_through  # no day of it is held
    if found is None or not (named or unbegun) or found.period.full_end is None or found.period.grain is None:
        return found
    period, end = found.period, found.period.full_end
    if period.end < end:
        out.assumptions.extend([] if unbegun else [text(framer, "to_its_end")])
        whole = period.model_copy(update={"end": end, "label": label(Stretch(period.start, end, period.grain), end)})
        return Resolved(whole, tuple(note for note in found.notes if note not in {"running", "bare_running"}))
    return found


def _beside_last(clock: Clock, main: PeriodSpec, previous: Plan | None) -> Resolved | None:
    """`and the two before that?`: placed by the last answer's period."""
    period = placed(main, previous.period, clock) if previous is not None and previous.period is not None else None
    return Resolved(period) if period is not None else None


def _to_that_day(framer: Framer, main: PeriodSpec) -> PeriodSpec:
    """`units as of the 8th of October`: what adds up over time is the month to that day, or the whole unit named."""
    if main.op != "as_of" or all(is_position(framer, m) for m in framer.frame.metrics):
        return main
    day = main.parts[0].op in framer.raw["day_ops"]
    return PeriodSpec("month_to", {}, main.parts) if day else main.parts[0]


def _ahead(framer: Framer, clock: Clock, main: PeriodSpec, found: Resolved | None) -> Resolved | None:
    """A bare month in a forecast is the next one, not the last; so are the budget for it, and what comes due in it."""
    ahead, said = set(framer.lexicon.vocabulary.get("ahead_metrics") or ()), {t.text for t in framer.frame.tokens}
    due = set(framer.frame.metrics[:1]) <= ahead and bool(said & set(framer.raw["due_words"])) and not said & set(framer.raw["did_words"])
    coming = (due or framer.frame.has("target")) and found is not None and found.period.start.year < clock.as_of.year
    if (
        found is None
        or not (framer.frame.has("forecast") or coming)
        or main.op not in {"month", "quarter"}
        or main.args.get("year")
        or not found.period.complete
    ):
        return found
    return resolve(PeriodSpec(main.op, {**main.args, "year": found.period.start.year + 1}), clock)


def _carried(framer: Framer, clock: Clock, period: Period, out: Outcome) -> Resolved | None:
    """The last answer's period; `and the day before?` moves it back; a position's day is no period of a flow."""
    frame, shown = framer.frame, two_asked(framer)
    if shown is not None:
        return Resolved(shown[0])
    if frame.versus == "previous_period" and not frame.has("compare"):
        moved = previous_of(framer, clock, period)
        frame.versus = ""
        return Resolved(moved) if moved else None
    last = framer.ctx.previous
    known = framer.catalog.metrics
    before = {known[m].department for m in last.metrics if m in known} if last is not None else set[str]()
    apart = bool(before) and not before & {known[m].department for m in frame.metrics}
    if apart and all(is_position(framer, m) for m in frame.metrics) and not frame.pointed:
        return _default_period(framer, clock, out)  # units last month, then `what are my open ROs`
    were_snapshots = last is not None and all(framer.catalog.metrics[m].snapshot for m in last.metrics if m in framer.catalog.metrics)
    if were_snapshots and not all(framer.catalog.metrics[m].snapshot for m in frame.metrics):
        ended = period.end < clock.data_through and period.end == unit_end(period.end, "month")  # stock `last month`, then its gross
        month = PeriodSpec("month", {"month": period.end.month, "year": period.end.year})
        return resolve(month, clock) if ended else _default_period(framer, clock, out)
    return Resolved(period)


def _closed_day(framer: Framer, clock: Clock, main: PeriodSpec, found: Resolved | None, out: Outcome) -> Resolved | None:
    """`yesterday` on a Monday is the last day the department was open."""
    if found is None or main.op != "day" or main.number("n", 0) != -1:
        return found
    day = found.period.start
    open_day = clock.calendar.last_open(day, clock.weekday_calendar)
    if open_day == day or all(framer.catalog.metrics[m].snapshot for m in framer.frame.metrics):
        return found
    shown = Period(start=open_day, end=open_day, label=day_text(open_day), grain="day")
    out.assumptions.append(text(framer, "closed_day").format(asked=day_text(day), label=shown.label))
    return Resolved(shown)


def _now(framer: Framer, clock: Clock, out: Outcome) -> Resolved | None:
    flows = [m for m in framer.frame.metrics if not is_position(framer, m)]
    if not flows:
        return resolve(PeriodSpec("now"), clock)
    out.assumptions.append(text(framer, "now_flow").format(label=framer.catalog.metrics[flows[0]].label))
    return resolve(PeriodSpec("this", {"unit": "month"}), clock)


def _default_period(framer: Framer, clock: Clock, out: Outcome) -> Resolved | None:
    clock = held_clock(framer, clock)
    infos = [framer.catalog.metrics[m] for m in framer.frame.metrics]
    usual = framer.lexicon.section("default_periods")
    words = next((usual[g] for g in framer.frame.groups if g in usual and not any(i.snapshot for i in infos)), None)
    words = words or recent_period(framer)
    if words:
        return _worded(framer, clock, str(words), "default_period", out)
    kept = _kept_period(framer, infos)
    if kept is not None:
        out.assumptions.append(text(framer, "kept_period").format(label=kept.period.label))
        return kept
    if all(is_position(framer, m) for m in framer.frame.metrics):
        spec, said = PeriodSpec("now"), "default_snapshot"
    elif any(info.ledger_month for info in infos) or framer.frame.has("what_if"):
        spec, said = PeriodSpec("last", {"unit": "month"}), "default_ledger"
    else:
        begun = clock.data_through >= unit_start(clock.as_of, "month")  # on the first of a month no day of it is complete
        spec, said = PeriodSpec("this" if begun else "last", {"unit": "month"}), "default_period"
    resolved = resolve(spec, clock)
    if resolved is not None and not framer.frame.trend and not _silent(framer):
        out.assumptions.append(text(framer, said).format(label=resolved.period.label))
    return resolved


def _kept_period(framer: Framer, infos: Sequence[MetricInfo]) -> Resolved | None:
    """Efficiency last month, then `who flagged the most hours?`: a conversation of one department stays in its time."""
    last, known = framer.ctx.previous, framer.catalog.metrics
    if last is not None and last.period is not None and same_time(framer):
        return Resolved(last.period)
    if last is None or last.period is None or not infos or any(info.snapshot for info in infos) or framer.frame.trend:
        return None
    before = [known[m] for m in last.metrics if m in known]
    ahead = framer.frame.has("pace", "forecast", "what_if", "target", "scorecard") or last.intent not in _TIMED
    whole = last.period.complete or not any(info.ledger_month for info in infos)
    same = {info.department for info in infos} & {info.department for info in before}
    if ahead or not whole or not same or any(info.snapshot for info in before):
        return None
    return Resolved(last.period)


def _silent(framer: Framer) -> bool:
    return framer.frame.has("definition", "inside")


def trend_default(framer: Framer, clock: Clock, grain: Grain, out: Outcome) -> Resolved | None:
    """Return the usual stretch of a trend by a grain; that of the last answer where it is said to be the same."""
    last = framer.ctx.previous.period if framer.ctx.previous is not None and same_time(framer) else None
    usual = str(framer.raw["trend_defaults"][grain])
    return Resolved(last) if last else _worded(framer, held_clock(framer, clock), usual, "default_trend", out)


def _worded(framer: Framer, clock: Clock, words: str, said: str, out: Outcome) -> Resolved | None:
    """Resolve a period given in words by the data."""
    matches = framer.grammar.find(framer.lexicon.normaliser.tokens(words))
    resolved = resolve(max(matches, key=lambda m: m.end - m.start).spec, clock)
    if resolved is not None:
        out.assumptions.append(text(framer, said).format(label=resolved.period.label))
    return resolved


def one_day(framer: Framer, resolved: Resolved | None, out: Outcome) -> Resolved | None:
    """A position is read on one day: that of the period's end (said when a longer period was asked for)."""
    metrics = framer.frame.metrics
    snapshots = [m for m in metrics if is_position(framer, m)]
    if (
        resolved is None
        or framer.frame.trend
        or not metrics
        or len(snapshots) != len(metrics)
        or resolved.period.start == resolved.period.end
    ):
        return resolved
    out.assumptions.append(text(framer, "snapshot_period").format(label=framer.catalog.metrics[snapshots[0]].label))
    end = resolved.period.end
    return Resolved(Period(start=end, end=end, label=day_text(end), grain="day"))


def period_notes(framer: Framer, resolved: Resolved, clock: Clock, out: Outcome) -> None:
    """Say what must be said of a period: it runs, it lies ahead, the data begins later."""
    if _silent(framer):
        return
    period = out.plan.period
    for note in resolved.notes:
        forecast = note == "future" and framer.frame.has("forecast")  # its months are worked out, nothing of them is counted
        if forecast or (note == "running" and "bare_running" in resolved.notes):
            continue
        values = {"label": period.label if period else "", "start": day_text(clock.data_start), "through": day_text(clock.data_through),
                  "name": period.label.split(" to date")[0] if period else ""}  # fmt: skip
        if note in {"bare_running", "today", "future", "part_of_data", "before_data"}:
            out.assumptions.append(text(framer, note).format(**values))
    note_end(framer, period, out)
    out.other_period = resolved.other
    if any(spec.op == "last" and spec.word("unit") == "quarter" for _, spec in framer.frame.periods):
        out.assumptions.append(text(framer, "last_quarter"))
