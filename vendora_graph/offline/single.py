"""Single records: `the highest front gross on a single deal`, `five worst front end deals`: one record, or so many, of all."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer, cue_names, of_kind
from vendora_graph.offline.spans import Span


def single_record(framer: Framer, span: Span) -> bool:
    """`the highest front gross on a single deal`: one record is ranked out of all."""
    names = [s for s in of_kind(span, "dimension") if framer.catalog.dimensions[s.key].kind == "record"]
    before = framer.frame.tokens[span.start - 1].text if span.start else ""
    said = (before in framer.raw["single_words"] or _ranked_one(framer, span)) and framer.frame.has(*framer.raw["record_rank_cues"])
    ruled = any(of_kind(s, "rule") for s in framer.frame.spans)
    return bool(names) and said and (bool(framer.frame.metrics) or ruled)


def _ranked_one(framer: Framer, span: Span) -> bool:
    """`lowest front gross deal`, `ten lowest gross deals`: the noun right after the measure it is ranked by, and that after the order."""
    frame, word, cues = framer.frame, framer.frame.tokens[span.end - 1], set(framer.raw["record_rank_cues"])
    measure = next((s for s in frame.spans if s.end == span.start and of_kind(s, "metric", "rule")), None)
    cue = _order_before(framer, measure, cues) if measure is not None else None
    if cue is None:
        return False
    numbered = any(t.number is not None for t in (*frame.tokens[max(cue.start - 1, 0) : cue.start], *frame.tokens[cue.end : cue.end + 1]))
    return word.text == word.stem or numbered


def _order_before(framer: Framer, measure: Span, cues: set[str]) -> Span | None:
    """The order right before a measure, with a number between at most (`top ten back end deals`)."""
    frame, at = framer.frame, measure.start - 1
    if at > 0 and frame.tokens[at].number is not None:
        return next((s for s in frame.spans if s.end == at and cue_names(s) & cues), None)
    return framer.cue_before(measure, cues)
