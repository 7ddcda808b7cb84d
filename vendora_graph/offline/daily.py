"""Daily: `who writes the most tickets a day`: a rate per person and day where the model has one, else no total in its place."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, can_cut

_RATES = frozenset({"ratio", "average", "median"})


def take_daily(framer: Framer) -> None:
    """Take the daily form of a measure by the people it is cut by (`daily_forms` of the vocabulary)."""
    frame, forms = framer.frame, framer.lexicon.section("daily_forms")
    if not frame.has("average_day"):
        return
    for metric in list(frame.metrics):
        form = next((str(to) for person, to in (forms.get(metric) or {}).items() if person in frame.groups), "")
        if form in framer.catalog.metrics:
            frame.metrics = [form if m == metric else m for m in frame.metrics]
            frame.metric_spans.setdefault(form, frame.metric_spans.get(metric, frame.spans[0]))
            frame.cues.pop("grain_day", None)


def each_open_day(framer: Framer) -> None:
    """`average ups per day`, `units per selling day`: of a measure that adds up, its figure for each day the store was open."""
    frame, forms = framer.frame, framer.lexicon.section("open_day_forms")
    averaging = any(t.text in framer.raw["average_words"] for t in frame.tokens) or _per_day_compared(framer)
    daily = frame.has("average_day") and (averaging or not frame.has("grain_day"))
    if frame.has("pace", "forecast", "what_if", "target") or not (daily or (averaging and frame.has("grain_day"))):
        return
    per_unit = {str(v): str(k) for k, v in ((framer.lexicon.section("modifiers").get("per_unit") or {}).get("map") or {}).items()}
    whole = averaging and not {t.text for t in frame.tokens} & set(framer.raw["unit_nouns_per"])  # `average front gross per day`
    named = [str(forms.get(m) or (forms.get(per_unit.get(m, "")) if whole else None)) for m in frame.metrics]
    cuts = {*frame.groups, *(f.dimension for f in frame.filters)}
    if not named or not all(form in framer.catalog.metrics and all(can_cut(framer.lexicon, form, cut) for cut in cuts) for form in named):
        return
    for form, metric in zip(named, frame.metrics, strict=True):
        frame.metric_spans.setdefault(form, frame.metric_spans.get(metric, frame.spans[0]))
    frame.metrics = named
    frame.cues.pop("grain_day", None)


def _per_day_compared(framer: Framer) -> bool:
    """`ROs per day in October vs October last year`: of two periods side by side one figure each, and not their days."""
    tokens = framer.frame.tokens
    per = any(a.text in framer.raw["per_words"][:1] and b.stem == "day" for a, b in pairwise(tokens))
    return per and framer.frame.has("compare", "grain_day") and len(framer.frame.periods) > 1


def averaged_unit(framer: Framer, plan: Plan) -> str:
    """`average units per day`: the calendar unit that a measure which adds up was to be averaged over; empty where none was."""
    frame, previous = framer.frame, framer.ctx.previous
    if previous is not None and previous.averaged and plan.group_by and set(previous.metrics) <= set(plan.metrics):
        return str(previous.grain)  # `average monthly units`, then `by store`
    averaging = any(t.text in framer.raw["average_words"] for t in frame.tokens)
    units = [str(grain) for name, grain in framer.raw["grain_cues"].items() if frame.has(name)]
    adds = not any(framer.catalog.metrics[m].additivity in _RATES for m in plan.metrics)
    beside = plan.comparison is not None and plan.comparison.kind != "values"
    return units[0] if averaging and units and adds and not beside and not plan.averaged else ""


def with_average(framer: Framer, previous: Plan | None, plan: Plan) -> Plan:
    """`average monthly units`, `what do we average a month`: the plan, marked where the mean of its complete buckets is asked for."""
    return plan.model_copy(update={"averaged": True}) if _averages(framer, plan, previous) else plan


def _averages(framer: Framer, plan: Plan, previous: Plan | None) -> bool:
    known = [framer.catalog.metrics[m] for m in plan.metrics]
    one_line = plan.intent == "trend" and not plan.group_by and plan.comparison is None and plan.ranking is None and plan.topic != "share"
    limited = any(item.dimension in plan.metrics for item in plan.filters)
    if not one_line or limited or plan.grain in {None, "day"} or any(m.snapshot or m.additivity in _RATES for m in known):
        return False
    goes_on = previous is not None and previous.averaged and not framer.frame.has("trend", *framer.raw["grain_cues"])
    return goes_on or averaged_unit(framer, plan) == plan.grain


def per_day(framer: Framer, plan: Plan) -> bool:
    """`ROs a day in October`: a total is no average of its days."""
    if not framer.frame.has("average_day") or framer.frame.has("pace") or plan.grain is not None:  # `how many a day do we need`
        return False
    return not all(framer.catalog.metrics[m].additivity in _RATES for m in plan.metrics)


def averaged_beside(framer: Framer, forms: Mapping[str, Any]) -> None:
    """`average front and back`: the word opens the first name, and holds for the one joined to it."""
    frame, metrics = framer.frame, framer.frame.metrics
    for first, second in list(pairwise(metrics)):
        a, b = frame.metric_spans.get(first), frame.metric_spans.get(second)
        if a is None or b is None or forms.get(second) not in framer.catalog.metrics:
            continue
        opened = frame.tokens[a.start].text in framer.raw["average_words"]
        joined = [t.stem for t in frame.tokens[a.end : b.start]] == framer.raw["joiners"][:1]
        if opened and joined and framer.catalog.metrics[first].additivity in _RATES:
            form = str(forms[second])
            frame.metrics = [form if m == second else m for m in frame.metrics]
            frame.metric_spans.setdefault(form, b)
            frame.notes.append(("read_as", {"word": frame.said(b), "label": framer.catalog.metrics[form].label}))
