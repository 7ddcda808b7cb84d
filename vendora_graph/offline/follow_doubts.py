"""Doubts of follow-ups: what would only bring the last answer again, and what leaves something out of it as a new question."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.small_follow import more_said, parting_verb

_NEAR = 2
_SLOTS = ("metrics", "group_by", "grain", "filters", "period", "comparison", "ranking")
_BOUND_BY_SMALL = ("cue", "department")


def opens_excluding(framer: Framer, plan: Plan) -> str:
    """`drop anyone with under 10 surveys`: words that leave something out of the last answer begin no question of their own."""
    frame, words = framer.frame, set(framer.raw["drop_words"])
    first = next((i for i, t in enumerate(frame.tokens[:_NEAR]) if t.text in words), -1)
    open_ = first >= 0 and not any(t.content for t in frame.tokens[:first]) and not any(f.op == "not_in" for f in plan.filters)
    people = {t.text for t in frame.tokens[first + 1 : first + 1 + _NEAR]} & set(framer.raw["left_words"])
    return " ".join(t.raw for t in frame.tokens[first:]) if open_ and people and framer.inherits() and not frame.carried else ""


def repeats(framer: Framer, plan: Plan) -> str:
    """A follow-up of small words that would only bring the last answer again (`break it out`, `drill down`, `what about them`)."""
    frame, previous = framer.frame, framer.ctx.previous
    if previous is None or not frame.carried:
        return ""
    parted = parting_verb(framer) >= 0 and plan.group_by == previous.group_by and plan.grain == previous.grain
    same = all(getattr(previous, name) == getattr(plan, name) for name in _SLOTS)
    said = {t.text for t in frame.tokens}
    drills = same and bool(said & set(framer.raw["drill_words"])) and not frame.unused()
    used = any(not what.startswith(_BOUND_BY_SMALL) for what in frame.bound.values()) or frame.has(*framer.raw["again_cues"])
    rows = bool(plan.group_by or plan.grain or len(plan.metrics) > 1)  # their total stands below them
    again = same and not used and not said & {*framer.raw["again_words"], *(framer.raw["total_words"] if rows else ())}
    shown = {d for d in previous.group_by if not any(f.dimension == d for f in previous.filters)}  # all of them stand there
    added = more_said(framer) and any(f.dimension in shown and f.op == "in" for f in frame.filters)
    return " ".join(t.raw for t in frame.tokens if t.kind != "punct") if parted or again or drills or added else ""
