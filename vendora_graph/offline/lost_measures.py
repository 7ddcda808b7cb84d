"""Lost measures: one was named and dropped, and what is shown in its place is of another world (`aged ROs`)."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.spans import Span
from vendora_graph.offline.unmet import words_of

_PAIR = 2


def lost_measure(framer: Framer, plan: Plan) -> str:
    """`aged ROs`, `advertising per new and used unit`: a measure was named and dropped, and the one shown is of another world."""
    frame, known = framer.frame, framer.catalog.metrics
    shown = {table for name in plan.metrics for table in known[name].tables}
    general = framer.lexicon.vocabulary.get("generic_metrics") or ()
    held, words = {*plan.metrics, *(f.dimension for f in plan.filters)}, words_of(framer, plan)
    for metric, span in frame.metric_spans.items():
        if metric not in known or metric in held or shown & set(known[metric].tables) or len(plan.metrics) > _PAIR:
            continue
        name = (*frame.tokens[span.start : span.end], *framer.lexicon.normaliser.tokens(known[metric].label))
        apart = not words & {t.stem for t in name if t.content}
        if metric in general and _of_them(framer, span):
            continue  # `average term on used cars we sold`
        plain = not frame.rules and not frame.modifiers and span.quality == 1
        if apart and plain and frame.bound.get(span.start, "").startswith(("metric", "part of")):
            return frame.said(span)
    return ""


def _of_them(framer: Framer, span: Span) -> bool:
    """Whether a word for things stands behind a preposition, values between: it says what the figure is of."""
    frame, at = framer.frame, span.start - 1
    while at > 0 and frame.bound.get(at, "").startswith("filter"):
        at -= 1
    return at >= 0 and frame.tokens[at].text in framer.raw["of_them_words"]
