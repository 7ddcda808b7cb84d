"""Intents: what kind of answer is asked for, by the rules of `english.yaml`, and what a complex one needs besides."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from vendora_graph.contracts import Complexity, Filter, Intent, Plan
from vendora_graph.offline.explanations import HELPS, HURTS
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.knowledge import data
from vendora_graph.offline.marks import take_mark
from vendora_graph.offline.outcome import clock_of
from vendora_graph.offline.period_marks import held_against
from vendora_graph.offline.period_ops import resolve
from vendora_graph.offline.period_split import split_periods
from vendora_graph.offline.places import TOPIC as PLACE
from vendora_graph.offline.scenarios import sets_apart
from vendora_graph.offline.target_words import compares, paced
from vendora_graph.offline.what_if import change_of, size_words

_SIMPLE_METRICS = 2
AS_CLOSED, AT_CLOSE = "as_closed", "at_close"
"""The cues of a figure as the closed books had it, and (also the topic of a plan) of that against how it stands now."""


def take_as_closed(framer: Framer) -> None:
    """Read "units as closed" as what the closed books had, "as closed against now" as both, with what leads from one to the other."""
    _take_own_basis(framer)
    frame, known = framer.frame, data("reconciliations")
    bases = {pair["right"]["metric"]: name for name, pair in known[AT_CLOSE].items() if not pair["right"].get("where")}
    now = any(token.text in framer.raw["as_it_stands_words"] for token in frame.tokens)
    if now and (frame.has(AS_CLOSED) or any(metric in bases for metric in frame.metrics)):
        frame.cues.setdefault(AT_CLOSE, [])
    if frame.has(AT_CLOSE):
        frame.metrics[:] = [bases.get(metric, metric) for metric in frame.metrics]
    elif frame.has(AS_CLOSED):
        _swap_closed(framer, [known[AT_CLOSE].get(m) or known[AT_CLOSE].get(known["synonyms"].get(m, "")) for m in frame.metrics])


def _take_own_basis(framer: Framer) -> None:
    """`reconcile parts gross to the ledger`: a department's gross by the ledger is the other side of what its deals and orders made."""
    frame = framer.frame
    if not frame.has("reconcile"):
        return
    for name, pair in data("reconciliations")["pairs"].items():
        right, where = pair["right"]["metric"], pair["right"].get("where") or {}
        sides = [item for item in frame.filters if set(item.values) == set(where.get(item.dimension, ())) and item.op == "in"]
        if frame.metrics == [right] and len(where) == 1 and len(sides) == 1:
            frame.metrics[:] = [name]
            frame.filters = [item for item in frame.filters if item not in sides]
            return


def _swap_closed(framer: Framer, pairs: list[Mapping[str, Any] | None]) -> None:
    """Put the closed books' figure in the place of each measure; where one has none, the words stay unused and are named."""
    frame = framer.frame
    if not all(pairs):
        for span in (frame.spans[i] for i in frame.cues.pop(AS_CLOSED)):
            for index in range(span.start, span.end):
                frame.bound.pop(index, None)
        return
    present = {item.dimension for item in frame.filters}
    where = {dimension: tuple(values) for pair in pairs if pair for dimension, values in pair["right"].get("where", {}).items()}
    frame.metrics[:] = [pair["right"]["metric"] for pair in pairs if pair]
    frame.filters.extend(Filter(dimension=name, values=values) for name, values in where.items() if name not in present)


def _same_again(framer: Framer, previous: Plan) -> bool:
    """`what drives PVR`, then `same for used` or `and front`: the same question of another part, with no form of its own."""
    frame, raw = framer.frame, framer.raw
    form = frame.has(*raw["own_forms"]) or frame.record or frame.trend or frame.grain or frame.flat or frame.versus or frame.ranked
    if previous.intent == "what_if" and not _same_size(framer, previous):
        return False
    parted = [g for g in frame.groups if g not in previous.group_by]
    counted = any(a.text == raw["how_word"] and b.text in (*raw["how_many"], raw["much_word"]) for a, b in pairwise(frame.tokens))
    return frame.carried and not (form or counted) and (not parted or previous.intent in raw["parted_intents"])


def _same_size(framer: Framer, previous: Plan) -> bool:
    """Whether a scenario's size can go on: no other number was said, and the figure is of the same kind."""
    frame, known = framer.frame, framer.catalog.metrics
    free = any(t.number is not None and at not in frame.bound for at, t in enumerate(frame.tokens))
    return not free and [known[m].unit for m in frame.metrics[:1]] == [known[m].unit for m in previous.metrics[:1]]


def intent_rule(framer: Framer, previous: Plan | None) -> Mapping[str, object] | None:
    """Return the first rule of the data whose cues were said."""
    frame = framer.frame
    if frame.reports:
        return {"intent": "report", "complexity": "complex", "steps": ["query_metrics"]}
    named = bool(frame.metrics) and not frame.from_department
    if previous is not None and previous.intent in framer.raw["lasting_intents"] and _same_again(framer, previous):
        if previous.intent == "what_if" and previous.topic:
            frame.notes.append(("same_size", {"size": size_words(previous.topic)}))
        return {"intent": previous.intent, "complexity": "complex", "steps": previous.steps, "topic": previous.topic}
    for rule in framer.raw["intents"]:
        if not all(frame.has(cue) for cue in rule["cues"]) or any(frame.has(cue) for cue in rule.get("unless", ())):
            continue
        if rule["intent"] == "definition" and (frame.filters or _stands_in(framer)) and not frame.has("inside"):
            continue  # `what is in A/R over 90 days`, `what's in stock` ask for the figure
        wants = rule.get("metric")
        if wants is None or (wants == "yes") == named or (previous is not None and wants == "yes"):
            return dict(rule)
    return None


