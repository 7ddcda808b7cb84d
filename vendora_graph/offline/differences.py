"""Differences: `labor gross minus sublet gross`: one measure less another, which is no exclusion and nothing that is computed here."""

from __future__ import annotations

from itertools import pairwise

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.people import EACH
from vendora_graph.offline.spans import Span
from vendora_graph.offline.variants import base_of, filters_of

_PAIR = 2


def one_less_other(framer: Framer, plan: Plan) -> str:
    """Return the words that take one measure from another, or ask for the difference of two; empty without any."""
    return _taken_away(framer, plan) or _between(framer, plan)


def _taken_away(framer: Framer, plan: Plan) -> str:
    """`labor gross minus sublet gross`, `total gross minus front gross`; `ROs minus warranty ROs` only leaves some of them out."""
    frame = framer.frame
    for span in (frame.spans[i] for i in frame.cues.get("exclude", ())):
        if frame.said(span).lower() not in framer.raw["minus_words"]:
            continue
        named = _measure_after(framer, span.end)
        before = any(s.end <= span.start for s in frame.spans if of_kind(s, "metric", "rule"))
        if named is not None and before and not _same(framer, named, plan):
            return " ".join(t.raw for t in frame.tokens[span.start : named.end])
    return ""


def _measure_after(framer: Framer, at: int) -> Span | None:
    """The measure that stands right after a place, with values and small words between (`minus sublet gross`)."""
    frame = framer.frame
    for span in (s for s in frame.spans if s.start >= at):
        if any(t.content or t.kind == "punct" for t in frame.tokens[at : span.start]):
            return None
        if of_kind(span, "rule") or (of_kind(span, "metric") and not frame.bound.get(span.start, "").startswith("filter")):
            return span
        if not of_kind(span, "value"):
            return None
        at = span.end
    return None


def _same(framer: Framer, span: Span, plan: Plan) -> bool:
    """Whether the measure taken away is the one it is taken from, of some of the records."""
    lexicon = framer.lexicon
    own = {base_of(lexicon, m) for m in plan.metrics}
    limited = any(f.op == "not_in" for f in plan.filters) and not of_kind(span, "rule")
    return limited and any(base_of(lexicon, s.key) in own for s in of_kind(span, "metric"))


def of_two_values(framer: Framer) -> bool:
    """`difference between used and new front gross`: two values of one column side by side, not a change over time."""
    frame = framer.frame
    pair = any(f.op == "in" and len(f.values) == _PAIR and f.dimension in frame.groups for f in frame.filters)
    return pair and _said(framer) >= 0 and not frame.periods[1:] and not frame.trend


def _said(framer: Framer) -> int:
    """The place of `difference between`, -1 without it."""
    tokens, words = framer.frame.tokens, set(framer.raw["difference_words"])
    found = (i for i, (a, b) in enumerate(pairwise(tokens)) if a.text in words and b.text in framer.raw["between_words"])
    return next(found, -1)


def lost_slice(framer: Framer, plan: Plan) -> str:
    """`how many new cars did we stock`: the measure is of used ones, and the slice beside it was left out."""
    frame, named = framer.frame, framer.lexicon.section("named_slices")
    held = {*plan.group_by, *(f.dimension for f in plan.filters)}
    told = {t.stem for m in plan.metrics for t in framer.lexicon.normaliser.tokens(_texts(framer, m))}
    for metric in (m for m in frame.dropped if m in named):
        items = [f for f in filters_of(named[metric]) if f.op == "in" and f.dimension not in held]
        if items and not any(value in told for f in items for value in f.values):
            return frame.said(frame.metric_spans[metric])
    return ""


def both_siblings(framer: Framer, plan: Plan) -> str:
    """`service appointments shown vs scheduled`: one word is another department's measure of the same name, and hardly meant so."""
    frame, siblings = framer.frame, framer.lexicon.section("siblings")
    if EACH in frame.bound.values():  # `no shows in sales and service`
        return ""
    for metric in (m for m in plan.metrics if siblings.get(m) in plan.metrics and m in frame.metric_spans):
        span = frame.metric_spans[metric]
        words = [compact(frame.tokens[i : i + 1]) for i in range(span.start, span.end)]
        if not any(s.kind == "group" for word in words for s in framer.lexicon.senses(word)):
            return frame.said(span)
    return ""


def _texts(framer: Framer, metric: str) -> str:
    info = framer.catalog.metrics[metric]
    return " ".join((info.label, info.description, info.basis, info.filter_text, *info.synonyms))


def _between(framer: Framer, plan: Plan) -> str:
    """`difference between labor sales and parts sales`: two measures, and one less the other is asked for."""
    at = _said(framer)
    return " ".join(t.raw for t in framer.frame.tokens[at:]) if at >= 0 and len(plan.metrics) == _PAIR else ""
