"""Names of columns that group nothing: they say what the value beside them is of."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer
from vendora_graph.offline.ranking import RANK_CUES
from vendora_graph.offline.spans import Span
from vendora_graph.offline.values import is_flag


def labels_value(framer: Framer, span: Span, dimension: str) -> bool:
    """`the EMEA region`: the column of the value that stands beside its name."""
    beside = [o for o in framer.frame.spans if span.start == o.end or span.end == o.start]
    named = any(framer.frame.bound.get(o.start, "") == f"filter {dimension}" for o in beside)
    return named and not framer.after_cue(span, {"group"})


def stands_for_rows(framer: Framer, span: Span, dimension: str) -> bool:
    """`visits for insured animals`, `animals that are insured`, `revenue from returning customers`: what a value is of groups nothing."""
    paths, things = framer.catalog.dimensions[dimension].paths, _things(framer, span, dimension)
    for other in framer.frame.spans:
        bound = framer.frame.bound.get(other.start, "").removeprefix("filter ")
        beside = other.end == span.start or (other.start > span.end and framer.cue_before(other, {"with_condition"}) is not None)
        if beside and bound in framer.catalog.dimensions and (things or is_flag(framer, bound)):
            entities = {path.rpartition("__")[0] for path in framer.catalog.dimensions[bound].paths}
            return bool(entities & {path.rpartition("__")[0] for path in paths}) and not framer.after_cue(span, {"group", "which"})
    return False


def _things(framer: Framer, span: Span, dimension: str) -> bool:
    """Whether a word is the table's own (`customers`), no label of the column that names its rows, and nothing is put in order."""
    info = framer.catalog.dimensions[dimension]
    label = {t.stem for t in framer.lexicon.normaliser.tokens(info.label)}
    ordered = framer.frame.has("rank", "list", *RANK_CUES)
    return not (info.typed or ordered) and {t.stem for t in framer.frame.tokens[span.start : span.end]} != label
