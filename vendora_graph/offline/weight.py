"""Words of weight that came to nothing: an order nothing is ordered by, a whole of a measure per unit, an average of a count."""

from __future__ import annotations

from itertools import pairwise

from vendora_graph.contracts import Plan
from vendora_graph.offline.asked import share_filter
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.spans import Span

_PAIR = 2
_NAMED = ("metric", "rule", "modifier", "column")
_ORDERS = frozenset({"top", "bottom", "best", "worst", "best_first", "low_first", "slow", "fast"})


def unranked(framer: Framer, plan: Plan) -> str:
    """`rank the sales floor`, `the highest gross`: an order was asked for, and there are no rows to order."""
    frame = framer.frame
    if any(name == "one_store" for name, _ in frame.notes):
        return ""
    if plan.intent != "value" or plan.ranking is not None or not frame.ranked or not (frame.order in _ORDERS or frame.has("rank")):
        return ""
    spans = [frame.spans[i] for name in (*sorted(_ORDERS), "rank") for i in frame.cues.get(name, ())]
    return next((frame.said(span) for span in spans if frame.bound.get(span.start, "").startswith(("cue", "ranking"))), "")


def per_unit_total(framer: Framer, plan: Plan) -> str:
    """`total back end net of chargebacks`: a whole was asked for, and the measure is one per unit."""
    frame, words = framer.frame, framer.raw["total_words"]
    if not framer.catalog.metrics[plan.metrics[0]].unit.startswith("usd_per"):
        return ""
    for metric, span in frame.metric_spans.items():
        before = frame.tokens[span.start - 1].text if span.start else ""
        if before in words and metric in (*plan.metrics, *frame.dropped):
            return before
    return ""


def one_to_other(framer: Framer, _plan: Plan) -> str:
    """`demos to write-ups`: a ratio of two measures that have no name together."""
    frame, tokens = framer.frame, framer.frame.tokens
    spans = sorted((s for s in frame.spans if of_kind(s, "metric", "hint", "rule")), key=lambda s: s.start)
    for first, second in pairwise(spans):
        beside = [t.text for t in tokens[first.end : second.start]] == [framer.raw["ratio_word"]]
        if beside and _two(first, second) and not _is_middle(framer, first):
            return f"{frame.said(first)} {framer.raw['ratio_word']} {frame.said(second)}"
    return _chained(framer)


def _chained(framer: Framer) -> str:
    """`ups to demo to write up to sold`: a third side after a ratio that has a name."""
    frame, tokens, word = framer.frame, framer.frame.tokens, framer.raw["ratio_word"]
    for span in frame.metric_spans.values():
        ratio = word in [t.text for t in tokens[span.start + 1 : span.end]] and tokens[span.end : span.end + 1]
        if ratio and tokens[span.end].text == word and frame.bound.get(span.end, "cue").startswith("cue"):
            return " ".join(t.raw for t in tokens[span.start : span.end + _PAIR])
    return ""


def _is_middle(framer: Framer, span: Span) -> bool:
    """`median response time to internet leads`: a middle of records is never one side of a ratio."""
    known = framer.catalog.metrics
    return any(known[s.key].additivity in ("median", "average") for s in of_kind(span, "metric") if s.key in known)


def _two(first: Span, second: Span) -> bool:
    return not {s.key for s in of_kind(first, "metric")} & {s.key for s in of_kind(second, "metric")}


def owner(framer: Framer, plan: Plan) -> str:
    """`new hires' units`: whose figure is asked for is named by another measure, and no condition came of it."""
    frame = framer.frame
    for metric, span in frame.metric_spans.items():
        last = frame.tokens[span.end - 1]
        owns = span.end < len(frame.tokens) and (last.text.endswith("'") or last.text.endswith("'s"))
        if owns and metric in plan.metrics and any(s.start == span.end for s in frame.spans if of_kind(s, "metric", "hint", "rule")):
            return frame.said(span)
    return ""


def lost_clause(framer: Framer, plan: Plan) -> str:
    """`how many do we own and how many did we sell`: two figures were asked for, and the words of one are no part of the answer."""
    frame, tokens = framer.frame, framer.frame.tokens
    openers, joiner = framer.raw["clause_openers"], framer.raw["joiners"][0]
    later = [at + 1 for at in range(len(tokens) - 1) if tokens[at].stem == joiner and tokens[at + 1].text in openers]
    starts = [0, *later] if tokens and tokens[0].text in openers else []
    if len(starts) < _PAIR or len(plan.metrics) > 1 or plan.group_by:
        return ""
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        hints = {s.key for span in frame.spans if start <= span.start < end for s in of_kind(span, "hint")}
        named = any(frame.bound.get(at, "").startswith(_NAMED) for at in range(start, end))
        if not named and not hints & set(plan.metrics):
            return " ".join(t.raw for t in tokens[start:end])
    return ""


def whole_named(framer: Framer, plan: Plan) -> bool:
    """`what percent of Tanya's deals were ...`: the value is what the part is of, and the part came to nothing."""
    frame, tokens = framer.frame, framer.frame.tokens
    part = share_filter(plan) if plan.topic == "share" else None
    if part is None:
        return False
    spans = [s for s in frame.spans if frame.bound.get(s.start) == f"filter {part.dimension}"]
    shares = [frame.spans[i].end for i in frame.cues.get("share", ())]
    verbs = set(framer.raw["part_verbs"])
    of = framer.raw["of_word"]
    for span in spans:
        opened = any(end <= span.start and of in [t.text for t in tokens[end - 1 : span.start]] for end in shares)
        if opened and any(t.text in verbs for t in tokens[span.end :]):
            return True
    return False
