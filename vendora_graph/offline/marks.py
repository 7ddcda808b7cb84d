"""Marks: `are we on pace for 160`: a bare number a projection is to be held against, and what it counts where nothing is named."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer


def needs(framer: Framer) -> bool:
    """`sales per day needed to hit 160 units`: what is still needed, which is no line by day and no limit."""
    return framer.frame.has("pace") and any(t.text in framer.raw["need_words"] for t in framer.frame.tokens)


def take_mark(framer: Framer) -> None:
    """Take the number after a word of pace as what the projection is held against; alone it is one of the usual measure's."""
    frame = framer.frame
    if not frame.has("pace"):
        return
    free = [i for i, t in enumerate(frame.tokens) if t.number is not None and t.kind != "ord" and i not in frame.bound]
    if len(free) != 1:
        return
    token = frame.tokens[free[0]]
    usual = framer.lexicon.section("pace_marks").get(token.unit or "units")
    if not (frame.metrics or frame.rules or frame.departments or framer.inherits()) and usual in framer.catalog.metrics:
        frame.metrics, frame.from_hint = [str(usual)], True
    frame.bound[free[0]] = "mark"
    frame.notes.append(("marked", {"words": token.raw}))
