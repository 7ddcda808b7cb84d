"""Overlaps: `total gross per used unit`: a name that cuts a longer one in two, where a word more is read otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vendora_graph.offline.frame import of_kind
from vendora_graph.offline.lexicon import Lexicon
from vendora_graph.offline.normalise import Token
from vendora_graph.offline.spans import Span

_COUNTS = frozenset({"units", "count", "rate"})
_PAIR = 3
"""Tokens of a pair: one word, the joining one, one word."""


def clear_spans(tokens: Sequence[Token], spans: Sequence[Span], lexicon: Lexicon) -> list[Span]:
    """Leave out names of measures whose first words end another measure that begins a word before, and whose rest modifies that."""
    measures = [s for s in spans if of_kind(s, "metric") and s.reason == "exact"]
    cut = {(s.start, s.end) for s in measures if any(_modified(first, s, spans, lexicon) for first in _earlier(s, measures))}
    kept = (s for s in spans if (s.start, s.end) not in cut)
    odd = (_taken_apart, _of_records, _one_side)
    return [s for s in kept if not any(test(s, tokens, lexicon) for test in odd)]


def _one_side(span: Span, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """`did used beat new on gross`: what follows the comparison is its other side, no part of a name in another order."""
    if span.reason != "order" or not span.start or not of_kind(span, "metric"):
        return False
    compared = any(s.kind == "cue" and s.key == "compare" for s in lexicon.senses(tokens[span.start - 1].stem))
    value = any(s.kind == "value" for s in lexicon.senses(tokens[span.start].stem))
    return compared and value and not tokens[span.start + 1].content


def _of_records(span: Span, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """`gross deals`: the things themselves, no amount that has the words of its name in another order (`deal gross`)."""
    last, known = tokens[span.end - 1], lexicon.catalog
    if span.reason != "order" or last.text == last.stem or not of_kind(span, "metric"):
        return False
    if any(known.metrics[s.key].unit in _COUNTS for s in of_kind(span, "metric")):
        return False
    return any(s.kind == "dimension" and known.dimensions[s.key].kind == "record" for s in lexicon.senses(last.stem))


def _taken_apart(span: Span, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """`split gross between front and back`: the pair is asked for apart, not by the name it has together."""
    raw, said = lexicon.english.raw, {t.text for t in tokens[span.start : span.end]}
    before = tokens[span.start - 1].text if span.start else ""
    apart = before in raw["parted_by"] and raw["joiners"][0] in said and span.end - span.start == _PAIR
    return apart and bool(of_kind(span, "metric")) and bool({t.text for t in tokens[: span.start]} & set(raw["parting_verbs"]))


def _earlier(span: Span, measures: Sequence[Span]) -> Iterator[Span]:
    return (m for m in measures if m.start == span.start - 1 and span.start < m.end < span.end)


def _modified(first: Span, whole: Span, spans: Sequence[Span], lexicon: Lexicon) -> bool:
    modifiers = lexicon.section("modifiers")
    keys = [s.key for span in spans if (span.start, span.end) == (first.end, whole.end) for s in of_kind(span, "modifier")]
    return any(s.key in (modifiers[key].get("map") or {}) for key in keys for s in of_kind(first, "metric"))
