"""Summed: `total of the top three salespeople's gross`: one figure of those put in order, where each is shown and their sum is not."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.ranking import RANK_CUES
from vendora_graph.offline.spans import Span

_NEAR = 3
_PAIR = 2


def summed(framer: Framer, plan: Plan) -> str:
    """The words that ask for one figure of the first rows; empty where rows are what is asked for."""
    frame, words = framer.frame, framer.raw["sum_words"]
    if plan.ranking is None or (plan.ranking.limit or 0) < _PAIR or not plan.group_by:
        return ""
    orders = [frame.spans[i] for name in RANK_CUES for i in frame.cues.get(name, ())]
    for at, token in enumerate(frame.tokens):
        named = next((s for s in frame.metric_spans.values() if s.start <= at < s.end), None)
        last = not any(t.content for t in frame.tokens[at + 1 :])
        kinds = frame.bound.get(at - 1, "").startswith(("filter", "group", "period")) or _value(framer, at - 1)  # `new and used combined`
        if token.text in words["anywhere"] and not kinds and (named is None or (last and not _joined(framer, named))):
            return token.raw
        linked = token.text in words["before"] and any(t.text in words["links"] for t in frame.tokens[at + 1 : at + _NEAR])
        order = next((s for s in orders if linked and at < s.start <= at + _NEAR), None)
        if order is not None:
            return " ".join(t.raw for t in frame.tokens[at : order.end + 1])
    return ""


def _joined(framer: Framer, span: Span) -> bool:
    """`front and back combined`: the word puts together what a measure is made of."""
    return any(t.stem in framer.raw["joiners"] for t in framer.frame.tokens[span.start : span.end])


def _value(framer: Framer, at: int) -> bool:
    return at >= 0 and any(s.kind == "value" for s in framer.lexicon.senses(compact(framer.frame.tokens[at : at + 1])))
