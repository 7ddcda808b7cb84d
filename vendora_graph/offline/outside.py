"""Outside: words that limit by something the plan does not hold: `over book`, `below average`, a status by the day it came about."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import LIMITS, Framer

_LIMITS = ("gt", "lt")
_DAYS = 7


def bare_limit(framer: Framer, plan: Plan) -> str:
    """`what did we give over book`, `am I over on sublet`: a comparison with a thing that is no number, period or measure, or unsaid."""
    frame, small = framer.frame, set(framer.lexicon.english.raw["stop"].split())
    for span in (frame.spans[i] for name in _LIMITS for i in frame.cues.get(name, ())):
        at = span.end
        while at < len(frame.tokens) and frame.tokens[at].text in framer.raw["articles"]:
            at += 1
        if frame.said(span) not in framer.raw["bare_limits"] or at >= len(frame.tokens):
            continue
        token = frame.tokens[at]
        noun = token.number is None and token.kind == "word" and token.text not in small
        unsaid = token.text == framer.raw["on_word"] and plan.comparison is None
        if (noun or unsaid) and at not in frame.bound and frame.bound.get(span.start, "cue").startswith("cue"):
            return f"{frame.said(span)} {token.raw}"
    return ""


def idle_words(framer: Framer, plan: Plan) -> str:
    """Words that set a limit or an order, and the plan has neither."""
    return _idle_limit(framer) or _lost_of_count(framer, plan)


def _idle_limit(framer: Framer) -> str:
    """`have we passed last November`: a verb that sets a limit, and nothing it limits by was taken up."""
    frame, verbs = framer.frame, framer.raw["limit_verbs"]
    spans = (frame.spans[i] for name in LIMITS for i in frame.cues.get(name, ()))
    idle = (s for s in spans if frame.tokens[s.start].text in verbs and frame.bound.get(s.start, "cue").startswith("cue"))
    return next((frame.said(s) for s in idle if frame.bound.get(s.start) != "cue compare"), "")


def _lost_of_count(framer: Framer, plan: Plan) -> str:
    """`who lost the most deals`: the least of a count is not the most lost of it."""
    units = {framer.catalog.metrics[m].unit for m in plan.metrics}
    cues = (framer.frame.said(framer.frame.spans[i]) for i in framer.frame.cues.get("bottom", ()))
    counted = framer.frame.order == "bottom" and plan.comparison is None and bool(units) and units <= {"count", "units"}
    return next((said for said in cues if counted and said in framer.raw["lost_orders"]), "")


def dated_otherwise(framer: Framer, plan: Plan) -> str:
    """`deals finalized yesterday`: the day a state came about is not held, where a few days of another date are asked for."""
    states = framer.lexicon.section("states")
    if plan.period is None or (plan.period.end - plan.period.start).days >= _DAYS:
        return ""
    found = [value for f in plan.filters for value in f.values if value in (states.get(f.dimension) or ())]
    return found[0] if found else ""


def lost_who(framer: Framer, plan: Plan) -> str:
    """`who on my team is behind`: a person is asked for, and the figures are neither by nor of people."""
    frame, known = framer.frame, framer.catalog.dimensions
    spans = [frame.spans[i] for i in frame.cues.get("who", ())]
    verbs = {s.start for s in frame.metric_spans.values()}  # `who owes us money`
    opens = [s for s in spans if s.end not in verbs and not any(t.content for t in frame.tokens[: s.start])]
    told = {known[name].kind for name in (*plan.group_by, *(f.dimension for f in plan.filters)) if name in known}
    if not opens or framer.inherits() or plan.group_by or told & {"person", "record"} or plan.intent not in {"value", "compare"}:
        return ""
    return frame.said(opens[0])


def both_ends(framer: Framer, plan: Plan) -> str:
    """`top 3 and bottom 3`: two ends of an order, and only one can be shown at a time."""
    frame, joiner = framer.frame, framer.raw["joiners"][0]
    first, second = ([frame.spans[i] for i in frame.cues.get(name, ())] for name in ("top", "bottom"))
    for one, other in ((a, b) for a in first for b in second):
        a, b = sorted((one, other), key=lambda span: span.start)
        if plan.ranking is not None and any(t.stem == joiner for t in frame.tokens[a.end : b.start]):
            return frame.said(b)
    return ""
