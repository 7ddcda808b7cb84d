"""The others: `Kayla vs the other writers`: one value set beside the rest of its kind is shown among all of them."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer
from vendora_graph.offline.spans import Span
from vendora_graph.offline.words import lowered


def beside_the_others(framer: Framer, span: Span, dimension: str) -> bool:
    """Take a value that is compared with the others of its dimension as a grouping by it; tell whether it is one."""
    frame, words = framer.frame, set(framer.raw["others_words"])
    said = [i for i, token in enumerate(frame.tokens) if token.text in words]
    if not said or not _after_compare(framer, said[0], span):
        return False
    if dimension not in frame.groups:
        frame.groups.append(dimension)
    frame.bound.update(dict.fromkeys(said, f"group {dimension}"))
    frame.notes.append(("among_all", {"value": frame.said(span), "label": lowered(framer.catalog.dimensions[dimension].label)}))
    return True


def _after_compare(framer: Framer, at: int, value: Span) -> bool:
    """The word for the others follows the comparison, and the value stands outside of it."""
    compared = [framer.frame.spans[i] for i in framer.frame.cues.get("compare", ())]
    return any(cue.end <= at for cue in compared) and value.end <= at
