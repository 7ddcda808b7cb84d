"""Resolve: slots become a plan. Defaults, comparison dates, best and worst, variants; every default is an assumption said."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from vendora_graph.contracts import Comparison, Grain, Intent, Plan, Ranking
from vendora_graph.offline.answer_period import main_period, one_day, period_notes, trend_default
from vendora_graph.offline.compare import as_long, comparison_of, day_before
from vendora_graph.offline.daily import with_average
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.intents import AT_CLOSE, intent_of, intent_rule, look_ahead, look_back, take_as_closed, topic_of
from vendora_graph.offline.ledger import half_held, leave_books, whole_months
from vendora_graph.offline.left_out import without_left_out
from vendora_graph.offline.limits import asked_whether, limited_people
from vendora_graph.offline.moved_most import moved_order, says_lost
from vendora_graph.offline.moved_plan import ranked_by_change
from vendora_graph.offline.now_side import take_now
from vendora_graph.offline.omissions import change_ordered, note_each, note_more, note_moved
from vendora_graph.offline.outcome import Outcome, clock_of, is_position, text
from vendora_graph.offline.own_limits import drop_own_limit, widen_left_out
from vendora_graph.offline.period_math import Clock, Resolved, day_text, unit_end
from vendora_graph.offline.period_split import split_periods
from vendora_graph.offline.periods import PeriodSpec
from vendora_graph.offline.records import take_records
from vendora_graph.offline.share_parts import share_of_each
from vendora_graph.offline.target_words import with_target
from vendora_graph.offline.two_periods import asked_before, beside_comparison
from vendora_graph.offline.variants import as_filter, generalise, set_apart, specialise, stand_in
from vendora_graph.offline.what_if import take_changed

JUDGED = frozenset({"scorecard", "recommend", "explain", "benchmark", "anomalies", "report"})
"""Intents that hold figures against others even where no comparison was asked for."""

_GOOD_HIGH = frozenset({"up", "none"})
_FLIPPED = {"desc": "asc", "asc": "desc"}


def resolve_plan(framer: Framer, previous: Plan | None) -> Outcome:
    """Turn a filled frame into a plan (`previous` is the last answer's plan when the question builds on it)."""
    _drop_implied(framer)
    drop_own_limit(framer)
    widen_left_out(framer)
    take_records(framer)
    generalise(framer)
    stand_in(framer)
    set_apart(framer)
    note_each(framer)
    look_back(framer)
    look_ahead(framer)
    take_as_closed(framer)
    take_now(framer)
    limited_people(framer)
    asked_whether(framer)
    share_of_each(framer)
    take_changed(framer)
    rule = intent_rule(framer, previous)
    out = Outcome(Plan())
    dated = _dated(framer, previous, out, judged=rule is not None and rule["intent"] in JUDGED)
    plan = _people_only(framer, ranked_by_change(framer, _special(framer, dated), out), out)
    intent, out.complexity, steps = intent_of(framer, plan, rule)
    out.plan = with_average(framer, previous, _with_intent(_remembering(plan, previous), intent, steps, rule or {}))
    if out.resolved is not None:
        period_notes(framer, out.resolved, clock_of(framer), out)
    return out


def _remembering(plan: Plan, previous: Plan | None) -> Plan:
    """The plan with the period told of the same measures before."""
    return plan.model_copy(update={"earlier": asked_before(plan, previous)})


def _with_intent(plan: Plan, intent: Intent, steps: tuple[str, ...], rule: Mapping[str, object]) -> Plan:
    """The plan with its intent; a question that goes on keeps the size of its scenario, and a cause is shown with every row."""
    order = plan.ranking.model_copy(update={"limit": None}) if plan.ranking is not None and intent == "explain" else plan.ranking
    return plan.model_copy(update={"intent": intent, "steps": steps, "topic": plan.topic or rule.get("topic"), "ranking": order})


def _drop_implied(framer: Framer) -> None:
    """`aged stock over 120 days`: what a word only implies gives way to what is said of the same thing."""
    frame = framer.frame
    said = {item.dimension for item in frame.filters if item not in frame.implied}
    frame.filters = [item for item in frame.filters if item not in frame.implied or item.dimension not in said]


def _special(framer: Framer, plan: Plan) -> Plan:
    return specialise(framer.lexicon, with_target(framer, plan), framer.frame.metric_spans)


def _dated(framer: Framer, previous: Plan | None, out: Outcome, *, judged: bool) -> Plan:
    """The plan's slots with period, comparison and order; its intent is not known yet."""
    frame, clock = framer.frame, clock_of(framer)
    main, versus = beside_comparison(framer, *split_periods(framer))
    resolved = without_left_out(framer, clock, main_period(framer, clock, main, previous, out))
    grain = _grain(framer, resolved, main is not None or previous is not None)
    if frame.trend and main is None and not (previous and previous.period) and grain:
        resolved = trend_default(framer, clock, grain, out)
    out.resolved = one_day(framer, resolved, out)
    out.stretch = resolved.period if resolved is not None and out.resolved is not resolved else None
    if judged:
        leave_books(framer, out.resolved.period if out.resolved else None, out)
    comparison = None if framer.frame.has(AT_CLOSE, "reconcile") else _compared(framer, clock, versus, previous, out, judged=judged)
    period = out.resolved.period if out.resolved else None
    groups = tuple(dict.fromkeys(frame.groups))
    if comparison is not None and comparison.period is not None and groups and moved_order(framer) is None:
        note_moved(framer)
    if comparison is not None and comparison.kind == "values":
        note_more(framer)
    return Plan(
        metrics=tuple(dict.fromkeys(frame.metrics)),
        group_by=groups,
        grain=grain,
        filters=tuple(frame.filters),
        period=period,
        comparison=comparison,
        ranking=None if comparison is not None and groups and _by_change(framer) else _ranking(framer, groups, grain, previous),
        topic=_shared(framer, previous) or topic_of(framer),
    )


def _compared(
    framer: Framer, clock: Clock, versus: PeriodSpec | None, previous: Plan | None, out: Outcome, *, judged: bool
) -> Comparison | None:
    """Return the comparison; of books kept by month, both sides in whole months (the answer's period may then end earlier)."""
    period, said = out.resolved.period if out.resolved else None, list[str]()
    found = comparison_of(framer, clock, period, versus, previous, said)
    if found is not None and found.kind == "previous_period" and versus is None and out.stretch is not None:
        found = day_before(out.stretch)  # `inventory growth this year`: against where it stood as the year began
    other = found.period if found is not None else None
    whole = whole_months(framer, period, other, out, judged=judged) if period is not None else None
    if period is not None and whole is not None:
        out.resolved = Resolved(whole)
        if found is not None and other is not None:
            said, moved = [], whole.start != period.start
            found = comparison_of(framer, clock, whole, versus, previous, said) if moved else as_long(found.kind, other.start, whole, clock)
    if framer.frame.reports and half_held(framer, found):
        out.assumptions.append(text(framer, "half_left").format(start=day_text(framer.ctx.data_start)))
        return None
    out.assumptions.extend(said)
    return found


def _by_change(framer: Framer) -> bool:
    """`biggest drop by make`: no row is first by its figure; every row shows its change, and that they are not in its order."""
    if not (change_ordered(framer) or says_lost(framer)) or moved_order(framer) is not None:
        return False
    framer.frame.notes.append(("by_change", {}))
    return True


def _shared(framer: Framer, previous: Plan | None) -> str | None:
    """A share of the same measure goes on over another period (`now Q2`)."""
    same = previous is not None and previous.topic == "share" and list(previous.metrics) == list(framer.frame.metrics)
    only = not (framer.frame.has("total", "how_many") or framer.frame.metric_spans)
    return "share" if same and only and bool(framer.frame.groups or framer.frame.filters) else None


def _grain(framer: Framer, resolved: Resolved | None, given: bool) -> Grain | None:
    frame = framer.frame
    if frame.grain is not None:
        return frame.grain
    joined = {t.text for t in frame.tokens} & set(framer.raw["together_words"])  # `August and September combined`
    if resolved is not None and resolved.grouped is not None and not frame.groups and not joined:
        frame.trend = True
        return resolved.grouped
    if _at_ends(framer, resolved):
        frame.trend = True
        return "month"
    if not frame.trend:
        return _same_grain(framer, resolved)
    if not given or resolved is None:
        return "month"
    days = (resolved.period.end - resolved.period.start).days + 1
    return next((g for limit, g in framer.raw["trend_grains"] if days <= limit), "month")


def _at_ends(framer: Framer, resolved: Resolved | None) -> bool:
    """`days' supply at month end for the past year`: of a position, one figure for the end of each month."""
    frame = framer.frame
    said = next((i for i, (a, b) in enumerate(pairwise(frame.tokens)) if [a.stem, b.stem] == framer.raw["month_end"]), None)
    if said is None or resolved is None or not frame.metrics or not all(is_position(framer, m) for m in frame.metrics):
        return False
    if frame.bound.get(said, "") == "period":
        return False
    frame.bound.update({said: "grain", said + 1: "grain"})
    return unit_end(resolved.period.start, "month") < resolved.period.end


def _same_grain(framer: Framer, resolved: Resolved | None) -> Grain | None:
    """A trend goes on over another stretch (`and for Q2?`), unless it is one bucket long or rows were given up."""
    previous, frame = framer.ctx.previous, framer.frame
    if previous is None or resolved is None or previous.grain is None or frame.flat or frame.record or not frame.carried:
        return None
    longer = unit_end(resolved.period.start, previous.grain) < resolved.period.end
    return previous.grain if longer and (frame.groups == list(previous.group_by)) else None


def _ranking(framer: Framer, groups: tuple[str, ...], grain: Grain | None, previous: Plan | None) -> Ranking | None:
    frame = framer.frame
    if not frame.metrics:
        return None
    if not frame.ranked:
        same = previous.ranking if previous and previous.ranking and set(previous.group_by) == set(groups) and groups else None
        if same is not None:
            by = frame.metrics[0] if same.by not in frame.metrics else same.by
            return same.model_copy(update={"by": by, "limit": frame.limit or same.limit})
        return Ranking(by=frame.metrics[0], direction="desc") if _asks_order(framer, groups) else None
    if not groups and grain is None:
        return None
    by = frame.rank_by if frame.rank_by in frame.metrics else frame.metrics[0]
    direction = framer.raw["rank_cues"].get(frame.order) or (_best(framer) if frame.order == "best" else _FLIPPED[_best(framer)])
    if frame.order == "worst" and not framer.lexicon.vocabulary and framer.catalog.metrics[by].good == "none":
        side = str(framer.raw["texts"][direction])
        frame.notes.append(("no_side", {"label": framer.catalog.metrics[by].label, "word": frame.order, "side": side}))
    return Ranking(by=by, direction=direction, limit=frame.limit)


def _people_only(framer: Framer, plan: Plan, out: Outcome) -> Plan:
    """A ranking of people never has a pseudo person in it: `ranking_filters` of the vocabulary."""
    for entry in _pseudo_people(framer, plan):
        cut, told = str(entry["dimension"]), {f.dimension for f in plan.filters}
        tables = [framer.catalog.metrics[m].tables for m in plan.metrics]
        fits = all(entry.get("table") in {None, *own} for own in tables) and not all(entry.get("not_table") in own for own in tables)
        known = fits and all(cut in framer.catalog.metrics[m].dimensions for m in plan.metrics)
        listed = plan.ranking is not None or any(f.dimension in plan.metrics for f in plan.filters)
        if not listed or entry["by"] not in plan.group_by or not known or {cut, str(entry["by"])} & told:
            continue
        out.assumptions.append(str(entry["assume"]))
        plan = plan.model_copy(update={"filters": (*plan.filters, as_filter(entry))})
    return plan


def _pseudo_people(framer: Framer, plan: Plan) -> list[dict[str, Any]]:
    """The conditions that leave pseudo people out; targets are held by the names of people, and know no other column of theirs."""
    entries = [dict(entry) for entry in framer.lexicon.vocabulary.get("ranking_filters") or ()]
    if plan.comparison is None or plan.comparison.kind != "target":
        return entries
    return [{**entry, "not_table": None} for entry in entries if entry["by"] == entry["dimension"]]


def _asks_order(framer: Framer, groups: tuple[str, ...]) -> bool:
    return bool(groups) and not framer.frame.record and framer.frame.has("who", "which") and not framer.frame.side_by_side


def _best(framer: Framer) -> str:
    by = framer.frame.rank_by if framer.frame.rank_by in framer.frame.metrics else framer.frame.metrics[0]
    good = framer.catalog.metrics[by].good
    return "desc" if good in _GOOD_HIGH else "asc"
