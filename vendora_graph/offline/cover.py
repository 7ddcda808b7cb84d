"""Cover: the best set of non-overlapping spans, by dynamic programming over token positions.

Content words covered come first, then specificity (fewer, longer spans), then the weights of senses and priors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vendora_graph.offline.normalise import Token
from vendora_graph.offline.spans import Span

KIND_BONUS: Mapping[str, float] = {
    "topic": 0.22, "report": 0.2, "metric": 0.2, "period": 0.2, "rule": 0.16, "modifier": 0.15, "value": 0.14, "dimension": 0.13,
    "group": 0.12, "cue": 0.1, "hint": 0.08, "other_store": 0.14, "number": 0.0,
}  # fmt: skip
"""How kinds of one length are ordered: tuning of the reader, not vocabulary."""
_MERGE, _SMALL, _LOOSE = 0.45, 0.15, 0.2
_SMALL_WORDS, _PHRASE = 0.3, 0.2
"""A name made of small words only (`it`, `may`) is hardly ever meant."""
_CONTENT = 1.0


@dataclass(frozen=True, slots=True)
class Cover:
    """The chosen spans in order, the score, and how far the next best cover is behind."""

    spans: tuple[Span, ...]
    score: float


def best_cover(tokens: Sequence[Token], spans: Sequence[Span], priors: Mapping[str, float] | None = None) -> Cover:
    """Return the best cover of a question.

    Args:
        tokens: The question.
        spans: Candidates.
        priors: Extra score by metric name (role, previous plan).
    """
    ending: dict[int, list[tuple[float, Span]]] = {}
    for span in spans:
        ending.setdefault(span.end, []).append((span_score(tokens, span, priors or {}), span))
    score = [0.0] * (len(tokens) + 1)
    choice: list[Span | None] = [None] * (len(tokens) + 1)
    for end in range(1, len(tokens) + 1):
        score[end] = score[end - 1]
        for gain, span in ending.get(end, ()):
            if score[span.start] + gain > score[end] + 1e-9:
                score[end], choice[end] = score[span.start] + gain, span
    chosen: list[Span] = []
    end = len(tokens)
    while end > 0:
        span_here = choice[end]
        if span_here is None:
            end -= 1
            continue
        chosen.append(span_here)
        end = span_here.start
    return Cover(tuple(reversed(chosen)), score[-1])


def span_score(tokens: Sequence[Token], span: Span, priors: Mapping[str, float]) -> float:
    """Return what a span adds to a cover."""
    inside = tokens[span.start : span.end]
    content = sum(token.content for token in inside)
    words = sum(token.kind != "punct" for token in inside)
    best = max(KIND_BONUS[s.kind] * s.weight + priors.get(s.key, 0.0) * (s.kind == "metric") for s in span.senses)
    if not content and all(s.kind != "cue" for s in span.senses):
        best *= _SMALL_WORDS
    merge = _MERGE * (content - 1) + _SMALL * (words - content) if content else _LOOSE * (words - 1)
    if span.reason in {"negated", "phrase"}:  # `no trade` is a value of its own, not a trade left out
        merge += _PHRASE
    if span.reason == "order":
        merge = _MERGE * (content - 1)
    return (_CONTENT * content + merge) * span.quality + best
