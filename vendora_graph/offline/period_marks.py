"""What the words before a period make of it: something to be held against, or the last day of a running stretch."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer
from vendora_graph.offline.periods import PeriodSpec

_DAYS = frozenset({"today", "yesterday", "day", "date", "weekday"})


def changed_from(framer: Framer, at: int) -> bool:
    """`how has it changed from last month`: a change, and a period the change starts from."""
    before = framer.frame.tokens[at - 1].text if at else ""
    return framer.frame.has("change") and before in framer.raw["change_from"]


def held_against(framer: Framer, at: int) -> bool:
    """`how far below september are we`, `ahead of last year`: a word that sets one figure off against another stands before the period."""
    words = (*framer.raw["articles"], *framer.raw["against_links"])
    while at > 0 and framer.frame.tokens[at - 1].text in words:
        at -= 1
    return at > 0 and framer.frame.tokens[at - 1].text in framer.raw["against_words"]


def through_day(framer: Framer, at: int, spec: PeriodSpec, others: list[PeriodSpec]) -> PeriodSpec:
    """`service gross through yesterday`: the running month to that day; beside last year the running year."""
    before = framer.frame.tokens[at - 1] if at else None
    if before is None or before.stem != framer.raw["through_word"] or spec.op not in _DAYS:
        return spec
    if any(other.op in framer.raw["to_date_ops"] for other in others):
        return spec
    framer.frame.bound.setdefault(at - 1, "period")
    unit = "year" if any(other.word("unit") == "year" for other in others) else "month"
    return PeriodSpec("range", {}, (PeriodSpec("this", {"unit": unit}), spec))


def same_time(framer: Framer) -> bool:
    """`recon spend by store for the same month`: the last answer's period, whatever it was of."""
    frame, words = framer.frame, framer.raw["same_time"]
    found = [i for i, t in enumerate(frame.tokens) if i and t.text in words and frame.tokens[i - 1].text in framer.raw["same_lead"]]
    frame.bound.update({at: "period" for i in found for at in (i - 1, i)})
    return bool(found)
