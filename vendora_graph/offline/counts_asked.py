"""Counts asked for: a count was asked, and what the plan would show is an amount, a rate, or so many of each."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.kinds import counting, marked

_SEVERAL = 2


def lost_count(framer: Framer, plan: Plan) -> bool:
    """`used inventory # and $`: a count beside an amount, and only amounts would be shown; a rate after a `how many` of its own."""
    amounts = marked(framer) and all(framer.catalog.metrics[m].unit.startswith("usd") for m in plan.metrics)
    return amounts or _rate_counted(framer, plan) or _each_counted(framer, plan)


def _rate_counted(framer: Framer, plan: Plan) -> bool:
    """`how many leads did each get and how many of them set an appointment`: the second is a count as well."""
    frame, known = framer.frame, framer.catalog.metrics
    cues = [frame.spans[i] for i in frame.cues.get("how_many", ()) if framer.raw["much_word"] not in frame.said(frame.spans[i])]
    if len(cues) < _SEVERAL or frame.has("share"):
        return False
    last = max(cue.end for cue in cues)
    after = [m for m in plan.metrics if m in frame.metric_spans and frame.metric_spans[m].start >= last]
    return bool(after) and all(known[m].unit == "rate" for m in after)


def _each_counted(framer: Framer, plan: Plan) -> bool:
    """`how many times did we drop prices`: so many in all, and the measure is so many of each."""
    frame, words = framer.frame, {*framer.raw["per_words"], *framer.raw["each_words"]}
    each = [framer.catalog.metrics[m] for m in plan.metrics]
    per = all(m.additivity == "ratio" and m.unit == "number" and set(m.label.lower().split()) & words for m in each)
    return per and counting(framer) and not frame.has("average_day") and not any(t.text in words for t in frame.tokens)
