"""Where an ambiguous word stands beside the measures: in their row, after an `and`, in a clause of its own, before `too`."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.lists import joined, new_clause
from vendora_graph.offline.rank_target import is_target
from vendora_graph.offline.spans import Span


def listed_with(framer: Framer, name: str) -> bool:
    """Return whether the word is an item of a row of measures, or what they are put in order by."""
    span = framer.frame.rule_spans[name]
    return is_target(framer, span) or any(joined(framer, span, other) for other in framer.frame.metric_spans.values())


def later_clause(framer: Framer, span: Span) -> bool:
    """`what did he sell and what did he gross`: the word asks in a clause of its own."""
    return any(s.end <= span.start and new_clause(framer, s.end, span.start) for s in framer.frame.metric_spans.values())


def too(framer: Framer, span: Span) -> bool:
    """`..., then show gross too`: one measure more."""
    after = framer.frame.tokens[span.end : span.end + 1]
    return bool(after) and after[0].text in framer.raw["more_last"]


def and_later(framer: Framer, span: Span) -> bool:
    """`inventory by age bucket and floorplan`: an `and` parts the word from the measure after it."""
    tokens, joiner = framer.frame.tokens, framer.raw["joiners"][0]
    others = [s for s in framer.frame.metric_spans.values() if s.start >= span.end]
    return any(t.stem == joiner for s in others[:1] for t in tokens[span.end : s.start])


def with_later(framer: Framer, span: Span) -> bool:
    """`inventory by model with days supply`: after a grouping and `with` the measure is one more column beside the word."""
    frame, tokens = framer.frame, framer.frame.tokens
    others = [s for m, s in frame.metric_spans.items() if m in frame.metrics and s.start >= span.end]
    cut = any(of_kind(s, "dimension") and span.end <= s.start < o.start for s in frame.spans for o in others[:1])
    return cut and tokens[others[0].start - 1].text == framer.raw["with_word"]
