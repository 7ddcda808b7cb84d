"""The others: `Kayla vs the other writers`: one value set beside the rest of its kind is shown among all of them."""

from __future__ import annotations

from vendora_graph.offline.frame import LIMITS, Framer
from vendora_graph.offline.spans import Span
from vendora_graph.offline.words import lowered

NO_AVERAGE = "no_average"


def beside_the_others(framer: Framer, span: Span, dimension: str) -> bool:
    """Take a value that is compared with the others of its dimension as a grouping by it; tell whether it is one."""
    person = framer.catalog.dimensions[dimension].kind == "person"
    whole = _the_group(framer, span) if framer.catalog.dimensions[dimension].kind == "store" else []
    if whole:
        show_among(framer, whole, dimension, framer.frame.said(span))
        return True
    said = the_rest(framer, own=person)
    if not said or not _after_compare(framer, said[0], span):
        return False
    show_among(framer, said, dimension, framer.frame.said(span))
    return True


def _the_group(framer: Framer, value: Span) -> list[int]:
    """`Westmere ELR against the group`, `is it above the group's`: the words for all stores after a comparison, their total beside one."""
    frame = framer.frame
    cues = [frame.spans[i] for name in ("compare", *LIMITS) for i in frame.cues.get(name, ())]
    group = [frame.spans[i] for i in frame.cues.get("whole_group", ())]
    after = [g for g in group if value.end <= g.start] if len(framer.ctx.stores) > 1 else []
    joined = [g for g in after if framer.raw["joiners"][0] in {t.stem for t in frame.tokens[g.start - 2 : g.start]}]
    beside = [g for g in after if g in joined or any(cue.end <= g.start for cue in cues)]
    return [i for g in beside for i in range(g.start, g.end)]


def the_rest(framer: Framer, *, own: bool) -> list[int]:
    """The words for the others; for a person (`own`) where they work counts too (`me vs the floor average`), right after the comparison."""
    frame, words = framer.frame, set(framer.raw["others_words"])
    said = [i for i, token in enumerate(frame.tokens) if token.text in words]
    compared = [frame.spans[i].end for i in starts_rest(framer)]
    if said or not own or not compared:
        return said
    circle = {str(word) for word in framer.lexicon.vocabulary.get("circle") or ()}
    at = min(compared)
    while at < len(frame.tokens) and frame.tokens[at].text in framer.raw["beside_gap"]:
        at += 1
    averages = set(framer.raw["average_words"])
    while at < len(frame.tokens) and frame.tokens[at].text in circle | averages:
        said.append(at)
        at += 1
    return said


def starts_rest(framer: Framer) -> list[int]:
    """The spans after which the others may stand: a comparison, or a side of them (`above the shop average`)."""
    cues = framer.frame.cues
    return [i for name in ("compare", "gt", "lt") for i in cues.get(name, ())]


def show_among(framer: Framer, said: list[int], dimension: str, value: str) -> None:
    """Show everyone, the one asked about among them, and say so."""
    frame, averages = framer.frame, set(framer.raw["average_words"])
    label = lowered(framer.catalog.dimensions[dimension].label)
    if dimension not in frame.groups:
        frame.groups.append(dimension)
    frame.bound.update(dict.fromkeys(said, f"group {dimension}"))
    frame.notes.append(("among_all", {"value": value, "label": label}))
    additive = any(framer.catalog.metrics[m].additivity in {"additive", "distinct"} for m in frame.metrics)
    if additive and any(frame.tokens[i].text in averages for i in said):
        frame.notes.append((NO_AVERAGE, {"label": label}))


def _after_compare(framer: Framer, at: int, value: Span) -> bool:
    """The word for the others follows the comparison, and the value stands outside of it."""
    compared = [framer.frame.spans[i] for i in framer.frame.cues.get("compare", ())]
    return any(cue.end <= at for cue in compared) and value.end <= at
