"""Narrow values: `walk-in traffic`: a value that holds far less beside a measure than its word promises (`narrow_values`)."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer


def narrow(framer: Framer, plan: Plan) -> str:
    """The question to ask back; empty where no such value limits the measures."""
    said = {token.text for token in framer.frame.tokens}
    for entry in framer.lexicon.vocabulary.get("narrow_values") or ():
        limited = any(f.op == "in" and f.dimension == entry["dimension"] and set(f.values) <= set(entry["values"]) for f in plan.filters)
        if limited and set(plan.metrics) & set(entry["metrics"]) and not said & set(entry.get("unless_said") or ()):
            return str(entry["ask"])
    return ""
