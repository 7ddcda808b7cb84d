"""Overlaps: `total gross per used unit`: a name that cuts a longer one in two, where a word more is read otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from vendora_graph.offline.frame import can_cut, of_kind
from vendora_graph.offline.lexicon import Lexicon
from vendora_graph.offline.normalise import Token
from vendora_graph.offline.spans import Span

_COUNTS = frozenset({"units", "count", "rate"})
_ORDERS = frozenset({"top", "bottom", "best", "worst"})
_PAIR = 3
"""Tokens of a pair: one word, the joining one, one word, and what both are of (`front and back gross`)."""


def clear_spans(tokens: Sequence[Token], spans: Sequence[Span], lexicon: Lexicon) -> list[Span]:
    """Leave out names of measures whose first words end another measure that begins before, and whose rest modifies or limits that."""
    measures = [s for s in spans if of_kind(s, "metric") and s.reason == "exact"]
    parted = (_modified, _sliced, _changed)
    cut = {(s.start, s.end) for s in measures for first in _earlier(s, measures) if any(p(first, s, spans, lexicon) for p in parted)}
    exact = [s for s in spans if of_kind(s, "value") and s.reason == "exact"]
    kept = (s for s in spans if (s.start, s.end) not in cut and not _passes_over(s, tokens, measures))
    kept = (s for s in kept if not _takes_order(s, measures) and not _cuts_number(s, spans, lexicon))
    kept = (s for s in kept if not _cuts_value(s, tokens, exact, lexicon) and not _cuts_name(s, tokens, measures, lexicon))
    odd = (_done, _taken_apart, _of_records, _one_side, _so_many, _parts, _unit, _of_number)
    days = {s.start for s in spans if s.period is not None}
    return [s for s in kept if not any(test(s, tokens, lexicon) for test in odd) and not _hangs(s, tokens, days, lexicon)]


def _parts(span: Span, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """`how does that split between new and used`: the verb that asks for the parts is no value."""
    raw, after = lexicon.english.raw, [t.text for t in tokens[span.end : span.end + 1]]
    alone = span.end - span.start == 1 and tokens[span.start].text in raw["parting_verbs"]
    return alone and bool(of_kind(span, "value")) and bool(set(after) & set(raw["parting_into"]))


def _unit(span: Span, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """`response time in October, minutes`: the unit typed out is no `min` of a limit or an order."""
    token, after = tokens[span.start], tokens[span.end : span.end + 1]
    typed = span.end - span.start == 1 and token.raw == token.text and token.text in lexicon.english.raw["time_units"]
    numbered = any(t.number is not None for t in after)
    return typed and not numbered and all(sense.kind == "cue" for sense in span.senses)


def _of_number(span: Span, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """`older than 10 days with the advisor`: the unit of a number begins no name in another order (`advisor days`)."""
    unit = tokens[span.start].text in lexicon.english.raw["time_units"] and span.start > 0 and tokens[span.start - 1].number is not None
    return unit and span.reason == "order" and bool(of_kind(span, "metric"))


def _passes_over(span: Span, tokens: Sequence[Token], measures: Sequence[Span]) -> bool:
    """`new total gross`: a name in another order (`new gross`) passes over a small word that makes another measure inside it."""
    if span.reason != "order" or not of_kind(span, "metric"):
        return False
    own = {s.key for s in of_kind(span, "metric")}
    inside = (m for m in measures if span.start <= m.start and m.end <= span.end and not own & {s.key for s in of_kind(m, "metric")})
    return any(not t.content for m in inside for t in tokens[m.start : m.end])


def _takes_order(span: Span, measures: Sequence[Span]) -> bool:
    """`the most deals funded`: a name in another order (`funded the most deals`) takes the order away from the name that follows it."""
    own = {s.key for s in of_kind(span, "metric")}
    after = (m for m in measures if (m.start, m.end) == (span.start + 1, span.end))
    return span.reason == "order" and any(own & {s.key for s in of_kind(m, "metric")} for m in after)


def _cuts_number(span: Span, spans: Sequence[Span], lexicon: Lexicon) -> bool:
    """`units with stock number`: a name in another order (`units stock`) ends in the middle of a record's own number."""
    known = lexicon.catalog.dimensions
    numbers = (s for s in spans if s.reason == "exact" and any(known[d.key].kind == "record" for d in of_kind(s, "dimension")))
    return span.reason == "order" and any(span.start < s.start < span.end < s.end for s in numbers)


def _cuts_value(span: Span, tokens: Sequence[Token], values: Sequence[Span], lexicon: Lexicon) -> bool:
    """`cars were waiting customers`: a name in another order (`waiting on cars`) ends in the middle of a value's own name."""
    if span.reason != "order" or not of_kind(span, "metric"):
        return False
    infos = [lexicon.catalog.metrics[s.key] for s in of_kind(span, "metric")]
    names = (name for info in infos for name in (info.label, info.description, *info.synonyms))
    own = {token.stem for name in names for token in lexicon.normaliser.tokens(name)}
    ends = (tokens[span.end : v.end] for v in values if span.start < v.start < span.end < v.end)
    return any(not own & {t.stem for t in rest} for rest in ends)


