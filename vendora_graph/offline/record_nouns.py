"""Record nouns: whether a noun that names single records (`units`, `deals`) asks for a list of them, or for something else."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.lexicon import Sense
from vendora_graph.offline.lists import heads_row
from vendora_graph.offline.shown_by import asked_by
from vendora_graph.offline.spans import Span

LIST_CUES = {"list", "which"}


def is_record(framer: Framer, span: Span, dimensions: Sequence[Sense]) -> bool:
    """`show me the units over 90 days`: a list is asked for, and the noun names single records."""
    frame = framer.frame
    names = [s.key for s in dimensions if framer.catalog.dimensions[s.key].kind == "record"]
    same = framer.inherits() and any(t.text == framer.raw["same_word"] for t in frame.tokens)  # `show me the same for used cars`
    if not names or same or frame.has("how_many", *framer.raw["grain_cues"]):
        return False
    listing = right_after(framer, span, LIST_CUES)
    every = framer.cue_before(span, {"group"})
    cut = every is not None and not (listing and frame.said(every) in framer.raw["per_words"][1:])  # `give me every deal`
    if not (listing or right_after(framer, span, set(framer.raw["record_rank_cues"]))) or cut:
        return False
    if frame.has("who") or grouped_otherwise(framer, span) or _asks_unit(framer) or heads_row(framer, span):
        return False
    if any(o.start == span.end and of_kind(o, "metric") for o in frame.spans) and describes(framer, span.end - 1):
        return False
    weak = bool(of_kind(span, "metric", "hint"))
    return not weak or _narrowed(framer, span) or (listing and framer.inherits())


def column_of_list(framer: Framer, span: Span) -> bool:
    """`list the white F-150s with stock number, age and price`: a column of the records to be listed, and no grouping."""
    frame, records = framer.frame, framer.lexicon.section("family_records")
    word = frame.tokens[span.start].text if span.end - span.start == 1 else ""
    listed = frame.has("list", "strong_list") and frame.has("with_condition") and not framer.after_cue(span, {"group"})
    measures = framer.measures()
    if not listed or word not in framer.lexicon.section("list_columns") or not measures or frame.groups:
        return False
    record = str(records.get(framer.catalog.metrics[measures[0]].family) or "")
    if not record or not framer.fits(record):
        return False
    frame.record = frame.record or record
    return True


def describes(framer: Framer, at: int, phrase: Span | None = None) -> bool:
    """`unit sales`, `vehicle sales`: one of a noun before another describes it, and lists none; a figure by month lists none either."""
    word = framer.frame.tokens[at]
    last = phrase is not None and at == phrase.end - 1
    return framer.frame.has(*framer.raw["grain_cues"]) or (word.text == word.stem and not last)


def _asks_unit(framer: Framer) -> bool:
    """`which day did we sell the most cars`: days are ranked, no cars."""
    units, tokens = framer.raw["calendar"]["units"], framer.frame.tokens
    return any(a.text in framer.raw["unit_askers"] and b.stem in units for a, b in pairwise(tokens))


def grouped_otherwise(framer: Framer, span: Span) -> bool:
    """Another noun is what the answer is cut by (`which store wholesaled the most cars`), or people are (`everybody's units`)."""
    if any(t.text in framer.raw["everyones"] for t in framer.frame.tokens):
        return True
    return any(asked_by(framer, other) for other in framer.frame.spans if other is not span)


def right_after(framer: Framer, span: Span, cues: set[str]) -> bool:
    """Whether a cue stands before a noun with only small words, numbers, values and other such cues between."""
    frame = framer.frame
    for index in (i for name in sorted(cues) for i in frame.cues.get(name, ())):
        cue = frame.spans[index]
        if cue.end <= span.start and not framer.limits(cue) and all(_light(framer, at) for at in range(cue.end, span.start)):
            return True
    return False


def _light(framer: Framer, at: int) -> bool:
    token = framer.frame.tokens[at]
    if token.stem in framer.raw["record_gap"] or token.number is not None or token.kind == "punct":
        return True
    inside = next((s for s in framer.frame.spans if s.start <= at < s.end), None)
    return inside is not None and bool(of_kind(inside, "value", "cue", "period")) and not of_kind(inside, "metric")


def _narrowed(framer: Framer, span: Span) -> bool:
    """Whether something says which records: a number, an order, `that ...`, or a metric of its own."""
    frame = framer.frame
    numbers = any(t.number is not None and i not in frame.bound for i, t in enumerate(frame.tokens))
    others = any(other.start != span.start for other in frame.metric_spans.values())
    return numbers or others or frame.has("with_condition", *framer.raw["record_rank_cues"])
