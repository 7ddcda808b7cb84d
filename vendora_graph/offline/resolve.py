"""Resolve: slots become a plan. Defaults, comparison dates, best and worst, records, variants; every default is an assumption said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vendora_graph.contracts import Complexity, Grain, Intent, Period, Plan, Ranking
from vendora_graph.offline.compare import comparison_of, previous_of, split_periods
from vendora_graph.offline.frame import Framer, can_cut
from vendora_graph.offline.period_math import Clock, Resolved, day_text
from vendora_graph.offline.period_ops import resolve
from vendora_graph.offline.periods import PeriodSpec
from vendora_graph.offline.variants import filters_of, generalise, specialise, stand_in

_GOOD_HIGH = frozenset({"up", "none"})
_FLIPPED = {"desc": "asc", "asc": "desc"}
_SIMPLE_METRICS = 2


@dataclass(slots=True)
class Outcome:
    """A plan with what was assumed on the way, and the complete period offered beside a running one."""

    plan: Plan
    complexity: Complexity = "simple"
    assumptions: list[str] = field(default_factory=list)
    other_period: Period | None = None
    bad_period: bool = False


def resolve_plan(framer: Framer, previous: Plan | None) -> Outcome:
    """Turn a filled frame into a plan (`previous` is the last answer's plan when the question builds on it)."""
    frame = framer.frame
    out = Outcome(Plan())
    _rank_measure(framer)
    if framer.frame.record:
        generalise(framer)
    _records(framer)
    _typed_out(framer)
    generalise(framer)
    stand_in(framer)
    intent_rule = _intent_rule(framer, previous)
    clock = clock_of(framer)
    main, versus = split_periods(framer)
    resolved = _main_period(framer, clock, main, previous, out)
    grain = _grain(framer, resolved, main is not None or previous is not None)
    if frame.trend and main is None and not (previous and previous.period) and grain:
        resolved = _trend_default(framer, clock, grain, out)
    resolved = _one_day(framer, clock, resolved, out)
    period = resolved.period if resolved else None
    comparison = comparison_of(framer, clock, period, versus, previous, out.assumptions)
    groups = tuple(dict.fromkeys(frame.groups))
    ranking = _ranking(framer, groups, grain, previous)
    plan = Plan(
        metrics=tuple(dict.fromkeys(frame.metrics)), group_by=groups, grain=grain, filters=tuple(frame.filters), period=period,
        comparison=comparison, ranking=ranking, topic=_topic(framer),
    )  # fmt: skip
    plan = plan if plan.topic == "share" else specialise(framer.lexicon, plan)
    intent, out.complexity, steps = _intent(framer, plan, intent_rule)
    out.plan = plan.model_copy(update={"intent": intent, "steps": steps})
    _period_notes(framer, resolved, clock, out)
    return out


def clock_of(framer: Framer) -> Clock:
    """Return the clock of the asker; the weekday calendar is the department's of the first metric."""
    ctx = framer.ctx
    info = framer.catalog.metrics.get(framer.frame.metrics[0]) if framer.frame.metrics else None
    entry = framer.lexicon.section("departments").get(info.department if info else "") or {}
    return Clock(ctx.as_of, ctx.data_start, ctx.data_through, ctx.calendar, str(entry.get("calendar", "sales")))


# -------------------------------------------------------------------------------------------------------------- records


def _records(framer: Framer) -> None:
    """A list of records: the record dimension becomes the grouping, its own figures are shown first."""
    frame = framer.frame
    if not frame.record:
        return
    conditions = framer.lexicon.section("list_conditions")
    for name in [m for m in frame.metrics if m in conditions]:
        shown = [str(m) for m in conditions[name].get("show") or () if m in framer.catalog.metrics]
        frame.metrics = [*shown, *(m for m in frame.metrics if m != name)]
        frame.filters.extend(f for f in filters_of(conditions[name]) if f not in frame.filters)
    _columns(framer)
    own = [m for m in framer.catalog.dimensions[frame.record].record_metrics if m in framer.catalog.metrics]
    asked = [m for m in frame.metrics if can_cut(framer.lexicon, m, frame.record)]
    wanted = [f.dimension for f in frame.filters if f.dimension in framer.catalog.dimensions]
    fitting = [m for m in own if all(can_cut(framer.lexicon, m, d) for d in (frame.record, *wanted))]
    snapshots = {framer.catalog.metrics[m].snapshot for m in asked}
    fitting = [m for m in fitting if not snapshots or framer.catalog.metrics[m].snapshot in snapshots]
    frame.metrics = list(dict.fromkeys([*asked, *fitting])) or frame.metrics
    if all(can_cut(framer.lexicon, m, frame.record) for m in frame.metrics):
        frame.groups = [frame.record]
    else:
        frame.record = ""


def _columns(framer: Framer) -> None:
    """`with their cost`: words that name a column of the list."""
    frame = framer.frame
    for word, metric in framer.lexicon.section("list_columns").items():
        for at, token in enumerate(frame.tokens):
            if token.stem == framer.lexicon.normaliser.stem(str(word)) and not frame.bound.get(at, "").startswith("metric"):
                frame.metrics = list(dict.fromkeys([*frame.metrics, str(metric)]))
                frame.bound.setdefault(at, "column")


def _rank_measure(framer: Framer) -> None:
    """`oldest`, `newest` order by the measure their word names; a plain list of a measure lists its records."""
    frame = framer.frame
    record = ""
    for word, entry in framer.lexicon.section("rank_words").items():
        if frame.ranked and any(t.text == word for t in frame.tokens) and _same_family(framer, str(entry["by"])):
            frame.rank_by, record = str(entry["by"]), str(entry["record"])
    if frame.has("strong_list") and frame.metrics:
        families = framer.lexicon.section("family_records")
        record = record or str(families.get(framer.catalog.metrics[frame.metrics[0]].family) or "")
    if record and not (frame.groups or frame.record or frame.grain) and all(can_cut(framer.lexicon, m, record) for m in frame.metrics):
        frame.record = record


def _same_family(framer: Framer, metric: str) -> bool:
    info = framer.catalog.metrics.get(metric)
    families = {framer.catalog.metrics[m].family for m in framer.measures()}
    return info is not None and (not families or info.family in families)


def _typed_out(framer: Framer) -> None:
    """Only metrics that can be cut as asked stay, when at least one can (several may come from one record or rule)."""
    frame = framer.frame
    wanted = [*frame.groups, *(f.dimension for f in frame.filters if f.dimension in framer.catalog.dimensions)]
    fitting = [m for m in frame.metrics if all(can_cut(framer.lexicon, m, d) for d in wanted)]
    if fitting and (frame.record or frame.rules):
        frame.metrics = fitting


# -------------------------------------------------------------------------------------------------------------- periods


def _main_period(framer: Framer, clock: Clock, main: PeriodSpec | None, previous: Plan | None, out: Outcome) -> Resolved | None:
    if main is not None and main.op == "now":
        return _now(framer, clock, out)
    if main is not None:
        found = _ahead(framer, clock, main, resolve(main, clock))
        out.bad_period = found is None
        return _closed_day(framer, clock, main, found, out)
    if previous is not None and previous.period is not None:
        return _carried(framer, clock, previous.period, out)
    if not framer.frame.metrics:
        return resolve(PeriodSpec("this", {"unit": "month"}), clock)
    return _default_period(framer, clock, out)


def _ahead(framer: Framer, clock: Clock, main: PeriodSpec, found: Resolved | None) -> Resolved | None:
    """A bare month in a forecast is the next one, not the last."""
    if (
        found is None
        or not framer.frame.has("forecast")
        or main.op not in {"month", "quarter"}
        or main.args.get("year")
        or not found.period.complete
    ):
        return found
    return resolve(PeriodSpec(main.op, {**main.args, "year": found.period.start.year + 1}), clock)


def _carried(framer: Framer, clock: Clock, period: Period, out: Outcome) -> Resolved | None:
    """The last answer's period; `and the day before?` moves it back; a position's day is no period of a flow."""
    frame = framer.frame
    if frame.versus == "previous_period" and not frame.has("compare"):
        moved = previous_of(framer, clock, period)
        frame.versus = ""
        return Resolved(moved) if moved else None
    last = framer.ctx.previous
    were_snapshots = last is not None and all(framer.catalog.metrics[m].snapshot for m in last.metrics if m in framer.catalog.metrics)
    if were_snapshots and not all(framer.catalog.metrics[m].snapshot for m in frame.metrics):
        return _default_period(framer, clock, out)
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
    infos = [framer.catalog.metrics[m] for m in framer.frame.metrics]
    usual = framer.lexicon.section("default_periods")
    words = next((usual[g] for g in framer.frame.groups if g in usual and not any(i.snapshot for i in infos)), None)
    if words:
        return _worded(framer, clock, str(words), "default_period", out)
    if all(is_position(framer, m) for m in framer.frame.metrics):
        spec, said = PeriodSpec("now"), "default_snapshot"
    elif any(info.ledger_month for info in infos):
        spec, said = PeriodSpec("last", {"unit": "month"}), "default_ledger"
    else:
        spec, said = PeriodSpec("this", {"unit": "month"}), "default_period"
    resolved = resolve(spec, clock)
    if resolved is not None and not framer.frame.trend and not _silent(framer):
        out.assumptions.append(text(framer, said).format(label=resolved.period.label))
    return resolved


def is_position(framer: Framer, metric: str) -> bool:
    """Whether a metric is read at a moment: a snapshot, or computed from one or over windows that end with the day."""
    info = framer.catalog.metrics[metric]
    if info.snapshot:
        return True
    inputs = [i for i in info.inputs if i.metric in framer.catalog.metrics]
    windowed = [i.window_days is not None or i.window_months is not None or i.all_time for i in inputs]
    return bool(inputs) and all(w or framer.catalog.metrics[i.metric].snapshot for w, i in zip(windowed, inputs, strict=True))


def _silent(framer: Framer) -> bool:
    return framer.frame.has("definition", "inside")


def _trend_default(framer: Framer, clock: Clock, grain: Grain, out: Outcome) -> Resolved | None:
    return _worded(framer, clock, str(framer.raw["trend_defaults"][grain]), "default_trend", out)


def _worded(framer: Framer, clock: Clock, words: str, said: str, out: Outcome) -> Resolved | None:
    """Resolve a period given in words by the data."""
    matches = framer.grammar.find(framer.lexicon.normaliser.tokens(words))
    resolved = resolve(max(matches, key=lambda m: m.end - m.start).spec, clock)
    if resolved is not None:
        out.assumptions.append(text(framer, said).format(label=resolved.period.label))
    return resolved


def _one_day(framer: Framer, clock: Clock, resolved: Resolved | None, out: Outcome) -> Resolved | None:
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


def _period_notes(framer: Framer, resolved: Resolved | None, clock: Clock, out: Outcome) -> None:
    if resolved is None or _silent(framer):
        return
    period = out.plan.period
    for note in resolved.notes:
        if note == "running" and "bare_running" in resolved.notes:
            continue
        values = {"label": period.label if period else "", "start": day_text(clock.data_start), "through": day_text(clock.data_through),
                  "name": period.label.split(" to date")[0] if period else ""}  # fmt: skip
        if note in {"bare_running", "today", "future", "part_of_data", "before_data"}:
            out.assumptions.append(text(framer, note).format(**values))
    out.other_period = resolved.other
    if any(spec.op == "last" and spec.word("unit") == "quarter" for _, spec in framer.frame.periods):
        out.assumptions.append(text(framer, "last_quarter"))


def _grain(framer: Framer, resolved: Resolved | None, given: bool) -> Grain | None:
    frame = framer.frame
    if frame.grain is not None:
        return frame.grain
    if resolved is not None and resolved.grouped is not None and not frame.groups:
        frame.trend = True
        return resolved.grouped
    if not frame.trend:
        return None
    if not given or resolved is None:
        return "month"
    days = (resolved.period.end - resolved.period.start).days + 1
    return next((g for limit, g in framer.raw["trend_grains"] if days <= limit), "month")


# -------------------------------------------------------------------------------------------------------------- ranking


def _ranking(framer: Framer, groups: tuple[str, ...], grain: Grain | None, previous: Plan | None) -> Ranking | None:
    frame = framer.frame
    if not frame.metrics:
        return None
    if not frame.ranked:
        same = previous.ranking if previous and previous.ranking and set(previous.group_by) == set(groups) and groups else None
        if same is not None:
            return same.model_copy(update={"by": frame.metrics[0] if same.by not in frame.metrics else same.by})
        return Ranking(by=frame.metrics[0], direction="desc") if _asks_order(framer, groups) else None
    if not groups and grain is None:
        return None
    by = frame.rank_by if frame.rank_by in frame.metrics else frame.metrics[0]
    direction = framer.raw["rank_cues"].get(frame.order) or (_best(framer) if frame.order == "best" else _FLIPPED[_best(framer)])
    return Ranking(by=by, direction=direction, limit=frame.limit)


def _asks_order(framer: Framer, groups: tuple[str, ...]) -> bool:
    return bool(groups) and not framer.frame.record and framer.frame.has("who", "which") and not framer.frame.side_by_side


def _best(framer: Framer) -> str:
    good = framer.catalog.metrics[framer.frame.metrics[0]].good
    return "desc" if good in _GOOD_HIGH else "asc"


# --------------------------------------------------------------------------------------------------------------- intent


def _intent_rule(framer: Framer, previous: Plan | None) -> Mapping[str, object] | None:
    frame = framer.frame
    if frame.reports:
        return {"intent": "report", "complexity": "complex", "steps": ["query_metrics"]}
    named = bool(frame.metrics) and not frame.from_department
    for rule in framer.raw["intents"]:
        if not all(frame.has(cue) for cue in rule["cues"]) or any(frame.has(cue) for cue in rule.get("unless", ())):
            continue
        wants = rule.get("metric")
        if wants is None or (wants == "yes") == named or (previous is not None and wants == "yes"):
            return dict(rule)
    return None


def _intent(framer: Framer, plan: Plan, rule: Mapping[str, object] | None) -> tuple[Intent, Complexity, tuple[str, ...]]:
    if rule is not None:
        steps = rule.get("steps") or ()
        return rule["intent"], rule["complexity"], tuple(str(s) for s in steps)  # type: ignore[return-value, attr-defined]
    intent = _plain_intent(framer, plan)
    simple = intent == "value" and len(plan.metrics) <= _SIMPLE_METRICS
    return intent, "simple" if simple else "standard", ()


def _plain_intent(framer: Framer, plan: Plan) -> Intent:
    if framer.frame.record:
        return "list"
    if plan.ranking is not None:
        return "ranking"
    if plan.grain is not None:
        return "trend"
    if plan.comparison is not None:
        return "compare"
    return "breakdown" if plan.group_by else "value"


def _topic(framer: Framer) -> str | None:
    if framer.frame.reports:
        return framer.frame.reports[0]
    if framer.frame.has("what_if"):
        return _what_if(framer)
    change = _change_over(framer) if framer.frame.has("anomaly") else None
    if change is not None:
        return change
    rates = all(framer.catalog.metrics[m].unit == "rate" for m in framer.frame.metrics)
    if framer.frame.has("share") and not rates and (framer.frame.groups or framer.frame.filters):
        return "share"
    return framer.frame.departments[0] if framer.frame.departments else None


def _change_over(framer: Framer) -> str | None:
    """`up more than 10%`: the least change worth showing, as a fraction."""
    for index, token in enumerate(framer.frame.tokens):
        if token.number is not None and token.unit == "pct" and index not in framer.frame.bound:
            framer.frame.bound[index] = "least change"
            return f"change_over:{token.number / 100:f}"
    return None


def _what_if(framer: Framer) -> str | None:
    """The change asked about: the first number with its sign (`+0.3`, `-200`, `+0.01` for one percent)."""
    frame, down = framer.frame, framer.raw["what_if_down"]
    numbers = [(i, t) for i, t in enumerate(frame.tokens) if t.number is not None and frame.bound.get(i, "amount") == "amount"]
    for index, token in enumerate(frame.tokens):
        if token.text in framer.raw["what_if_words"]:
            frame.bound.setdefault(index, "change")
    if not numbers:
        return None
    index, token = numbers[0]
    frame.bound[index] = "amount"
    percent = token.unit == "pct" or (
        index + 1 < len(frame.tokens) and frame.tokens[index + 1].stem in framer.raw["threshold_words"]["rate"]
    )
    value = (token.number or 0) / (100 if percent else 1)
    return f"{'-' if any(t.text in down for t in frame.tokens) else '+'}{value:f}{' rate' if percent else ''}"


def text(framer: Framer, name: str) -> str:
    """Return an assumption's sentence."""
    return str(framer.raw["texts"]["assume"][name])