def _cuts_name(span: Span, tokens: Sequence[Token], measures: Sequence[Span], lexicon: Lexicon) -> bool:
    """`had gap penetration`, `in total negative equity`: a value or a cue that ends on the first word of a measure's own label."""
    small = not any(t.content for t in tokens[span.start : span.end - 1])
    if span.reason == "negated" or span.period is not None or not small or not all(s.kind in {"value", "cue"} for s in span.senses):
        return False
    names = [m for m in measures if span.start < m.start == span.end - 1 and m.end > span.end]
    infos = [lexicon.catalog.metrics[s.key] for m in names for s in of_kind(m, "metric")]
    labels = [[t.stem for t in lexicon.normaliser.tokens(info.label)] for info in infos]
    said = [[t.stem for t in tokens[m.start : m.end]] for m in names]
    return any(stems in labels for stems in said)


def _hangs(span: Span, tokens: Sequence[Token], days: set[int], lexicon: Lexicon) -> bool:
    """`appointments set for chat leads`: a name that ends on the word for the day it is for, where no day follows."""
    ends = span.end - span.start > 1 and tokens[span.end - 1].text == lexicon.english.raw["for_word"]
    return ends and bool(of_kind(span, "metric")) and span.end < len(tokens) and span.end not in days


def _so_many(span: Span, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """`top 5 sep`: a number after a word for an order says how many, and is no day of the month after it."""
    if span.period is None or not span.start or tokens[span.start].number is None:
        return False
    return any(s.kind == "cue" and s.key in _ORDERS for s in lexicon.senses(tokens[span.start - 1].stem))


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
    if span.reason != "order" or not of_kind(span, "metric") or (last.text == last.stem and not _ranked(span, tokens, lexicon)):
        return False
    if any(known.metrics[s.key].unit in _COUNTS for s in of_kind(span, "metric")):
        return False
    return any(s.kind == "dimension" and known.dimensions[s.key].kind == "record" for s in lexicon.senses(last.stem))


def _ranked(span: Span, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """`biggest gross deal`, `biggest total gross deal`: a word that puts in order stands right before."""
    at = span.start - 1
    at -= at > 0 and any(s.kind == "cue" and s.key == "total" for s in lexicon.senses(tokens[at].text))
    before = lexicon.senses(tokens[at].text) if at >= 0 else ()
    return any(s.kind == "cue" and s.key in lexicon.english.raw["record_rank_cues"] for s in before)


def _done(span: Span, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """`cars did we stock`, `units taken into stock`: what was done, and no position by its words in another order (`cars in stock`)."""
    if span.reason != "order" or not all(lexicon.catalog.metrics[s.key].snapshot for s in of_kind(span, "metric")):
        return False
    raw, said = lexicon.english.raw, [t.text for t in tokens[span.start : span.end]]
    pairs = enumerate(pairwise(said[:-1]), span.start + 2)
    past = any(a == raw["did_word"] and b in raw["subjects"] and tokens[after].content for after, (a, b) in pairs)
    return bool(of_kind(span, "metric")) and (past or bool(set(said) & set(raw["moving_verbs"])))


def _taken_apart(span: Span, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """`split gross between front and back`: the pair is asked for apart, not by the name it has together."""
    raw, said = lexicon.english.raw, {t.text for t in tokens[span.start : span.end]}
    before = tokens[span.start - 1].text if span.start else ""
    apart = before in raw["parted_by"] and raw["joiners"][0] in said and span.end - span.start in {_PAIR, _PAIR + 1}
    asked = {*raw["parting_verbs"], *raw["difference_words"]} & {t.text for t in tokens[: span.start]}
    return apart and bool(of_kind(span, "metric")) and bool(asked)


def _earlier(span: Span, measures: Sequence[Span]) -> Iterator[Span]:
    return (m for m in measures if m.start < span.start < m.end < span.end)


def _modified(first: Span, whole: Span, spans: Sequence[Span], lexicon: Lexicon) -> bool:
    if first.start < whole.start - 1:
        return False
    modifiers = lexicon.section("modifiers")
    keys = [s.key for span in spans if (span.start, span.end) == (first.end, whole.end) for s in of_kind(span, "modifier")]
    return any(s.key in (modifiers[key].get("map") or {}) for key in keys for s in of_kind(first, "metric"))


def _changed(first: Span, whole: Span, spans: Sequence[Span], _: Lexicon) -> bool:
    """`why did show rate drop`: what is left of the longer name is how the first measure moved."""
    rest = [span for span in spans if (span.start, span.end) == (first.end, whole.end)]
    moved = any(s.kind == "cue" and s.key == "change" for span in rest for s in span.senses)
    return moved and not {s.key for s in of_kind(first, "metric")} & {s.key for s in of_kind(whole, "metric")}


def _sliced(first: Span, whole: Span, spans: Sequence[Span], lexicon: Lexicon) -> bool:
    """`total gross on new`: what is left of the longer name is a value that the first measure can be limited by."""
    slices = lexicon.section("named_slices")
    if not all(s.key in slices for s in of_kind(whole, "metric")):
        return False
    values = (s.key for span in spans if first.end <= span.start and span.end == whole.end for s in of_kind(span, "value"))
    return any(can_cut(lexicon, m.key, value) for value in values for m in of_kind(first, "metric"))
