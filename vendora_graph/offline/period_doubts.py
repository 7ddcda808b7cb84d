"""Doubts about periods: words beside one that change which days are meant, and an average over several that is held against one."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import LIMITS, Framer
from vendora_graph.offline.outcome import is_position
from vendora_graph.offline.spans import Span

_ADDITIVE = frozenset({"additive", "distinct"})


def vague_period(framer: Framer, _plan: Plan) -> str:
    """`around Christmas`, `at the beginning of October`: days that the period alone does not name."""
    frame = framer.frame
    for span in _periods(framer):
        at = _back(framer, span.start)
        if at >= 0 and frame.tokens[at].text in framer.raw["vague_before"] and frame.bound.get(at, "cue").startswith("cue"):
            return " ".join(t.raw for t in frame.tokens[at : span.end])
    return ""


def averaged_stretch(framer: Framer, plan: Plan) -> bool:
    """`against the average of the last four quarters`: an average of several figures, and one stretch is held against the other."""
    frame, words = framer.frame, framer.raw["average_words"]
    previous = framer.ctx.previous
    if previous is not None and previous.averaged and plan.comparison is not None and set(previous.metrics) <= set(plan.metrics):
        return True  # `average monthly units`, then `vs last year`: two averages are not held against one another
    swapped = not set(plan.metrics) & set(frame.metric_spans)  # `average` made another measure of the one named
    if plan.comparison is None or not (_adds(framer, plan) or swapped):
        return False
    for span in _periods(framer):
        at = _back(framer, span.start)
        linked = any(t.text in framer.raw["average_links"] for t in frame.tokens[at + 1 : span.start])
        before = linked and at >= 0 and frame.tokens[at].text in words
        after = span.end < len(frame.tokens) and frame.tokens[span.end].text in words
        if before or after:
            return True
    return False


def edge(framer: Framer, plan: Plan) -> str:
    """`units at the end of October`: one day of what adds up over time is hardly meant, and nothing says how many."""
    frame = framer.frame
    if plan.intent not in {"value", "breakdown", "ranking"} or all(is_position(framer, m) for m in plan.metrics):
        return ""
    return next((frame.said(s) for s in _periods(framer) if s.period is not None and s.period.op in framer.raw["edge_ops"]), "")


def limited_date(framer: Framer, _plan: Plan) -> str:
    """`stocked in over 60 days ago`: a limit on how long ago, where the period is read as that one day."""
    limits = {span.end: span for name in LIMITS for span in (framer.frame.spans[i] for i in framer.frame.cues.get(name, ()))}
    dated = (span for span in _periods(framer) if span.period is not None and span.period.op in framer.raw["ago_ops"])
    return next((f"{framer.frame.said(limits[s.start])} {framer.frame.said(s)}" for s in dated if s.start in limits), "")


def by_day(framer: Framer, plan: Plan) -> str:
    """`units sold by Monday`: up to that day, from a day that is not said; the period is read as that day alone."""
    frame, one = framer.frame, plan.period is not None and plan.period.start == plan.period.end
    for span in _periods(framer) if one else ():
        before = frame.tokens[span.start - 1].text if span.start else ""
        if before == framer.raw["by_word"]:
            return f"{before} {frame.said(span)}"
    return ""


def _adds(framer: Framer, plan: Plan) -> bool:
    return any(framer.catalog.metrics[m].additivity in _ADDITIVE for m in plan.metrics)


def _periods(framer: Framer) -> list[Span]:
    return [span for span in framer.frame.spans if span.period is not None and framer.frame.bound.get(span.start) == "period"]


def _back(framer: Framer, at: int) -> int:
    """The word before a period, past the small words that lead to it."""
    at -= 1
    while at >= 0 and framer.frame.tokens[at].text in framer.raw["period_links"]:
        at -= 1
    return at
