"""Taken back: `over 60, no, 90 days`, `in october, I mean september`: what is said first gives way to what is said after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from vendora_graph.offline.english import English
from vendora_graph.offline.frame import of_kind
from vendora_graph.offline.normalise import Token
from vendora_graph.offline.senses import Sense
from vendora_graph.offline.spans import Span

_NEAR = 3
_KINDS = ("number", "period", "metric", "value")
_COMMA = ","


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The tokens given up (with those that correct them), and the sentence that says so."""

    words: range
    said: str


def taken_back(tokens: Sequence[Token], spans: Sequence[Span], english: English) -> TakenBack | None:
    """Return what is given up for something said after it; None where nothing is corrected.

    Args:
        tokens: The question.
        spans: Its chosen spans.
        english: The words that correct (`corrections`).
    """
    for start, end in _marks(tokens, english):
        old = next((s for s in reversed(spans) if s.end <= start and s.end >= start - _NEAR and of_kind(s, *_KINDS)), None)
        new = next((s for s in spans if s.start >= end and s.start <= end + _NEAR and of_kind(s, *_KINDS)), None)
        numbers = _numbers(tokens, start, end)
        if numbers is not None and (old is None or new is None or not (of_kind(old, "period") and of_kind(new, "period"))):
            old, new = numbers
        if old is not None and new is not None and _alike(old, new):
            text = str(english.raw["texts"]["assume"]["taken_back"])
            return TakenBack(range(old.start, end), text.format(old=_said(tokens, old), new=_said(tokens, new)))
    return None


def said_twice(tokens: Sequence[Token], spans: Sequence[Span], english: English) -> range | None:
    """Return the words of a period that is said again (`units this month and gross this month`): it is one period of both."""
    periods = [span for span in spans if span.period is not None]
    for first, second in pairwise(periods):
        between = {t.stem for t in tokens[first.end : second.start]}
        if first.period == second.period and english.raw["joiners"][0] in between and not between & {english.raw["versus_word"]}:
            return range(first.start, first.end)
    return None


def _numbers(tokens: Sequence[Token], start: int, end: int) -> tuple[Span, Span] | None:
    """The numbers nearest to the correction on both sides, whatever the words around them were read as."""
    before = next((i for i in range(start - 1, max(start - 1 - _NEAR, -1), -1) if tokens[i].number is not None), None)
    after = next((i for i in range(end, min(end + _NEAR, len(tokens))) if tokens[i].number is not None), None)
    if before is None or after is None:
        return None
    sense = (Sense("number", ""),)
    return Span(before, before + 1, sense), Span(after, after + 1, sense)


def _marks(tokens: Sequence[Token], english: English) -> list[tuple[int, int]]:
    """Where words that correct stand inside the question, with the commas and small words around them."""
    words = english.raw["corrections"]
    around, found, at = {*words["around"], _COMMA, "-"}, list[tuple[int, int]](), 1
    while at < len(tokens):
        size = next((len(p.split()) for p in words["phrases"] if _here(tokens, at, p.split())), 0)
        plain_no = tokens[at].text in words["between_commas"] and _commas(tokens, at)
        if not size and not plain_no:
            at += 1
            continue
        start, end = at, at + (size or 1)
        while start > 0 and tokens[start - 1].text in around:
            start -= 1
        while end < len(tokens) and (tokens[end].text in around or tokens[end].text in words["between_commas"]):
            end += 1
        found.append((start, end))
        at = end
    return [(start, end) for start, end in found if start > 0]


def _here(tokens: Sequence[Token], at: int, phrase: list[str]) -> bool:
    return [t.text for t in tokens[at : at + len(phrase)]] == phrase


def _commas(tokens: Sequence[Token], at: int) -> bool:
    """`60, no, 90`: a bare `no` corrects only between two commas or dashes."""
    before, after = tokens[at - 1], tokens[at + 1] if at + 1 < len(tokens) else None
    parted = after is not None and (after.text == _COMMA or after.number is not None)
    return parted and before.raw.endswith(_COMMA)


def _alike(old: Span, new: Span) -> bool:
    """Whether both are numbers, periods, measures, or values of one column."""
    columns = {s.key for s in of_kind(old, "value")} & {s.key for s in of_kind(new, "value")}
    return bool(columns) or any(of_kind(old, kind) and of_kind(new, kind) for kind in _KINDS[:-1])


def _said(tokens: Sequence[Token], span: Span) -> str:
    return " ".join(t.raw for t in tokens[span.start : span.end])
