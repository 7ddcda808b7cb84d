"""Beside: words that make a measure one of several (`including the back end`, `at least 10 ups`), where it stands alone in the plan."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer

_JUDGED = frozenset({"bottom", "best", "worst"})


def included_alone(framer: Framer, plan: Plan) -> str:
    """`per copy on used including back end`: what was to be counted in is all that is left."""
    frame, words = framer.frame, framer.raw["including_words"]
    if len(plan.metrics) != 1 or framer.inherits():
        return ""
    for span in frame.metric_spans.values():
        before = frame.tokens[span.start - 1].text if span.start else ""
        if before in words and frame.has("include") and span.start > 1:
            return f"{before} {frame.said(span)}"
    return ""


def limit_ranked(framer: Framer, plan: Plan) -> str:
    """`bottom three closers with at least 10 ups`: the rows are put in order by nothing but the count that only limits them."""
    frame, ranking = framer.frame, plan.ranking
    if ranking is None or len(plan.metrics) != 1 or frame.order not in _JUDGED or not plan.group_by:
        return ""
    span = frame.metric_spans.get(plan.metrics[0])
    limited = any(f.dimension == ranking.by for f in plan.filters)
    number = span is not None and span.start > 0 and frame.tokens[span.start - 1].number is not None
    cues = [frame.spans[i] for i in frame.cues.get(frame.order, ())]
    return frame.said(cues[0]) if limited and number and cues else ""
