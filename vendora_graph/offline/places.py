"""Places: `second best salesperson`, `who came in third`: one place of an order, shown with those before it."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer
from vendora_graph.offline.ranking import RANK_CUES

TOPIC = "place:"
"""A plan's topic where one place of its order is asked for: `place:2`."""


def take_place(framer: Framer) -> None:
    """Note which place of an order is asked for: the ordinal before the word that orders, or beside `who` and `which`."""
    frame = framer.frame
    for at, token in enumerate(frame.tokens):
        number = framer.raw["places"].get(token.text) or (int(token.number) if token.kind == "ord" and token.number else 0)
        if number <= 1 or frame.bound.get(at, "").startswith("period") or not _ordered(framer, at):
            continue
        frame.place = frame.limit = number
        frame.bound[at] = "ranking place"
        frame.notes.append(("placed", {"word": token.raw}))
        if not frame.has(*RANK_CUES):
            frame.cues.setdefault("best", [])
        return


def _ordered(framer: Framer, at: int) -> bool:
    """An order stands right after the ordinal, or the whole question asks who or which, and no noun follows that it counts."""
    after = framer.cues_starting(at + 1)
    if after & set(RANK_CUES):
        return True
    tokens, frame = framer.frame.tokens, framer.frame
    ends = at + 1 == len(tokens) or not tokens[at + 1].content or frame.bound.get(at + 1, "").startswith("period")
    placed = at + 1 < len(tokens) and tokens[at + 1].text in framer.raw["place_words"]
    if placed:
        frame.bound.setdefault(at + 1, "ranking place")
    return (ends or placed) and frame.has("who", "which")


def place_of(topic: str | None) -> int:
    """Return the place a plan asks for, 0 for none."""
    return int(topic.removeprefix(TOPIC)) if topic is not None and topic.startswith(TOPIC) else 0
