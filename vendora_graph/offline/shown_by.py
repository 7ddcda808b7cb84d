"""Shown by: whether a noun is what an answer is cut by, or only says which records a measure counts."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer, cue_names, of_kind
from vendora_graph.offline.spans import Span
from vendora_graph.offline.variants import filters_of

_CUTS = frozenset({"category", "person", "store", "flag"})


def asked_by(framer: Framer, span: Span) -> bool:
    """Whether a noun is what the answer is cut by: after a word that asks for it, or what has the most (`models with the most units`)."""
    kinds = {framer.catalog.dimensions[s.key].kind for s in of_kind(span, "dimension")}
    if of_kind(span, "metric", "hint") or (of_kind(span, "value") and "person" not in kinds):
        return False
    having = any(s.start == span.end and "with_condition" in cue_names(s) for s in framer.frame.spans)
    asking = {"group", "which", "list", *framer.raw["record_rank_cues"]}
    asked = framer.after_cue(span, asking) or _so_many(framer, span, asking)
    return (asked or having) and bool(kinds & _CUTS)


def _so_many(framer: Framer, span: Span, cues: set[str]) -> bool:
    """`which three models had the most units`: a number may stand between."""
    numbered = span.start > 1 and framer.frame.tokens[span.start - 1].number is not None
    return numbered and any(o.end == span.start - 1 and cue_names(o) & cues for o in framer.frame.spans)


def own_flag(framer: Framer, span: Span, metric: str, dimension: str) -> bool:
    """`the most emergencies`, `the most split deals`: the column a measure is a slice by, and nothing it is shown by."""
    entry = framer.lexicon.section("named_slices").get(metric)
    sliced = entry is not None and any(item.dimension == dimension for item in filters_of(entry))
    return sliced or (span.end - span.start == 1 and framer.catalog.dimensions[dimension].kind == "flag")


def per_noun(framer: Framer, span: Span, at: int) -> bool:
    """`top 3 stores by units per salesperson`: a rate by its name, and not shown by its noun where so many of another are asked for."""
    tokens, ranked = framer.frame.tokens, framer.frame.has(*framer.raw["record_rank_cues"])
    counted = [o for o in framer.frame.spans if o.end <= span.start and o.start and tokens[o.start - 1].number is not None]
    kinds = {framer.catalog.dimensions[s.key].kind for o in counted for s in of_kind(o, "dimension")}
    return tokens[at - 1].text in framer.raw["per_words"] and ranked and bool(kinds & _CUTS)
