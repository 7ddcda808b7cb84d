"""Narrow values: `walk-in traffic`: a value that holds far less beside a measure than its word promises (`narrow_values`)."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, can_cut


def narrow(framer: Framer, plan: Plan) -> str:
    """The question to ask back; empty where no such value limits the measures."""
    said = {token.text for token in framer.frame.tokens}
    for entry in framer.lexicon.vocabulary.get("narrow_values") or ():
        limited = any(f.op == "in" and f.dimension == entry["dimension"] and set(f.values) <= set(entry["values"]) for f in plan.filters)
        if limited and set(plan.metrics) & set(entry["metrics"]) and not said & set(entry.get("unless_said") or ()):
            return str(entry["ask"])
    return _one_only(framer, plan)


def _one_only(framer: Framer, plan: Plan) -> str:
    """`average ticket by pay type`: a measure that is of one of them by its definition (`all_of`), and has no wider form to tell apart."""
    known, wider = framer.catalog, framer.lexicon.section("all_of")
    for dimension in plan.group_by:
        forms = wider.get(dimension) or {}
        odd = (m for m in plan.metrics if m in forms and not can_cut(framer.lexicon, str(forms[m]), dimension))
        label = next((known.metrics[m].label for m in odd), "")
        if label:
            text = str(framer.raw["texts"]["doubts"]["one_only"])
            return text.format(metric=label, words=known.dimensions[dimension].label.lower())
    return ""
