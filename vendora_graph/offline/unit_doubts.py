"""A unit of time as what is asked for: `days in A/R`, where nothing of the plan is counted in it."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer


def idle_unit(framer: Framer, plan: Plan) -> str:
    """Return the words (`days in`, `how many days`) that open the question and measure nothing; empty without them."""
    frame, words = framer.frame, framer.raw["unit_asked"]
    units = {framer.catalog.metrics[m].unit for m in plan.metrics}
    if units & set(words["units"]):
        return ""
    limited = any(f.op not in {"in", "not_in"} for f in plan.filters)
    for span in () if limited else (frame.spans[i] for i in frame.cues.get("how_many", ())):
        after = frame.tokens[span.end : span.end + 1]
        if after and after[0].text in words["words"] and frame.bound.get(span.end, "modifier").startswith("modifier"):
            return f"{frame.said(span)} {after[0].raw}"
    for at, token in enumerate(frame.tokens[:-1]):
        first = not any(t.content and frame.bound.get(i, "cue").startswith(("metric", "filter")) for i, t in enumerate(frame.tokens[:at]))
        alone = frame.tokens[at - 1].number is None if at else True
        if token.text in words["words"] and at not in frame.bound and first and alone and frame.tokens[at + 1].text in words["links"]:
            return f"{token.raw} {frame.tokens[at + 1].raw}"
    return ""
