"""Moved most: `which models dropped the most`, `top 5 by growth`, `sorted by change`: rows in the order of how much a figure moved."""

from __future__ import annotations

from typing import Literal

from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.omissions import change_ordered

Direction = Literal["desc", "asc"]


def moved_order(framer: Framer) -> Direction | None:
    """The order by change that is asked for: the largest rise or the largest fall first; None where no order is one by change."""
    frame, words = framer.frame, framer.raw["moved_order"]
    if not frame.groups or frame.record or frame.grain is not None or frame.has("what_if", "why", "forecast"):
        return None
    said = {t.text for t in frame.tokens}
    noted = next((str(values["words"]).lower() for name, values in frame.notes if name == "not_only_moved"), "")
    if noted in {*words["less"], *words["more"]}:  # `which sold fewer than in September`: those come first
        return "asc" if noted in words["less"] else "desc"
    lost = says_lost(framer)
    if not (lost or _ordered_by(framer) or (change_ordered(framer) and _verb(framer))):
        return None
    falls, rises = lost or bool(said & set(words["falls"])), bool(said & set(words["rises"]))
    better, worse = said & set(words["better"]), said & set(words["worse"])
    if falls == rises and not better and not worse:  # `changed the most`: either way
        return None if falls or not _ordered_by(framer) else "desc"
    good = framer.catalog.metrics[frame.metrics[0]].good if frame.metrics else "none"
    if better or worse:
        return "asc" if bool(better) == (good == "down") else "desc"
    return "asc" if falls else "desc"


def says_lost(framer: Framer) -> bool:
    """`lost the most`: a fall where two periods are held against one another."""
    frame = framer.frame
    return any(frame.said(frame.spans[i]) in framer.raw["lost_orders"] for i in frame.cues.get("bottom", ()))


def _verb(framer: Framer) -> bool:
    """A word for a change that is no measure's verb (`who moved the most cars` sold them)."""
    return not all(of_kind(framer.frame.spans[i], "hint") for i in framer.frame.cues.get("change", ()))


def _ordered_by(framer: Framer) -> bool:
    """`sorted by change`, `top 5 models by unit growth`: the change stands at the end of what the rows are ordered by."""
    frame, words = framer.frame, framer.raw["moved_order"]
    for at, token in enumerate(frame.tokens):
        if token.text not in words["nouns"]:
            continue
        back = at - 1
        while back >= 0 and (frame.bound.get(back, "").startswith("metric") or frame.tokens[back].text in words["between"]):
            back -= 1
        ranked = frame.ranked or any(t.text in words["sorts"] for t in frame.tokens[:at])
        if back >= 0 and frame.tokens[back].text in words["by"] and ranked:
            return True
    return False