def _stands_in(framer: Framer) -> bool:
    """Whether what is in a position is asked for: it is how much of it there is."""
    frame, known = framer.frame, framer.catalog.metrics
    spans = [span for name, span in frame.metric_spans.items() if name in frame.metrics and known[name].snapshot]
    inside = framer.raw["inside_word"]
    return any(frame.tokens[at].text == inside for span in spans for at in range(max(span.start - 1, 0), span.start + 1))


def look_back(framer: Framer) -> None:
    """`how has gross been trending since June`: over a stretch gone by the word asks for a line, not for where a month lands."""
    frame, said = framer.frame, {t.text for t in framer.frame.tokens}
    values = any(f.op == "in" and len(f.values) > 1 and f.dimension in frame.groups for f in frame.filters)
    beside = frame.side_by_side and values  # `will new beat used this month`: the two as they stand
    if not frame.has("target") and (beside or any(held_against(framer, at) for at, _ in frame.periods)):
        frame.cues.pop("pace", None)  # `how far ahead of last year are we`
    if not frame.has("pace") or not said & set(framer.raw["trending_words"]) or frame.groups or frame.record:
        return
    main, _ = split_periods(framer)
    found = resolve(main, clock_of(framer)) if main is not None else None
    several = found is not None and (found.period.start.year, found.period.start.month) != (found.period.end.year, found.period.end.month)
    if several or (found is not None and found.period.complete) or said & set(framer.raw["been_words"]):
        frame.cues["trend"], frame.trend = frame.cues.get("trend", []), True


def look_ahead(framer: Framer) -> None:
    """`how many units will we sell in December`, `gross next month`: what lies ahead is forecast; what is scheduled is counted."""
    _left_to_target(framer)
    frame, clock = framer.frame, clock_of(framer)
    scheduled = framer.lexicon.vocabulary.get("ahead_metrics") or ()
    counted = any(m in scheduled or framer.catalog.metrics[m].snapshot for m in frame.metrics)
    if len(frame.periods) != 1 or counted or not frame.metrics:
        return
    main = frame.periods[0][1]
    found = resolve(main, clock)
    if found is None or frame.groups or frame.record or frame.ranked or frame.has(*framer.raw["no_outlook"]):
        return
    if main.op == "this" and main.word("unit") == "month" and {t.text for t in frame.tokens} & set(framer.raw["will_words"]):
        frame.cues["pace"] = frame.cues.get("pace", [])  # `how many cars will we sell this month`
        take_mark(framer)
    words = {t.text for t in frame.tokens}
    said = bool(words & set(framer.raw["will_words"])) or set(framer.raw["outlook_words"]) <= words
    will = said and main.op in {"month", "quarter"} and not main.args.get("year")
    later = found.period.start > max(clock.data_through, clock.as_of) and found.period.grain in {"month", "quarter", "year"}
    if later or (will and found.period.complete):
        frame.cues["forecast"] = frame.cues.get("forecast", [])


def _left_to_target(framer: Framer) -> None:
    """`how many ROs are we short of the November goal`: of a month that runs, where it is heading and what is left."""
    frame = framer.frame
    asked = frame.has("target") and {t.text for t in frame.tokens} & set(framer.raw["remaining_words"])
    if not asked or frame.groups or frame.grain is not None or len(frame.periods) > 1:
        return
    found = resolve(frame.periods[0][1], clock_of(framer)) if frame.periods else None
    if found is None or (not found.period.complete and found.period.grain == "month"):
        frame.cues["pace"], frame.versus = frame.cues.get("pace", []), "target"


def intent_of(framer: Framer, plan: Plan, rule: Mapping[str, object] | None) -> tuple[Intent, Complexity, tuple[str, ...]]:
    """Return the intent, how complex it is, and the senior analyst's steps."""
    whole = rule is not None and rule["intent"] == "scorecard" and not framer.frame.has("recommend", "benchmark")
    closed = plan.period is not None and plan.period.complete
    pace = rule is not None and rule["intent"] == "pace"
    people = pace and compares(plan) and bool(set(plan.group_by) & set(framer.lexicon.section("own_targets")))  # `who is behind on units`
    itself = people or (closed and ((whole and compares(plan)) or pace))
    if rule is not None and rule["intent"] == "recommend" and [m for m in plan.metrics[:1] if sets_apart(m)]:
        return "what_if", "complex", ("query_metrics", "what_if")  # `what should we do about aged inventory`
    if rule is not None and not itself:  # `where did we finish October`; "how did we do vs budget" is each figure beside its target
        steps = rule.get("steps") or ()
        return rule["intent"], rule["complexity"], tuple(str(s) for s in steps)  # type: ignore[return-value, attr-defined]
    if paced(plan, framer.catalog) and not framer.frame.record:
        return "pace", "complex", ("pace",)
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


def topic_of(framer: Framer) -> str | None:
    """Return what the answer is about beside its slots: a report, a share, a change, a department."""
    if framer.frame.reports or framer.frame.place:
        return framer.frame.reports[0] if framer.frame.reports else f"{PLACE}{framer.frame.place}"
    if framer.frame.has("what_if"):
        return change_of(framer)
    if framer.frame.has(AT_CLOSE):
        return AT_CLOSE
    side = next((name for name in (HURTS, HELPS) if framer.frame.has(name) and framer.frame.has("why")), None)
    change = side or (_change_over(framer) if framer.frame.has("anomaly") else None)
    if change is not None:
        return change
    rates = all(framer.catalog.metrics[m].unit == "rate" for m in framer.frame.metrics[:1])
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
